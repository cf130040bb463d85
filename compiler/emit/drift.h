/*
 * What a tenant holds otherwise than it should, and what that does to decisions.
 *
 * Everything is compared that a push would bring about; a rule that nobody knows in
 * a policy of ours counts. Nothing in drift.c can write: it links no part of push.c.
 */
#ifndef WP_EMIT_DRIFT_H
#define WP_EMIT_DRIFT_H

#include "compiler/analysis/diff.h"
#include "compiler/emit/plan_make.h"

enum wp_drift_effect {
    WP_DRIFT_COSMETIC, /* proved: no sign-in is decided otherwise */
    WP_DRIFT_STRICTER,
    WP_DRIFT_OTHER, /* neither, or both */
    WP_DRIFT_LOOSER,
    WP_DRIFT_UNTOLD /* it could not be told */
};

struct wp_drift_item {
    const char *key;
    json_t *wanted, *actual;     /* NULL: not to be there, not there; borrowed */
    enum wp_drift_effect effect; /* of this object alone */
};

struct wp_drift {
    struct wp_drift_item *items;
    size_t count;
    enum wp_drift_effect effect; /* of all together */
    bool has_diff;
    struct wp_diff diff; /* from what is wanted to what there is */
    char untold[1024];   /* why there is none, or "" */

    struct wp_state current, wanted;
    struct wp_plan plan;
    struct wp_meaning is, should;
};

/* Reads the tenant and compares. To be ended with wp_drift_end in any case. */
bool wp_drift_find(struct wp_drift *drift, struct wp_arena *arena, struct wp_session *session,
                   const char *url, const struct wp_state *desired,
                   const struct wp_plan_options *options, struct wp_problem *problem);
void wp_drift_end(struct wp_drift *drift);

/* "cosmetic", "looser". */
const char *wp_drift_word(enum wp_drift_effect effect);

#endif
