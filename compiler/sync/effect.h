/* What a difference in groups does to decisions. */
#ifndef WP_SYNC_EFFECT_H
#define WP_SYNC_EFFECT_H

#include "compiler/analysis/analysis.h"
#include "compiler/model.h"

/* One policy that decides some sign-in otherwise. */
struct wp_group_effect {
    uint32_t policy;
    unsigned effort;
    const char *decisions[2], *rules[2];
    const char *request;
};

struct wp_group_effects {
    const struct wp_group_effect *items; /* in the order of policies */
    uint32_t count;
    bool is_undecided;
};

struct wp_effects;
#define WP_EFFECTS_GOOD 4

struct wp_effects *wp_effects_new(struct wp_arena *arena, const struct wp_model *model,
                                  const struct wp_analysis_options *options);

/* Is the group asked for by some rule? */
bool wp_effects_matter(const struct wp_effects *effects, uint32_t group);

/*
 * For a user (WP_NONE: none that conditions name) in the groups that are true in the first
 * array, and in those of the second: what is decided otherwise. Asked again, it answers
 * from memory, which is bounded; an answer is good for as many questions as
 * WP_EFFECTS_GOOD says, itself among them.
 */
const struct wp_group_effects *wp_effects_of(struct wp_effects *effects, const bool *first,
                                             const bool *second, uint32_t user);

#endif
