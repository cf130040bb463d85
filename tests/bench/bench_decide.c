/*
 * What one decision costs: against the address lookup alone and against a scan of
 * the rules, for policies of 10 to 100,000 rules over 100,000 prefixes.
 *
 * Every way gets the same requests, in the same order, and so many of them that no branch
 * predictor learns which is next: of 4,096 requests it knows most answers beforehand, and
 * the lookup alone, which has the fewest branches to get wrong, then gains the most.
 *
 * One after the other, a processor works on several of them at once: on five lookups, but on
 * one and a half decisions. So both are also measured where each waits for the answer before
 * it: the time from a request to its decision.
 *
 * Figures that are compared are measured in turns, a few thousand decisions each,
 * and the middle of many turns is taken, so that what else the machine does falls
 * on both alike.
 */
#include "bench/generate.h"
#include "bench/linear.h"
#include "bench/record.h"
#include "compiler/compile.h"
#include "compiler/image.h"
#include "runtime/lookup.h"

#include <stdlib.h>
#include <string.h>

#define REQUESTS 65536u
#define TURNS 15
#define FEW_TURNS 3
#define PEOPLE 15u /* in as many groups */
#define PREFIXES 100000u
#define AT_ONCE 1024u /* decisions of a batch */
#define SCANNED 256u  /* of a scan in a turn */
#define GROUPS 1000u

struct setting {
    struct wp_compilation compilation;
    struct wp_bytes bytes;
    struct woapol_image image;
    void *memory;
    size_t memory_size;
    struct linear *linear;
    struct bench_random random;
    struct woapol_request requests[REQUESTS], requests6[REQUESTS];
    struct woapol_decision decisions[AT_ONCE];
    uint32_t scanned; /* the next request that the scan gets */
    struct woapol_principal *principal;
    uint64_t sink;             /* so that nothing measured is left out */
    volatile uint32_t nothing; /* 0, as nobody knows who compiles this */
};

static const char *
read_text(void *context, struct wp_arena *arena, const char *path, size_t *length,
          const char **reason)
{
    (void)arena;
    (void)path;
    (void)reason;
    *length = strlen(context);
    return context;
}

static void
fail(const char *what)
{
    (void)fprintf(stderr, "bench_decide: %s\n", what);
    exit(1);
}

/* ---- the policy and its requests ------------------------------------------------- */

static void
build(struct setting *s, const struct bench_shape *shape)
{
    char *text = NULL;
    size_t length = 0;
    FILE *file = open_memstream(&text, &length);
    if (file == NULL)
        fail("no memory");
    bench_generate(file, shape);
    (void)fclose(file);
    const struct wp_reader reader = {.read = read_text, .context = text};
    const struct wp_compile_options options = {.reader = &reader, .today = 1};
    const struct wp_image_options image_options = {.optimise = true};
    if (!wp_compile(&s->compilation, "bench.woapol", &options) ||
        !wp_build_image(s->compilation.model, &image_options, &s->bytes,
                        &s->compilation.diagnostics) ||
        woapol_open(&s->image, s->bytes.data, s->bytes.size, NULL, NULL) != WOAPOL_OK)
        fail("the policy does not compile");
    free(text);
    s->memory_size = woapol_principal_size(&s->image);
    s->memory = aligned_alloc(64, s->memory_size);
    s->linear = linear_new(s->compilation.model, &s->image);
}

static void
put_v4(struct woapol_request *request, uint32_t address)
{
    request->address_family = 4;
    for (unsigned i = 0; i < 4; i++)
        request->address[i] = (uint8_t)(address >> (24 - 8 * i));
}

static void
put_v6(struct woapol_request *request, struct wp_address6 address)
{
    request->address_family = 6;
    for (unsigned i = 0; i < 8; i++) {
        request->address[i] = (uint8_t)(address.high >> (56 - 8 * i));
        request->address[8 + i] = (uint8_t)(address.low >> (56 - 8 * i));
    }
}

/* Addresses from all over the ranges of all networks; everything else at random. */
static void
make_requests(struct setting *s)
{
    const struct wp_model *model = s->compilation.model;
    for (uint32_t i = 0; i < REQUESTS; i++) {
        struct woapol_request *r = &s->requests[i];
        const struct wp_network *network;
        do
            network = &model->networks[bench_random(&s->random, model->network_count)];
        while (network->v4_count == 0 || network->v6_count == 0 || network->absent);
        woapol_request_init(r);
        r->device = 1 + bench_random(&s->random, woapol_count(&s->image, WOAPOL_DEVICE) - 1);
        r->entry = bench_random(&s->random, 5);
        r->risk = (uint8_t)bench_random(&s->random, 3);
        r->managed = bench_random(&s->random, 2) == 1;
        r->compliant = bench_random(&s->random, 2) == 1;
        r->app = bench_random(&s->random, woapol_count(&s->image, WOAPOL_APP));
        s->requests6[i] = *r;
        const struct wp_range4 *range = &network->v4[bench_random(&s->random, network->v4_count)];
        const uint32_t span = range->high - range->low;
        put_v4(r, range->low + (span == UINT32_MAX ? 0 : bench_random(&s->random, span + 1)));
        put_v6(&s->requests6[i], network->v6[bench_random(&s->random, network->v6_count)].low);
    }
}

/* Binds somebody in `count` groups. */
static void
bind_person(struct setting *s, uint32_t count)
{
    uint32_t groups[64], numbers[64];
    for (uint32_t i = 0; i < count; i++) {
        groups[i] = bench_random(&s->random, s->compilation.model->group_count);
        const char *name = s->compilation.model->groups[groups[i]].name;
        numbers[i] = woapol_find(&s->image, WOAPOL_GROUP, name, strlen(name));
    }
    const struct woapol_identity who = {.group_numbers = numbers, .group_number_count = count};
    linear_bind(s->linear, groups, count);
    s->principal = woapol_bind(&s->image, &who, s->memory, s->memory_size);
}

/* ---- what is measured ----------------------------------------------------------------- */

static inline uint32_t
class_of(const struct wp_view *view, const struct woapol_request *r)
{
    uint64_t high, low;
    memcpy(&high, r->address, 8);
    memcpy(&low, r->address + 8, 8);
    if (r->address_family == 4)
        return wp_class_v4(view, (uint32_t)(__builtin_bswap64(high) >> 32));
    return wp_class_v6(view, __builtin_bswap64(high), __builtin_bswap64(low));
}

static void
run_lookup(struct setting *s)
{
    const struct wp_view *view = wp_view(&s->image);
    uint64_t sum = 0;
    for (uint32_t i = 0; i < REQUESTS; i++)
        sum += class_of(view, &s->requests[i]);
    s->sink += sum;
}

static void
run_decide(struct setting *s)
{
    for (uint32_t i = 0; i < REQUESTS; i++) {
        woapol_decide(&s->image, s->principal, &s->requests[i], &s->decisions[0]);
        s->sink += s->decisions[0].rule;
    }
}

/* The same, where each waits for the one before: which request is next follows from that. */
static void
run_lookup_waiting(struct setting *s)
{
    const struct wp_view *view = wp_view(&s->image);
    const uint32_t nothing = s->nothing;
    uint32_t answer = 0;
    for (uint32_t i = 0; i < REQUESTS; i++)
        answer = class_of(view, &s->requests[i + (answer & nothing)]);
    s->sink += answer;
}

static void
run_decide_waiting(struct setting *s)
{
    const uint32_t nothing = s->nothing;
    struct woapol_decision *decision = &s->decisions[0];
    decision->rule = 0;
    for (uint32_t i = 0; i < REQUESTS; i++)
        woapol_decide(&s->image, s->principal, &s->requests[i + (decision->rule & nothing)],
                      decision);
    s->sink += decision->rule;
}

static void
run_decide6(struct setting *s)
{
    for (uint32_t i = 0; i < REQUESTS; i++) {
        woapol_decide(&s->image, s->principal, &s->requests6[i], &s->decisions[0]);
        s->sink += s->decisions[0].rule;
    }
}

static void
run_repeated(struct setting *s)
{
    const struct woapol_request request = s->requests[s->sink % REQUESTS];
    for (uint32_t i = 0; i < REQUESTS; i++) {
        woapol_decide(&s->image, s->principal, &request, &s->decisions[0]);
        s->sink += s->decisions[0].rule;
    }
}

static void
run_batch(struct setting *s)
{
    for (uint32_t i = 0; i < REQUESTS; i += AT_ONCE) {
        woapol_decide_batch(&s->image, s->principal, &s->requests[i], AT_ONCE, s->decisions);
        s->sink += s->decisions[AT_ONCE - 1].rule;
    }
}

static void
run_linear(struct setting *s)
{
    const struct wp_view *view = wp_view(&s->image);
    for (uint32_t i = 0; i < SCANNED; i++) {
        const struct woapol_request *request = &s->requests[s->scanned++ % REQUESTS];
        s->sink += linear_decide(s->linear, request, class_of(view, request));
    }
}

/* ---- measuring ------------------------------------------------------------------------- */

struct timed {
    void (*run)(struct setting *s);
    uint32_t decisions; /* in a run */
    double times[TURNS];
    double median; /* ns a decision */
};

static void
measure(struct setting *s, struct timed *timed, size_t count, size_t turns)
{
    for (size_t turn = 0; turn < turns; turn++)
        for (size_t i = 0; i < count; i++) {
            timed[i].run(s); /* what the one before left in the caches is not its own */
            const double start = bench_now();
            timed[i].run(s);
            timed[i].times[turn] = (bench_now() - start) * 1e9 / timed[i].decisions;
        }
    for (size_t i = 0; i < count; i++)
        timed[i].median = bench_median(timed[i].times, turns);
}

/* Both answers are the same, before either is timed; of some requests, since a scan takes
 * its time. */
static void
compare(struct setting *s)
{
    const struct wp_view *view = wp_view(&s->image);
    for (uint32_t i = 0; i < REQUESTS; i += 16) {
        const struct woapol_request *r = &s->requests[i];
        if (view->apps[r->app].policy != view->shape.default_policy)
            continue;
        struct woapol_decision decision;
        woapol_decide(&s->image, s->principal, r, &decision);
        if (decision.rule != linear_decide(s->linear, r, class_of(view, r)))
            fail("the scan decides otherwise");
    }
}

static void
report_size(struct setting *s, uint32_t rules, const char *bench)
{
    static const uint32_t group_counts[] = {0, 1, 5, 10, 20, 50};
    for (size_t g = 0; g < sizeof group_counts / sizeof *group_counts; g++) {
        char metric[64];
        bind_person(s, group_counts[g]);
        compare(s);
        struct timed t[] = {
            {.run = run_lookup, .decisions = REQUESTS},
            {.run = run_decide, .decisions = REQUESTS},
            {.run = run_batch, .decisions = REQUESTS},
            {.run = run_repeated, .decisions = REQUESTS},
            {.run = run_decide6, .decisions = REQUESTS},
            {.run = run_linear, .decisions = SCANNED},
            {.run = run_lookup_waiting, .decisions = REQUESTS},
            {.run = run_decide_waiting, .decisions = REQUESTS},
        };
        measure(s, t, sizeof t / sizeof *t, TURNS);
        const double lookup = t[0].median, decide = t[1].median;
        (void)snprintf(metric, sizeof metric, "lookup alone, %u groups", group_counts[g]);
        bench_record(bench, rules, metric, lookup, "ns", NULL, 0);
        (void)snprintf(metric, sizeof metric, "decide, %u groups", group_counts[g]);
        bench_record(bench, rules, metric, decide, "ns", "lookup alone", decide / lookup);
        bench_record(bench, rules, metric, decide, "ns", "linear scan", decide / t[5].median);
        (void)snprintf(metric, sizeof metric, "decide, each waiting, %u groups", group_counts[g]);
        bench_record(bench, rules, metric, t[7].median, "ns", "lookup alone, each waiting",
                     t[7].median / t[6].median);
        (void)snprintf(metric, sizeof metric, "lookup alone, each waiting, %u groups",
                       group_counts[g]);
        bench_record(bench, rules, metric, t[6].median, "ns", NULL, 0);
        (void)snprintf(metric, sizeof metric, "batch, %u groups", group_counts[g]);
        bench_record(bench, rules, metric, t[2].median, "ns", "decide", t[2].median / decide);
        (void)snprintf(metric, sizeof metric, "repeated, %u groups", group_counts[g]);
        bench_record(bench, rules, metric, t[3].median, "ns", "lookup alone", t[3].median / lookup);
        (void)snprintf(metric, sizeof metric, "IPv6, %u groups", group_counts[g]);
        bench_record(bench, rules, metric, t[4].median, "ns", "IPv4", t[4].median / decide);
    }
}

/* Where the rules are that people's groups fulfil decides how long they wait, and what a scan
 * takes: the middle of several in as many groups. */
static void
report_people(struct setting *s, uint32_t rules, const char *bench)
{
    static const uint32_t group_counts[] = {1, 5, 10, 20, 50};
    for (size_t g = 0; g < sizeof group_counts / sizeof *group_counts; g++) {
        double times[PEOPLE], to_lookup[PEOPLE], to_scan[PEOPLE];
        for (size_t i = 0; i < PEOPLE; i++) {
            struct timed t[] = {
                {.run = run_lookup, .decisions = REQUESTS},
                {.run = run_decide, .decisions = REQUESTS},
                {.run = run_linear, .decisions = SCANNED},
            };
            bind_person(s, group_counts[g]);
            compare(s);
            measure(s, t, sizeof t / sizeof *t, FEW_TURNS);
            times[i] = t[1].median;
            to_lookup[i] = t[1].median / t[0].median;
            to_scan[i] = t[1].median / t[2].median;
        }
        char metric[64];
        (void)snprintf(metric, sizeof metric, "decide, of %u people, %u groups", PEOPLE,
                       group_counts[g]);
        const double time = bench_median(times, PEOPLE);
        bench_record(bench, rules, metric, time, "ns", "lookup alone",
                     bench_median(to_lookup, PEOPLE));
        bench_record(bench, rules, metric, time, "ns", "linear scan",
                     bench_median(to_scan, PEOPLE));
    }
}

/* Many at once, where what they read is more than caches hold. */
static void
report_batch(struct setting *s, uint32_t rules, const char *bench)
{
    static const uint32_t group_counts[] = {1, 10, 50};
    for (size_t g = 0; g < sizeof group_counts / sizeof *group_counts; g++) {
        char metric[64];
        struct timed t[] = {
            {.run = run_decide, .decisions = REQUESTS},
            {.run = run_batch, .decisions = REQUESTS},
        };
        bind_person(s, group_counts[g]);
        compare(s);
        measure(s, t, sizeof t / sizeof *t, TURNS);
        (void)snprintf(metric, sizeof metric, "batch, %u groups", group_counts[g]);
        bench_record(bench, rules, metric, t[1].median, "ns", "decide", t[1].median / t[0].median);
    }
}

static struct setting *
begin(const struct bench_shape *shape)
{
    struct setting *s = calloc(1, sizeof *s);
    s->random.state = shape->rules;
    build(s, shape);
    make_requests(s);
    return s;
}

static void
end(struct setting *s)
{
    wp_compilation_end(&s->compilation);
    free(s->memory);
    free(s);
}

static void
run(const char *bench, const struct bench_shape *shape)
{
    struct setting *s = begin(shape);
    report_size(s, shape->rules, bench);
    report_people(s, shape->rules, bench);
    end(s);
}

static void
run_beyond_caches(uint32_t rules)
{
    struct setting *s = begin(&(struct bench_shape){
        .rules = rules, .prefixes = 10 * PREFIXES, .policies = 1, .groups = GROUPS});
    report_batch(s, rules, "decide, a million prefixes");
    end(s);
}

int
main(void)
{
    static const uint32_t sizes[] = {10, 100, 1000, 10000, 100000};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        run("decide",
            &(struct bench_shape){
                .rules = sizes[i], .prefixes = PREFIXES, .policies = 1, .groups = GROUPS});
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        run("decide, selective", &(struct bench_shape){.rules = sizes[i],
                                                       .networks = sizes[i] / 8 + 4,
                                                       .policies = 1,
                                                       .groups = GROUPS,
                                                       .selective = true});
    run("decide, 100 apps",
        &(struct bench_shape){
            .rules = 10000, .prefixes = PREFIXES, .policies = 100, .groups = GROUPS});
    run_beyond_caches(1000);
    run_beyond_caches(10000);
    return 0;
}
