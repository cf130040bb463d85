/*
 * Many decisions at once: all that each will read is asked for before any is made, so that
 * memory delivers it for all of them together. And an evaluator, one a file.
 */
#ifndef WP_RUNTIME_BATCH_H
#define WP_RUNTIME_BATCH_H

#include "evaluate.h"

#define BATCH 16u
#define BLOCKS_AHEAD 2 /* of a decision, of those that no summary rules out */

/* A request on its way: what was asked for last. */
struct pending {
    struct point point;
    bool is_located;
    struct column column;
    uint32_t block, some; /* where the column starts, and which blocks of it matter */
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

WP_INLINE bool
tests_apps(const struct wp_view *view, struct point point)
{
    return view->policies[point.policy].flags & WP_POLICY_TESTS_APPS;
}

WP_INLINE void
ask_for_rows(const struct wp_view *view, struct point point)
{
    const uint32_t parts = view->shape.parts;
    for (uint32_t i = 0; i < parts; i++)
        __builtin_prefetch(view->rows +
                           (size_t)part_of(view, point.class, parts, i) * view->shape.columns);
}

WP_INLINE void
ask_for_narrow_lines(const struct wp_view *view, struct point point)
{
    const uint32_t parts = view->shape.parts;
    for (uint32_t i = 0; i < parts; i++) {
        const struct wp_row *row = view->rows + part_of(view, point.class, parts, i);
        for (uint32_t block = 0; block < view->shape.blocks; block++)
            __builtin_prefetch(view->lines + row->lines[block]);
    }
}

/* Calls `act` for each row of a pending decision's column. */
#define EACH_ROW(view, column, act)                                                                \
    do {                                                                                           \
        act((column).rows + WP_ROW_ABSENT * (view)->shape.columns, WP_FAMILY_ADDRESS);             \
        for (uint32_t part_ = 0; part_ < (view)->shape.parts; part_++)                             \
            act((column).parts[part_], WP_FAMILY_ADDRESS);                                         \
        act((column).device, WP_FAMILY_DEVICE);                                                    \
        act((column).posture, WP_FAMILY_POSTURE);                                                  \
    } while (0)

/* Decides where the rows are found already. */
WP_INLINE void
decide_wide_pending(const struct wp_view *view, struct woapol_principal *principal,
                    const struct target *target, struct pending *pending,
                    struct woapol_decision *decision)
{
    const struct point point = pending->point;
    const struct wp_policy_record *policy = &view->policies[point.policy];
    uint32_t entry = WP_NO_NUMBER;
    if (policy->first < policy->last)
        entry = search_columns(view, &point, &pending->column, view->shape.parts, false, target,
                               policy->first, policy->last);
    run_outcome(view, point.policy, found_at(view, principal, point, entry), decision);
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
    pending->block = number * WP_COLUMN_BLOCKS;
    pending->some = blocks_of(&pending->column, target, number, policy->first, policy->last);
    if (pending->some == 0)
        return;
    const uint32_t place = (uint32_t)__builtin_ctz(pending->some);
#define ASK(row, family) __builtin_prefetch(view->line_numbers + (row)->numbers + place)
    EACH_ROW(view, pending->column, ASK);
#undef ASK
}

WP_INLINE void
ask_for_lines(const struct wp_view *view, const struct target *target,
              const struct pending *pending)
{
    uint32_t some = pending->some;
    for (int i = 0; i < BLOCKS_AHEAD && some != 0; i++, some &= some - 1) {
        const struct spot spot = spot_at(view, pending->block, (uint32_t)__builtin_ctz(some));
#define ASK(row, family) __builtin_prefetch(line_at(view, row, spot.bases[family], spot.place))
        EACH_ROW(view, pending->column, ASK);
#undef ASK
        __builtin_prefetch(target->row + spot.block);
    }
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
        if (pending[i].is_located && kind == WP_WIDE && !tests_apps(view, pending[i].point))
            decide_wide_pending(view, principal, &target, &pending[i], &decisions[i]);
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
    static __attribute__((flatten)) void name(                                                     \
        const struct wp_view *view, struct woapol_principal *principal,                            \
        const struct woapol_request *request, struct woapol_decision *decision)                    \
    {                                                                                              \
        decide_kind(view, kind, principal, request, decision);                                     \
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
