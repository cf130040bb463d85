/*
 * Many decisions at once: all that each will read is asked for before any is made, so that
 * memory delivers it for all of them together. And an evaluator, one a file.
 */
#ifndef WP_RUNTIME_BATCH_H
#define WP_RUNTIME_BATCH_H

#include "evaluate.h"

#define BATCH 16u

/* A request on its way. In a wide image: the rows of its policy's first column, which blocks
 * of it matter, and the lines of the first that does. */
struct pending {
    struct point point;
    bool is_located;
    struct column column;
    uint32_t number, some;
    struct lines lines;
};

/* Asks for what an IPv4 address is looked up in, then for where that leads. */
WP_INLINE void
ask_for_place(const struct wp_view *view, const struct woapol_request *request)
{
    wp_v4_ask_for_place(view, (uint32_t)(read_big(request->address) >> 32));
}
WP_INLINE void
ask_for_ranges(const struct wp_view *view, const struct woapol_request *request)
{
    if (request->address_family == 4)
        wp_v4_ask_for_value(view, (uint32_t)(read_big(request->address) >> 32));
}

WP_INLINE void
ask_for_rows(const struct wp_view *view, struct point point)
{
    const uint32_t parts = view->shape.parts;
    for (uint32_t i = 0; i < parts; i++)
        __builtin_prefetch(view->rows +
                           (size_t)wp_part(view, point.class, parts, i) * view->shape.columns);
}

WP_INLINE void
ask_for_narrow_lines(const struct wp_view *view, struct point point)
{
    const uint32_t parts = view->shape.parts;
    for (uint32_t i = 0; i < parts; i++) {
        const struct wp_row *row = view->rows + wp_part(view, point.class, parts, i);
        for (uint32_t block = 0; block < view->shape.blocks; block++)
            __builtin_prefetch(view->lines + row->lines[block]);
    }
}

WP_INLINE void
ask_for_number(const struct wp_view *view, const struct pending *pending, const struct wp_row *row)
{
    __builtin_prefetch(view->line_numbers + row->numbers + __builtin_ctz(pending->some));
}

/* Finds the first blocks that matter, and asks for the numbers of their lines. */
WP_INLINE void
ask_for_numbers(const struct wp_view *view, const struct target *target, struct pending *pending)
{
    const struct wp_policy_record *policy = &view->policies[pending->point.policy];
    const uint32_t number = policy->first / WP_BLOCK_BITS / WP_COLUMN_BLOCKS;
    pending->some = 0;
    if (policy->first >= policy->last)
        return;
    find_rows(view, &pending->point, number, view->shape.parts, false, &pending->column);
    pending->number = number;
    pending->some = blocks_of(&pending->column, target, number, policy->first, policy->last);
    if (pending->some == 0)
        return;
    ask_for_number(view, pending, &view->rows[WP_ROW_ABSENT * view->shape.columns + number]);
    for (uint32_t i = 0; i < view->shape.parts; i++)
        ask_for_number(view, pending, pending->column.parts[i]);
    ask_for_number(view, pending, pending->column.device);
    ask_for_number(view, pending, pending->column.posture);
}

/* Where the first block that matters is. */
WP_INLINE struct spot
first_spot(const struct wp_view *view, const struct pending *pending)
{
    return spot_at(view, pending->number * WP_COLUMN_BLOCKS,
                   (uint32_t)__builtin_ctz(pending->some));
}

WP_INLINE void
ask_for_lines(const struct wp_view *view, const struct target *target, struct pending *pending)
{
    if (pending->some == 0)
        return;
    const struct spot spot = first_spot(view, pending);
    struct lines *lines = &pending->lines;
    find_lines(view, &pending->column, view->shape.parts, false, spot, lines);
    for (uint32_t i = 0; i <= view->shape.parts; i++)
        __builtin_prefetch(lines->address[i]);
    __builtin_prefetch(lines->device);
    __builtin_prefetch(lines->posture);
    __builtin_prefetch(target->row + spot.block);
}

/* The first of the policy's entries that all have, or one behind them. */
WP_INLINE uint32_t
find_pending(const struct wp_view *view, const struct target *target, struct pending *pending)
{
    const struct wp_policy_record *policy = &view->policies[pending->point.policy];
    if (policy->first >= policy->last)
        return WP_NO_NUMBER;
    if (pending->some != 0) {
        const struct spot spot = first_spot(view, pending);
        const struct wp_bits bits =
            bits_of(&pending->lines, view->shape.parts, false, target->row + spot.block);
        const uint32_t bit = first_in(bits, spot.block, policy->first);
        if (bit < WP_BLOCK_BITS)
            return spot.block * WP_BLOCK_BITS + bit;
    }
    return search_columns(view, &pending->point, &pending->column, view->shape.parts, false, target,
                          pending->some & (pending->some - 1), policy->first, policy->last);
}

WP_INLINE void
ask_for_all(const struct wp_view *view, enum wp_kind kind, const struct target *target,
            struct pending *pending, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (pending[i].is_located && kind != WP_WIDE)
            ask_for_narrow_lines(view, pending[i].point);
        else if (pending[i].is_located)
            ask_for_numbers(view, target, &pending[i]);
    for (size_t i = 0; i < count && kind == WP_WIDE; i++)
        if (pending[i].is_located)
            ask_for_lines(view, target, &pending[i]);
}

WP_INLINE void
decide_some(const struct wp_view *view, enum wp_kind kind, struct woapol_principal *principal,
            const struct woapol_request *requests, size_t count, struct woapol_decision *decisions)
{
    const struct target target = target_of(view, principal, false);
    struct pending pending[BATCH];
    for (size_t i = 0; i < count; i++)
        ask_for_place(view, &requests[i]);
    for (size_t i = 0; i < count; i++)
        ask_for_ranges(view, &requests[i]);
    for (size_t i = 0; i < count; i++) {
        struct point *point = &pending[i].point;
        pending[i].is_located = locate(view, &requests[i], point) && point->policy != WP_NO_NUMBER;
        if (pending[i].is_located)
            ask_for_rows(view, *point);
    }
    ask_for_all(view, kind, &target, pending, count);
    for (size_t i = 0; i < count; i++)
        if (pending[i].is_located && kind == WP_WIDE && !tests_apps(view, &pending[i].point))
            run_outcome(view, pending[i].point.policy,
                        found_at(view, principal, pending[i].point,
                                 find_pending(view, &target, &pending[i])),
                        &decisions[i]);
        else if (pending[i].is_located)
            decide_at(view, kind, principal, pending[i].point, &decisions[i]);
        else
            decide_kind(view, kind, principal, &requests[i], &decisions[i]);
}

WP_INLINE void
decide_all(const struct wp_view *view, enum wp_kind kind, struct woapol_principal *principal,
           const struct woapol_request *requests, size_t count, struct woapol_decision *decisions)
{
    while (count > 0) {
        const size_t some = count < BATCH ? count : BATCH;
        decide_some(view, kind, principal, requests, some, decisions);
        requests += some;
        decisions += some;
        count -= some;
    }
}

/* ---- for all kinds of images ----------------------------------------------------------- */

/* Decisions in images of each kind, all in one: what is called is what few need. */
#define DECIDE(name, kind)                                                                         \
    static __attribute__((noinline, flatten)) void name##_whatever(                                \
        const struct wp_view *view, struct woapol_principal *principal,                            \
        const struct woapol_request *request, struct woapol_decision *decision)                    \
    {                                                                                              \
        decide_kind(view, kind, principal, request, decision);                                     \
    }                                                                                              \
    static __attribute__((flatten)) void name(                                                     \
        const struct wp_view *view, struct woapol_principal *principal,                            \
        const struct woapol_request *request, struct woapol_decision *decision)                    \
    {                                                                                              \
        if (kind == WP_WIDE || kind == WP_NARROW ||                                                \
            !decide_mostly(view, kind, principal, request, decision))                              \
            name##_whatever(view, principal, request, decision);                                   \
    }                                                                                              \
    static void name##_batch(const struct wp_view *view, struct woapol_principal *principal,       \
                             const struct woapol_request *requests, size_t count,                  \
                             struct woapol_decision *decisions)                                    \
    {                                                                                              \
        decide_all(view, kind, principal, requests, count, decisions);                             \
    }
DECIDE(decide_narrowest, WP_NARROWEST)
DECIDE(decide_narrow_rows, WP_NARROW_ROWS)
DECIDE(decide_narrow_pairs, WP_NARROW_PAIRS)
DECIDE(decide_narrow, WP_NARROW)
DECIDE(decide_wide, WP_WIDE)
#undef DECIDE

#define DECISIONS(kind, name) [kind] = {name, name##_batch}
#define WP_EVALUATOR                                                                               \
    {                                                                                              \
        .decide = {DECISIONS(WP_NARROWEST, decide_narrowest),                                      \
                   DECISIONS(WP_NARROW_ROWS, decide_narrow_rows),                                  \
                   DECISIONS(WP_NARROW_PAIRS, decide_narrow_pairs),                                \
                   DECISIONS(WP_NARROW, decide_narrow), DECISIONS(WP_WIDE, decide_wide)},          \
        .reports = reports                                                                         \
    }

#endif
