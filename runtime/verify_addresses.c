/*
 * The tables that lead from an address to its class: every place in range, every
 * search over rising keys that start at 0, every class one that has a row.
 */
#include "lookup.h"
#include "verify.h"

#include <string.h>

/* ---- IPv4 ----------------------------------------------------------------------- */

static bool
verify_keys(const struct wp_view *view, struct woapol_fault *fault, const uint32_t *keys)
{
    const uint32_t count = view->shape.v4_count;
    bool wrong = keys[0] != 0;
    for (uint32_t i = 1; i < count; i++)
        wrong |= keys[i - 1] >= keys[i];
    if (wrong)
        return wp_fault(view, fault, keys, "IPv4 ranges do not rise from 0");
    return wp_all_below(view, fault, view->v4_classes, count, view->shape.classes,
                        "an address class is out of range");
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
        const uint32_t first = i << (32 - view->shape.v4_units), place = index[i];
        if (place >= count || keys[place] > first ||
            (place + 1 < count && keys[place + 1] <= first))
            return wp_fault(view, fault, index + i, "a place of the index is not its range");
    }
    if (index[places - 1] != count - 1)
        return wp_fault(view, fault, index + places - 1,
                        "the index does not end at the last range");
    return verify_keys(view, fault, keys);
}

/* Fragments are many and short: they are compared eight units at once, and what is
 * read behind them lies in the next one or in the margin. */
#define WIDE 8u
typedef uint16_t wide __attribute__((vector_size(16)));
typedef uint32_t wide32 __attribute__((vector_size(16)));

static inline wide
load_wide(const uint16_t *from)
{
    wide units;
    memcpy(&units, from, sizeof units);
    return units;
}

/* Ones in the first `count` units. */
static inline wide
first_units(uint32_t count)
{
    static const uint16_t window[2 * WIDE] = {0xffff, 0xffff, 0xffff, 0xffff,
                                              0xffff, 0xffff, 0xffff, 0xffff};
    return load_wide(window + WIDE - (count < WIDE ? count : WIDE));
}

static inline bool
is_any(wide units)
{
    uint64_t halves[2];
    memcpy(halves, &units, sizeof halves);
    return (halves[0] | halves[1]) != 0;
}

/* Of the next eight units of classes those that are too high, of `count` of them. */
static inline wide
high_classes(const uint16_t *values, uint32_t count, uint32_t units, uint32_t last)
{
    const wide some = load_wide(values);
    const wide above = units == 1 ? (wide)(some > (uint16_t)last) : (wide)((wide32)some > last);
    return above & first_units(count);
}

/* One fragment that fits: its lower halves and classes. */
static inline __attribute__((always_inline)) bool
is_fragment(const uint16_t *fragment, uint32_t units, uint32_t classes)
{
    const uint32_t count = fragment[0] + 1u;
    const uint32_t last = units == 1 && classes > UINT16_MAX ? UINT16_MAX : classes - 1;
    const uint16_t *lows = fragment + 1, *values = lows + count;
    wide wrong = {lows[0]};
    for (uint32_t i = 0; i < count; i += WIDE) {
        const uint32_t left = count - i;
        wrong |= (wide)(load_wide(lows + i) >= load_wide(lows + i + 1)) & first_units(left - 1);
        wrong |= high_classes(values + i * units, left * units, units, last);
        if (units == 2)
            wrong |= high_classes(values + i * units + WIDE, left > WIDE / 2 ? left * 2 - WIDE : 0,
                                  units, last);
    }
    return !is_any(wrong);
}

/* The fragments of one class, which roots share: each of one size, in front. */
static inline __attribute__((always_inline)) bool
verify_singles(const struct wp_view *view, struct woapol_fault *fault, uint32_t units)
{
    const uint32_t single = 2 + units;
    for (uint32_t i = 0; i < view->shape.v4_count; i++) {
        const uint16_t *fragment = view->fragments + (size_t)i * single;
        if (fragment[0] != 0 || !is_fragment(fragment, units, view->shape.classes))
            return wp_fault(view, fault, fragment, "a fragment is not as it must be");
    }
    return true;
}

/* Each root leads to a single fragment or to the next of the others, so that all
 * are checked once, however many roots there are. */
static inline __attribute__((always_inline)) bool
verify_roots(const struct wp_view *view, struct woapol_fault *fault, uint32_t units)
{
    const uint32_t single = 2 + units, end = view->shape.v4_units - WP_V4_MARGIN;
    const uint32_t others = view->shape.v4_count * single;
    const uint32_t classes = view->shape.classes;
    uint32_t next = others;
    for (uint32_t i = 0; i < WP_V4_ROOTS; i++) {
        const uint32_t place = view->v4_keys[i];
        if (place < others && place % single == 0)
            continue;
        if (place != next || next >= end)
            return wp_fault(view, fault, view->v4_keys + i, "a root leads to no fragment");
        const uint16_t *fragment = view->fragments + place;
        const uint32_t size = 1 + (fragment[0] + 1u) * (1 + units);
        if (size > end - next || !is_fragment(fragment, units, classes))
            return wp_fault(view, fault, fragment, "a fragment is not as it must be");
        next += size;
    }
    return next == end || wp_fault(view, fault, view->fragments + next, "a fragment has no root");
}

static bool
verify_table(const struct wp_view *view, struct woapol_fault *fault)
{
    const uint32_t units = view->shape.v4_units, single = 2 + view->shape.class_units;
    if (units < WP_V4_MARGIN || view->shape.v4_count > (units - WP_V4_MARGIN) / single)
        return wp_fault(view, fault, view->fragments, "the fragments do not fit");
    for (uint32_t i = units - WP_V4_MARGIN; i < units; i++)
        if (view->fragments[i] != 0)
            return wp_fault(view, fault, view->fragments + i, "the margin is not zero");
    /* Twice, since it is faster where the units are known. */
    if (view->shape.class_units == 1)
        return verify_singles(view, fault, 1) && verify_roots(view, fault, 1);
    return verify_singles(view, fault, 2) && verify_roots(view, fault, 2);
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

static bool
verify_v6_values(const struct wp_view *view, struct woapol_fault *fault)
{
    uint32_t next = 0;
    for (uint32_t i = 0; i < view->shape.v6_count; i++) {
        const uint32_t value = view->v6_values[i];
        if (!(value & WP_V6_IS_PLACE)) {
            if (value >= view->shape.classes)
                return wp_fault(view, fault, view->v6_values + i,
                                "an address class is out of range");
            continue;
        }
        if ((value & ~WP_V6_IS_PLACE) != next || next >= view->shape.v6_lower)
            return wp_fault(view, fault, view->v6_values + i, "no lower halves are there");
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
           verify_tree(view, fault) && verify_v6_values(view, fault);
}
