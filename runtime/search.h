/*
 * The search for the first entry that all rows of a request and one of a principal
 * have. For evaluate.h and decide.c alone.
 */
#ifndef WP_RUNTIME_SEARCH_H
#define WP_RUNTIME_SEARCH_H

#include "point.h"

#ifdef WP_SMALL /* word by word, where code has to be small */

static uint64_t
word_of(const struct wp_view *view, uint32_t number, enum wp_family family, uint32_t entry)
{
    return view->lines[wp_line_of(view, family, number, entry / WP_BLOCK_BITS)]
        .words[entry / 64 % WP_LINE_WORDS];
}

static uint32_t
search(const struct wp_view *view, struct point point, struct target target, uint32_t first,
       uint32_t last)
{
    for (; first < last; first = (first | 63) + 1) {
        uint64_t bits = target.row[first / WP_BLOCK_BITS].words[first / 64 % WP_LINE_WORDS];
        bits &= UINT64_MAX << first % 64;
        if (bits == 0)
            continue;
        bits &= word_of(view, point.device, WP_FAMILY_DEVICE, first);
        bits &= word_of(view, point.posture, WP_FAMILY_POSTURE, first);
        uint64_t address = word_of(view, WP_ROW_ABSENT, WP_FAMILY_ADDRESS, first);
        const struct wp_parts parts = wp_parts_of(view, point.class);
        for (uint32_t i = 0; i < parts.count; i++)
            address ^= word_of(view, wp_row_of(view, parts, i), WP_FAMILY_ADDRESS, first);
        bits &= address;
        if (tests_apps(view, &point))
            bits &= word_of(view, absent_app(view), WP_FAMILY_APP, first) ^
                    word_of(view, app_row(view, &point), WP_FAMILY_APP, first);
        if (bits == 0)
            continue;
        first = (first & ~63u) + (uint32_t)__builtin_ctzll(bits);
        return first < last ? first : WP_NO_NUMBER;
    }
    return WP_NO_NUMBER;
}

/* The first deciding entry of a point's policy that all rows have, or one behind them. */
WP_INLINE uint32_t
find_entry(const struct wp_view *view, enum wp_kind kind, struct point point, struct target target)
{
    const struct wp_policy_record *policy = &view->policies[point.policy];
    (void)kind;
    return search(view, point, target, policy->first, policy->last);
}

#else

#include "search_head.h"
#include "search_marks.h"
#include "search_narrow.h"
#include "search_wide.h"

/* The first entry of [first, last) that all rows have, or WP_NO_NUMBER. */
static uint32_t
search(const struct wp_view *view, struct point point, struct target target, uint32_t first,
       uint32_t last)
{
    if (first >= last)
        return WP_NO_NUMBER;
    return wp_is_narrow(&view->shape) ? search_narrow(view, point, target, first, last)
                                      : search_wide(view, &point, target, first, last);
}

/* The first deciding entry of a point's policy that all rows have, or one that is behind
 * them; in an image of a kind. */
WP_INLINE uint32_t
find_entry(const struct wp_view *view, enum wp_kind kind, struct point point, struct target target)
{
    const struct wp_policy_record *policy = &view->policies[point.policy];
    if (wp_is_wide(kind))
        return policy->first < policy->last
                   ? search_wide(view, &point, target, policy->first, policy->last)
                   : WP_NO_NUMBER;
    if (kind == WP_NARROW || tests_apps(view, &point))
        return search(view, point, target, policy->first, policy->last);
    return find_leading(view, kind, false, point, target.row);
}

#endif
#endif
