/*
 * Binding once more, for where code has to be small: it makes the rows that
 * runtime/bind.c makes, which a test holds it to. All blocks are worked out at once, a
 * byte an atom says whether it is held, and there are no summaries, which the search
 * for this machine does not read.
 */
#include "names.h"
#include "view.h"

#include <string.h>

struct binding {
    const struct wp_view *view;
    uint8_t *certain, *possible; /* rows as bytes; one row when groups are complete */
    uint8_t *held;               /* an atom, whether it is */
    /* Of the names being looked up: */
    const uint32_t *atoms;
    uint32_t count;
};

size_t
woapol_principal_size(const struct woapol_image *image)
{
    const struct wp_shape *s = &wp_view(image)->shape;
    return (sizeof(struct woapol_principal) + 2 * (size_t)s->blocks * sizeof(struct wp_line) +
            s->atoms + 63) &
           ~(size_t)63;
}

static void
hold(void *context, uint32_t number)
{
    const struct binding *b = context;
    if (number - 1 < b->count)
        b->held[b->atoms[number - 1]] = 1;
}

static bool
is_fulfilled(const struct binding *b, const struct wp_residual *residual)
{
    const struct wp_view *v = b->view;
    for (uint32_t clause = residual->first; clause < residual->last; clause++) {
        uint8_t some = 0;
        for (uint32_t i = v->clauses[clause]; i < v->clauses[clause + 1]; i++)
            some |= b->held[v->clause_atoms[i]];
        if (!some)
            return false;
    }
    return true;
}

enum pass { MAY_HOLD, HOLDS, FORBIDDEN };

/* Goes through the postings of all that is held. */
static void
go_through(const struct binding *b, enum pass pass)
{
    const struct wp_view *v = b->view;
    for (uint32_t atom = 0; atom < v->shape.atoms; atom++) {
        const uint32_t *run = v->postings_index + 2 * (size_t)atom + (pass == FORBIDDEN);
        for (uint32_t i = b->held[atom] ? run[0] : run[1]; i < run[1]; i++) {
            uint32_t entry = v->postings[i];
            if (entry & WP_POSTING_RESIDUAL) {
                const struct wp_residual *residual = v->residuals + (entry & ~WP_POSTING_RESIDUAL);
                entry = residual->entry;
                if (pass == HOLDS && !is_fulfilled(b, residual))
                    continue;
            }
            const uint8_t bit = (uint8_t)(1u << entry % 8);
            entry /= 8;
            if (pass == FORBIDDEN) {
                b->certain[entry] &= (uint8_t)~bit;
                b->possible[entry] &= (uint8_t)~bit;
            } else {
                (pass == HOLDS ? b->certain : b->possible)[entry] |= bit;
            }
        }
    }
}

struct woapol_principal *
woapol_bind(const struct woapol_image *image, const struct woapol_identity *who, void *memory,
            size_t size)
{
    const struct wp_view *view = wp_view(image);
    struct woapol_principal *principal = memory;
    const size_t row = view->shape.blocks * sizeof(struct wp_line);
    const uint8_t *plain = (const uint8_t *)view->plain;
    uint8_t *rows = (uint8_t *)principal->lines;
    struct binding b = {
        view, rows, rows, rows + 2 * row, view->atoms + view->shape.groups, view->shape.users};
    memset(memory, 0, size);
    principal->incomplete = who->groups_incomplete;
    if (who->groups_incomplete) {
        b.certain += row;
        memcpy(rows, plain + WP_PLAIN_POSSIBLE * row, row);
    }
    memcpy(b.certain, plain + WP_PLAIN_ANYBODY * row, row);
    wp_find_names(view, WOAPOL_USER, &who->user, 1, hold, &b);
    /* What an unlisted group could complete: all that the user fulfils a clause of. */
    if (who->groups_incomplete)
        go_through(&b, MAY_HOLD);
    b.atoms = view->atoms;
    b.count = view->shape.groups;
    wp_find_names(view, WOAPOL_GROUP, who->groups, who->group_count, hold, &b);
    for (size_t i = 0; i < who->group_number_count; i++)
        hold(&b, who->group_numbers[i]);
    go_through(&b, HOLDS);
    go_through(&b, FORBIDDEN);
    for (size_t i = 0; who->groups_incomplete && i < row; i++)
        b.certain[i] &= (uint8_t)~plain[WP_PLAIN_GUARDED * row + i];
    return principal;
}
