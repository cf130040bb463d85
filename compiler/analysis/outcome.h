/* Does a decision have an outcome, as `expect`, `never` and `always` put it? */
#ifndef WP_ANALYSIS_OUTCOME_H
#define WP_ANALYSIS_OUTCOME_H

#include "compiler/model.h"

/* A chain can be passed in several ways. `never method m` means that no way asks
 * for m, `always method m` that every one does; `expect` is content with one. */
enum wp_reading { WP_SOME_WAY, WP_EVERY_WAY };

/* Where a decision comes from: rule_count stands for otherwise, WP_NONE for no
 * policy at all. */
struct wp_source_of_decision {
    uint32_t policy, rule;
};

/* `arena` is for scratch. `factors` holds for allow (0 factors) and authenticate,
 * not for deny. */
bool wp_outcome_holds(struct wp_arena *arena, const struct wp_model *model,
                      const struct wp_outcome *outcome, struct wp_source_of_decision from,
                      enum wp_reading reading);

/* The decision that comes from there; that of no policy is to deny. */
const struct wp_decision *wp_decision_from(const struct wp_model *model,
                                           struct wp_source_of_decision from);

#endif
