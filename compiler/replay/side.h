/* One of the policies that a log is replayed against, and its outcomes by number. */
#ifndef WP_REPLAY_SIDE_H
#define WP_REPLAY_SIDE_H

#include "compiler/model.h"
#include "compiler/replay/app_names.h"
#include "compiler/replay/forecast.h"
#include "woapol.h"

/*
 * Outcomes: the rules of all policies in order, then each policy's otherwise, then
 * "no policy", then "the groups are not known, so it is denied".
 */
struct wp_side {
    const struct woapol_image *image;
    const struct wp_model *model;
    uint32_t rules, policies;
    uint32_t *first_rules; /* of the policies */
    const struct wp_forecast *forecast;
    const struct wp_app_names *app_names;
};

/* Both are borrowed; the rest lives in the arena. */
void wp_side_init(struct wp_side *side, struct wp_arena *arena, const struct woapol_image *image,
                  const struct wp_model *model);

static inline uint32_t
wp_outcome_count(const struct wp_side *side)
{
    return side->rules + side->policies + 2;
}

static inline uint32_t
wp_outcome_unknown(const struct wp_side *side)
{
    return side->rules + side->policies + 1;
}

uint32_t wp_outcome_of(const struct wp_side *side, const struct woapol_decision *decision);

/* Which policy and rule an outcome is: WP_NONE for no policy; rule_count of the policy
 * for otherwise. */
void wp_outcome_place(const struct wp_side *side, uint32_t outcome, uint32_t *policy,
                      uint32_t *rule);

/* "Workforce", "guests"; NULL for what has none. */
const char *wp_outcome_policy(const struct wp_side *side, uint32_t outcome);
const char *wp_outcome_rule(const struct wp_side *side, uint32_t outcome);

/* What is decided; denying where nothing applies or the groups are not known. */
const struct wp_decision *wp_outcome_decision(const struct wp_side *side, uint32_t outcome);

#endif
