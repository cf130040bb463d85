/*
 * Binding: from a person's groups and name to one row of entries.
 *
 * Groups and users are atoms. An atom has two runs of postings: entries that it
 * fulfils (or, marked as residual, one clause of), and entries that it forbids. A
 * row starts as what holds for anybody, gains what held atoms fulfil, and loses
 * what they forbid.
 */
#include "view.h"

#include <string.h>

struct binding {
    const struct wp_view *view;
    uint64_t *held;           /* a bit an atom */
    struct wp_line *possible; /* entries that may hold */
    struct wp_line *certain;  /* entries that do; the same row when groups are complete */
};

static size_t
held_words(const struct wp_view *view)
{
    return ((size_t)view->shape.atoms + 63) / 64;
}

static size_t
principal_size(const struct wp_view *view)
{
    size_t size =
        sizeof(struct woapol_principal) + 2 * (size_t)view->shape.blocks * sizeof(struct wp_line) +
        2 * (size_t)view->shape.columns * sizeof(uint32_t) + held_words(view) * sizeof(uint64_t);
    return (size + 63) / 64 * 64;
}

size_t
woapol_principal_size(const struct woapol_image *image)
{
    return principal_size(wp_view(image));
}

/* ---- which atoms are held -------------------------------------------------------- */

static void
hold(struct binding *b, uint32_t atom)
{
    b->held[atom / 64] |= UINT64_C(1) << atom % 64;
}

static bool
is_held(const struct binding *b, uint32_t atom)
{
    return b->held[atom / 64] >> atom % 64 & 1;
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
    for (size_t i = 0; i < who->group_count; i++)
        (void)wp_find_all(b->view, WOAPOL_GROUP, who->groups[i].text, who->groups[i].length,
                          hold_group, b);
    for (size_t i = 0; i < who->group_number_count; i++)
        hold_group(b, who->group_numbers[i]);
}

/* ---- what they mean ----------------------------------------------------------------- */

static void
set_entry(struct wp_line *row, uint32_t entry)
{
    row[entry / WP_BLOCK_BITS].words[entry / 64 % WP_LINE_WORDS] |= UINT64_C(1) << entry % 64;
}

static void
clear_entry(struct wp_line *row, uint32_t entry)
{
    row[entry / WP_BLOCK_BITS].words[entry / 64 % WP_LINE_WORDS] &= ~(UINT64_C(1) << entry % 64);
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

static void
fulfil(struct binding *b, uint32_t atom)
{
    const uint32_t *index = b->view->postings_index + 2 * (size_t)atom;
    for (uint32_t i = index[0]; i < index[1]; i++) {
        const uint32_t posting = b->view->postings[i];
        if (!(posting & WP_POSTING_RESIDUAL)) {
            set_entry(b->certain, posting);
            continue;
        }
        const struct wp_residual *residual = &b->view->residuals[posting & ~WP_POSTING_RESIDUAL];
        if (is_fulfilled(b, residual))
            set_entry(b->certain, residual->entry);
    }
}

/* What an unlisted group could complete: all that the user fulfils a clause of. */
static void
make_possible(struct binding *b, uint32_t atom)
{
    const uint32_t *index = b->view->postings_index + 2 * (size_t)atom;
    for (uint32_t i = index[0]; i < index[1]; i++) {
        const uint32_t posting = b->view->postings[i];
        set_entry(b->possible, posting & WP_POSTING_RESIDUAL
                                   ? b->view->residuals[posting & ~WP_POSTING_RESIDUAL].entry
                                   : posting);
    }
}

static void
forbid(struct binding *b, uint32_t atom)
{
    const uint32_t *index = b->view->postings_index + 2 * (size_t)atom;
    for (uint32_t i = index[1]; i < index[2]; i++) {
        clear_entry(b->possible, b->view->postings[i]);
        clear_entry(b->certain, b->view->postings[i]);
    }
}

static void
each_held(struct binding *b, void (*act)(struct binding *, uint32_t))
{
    for (size_t word = 0; word < held_words(b->view); word++)
        for (uint64_t bits = b->held[word]; bits != 0; bits &= bits - 1)
            act(b, (uint32_t)(word * 64) + (uint32_t)__builtin_ctzll(bits));
}

static void
copy_plain(struct binding *b, struct wp_line *row, enum wp_plain_row which)
{
    const size_t blocks = b->view->shape.blocks;
    memcpy(row, b->view->plain + (size_t)which * blocks, blocks * sizeof *row);
}

static void
fill_rows(struct binding *b, const struct woapol_identity *who)
{
    copy_plain(b, b->certain, WP_PLAIN_ANYBODY);
    if (b->possible != b->certain) {
        /* Only the user is held yet. */
        copy_plain(b, b->possible, WP_PLAIN_POSSIBLE);
        each_held(b, make_possible);
    }
    hold_groups(b, who);
    each_held(b, fulfil);
    each_held(b, forbid);
    if (b->possible == b->certain)
        return;
    const struct wp_line *guarded =
        b->view->plain + WP_PLAIN_GUARDED * (size_t)b->view->shape.blocks;
    for (size_t i = 0; i < b->view->shape.blocks; i++)
        for (size_t word = 0; word < WP_LINE_WORDS; word++)
            b->certain[i].words[word] &= ~guarded[i].words[word];
}

static void
summarise(const struct wp_view *view, const struct wp_line *row, uint32_t *summary)
{
    memset(summary, 0, view->shape.columns * sizeof *summary);
    for (uint32_t block = 0; block < view->shape.blocks; block++) {
        uint64_t any = 0;
        for (size_t word = 0; word < WP_LINE_WORDS; word++)
            any |= row[block].words[word];
        summary[block / WP_COLUMN_BLOCKS] |= (uint32_t)(any != 0) << block % WP_COLUMN_BLOCKS;
    }
}

struct woapol_principal *
woapol_bind(const struct woapol_image *image, const struct woapol_identity *who, void *memory,
            size_t size)
{
    const struct wp_view *view = wp_view(image);
    if (memory == NULL || (uintptr_t)memory % 64 != 0 || size < principal_size(view))
        return NULL;
    struct woapol_principal *principal = memory;
    memset(principal, 0, sizeof *principal);
    principal->memo.app = UINT64_MAX;
    principal->incomplete = who->groups_incomplete;
    struct binding b = {
        .view = view,
        .held = wp_held_atoms(view, principal),
        .possible = principal->lines,
        .certain = who->groups_incomplete ? wp_certain_row(view, principal) : principal->lines,
    };
    memset(b.held, 0, held_words(view) * sizeof *b.held);
    if (who->user.text != NULL)
        (void)wp_find_all(view, WOAPOL_USER, who->user.text, who->user.length, hold_user, &b);
    fill_rows(&b, who);
    uint32_t *summary = wp_summary(view, principal);
    summarise(view, b.possible, summary);
    if (b.certain != b.possible)
        summarise(view, b.certain, summary + view->shape.columns);
    return principal;
}
