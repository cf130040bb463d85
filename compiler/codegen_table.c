/*
 * Many ranges of IPv4 as a table: for each first octet cells or starts, whichever its ranges
 * are found by sooner in the room there is. runtime/format.h says what they are.
 */
#include "compiler/codegen.h"
#include "runtime/lookup.h"

/* Cells serve when all but this share of an octet's ranges begin where one begins, alone in
 * it; other cells have lists. Of all ranges of a table an eighth may be in lists. */
#define RARELY_LISTED 16u
#define LISTED_AT_ALL 8u
/* Starts have nodes of so many ranges, and more nodes as long as more than this share of the
 * ranges are in nodes of more than are compared at once. */
#define RANGES_A_NODE 8u
#define RARELY_CROWDED 16u

#define CELL_SHIFTS (WP_V4_CELL_SHIFT_MAX + 1)

/* Ranges [from, to) start behind an octet's first address. */
struct octet_ranges {
    uint32_t number, from, to;
    /* By the shift of cells, how many of these would have lists, and of how many ranges. */
    uint32_t lists[CELL_SHIFTS], listed[CELL_SHIFTS];
};

/* How an octet's addresses are looked up. */
struct way {
    enum wp_v4_kind kind;
    uint32_t shift;
    uint32_t lists, listed;
    uint64_t bytes;
};

struct list {
    uint32_t address, from, to; /* its cell begins there; ranges */
};

struct table {
    struct wp_codegen *g;
    const struct wp_partition *p;
    struct octet_ranges ranges[WP_V4_LISTS];
    struct way ways[WP_V4_LISTS];
    uint32_t value_bits;
    struct wp_v4_octet octets[WP_V4_OCTETS];
    uint32_t value_count;
    struct wp_buffer nodes, lows, values, lists; /* 32, 16, 32 bits, struct list */
};

/* ---- what there is ----------------------------------------------------------------- */

/* The place of a number's highest bit. */
static uint32_t
highest_bit(uint32_t number)
{
    return 31 - (uint32_t)__builtin_clz(number);
}

/* A range that starts at a cell's first address, and no other in that cell, needs no list.
 * Shifts up to which that holds are counted, and those for which a range is the first of
 * several, or of one, that need one. */
static void
count_lists(const struct wp_partition *p, struct octet_ranges *r)
{
    for (uint32_t i = r->from; i < r->to; i++) {
        const uint32_t start = p->v4_starts[i];
        const uint32_t apart =
            i > r->from ? highest_bit(start ^ p->v4_starts[i - 1]) : WP_V4_CELL_SHIFT_MAX;
        uint32_t alone = (uint32_t)__builtin_ctz(start);
        if (i + 1 < r->to && highest_bit(start ^ p->v4_starts[i + 1]) < alone)
            alone = highest_bit(start ^ p->v4_starts[i + 1]);
        for (uint32_t shift = WP_V4_CELL_SHIFT_MIN; shift < CELL_SHIFTS; shift++) {
            r->listed[shift] += shift > alone || shift > apart;
            r->lists[shift] += shift > alone && shift <= apart;
        }
    }
}

static void
find_ranges(struct table *t)
{
    const struct wp_partition *p = t->p;
    for (uint32_t number = 0, at = 0; number < WP_V4_LISTS; number++) {
        struct octet_ranges *r = &t->ranges[number];
        at += at < p->v4_count && p->v4_starts[at] == number << 24;
        *r = (struct octet_ranges){.number = number, .from = at};
        while (at < p->v4_count && p->v4_starts[at] >> 24 == number)
            at++;
        r->to = at;
        count_lists(p, r);
    }
}

/* ---- ways ----------------------------------------------------------------------------- */

static uint64_t
bytes_of_values(const struct table *t, uint64_t count)
{
    return (count * t->value_bits + 7) / 8;
}

/* What a list takes besides its ranges: its value, itself, the range that goes on into its
 * cell, and the value behind it. */
static struct way
way_of_cells(const struct table *t, const struct octet_ranges *r, uint32_t shift)
{
    struct way way = {WP_V4_CELLS, shift, r->lists[shift], r->listed[shift], 0};
    const uint32_t low = sizeof(uint16_t);
    if (way.lists > 0)
        way.kind = WP_V4_CELLS_AND_LISTS;
    way.bytes = (sizeof(uint32_t) << (WP_V4_CELL_SHIFT_MAX - shift)) +
                bytes_of_values(t, UINT64_C(1) + r->to - r->from + UINT64_C(3) * way.lists) +
                (uint64_t)way.lists * (sizeof(uint32_t) + low) + (uint64_t)way.listed * low;
    return way;
}

static struct way
way_of_starts(const struct table *t, const struct octet_ranges *r, uint32_t shift)
{
    const uint64_t ranges = r->to - r->from;
    return (struct way){WP_V4_STARTS, shift, 0, 0,
                        (((uint64_t)1 << (24 - shift)) + 1) * sizeof(uint32_t) +
                            bytes_of_values(t, ranges + 1) + ranges * sizeof(uint16_t)};
}

/* Whether more ranges than few are in nodes of more than are compared at once. */
static bool
is_crowded(const struct wp_partition *p, const struct octet_ranges *r, uint32_t shift)
{
    uint32_t crowded = 0;
    for (uint32_t from = r->from, to; from < r->to; from = to) {
        for (to = from; to < r->to && (p->v4_starts[to] ^ p->v4_starts[from]) >> shift == 0;)
            to++;
        crowded += to - from > WP_V4_WINDOW ? to - from : 0;
    }
    return crowded > (r->to - r->from) / RARELY_CROWDED;
}

/* Cells are sooner found than starts, but must not need lists too often; with a list for most
 * ranges they are for octets that have few. */
static struct way
choose_way(const struct table *t, const struct octet_ranges *r, uint32_t bytes_a_range)
{
    const uint32_t count = r->to - r->from;
    const uint64_t room = (uint64_t)bytes_a_range * count + 64;
    struct way least = {.bytes = UINT64_MAX};
    for (uint32_t shift = WP_V4_CELL_SHIFT_MAX; shift >= WP_V4_CELL_SHIFT_MIN; shift--) {
        const struct way way = way_of_cells(t, r, shift);
        if (way.lists > 0 && shift > 16) /* lows would not tell them apart */
            continue;
        if (way.listed <= count / RARELY_LISTED && way.bytes <= room)
            return way;
        least = way.bytes < least.bytes ? way : least;
    }
    struct way starts = way_of_starts(t, r, WP_V4_START_SHIFT_MAX);
    if (starts.bytes > room)
        return least;
    while (starts.shift > WP_V4_START_SHIFT_MIN &&
           way_of_starts(t, r, starts.shift - 1).bytes <= room &&
           (count > RANGES_A_NODE << (24 - starts.shift) || is_crowded(t->p, r, starts.shift)))
        starts = way_of_starts(t, r, starts.shift - 1);
    return starts;
}

/* Octets may take more than `bytes` a range as long as all together do not. */
static bool
choose_ways(struct table *t, uint64_t bytes)
{
    static const uint8_t room[] = {24, 16, 12, 10, 8};
    for (size_t i = 0; i < sizeof room / sizeof *room; i++) {
        uint64_t all = sizeof t->octets + (WP_V4_LOWS_MARGIN + 1) * sizeof(uint16_t);
        uint32_t listed = 0;
        for (uint32_t number = 0; number < WP_V4_LISTS; number++) {
            t->ways[number] = choose_way(t, &t->ranges[number], room[i]);
            all += t->ways[number].bytes;
            listed += t->ways[number].listed;
        }
        if (all <= bytes)
            return listed <= t->p->v4_count / LISTED_AT_ALL;
    }
    return false;
}

/* ---- writing ------------------------------------------------------------------------- */

static void
add_value(struct table *t, uint32_t value)
{
    wp_buffer_add32(&t->values, value);
    t->value_count++;
}

static uint32_t
node_count(const struct table *t)
{
    return (uint32_t)(t->nodes.size / sizeof(uint32_t));
}

static uint32_t
low_count(const struct table *t)
{
    return (uint32_t)(t->lows.size / sizeof(uint16_t));
}

/* The class that holds before a range starts. */
static uint32_t
class_before(const struct wp_partition *p, uint32_t range)
{
    return p->v4_classes[range > 0 ? range - 1 : 0];
}

/* The value of a cell that holds ranges [from, to), or goes on with `class`. */
static uint32_t
value_of_cell(struct table *t, struct list cell, uint32_t class)
{
    if (cell.from == cell.to)
        return class;
    if (cell.to - cell.from == 1 && t->p->v4_starts[cell.from] == cell.address)
        return t->p->v4_classes[cell.from];
    wp_buffer_add(&t->lists, &cell, sizeof cell);
    return t->p->class_count + (uint32_t)(t->lists.size / sizeof cell) - 1;
}

static void
write_cells(struct table *t, const struct octet_ranges *r, uint32_t shift)
{
    const uint32_t first = r->number << 24, first_value = t->value_count;
    uint32_t class = class_before(t->p, r->from), value = 0, node = 0, at = r->from;
    t->octets[r->number].nodes = node_count(t) - (first >> shift) / WP_V4_NODE_CELLS;
    for (uint32_t i = 0; i < UINT32_C(1) << (24 - shift); i++) {
        const uint32_t address = first | i << shift, behind = i % WP_V4_NODE_CELLS, from = at;
        while (at < r->to && (t->p->v4_starts[at] ^ address) >> shift == 0)
            at++;
        const uint32_t next = value_of_cell(t, (struct list){address, from, at}, class);
        const bool begins = i == 0 || next != value;
        if (begins)
            add_value(t, next);
        if (behind == 0)
            node = (t->value_count - 1 - first_value) << WP_V4_NODE_BITS;
        else
            node |= (uint32_t)begins << (WP_V4_NODE_BITS - behind);
        if (behind == WP_V4_NODE_CELLS - 1)
            wp_buffer_add32(&t->nodes, node);
        value = next;
        class = class_before(t->p, at);
    }
}

/* A range that starts at an address, or goes on there. */
static void
add_start(struct table *t, uint32_t address, uint32_t class)
{
    wp_buffer_add16(&t->lows, (uint16_t)address);
    add_value(t, class);
}

static void
write_starts(struct table *t, const struct octet_ranges *r, uint32_t shift)
{
    struct wp_v4_octet *octet = &t->octets[r->number];
    add_value(t, class_before(t->p, r->from));
    octet->nodes = node_count(t);
    octet->lows = t->value_count - low_count(t);
    for (uint32_t i = 0, at = r->from; i < UINT32_C(1) << (24 - shift); i++) {
        const uint32_t address = r->number << 24 | i << shift;
        wp_buffer_add32(&t->nodes, t->value_count);
        for (; at < r->to && (t->p->v4_starts[at] ^ address) >> shift == 0; at++)
            add_start(t, t->p->v4_starts[at], t->p->v4_classes[at]);
    }
    wp_buffer_add32(&t->nodes, t->value_count);
}

/* The value before the first list can be any class. */
static void
write_lists(struct table *t)
{
    struct wp_v4_octet *octet = &t->octets[WP_V4_LISTS];
    octet->first = t->value_count;
    add_value(t, t->p->v4_classes[0]);
    octet->nodes = node_count(t);
    octet->lows = t->value_count - low_count(t);
    octet->kind = WP_V4_STARTS;
    for (size_t at = 0; at < t->lists.size; at += sizeof(struct list)) {
        struct list list;
        memcpy(&list, t->lists.bytes + at, sizeof list);
        wp_buffer_add32(&t->nodes, t->value_count);
        if (t->p->v4_starts[list.from] != list.address)
            add_start(t, list.address, class_before(t->p, list.from));
        for (uint32_t i = list.from; i < list.to; i++)
            add_start(t, t->p->v4_starts[i], t->p->v4_classes[i]);
    }
    wp_buffer_add32(&t->nodes, t->value_count);
}

static void
write_octets(struct table *t)
{
    for (uint32_t number = 0; number < WP_V4_LISTS; number++) {
        const struct way *way = &t->ways[number];
        t->octets[number] = (struct wp_v4_octet){
            .first = t->value_count, .kind = (uint8_t)way->kind, .shift = (uint8_t)way->shift};
        if (way->kind == WP_V4_STARTS)
            write_starts(t, &t->ranges[number], way->shift);
        else
            write_cells(t, &t->ranges[number], way->shift);
    }
    write_lists(t);
}

static void
write_all(struct table *t)
{
    struct wp_buffer *keys = wp_section_of(t->g, WP_SECTION_V4_KEYS);
    struct wp_shape *shape = &t->g->shape;
    shape->v4_layout = WP_V4_TABLE;
    shape->v4_count = t->value_count;
    shape->v4_nodes = node_count(t);
    shape->v4_lows = low_count(t);
    shape->v4_value_bits = t->value_bits;
    wp_buffer_add(keys, t->octets, sizeof t->octets);
    wp_buffer_add(keys, t->nodes.bytes, t->nodes.size);
    wp_buffer_add(keys, t->lows.bytes, t->lows.size);
    for (uint32_t i = 0; i < WP_V4_LOWS_MARGIN + shape->v4_lows % 2; i++)
        wp_buffer_add16(keys, 0);
    wp_pack_values(wp_section_of(t->g, WP_SECTION_V4_VALUES), wp_buffer_words(&t->values),
                   t->value_count, t->value_bits);
}

bool
wp_generate_table(struct wp_codegen *g, const struct wp_partition *p, uint64_t bytes)
{
    struct table *t = wp_alloc_array(g->scratch, 1, sizeof *t);
    *t = (struct table){.g = g,
                        .p = p,
                        .nodes = {.arena = g->scratch},
                        .lows = {.arena = g->scratch},
                        .values = {.arena = g->scratch},
                        .lists = {.arena = g->scratch}};
    find_ranges(t);
    /* There are not more lists than ranges in them. */
    t->value_bits = wp_value_bits((uint64_t)p->class_count + p->v4_count / LISTED_AT_ALL);
    if (!choose_ways(t, bytes))
        return false;
    uint64_t values = p->class_count;
    for (uint32_t number = 0; number < WP_V4_LISTS; number++)
        values += t->ways[number].lists;
    t->value_bits = wp_value_bits(values);
    write_octets(t);
    write_all(t);
    return true;
}
