/* The tables that lead from an address to its class, proved where code has to be small. For
 * verify.c alone. */
#ifndef WP_WASM_VERIFY_ADDRESSES_H
#define WP_WASM_VERIFY_ADDRESSES_H

#include "lookup.h"
#include "view.h"

static const void *
check_list(const struct wp_view *v)
{
    const uint32_t places = wp_v4_index_size(&v->shape), count = v->shape.v4_count;
    const uint32_t *index = v->v4_keys, *keys = index + places;
    if (keys[0] != 0 || index[places - 1] != count - 1)
        return keys;
    for (uint32_t i = 1; i < count + WP_V4_KEYS_MARGIN; i++)
        if (i < count ? keys[i - 1] >= keys[i] : keys[i] != UINT32_MAX)
            return keys + i;
    for (uint32_t i = 0; i < places - 1; i++) {
        const uint32_t first = i << (32 - v->shape.v4_bits);
        if (index[i] >= count || keys[index[i]] > first ||
            (index[i] + 1 < count && keys[index[i] + 1] <= first))
            return index + i;
    }
    return NULL;
}

/* Values [first, last) are below `limit`. */
static const void *
check_v4_values(const struct wp_view *v, uint32_t first, uint32_t last, uint32_t limit)
{
    for (; first < last; first++)
        if (wp_v4_value(v, first) >= limit)
            return v->v4_values;
    return NULL;
}

/* `parts` are nodes in which lows rise. */
static const void *
check_starts(const struct wp_view *v, const struct wp_v4_octet *octet, const uint32_t *node,
             uint32_t count, uint32_t last, uint32_t parts)
{
    if (node[0] != octet->first + 1 || node[count] != last)
        return node;
    uint32_t first = 0;
    for (uint32_t i = 0; i < count; i++) {
        first = i % parts == 0 ? node[i] : first;
        if (node[i] > node[i + 1] || node[i + 1] > last)
            return node + i;
        for (uint32_t at = node[i]; at < node[i + 1]; at++) {
            const uint16_t *low = v->v4_lows + (at - octet->lows);
            if (at > first && low[-1] >= low[0])
                return low;
        }
    }
    return NULL;
}

static const void *
check_cells(const struct wp_v4_octet *octet, const uint32_t *node, uint32_t count, uint32_t last)
{
    if (octet->lows != 0)
        return octet;
    for (const uint32_t *end = node + count; node < end; node++)
        if ((*node >> WP_V4_NODE_BITS) + wp_count_bits(*node & ((1u << WP_V4_NODE_BITS) - 1)) >=
            last - octet->first)
            return node;
    return NULL;
}

static const void *
check_table(const struct wp_view *v)
{
    const struct wp_v4_octet *octet = v->v4_octets, *behind = octet + WP_V4_LISTS;
    const uint32_t lists = v->shape.v4_nodes - behind->nodes - 1;
    uint32_t nodes = 0, lows = 0;
    if (octet->first != 0 || behind->nodes >= v->shape.v4_nodes)
        return octet;
    for (uint32_t number = 0; number < WP_V4_OCTETS; number++, octet++) {
        const bool starts = octet->kind == WP_V4_STARTS, list = octet == behind;
        const uint32_t last = list ? v->shape.v4_count : octet[1].first;
        const uint32_t least = list ? 0 : WP_V4_START_SHIFT_MIN;
        const uint32_t most = list ? 0 : starts ? WP_V4_START_SHIFT_MAX : WP_V4_CELL_SHIFT_MAX;
        if (octet->reserved != 0 || octet->kind >= WP_V4_KINDS || (list && !starts) ||
            octet->first >= last || last > v->shape.v4_count || octet->shift < least ||
            octet->shift > most)
            return octet;
        const uint32_t count =
            list ? lists : 1u << ((starts ? 24 : WP_V4_CELL_SHIFT_MAX) - octet->shift);
        const uint32_t before = starts ? 0 : (number << 24 >> octet->shift) / WP_V4_NODE_CELLS;
        if (octet->nodes + before != nodes || count + starts > v->shape.v4_nodes - nodes)
            return octet;
        const uint32_t *node = v->v4_nodes + nodes;
        nodes += count + starts;
        if (starts && (octet->lows != octet->first + 1 - lows ||
                       last - octet->first - 1 > v->shape.v4_lows - lows))
            return octet;
        const void *wrong = starts ? check_starts(v, octet, node, count, last,
                                                  list ? 1 : 1u << (most - octet->shift))
                                   : check_cells(octet, node, count, last);
        wrong = wrong != NULL
                    ? wrong
                    : check_v4_values(v, octet->first, last,
                                      v->shape.classes +
                                          (octet->kind == WP_V4_CELLS_AND_LISTS ? lists : 0));
        if (wrong != NULL)
            return wrong;
        lows += starts ? last - octet->first - 1 : 0;
    }
    if (nodes != v->shape.v4_nodes || lows != v->shape.v4_lows)
        return v->v4_octets;
    for (uint32_t i = 0; i < WP_V4_LOWS_MARGIN + lows % 2; i++)
        if (v->v4_lows[lows + i] != 0)
            return v->v4_lows + lows;
    return NULL;
}

/* Values go on as zeros to the end of their section, wherever that is within a word. */
static const void *
check_margin(const uint8_t *values, uint32_t count, uint32_t bits)
{
    const uint64_t end = wp_packed_bytes(count, bits) * 8;
    for (uint64_t bit = (uint64_t)count * bits; bit < end; bit++)
        if (values[(size_t)(bit / 8)] >> bit % 8 & 1)
            return values;
    return NULL;
}

static const void *
check_margins(const struct wp_view *v)
{
    const void *wrong = check_margin(v->v4_values, v->shape.v4_count, v->shape.v4_value_bits);
    return wrong != NULL ? wrong
                         : check_margin(v->v6_values, v->shape.v6_count, v->shape.v6_value_bits);
}

static const void *
check_v4(const struct wp_view *v)
{
    if (v->shape.v4_layout == WP_V4_TABLE)
        return check_table(v);
    const void *wrong = check_v4_values(v, 0, v->shape.v4_count, v->shape.classes);
    return wrong != NULL ? wrong : check_list(v);
}

static bool
rises(const uint64_t *keys, uint32_t count)
{
    bool good = keys[0] == 0;
    for (uint32_t i = 1; i < count; i++)
        good &= keys[i - 1] < keys[i];
    return good;
}

/* The lowest level rises; each above it holds every 16th key of the one below. */
static const void *
check_tree(const struct wp_view *v)
{
    const uint32_t count = v->shape.v6_count, levels = v->shape.v6_levels;
    const uint64_t *keys = v->v6_keys;
    if (levels > 0 && wp_v6_last(count, levels - 1) >= WP_V6_NODE)
        return keys;
    for (uint32_t below = levels; below-- > 0;) {
        const uint32_t padded = wp_v6_padded(count, below);
        for (uint32_t i = 0; i < padded; i++) {
            const bool is_key = i <= wp_v6_last(count, below);
            if (is_key ? below > 0 && keys[i] != keys[padded + (size_t)i * WP_V6_NODE]
                       : keys[i] != UINT64_MAX)
                return keys + i;
        }
        keys += padded;
    }
    return rises(v->v6_leaves, count) ? NULL : v->v6_leaves;
}

static const void *
check_values(const struct wp_view *v)
{
    uint32_t next = 0;
    for (uint32_t i = 0; i < v->shape.v6_count; i++) {
        const uint32_t value = wp_v6_value(v, i);
        if (value < v->shape.classes)
            continue;
        const uint32_t room = v->shape.v6_lower - next;
        const uint64_t *lower = v->v6_lower + next;
        if (value - v->shape.classes != next || room == 0 || lower[0] == 0 || lower[0] >= room)
            return v->v6_values;
        const uint32_t count = (uint32_t)lower[0], size = 1 + count + (count + 1) / 2;
        const uint32_t *classes = (const uint32_t *)(const void *)(lower + 1 + count);
        if (size > room || !rises(lower + 1, count) || (count % 2 == 1 && classes[count] != 0))
            return lower;
        for (uint32_t k = 0; k < count; k++)
            if (classes[k] >= v->shape.classes)
                return classes + k;
        next += size;
    }
    return next == v->shape.v6_lower ? NULL : v->v6_lower;
}

#endif
