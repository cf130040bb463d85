/* DPDK's rte_fib (DIR-24-8) from Debian's libdpdk-dev. Built in when pkg-config
 * knows libdpdk; otherwise there is nothing to measure beside. */
#include "bench/rivals.h"

#ifdef BENCH_DPDK
#include <rte_eal.h>
#include <rte_fib.h>

struct bench_dpdk {
    struct rte_fib *fib;
};

static bool
start(void)
{
    static const char *arguments[] = {"bench",       "--no-huge",        "-m",
                                      "2048",        "--no-pci",         "--no-telemetry",
                                      "--no-shconf", "--log-level=error"};
    static int started = -1;
    if (started < 0)
        started = rte_eal_init(8, (char **)arguments) >= 0;
    return started;
}

/* A range as the prefixes that make it up. */
static bool
add_range(struct rte_fib *fib, uint64_t first, uint64_t last, uint32_t class)
{
    while (first <= last) {
        unsigned bits = first == 0 ? 32 : (unsigned)__builtin_ctzll(first);
        while (bits > 32 || first + (UINT64_C(1) << bits) - 1 > last)
            bits--;
        if (rte_fib_add(fib, (uint32_t)first, (uint8_t)(32 - bits), class) != 0)
            return false;
        first += UINT64_C(1) << bits;
    }
    return true;
}

struct bench_dpdk *
bench_dpdk_make(const struct bench_ranges *ranges)
{
    static struct bench_dpdk dpdk;
    struct rte_fib_conf conf = {.type = RTE_FIB_DIR24_8,
                                .max_routes = (int)ranges->count * 6 + 1024};
    conf.dir24_8.nh_sz = RTE_FIB_DIR24_8_4B;
    conf.dir24_8.num_tbl8 = 1 << 19;
    if (!start() || (dpdk.fib = rte_fib_create("bench", -1, &conf)) == NULL)
        return NULL;
    for (uint32_t i = 0; i < ranges->count; i++) {
        const uint64_t last = i + 1 < ranges->count ? ranges->starts[i + 1] - 1u : UINT32_MAX;
        if (!add_range(dpdk.fib, ranges->starts[i], last, ranges->classes[i])) {
            bench_dpdk_free(&dpdk);
            return NULL;
        }
    }
    return &dpdk;
}

void
bench_dpdk_free(struct bench_dpdk *dpdk)
{
    rte_fib_free(dpdk->fib);
}

void
bench_dpdk_find(struct bench_dpdk *dpdk, uint32_t *addresses, uint64_t *classes, uint32_t count)
{
    (void)rte_fib_lookup_bulk(dpdk->fib, addresses, classes, (int)count);
}
#else
struct bench_dpdk *
bench_dpdk_make(const struct bench_ranges *ranges)
{
    (void)ranges;
    return NULL;
}

void
bench_dpdk_free(struct bench_dpdk *dpdk)
{
    (void)dpdk;
}

void
bench_dpdk_find(struct bench_dpdk *dpdk, uint32_t *addresses, uint64_t *classes, uint32_t count)
{
    (void)dpdk;
    (void)addresses;
    (void)classes;
    (void)count;
}
#endif
