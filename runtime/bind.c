/*
 * Binding: from a person's groups and name to one row of entries.
 *
 * Groups and users are atoms. An atom has two runs of postings: entries that it
 * fulfils (or, marked as residual, one clause of), and entries that it forbids. A
 * row starts as what holds for anybody, gains what held atoms fulfil, and loses
 * what they forbid.
 */
#include "bits.h"
#include "names.h"
#include "shortlist.h"

#include <string.h>

#define HELD_MAX 32u

struct binding {
    const struct wp_view *view;
    uint64_t *held;             /* a bit an atom */
    uint32_t list[HELD_MAX];    /* the same atoms, if they are no more than that */
    uint32_t count, users;      /* users come first */
    struct wp_line *possible;   /* entries that may hold */
    struct wp_line *certain;    /* entries that do; the same row when groups are complete */
    uint32_t from, to;          /* the blocks that are being worked out */
    uint32_t reached;           /* the block behind those that were worked out last */
    uint32_t next[2][HELD_MAX]; /* which postings follow there: what is fulfilled, forbidden */
};

static size_t
principal_size(const struct wp_view *view)
{
    const size_t size = wp_principal_size(view);
    return WP_IS_SMALL || view->shortlist == 0
               ? size
               : size + (sizeof(struct wp_shortlist) + 63) / 64 * 64;
}

size_t
woapol_principal_size(const struct woapol_image *image)
{
    return principal_size(wp_view(image));
}

/* ---- which atoms are held -------------------------------------------------------- */

static bool
is_held(const struct binding *b, uint32_t atom)
{
    return b->held[atom / 64] >> atom % 64 & 1;
}

static void
hold(struct binding *b, uint32_t atom)
{
    if (is_held(b, atom))
        return;
    b->held[atom / 64] |= UINT64_C(1) << atom % 64;
    if (b->count < HELD_MAX)
        b->list[b->count] = atom;
    b->count++;
}

static void
hold_group(void *context, uint32_t group)
{
    struct binding *b = context;
    if (group >= 1 && group <= b->view->shape.groups)
        hold(b, b->view->atoms[group - 1]);
}

static void
hold_user(void *context, uint32_t user)
{
    struct binding *b = context;
    if (user >= 1 && user <= b->view->shape.users)
        hold(b, b->view->atoms[b->view->shape.groups + user - 1]);
}

static void
hold_groups(struct binding *b, const struct woapol_identity *who)
{
    wp_find_names(b->view, WOAPOL_GROUP, who->groups, who->group_count, hold_group, b);
    for (size_t i = 0; i < who->group_number_count; i++)
        hold_group(b, who->group_numbers[i]);
}

/* ---- what they mean ----------------------------------------------------------------- */

/* A row's lines as bytes: the next entry is seldom in the same one, so it does not wait
 * for what was just written there. */
static inline uint8_t *
byte_of(struct wp_line *row, uint32_t entry)
{
    return (uint8_t *)row + entry / 8;
}

static inline void
set_entry(struct wp_line *row, uint32_t entry)
{
    *byte_of(row, entry) |= (uint8_t)(1u << entry % 8);
}

static inline void
clear_entry(struct wp_line *row, uint32_t entry)
{
    *byte_of(row, entry) &= (uint8_t) ~(1u << entry % 8);
}

/* Whether some held atom is in each clause of a residual. */
static bool
is_fulfilled(const struct binding *b, const struct wp_residual *residual)
{
    const struct wp_view *v = b->view;
    for (uint32_t clause = residual->first; clause < residual->last; clause++) {
        bool some = false;
        for (uint32_t i = v->clauses[clause]; i < v->clauses[clause + 1] && !some; i++)
            some = is_held(b, v->clause_atoms[i]);
        if (!some)
            return false;
    }
    return true;
}

static inline uint32_t
entry_of(const struct wp_view *view, uint32_t posting)
{
    return posting & WP_POSTING_RESIDUAL ? view->residuals[posting & ~WP_POSTING_RESIDUAL].entry
                                         : posting;
}

/* Where the first posting of [low, high) is whose entry is not below `entry`:
 * entries rise. */
static uint32_t
first_posting(const struct wp_view *view, uint32_t low, uint32_t high, uint32_t entry)
{
    while (low < high) {
        const uint32_t middle = low + (high - low) / 2;
        if (entry_of(view, view->postings[middle]) < entry)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* A run of postings, from the blocks being worked out on. */
struct run {
    const uint32_t *at, *end;
};

/* `next`, if not NULL, is where the run was left. */
static inline struct run
run_of(const struct binding *b, size_t number, const uint32_t *next)
{
    const struct wp_view *view = b->view;
    uint32_t first = view->postings_index[number];
    const uint32_t last = view->postings_index[number + 1];
    if (b->from > 0 && b->from == b->reached && next != NULL)
        first = *next;
    else if (b->from > 0)
        first = first_posting(view, first, last, b->from * WP_BLOCK_BITS);
    return (struct run){view->postings + first, view->postings + last};
}

static inline void
leave_run(const struct binding *b, struct run run, uint32_t *next)
{
    if (next != NULL)
        *next = (uint32_t)(run.at - b->view->postings);
}

static inline void
fulfil(struct binding *b, uint32_t atom, uint32_t *next)
{
    const uint32_t end = b->to * WP_BLOCK_BITS;
    struct wp_line *row = b->certain;
    struct run run = run_of(b, 2 * (size_t)atom, next);
    for (; run.at < run.end; run.at++) {
        uint32_t entry = *run.at;
        if (__builtin_expect(entry & WP_POSTING_RESIDUAL, 0)) {
            const struct wp_residual *residual = &b->view->residuals[entry & ~WP_POSTING_RESIDUAL];
            entry = residual->entry;
            if (entry < end && !is_fulfilled(b, residual))
                continue;
        }
        if (entry >= end)
            break;
        set_entry(row, entry);
    }
    leave_run(b, run, next);
}

/* What an unlisted group could complete: all that the user fulfils a clause of. */
static void
make_possible(struct binding *b, uint32_t atom)
{
    const uint32_t end = b->to * WP_BLOCK_BITS;
    for (struct run run = run_of(b, 2 * (size_t)atom, NULL); run.at < run.end; run.at++) {
        const uint32_t entry = entry_of(b->view, *run.at);
        if (entry >= end)
            return;
        set_entry(b->possible, entry);
    }
}

static inline void
forbid(struct binding *b, uint32_t atom, uint32_t *next)
{
    const uint32_t end = b->to * WP_BLOCK_BITS;
    struct run run = run_of(b, 2 * (size_t)atom + 1, next);
    for (; run.at < run.end && *run.at < end; run.at++) {
        clear_entry(b->certain, *run.at);
        if (b->possible != b->certain)
            clear_entry(b->possible, *run.at);
    }
    leave_run(b, run, next);
}

static inline void
each_held(struct binding *b, uint32_t *next, void (*act)(struct binding *, uint32_t, uint32_t *))
{
    if (b->count <= HELD_MAX) {
        for (uint32_t i = 0; i < b->count; i++)
            act(b, b->list[i], next + i);
        return;
    }
    for (size_t word = 0; word < wp_held_words(b->view); word++)
        for (uint64_t bits = b->held[word]; bits != 0; bits &= bits - 1)
            act(b, (uint32_t)(word * 64) + (uint32_t)__builtin_ctzll(bits), NULL);
}

static void
copy_plain(struct binding *b, struct wp_line *row, enum wp_plain_row which)
{
    const struct wp_line *plain = b->view->plain + (size_t)which * b->view->shape.blocks;
    memcpy(row + b->from, plain + b->from, (size_t)(b->to - b->from) * sizeof *row);
}

/* Returns whether there is anything to sum up. */
static bool
summarise(struct binding *b, const struct wp_line *row, uint32_t *summary)
{
    bool some = false;
    for (uint32_t block = b->from; block < b->to; block++) {
        const bool any = wp_bits_first(wp_bits_load(row + block)) < WP_BLOCK_BITS;
        summary[block / WP_COLUMN_BLOCKS] |= (uint32_t)any << block % WP_COLUMN_BLOCKS;
        some |= any;
    }
    return some;
}

static void
remove_guarded(struct binding *b)
{
    const struct wp_line *guarded =
        b->view->plain + WP_PLAIN_GUARDED * (size_t)b->view->shape.blocks;
    for (uint32_t i = b->from; i < b->to; i++)
        for (size_t word = 0; word < WP_LINE_WORDS; word++)
            b->certain[i].words[word] &= ~guarded[i].words[word];
}

/* Works out the blocks [from, to). */
static void
fill_blocks(struct binding *b, struct woapol_principal *principal, uint32_t from, uint32_t to)
{
    b->from = from;
    b->to = to;
    copy_plain(b, b->certain, WP_PLAIN_ANYBODY);
    if (b->possible != b->certain) {
        copy_plain(b, b->possible, WP_PLAIN_POSSIBLE);
        for (uint32_t i = 0; i < b->users; i++)
            make_possible(b, b->list[i]);
    }
    each_held(b, b->next[0], fulfil);
    each_held(b, b->next[1], forbid);
    b->reached = to;
    uint32_t *summary = wp_summary(b->view, principal);
    if (summarise(b, b->possible, summary))
        principal->is_empty = false;
    if (b->possible == b->certain)
        return;
    remove_guarded(b);
    (void)summarise(b, b->certain, summary + b->view->shape.columns);
}

/* Finds what is held; no entry holds yet. */
static void
begin(struct binding *b, const struct wp_view *view, const struct woapol_identity *who,
      struct woapol_principal *principal)
{
    memset(principal, 0, sizeof *principal);
    wp_forget(principal);
    principal->incomplete = who->groups_incomplete;
    principal->is_empty = true;
    principal->is_unlisted = !WP_IS_SMALL && view->shortlist != 0;
    b->view = view;
    b->held = wp_held_atoms(view, principal);
    b->count = 0;
    b->reached = 0;
    b->possible = principal->lines;
    b->certain = who->groups_incomplete ? wp_certain_row(view, principal) : principal->lines;
    /* The summary, and what is held behind it. */
    memset(wp_summary(view, principal), 0,
           2 * (size_t)view->shape.columns * sizeof(uint32_t) +
               wp_held_words(view) * sizeof *b->held);
    if (who->user.text != NULL && view->shape.users > 0)
        wp_find_names(view, WOAPOL_USER, &who->user, 1, hold_user, b);
    b->users = b->count < HELD_MAX ? b->count : HELD_MAX;
    hold_groups(b, who);
}

static bool
is_room(const struct wp_view *view, const void *memory, size_t size)
{
    return memory != NULL && (uintptr_t)memory % 64 == 0 && size >= principal_size(view);
}

/* Without a shortlist. */
static void
bind_rows(const struct wp_view *view, const struct woapol_identity *who,
          struct woapol_principal *principal)
{
    struct binding b;
    begin(&b, view, who, principal);
    fill_blocks(&b, principal, 0, view->shape.blocks);
}

struct woapol_principal *
woapol_bind(const struct woapol_image *image, const struct woapol_identity *who, void *memory,
            size_t size)
{
    const struct wp_view *view = wp_view(image);
    struct woapol_principal *principal = memory;
    if (!is_room(view, memory, size))
        return NULL;
    bind_rows(view, who, principal);
    if (!WP_IS_SMALL && principal->is_unlisted && !principal->incomplete)
        wp_make_shortlist(view, principal);
    return principal;
}

/* ---- no more than one decision needs ------------------------------------------------ */

static void
fill_entries(struct binding *b, struct woapol_principal *principal, uint32_t first, uint32_t last)
{
    if (first < last)
        fill_blocks(b, principal, first / WP_BLOCK_BITS, (last - 1) / WP_BLOCK_BITS + 1);
}

/* Decisions look at the whole head and at the policy's leads, of which not all may be filled. */
static void
empty_first_blocks(const struct wp_view *view, struct woapol_principal *principal,
                   const struct wp_policy_record *policy)
{
    const uint32_t first = policy->first / WP_BLOCK_BITS, left = view->shape.blocks - first;
    const size_t leads = left < WP_LEAD_BLOCKS ? left : WP_LEAD_BLOCKS;
    memset(principal->lines + first, 0, leads * sizeof *principal->lines);
    memset(principal->lines + view->shape.head, 0, WP_NARROW_BLOCKS * sizeof *principal->lines);
}

/* Decides by the first block, then by four times as many: as long as no entry
 * before those not worked out decides, and those have no bit in the summary. */
static void
decide_by_blocks(struct binding *b, struct woapol_principal *principal,
                 const struct wp_policy_record *policy, const struct woapol_request *request,
                 const struct woapol_image *image, struct woapol_decision *decision)
{
    const uint32_t end = (policy->last - 1) / WP_BLOCK_BITS + 1;
    uint32_t from = policy->first / WP_BLOCK_BITS, count = 1;
    for (;;) {
        const uint32_t to = count < end - from ? from + count : end;
        fill_blocks(b, principal, from, to);
        woapol_decide(image, principal, request, decision);
        if (decision->rule != WOAPOL_NONE || to == end)
            return;
        wp_forget(principal);
        from = to;
        count *= 4;
    }
}

struct woapol_principal *
woapol_decide_once(const struct woapol_image *image, const struct woapol_identity *who,
                   void *memory, size_t size, const struct woapol_request *request,
                   struct woapol_decision *decision)
{
    const struct wp_view *view = wp_view(image);
    struct woapol_principal *principal = memory;
    struct binding b;
    if (!is_room(view, memory, size))
        return NULL;
    /* Decisions look at all blocks of a narrow image, whatever the summary says. */
    if (wp_is_narrow(&view->shape)) {
        bind_rows(view, who, principal);
        woapol_decide(image, principal, request, decision);
        return principal;
    }
    begin(&b, view, who, principal);
    const uint32_t number =
        request->app < view->shape.apps ? view->apps[request->app].policy : WP_NO_NUMBER;
    if (number == WP_NO_NUMBER) {
        woapol_decide(image, principal, request, decision);
        return principal;
    }
    const struct wp_policy_record *policy = &view->policies[number];
    empty_first_blocks(view, principal, policy);
    if (principal->incomplete || policy->first >= policy->last) {
        fill_entries(&b, principal, policy->first, policy->last);
        woapol_decide(image, principal, request, decision);
    } else {
        decide_by_blocks(&b, principal, policy, request, image, decision);
    }
    fill_entries(&b, principal, policy->report_first, policy->report_last);
    return principal;
}
