#include "compiler/cli/bench_measure.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "runtime/lookup.h"

#define TURNS 21u
#define ENOUGH_NS 3e8 /* no more turns of a way after that */
#define PERSON_GROUPS 5u
#define TICKS 4096u

struct run {
    const struct wp_bench_asked *asked;
    pthread_t thread;
    bool is_started;
    uint64_t random;
    struct woapol_request *requests;
    struct woapol_decision *decisions;
    struct woapol_text groups[PERSON_GROUPS];
    struct woapol_identity who;
    void *memory, *once; /* principals */
    size_t size;
    struct woapol_principal *principal;
    uint64_t sink; /* so that nothing measured is left out */
    double ns[WP_BENCH_WAYS];
};

static double
now(void)
{
    struct timespec time;
    (void)clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

/* A number below `limit`; the same ones in each run. */
static uint32_t
choose(struct run *run, uint64_t limit)
{
    run->random ^= run->random << 13;
    run->random ^= run->random >> 7;
    run->random ^= run->random << 17;
    return limit == 0 ? 0 : (uint32_t)((run->random >> 16) % limit);
}

/* ---- what is asked -------------------------------------------------------------------- */

static void
put_address(struct woapol_request *request, uint64_t high, uint64_t low, unsigned bytes)
{
    request->address_family = bytes == 4 ? 4 : 6;
    for (unsigned i = 0; i < 8; i++) {
        request->address[i] = (uint8_t)(high >> (56 - 8 * i));
        request->address[8 + i] = (uint8_t)(low >> (56 - 8 * i));
    }
}

/* An address of one of the policy's networks; now and then any IPv4 address, as from
 * home, and always where it names no network. */
static void
choose_address(struct run *run, struct woapol_request *request)
{
    const struct wp_model *model = run->asked->model;
    const struct wp_network *network =
        model->network_count == 0 ? NULL : &model->networks[choose(run, model->network_count)];
    uint32_t all = network == NULL ? 0 : network->v4_count + network->v6_count;
    uint32_t range = choose(run, all);
    if (all == 0 || choose(run, 4) == 0) {
        put_address(request, (uint64_t)choose(run, UINT32_MAX) << 32, 0, 4);
    } else if (range < network->v4_count) {
        struct wp_range4 r = network->v4[range];
        uint64_t span = (uint64_t)r.high - r.low + 1;
        put_address(request, (uint64_t)(r.low + choose(run, span)) << 32, 0, 4);
    } else {
        struct wp_address6 low = network->v6[range - network->v4_count].low;
        put_address(request, low.high, low.low, 16);
    }
}

static void
choose_requests(struct run *run)
{
    const struct woapol_image *image = run->asked->image;
    for (uint32_t i = 0; i < run->asked->requests; i++) {
        struct woapol_request *request = &run->requests[i];
        woapol_request_init(request);
        choose_address(run, request);
        request->device = choose(run, woapol_count(image, WOAPOL_DEVICE));
        request->app = choose(run, woapol_count(image, WOAPOL_APP));
        request->entry = choose(run, woapol_count(image, WOAPOL_ENTRY));
        request->risk = (uint8_t)choose(run, 3);
        request->managed = choose(run, 2) == 1;
        request->compliant = choose(run, 2) == 1;
    }
}

static void
choose_person(struct run *run)
{
    const struct wp_model *model = run->asked->model;
    size_t count = model->group_count < PERSON_GROUPS ? model->group_count : PERSON_GROUPS;
    for (size_t i = 0; i < count; i++) {
        const char *name = model->groups[choose(run, model->group_count)].name;
        run->groups[i] = (struct woapol_text){name, strlen(name)};
    }
    run->who = (struct woapol_identity){.groups = run->groups, .group_count = count};
}

static void *
allocate_principal(size_t size)
{
    return aligned_alloc(64, (size + 63) / 64 * 64);
}

static bool
prepare(struct run *run, const struct wp_bench_asked *asked, uint32_t number)
{
    *run = (struct run){.asked = asked, .random = number + 1};
    run->requests = calloc(asked->requests, sizeof *run->requests);
    run->decisions = calloc(asked->requests, sizeof *run->decisions);
    run->size = woapol_principal_size(asked->image);
    run->memory = allocate_principal(run->size);
    run->once = allocate_principal(run->size);
    if (run->requests == NULL || run->decisions == NULL || run->memory == NULL || run->once == NULL)
        return false;
    choose_requests(run);
    choose_person(run);
    run->principal = woapol_bind(asked->image, &run->who, run->memory, run->size);
    return run->principal != NULL;
}

static void
end_run(struct run *run)
{
    free(run->requests);
    free(run->decisions);
    free(run->memory);
    free(run->once);
}

/* ---- the ways ---------------------------------------------------------------------------- */

static uint32_t
class_of(const struct wp_view *view, const struct woapol_request *request)
{
    uint64_t high = 0, low = 0;
    for (unsigned i = 0; i < 8; i++) {
        high = high << 8 | request->address[i];
        low = low << 8 | request->address[8 + i];
    }
    return request->address_family == 4 ? wp_class_v4(view, (uint32_t)(high >> 32))
                                        : wp_class_v6(view, high, low);
}

static void
ask(struct run *run, enum wp_bench_way way)
{
    const struct woapol_image *image = run->asked->image;
    const struct wp_view *view = wp_view(image);
    uint32_t count = run->asked->requests;
    switch (way) {
    case WP_BENCH_LOOKUP:
        for (uint32_t i = 0; i < count; i++)
            run->sink += class_of(view, &run->requests[i]);
        break;
    case WP_BENCH_BOUND:
        for (uint32_t i = 0; i < count; i++)
            woapol_decide(image, run->principal, &run->requests[i], &run->decisions[i]);
        break;
    case WP_BENCH_BATCH:
        woapol_decide_batch(image, run->principal, run->requests, count, run->decisions);
        break;
    case WP_BENCH_UNBOUND:
        for (uint32_t i = 0; i < count; i++)
            (void)woapol_decide_once(image, &run->who, run->once, run->size, &run->requests[i],
                                     &run->decisions[i]);
        break;
    case WP_BENCH_WAYS:
        break;
    }
    run->sink += run->decisions[count - 1].rule;
}

static int
compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double
middle(double *times, size_t count)
{
    qsort(times, count, sizeof *times, compare);
    return times[count / 2];
}

static void *
measure(void *context)
{
    struct run *run = context;
    double times[WP_BENCH_WAYS][TURNS], spent[WP_BENCH_WAYS] = {0};
    size_t turns[WP_BENCH_WAYS] = {0};
    /* Few requests are asked again and again: a clock's tick must not count. */
    const uint32_t repeats = 1 + TICKS / run->asked->requests;
    for (unsigned turn = 0; turn < TURNS; turn++)
        for (unsigned way = 0; way < WP_BENCH_WAYS; way++) {
            if (turn >= 3 && spent[way] > ENOUGH_NS)
                continue;
            double start = now();
            for (uint32_t i = 0; i < repeats; i++)
                ask(run, way);
            double took = now() - start;
            spent[way] += took;
            times[way][turns[way]++] = took / run->asked->requests / repeats;
        }
    for (unsigned way = 0; way < WP_BENCH_WAYS; way++)
        run->ns[way] = middle(times[way], turns[way]);
    return NULL;
}

static double
measure_load(const struct wp_bench_asked *asked)
{
    double times[TURNS], spent = 0;
    size_t turns = 0;
    while (turns < TURNS && (turns < 3 || spent < ENOUGH_NS)) {
        struct woapol_image image;
        double start = now();
        (void)woapol_open(&image, asked->bytes, asked->size, NULL, NULL);
        times[turns] = now() - start;
        spent += times[turns++];
    }
    return middle(times, turns);
}

/* ---- all of it ---------------------------------------------------------------------------- */

static void
sum_up(const struct run *runs, uint32_t count, struct wp_bench_figures *figures)
{
    double all[WP_BENCH_MOST_THREADS];
    for (unsigned way = 0; way < WP_BENCH_WAYS; way++) {
        figures->per_second[way] = 0;
        for (uint32_t i = 0; i < count; i++) {
            all[i] = runs[i].ns[way];
            figures->per_second[way] += 1e9 / all[i];
        }
        figures->ns[way] = middle(all, count);
    }
    figures->groups = (uint32_t)runs[0].who.group_count;
}

bool
wp_bench_measure(const struct wp_bench_asked *asked, struct wp_bench_figures *figures)
{
    struct run *runs = calloc(asked->threads, sizeof *runs);
    bool good = runs != NULL;
    if (runs == NULL)
        return false;
    figures->load_ns = measure_load(asked);
    for (uint32_t i = 0; i < asked->threads && good; i++)
        good = prepare(&runs[i], asked, i);
    for (uint32_t i = 1; i < asked->threads && good; i++)
        good = runs[i].is_started = pthread_create(&runs[i].thread, NULL, measure, &runs[i]) == 0;
    if (good)
        (void)measure(&runs[0]);
    for (uint32_t i = 1; i < asked->threads; i++)
        if (runs[i].is_started)
            (void)pthread_join(runs[i].thread, NULL);
    if (good)
        sum_up(runs, asked->threads, figures);
    for (uint32_t i = 0; i < asked->threads; i++)
        end_run(&runs[i]);
    free(runs);
    return good;
}
