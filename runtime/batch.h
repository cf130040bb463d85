/*
 * Many decisions at once: what each will read of its address is asked for before any is made,
 * so that memory delivers it for all of them together: the place where the address is looked
 * up, its class, the rows of that. Other rows and most lines are the same for all requests of
 * one person, and soon in the cache. And an evaluator, one a file.
 */
#ifndef WP_RUNTIME_BATCH_H
#define WP_RUNTIME_BATCH_H

#include "evaluate.h"

#define BATCH 16u

/* A request on its way. In a wide image: the columns that matter, and its rows in the first. */
struct pending {
    struct point point;
    bool is_located;
    struct span span;
    struct column column;
};

/* Asks for what an IPv4 address is looked up in, then for where that leads. */
WP_INLINE void
ask_for_place(const struct wp_view *view, const struct woapol_request *request)
{
    wp_v4_ask_for_place(view, v4_address(request));
}
WP_INLINE void
ask_for_ranges(const struct wp_view *view, const struct woapol_request *request)
{
    if (request->address_family == 4)
        wp_v4_ask_for_value(view, v4_address(request));
}

/* Asks for which rows a class is. */
WP_INLINE void
ask_for_parts(const struct wp_view *view, struct point point)
{
    const size_t first = wp_parts_of(view, point.class).first;
    if (view->shape.parts > 1)
        __builtin_prefetch(view->parts + first * view->shape.part_size);
}

/* Finds the rows of the first column that matters, and asks for those of the address. */
WP_INLINE void
ask_for_rows(const struct wp_view *view, const struct target *target, struct pending *pending)
{
    const struct wp_policy_record *policy = &view->policies[pending->point.policy];
    const uint32_t parts = view->shape.parts;
    pending->span = (struct span){1, 0};
    if (policy->first < policy->last)
        pending->span = span_of(target, policy->first, policy->last);
    if (pending->span.number > pending->span.end)
        return;
    const bool with_apps = tests_apps(view, &pending->point);
    find_rows(view, &pending->point, pending->span.number, parts, with_apps, &pending->column);
    for (uint32_t i = 0; i < parts; i++)
        __builtin_prefetch(pending->column.parts[i]);
    if (with_apps)
        __builtin_prefetch(pending->column.app);
}

/* The first of the policy's entries that all have, or one behind them. */
WP_INLINE uint32_t
find_pending(const struct wp_view *view, const struct target *target, struct pending *pending)
{
    const struct wp_policy_record *policy = &view->policies[pending->point.policy];
    if (pending->span.number > pending->span.end)
        return WP_NO_NUMBER;
    return search_columns(view, &pending->point, &pending->column, view->shape.parts,
                          tests_apps(view, &pending->point), target, pending->span, policy->first,
                          policy->last);
}

WP_INLINE void
ask_for_narrow_lines(const struct wp_view *view, enum wp_kind kind, struct point point)
{
    const uint32_t parts = view->shape.parts;
    if (kind == WP_NARROWEST || kind == WP_NARROW_ROWS) {
        const uint32_t blocks = kind == WP_NARROWEST ? 1 : 2;
        __builtin_prefetch(view->class_lines + (size_t)point.class * blocks);
        __builtin_prefetch(view->class_lines + (size_t)point.class * blocks + blocks - 1);
        return;
    }
    for (uint32_t i = 0; i < parts; i++) {
        const struct wp_row *row = view->rows + wp_part(view, point.class, parts, i);
        for (uint32_t block = 0; block < view->shape.blocks; block++)
            __builtin_prefetch(view->lines + row->lines[block]);
    }
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
        if (pending[i].is_located &&
            (kind == WP_WIDE || (kind == WP_NARROW && wp_is_uneven(&view->shape))))
            ask_for_parts(view, *point);
        else if (pending[i].is_located)
            ask_for_narrow_lines(view, kind, *point);
    }
    for (size_t i = 0; i < count && kind == WP_WIDE; i++)
        if (pending[i].is_located)
            ask_for_rows(view, &target, &pending[i]);
    for (size_t i = 0; i < count; i++)
        if (pending[i].is_located && kind == WP_WIDE)
            say(view,
                found_at(view, principal, pending[i].point,
                         find_pending(view, &target, &pending[i])),
                &decisions[i]);
        else if (pending[i].is_located)
            say(view, find(view, kind, principal, pending[i].point), &decisions[i]);
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

/* Decisions in images of a kind, all in one: what is called is what few need. */
#define DECIDE(name, kind, others)                                                                 \
    static __attribute__((flatten)) void name(                                                     \
        const struct wp_view *view, struct woapol_principal *principal,                            \
        const struct woapol_request *request, struct woapol_decision *decision)                    \
    {                                                                                              \
        if (!decide_mostly(view, kind, principal, request, decision))                              \
            others(view, principal, request, decision);                                            \
    }
#define DECIDE_ANY(name, kind)                                                                     \
    static __attribute__((noinline, flatten)) void name(                                           \
        const struct wp_view *view, struct woapol_principal *principal,                            \
        const struct woapol_request *request, struct woapol_decision *decision)                    \
    {                                                                                              \
        decide_kind(view, kind, principal, request, decision);                                     \
    }
#define DECIDE_BATCH(name, kind)                                                                   \
    static void name(const struct wp_view *view, struct woapol_principal *principal,               \
                     const struct woapol_request *requests, size_t count,                          \
                     struct woapol_decision *decisions)                                            \
    {                                                                                              \
        decide_all(view, kind, principal, requests, count, decisions);                             \
    }
DECIDE_ANY(decide_any_narrowest, WP_NARROWEST)
DECIDE_ANY(decide_any_narrow_rows, WP_NARROW_ROWS)
DECIDE_ANY(decide_any_narrow_pairs, WP_NARROW_PAIRS)
DECIDE_ANY(decide_narrow, WP_NARROW)
DECIDE_ANY(decide_wide, WP_WIDE)
DECIDE(decide_narrowest, WP_NARROWEST, decide_any_narrowest)
DECIDE(decide_narrow_rows, WP_NARROW_ROWS, decide_any_narrow_rows)
DECIDE(decide_narrow_pairs, WP_NARROW_PAIRS, decide_any_narrow_pairs)
DECIDE(decide_wide_rows, WP_WIDE_ROWS, decide_wide)
DECIDE(decide_wide_pairs, WP_WIDE_PAIRS, decide_wide)
DECIDE(decide_wide_quads, WP_WIDE_QUADS, decide_wide)
DECIDE_BATCH(decide_narrowest_batch, WP_NARROWEST)
DECIDE_BATCH(decide_narrow_rows_batch, WP_NARROW_ROWS)
DECIDE_BATCH(decide_narrow_pairs_batch, WP_NARROW_PAIRS)
DECIDE_BATCH(decide_narrow_batch, WP_NARROW)
DECIDE_BATCH(decide_wide_batch, WP_WIDE)
#undef DECIDE_BATCH
#undef DECIDE_ANY
#undef DECIDE

#define WP_EVALUATOR                                                                               \
    {                                                                                              \
        .decide = {[WP_NARROWEST] = {decide_narrowest, decide_narrowest_batch},                    \
                   [WP_NARROW_ROWS] = {decide_narrow_rows, decide_narrow_rows_batch},              \
                   [WP_NARROW_PAIRS] = {decide_narrow_pairs, decide_narrow_pairs_batch},           \
                   [WP_NARROW] = {decide_narrow, decide_narrow_batch},                             \
                   [WP_WIDE_ROWS] = {decide_wide_rows, decide_wide_batch},                         \
                   [WP_WIDE_PAIRS] = {decide_wide_pairs, decide_wide_batch},                       \
                   [WP_WIDE_QUADS] = {decide_wide_quads, decide_wide_batch},                       \
                   [WP_WIDE] = {decide_wide, decide_wide_batch}},                                  \
        .reports = reports                                                                         \
    }

#endif
