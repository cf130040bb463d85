/*
 * What one decision costs away from the usual: for people who are not bound, with
 * caches that something else has filled, for the worst request of many against
 * the typical one; and how often memory is allocated, which is never.
 */
#include "bench/record.h"
#include "bench/subject.h"

#include <stdlib.h>
#include <string.h>

enum { REQUESTS = 4096, TURNS = 31, GROUPS = 1000, COLD = 200, EVICTED = 64 << 20 };

/* Every allocation of the program comes through here. */
static uint64_t allocations;
void *__libc_malloc(size_t size);
void *
malloc(size_t size)
{
    allocations++;
    return __libc_malloc(size);
}

struct edges {
    struct bench_subject subject;
    struct woapol_request requests[REQUESTS];
    char names[10][8];
    struct woapol_text groups[10];
    struct woapol_identity who;
    struct woapol_principal *principal;
    uint8_t *junk;
    uint64_t sink;
};

static void
fail(const char *what)
{
    (void)fprintf(stderr, "bench_edges: %s\n", what);
    exit(1);
}

static void
make_requests(struct edges *e)
{
    const struct wp_model *model = e->subject.compilation.model;
    struct bench_random random = {11};
    for (uint32_t i = 0; i < REQUESTS; i++) {
        struct woapol_request *r = &e->requests[i];
        const struct wp_network *network;
        do
            network = &model->networks[bench_random(&random, model->network_count)];
        while (network->v4_count == 0);
        const uint32_t address = network->v4[bench_random(&random, network->v4_count)].low;
        woapol_request_init(r);
        r->address_family = 4;
        for (unsigned k = 0; k < 4; k++)
            r->address[k] = (uint8_t)(address >> (24 - 8 * k));
        r->device = 1 + bench_random(&random, woapol_count(&e->subject.image, WOAPOL_DEVICE) - 1);
        r->managed = bench_random(&random, 2) == 1;
        r->risk = (uint8_t)bench_random(&random, 3);
    }
    for (uint32_t i = 0; i < 10; i++) {
        const int length =
            snprintf(e->names[i], sizeof e->names[i], "G%u", bench_random(&random, GROUPS));
        e->groups[i] = (struct woapol_text){e->names[i], (size_t)length};
    }
    e->who = (struct woapol_identity){.groups = e->groups, .group_count = 10};
}

static void
decide(struct edges *e, const struct woapol_request *request)
{
    struct woapol_decision decision;
    woapol_decide(&e->subject.image, e->principal, request, &decision);
    e->sink += decision.rule;
}

static double
time_bound(struct edges *e)
{
    const double start = bench_now();
    for (uint32_t i = 0; i < REQUESTS; i++)
        decide(e, &e->requests[i]);
    return (bench_now() - start) * 1e9 / REQUESTS;
}

static double
time_once(struct edges *e)
{
    struct woapol_decision decision;
    const double start = bench_now();
    for (uint32_t i = 0; i < REQUESTS; i++) {
        (void)woapol_decide_once(&e->subject.image, &e->who, e->subject.memory,
                                 e->subject.memory_size, &e->requests[i], &decision);
        e->sink += decision.rule;
    }
    return (bench_now() - start) * 1e9 / REQUESTS;
}

static double
time_bind(struct edges *e)
{
    struct woapol_decision decision;
    const double start = bench_now();
    for (uint32_t i = 0; i < 256; i++) {
        e->principal =
            woapol_bind(&e->subject.image, &e->who, e->subject.memory, e->subject.memory_size);
        woapol_decide(&e->subject.image, e->principal, &e->requests[i], &decision);
        e->sink += decision.rule;
    }
    return (bench_now() - start) * 1e9 / 256;
}

/* One decision after 64 MiB of something else; what looking at the clock costs then
 * is taken off. */
static double
time_cold(struct edges *e)
{
    double times[COLD], nothing[COLD];
    for (uint32_t i = 0; i < COLD; i++) {
        memset(e->junk, (int)i, EVICTED);
        double start = bench_now();
        nothing[i] = (bench_now() - start) * 1e9;
        memset(e->junk, (int)i + 1, EVICTED);
        start = bench_now();
        decide(e, &e->requests[i * 7]);
        times[i] = (bench_now() - start) * 1e9;
    }
    return bench_median(times, COLD) - bench_median(nothing, COLD);
}

/* The time of one request among two that differ, so that neither is remembered. */
static double
time_pair(struct edges *e, const struct woapol_request *request)
{
    struct woapol_request other = *request;
    double best = 1e9;
    other.managed = !other.managed;
    for (int turn = 0; turn < 5; turn++) {
        const double start = bench_now();
        for (int i = 0; i < 64; i++) {
            decide(e, request);
            decide(e, &other);
        }
        const double time = (bench_now() - start) * 1e9 / 128;
        best = time < best ? time : best;
    }
    return best;
}

/* Who sends requests chooses all of a request but the groups. */
static void
report_worst(struct edges *e, uint32_t rules, const char *groups)
{
    static double times[REQUESTS / 4];
    for (uint32_t i = 0; i < REQUESTS / 4; i++)
        times[i] = time_pair(e, &e->requests[i * 4]);
    const double middle = bench_median(times, REQUESTS / 4);
    char metric[64];
    (void)snprintf(metric, sizeof metric, "worst of %u requests, %s", REQUESTS / 4, groups);
    bench_record("edges", rules, metric, times[REQUESTS / 4 - 1], "ns", "the typical one",
                 times[REQUESTS / 4 - 1] / middle);
}

static void
report(struct edges *e, uint32_t rules)
{
    double bound[TURNS], once[TURNS], bind[TURNS];
    for (int turn = 0; turn < TURNS; turn++) {
        bind[turn] = time_bind(e);
        bound[turn] = time_bound(e);
        once[turn] = time_once(e);
        e->principal =
            woapol_bind(&e->subject.image, &e->who, e->subject.memory, e->subject.memory_size);
    }
    const double b = bench_median(bound, TURNS), o = bench_median(once, TURNS);
    const double both = bench_median(bind, TURNS);
    bench_record("edges", rules, "decide once, 10 groups", o, "ns", "bind and decide", o / both);
    bench_record("edges", rules, "decide once, 10 groups", o, "ns", "decide, bound", o / b);
    bench_record("edges", rules, "cold caches, 10 groups", time_cold(e), "ns", NULL, 0);
    report_worst(e, rules, "10 groups");
    const struct woapol_identity nobody = {0};
    e->principal =
        woapol_bind(&e->subject.image, &nobody, e->subject.memory, e->subject.memory_size);
    report_worst(e, rules, "no groups");
    const uint64_t before = allocations;
    if (before == 0)
        fail("allocations are not counted");
    (void)time_bound(e);
    (void)time_once(e);
    (void)time_bind(e);
    bench_record("edges", rules, "allocations", (double)(allocations - before), "count", NULL, 0);
}

int
main(void)
{
    static const uint32_t sizes[] = {10, 100, 1000, 10000, 100000};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct edges *e = calloc(1, sizeof *e);
        if (e == NULL || (e->junk = malloc(EVICTED)) == NULL)
            fail("out of memory");
        const struct bench_shape shape = {
            .rules = sizes[i], .prefixes = 100000, .policies = 1, .groups = GROUPS};
        bench_subject_make(&e->subject, &shape);
        make_requests(e);
        report(e, sizes[i]);
        bench_subject_free(&e->subject);
        free(e->junk);
        free(e);
    }
    return 0;
}
