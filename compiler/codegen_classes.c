/*
 * Address classes as rows: of each network what its addresses change, and of each
 * class which of these rows make it.
 *
 * The fewer rows make a class the sooner a decision is taken, and the more rows
 * there must be: at one, every class has its own. So an image takes as few as its
 * size allows. Where a class lies in more networks than that, those that most
 * classes have are added up to one row, which many classes then share.
 */
#include "compiler/codegen_rows.h"

#include <stdlib.h>

/* What sums of rows may take, in bytes: a share of what a processor keeps near. */
#define SUMS_MAX 786432u

struct classes {
    struct wp_row_family *family;
    const struct wp_partition *partition;
    struct wp_literals literals;
    uint32_t *rank; /* of each literal: how many others more classes have */
    uint32_t *scratch;
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

/* For counting sets it is enough that their hashes differ. */
static bool
is_same_hash(const void *context, uint32_t number, const void *key)
{
    (void)context;
    (void)number;
    (void)key;
    return true;
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
    struct wp_arena *arena = c->family->g->scratch;
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

/* ---- how many rows make a class --------------------------------------------------------- */

/* A class's networks by rank, in scratch, and how many of them are added up when
 * `parts` rows make a class. */
static struct members
common_of(const struct classes *c, uint32_t class, uint32_t parts)
{
    const struct members members = members_of(c->partition, class);
    if (members.count > 0)
        memcpy(c->scratch, members.numbers, members.count * sizeof *c->scratch);
    sort_by_rank(c, c->scratch, members.count);
    return (struct members){c->scratch, members.count > parts ? members.count - parts + 1 : 0};
}

/* What the sums take when `parts` rows make a class, counted up to the limit. */
static uint64_t
size_of_sums(const struct classes *c, uint32_t parts, uint64_t limit)
{
    const struct wp_shape *shape = &c->family->g->shape;
    const uint64_t row = 8 * (uint64_t)shape->columns + sizeof(struct wp_line);
    struct wp_map seen;
    uint64_t size = parts == 1 ? 0 : 4 * (uint64_t)parts * c->partition->class_count;
    wp_map_init(&seen, c->family->g->scratch);
    for (uint32_t class = 0; class < c->partition->class_count && size <= limit; class ++) {
        const struct members common = common_of(c, class, parts);
        if (common.count < 2)
            continue;
        const uint64_t hash =
            wp_hash_bytes(0, common.numbers, common.count * sizeof *common.numbers);
        if (wp_map_find(&seen, hash, is_same_hash, NULL, NULL) != UINT32_MAX)
            continue;
        wp_map_add(&seen, hash, 0);
        uint64_t lines = 0;
        for (uint32_t i = 0; i < common.count; i++)
            lines +=
                c->literals.first[common.numbers[i] + 1] - c->literals.first[common.numbers[i]];
        size += row + 2 * (lines < shape->blocks ? lines : shape->blocks);
    }
    return size;
}

static uint32_t
choose_parts(const struct classes *c)
{
    if (!c->family->g->options->optimise)
        return 1;
    uint32_t parts = 1;
    while (parts < WP_PARTS_MAX && size_of_sums(c, parts, SUMS_MAX) > SUMS_MAX)
        parts *= 2;
    return parts;
}

/* ---- classes --------------------------------------------------------------------------------- */

/* The row of one network; rows 0 and 1 are special. */
static uint32_t
single_row(uint32_t literal)
{
    return 2 + literal;
}

static void
add_single_rows(struct classes *c)
{
    struct wp_row_family *f = c->family;
    struct wp_codegen *g = f->g;
    (void)wp_family_add_row(f, NULL, 0);
    for (uint32_t block = 0; block < g->shape.blocks; block++)
        f->scratch[block] = (struct wp_block_line){.block = block};
    for (uint32_t i = 0; i < g->entry_count; i++) {
        const struct wp_term *term = g->entries[i].term;
        if (term != NULL && (term->network == WP_NONE || g->model->networks[term->network].absent))
            wp_set_bit(&f->scratch[i / WP_BLOCK_BITS].line, i);
    }
    (void)wp_family_add_row(f, f->scratch, g->shape.blocks);
    for (uint32_t i = 0; i < c->literals.count; i++)
        (void)wp_family_add_sum(f, &c->literals, &i, 1);
}

/* The rows that make a class. */
static void
rows_of(struct classes *c, uint32_t class, uint32_t parts, uint32_t rows[WP_PARTS_MAX])
{
    const uint32_t count = members_of(c->partition, class).count;
    const struct members common = common_of(c, class, parts);
    uint32_t row = 0, next = common.count;
    memset(rows, 0, parts * sizeof *rows);
    if (common.count > 1)
        rows[row++] = sum_row(c, common);
    else
        next = 0;
    while (next < count)
        rows[row++] = single_row(c->scratch[next++]);
}

/* Numbers of 16 bits do for most images; how many rows there are is known only now. */
static void
narrow_parts(struct wp_codegen *g)
{
    struct wp_buffer *section = wp_section_of(g, WP_SECTION_CLASSES);
    const size_t count = section->size / sizeof(uint32_t);
    uint16_t *to = (uint16_t *)(void *)section->bytes;
    for (size_t i = 0; i < count; i++) {
        uint32_t row;
        memcpy(&row, section->bytes + i * sizeof row, sizeof row);
        const uint16_t narrow = (uint16_t)row;
        memcpy(&to[i], &narrow, sizeof narrow);
    }
    section->size = count * sizeof *to;
}

/* Writes the classes' rows; returns the classes' numbers, which are the partition's
 * unless a class is its row. */
static uint32_t *
write_classes(struct classes *c)
{
    struct wp_codegen *g = c->family->g;
    const uint32_t count = c->partition->class_count, parts = choose_parts(c);
    uint32_t *numbers = wp_alloc_array(g->scratch, count, sizeof *numbers);
    for (uint32_t class = 0; class < count; class ++) {
        uint32_t rows[WP_PARTS_MAX];
        rows_of(c, class, parts, rows);
        numbers[class] = parts == 1 ? rows[0] : class;
        if (parts > 1)
            wp_buffer_add(wp_section_of(g, WP_SECTION_CLASSES), rows, parts * sizeof *rows);
    }
    if (c->family->row_count <= UINT16_MAX + 1u)
        narrow_parts(g);
    g->shape.parts = parts;
    g->shape.classes = parts == 1 ? c->family->row_count : count;
    return numbers;
}

uint32_t *
wp_family_addresses(struct wp_row_family *f, const struct wp_partition *p, const uint32_t *literals)
{
    struct wp_codegen *g = f->g;
    struct classes c = {.family = f,
                        .partition = p,
                        .sums = {.arena = g->scratch},
                        .sum_members = {.arena = g->scratch}};
    uint32_t *of = wp_alloc_array(g->scratch, g->entry_count, sizeof *of);
    for (uint32_t i = 0; i < g->entry_count; i++) {
        const struct wp_term *term = g->entries[i].term;
        of[i] = term == NULL || term->network == WP_NONE ? WP_NONE : literals[term->network];
    }
    wp_map_init(&c.sum_map, g->scratch);
    wp_literals_make(&c.literals, g, of, p->network_count);
    c.scratch = wp_alloc_array(g->scratch, (size_t)p->network_count + 1, sizeof *c.scratch);
    rank_literals(&c);
    add_single_rows(&c);
    return write_classes(&c);
}
