/*
 * The algebra is one sweep: both sets' boundaries are visited in order, and
 * wherever the operation's answer changes, a range of the result begins or ends.
 * Both families go through it as 128-bit numbers.
 */
#include "compiler/network.h"

#include "compiler/map.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* ::ffff:0:0/96, whose addresses are IPv4 ones. */
static const struct wp_range6 mapped = {{0, UINT64_C(0xffff00000000)},
                                        {0, UINT64_C(0xffffffffffff)}};
static const struct wp_range4 all4 = {0, UINT32_MAX};
/* All of IPv6 but the mapped addresses. */
static const struct wp_range6 all6[2] = {
    {{0, 0}, {0, UINT64_C(0xfffeffffffff)}},
    {{0, UINT64_C(0x1000000000000)}, {UINT64_MAX, UINT64_MAX}},
};

/* ---- one family's ranges ------------------------------------------------------ */

struct list {
    const struct wp_range4 *v4;
    const struct wp_range6 *v6; /* used when is_v6 */
    uint32_t count;
    bool is_v6;
};

static struct list
list4(const struct wp_network *network)
{
    return (struct list){.v4 = network->v4, .count = network->v4_count};
}

static struct list
list6(const struct wp_network *network)
{
    return (struct list){.v6 = network->v6, .count = network->v6_count, .is_v6 = true};
}

static struct wp_range6
range_at(const struct list *list, uint32_t i)
{
    if (list->is_v6)
        return list->v6[i];
    return (struct wp_range6){{0, list->v4[i].low}, {0, list->v4[i].high}};
}

/* Results are collected here: at most `room` ranges of one family. */
struct output {
    struct wp_range4 *v4;
    struct wp_range6 *v6;
    uint32_t count;
    bool is_v6;
};

static struct output
output_new(struct wp_arena *arena, bool is_v6, size_t room)
{
    struct output output = {.is_v6 = is_v6};

    if (is_v6)
        output.v6 = wp_alloc_array(arena, room, sizeof *output.v6);
    else
        output.v4 = wp_alloc_array(arena, room, sizeof *output.v4);
    return output;
}

static void
put(struct output *output, struct wp_address6 low, struct wp_address6 high)
{
    if (output->is_v6)
        output->v6[output->count++] = (struct wp_range6){low, high};
    else
        output->v4[output->count++] = (struct wp_range4){(uint32_t)low.low, (uint32_t)high.low};
}

static void
set_family(struct wp_network *network, const struct output *output)
{
    if (output->is_v6) {
        network->v6 = output->v6;
        network->v6_count = output->count;
    } else {
        network->v4 = output->v4;
        network->v4_count = output->count;
    }
}

/* ---- the sweep ------------------------------------------------------------------- */

/* A boundary: the first address of a range or the first after one. `past` is the
 * place after the last address of all. */
struct point {
    struct wp_address6 at;
    bool past;
};

static const struct point nowhere = {{0, 0}, true}; /* as a range that ends with the last address */

/* Boundary number k of a list: even ones open a range, odd ones close it. */
static struct point
boundary(const struct list *list, uint64_t k)
{
    if (k / 2 >= list->count)
        return nowhere;
    struct wp_range6 range = range_at(list, (uint32_t)(k / 2));
    if (k % 2 == 0)
        return (struct point){range.low, false};
    struct wp_address6 next = wp_next6(range.high);
    return (struct point){next, next.high == 0 && next.low == 0};
}

static int
compare_points(const struct point *a, const struct point *b)
{
    if (a->past || b->past)
        return (int)a->past - (int)b->past;
    return wp_compare6(a->at, b->at);
}

static bool
apply(enum wp_network_operation operation, bool in_a, bool in_b)
{
    switch (operation) {
    case WP_NETWORK_UNION:
        return in_a || in_b;
    case WP_NETWORK_INTERSECTION:
        return in_a && in_b;
    case WP_NETWORK_DIFFERENCE:
        return in_a && !in_b;
    }
    return false;
}

static struct output
sweep(struct wp_arena *arena, enum wp_network_operation operation, const struct list *a,
      const struct list *b)
{
    struct output output = output_new(arena, a->is_v6, (size_t)a->count + b->count);
    uint64_t i = 0, j = 0, a_end = 2 * (uint64_t)a->count, b_end = 2 * (uint64_t)b->count;
    struct wp_address6 start = {0, 0};
    bool inside = false;

    while (i < a_end || j < b_end) {
        struct point from_a = boundary(a, i), from_b = boundary(b, j);
        int order = compare_points(&from_a, &from_b);
        struct point here = order <= 0 ? from_a : from_b;

        if (order <= 0 && i < a_end)
            i++;
        if (order >= 0 && j < b_end)
            j++;
        bool now = apply(operation, i % 2 == 1, j % 2 == 1);
        if (now && !inside)
            start = here.at;
        else if (!now && inside)
            put(&output, start, wp_previous6(here.at));
        inside = now;
    }
    assert(!inside);
    return output;
}

/* The first range of the list that ends at `address` or later. */
static uint32_t
first_reaching(const struct list *list, struct wp_address6 address)
{
    uint32_t low = 0, high = list->count;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;

        if (wp_compare6(range_at(list, middle).high, address) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* How many ranges of `list` meet one of `range`'s addresses, from `from` on. */
static uint32_t
count_meeting(const struct list *list, const struct wp_range6 *range, uint32_t from)
{
    struct list rest = *list;

    rest.count = first_reaching(list, range->high);
    if (rest.count < list->count && wp_compare6(range_at(list, rest.count).low, range->high) <= 0)
        rest.count++;
    return rest.count > from ? rest.count - from : 0;
}

/* The intersection when `few` is much the smaller: each of its ranges is looked
 * up in `many`. */
static struct output
pick(struct wp_arena *arena, const struct list *few, const struct list *many)
{
    size_t room = 0;

    for (uint32_t i = 0; i < few->count; i++) {
        struct wp_range6 range = range_at(few, i);
        room += count_meeting(many, &range, first_reaching(many, range.low));
    }
    struct output output = output_new(arena, few->is_v6, room);
    for (uint32_t i = 0; i < few->count; i++) {
        struct wp_range6 range = range_at(few, i);
        uint32_t from = first_reaching(many, range.low);
        uint32_t count = count_meeting(many, &range, from);

        for (uint32_t k = from; k < from + count; k++) {
            struct wp_range6 other = range_at(many, k);
            bool later = wp_compare6(other.low, range.low) > 0;
            bool sooner = wp_compare6(other.high, range.high) < 0;

            put(&output, later ? other.low : range.low, sooner ? other.high : range.high);
        }
    }
    return output;
}

static bool
is_much_smaller(const struct list *a, const struct list *b)
{
    return a->count < b->count / 32;
}

static struct output
combine(struct wp_arena *arena, enum wp_network_operation operation, const struct list *a,
        const struct list *b)
{
    if (operation == WP_NETWORK_INTERSECTION && is_much_smaller(a, b))
        return pick(arena, a, b);
    if (operation == WP_NETWORK_INTERSECTION && is_much_smaller(b, a))
        return pick(arena, b, a);
    return sweep(arena, operation, a, b);
}

struct wp_network
wp_network_combine(struct wp_arena *arena, enum wp_network_operation operation,
                   const struct wp_network *a, const struct wp_network *b)
{
    struct wp_network result = {.absent = apply(operation, a->absent, b->absent)};
    struct list a4 = list4(a), b4 = list4(b), a6 = list6(a), b6 = list6(b);
    struct output v4 = combine(arena, operation, &a4, &b4);
    struct output v6 = combine(arena, operation, &a6, &b6);

    set_family(&result, &v4);
    set_family(&result, &v6);
    return result;
}

struct wp_network
wp_network_everything(void)
{
    return (struct wp_network){&all4, all6, 1, 2, true};
}

struct wp_network
wp_network_complement(struct wp_arena *arena, const struct wp_network *network)
{
    struct wp_network everything = wp_network_everything();

    return wp_network_combine(arena, WP_NETWORK_DIFFERENCE, &everything, network);
}

/* ---- from ranges in any order ------------------------------------------------------------ */

void
wp_ranges_init(struct wp_ranges *ranges, struct wp_arena *arena)
{
    *ranges = (struct wp_ranges){.arena = arena};
}

/* Memory for one more item in an array that doubles. */
static void *
make_room(struct wp_arena *arena, void *items, uint32_t count, uint32_t *room, size_t size)
{
    if (count < *room)
        return items;
    const uint32_t old = *room;
    *room = old == 0 ? 4 : old * 2;
    if (old == 0)
        return wp_alloc_array(arena, *room, size);
    return wp_extend(arena, items, old * size, *room * size);
}

static void
add4(struct wp_ranges *ranges, struct wp_range4 range)
{
    ranges->v4 = make_room(ranges->arena, ranges->v4, ranges->v4_count, &ranges->v4_room,
                           sizeof *ranges->v4);
    ranges->v4[ranges->v4_count++] = range;
}

static void
add6(struct wp_ranges *ranges, struct wp_range6 range)
{
    ranges->v6 = make_room(ranges->arena, ranges->v6, ranges->v6_count, &ranges->v6_room,
                           sizeof *ranges->v6);
    ranges->v6[ranges->v6_count++] = range;
}

void
wp_ranges_add(struct wp_ranges *ranges, const struct wp_address *first,
              const struct wp_address *last)
{
    assert(first->is_v6 == last->is_v6);
    if (first->is_v6)
        add6(ranges, (struct wp_range6){first->v6, last->v6});
    else
        add4(ranges, (struct wp_range4){first->v4, last->v4});
}

void
wp_ranges_add_network(struct wp_ranges *ranges, const struct wp_network *network)
{
    for (uint32_t i = 0; i < network->v4_count; i++)
        add4(ranges, network->v4[i]);
    for (uint32_t i = 0; i < network->v6_count; i++)
        add6(ranges, network->v6[i]);
}

static int
by_low4(const void *left, const void *right)
{
    const struct wp_range4 *a = left, *b = right;

    return (a->low > b->low) - (a->low < b->low);
}

static int
by_low6(const void *left, const void *right)
{
    const struct wp_range6 *a = left, *b = right;

    return wp_compare6(a->low, b->low);
}

/* Long lists are mostly written in order; those need no sorting. */
static bool
is_sorted(const void *items, uint32_t count, size_t size,
          int (*compare)(const void *, const void *))
{
    const char *at = items;

    for (uint32_t i = 1; i < count; i++, at += size)
        if (compare(at, at + size) > 0)
            return false;
    return true;
}

/* Joins sorted ranges that touch or overlap, in place. Returns how many are left. */
static uint32_t
join4(struct wp_range4 *ranges, uint32_t count)
{
    uint32_t kept = 0;

    for (uint32_t i = 0; i < count; i++) {
        struct wp_range4 *last = kept > 0 ? &ranges[kept - 1] : NULL;

        if (last && (last->high == UINT32_MAX || ranges[i].low <= last->high + 1)) {
            if (ranges[i].high > last->high)
                last->high = ranges[i].high;
        } else {
            ranges[kept++] = ranges[i];
        }
    }
    return kept;
}

static bool
touches6(const struct wp_range6 *last, struct wp_address6 low)
{
    struct wp_address6 next = wp_next6(last->high);

    return (next.high == 0 && next.low == 0) || wp_compare6(low, next) <= 0;
}

static uint32_t
join6(struct wp_range6 *ranges, uint32_t count)
{
    uint32_t kept = 0;

    for (uint32_t i = 0; i < count; i++) {
        struct wp_range6 *last = kept > 0 ? &ranges[kept - 1] : NULL;

        if (last && touches6(last, ranges[i].low)) {
            if (wp_compare6(ranges[i].high, last->high) > 0)
                last->high = ranges[i].high;
        } else {
            ranges[kept++] = ranges[i];
        }
    }
    return kept;
}

static struct wp_network
without_mapped(struct wp_arena *arena, const struct wp_network *network)
{
    struct wp_network hole = {.v6 = &mapped, .v6_count = 1};
    struct list v6 = list6(network), cut = list6(&hole);
    uint32_t at = first_reaching(&v6, mapped.low);
    struct wp_network result = *network;

    if (at == v6.count || wp_compare6(network->v6[at].low, mapped.high) > 0)
        return result;
    struct output output = sweep(arena, WP_NETWORK_DIFFERENCE, &v6, &cut);
    set_family(&result, &output);
    return result;
}

struct wp_network
wp_ranges_finish(struct wp_ranges *ranges)
{
    if (!is_sorted(ranges->v4, ranges->v4_count, sizeof *ranges->v4, by_low4))
        qsort(ranges->v4, ranges->v4_count, sizeof *ranges->v4, by_low4);
    if (!is_sorted(ranges->v6, ranges->v6_count, sizeof *ranges->v6, by_low6))
        qsort(ranges->v6, ranges->v6_count, sizeof *ranges->v6, by_low6);
    struct wp_network network = {
        .v4 = ranges->v4,
        .v6 = ranges->v6,
        .v4_count = join4(ranges->v4, ranges->v4_count),
        .v6_count = join6(ranges->v6, ranges->v6_count),
    };
    return without_mapped(ranges->arena, &network);
}

/* ---- questions ------------------------------------------------------------------------------ */

bool
wp_network_is_empty(const struct wp_network *network)
{
    return network->v4_count == 0 && network->v6_count == 0 && !network->absent;
}

static bool
same_bytes(const void *a, const void *b, size_t length)
{
    return length == 0 || memcmp(a, b, length) == 0;
}

bool
wp_network_equal(const struct wp_network *a, const struct wp_network *b)
{
    return a->absent == b->absent && a->v4_count == b->v4_count && a->v6_count == b->v6_count &&
           same_bytes(a->v4, b->v4, a->v4_count * sizeof *a->v4) &&
           same_bytes(a->v6, b->v6, a->v6_count * sizeof *a->v6);
}

bool
wp_network_is_everything(const struct wp_network *network)
{
    struct wp_network everything = wp_network_everything();

    return wp_network_equal(network, &everything);
}

/* Does the list have an address from `low` to `high`? */
static bool
meets(const struct list *list, struct wp_address6 low, struct wp_address6 high)
{
    uint32_t at = first_reaching(list, low);

    return at < list->count && wp_compare6(range_at(list, at).low, high) <= 0;
}

/* Is nothing of `a` in a gap of `b`? The quick way when `b` has few ranges. */
static bool
avoids_gaps(const struct list *a, const struct list *b)
{
    struct wp_address6 gap = {0, 0};

    for (uint32_t i = 0; i < b->count; i++) {
        struct wp_range6 range = range_at(b, i);
        bool is_first = range.low.high == 0 && range.low.low == 0;

        if (!is_first && meets(a, gap, wp_previous6(range.low)))
            return false;
        gap = wp_next6(range.high);
        if (gap.high == 0 && gap.low == 0)
            return true;
    }
    return !meets(a, gap, (struct wp_address6){UINT64_MAX, UINT64_MAX});
}

static bool
is_within(const struct list *a, const struct list *b)
{
    if (is_much_smaller(b, a))
        return avoids_gaps(a, b);
    for (uint32_t i = 0; i < a->count; i++) {
        struct wp_range6 range = range_at(a, i);
        uint32_t at = first_reaching(b, range.high);

        if (at == b->count || wp_compare6(range_at(b, at).low, range.low) > 0)
            return false;
    }
    return true;
}

bool
wp_network_is_within(const struct wp_network *a, const struct wp_network *b)
{
    struct list a4 = list4(a), b4 = list4(b), a6 = list6(a), b6 = list6(b);

    return (!a->absent || b->absent) && is_within(&a4, &b4) && is_within(&a6, &b6);
}

static bool
are_apart(const struct list *a, const struct list *b)
{
    for (uint32_t i = 0; i < a->count; i++) {
        struct wp_range6 range = range_at(a, i);

        if (meets(b, range.low, range.high))
            return false;
    }
    return true;
}

bool
wp_network_is_apart(const struct wp_network *a, const struct wp_network *b)
{
    struct list a4 = list4(a), b4 = list4(b), a6 = list6(a), b6 = list6(b);

    return !(a->absent && b->absent) && are_apart(&a4, &b4) && are_apart(&a6, &b6);
}

static bool
has(const struct list *list, struct wp_address6 address)
{
    uint32_t at = first_reaching(list, address);

    return at < list->count && wp_compare6(range_at(list, at).low, address) <= 0;
}

bool
wp_network_has4(const struct wp_network *network, uint32_t address)
{
    struct list list = list4(network);

    return has(&list, (struct wp_address6){0, address});
}

bool
wp_network_has6(const struct wp_network *network, struct wp_address6 address)
{
    struct list list = list6(network);

    return has(&list, address);
}

uint64_t
wp_network_hash(const struct wp_network *network)
{
    uint64_t hash =
        wp_hash_bytes(network->absent, network->v4, network->v4_count * sizeof *network->v4);

    return wp_hash_bytes(hash, network->v6, network->v6_count * sizeof *network->v6);
}
