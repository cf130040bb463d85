/*
 * Other ways from an address to its class, filled from the same ranges: what the
 * lookup of an image is measured beside.
 */
#ifndef BENCH_RIVALS_H
#define BENCH_RIVALS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The rivals may use what the processor has beyond what every one of its kind has. */
#ifdef __x86_64__
#include <immintrin.h>
#define BENCH_WITH_ALL __attribute__((target("avx2,popcnt")))
#else
#define BENCH_WITH_ALL
#endif

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

/*
 * A poptrie: a root of 18 bits, then nodes of 6. A node has a bit for each cell that goes
 * deeper and one for each cell whose class differs from that of the cell before; counting
 * bits leads to the nodes and classes of its cells, which lie one after the other.
 */
struct bench_poptrie_node {
    uint64_t deeper, changes;
    uint32_t classes, nodes; /* where those of its cells begin */
};
struct bench_poptrie {
    uint32_t *root; /* a class, or with BENCH_DEEPER a node */
    struct bench_poptrie_node *nodes;
    uint32_t *classes;
    uint32_t node_count, node_room, class_count, class_room;
    const struct bench_ranges *ranges; /* while it is being made */
    uint32_t at;
    bool failed;
};
#define BENCH_POPTRIE_ROOT 18
bool bench_poptrie_make(struct bench_poptrie *trie, const struct bench_ranges *ranges);
void bench_poptrie_free(struct bench_poptrie *trie);

static inline __attribute__((always_inline)) uint32_t
bench_poptrie_rank(uint64_t bits, uint32_t cell)
{
    return (uint32_t)__builtin_popcountll(bits & ((UINT64_C(2) << cell) - 1)) - 1;
}

static inline __attribute__((always_inline)) uint32_t
bench_poptrie_find(const struct bench_poptrie *trie, uint32_t address)
{
    const uint32_t root = trie->root[address >> (32 - BENCH_POPTRIE_ROOT)];
    if (!(root & BENCH_DEEPER))
        return root;
    const struct bench_poptrie_node *node = trie->nodes + (root & ~BENCH_DEEPER);
    uint32_t left = 32 - BENCH_POPTRIE_ROOT; /* bits of the address not yet used */
    for (;;) {
        const uint32_t bits = left < 6 ? left : 6;
        const uint32_t cell = address >> (left - bits) & ((1u << bits) - 1);
        if (!(node->deeper >> cell & 1))
            return trie->classes[node->classes + bench_poptrie_rank(node->changes, cell)];
        node = trie->nodes + node->nodes + bench_poptrie_rank(node->deeper, cell);
        left -= bits;
    }
}

/* A static B-tree: sorted starts, and every 16th of each level in the one above. */
#define BENCH_TREE_LEVELS 8
struct bench_tree {
    uint32_t *keys[BENCH_TREE_LEVELS]; /* the root first, each filled up to nodes of 16 */
    uint32_t *classes;
    uint32_t last[BENCH_TREE_LEVELS]; /* of each level's keys */
    uint32_t levels, size;            /* keys in all */
};
bool bench_tree_make(struct bench_tree *tree, const struct bench_ranges *ranges);
void bench_tree_free(struct bench_tree *tree);

/* Signed comparisons are what vectors have: starts are kept with the top bit turned. */
BENCH_WITH_ALL static inline uint32_t
bench_tree_up_to(const uint32_t *node, uint32_t key)
{
#ifdef __x86_64__
    const __m256i keys = _mm256_set1_epi32((int)key);
    const __m256i left = _mm256_load_si256((const __m256i *)(const void *)node);
    const __m256i right = _mm256_load_si256((const __m256i *)(const void *)(node + 8));
    const __m256i above =
        _mm256_packs_epi32(_mm256_cmpgt_epi32(left, keys), _mm256_cmpgt_epi32(right, keys));
    return 16 - (uint32_t)__builtin_popcount((uint32_t)_mm256_movemask_epi8(above)) / 2;
#else
    uint32_t up_to = 0;
    for (int i = 0; i < 16; i++)
        up_to += (int32_t)node[i] <= (int32_t)key;
    return up_to;
#endif
}

BENCH_WITH_ALL static inline uint32_t
bench_tree_find(const struct bench_tree *tree, uint32_t address)
{
    uint32_t place = 0;
    for (uint32_t level = 0; level < tree->levels; level++) {
        const uint32_t *node = tree->keys[level] + (size_t)place * 16;
        place = place * 16 + bench_tree_up_to(node, address ^ 0x80000000u) - 1;
        place = place < tree->last[level] ? place : tree->last[level]; /* not the filling */
    }
    return tree->classes[place];
}

/* DPDK's rte_fib, where it is installed; else NULL, and `find` is not to be called. */
struct bench_dpdk;
struct bench_dpdk *bench_dpdk_make(const struct bench_ranges *ranges);
void bench_dpdk_free(struct bench_dpdk *dpdk);
/* All at once, as it likes it. */
void bench_dpdk_find(struct bench_dpdk *dpdk, uint32_t *addresses, uint64_t *classes,
                     uint32_t count);

#endif
