/*
 * Address classes as rows: of each network what its addresses change, and of each
 * class which of these rows make it.
 *
 * The fewer rows make a class the sooner a decision is taken, and the more rows
 * there must be: at one, every class has its own. So an image takes as few as its
 * size allows. Where a class lies in more networks than that, some are added up to one
 * row, which many classes then share: either those that most classes have, or, where
 * networks overlap at random, two and two, since there are not that many pairs. Where few
 * networks make so many classes that even pairs take too much, hardly anything is added up,
 * and each class has as many rows as networks.
 */
#include "compiler/codegen_rows.h"

#include <stdlib.h>

/* What sums of rows may take, in bytes: a share of what a processor keeps near, and a larger
 * one where classes lead to their lines, of which a decision then touches fewer. */
#define SUMS_MAX 786432u
#define LEADING_SUMS_MAX 1048576u
/* Uneven classes may have fewer rows by so many at once, and must save such a share. */
#define UNEVEN_STEP 4u
#define UNEVEN_GAIN 8u
/* No block may have more lines than 65,536; a sum can have one in each. */
#define SUM_COUNT_MAX 49152u

/* How classes are cut into rows. */
struct plan {
    uint32_t parts;
    bool spread; /* sums of about as many networks each; else one sum, then single ones */
    bool uneven; /* classes of fewer networks have fewer rows */
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

/* How many rows a class has. */
static uint32_t
parts_of(const struct classes *c, uint32_t class, struct plan plan)
{
    const uint32_t members = members_of(c->partition, class).count;
    return members < plan.parts ? members : plan.parts;
}

/* Puts a class's networks by rank into scratch, and says how many of them each of its
 * rows is of. Returns the number of rows. */
static uint32_t
cut_class(const struct classes *c, uint32_t class, struct plan plan, uint32_t sizes[WP_UNEVEN_MAX])
{
    const struct members members = members_of(c->partition, class);
    if (members.count > 0)
        memcpy(c->scratch, members.numbers, members.count * sizeof *c->scratch);
    sort_by_rank(c, c->scratch, members.count);
    const uint32_t rows = parts_of(c, class, plan);
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

/* Bytes of a row's number. */
static uint32_t
part_size(uint32_t rows)
{
    return rows <= UINT8_MAX + 1u ? 1 : rows <= UINT16_MAX + 1u ? 2 : 4;
}

static uint64_t
part_count(const struct classes *c, struct plan plan)
{
    const uint32_t classes = c->partition->class_count;
    if (!plan.uneven)
        return plan.parts == 1 ? 0 : (uint64_t)plan.parts * classes;
    uint64_t parts = 0;
    for (uint32_t class = 0; class < classes; class ++)
        parts += parts_of(c, class, plan);
    return parts;
}

/* The bytes of a plan; more than `limit`, or UINT64_MAX, is not counted to its end. */
static uint64_t
price_of(const struct classes *c, struct plan plan, uint64_t limit)
{
    const uint64_t parts = part_count(c, plan);
    struct wp_arena *scratch = wp_arena_inside(c->family->g->scratch);
    struct price price = {.bytes = parts * part_size(c->literals.count + 2)};
    wp_map_init(&price.seen, scratch);
    const uint32_t count = c->partition->class_count;
    for (uint32_t class = 0; class < count && price.bytes <= limit && price.sums <= SUM_COUNT_MAX;
         class ++) {
        uint32_t sizes[WP_UNEVEN_MAX];
        const uint32_t rows = cut_class(c, class, plan, sizes);
        for (uint32_t i = 0, at = 0; i < rows; at += sizes[i++])
            if (sizes[i] > 1)
                count_sum(c, (struct members){.numbers = c->scratch + at, .count = sizes[i]},
                          &price);
    }
    wp_arena_free(scratch);
    if (price.sums > SUM_COUNT_MAX)
        return UINT64_MAX;
    return price.bytes + parts * (part_size(c->literals.count + price.sums + 2) -
                                  part_size(c->literals.count + 2));
}

/* As many rows as classes have networks, or fewer if that takes hardly more: all decisions
 * look at so many. Not in wide images, where a row takes a step for each block. */
static uint64_t
choose_uneven(const struct classes *c, struct plan *best)
{
    uint64_t least = UINT64_MAX;
    if (!wp_is_narrow(&c->family->g->shape))
        return least;
    for (uint32_t parts = WP_UNEVEN_MAX; parts > WP_PARTS_MAX; parts -= UNEVEN_STEP) {
        const struct plan plan = {.parts = parts, .uneven = true};
        const uint64_t bytes = price_of(c, plan, least == UINT64_MAX ? least : least + least / 64);
        if (bytes > least && bytes - least > least / 64)
            break;
        least = bytes < least ? bytes : least;
        *best = plan;
    }
    return part_count(c, *best) > UINT32_MAX / 2 ? UINT64_MAX : least;
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
            const struct plan plan = {.parts = parts, .spread = spread == 1};
            const bool leads = parts == 1 && leads_to_lines(c, plan);
            const uint64_t near = leads ? LEADING_SUMS_MAX : SUMS_MAX;
            const uint64_t bytes = price_of(c, plan, least > near ? least : near);
            if (bytes <= near)
                return plan;
            if (bytes < least) {
                least = bytes;
                best = plan;
            }
        }
    struct plan uneven = best;
    return choose_uneven(c, &uneven) < least - least / UNEVEN_GAIN ? uneven : best;
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
rows_of(struct classes *c, uint32_t class, struct plan plan, uint32_t rows[WP_UNEVEN_MAX])
{
    uint32_t sizes[WP_UNEVEN_MAX];
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

/* Uneven classes in the order of how many parts they have: of each class its place there.
 * Writes where those of more parts begin. */
static uint32_t *
order_classes(const struct classes *c, struct plan plan)
{
    struct wp_codegen *g = c->family->g;
    const uint32_t count = c->partition->class_count;
    uint32_t *places = wp_alloc_array(g->scratch, count, sizeof *places);
    uint32_t next[WP_UNEVEN_MAX + 2] = {0}; /* by the number of parts */
    for (uint32_t class = 0; class < count; class ++)
        next[parts_of(c, class, plan) + 1]++;
    for (uint32_t parts = 0; parts <= WP_UNEVEN_MAX; parts++)
        next[parts + 1] += next[parts];
    wp_buffer_add(wp_section_of(g, WP_SECTION_CLASSES), next + 1, WP_UNEVEN_INDEX_SIZE);
    for (uint32_t class = 0; class < count; class ++)
        places[class] = next[parts_of(c, class, plan)]++;
    return places;
}

/* The classes in the order of their numbers. */
static uint32_t *
turn_round(const struct classes *c, const uint32_t *numbers)
{
    const uint32_t count = c->partition->class_count;
    uint32_t *classes = wp_alloc_array(c->family->g->scratch, count, sizeof *classes);
    for (uint32_t class = 0; class < count; class ++)
        classes[numbers[class]] = class;
    return classes;
}

/* Numbers of one or two bytes do for most images; how many rows there are is known only
 * when all parts are. */
static void
write_parts(struct wp_codegen *g, const struct wp_buffer *parts, uint32_t rows)
{
    struct wp_buffer *section = wp_section_of(g, WP_SECTION_CLASSES);
    const size_t count = parts->size / sizeof(uint32_t), size = part_size(rows);
    uint8_t *to = wp_buffer_extend(section, count * size);
    for (size_t i = 0; i < count; i++)
        memcpy(to + i * size, parts->bytes + i * sizeof(uint32_t), size);
    g->shape.part_size = (uint32_t)size;
}

/* Writes the parts of all classes, which have these numbers. */
static void
write_numbered(struct classes *c, struct plan plan, const uint32_t *numbers)
{
    struct wp_codegen *g = c->family->g;
    const uint32_t *classes = turn_round(c, numbers);
    struct wp_buffer parts = {.arena = g->scratch};
    uint32_t most = 0;
    uint32_t rows[WP_UNEVEN_MAX];
    for (uint32_t i = 0; i < c->partition->class_count; i++) {
        rows_of(c, classes[i], plan, rows);
        const uint32_t count = plan.uneven ? parts_of(c, classes[i], plan) : plan.parts;
        wp_buffer_add(&parts, rows, count * sizeof *rows);
        most = count > most ? count : most;
    }
    static const uint32_t margin[WP_UNEVEN_MAX];
    if (plan.uneven) {
        g->shape.uneven_parts = (uint32_t)(parts.size / sizeof *rows);
        wp_buffer_add(&parts, margin, sizeof margin);
    }
    write_parts(g, &parts, c->family->row_count);
    g->shape.parts = most;
}

/* Each class is a row. */
static void
number_by_rows(struct classes *c, struct plan plan, uint32_t *numbers)
{
    struct wp_shape *shape = &c->family->g->shape;
    for (uint32_t class = 0; class < c->partition->class_count; class ++)
        rows_of(c, class, plan, &numbers[class]);
    shape->classes = c->family->row_count;
    shape->parts = 1;
    shape->part_size = part_size(c->family->row_count);
}

/* Writes the classes' rows; returns the classes' numbers. */
static uint32_t *
write_classes(struct classes *c)
{
    struct wp_codegen *g = c->family->g;
    const struct plan plan = choose_plan(c);
    c->family->is_whole = leads_to_lines(c, plan);
    add_single_rows(c, plan);
    const uint32_t count = c->partition->class_count;
    uint32_t *numbers;
    if (plan.uneven) {
        numbers = order_classes(c, plan);
    } else {
        numbers = wp_alloc_array(g->scratch, count, sizeof *numbers);
        for (uint32_t class = 0; class < count; class ++)
            numbers[class] = class;
    }
    g->shape.classes = count;
    if (plan.parts == 1)
        number_by_rows(c, plan, numbers);
    else
        write_numbered(c, plan, numbers);
    if (c->family->is_whole)
        wp_family_finish_whole(c->family);
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
