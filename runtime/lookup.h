/*
 * From an address to its class: the set of networks that it lies in.
 *
 * Nothing here checks bounds: verify.c has proved the tables. Searches keep a
 * window that holds the answer, [base, base + count), and narrow it without
 * branches that depend on the address.
 */
#ifndef WP_RUNTIME_LOOKUP_H
#define WP_RUNTIME_LOOKUP_H

#include "view.h"

#define WP_CLASS_ABSENT 0u

/* Where an address's upper part leads: into a list's index, or a table's root. */
static inline const uint32_t *
wp_v4_place(const struct wp_view *view, uint32_t address)
{
    uint32_t shift = view->shape.v4_layout == WP_V4_LIST ? 32 - view->shape.v4_units : 16;
    return view->v4_keys + (address >> shift);
}

#ifdef WP_SMALL
#include "lookup_small.h"
#else

#define WP_V4_WINDOW 16u /* lower halves compared at once */

/* The fragment of an address: its lower half's place in it is searched. */
static inline uint32_t
wp_class_in_fragment(const struct wp_view *view, const uint16_t *fragment, uint16_t low)
{
    const uint16_t *lows = fragment + 1;
    uint32_t total = fragment[0] + 1u, count = total;
    while (count > WP_V4_WINDOW) {
        uint32_t half = count / 2;
        lows += lows[half] <= low ? half : 0;
        count -= half;
    }
    uint32_t below = 0;
    for (uint32_t i = 0; i < WP_V4_WINDOW; i++)
        below += (uint32_t)(lows[i] <= low) & (uint32_t)(i < count);
    size_t index = (size_t)(lows - fragment) + below - 2;
    const uint16_t *class = fragment + 1 + total + index * view->shape.class_units;
    return view->shape.class_units == 1 ? class[0] : class[0] | (uint32_t) class[1] << 16;
}

/* The index leaves a few ranges of most lists: one wide comparison. Keys behind
 * them are above the address, but for the margin's where it is 255.255.255.255. */
static inline uint32_t
wp_class_in_list(const struct wp_view *view, uint32_t address)
{
    const uint32_t *place = wp_v4_place(view, address);
    const uint32_t *keys = view->v4_keys + wp_v4_index_size(&view->shape);
    const uint32_t *at = keys + place[0];
    uint32_t count = place[1] - place[0] + 1, below = 0;
    while (count > WP_V4_KEYS_MARGIN) {
        uint32_t half = count / 2;
        at += at[half] <= address ? half : 0;
        count -= half;
    }
    for (uint32_t i = 0; i < WP_V4_KEYS_MARGIN; i++)
        below += at[i] <= address;
    uint32_t number = (uint32_t)(at - keys) + below - 1, last = view->shape.v4_count - 1;
    return view->v4_classes[number < last ? number : last];
}

static inline uint32_t
wp_class_v4(const struct wp_view *view, uint32_t address)
{
    if (view->shape.v4_layout == WP_V4_LIST)
        return wp_class_in_list(view, address);
    return wp_class_in_fragment(view, view->fragments + view->v4_keys[address >> 16],
                                (uint16_t)address);
}

/* How many of a node's keys, which rise, are not above `high`: first every fourth, then
 * the four from the last of these on. */
static inline uint32_t
wp_v6_up_to(const uint64_t *node, uint64_t high)
{
    uint32_t fours = 0, up_to = 0;
    for (uint32_t i = 4; i < WP_V6_NODE; i += 4)
        fours += node[i] <= high;
    for (uint32_t i = 0; i < 4; i++)
        up_to += node[4 * fours + i] <= high;
    return 4 * fours + up_to;
}

/* The place of the last key that is not above `high`, going down the tree. */
static inline uint32_t
wp_v6_descend(const struct wp_view *view, uint64_t high)
{
    const uint64_t *level = view->v6_keys;
    uint32_t count = view->shape.v6_count, place = 0;
    for (uint32_t below = view->shape.v6_levels; below-- > 0;) {
        const uint64_t *node = level + (size_t)place * WP_V6_NODE;
        place = place * WP_V6_NODE + wp_v6_up_to(node, high) - 1;
        uint32_t last = wp_v6_last(count, below);
        place = place < last ? place : last; /* padding is not below any key */
        level += wp_v6_padded(count, below);
    }
    return place;
}

static inline uint32_t
wp_v6_search(const uint64_t *keys, uint32_t count, uint64_t key)
{
    const uint64_t *at = keys;
    while (count > 1) {
        uint32_t half = count / 2;
        at += at[half] <= key ? half : 0;
        count -= half;
    }
    return (uint32_t)(at - keys);
}

static inline uint32_t
wp_class_v6(const struct wp_view *view, uint64_t high, uint64_t low)
{
    uint32_t place = view->shape.v6_levels > 0
                         ? wp_v6_descend(view, high)
                         : wp_v6_search(view->v6_keys, view->shape.v6_count, high);
    uint32_t value = view->v6_values[place];
    if (!(value & WP_V6_IS_PLACE))
        return value;
    /* The upper half where ranges start: the lower half decides there, and behind
     * it goes on what its last range began. */
    if (view->v6_leaves[place] != high)
        low = UINT64_MAX;
    const uint64_t *lower = view->v6_lower + (value & ~WP_V6_IS_PLACE);
    uint32_t count = (uint32_t)lower[0];
    const uint32_t *classes = (const uint32_t *)(const void *)(lower + 1 + count);
    return classes[wp_v6_search(lower + 1, count, low)];
}

#endif
#endif
