/*
 * A sweep over the ends of all ranges in their order, with the set of networks
 * that the sweep is inside of. Sets are compared element by element, so two
 * classes never fall together by an accident of hashing.
 */
#include "compiler/partition.h"

#include "compiler/address.h"
#include "compiler/buffer.h"
#include "compiler/map.h"

#include <stdlib.h>

/* An end of a range: there the address enters or leaves the network. */
struct end6 {
    struct wp_address6 at;
    uint32_t network;
};

struct sweep {
    struct wp_arena *arena;   /* of what is found */
    struct wp_arena *scratch; /* of what is needed to find it */
    uint32_t *inside;         /* the current set, rising */
    uint32_t inside_count;
    uint64_t hash; /* of the current set, whatever the order of its making */

    struct wp_map classes;
    struct wp_buffer first_member, members;
    uint32_t class_count;
};

/* ---- the current set and its class -------------------------------------------- */

static uint64_t
scatter(uint64_t value)
{
    value = (value + 1) * UINT64_C(0x9e3779b97f4a7c15);
    value = (value ^ value >> 32) * UINT64_C(0xd6e8feb86659fd93);
    return value ^ value >> 29;
}

static void
cross(struct sweep *s, uint32_t network)
{
    uint32_t low = 0, high = s->inside_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (s->inside[middle] < network)
            low = middle + 1;
        else
            high = middle;
    }
    uint32_t *place = s->inside + low;
    const size_t behind = s->inside_count - low;
    s->hash ^= scatter(network);
    if (behind > 0 && *place == network) {
        memmove(place, place + 1, (behind - 1) * sizeof *place);
        s->inside_count--;
        return;
    }
    memmove(place + 1, place, behind * sizeof *place);
    *place = network;
    s->inside_count++;
}

static bool
is_current(const void *context, uint32_t class, const void *key)
{
    (void)key;
    const struct sweep *s = context;
    const uint32_t *first = wp_buffer_words(&s->first_member) + class;
    return first[1] - first[0] == s->inside_count &&
           (s->inside_count == 0 || memcmp(wp_buffer_words(&s->members) + first[0], s->inside,
                                           s->inside_count * sizeof *s->inside) == 0);
}

static uint32_t
current_class(struct sweep *s)
{
    uint32_t class = wp_map_find(&s->classes, s->hash, is_current, s, NULL);
    if (class != UINT32_MAX)
        return class;
    wp_buffer_add(&s->members, s->inside, s->inside_count * sizeof *s->inside);
    wp_buffer_add32(&s->first_member, (uint32_t)(s->members.size / sizeof(uint32_t)));
    wp_map_add(&s->classes, s->hash, s->class_count);
    return s->class_count++;
}

static void
start_over(struct sweep *s)
{
    s->inside_count = 0;
    s->hash = 0;
}

/* ---- IPv4 -------------------------------------------------------------------------- */

/* Ends are an address above and a network below, to be sorted as numbers. */
static void
add_ends4(struct wp_buffer *ends, uint32_t from, uint64_t to, uint32_t network)
{
    wp_buffer_add64(ends, (uint64_t)from << 32 | network);
    if (to < UINT32_MAX)
        wp_buffer_add64(ends, (to + 1) << 32 | network);
}

/* The ranges of a network, or the gaps between them when it holds the absent
 * address. */
static void
collect4(struct wp_buffer *ends, const struct wp_network *network, uint32_t number)
{
    uint64_t gap = 0;
    for (uint32_t i = 0; i < network->v4_count; i++) {
        const struct wp_range4 *range = &network->v4[i];
        if (!network->absent)
            add_ends4(ends, range->low, range->high, number);
        else if (range->low > gap)
            add_ends4(ends, (uint32_t)gap, range->low - UINT64_C(1), number);
        gap = (uint64_t)range->high + 1;
    }
    if (network->absent && gap <= UINT32_MAX)
        add_ends4(ends, (uint32_t)gap, UINT32_MAX, number);
}

/* Sorts by the upper half, 16 bits at a time. */
static uint64_t *
sort_ends4(struct wp_arena *arena, uint64_t *ends, size_t count)
{
    uint64_t *other = wp_alloc_array(arena, count + 1, sizeof *other);
    size_t *places = wp_alloc_array(arena, 65536, sizeof *places);
    for (unsigned shift = 32; shift < 64; shift += 16) {
        memset(places, 0, 65536 * sizeof *places);
        for (size_t i = 0; i < count; i++)
            places[ends[i] >> shift & 0xffff]++;
        size_t place = 0;
        for (size_t i = 0; i < 65536; i++) {
            const size_t these = places[i];
            places[i] = place;
            place += these;
        }
        for (size_t i = 0; i < count; i++)
            other[places[ends[i] >> shift & 0xffff]++] = ends[i];
        uint64_t *swap = ends;
        ends = other;
        other = swap;
    }
    return ends;
}

static void
sweep4(struct sweep *s, struct wp_partition *partition, const struct wp_network *const *networks,
       uint32_t network_count)
{
    struct wp_buffer ends = {.arena = s->scratch};
    struct wp_buffer starts = {.arena = s->arena}, classes = {.arena = s->arena};
    for (uint32_t i = 0; i < network_count; i++)
        collect4(&ends, networks[i], i);
    const size_t count = ends.size / sizeof(uint64_t);
    const uint64_t *sorted = sort_ends4(s->scratch, (uint64_t *)(void *)ends.bytes, count);
    uint32_t last = UINT32_MAX, at = 0;
    start_over(s);
    for (size_t i = 0;;) {
        while (i < count && sorted[i] >> 32 == at)
            cross(s, (uint32_t)sorted[i++]);
        const uint32_t class = current_class(s);
        if (class != last) {
            wp_buffer_add32(&starts, at);
            wp_buffer_add32(&classes, class);
            last = class;
        }
        if (i == count)
            break;
        at = (uint32_t)(sorted[i] >> 32);
    }
    partition->v4_starts = wp_buffer_words(&starts);
    partition->v4_classes = wp_buffer_words(&classes);
    partition->v4_count = (uint32_t)(starts.size / sizeof(uint32_t));
}

/* ---- IPv6 --------------------------------------------------------------------------- */

#define MAPPED_LOW UINT64_C(0xffff00000000)
#define MAPPED_HIGH UINT64_C(0xffffffffffff)

static bool
is_last6(struct wp_address6 address)
{
    return address.high == UINT64_MAX && address.low == UINT64_MAX;
}

static void
add_end6(struct wp_buffer *ends, struct wp_address6 at, uint32_t network)
{
    const struct end6 end = {at, network};
    wp_buffer_add(ends, &end, sizeof end);
}

/* From `from` up to the address before `to`. Gaps that
 * hold IPv4-mapped addresses alone are passed over: there are no such requests. */
static void
add_gap6(struct wp_buffer *ends, struct wp_address6 from, struct wp_address6 to, uint32_t network)
{
    const struct wp_address6 low = {0, MAPPED_LOW}, high = {0, MAPPED_HIGH + 1};
    if (wp_compare6(from, to) >= 0 || (wp_compare6(from, low) >= 0 && wp_compare6(to, high) <= 0))
        return;
    add_end6(ends, from, network);
    add_end6(ends, to, network);
}

static void
collect6(struct wp_buffer *ends, const struct wp_network *network, uint32_t number)
{
    struct wp_address6 gap = {0, 0};
    bool open = network->absent; /* a gap up to the last address */
    for (uint32_t i = 0; i < network->v6_count; i++) {
        const struct wp_range6 *range = &network->v6[i];
        const bool last = is_last6(range->high);
        if (network->absent) {
            add_gap6(ends, gap, range->low, number);
        } else {
            add_end6(ends, range->low, number);
            if (!last)
                add_end6(ends, wp_next6(range->high), number);
        }
        open = open && !last;
        gap = wp_next6(range->high);
    }
    if (open)
        add_end6(ends, gap, number);
}

static int
compare_ends6(const void *left, const void *right)
{
    const struct end6 *a = left, *b = right;
    return wp_compare6(a->at, b->at);
}

static void
sweep6(struct sweep *s, struct wp_partition *partition, const struct wp_network *const *networks,
       uint32_t network_count)
{
    struct wp_buffer ends = {.arena = s->scratch};
    struct wp_buffer starts = {.arena = s->arena}, classes = {.arena = s->arena};
    for (uint32_t i = 0; i < network_count; i++)
        collect6(&ends, networks[i], i);
    const size_t count = ends.size / sizeof(struct end6);
    struct end6 *sorted = (struct end6 *)(void *)ends.bytes;
    if (count > 0)
        qsort(sorted, count, sizeof *sorted, compare_ends6);
    struct wp_address6 at = {0, 0};
    uint32_t last = UINT32_MAX;
    start_over(s);
    for (size_t i = 0;;) {
        while (i < count && wp_compare6(sorted[i].at, at) == 0)
            cross(s, sorted[i++].network);
        const uint32_t class = current_class(s);
        if (class != last) {
            wp_buffer_add(&starts, &at, sizeof at);
            wp_buffer_add32(&classes, class);
            last = class;
        }
        if (i == count)
            break;
        at = sorted[i].at;
    }
    partition->v6_starts = (const struct wp_address6 *)(const void *)starts.bytes;
    partition->v6_classes = wp_buffer_words(&classes);
    partition->v6_count = (uint32_t)(starts.size / sizeof at);
}

void
wp_partition_make(struct wp_partition *partition, struct wp_arena *arena,
                  const struct wp_network *const *networks, uint32_t count)
{
    struct wp_arena *scratch = wp_arena_inside(arena);
    struct sweep s = {
        .arena = arena,
        .scratch = scratch,
        .inside = wp_alloc_array(scratch, (size_t)count + 1, sizeof *s.inside),
        .first_member = {.arena = arena},
        .members = {.arena = arena},
    };
    wp_map_init(&s.classes, scratch);
    wp_buffer_add32(&s.first_member, 0);
    (void)current_class(&s); /* the absent address: inside of nothing */
    sweep4(&s, partition, networks, count);
    sweep6(&s, partition, networks, count);
    partition->network_count = count;
    partition->class_count = s.class_count;
    partition->first_member = wp_buffer_words(&s.first_member);
    partition->members = wp_buffer_words(&s.members);
    wp_arena_free(scratch);
}
