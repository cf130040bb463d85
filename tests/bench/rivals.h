/*
 * Other ways from an address to its class, filled from the same ranges: what the
 * lookup of an image is measured beside.
 */
#ifndef BENCH_RIVALS_H
#define BENCH_RIVALS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Ranges, by where they start, rising from 0. */
struct bench_ranges {
    const uint32_t *starts, *classes;
    uint32_t count;
};

/* A sorted array, searched without branches. */
struct bench_sorted {
    uint32_t *starts, *classes;
    uint32_t count;
};
bool bench_sorted_make(struct bench_sorted *sorted, const struct bench_ranges *ranges);
void bench_sorted_free(struct bench_sorted *sorted);

static inline uint32_t
bench_sorted_find(const struct bench_sorted *sorted, uint32_t address)
{
    const uint32_t *at = sorted->starts;
    for (uint32_t count = sorted->count; count > 1;) {
        const uint32_t half = count / 2;
        at += at[half] <= address ? half : 0;
        count -= half;
    }
    return sorted->classes[at - sorted->starts];
}

/* Tables of cells: a class, or with BENCH_DEEPER the place of 256 cells for the
 * next eight bits. With a root of 24 bits it is DIR-24-8, with 16 a trie. */
#define BENCH_DEEPER 0x80000000u
struct bench_cells {
    uint32_t *cells;
    uint32_t root_bits, count, room;
    const struct bench_ranges *ranges; /* while it is being made */
    uint32_t at;
    bool failed;
};
bool bench_cells_make(struct bench_cells *cells, const struct bench_ranges *ranges,
                      uint32_t root_bits);
void bench_cells_free(struct bench_cells *cells);

static inline uint32_t
bench_dir_24_8_find(const struct bench_cells *cells, uint32_t address)
{
    const uint32_t cell = cells->cells[address >> 8];
    return cell & BENCH_DEEPER ? cells->cells[(cell & ~BENCH_DEEPER) + (address & 255)] : cell;
}

static inline uint32_t
bench_16_8_8_find(const struct bench_cells *cells, uint32_t address)
{
    uint32_t cell = cells->cells[address >> 16];
    if (cell & BENCH_DEEPER)
        cell = cells->cells[(cell & ~BENCH_DEEPER) + (address >> 8 & 255)];
    if (cell & BENCH_DEEPER)
        cell = cells->cells[(cell & ~BENCH_DEEPER) + (address & 255)];
    return cell;
}

/* DPDK's rte_fib, where it is installed; else NULL, and `find` is not to be called. */
struct bench_dpdk;
struct bench_dpdk *bench_dpdk_make(const struct bench_ranges *ranges);
void bench_dpdk_free(struct bench_dpdk *dpdk);
/* All at once, as it likes it. */
void bench_dpdk_find(struct bench_dpdk *dpdk, uint32_t *addresses, uint64_t *classes,
                     uint32_t count);

#endif
