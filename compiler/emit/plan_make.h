/* From what a tenant holds and what it is to hold to a plan that has been checked:
 * step by step, the calls lead from the one to the other. */
#ifndef WP_EMIT_PLAN_MAKE_H
#define WP_EMIT_PLAN_MAKE_H

#include "compiler/emit/meaning.h"

/* Fills in *plan, to be ended with wp_plan_end in any case. A plan that would not
 * lead where it should is a problem: nothing of it is to be sent. */
bool wp_plan_make(struct wp_plan *plan, struct wp_arena *arena, const struct wp_session *session,
                  const char *url, const struct wp_state *desired, const struct wp_state *current,
                  const struct wp_plan_options *options, struct wp_problem *problem);

/* `state` becomes a copy of `current` after the plan's first `count` calls; to be
 * ended by the caller. */
void wp_plan_apply(const struct wp_plan *plan, const struct wp_session *session,
                   const struct wp_state *current, size_t count, struct wp_state *state);

/* "create", "assign". */
const char *wp_verb_text(enum wp_verb verb);

#endif
