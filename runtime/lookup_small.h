/* What lookup.h does, where code has to be small: plain binary searches, which need
 * neither a list's index nor the upper levels of the tree. */
#ifndef WP_RUNTIME_LOOKUP_SMALL_H
#define WP_RUNTIME_LOOKUP_SMALL_H

#include "view.h"

#include <string.h>

/* The place of the last of `count` rising keys of `size` bytes that is not above `key`;
 * the first is 0. */
static inline uint32_t
wp_rank(const void *keys, uint32_t size, uint32_t count, uint64_t key)
{
    uint32_t place = 0;
    while (count > 1) {
        uint32_t half = count / 2;
        uint64_t middle = 0;
        memcpy(&middle, (const uint8_t *)keys + (size_t)(place + half) * size, size);
        place += middle <= key ? half : 0;
        count -= half;
    }
    return place;
}

/* Among the starts of a node. */
static inline uint32_t
wp_class_by_starts(const struct wp_view *view, const struct wp_v4_octet *octet,
                   const uint32_t *node, uint32_t address)
{
    const uint16_t *lows = view->v4_lows + (node[0] - octet->lows);
    const uint32_t low = (uint16_t)address, count = node[1] - node[0];
    if (count == 0 || *lows > low)
        return wp_v4_value(view, node[0] - 1);
    return wp_v4_value(view, node[0] + wp_rank(lows, sizeof *lows, count, low));
}

static inline uint32_t
wp_class_v4_of(const struct wp_view *view, uint32_t address, uint32_t bits)
{
    (void)bits;
    if (view->shape.v4_layout == WP_V4_LIST)
        return wp_v4_value(view, wp_rank(view->v4_keys + wp_v4_index_size(&view->shape), 4,
                                         view->shape.v4_count, address));
    const struct wp_v4_octet *octet = wp_v4_octet(view, address);
    const uint32_t *node;
    if (octet->kind == WP_V4_STARTS) {
        node = wp_v4_node_of_starts(view, octet, address);
    } else {
        const uint32_t value = wp_v4_value(view, wp_v4_value_of_cell(view, octet, address));
        if (value < view->shape.classes)
            return value;
        octet = view->v4_octets + WP_V4_LISTS;
        node = view->v4_nodes + octet->nodes + (value - view->shape.classes);
    }
    return wp_class_by_starts(view, octet, node, address);
}

static inline uint32_t
wp_class_v6(const struct wp_view *view, uint64_t high, uint64_t low)
{
    const uint32_t place = wp_rank(view->v6_leaves, 8, view->shape.v6_count, high);
    const uint32_t value = wp_v6_value(view, place);
    if (value < view->shape.classes)
        return value;
    if (view->v6_leaves[place] != high)
        low = UINT64_MAX;
    const uint64_t *lower = view->v6_lower + (value - view->shape.classes);
    const uint32_t count = (uint32_t)lower[0];
    const uint32_t *classes = (const uint32_t *)(const void *)(lower + 1 + count);
    return classes[wp_rank(lower + 1, 8, count, low)];
}

#endif
