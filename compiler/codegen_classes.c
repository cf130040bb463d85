/*
 * Address classes as rows: of each network what its addresses change, and of each
 * class which of these rows make it.
 *
 * Where there are few classes each has a row of its own, so that nothing has to be
 * put together while deciding. Where there are many, a class is put together from
 * the rows of its networks; the networks that most classes share become one row
 * where a class would have too many.
 */
#include "compiler/codegen_rows.h"

#include <stdlib.h>

/* So many classes have rows of their own; above, only rows of at most so many
 * networks are put together one by one. */
#define OWN_ROWS_MAX 256
#define SINGLE_PARTS 6

struct classes {
    struct wp_row_family *family;
    const struct wp_partition *partition;
    struct wp_literals literals;
    uint32_t *rank; /* of each literal: how many others more classes have */
    struct wp_map sum_map;
    struct wp_buffer sums; /* struct sum */
    struct wp_buffer sum_members;
};
struct sum {
    uint32_t first, count; /* of sum_members */
    uint32_t row;
};
struct members {
    const uint32_t *numbers;
    uint32_t count;
};

static struct members
members_of(const struct wp_partition *p, uint32_t class)
{
    const uint32_t *first = p->first_member + class;
    if (first[0] == first[1])
        return (struct members){NULL, 0};
    return (struct members){p->members + first[0], first[1] - first[0]};
}

/* ---- rows of several networks -------------------------------------------------------- */

static bool
is_sum(const void *context, uint32_t number, const void *key)
{
    const struct classes *c = context;
    const struct sum *sum = (const struct sum *)(const void *)c->sums.bytes + number;
    const struct members *wanted = key;
    return sum->count == wanted->count &&
           memcmp(wp_buffer_words(&c->sum_members) + sum->first, wanted->numbers,
                  sum->count * sizeof *wanted->numbers) == 0;
}

/* The row of several networks together. */
static uint32_t
sum_row(struct classes *c, struct members members)
{
    const uint64_t hash =
        wp_hash_bytes(0, members.numbers, members.count * sizeof *members.numbers);
    const uint32_t number = wp_map_find(&c->sum_map, hash, is_sum, c, &members);
    if (number != UINT32_MAX)
        return ((struct sum *)(void *)c->sums.bytes)[number].row;
    const struct sum sum = {
        .first = (uint32_t)(c->sum_members.size / sizeof(uint32_t)),
        .count = members.count,
        .row = wp_family_add_sum(c->family, &c->literals, members.numbers, members.count),
    };
    wp_buffer_add(&c->sum_members, members.numbers, members.count * sizeof *members.numbers);
    wp_buffer_add(&c->sums, &sum, sizeof sum);
    wp_map_add(&c->sum_map, hash, c->sum_map.count);
    return sum.row;
}

/* ---- how common a network is ------------------------------------------------------------ */

struct ranked {
    uint32_t literal, classes;
};

static int
compare_ranked(const void *left, const void *right)
{
    const struct ranked *a = left, *b = right;
    if (a->classes != b->classes)
        return a->classes > b->classes ? -1 : 1;
    return (a->literal > b->literal) - (a->literal < b->literal);
}

static void
rank_literals(struct classes *c)
{
    struct wp_arena *arena = c->family->g->arena;
    const struct wp_partition *p = c->partition;
    const uint32_t count = c->literals.count;
    struct ranked *ranked = wp_alloc_array(arena, (size_t)count + 1, sizeof *ranked);
    c->rank = wp_alloc_array(arena, (size_t)count + 1, sizeof *c->rank);
    for (uint32_t i = 0; i < count; i++)
        ranked[i].literal = i;
    for (uint32_t i = 0; i < p->first_member[p->class_count]; i++)
        ranked[p->members[i]].classes++;
    qsort(ranked, count, sizeof *ranked, compare_ranked);
    for (uint32_t i = 0; i < count; i++)
        c->rank[ranked[i].literal] = i;
}

/* Puts the literals into the order of their ranks; there are few. */
static void
sort_by_rank(const struct classes *c, uint32_t *numbers, uint32_t count)
{
    for (uint32_t i = 1; i < count; i++)
        for (uint32_t k = i; k > 0 && c->rank[numbers[k]] < c->rank[numbers[k - 1]]; k--) {
            const uint32_t number = numbers[k];
            numbers[k] = numbers[k - 1];
            numbers[k - 1] = number;
        }
}

/* ---- classes --------------------------------------------------------------------------------- */

/* A class of several rows: adds its parts, and returns its number among such. */
static uint32_t
add_parts(struct classes *c, const uint32_t *rows, uint32_t count)
{
    struct wp_codegen *g = c->family->g;
    struct wp_buffer *parts = wp_section_of(g, WP_SECTION_PARTS);
    wp_buffer_add(parts, rows, count * sizeof *rows);
    wp_buffer_add32(wp_section_of(g, WP_SECTION_CLASSES),
                    (uint32_t)(parts->size / sizeof(uint32_t)));
    return g->shape.classes++;
}

/* The common networks of a class as one row, its rare ones one by one. */
static uint32_t
add_split(struct classes *c, struct members members, uint32_t *scratch)
{
    uint32_t rows[SINGLE_PARTS], count = 0;
    memcpy(scratch, members.numbers, members.count * sizeof *scratch);
    sort_by_rank(c, scratch, members.count);
    uint32_t common = members.count > SINGLE_PARTS ? members.count - SINGLE_PARTS + 1 : 0;
    if (common > 0)
        rows[count++] = sum_row(c, (struct members){scratch, common});
    while (common < members.count)
        rows[count++] = 1 + scratch[common++];
    return add_parts(c, rows, count);
}

/* The rows of single networks; row 0 is what an absent address allows. */
static void
add_single_rows(struct classes *c)
{
    struct wp_row_family *f = c->family;
    struct wp_codegen *g = f->g;
    for (uint32_t block = 0; block < g->shape.blocks; block++)
        f->scratch[block] = (struct wp_block_line){.block = block};
    for (uint32_t i = 0; i < g->entry_count; i++) {
        const struct wp_term *term = g->entries[i].term;
        if (term != NULL && (term->network == WP_NONE || g->model->networks[term->network].absent))
            f->scratch[i / WP_BLOCK_BITS].line.words[i / 64 % WP_LINE_WORDS] |= UINT64_C(1)
                                                                                << i % 64;
    }
    (void)wp_family_add_row(f, f->scratch, g->shape.blocks);
    for (uint32_t i = 0; i < c->literals.count; i++)
        (void)wp_family_add_sum(f, &c->literals, &i, 1);
}

/* Numbers the classes: rows by themselves, the others behind all rows. */
static uint32_t *
number_classes(struct classes *c)
{
    struct wp_codegen *g = c->family->g;
    const struct wp_partition *p = c->partition;
    const bool own = p->class_count <= OWN_ROWS_MAX || !g->options->optimise;
    const size_t count = p->class_count;
    uint32_t *numbers = wp_alloc_array(g->arena, count, sizeof *numbers);
    bool *is_row = wp_alloc(g->arena, count);
    uint32_t *scratch = wp_alloc_array(g->arena, (size_t)c->literals.count + 1, sizeof *scratch);
    wp_buffer_add32(wp_section_of(g, WP_SECTION_CLASSES), 0);
    for (uint32_t class = 0; class < count; class ++) {
        const struct members members = members_of(p, class);
        is_row[class] = members.count < 2 || own;
        if (members.count == 1)
            numbers[class] = 1 + members.numbers[0];
        else if (members.count > 1)
            numbers[class] = own ? sum_row(c, members) : add_split(c, members, scratch);
    }
    for (size_t class = 0; class < count; class ++)
        numbers[class] += is_row[class] ? 0 : c->family->row_count;
    return numbers;
}

uint32_t *
wp_family_addresses(struct wp_row_family *f, const struct wp_partition *p, const uint32_t *literals)
{
    struct wp_codegen *g = f->g;
    struct classes c = {.family = f,
                        .partition = p,
                        .sums = {.arena = g->arena},
                        .sum_members = {.arena = g->arena}};
    uint32_t *of = wp_alloc_array(g->arena, g->entry_count, sizeof *of);
    for (uint32_t i = 0; i < g->entry_count; i++) {
        const struct wp_term *term = g->entries[i].term;
        of[i] = term == NULL || term->network == WP_NONE ? WP_NONE : literals[term->network];
    }
    wp_map_init(&c.sum_map, g->arena);
    wp_literals_make(&c.literals, g, of, p->network_count);
    rank_literals(&c);
    add_single_rows(&c);
    uint32_t *numbers = number_classes(&c);
    g->shape.parts = (uint32_t)(wp_section_of(g, WP_SECTION_PARTS)->size / sizeof(uint32_t));
    return numbers;
}
