/*
 * The tables that lead from an address to its class: every place in range, every
 * search over rising keys that start at 0, every class one that has a row.
 */
#include "lookup.h"
#include "verify.h"

/* ---- IPv4 ----------------------------------------------------------------------- */

static bool
verify_v4_classes(const struct wp_view *view, struct woapol_fault *fault)
{
    static const char reason[] = "an address class is out of range";
    const uint32_t count = view->shape.v4_count, classes = view->shape.classes;
    if (view->shape.class_units == 2)
        return wp_all_below(view, fault, (const uint32_t *)(const void *)view->v4_classes, count,
                            classes, reason);
    uint16_t largest = 0;
    for (uint32_t i = 0; i < count; i++)
        largest = view->v4_classes[i] > largest ? view->v4_classes[i] : largest;
    return largest < classes || wp_fault(view, fault, view->v4_classes, reason);
}

static bool
verify_keys(const struct wp_view *view, struct woapol_fault *fault, const uint32_t *keys)
{
    const uint32_t count = view->shape.v4_count;
    bool wrong = keys[0] != 0;
    for (uint32_t i = 1; i < count; i++)
        wrong |= keys[i - 1] >= keys[i];
    return !wrong || wp_fault(view, fault, keys, "IPv4 ranges do not rise from 0");
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
    return verify_keys(view, fault, keys);
}

/* Offsets that go on from one part to the next, and where a /16 begins as its base says;
 * they end at the last range. Returns how often the first start of a part is not above the
 * one before it, which is in another part; or WP_NO_NUMBER. */
static uint32_t
check_offsets(const struct wp_view *view, struct woapol_fault *fault)
{
    const uint32_t parts = UINT32_C(1) << view->shape.v4_bits, count = view->shape.v4_count;
    const uint32_t a_base = parts / WP_V4_BASES;
    const uint16_t *offsets = view->v4_offsets, *lows = view->v4_lows;
    uint32_t first = 0, falls = 0;
    for (uint32_t i = 0; i < parts; i++) {
        if ((i & (a_base - 1)) == 0 && view->v4_keys[i / a_base] != first) { /* a power of two */
            (void)wp_fault(view, fault, view->v4_keys + i / a_base, "a base is not its offset");
            return WP_NO_NUMBER;
        }
        const uint32_t some = (uint16_t)(offsets[i + 1] - offsets[i]);
        if (some > count - first) {
            (void)wp_fault(view, fault, offsets + i, "a part has more ranges than there are");
            return WP_NO_NUMBER;
        }
        /* Without branches, which nobody could guess; behind the last low is a margin. */
        falls += (some > 0) & (first > 0) & (lows[first - (first > 0)] >= lows[first]);
        first += some;
    }
    if (offsets[0] == 0 && offsets[1] > 0 && first == count && offsets[parts + 1] == 0)
        return falls;
    (void)wp_fault(view, fault, offsets, "offsets do not lead from the first range to the last");
    return WP_NO_NUMBER;
}

/* Starts fall nowhere but from one part to the next, so within parts they rise. */
static bool
verify_lows(const struct wp_view *view, struct woapol_fault *fault, uint32_t falls)
{
    const uint32_t count = view->shape.v4_count;
    const uint16_t *lows = view->v4_lows;
    uint16_t largest = 0, margin = 0;
    uint32_t all = 0;
    for (uint32_t i = 0; i < count; i++)
        largest = lows[i] > largest ? lows[i] : largest;
    for (uint32_t i = 1; i < count; i++)
        all += lows[i - 1] >= lows[i];
    for (uint32_t i = 0; i < WP_V4_LOWS_MARGIN + count % 2; i++)
        margin |= lows[count + i];
    if (lows[0] != 0 || all != falls || largest > UINT32_MAX >> view->shape.v4_bits)
        return wp_fault(view, fault, lows, "IPv4 ranges do not rise from 0");
    return margin == 0 || wp_fault(view, fault, lows + count, "the margin is not zero");
}

static bool
verify_table(const struct wp_view *view, struct woapol_fault *fault)
{
    const uint32_t falls = check_offsets(view, fault);
    return falls != WP_NO_NUMBER && verify_lows(view, fault, falls);
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
           verify_v4_classes(view, fault) && verify_tree(view, fault) &&
           verify_v6_values(view, fault);
}
