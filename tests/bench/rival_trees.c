/* The poptrie and the static B-tree of rivals.h. */
#include "bench/rivals.h"

#include <stdlib.h>
#include <string.h>

/* ---- poptrie --------------------------------------------------------------------- */

/* Room for `more` elements behind the `count`; false when there is none. */
static bool
make_room(void **array, uint32_t count, uint32_t more, uint32_t *room, size_t size)
{
    if (more <= *room - count)
        return true;
    const uint32_t wanted = *room * 2 + more + 1024;
    void *larger = realloc(*array, (size_t)wanted * size);
    if (larger == NULL)
        return false;
    *array = larger;
    *room = wanted;
    return true;
}

static uint32_t
add_nodes(struct bench_poptrie *t, uint32_t count)
{
    void *nodes = t->nodes;
    t->failed |= !make_room(&nodes, t->node_count, count, &t->node_room, sizeof *t->nodes);
    t->nodes = nodes;
    t->node_count += t->failed ? 0 : count;
    return t->node_count - count;
}

static void
add_class(struct bench_poptrie *t, uint32_t class)
{
    void *classes = t->classes;
    t->failed |= !make_room(&classes, t->class_count, 1, &t->class_room, sizeof *t->classes);
    t->classes = classes;
    if (!t->failed)
        t->classes[t->class_count++] = class;
}

/* Whether several ranges lie in the 2^bits addresses from `first` on. Addresses are asked
 * for in their order. */
static bool
is_cut(struct bench_poptrie *t, uint32_t first, uint32_t bits)
{
    const struct bench_ranges *r = t->ranges;
    while (t->at + 1 < r->count && r->starts[t->at + 1] <= first)
        t->at++;
    return t->at + 1 < r->count && r->starts[t->at + 1] <= first + ((1u << bits) - 1);
}

static void
fill_node(struct bench_poptrie *t, uint32_t number, uint32_t address, uint32_t left)
{
    const uint32_t bits = left < 6 ? left : 6, below = left - bits, start = t->at;
    struct bench_poptrie_node node = {.classes = t->class_count};
    uint32_t last = BENCH_DEEPER;
    for (uint32_t cell = 0; cell < 1u << bits; cell++) {
        if (is_cut(t, address + (cell << below), below)) {
            node.deeper |= UINT64_C(1) << cell;
        } else if (t->ranges->classes[t->at] != last) {
            last = t->ranges->classes[t->at];
            node.changes |= UINT64_C(1) << cell;
            add_class(t, last);
        }
    }
    node.nodes = add_nodes(t, (uint32_t)__builtin_popcountll(node.deeper));
    if (t->failed)
        return;
    t->nodes[number] = node;
    t->at = start;
    for (uint32_t cell = 0, next = node.nodes; cell < 1u << bits && !t->failed; cell++)
        if (is_cut(t, address + (cell << below), below))
            fill_node(t, next++, address + (cell << below), below);
}

bool
bench_poptrie_make(struct bench_poptrie *trie, const struct bench_ranges *ranges)
{
    const uint32_t left = 32 - BENCH_POPTRIE_ROOT;
    *trie = (struct bench_poptrie){.ranges = ranges,
                                   .root = malloc(sizeof(uint32_t) << BENCH_POPTRIE_ROOT)};
    trie->failed = trie->root == NULL;
    for (uint32_t i = 0; i < 1u << BENCH_POPTRIE_ROOT && !trie->failed; i++) {
        if (is_cut(trie, i << left, left)) {
            const uint32_t node = add_nodes(trie, 1);
            trie->root[i] = node | BENCH_DEEPER;
            if (!trie->failed)
                fill_node(trie, node, i << left, left);
        } else {
            trie->root[i] = ranges->classes[trie->at];
        }
    }
    return !trie->failed;
}

void
bench_poptrie_free(struct bench_poptrie *trie)
{
    free(trie->root);
    free(trie->nodes);
    free(trie->classes);
}

/* ---- B-tree ------------------------------------------------------------------------ */

bool
bench_tree_make(struct bench_tree *tree, const struct bench_ranges *ranges)
{
    *tree = (struct bench_tree){.levels = 1};
    while (((ranges->count - 1) >> (4 * tree->levels)) > 0)
        tree->levels++;
    tree->classes = malloc(ranges->count * sizeof *tree->classes);
    if (tree->classes == NULL)
        return false;
    memcpy(tree->classes, ranges->classes, ranges->count * sizeof *tree->classes);
    for (uint32_t level = 0; level < tree->levels; level++) {
        const uint32_t below = 4 * (tree->levels - 1 - level);
        const uint32_t count = ((ranges->count - 1) >> below) + 1, padded = (count + 15) / 16 * 16;
        uint32_t *keys = tree->keys[level] = aligned_alloc(64, padded * sizeof *keys);
        if (keys == NULL)
            return false;
        for (uint32_t i = 0; i < padded; i++)
            keys[i] = (i < count ? ranges->starts[i << below] : UINT32_MAX) ^ 0x80000000u;
        tree->last[level] = count - 1;
        tree->size += padded;
    }
    return true;
}

void
bench_tree_free(struct bench_tree *tree)
{
    for (uint32_t level = 0; level < tree->levels; level++)
        free(tree->keys[level]);
    free(tree->classes);
}
