/*
 * From an address to its class: the image's tables against a sorted array,
 * DIR-24-8 and a 16-8-8 trie over the same ranges, and against DPDK's rte_fib
 * where that is installed. Everything is asked the same addresses, in turns, and
 * must give the same answers first.
 */
#include "bench/record.h"
#include "bench/rivals.h"
#include "bench/subject.h"
#include "compiler/image_read.h"
#include "compiler/partition.h"
#include "runtime/lookup.h"

#include <stdlib.h>
#include <string.h>

#define ASKED 65536u
#define TURNS 61

enum way { IMAGE, SORTED, DIR_24_8, TRIE, DPDK, WAYS };
static const char *const way_names[WAYS] = {"image", "sorted array", "DIR-24-8", "16-8-8 trie",
                                            "rte_fib (bulk)"};

struct lookup {
    struct bench_subject subject;
    struct bench_ranges ranges;
    struct bench_sorted sorted;
    struct bench_cells dir_24_8, trie;
    struct bench_dpdk *dpdk;
    uint32_t addresses[ASKED];
    uint64_t answers[ASKED];
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
    for (uint32_t i = 0; i < ASKED; i++) {                                                         \
        const uint32_t address = l->addresses[i];                                                  \
        l->answers[i] = (expression);                                                              \
    }

static void
ask(struct lookup *l, enum way way)
{
    const struct wp_view *view = wp_view(&l->subject.image);
    switch (way) {
    case IMAGE:
        ASK_ALL(wp_class_v4(view, address));
        break;
    case SORTED:
        ASK_ALL(bench_sorted_find(&l->sorted, address));
        break;
    case DIR_24_8:
        ASK_ALL(bench_dir_24_8_find(&l->dir_24_8, address));
        break;
    case TRIE:
        ASK_ALL(bench_16_8_8_find(&l->trie, address));
        break;
    case DPDK:
        bench_dpdk_find(l->dpdk, l->addresses, l->answers, ASKED);
        break;
    case WAYS:
        break;
    }
}

static uint64_t
sum_of(const struct lookup *l)
{
    uint64_t sum = 0;
    for (uint32_t i = 0; i < ASKED; i++)
        sum = sum * UINT64_C(0x100000001b3) + l->answers[i];
    return sum;
}

static void
measure(struct lookup *l)
{
    ask(l, IMAGE);
    const uint64_t sum = sum_of(l);
    for (int turn = 0; turn < TURNS; turn++)
        for (enum way way = IMAGE; way < WAYS; way++) {
            if (way == DPDK && l->dpdk == NULL)
                continue;
            const double start = bench_now();
            ask(l, way);
            l->times[way][turn] = (bench_now() - start) * 1e9 / ASKED;
            if (sum_of(l) != sum)
                fail("two ways give different answers");
        }
    for (enum way way = IMAGE; way < WAYS; way++)
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
report(const struct lookup *l)
{
    const double size = l->ranges.count;
    const double bytes[] = {bytes_of_image(l), size * 8, l->dir_24_8.count * 4.0,
                            l->trie.count * 4.0};
    enum way best = SORTED;
    for (enum way way = SORTED; way < DPDK; way++) {
        bench_record("IPv4 lookup", size, "image", l->median[IMAGE], "ns", way_names[way],
                     l->median[IMAGE] / l->median[way]);
        if (l->median[way] < l->median[best])
            best = way;
    }
    if (l->dpdk != NULL)
        bench_record("IPv4 lookup", size, "image", l->median[IMAGE], "ns", way_names[DPDK],
                     l->median[IMAGE] / l->median[DPDK]);
    for (enum way way = SORTED; way < WAYS; way++)
        if (way != DPDK || l->dpdk != NULL)
            bench_record("IPv4 lookup", size, way_names[way], l->median[way], "ns", NULL, 0);
    bench_record("IPv4 lookup", size, "image, to the best", l->median[IMAGE] / l->median[best], "x",
                 way_names[best], l->median[IMAGE] / l->median[best]);
    for (enum way way = IMAGE; way < DPDK; way++) {
        char metric[48];
        (void)snprintf(metric, sizeof metric, "%s, a range", way_names[way]);
        bench_record("IPv4 lookup", size, metric, bytes[way] / size, "bytes", NULL, 0);
    }
}

static void
run(uint32_t prefixes)
{
    struct lookup *l = calloc(1, sizeof *l);
    const struct bench_shape shape = {
        .rules = prefixes < 2000 ? 80 : 1000, .prefixes = prefixes, .policies = 1, .groups = 100};
    if (l == NULL)
        fail("out of memory");
    bench_subject_make(&l->subject, &shape);
    collect_ranges(l);
    choose_addresses(l);
    if (!bench_sorted_make(&l->sorted, &l->ranges) ||
        !bench_cells_make(&l->dir_24_8, &l->ranges, 24) ||
        !bench_cells_make(&l->trie, &l->ranges, 16))
        fail("out of memory");
    l->dpdk = bench_dpdk_make(&l->ranges);
    if (l->dpdk == NULL)
        (void)fprintf(
            stderr, "bench_lookup: rte_fib (libdpdk-dev) is not there for %u ranges; passed over\n",
            l->ranges.count);
    measure(l);
    report(l);
    if (l->dpdk != NULL)
        bench_dpdk_free(l->dpdk);
    bench_sorted_free(&l->sorted);
    bench_cells_free(&l->dir_24_8);
    bench_cells_free(&l->trie);
    free((void *)(uintptr_t)l->ranges.starts);
    free((void *)(uintptr_t)l->ranges.classes);
    bench_subject_free(&l->subject);
    free(l);
}

int
main(void)
{
    /* Half as many prefixes as ranges, and a tenth of them are IPv6. */
    static const uint32_t prefixes[] = {56, 5600, 56000, 640000};
    for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++)
        run(prefixes[i]);
    return 0;
}
