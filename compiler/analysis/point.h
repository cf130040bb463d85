/*
 * A point: one concrete request in the model's numbers, all of it known.
 *
 * Analyses answer with points; a witness in a finding is a point as JSON, which
 * `eval` decides as the finding says. Groups are complete here: an analysis
 * speaks of requests that list all of the user's groups.
 */
#ifndef WP_ANALYSIS_POINT_H
#define WP_ANALYSIS_POINT_H

#include "compiler/members.h"
#include "compiler/model.h"

enum wp_family { WP_FAMILY_ABSENT, WP_FAMILY_V4, WP_FAMILY_V6 };

struct wp_point {
    enum wp_family family;
    uint32_t v4;
    struct wp_address6 v6;
    uint32_t device; /* 0: absent, or none of the named */
    uint32_t posture;
    uint32_t app;     /* index, or WP_NONE: absent, or none of the named */
    uint32_t user;    /* the same */
    uint32_t *groups; /* indices, ascending */
    uint32_t group_count;
};

/* Is the point's address in the set? */
bool wp_point_is_in(const struct wp_network *network, const struct wp_point *point);

/* Does the condition hold? For conditions as written and folded ones alike. */
bool wp_point_meets(const struct wp_model *model, const struct wp_test *test,
                    const struct wp_point *point);

/* The policy that decides the point, or WP_NONE. */
uint32_t wp_point_policy(const struct wp_model *model, const struct wp_point *point);

/* The first rule of the policy from number `from` on that decides the point,
 * passing over report rules; rule_count when it falls to otherwise. */
uint32_t wp_point_rule(const struct wp_model *model, const struct wp_policy *policy,
                       const struct wp_point *point, uint32_t from);

/* The rule's decision, or that of otherwise when `rule` is rule_count. */
const struct wp_decision *wp_policy_decision(const struct wp_policy *policy, uint32_t rule);

/* Do both mean the same for who signs in: effect, chain, time, message? */
bool wp_same_decision(const struct wp_model *model, const struct wp_decision *a,
                      const struct wp_decision *b);

/* A copy in the arena. */
struct wp_point *wp_point_copy(struct wp_arena *arena, const struct wp_point *point);

#endif
