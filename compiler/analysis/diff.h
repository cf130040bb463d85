/*
 * Which requests do two versions of a policy decide differently?
 *
 * Rules that are the same in both, in the same order, cannot be the cause: if
 * both versions' deciding rules are such, they are the same one. So only the
 * other rules are asked about: of what each takes, is there a request that the
 * other version decides otherwise? One region is reported for each such rule and
 * each other decision, with a request and, around it, a box in names.
 */
#ifndef WP_ANALYSIS_DIFF_H
#define WP_ANALYSIS_DIFF_H

#include "compiler/analysis/analysis.h"
#include "compiler/analysis/box.h"
#include "compiler/analysis/joint.h"
#include "compiler/analysis/strength.h"

struct wp_region {
    /* Who decides the witness: policies of the joint model (WP_NONE: no policy),
     * rules by number (rule_count: otherwise). */
    uint32_t old_policy, old_rule, new_policy, new_rule;
    bool old_is_cause; /* the old rule is the one that was changed or removed */
    enum wp_order change;
    const struct wp_point *witness;
    struct wp_box box;
};

struct wp_diff {
    struct wp_joint joint;
    struct wp_region *regions; /* looser ones first, then in the order of rules */
    uint32_t count;
    uint32_t edits;     /* rules that were added, removed, changed or moved */
    uint32_t undecided; /* questions that ended their budget: there may be more */
    bool is_equal;      /* proved: no request is decided differently */
};

/* On false the versions cannot be compared (too many device types). */
bool wp_diff_models(struct wp_diff *diff, struct wp_arena *arena, const struct wp_model *old_model,
                    const struct wp_model *new_model, const struct wp_analysis_options *options);

/* The decisions of a region, from the joint model. */
const struct wp_decision *wp_region_before(const struct wp_diff *diff,
                                           const struct wp_region *region);
const struct wp_decision *wp_region_after(const struct wp_diff *diff,
                                          const struct wp_region *region);

/* "Workforce", or "no policy"; "guests", or "otherwise"; NULL without a policy. */
const char *wp_diff_policy_name(const struct wp_diff *diff, uint32_t policy);
const char *wp_diff_rule_name(const struct wp_diff *diff, uint32_t policy, uint32_t rule);

#endif
