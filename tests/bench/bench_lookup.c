/*
 * From an address to its class: the image's tables against other structures over the
 * same ranges, and against DPDK's rte_fib where that is installed. Everything is asked
 * the same addresses, in turns, and must give the same answers first. The addresses are
 * so many that neither branches nor what they need of a large table can be remembered.
 */
#if defined __x86_64__ && defined __GNUC__ && !defined __clang__
#pragma GCC target("avx2,bmi,bmi2,popcnt") /* as in runtime/decide_avx2.c; so have the rivals */
#endif
#include "bench/record.h"
#include "bench/rivals.h"
#include "bench/subject.h"
#include "compiler/image_read.h"
#include "compiler/partition.h"
#include "runtime/lookup.h"

#include <stdlib.h>
#include <string.h>

#define ASKED 1048576u
#define AT_ONCE 1024u
#define TURNS 7

enum way { IMAGE, SORTED, TREE, DIR_24_8, TRIE, POPTRIE, DPDK, WAYS };
static const char *const way_names[WAYS] = {
    "image", "sorted array", "B-tree", "DIR-24-8", "16-8-8 trie", "poptrie", "rte_fib (bulk)"};

struct lookup {
    struct bench_subject subject;
    struct bench_ranges ranges;
    struct bench_sorted sorted;
    struct bench_tree tree;
    struct bench_cells dir_24_8, trie;
    struct bench_poptrie poptrie;
    struct bench_dpdk *dpdk;
    uint32_t addresses[ASKED];
    uint64_t answers[AT_ONCE];
    double times[WAYS][TURNS], median[WAYS];
};

static void
fail(const char *what)
{
    (void)fprintf(stderr, "bench_lookup: %s\n", what);
    exit(1);
}

/* The ranges of all networks, and the class that the image gives each. */
static void
collect_ranges(struct lookup *l)
{
    const struct wp_model *model = l->subject.compilation.model;
    const struct wp_view *view = wp_view(&l->subject.image);
    const struct wp_network **networks = calloc(model->network_count + 1, sizeof *networks);
    struct wp_partition partition;
    for (uint32_t i = 0; i < model->network_count; i++)
        networks[i] = &model->networks[i];
    wp_partition_make(&partition, model->arena, networks, model->network_count);
    uint32_t *starts = calloc(partition.v4_count, sizeof *starts);
    uint32_t *classes = calloc(partition.v4_count, sizeof *classes);
    uint32_t count = 0;
    for (uint32_t i = 0; i < partition.v4_count; i++) {
        const uint32_t class = wp_class_v4(view, partition.v4_starts[i]);
        if (count > 0 && classes[count - 1] == class)
            continue;
        starts[count] = partition.v4_starts[i];
        classes[count++] = class;
    }
    l->ranges = (struct bench_ranges){starts, classes, count};
    free(networks);
}

/* Each range is asked for as often as any other, and somewhere within. */
static void
choose_addresses(struct lookup *l)
{
    struct bench_random random = {l->ranges.count};
    for (uint32_t i = 0; i < ASKED; i++) {
        const uint32_t range = bench_random(&random, l->ranges.count);
        const uint32_t first = l->ranges.starts[range];
        const uint32_t last =
            range + 1 < l->ranges.count ? l->ranges.starts[range + 1] - 1 : UINT32_MAX;
        l->addresses[i] =
            first + (last - first == UINT32_MAX ? bench_random(&random, UINT32_MAX)
                                                : bench_random(&random, last - first + 1));
    }
}

#define ASK_ALL(expression)                                                                        \
    for (uint32_t i = 0; i < AT_ONCE; i++) {                                                       \
        const uint32_t address = addresses[i];                                                     \
        l->answers[i] = (expression);                                                              \
    }

static void
ask_image(struct lookup *l, const uint32_t *addresses)
{
    const struct wp_view *view = wp_view(&l->subject.image);
    ASK_ALL(wp_class_v4(view, address));
}

BENCH_WITH_ALL static void
ask_rival(struct lookup *l, enum way way, uint32_t *addresses)
{
    switch (way) {
    case SORTED:
        ASK_ALL(bench_sorted_find(&l->sorted, address));
        break;
    case TREE:
        ASK_ALL(bench_tree_find(&l->tree, address));
        break;
    case DIR_24_8:
        ASK_ALL(bench_dir_24_8_find(&l->dir_24_8, address));
        break;
    case TRIE:
        ASK_ALL(bench_16_8_8_find(&l->trie, address));
        break;
    case POPTRIE:
        ASK_ALL(bench_poptrie_find(&l->poptrie, address));
        break;
    case DPDK:
        bench_dpdk_find(l->dpdk, addresses, l->answers, AT_ONCE);
        break;
    case IMAGE:
    case WAYS:
        break;
    }
}

static void
ask(struct lookup *l, enum way way, uint32_t *addresses)
{
    if (way == IMAGE)
        ask_image(l, addresses);
    else
        ask_rival(l, way, addresses);
}

static uint64_t
sum_of(struct lookup *l, enum way way)
{
    uint64_t sum = 0;
    for (uint32_t at = 0; at < ASKED; at += AT_ONCE) {
        ask(l, way, l->addresses + at);
        for (uint32_t i = 0; i < AT_ONCE; i++)
            sum = sum * UINT64_C(0x100000001b3) + l->answers[i];
    }
    return sum;
}

static void
measure(struct lookup *l)
{
    const enum way ways = l->dpdk == NULL ? DPDK : WAYS;
    const uint64_t sum = sum_of(l, IMAGE);
    for (enum way way = SORTED; way < ways; way++)
        if (sum_of(l, way) != sum)
            fail("two ways give different answers");
    for (int turn = 0; turn < TURNS; turn++)
        for (enum way way = IMAGE; way < ways; way++) {
            /* Once untimed: what came before has filled the caches. */
            for (uint32_t at = 0; at < ASKED; at += AT_ONCE)
                ask(l, way, l->addresses + at);
            const double start = bench_now();
            for (uint32_t at = 0; at < ASKED; at += AT_ONCE)
                ask(l, way, l->addresses + at);
            l->times[way][turn] = (bench_now() - start) * 1e9 / ASKED;
        }
    for (enum way way = IMAGE; way < ways; way++)
        l->median[way] = bench_median(l->times[way], TURNS);
}

static double
bytes_of_image(const struct lookup *l)
{
    size_t keys = 0, values = 0;
    (void)wp_image_section(l->subject.bytes.data, WP_SECTION_V4_KEYS, &keys);
    (void)wp_image_section(l->subject.bytes.data, WP_SECTION_V4_VALUES, &values);
    return (double)keys + (double)values;
}

static void
report(const struct lookup *l, const char *bench)
{
    const double size = l->ranges.count;
    const double bytes[] = {bytes_of_image(l),
                            size * 8,
                            l->tree.size * 4.0 + size * 4,
                            l->dir_24_8.count * 4.0,
                            l->trie.count * 4.0,
                            (4 << BENCH_POPTRIE_ROOT) + l->poptrie.class_count * 4.0 +
                                l->poptrie.node_count * (double)sizeof *l->poptrie.nodes};
    enum way best = SORTED;
    for (enum way way = SORTED; way < DPDK; way++) {
        bench_record(bench, size, "image", l->median[IMAGE], "ns", way_names[way],
                     l->median[IMAGE] / l->median[way]);
        if (l->median[way] < l->median[best])
            best = way;
    }
    if (l->dpdk != NULL)
        bench_record(bench, size, "image", l->median[IMAGE], "ns", way_names[DPDK],
                     l->median[IMAGE] / l->median[DPDK]);
    for (enum way way = SORTED; way < WAYS; way++)
        if (way != DPDK || l->dpdk != NULL)
            bench_record(bench, size, way_names[way], l->median[way], "ns", NULL, 0);
    bench_record(bench, size, "image, to the best", l->median[IMAGE] / l->median[best], "x",
                 way_names[best], l->median[IMAGE] / l->median[best]);
    for (enum way way = IMAGE; way < DPDK; way++) {
        char metric[48];
        (void)snprintf(metric, sizeof metric, "%s, a range", way_names[way]);
        bench_record(bench, size, metric, bytes[way] / size, "bytes", NULL, 0);
    }
}

static void
make_rivals(struct lookup *l)
{
    if (!bench_sorted_make(&l->sorted, &l->ranges) || !bench_tree_make(&l->tree, &l->ranges) ||
        !bench_cells_make(&l->dir_24_8, &l->ranges, 24) ||
        !bench_cells_make(&l->trie, &l->ranges, 16) || !bench_poptrie_make(&l->poptrie, &l->ranges))
        fail("out of memory");
    l->dpdk = bench_dpdk_make(&l->ranges);
    if (l->dpdk == NULL)
        (void)fprintf(
            stderr, "bench_lookup: rte_fib (libdpdk-dev) is not there for %u ranges; passed over\n",
            l->ranges.count);
}

static void
free_rivals(struct lookup *l)
{
    if (l->dpdk != NULL)
        bench_dpdk_free(l->dpdk);
    bench_sorted_free(&l->sorted);
    bench_tree_free(&l->tree);
    bench_cells_free(&l->dir_24_8);
    bench_cells_free(&l->trie);
    bench_poptrie_free(&l->poptrie);
}

static void
run(const char *bench, const struct bench_shape *shape)
{
    struct lookup *l = calloc(1, sizeof *l);
    if (l == NULL)
        fail("out of memory");
    bench_subject_make(&l->subject, shape);
    collect_ranges(l);
    choose_addresses(l);
    make_rivals(l);
    measure(l);
    report(l, bench);
    free_rivals(l);
    free((void *)(uintptr_t)l->ranges.starts);
    free((void *)(uintptr_t)l->ranges.classes);
    bench_subject_free(&l->subject);
    free(l);
}

int
main(void)
{
    /* Half as many prefixes as ranges, and a tenth of them are IPv6. */
    static const uint32_t scattered[] = {56, 5600, 56000, 640000};
    static const uint32_t routes[] = {7300, 73000, 700000};
    for (size_t i = 0; i < sizeof scattered / sizeof *scattered; i++)
        run("IPv4 lookup", &(struct bench_shape){.rules = scattered[i] < 2000 ? 80 : 1000,
                                                 .prefixes = scattered[i],
                                                 .policies = 1,
                                                 .groups = 100});
    for (size_t i = 0; i < sizeof routes / sizeof *routes; i++)
        run("IPv4 lookup, routes", &(struct bench_shape){.rules = 1000,
                                                         .prefixes = routes[i],
                                                         .policies = 1,
                                                         .groups = 100,
                                                         .networks = 1000,
                                                         .routes = true});
    return 0;
}
