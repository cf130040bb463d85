/*
 * Address classes as rows: of each network what its addresses change, and of each
 * class which of these rows make it.
 *
 * The fewer rows make a class the sooner a decision is taken, and the more rows
 * there must be: at one, every class has its own. So an image takes as few as its
 * size allows. Where a class lies in more networks than that, some are added up to one
 * row, which many classes then share: either those that most classes have, or, where
 * networks overlap at random, two and two, since there are not that many pairs.
 */
#include "compiler/codegen_rows.h"

#include <stdlib.h>

/* What sums of rows may take, in bytes: a share of what a processor keeps near. Where a class
 * is one row that it leads to, more, since most rows are seldom asked for. */
#define SUMS_MAX 786432u
#define SUMS_MAX_OF_ONE 1310720u
/* No block may have more lines than 65,536; a sum can have one in each. */
#define SUM_COUNT_MAX 49152u

/* How classes are cut into rows. */
struct plan {
    uint32_t parts;
    bool spread; /* sums of about as many networks each; else one sum, then single ones */
};

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
    bool is_whole;
};
struct members {
    const uint32_t *numbers;
    uint32_t count;
    bool is_whole; /* the row says all, not what differs */
};

static struct members
members_of(const struct wp_partition *p, uint32_t class)
{
    const uint32_t *first = p->first_member + class;
    if (first[0] == first[1])
        return (struct members){.count = 0};
    return (struct members){.numbers = p->members + first[0], .count = first[1] - first[0]};
}

/* ---- rows of several networks -------------------------------------------------------- */

static bool
is_sum(const void *context, uint32_t number, const void *key)
{
    const struct classes *c = context;
    const struct sum *sum = (const struct sum *)(const void *)c->sums.bytes + number;
    const struct members *wanted = key;
    return sum->count == wanted->count && sum->is_whole == wanted->is_whole &&
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
        wp_hash_bytes(members.is_whole, members.numbers, members.count * sizeof *members.numbers);
    const uint32_t number = wp_map_find(&c->sum_map, hash, is_sum, c, &members);
    if (number != UINT32_MAX)
        return ((struct sum *)(void *)c->sums.bytes)[number].row;
    const struct sum sum = {
        .first = (uint32_t)(c->sum_members.size / sizeof(uint32_t)),
        .count = members.count,
        .row = wp_family_add_sum(c->family, &c->literals, members.numbers, members.count),
        .is_whole = members.is_whole,
    };
    if (members.is_whole)
        wp_family_make_whole(c->family, sum.row);
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

/* Puts a class's networks by rank into scratch, and says how many of them each of its
 * rows is of. Returns the number of rows. */
static uint32_t
cut_class(const struct classes *c, uint32_t class, struct plan plan, uint32_t sizes[WP_PARTS_MAX])
{
    const struct members members = members_of(c->partition, class);
    if (members.count > 0)
        memcpy(c->scratch, members.numbers, members.count * sizeof *c->scratch);
    sort_by_rank(c, c->scratch, members.count);
    const uint32_t rows = members.count < plan.parts ? members.count : plan.parts;
    for (uint32_t i = 0; i < rows; i++)
        sizes[i] = plan.spread ? members.count / rows + (i < members.count % rows) : 1;
    if (rows > 0 && !plan.spread)
        sizes[0] += members.count - rows;
    return rows;
}

/* What a plan takes: sums of rows, counted up to a limit. */
struct price {
    uint64_t bytes;
    uint32_t sums;
    struct wp_map seen;
};

static void
count_sum(const struct classes *c, struct members members, struct price *price)
{
    const struct wp_shape *shape = &c->family->g->shape;
    const uint64_t hash =
        wp_hash_bytes(0, members.numbers, members.count * sizeof *members.numbers);
    if (wp_map_find(&price->seen, hash, is_same_hash, NULL, NULL) != UINT32_MAX)
        return;
    wp_map_add(&price->seen, hash, 0);
    uint64_t lines = 0;
    for (uint32_t i = 0; i < members.count; i++)
        lines += c->literals.first[members.numbers[i] + 1] - c->literals.first[members.numbers[i]];
    lines = lines < shape->blocks ? lines : shape->blocks;
    price->bytes += 8 * (uint64_t)shape->columns + (sizeof(struct wp_line) + 2) * lines;
    price->sums++;
}

/* The bytes of a plan; more than `limit`, or UINT64_MAX, is not counted to its end. */
static uint64_t
price_of(const struct classes *c, struct plan plan, uint64_t limit)
{
    const uint64_t places = plan.parts == 1 ? 0 : (uint64_t)plan.parts * c->partition->class_count;
    struct wp_arena *scratch = wp_arena_inside(c->family->g->scratch);
    struct price price = {.bytes = 2 * places};
    wp_map_init(&price.seen, scratch);
    const uint32_t count = c->partition->class_count;
    for (uint32_t class = 0; class < count && price.bytes <= limit && price.sums <= SUM_COUNT_MAX;
         class ++) {
        uint32_t sizes[WP_PARTS_MAX];
        const uint32_t rows = cut_class(c, class, plan, sizes);
        for (uint32_t i = 0, at = 0; i < rows; at += sizes[i++])
            if (sizes[i] > 1)
                count_sum(c, (struct members){.numbers = c->scratch + at, .count = sizes[i]},
                          &price);
    }
    wp_arena_free(scratch);
    if (price.sums > SUM_COUNT_MAX)
        return UINT64_MAX;
    return price.bytes + (c->literals.count + price.sums + 2 > UINT16_MAX + 1u ? 2 * places : 0);
}

/* Whether classes lead to the lines of their rows, which are whole then (runtime/view.h). */
static bool
leads_to_lines(const struct classes *c, struct plan plan)
{
    const struct wp_codegen *g = c->family->g;
    return wp_is_narrow(&g->shape) && plan.parts <= g->shape.blocks && g->options->optimise;
}

/* The fewest rows a class for which the sums stay near; or else what takes least. */
static struct plan
choose_plan(const struct classes *c)
{
    struct plan best = {.parts = 1};
    if (!c->family->g->options->optimise)
        return best;
    best.parts = WP_PARTS_MAX;
    uint64_t least = UINT64_MAX;
    for (uint32_t parts = 1; parts <= WP_PARTS_MAX; parts *= 2)
        for (uint32_t spread = 0; spread <= (parts > 1); spread++) {
            const struct plan plan = {parts, spread == 1};
            const uint64_t near =
                parts == 1 && leads_to_lines(c, plan) ? SUMS_MAX_OF_ONE : SUMS_MAX;
            const uint64_t bytes = price_of(c, plan, least > near ? least : near);
            if (bytes <= near)
                return plan;
            if (bytes < least) {
                least = bytes;
                best = plan;
            }
        }
    return best;
}

/* ---- classes --------------------------------------------------------------------------------- */

/* The row of one network; rows 0 and 1 are special. */
static uint32_t
single_row(uint32_t literal)
{
    return 2 + literal;
}

static void
add_single_rows(struct classes *c, struct plan plan)
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
    for (uint32_t i = 0; i < c->literals.count && !(f->is_whole && plan.parts == 1); i++)
        (void)wp_family_add_sum(f, &c->literals, &i, 1);
    /* Most addresses lie in one network only: their rows stand together. */
    for (uint32_t i = 0; i < c->literals.count && f->is_whole; i++)
        (void)sum_row(c, (struct members){&i, 1, true});
}

/* The rows that make a class. Of those of a whole family the first says all, and what fills
 * up is row 1, which is empty there. */
static void
rows_of(struct classes *c, uint32_t class, struct plan plan, uint32_t rows[WP_PARTS_MAX])
{
    uint32_t sizes[WP_PARTS_MAX];
    const bool is_whole = c->family->is_whole;
    for (uint32_t i = 0; i < plan.parts; i++)
        rows[i] = is_whole && i > 0 ? WP_ROW_ABSENT : WP_ROW_NOTHING;
    const uint32_t count = cut_class(c, class, plan, sizes);
    for (uint32_t i = 0, at = 0; i < count; at += sizes[i++]) {
        const struct members members = {c->scratch + at, sizes[i], is_whole && i == 0};
        rows[i] = members.count == 1 && !members.is_whole ? single_row(c->scratch[at])
                                                          : sum_row(c, members);
    }
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
    const struct plan plan = choose_plan(c);
    c->family->is_whole = leads_to_lines(c, plan);
    add_single_rows(c, plan);
    const uint32_t count = c->partition->class_count, parts = plan.parts;
    uint32_t *numbers = wp_alloc_array(g->scratch, count, sizeof *numbers);
    for (uint32_t class = 0; class < count; class ++) {
        uint32_t rows[WP_PARTS_MAX];
        rows_of(c, class, plan, rows);
        numbers[class] = parts == 1 ? rows[0] : class;
        if (parts > 1)
            wp_buffer_add(wp_section_of(g, WP_SECTION_CLASSES), rows, parts * sizeof *rows);
    }
    if (c->family->is_whole)
        wp_family_finish_whole(c->family);
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
    return write_classes(&c);
}
