/*
 * The tables that lead from an address to its class: every place in range, every
 * search over rising keys that start at 0, every class one that has a row.
 */
#include "lookup.h"
#include "verify.h"

/* ---- IPv4 ----------------------------------------------------------------------- */

/* Values of 16 bits. */
static bool
are_narrow_below(const uint16_t *values, uint32_t count, uint32_t limit)
{
    uint16_t largest = 0;
    for (uint32_t i = 0; i < count; i++)
        largest = values[i] > largest ? values[i] : largest;
    return largest < limit;
}

typedef uint64_t words __attribute__((vector_size(16)));
typedef int32_t quads __attribute__((vector_size(16)));

#define AT_ONCE 16u      /* values; 8 of them end where a byte does */
#define PAIR_BITS_MAX 28 /* of values of which two are in any word that the first begins in */

/* AT_ONCE values, from one that begins where a byte does. */
static inline quads
some_above(const uint8_t *values, uint32_t bits, quads last)
{
    const uint64_t mask = (UINT64_C(1) << bits) - 1;
    quads above = {0};
    for (uint32_t i = 0; i < AT_ONCE / 2; i += 2) {
        words two;
        memcpy(&two, values + i * bits / 8, 8);
        memcpy((uint8_t *)&two + 8, values + bits + i * bits / 8, 8);
        two >>= i * bits % 8;
        above |= (quads)(two & mask) > last;
        above |= (quads)(two >> bits & mask) > last;
    }
    return above;
}

static bool
are_below(const uint8_t *values, uint32_t first, uint32_t end, uint32_t bits, uint32_t limit)
{
    const int32_t least = (int32_t)limit - 1;
    const quads last = {least, INT32_MAX, least, INT32_MAX};
    quads above = {0};
    bool wrong = false;
    for (; first < end && (first % 8 != 0 || bits > PAIR_BITS_MAX); first++)
        wrong |= wp_packed(values, first, bits) >= limit;
    for (; end - first >= AT_ONCE; first += AT_ONCE)
        above |= some_above(wp_packed_at(values, first, bits), bits, last);
    for (; first < end; first++)
        wrong |= wp_packed(values, first, bits) >= limit;
    return !wrong && (above[0] | above[2]) == 0;
}

/* Whether `count` values from `first` on are below `limit`. */
static bool
are_values_below(const uint8_t *values, uint32_t first, uint32_t count, uint32_t bits,
                 uint32_t limit)
{
    return bits == 16
               ? are_narrow_below((const uint16_t *)(const void *)values + first, count, limit)
               : are_below(values, first, first + count, bits, limit);
}

/* So many IPv4 values are below `limit`. */
static bool
verify_values(const struct wp_view *view, struct woapol_fault *fault, uint32_t first,
              uint32_t count, uint32_t limit)
{
    const uint32_t bits = view->shape.v4_value_bits;
    const uint8_t *values = view->v4_values;
    return are_values_below(values, first, count, bits, limit) ||
           wp_fault(view, fault, wp_packed_at(values, first, bits),
                    "an address class is out of range");
}

/* All bits behind the last value are zero. */
static bool
verify_value_margin(const struct wp_view *view, struct woapol_fault *fault, const uint8_t *values,
                    uint32_t count, uint32_t bits)
{
    const size_t end = (size_t)wp_packed_bytes(count, bits);
    const uint8_t *at = wp_packed_at(values, count, bits);
    uint32_t margin = (uint32_t)*at >> (uint64_t)count * bits % 8;
    for (at++; at < values + end; at++)
        margin |= *at;
    return margin == 0 || wp_fault(view, fault, values + end - 8, "the margin is not zero");
}

static WP_LOOP bool
are_rising(const uint32_t *keys, uint32_t count)
{
    uint32_t falls = 0;
    for (uint32_t i = 0; i < count - 1; i++)
        falls |= keys[i] >= keys[i + 1] ? UINT32_MAX : 0;
    return falls == 0;
}

static bool
verify_keys(const struct wp_view *view, struct woapol_fault *fault, const uint32_t *keys)
{
    return (keys[0] == 0 && are_rising(keys, view->shape.v4_count)) ||
           wp_fault(view, fault, keys, "IPv4 ranges do not rise from 0");
}

/* Each place is the range that holds the first address of its part: the keys
 * rise, so a lookup finds all that it may compare between its place and the next. */
static bool
verify_list(const struct wp_view *view, struct woapol_fault *fault)
{
    const uint32_t places = wp_v4_index_size(&view->shape), count = view->shape.v4_count;
    const uint32_t *index = view->v4_keys, *keys = index + places;
    for (uint32_t i = 0; i < WP_V4_KEYS_MARGIN; i++)
        if (keys[count + i] != UINT32_MAX)
            return wp_fault(view, fault, keys + count + i, "the margin is not all ones");
    for (uint32_t i = 0; i < places - 1; i++) {
        const uint32_t first = i << (32 - view->shape.v4_bits), place = index[i];
        if (place >= count || keys[place] > first ||
            (place + 1 < count && keys[place + 1] <= first))
            return wp_fault(view, fault, index + i, "a place of the index is not its range");
    }
    if (index[places - 1] != count - 1)
        return wp_fault(view, fault, index + places - 1,
                        "the index does not end at the last range");
    return verify_keys(view, fault, keys) &&
           verify_values(view, fault, 0, count, view->shape.classes);
}

/* An octet of a table, and the nodes and lows that those before it have. */
struct v4_part {
    const struct wp_v4_octet *octet;
    uint32_t number, values;
    uint32_t nodes, lows;
};

static uint32_t
list_count(const struct wp_view *view)
{
    return view->shape.v4_nodes - view->v4_octets[WP_V4_LISTS].nodes - 1;
}

/* Its nodes lie behind those before. */
static bool
has_nodes(const struct wp_view *view, const struct v4_part *part, uint32_t first, uint32_t count)
{
    return first == part->nodes && count <= view->shape.v4_nodes - part->nodes;
}

#define NODES_AT_ONCE 64u

/* What is left behind the values that nodes lead to, as a number below 2^31 as long as none is
 * above the last. Few come so near that it matters how many bits they have. */
static WP_LOOP uint32_t
room_behind(const uint32_t *nodes, uint32_t count, uint32_t last)
{
    uint32_t room = 0;
    for (uint32_t i = 0; i < count; i++)
        room |= last - WP_V4_NODE_BITS - (nodes[i] >> WP_V4_NODE_BITS);
    if (room >> 31 == 0)
        return room;
    room = 0;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t bits = nodes[i] & ((1u << WP_V4_NODE_BITS) - 1);
        bits -= bits >> 1 & 0x5555;
        bits = (bits & 0x3333) + (bits >> 2 & 0x3333);
        bits = (bits + (bits >> 4)) & 0x0f0f;
        room |= last - (nodes[i] >> WP_V4_NODE_BITS) - ((bits + (bits >> 8)) & 31);
    }
    return room;
}

/* All that a node leads to are values of its octet: none is above the last. */
static bool
verify_cells(const struct wp_view *view, struct woapol_fault *fault, struct v4_part *part)
{
    const struct wp_v4_octet *octet = part->octet;
    if (octet->shift < WP_V4_CELL_SHIFT_MIN || octet->shift > WP_V4_CELL_SHIFT_MAX ||
        octet->lows != 0)
        return wp_fault(view, fault, octet, "an octet's cells have no such size");
    const uint32_t count = 1u << (WP_V4_CELL_SHIFT_MAX - octet->shift), last = part->values - 1;
    const uint32_t before = (part->number << 24 >> octet->shift) / WP_V4_NODE_CELLS;
    if (!has_nodes(view, part, octet->nodes + before, count))
        return wp_fault(view, fault, octet, "an octet's nodes do not follow those before it");
    const uint32_t *nodes = view->v4_nodes + part->nodes;
    uint32_t room = 0;
    for (uint32_t i = 0; i < count; i += NODES_AT_ONCE)
        room |= room_behind(nodes + i, count - i < NODES_AT_ONCE ? count - i : NODES_AT_ONCE, last);
    part->nodes += count;
    return room >> 31 == 0 || wp_fault(view, fault, nodes, "a node leads beyond its octet");
}

/* How many lows do not rise above the one before; counted in their own width as far as that
 * goes, so that no vector has to be made of wider ones. */
static WP_LOOP uint32_t
count_falls(const uint16_t *lows, uint32_t count)
{
    uint32_t falls = 0;
    for (uint32_t steps; count > 1; count -= steps, lows += steps) {
        uint16_t some = 0;
        steps = count - 1 < UINT16_MAX ? count - 1 : UINT16_MAX;
        for (uint32_t i = 0; i < steps; i++)
            some = (uint16_t)(some + (lows[i] >= lows[i + 1]));
        falls += some;
    }
    return falls;
}

/* Lows rise but from one part to the next: each is `step` nodes, which have been proved. */
static bool
lows_rise(const uint16_t *lows, uint32_t count, const uint32_t *nodes, uint32_t parts,
          uint32_t step)
{
    const uint32_t falls = count_falls(lows, count);
    uint32_t between = 0;
    for (uint32_t i = 1; i < parts; i++) {
        /* Without branches, which nobody could guess; behind the last low is a margin. */
        const uint32_t at = nodes[i * step] - nodes[0], next = nodes[(i + 1) * step] - nodes[0];
        between += (at > 0) & (next > at) & (lows[at - (at > 0)] >= lows[at]);
    }
    return falls == between;
}

/* Nodes rise from the octet's second value to behind its last, and lows rise in each /16 or
 * list. */
static bool
verify_starts(const struct wp_view *view, struct woapol_fault *fault, struct v4_part *part)
{
    const struct wp_v4_octet *octet = part->octet;
    const bool lists = part->number == WP_V4_LISTS;
    if (lists ? octet->shift != 0
              : octet->shift < WP_V4_START_SHIFT_MIN || octet->shift > WP_V4_START_SHIFT_MAX)
        return wp_fault(view, fault, octet, "an octet's parts have no such size");
    const uint32_t parts = lists ? list_count(view) : 256;
    const uint32_t step = lists ? 1 : 1u << (WP_V4_START_SHIFT_MAX - octet->shift);
    if (!has_nodes(view, part, octet->nodes, parts * step + 1))
        return wp_fault(view, fault, octet, "an octet's nodes do not follow those before it");
    if (octet->lows != octet->first + 1 - part->lows ||
        part->values - 1 > view->shape.v4_lows - part->lows)
        return wp_fault(view, fault, octet, "an octet's starts do not follow those before it");
    const uint32_t *nodes = view->v4_nodes + part->nodes;
    uint32_t falls = 0; /* below 2^31 as long as none does: what lies between ends below is, too */
    for (uint32_t i = 0; i < parts * step; i++)
        falls |= nodes[i] | (nodes[i + 1] - nodes[i]);
    if (falls >> 31 != 0 || nodes[0] != octet->first + 1 ||
        nodes[parts * step] != octet->first + part->values)
        return wp_fault(view, fault, nodes, "nodes do not lead from an octet's first value on");
    if (!lows_rise(view->v4_lows + part->lows, part->values - 1, nodes, parts, step))
        return wp_fault(view, fault, view->v4_lows + part->lows, "IPv4 ranges do not rise");
    part->nodes += parts * step + 1;
    part->lows += part->values - 1;
    return true;
}

static bool
verify_octet(const struct wp_view *view, struct woapol_fault *fault, struct v4_part *part)
{
    const struct wp_v4_octet *octet = part->octet;
    const uint32_t last = part->number < WP_V4_LISTS ? octet[1].first : view->shape.v4_count;
    if (octet->reserved != 0 || octet->kind >= WP_V4_KINDS ||
        (part->number == WP_V4_LISTS && octet->kind != WP_V4_STARTS))
        return wp_fault(view, fault, octet, "an octet is of no known kind");
    if (octet->first >= last || last > view->shape.v4_count)
        return wp_fault(view, fault, octet, "an octet has no values");
    part->values = last - octet->first;
    const uint32_t lists = octet->kind == WP_V4_CELLS_AND_LISTS ? list_count(view) : 0;
    return (octet->kind == WP_V4_STARTS ? verify_starts(view, fault, part)
                                        : verify_cells(view, fault, part)) &&
           verify_values(view, fault, octet->first, part->values, view->shape.classes + lists);
}

/* Each octet's nodes, values and lows go on where those of the one before end, so each is
 * looked at once; all that a lookup can reach from an octet are its own. */
static bool
verify_table(const struct wp_view *view, struct woapol_fault *fault)
{
    const struct wp_v4_octet *octets = view->v4_octets;
    struct v4_part part = {.nodes = 0};
    uint16_t margin = 0;
    if (octets[0].first != 0 || octets[WP_V4_LISTS].nodes >= view->shape.v4_nodes)
        return wp_fault(view, fault, octets, "octets do not lead from the first value to the last");
    for (; part.number < WP_V4_OCTETS; part.number++) {
        part.octet = &octets[part.number];
        if (!verify_octet(view, fault, &part))
            return false;
    }
    if (part.nodes != view->shape.v4_nodes || part.lows != view->shape.v4_lows)
        return wp_fault(view, fault, octets, "octets do not lead from the first value to the last");
    for (uint32_t i = 0; i < WP_V4_LOWS_MARGIN + part.lows % 2; i++)
        margin |= view->v4_lows[part.lows + i];
    return margin == 0 ||
           wp_fault(view, fault, view->v4_lows + part.lows, "the margin is not zero");
}

/* ---- IPv6 ------------------------------------------------------------------------- */

/* One level: rising from 0, then filled up with all ones. */
static bool
verify_level(const struct wp_view *view, struct woapol_fault *fault, const uint64_t *keys,
             uint32_t count, uint32_t padded)
{
    bool wrong = keys[0] != 0;
    for (uint32_t i = 1; i < count; i++)
        wrong |= keys[i - 1] >= keys[i];
    for (uint32_t i = count; i < padded; i++)
        wrong |= keys[i] != UINT64_MAX;
    return !wrong || wp_fault(view, fault, keys, "IPv6 ranges do not rise from 0");
}

/* Each level holds every 16th key of the one below. */
static bool
verify_tree(const struct wp_view *view, struct woapol_fault *fault)
{
    const uint32_t count = view->shape.v6_count, levels = view->shape.v6_levels;
    const uint64_t *keys = view->v6_keys;
    if (levels == 0)
        return verify_level(view, fault, keys, count, count);
    if (wp_v6_last(count, levels - 1) >= WP_V6_NODE)
        return wp_fault(view, fault, keys, "the tree has no root");
    for (uint32_t below = levels; below-- > 0;) {
        const uint32_t last = wp_v6_last(count, below), padded = wp_v6_padded(count, below);
        if (!verify_level(view, fault, keys, last + 1, padded))
            return false;
        for (uint32_t i = 0; below > 0 && i <= last; i++)
            if (keys[i] != keys[padded + (size_t)i * WP_V6_NODE])
                return wp_fault(view, fault, keys + i, "a key is not of the level below");
        keys += padded;
    }
    return true;
}

/* The lower halves at one place. Returns its size in 64-bit units, or 0. */
static uint32_t
check_lower(const struct wp_view *view, uint32_t at)
{
    const uint32_t room = view->shape.v6_lower - at;
    const uint64_t *lower = view->v6_lower + at, count = lower[0];
    if (count == 0 || count >= room || 1 + count + (count + 1) / 2 > room)
        return 0;
    const uint32_t *classes = (const uint32_t *)(const void *)(lower + 1 + count);
    bool wrong = lower[1] != 0;
    for (uint64_t i = 2; i <= count; i++)
        wrong |= lower[i - 1] >= lower[i];
    for (uint64_t i = 0; i < count; i++)
        wrong |= classes[i] >= view->shape.classes;
    wrong |= count % 2 == 1 && classes[count] != 0;
    return wrong ? 0 : (uint32_t)(1 + count + (count + 1) / 2);
}

/* Among so many values nearly always all are classes. */
#define V6_VALUES_AT_ONCE 512u

static bool
verify_v6_values(const struct wp_view *view, struct woapol_fault *fault)
{
    const uint32_t bits = view->shape.v6_value_bits, classes = view->shape.classes;
    const uint32_t count = view->shape.v6_count;
    uint32_t next = 0;
    for (uint32_t i = 0; i < count; i++) {
        if (i % V6_VALUES_AT_ONCE == 0) /* goes on with the first that might be no class */
            while (count - i >= V6_VALUES_AT_ONCE &&
                   are_values_below(view->v6_values, i, V6_VALUES_AT_ONCE, bits, classes))
                i += V6_VALUES_AT_ONCE;
        if (i == count)
            break;
        const uint32_t value = wp_packed(view->v6_values, i, bits);
        if (value < classes)
            continue;
        if (value - classes != next || next >= view->shape.v6_lower)
            return wp_fault(view, fault, wp_packed_at(view->v6_values, i, bits),
                            "a value is neither a class nor the next place of lower halves");
        const uint32_t size = check_lower(view, next);
        if (size == 0)
            return wp_fault(view, fault, view->v6_lower + next,
                            "lower halves are not as they must be");
        next += size;
    }
    return next == view->shape.v6_lower ||
           wp_fault(view, fault, view->v6_lower + next, "lower halves belong to no range");
}

bool
wp_verify_addresses(const struct wp_view *view, struct woapol_fault *fault)
{
    return (view->shape.v4_layout == WP_V4_LIST ? verify_list(view, fault)
                                                : verify_table(view, fault)) &&
           verify_value_margin(view, fault, view->v4_values, view->shape.v4_count,
                               view->shape.v4_value_bits) &&
           verify_tree(view, fault) && verify_v6_values(view, fault) &&
           verify_value_margin(view, fault, view->v6_values, view->shape.v6_count,
                               view->shape.v6_value_bits);
}
