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

/* A request on its way. In a wide image: the entry from which on it is looked for, the columns
 * that matter, and its rows in the first. */
struct pending {
    struct point point;
    bool is_open;
    uint32_t from;
    struct span span;
    struct column column;
};

/* Requests that are decided together, for one principal in an image of a kind. */
struct batch {
    const struct wp_view *view;
    enum wp_kind kind;
    struct woapol_principal *principal;
    struct target target;
    const struct woapol_request *requests;
    struct woapol_decision *decisions;
    size_t count;
    struct pending *pending;
};

/* ---- where they stand -------------------------------------------------------------------- */

/* Asks for what an IPv4 address is looked up in, then for where that leads. */
WP_INLINE void
ask_for_classes(const struct batch *batch)
{
    for (size_t i = 0; i < batch->count; i++)
        wp_v4_ask_for_place(batch->view, v4_address(batch->requests[i].address));
    for (size_t i = 0; i < batch->count; i++)
        if (batch->requests[i].address_family == 4)
            wp_v4_ask_for_value(batch->view, v4_address(batch->requests[i].address));
}

/* Asks for which rows a class is. */
WP_INLINE void
ask_for_parts(const struct wp_view *view, struct point point)
{
    const size_t first = wp_parts_of(view, point.class).first;
    if (view->shape.parts > 1)
        __builtin_prefetch(view->parts + first * view->shape.part_size);
}

/* Asks for the lines that a class leads to. */
WP_INLINE void
ask_for_lines(const struct wp_view *view, enum wp_kind kind, struct point point)
{
    const uint32_t parts = view->shape.parts;
    if (kind == WP_NARROW_MARKED) {
        __builtin_prefetch(view->marks + point.class);
        return;
    }
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

/* Those that stand nowhere, or where there is no policy, are decided at once. */
WP_INLINE void
locate_all(const struct batch *batch)
{
    const struct wp_view *view = batch->view;
    const bool uneven = batch->kind == WP_NARROW && wp_is_uneven(&view->shape);
    for (size_t i = 0; i < batch->count; i++) {
        struct pending *pending = &batch->pending[i];
        const struct woapol_request *request = &batch->requests[i];
        pending->is_open =
            locate(view, request, &pending->point) && pending->point.policy != WP_NO_NUMBER;
        if (!pending->is_open)
            decide_kind(view, batch->kind, batch->principal, request, &batch->decisions[i]);
        else if (batch->kind == WP_MARKED)
            __builtin_prefetch(view->marks + pending->point.class);
        else if (wp_is_wide(batch->kind) || uneven)
            ask_for_parts(view, pending->point);
        else
            ask_for_lines(view, batch->kind, pending->point);
    }
}

/* Decides one of them by the first entry that all rows have. */
WP_INLINE void
say_at(const struct batch *batch, size_t number, uint32_t entry)
{
    const struct point point = batch->pending[number].point;
    say(batch->view, found_at(batch->view, batch->principal, point, entry),
        &batch->decisions[number]);
}

/* Decides one of them by the person's shortlist. Returns whether there is one of its policy, and
 * so nothing else is to be looked at but rows. */
WP_INLINE bool
decide_listed(const struct batch *batch, size_t number)
{
    struct pending *pending = &batch->pending[number];
    struct wp_shortlist *list = wp_shortlist(batch->view, batch->principal);
    const struct wp_mark *mark = batch->view->marks + pending->point.class;
    if (is_special(batch->principal) || pending->point.policy != list->policy)
        return false;
    uint32_t place = look_at_list(list, mark, listed_by(list, pending->point));
    if (place == WP_NO_NUMBER && complete_list(batch->view, list, pending->point))
        place = look_at_list(list, mark, listed_by(list, pending->point));
    pending->is_open = place == WP_NO_NUMBER;
    if (!pending->is_open)
        say(batch->view, found_in_list(list, pending->point, place), &batch->decisions[number]);
    return true;
}

/* ---- in wide images ------------------------------------------------------------------------ */

/* Whether a request is first looked for in the head. */
WP_INLINE bool
has_head(const struct batch *batch, const struct pending *pending)
{
    return pending->is_open && pending->from == batch->view->shape.head * WP_BLOCK_BITS &&
           !tests_apps(batch->view, &pending->point);
}

WP_INLINE void
ask_for_heads(const struct batch *batch, uint32_t parts)
{
    for (size_t i = 0; i < batch->count; i++) {
        struct pending *pending = &batch->pending[i];
        uint32_t rows[MOST_PARTS];
        if (!pending->is_open)
            continue;
        find_parts(batch->view, parts, pending->point.class, rows);
        FOR_EACH_PART (part, parts)
            __builtin_prefetch(batch->view->heads + rows[part]);
    }
}

WP_INLINE void
decide_by_heads(const struct batch *batch, uint32_t parts)
{
    const struct wp_view *view = batch->view;
    const struct wp_line *person = batch->target.row + view->shape.head;
    for (size_t i = 0; i < batch->count; i++) {
        struct pending *pending = &batch->pending[i];
        if (!has_head(batch, pending))
            continue;
        const uint32_t entry = find_in_head(view, parts, pending->point, person);
        pending->is_open = entry >= HEAD_ENTRIES;
        if (!pending->is_open)
            say_at(batch, i, pending->from + entry);
        pending->from += HEAD_ENTRIES;
    }
}

/* Finds the rows of the first column that matters, and asks for those of the address. */
WP_INLINE void
ask_for_rows(const struct batch *batch, struct pending *pending)
{
    const struct wp_view *view = batch->view;
    const uint32_t parts = view->shape.parts, last = view->policies[pending->point.policy].last;
    pending->span = (struct span){1, 0};
    if (pending->from < last)
        pending->span = span_of(&batch->target, pending->from, last);
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
find_pending(const struct batch *batch, struct pending *pending)
{
    const struct wp_view *view = batch->view;
    if (pending->span.number > pending->span.end)
        return WP_NO_NUMBER;
    return search_columns(view, &pending->point, &pending->column, view->shape.parts,
                          tests_apps(view, &pending->point), &batch->target, pending->span,
                          pending->from, view->policies[pending->point.policy].last);
}

WP_INLINE void
begin_at_policies(const struct batch *batch)
{
    for (size_t i = 0; i < batch->count; i++)
        if (batch->pending[i].is_open)
            batch->pending[i].from = batch->view->policies[batch->pending[i].point.policy].first;
}

static __attribute__((noinline)) void
decide_by_rows(const struct batch *batch)
{
    for (size_t i = 0; i < batch->count; i++)
        if (batch->pending[i].is_open)
            ask_for_rows(batch, &batch->pending[i]);
    for (size_t i = 0; i < batch->count; i++)
        if (batch->pending[i].is_open)
            say_at(batch, i, find_pending(batch, &batch->pending[i]));
}

/* By what looks at shortlists and leads tell; asks for the rows' numbers where that is not
 * enough. */
WP_INLINE void
decide_by_marks(const struct batch *batch)
{
    for (size_t i = 0; i < batch->count; i++) {
        struct pending *pending = &batch->pending[i];
        if (!pending->is_open || tests_apps(batch->view, &pending->point))
            continue;
        if (batch->view->shortlist != 0 && decide_listed(batch, i)) {
            if (pending->is_open)
                ask_for_parts(batch->view, pending->point);
            continue;
        }
        const struct sight sight = look(batch->view, WP_MARKED, pending->point, batch->target.row);
        pending->is_open = !sight.is_sure;
        pending->from = sight.entry;
        if (sight.is_sure)
            say_at(batch, i, sight.entry);
        else
            ask_for_parts(batch->view, pending->point);
    }
}

WP_INLINE void
decide_wide_some(const struct batch *batch)
{
    begin_at_policies(batch);
    if (batch->kind == WP_MARKED)
        decide_by_marks(batch);
    else if (batch->kind != WP_WIDE && is_in_head(batch->view, batch->target)) {
        ask_for_heads(batch, most_parts(batch->kind));
        decide_by_heads(batch, most_parts(batch->kind));
    }
    decide_by_rows(batch);
}

/* ---- all ------------------------------------------------------------------------------------ */

WP_INLINE void
decide_some(const struct batch *batch)
{
    const struct wp_view *view = batch->view;
    ask_for_classes(batch);
    locate_all(batch);
    if (wp_is_wide(batch->kind)) {
        decide_wide_some(batch);
        return;
    }
    for (size_t i = 0; i < batch->count; i++) {
        const struct pending *pending = &batch->pending[i];
        if (batch->kind == WP_NARROW_MARKED && pending->is_open &&
            !tests_apps(view, &pending->point))
            (void)decide_listed(batch, i);
        if (pending->is_open)
            say_at(batch, i, find_entry(view, batch->kind, pending->point, batch->target));
    }
}

/* For somebody who can match nothing, memory has nothing to deliver. */
WP_INLINE void
decide_each(const struct wp_view *view, struct woapol_principal *principal,
            const struct woapol_request *requests, size_t count, struct woapol_decision *decisions)
{
    for (size_t i = 0; i < count; i++)
        view->decide(view, principal, &requests[i], &decisions[i]);
}

WP_INLINE void
decide_all(const struct wp_view *view, enum wp_kind kind, struct woapol_principal *principal,
           const struct woapol_request *requests, size_t count, struct woapol_decision *decisions)
{
    struct pending pending[BATCH];
    struct batch batch = {.view = view,
                          .kind = kind,
                          .principal = principal,
                          .target = target_of(view, principal, false),
                          .pending = pending};
    if (kind == WP_MARKED && principal->is_empty) {
        decide_each(view, principal, requests, count, decisions);
        return;
    }
    for (size_t at = 0; at < count; at += BATCH) {
        batch.requests = requests + at;
        batch.decisions = decisions + at;
        batch.count = count - at < BATCH ? count - at : BATCH;
        decide_some(&batch);
    }
}

/* ---- for all kinds of images ----------------------------------------------------------- */

/* Decisions in images of a kind and manner: of any address; of any request, which leaves all but
 * most addresses to those. */
#define DECIDE_BY_ADDRESS(name, kind, manner, others)                                              \
    static __attribute__((noinline)) WP_FLAT void name##_by_address(                               \
        const struct wp_view *view, struct woapol_principal *principal,                            \
        const struct woapol_request *request, struct woapol_decision *decision)                    \
    {                                                                                              \
        const struct way way = {kind, manner, NULL, others};                                       \
        decide_by_address(view, way, principal, request, decision);                                \
    }
#define DECIDE_ONE(name, kind, manner, by_address, others)                                         \
    static WP_FLAT void name(const struct wp_view *view, struct woapol_principal *principal,       \
                             const struct woapol_request *request,                                 \
                             struct woapol_decision *decision)                                     \
    {                                                                                              \
        const struct way way = {kind, manner, by_address, others};                                 \
        decide_one(view, way, principal, request, decision);                                       \
    }

/* The same in the manners that there is code for: in small images in all; in larger ones not
 * with a list, which few of them have; where some policies are short, not with one policy. */
#define DECIDE_TABLED(name, kind, others)                                                          \
    DECIDE_ONE(name, kind, WP_ANY, NULL, others)                                                   \
    DECIDE_BY_ADDRESS(name##_tabled, kind, WP_TABLED, others)                                      \
    DECIDE_ONE(name##_tabled, kind, WP_TABLED, name##_tabled_by_address, others)
#define DECIDE_ALONE(name, kind, others)                                                           \
    DECIDE_TABLED(name, kind, others)                                                              \
    DECIDE_BY_ADDRESS(name##_alone, kind, WP_TABLED_ALONE, others)                                 \
    DECIDE_ONE(name##_alone, kind, WP_TABLED_ALONE, name##_alone_by_address, others)
#define DECIDE_LISTED(name, kind, others)                                                          \
    DECIDE_ALONE(name, kind, others)                                                               \
    DECIDE_ONE(name##_listed, kind, WP_LISTED, name##_tabled_by_address, others)                   \
    DECIDE_ONE(name##_listed_alone, kind, WP_LISTED_ALONE, name##_alone_by_address, others)
#define WP_WAY(name, batch)                                                                        \
    {                                                                                              \
        {name, name, name, name, name}, batch                                                      \
    }
#define WP_WAYS_TABLED(name, batch)                                                                \
    {                                                                                              \
        {name, name, name, name##_tabled, name##_tabled}, batch                                    \
    }
#define WP_WAYS_ALONE(name, batch)                                                                 \
    {                                                                                              \
        {name, name, name, name##_tabled, name##_alone}, batch                                     \
    }
#define WP_WAYS_LISTED(name, batch)                                                                \
    {                                                                                              \
        {name, name##_listed, name##_listed_alone, name##_tabled, name##_alone}, batch             \
    }

#define DECIDE_ANY(name, kind)                                                                     \
    static __attribute__((noinline)) WP_FLAT void name(                                            \
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
DECIDE_ANY(decide_any_narrow_marked, WP_NARROW_MARKED)
DECIDE_ANY(decide_any_narrow_pairs, WP_NARROW_PAIRS)
DECIDE_ANY(decide_narrow, WP_NARROW)
DECIDE_ANY(decide_wide, WP_WIDE)
DECIDE_LISTED(decide_narrowest, WP_NARROWEST, decide_any_narrowest)
DECIDE_LISTED(decide_narrow_rows, WP_NARROW_ROWS, decide_any_narrow_rows)
DECIDE_LISTED(decide_narrow_marked, WP_NARROW_MARKED, decide_any_narrow_marked)
DECIDE_LISTED(decide_narrow_pairs, WP_NARROW_PAIRS, decide_any_narrow_pairs)
DECIDE_ALONE(decide_wide_rows, WP_WIDE_ROWS, decide_wide)
DECIDE_ALONE(decide_wide_pairs, WP_WIDE_PAIRS, decide_wide)
DECIDE_ALONE(decide_wide_quads, WP_WIDE_QUADS, decide_wide)
DECIDE_TABLED(decide_marked, WP_MARKED, decide_wide)
DECIDE_TABLED(decide_marked_short, WP_MARKED_SHORT, decide_wide)
DECIDE_ALONE(decide_marked_long, WP_MARKED_LONG, decide_wide)
DECIDE_BATCH(decide_narrowest_batch, WP_NARROWEST)
DECIDE_BATCH(decide_narrow_rows_batch, WP_NARROW_ROWS)
DECIDE_BATCH(decide_narrow_marked_batch, WP_NARROW_MARKED)
DECIDE_BATCH(decide_narrow_pairs_batch, WP_NARROW_PAIRS)
DECIDE_BATCH(decide_narrow_batch, WP_NARROW)
DECIDE_BATCH(decide_wide_rows_batch, WP_WIDE_ROWS)
DECIDE_BATCH(decide_wide_pairs_batch, WP_WIDE_PAIRS)
DECIDE_BATCH(decide_wide_quads_batch, WP_WIDE_QUADS)
DECIDE_BATCH(decide_wide_batch, WP_WIDE)
DECIDE_BATCH(decide_marked_batch, WP_MARKED)
#undef DECIDE_BATCH
#undef DECIDE_ANY
#undef DECIDE_LISTED
#undef DECIDE_ALONE
#undef DECIDE_TABLED
#undef DECIDE_ONE
#undef DECIDE_BY_ADDRESS

#define WP_EVALUATOR                                                                               \
    {                                                                                              \
        .decide = {[WP_NARROWEST] = WP_WAYS_LISTED(decide_narrowest, decide_narrowest_batch),      \
                   [WP_NARROW_ROWS] =                                                              \
                       WP_WAYS_LISTED(decide_narrow_rows, decide_narrow_rows_batch),               \
                   [WP_NARROW_MARKED] =                                                            \
                       WP_WAYS_LISTED(decide_narrow_marked, decide_narrow_marked_batch),           \
                   [WP_NARROW_PAIRS] =                                                             \
                       WP_WAYS_LISTED(decide_narrow_pairs, decide_narrow_pairs_batch),             \
                   [WP_NARROW] = WP_WAY(decide_narrow, decide_narrow_batch),                       \
                   [WP_WIDE_ROWS] = WP_WAYS_ALONE(decide_wide_rows, decide_wide_rows_batch),       \
                   [WP_WIDE_PAIRS] = WP_WAYS_ALONE(decide_wide_pairs, decide_wide_pairs_batch),    \
                   [WP_WIDE_QUADS] = WP_WAYS_ALONE(decide_wide_quads, decide_wide_quads_batch),    \
                   [WP_WIDE] = WP_WAY(decide_wide, decide_wide_batch),                             \
                   [WP_MARKED] = WP_WAYS_TABLED(decide_marked, decide_marked_batch),               \
                   [WP_MARKED_SHORT] = WP_WAYS_TABLED(decide_marked_short, decide_marked_batch),   \
                   [WP_MARKED_LONG] = WP_WAYS_ALONE(decide_marked_long, decide_marked_batch)},     \
        .reports = reports                                                                         \
    }

#endif
