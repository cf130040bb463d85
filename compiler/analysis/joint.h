/*
 * Two models as one: every name that either has gets one number, so that a
 * request can be put to both and their conditions into one question.
 *
 * A device type, app or user that only one version names is to the other what it
 * is to its evaluator: none of the named. A group is known by what a request
 * would call it, its directory's name or, without one, its own; so a group that
 * only got another name in the source is the same group.
 */
#ifndef WP_ANALYSIS_JOINT_H
#define WP_ANALYSIS_JOINT_H

#include "compiler/model.h"

struct wp_joint {
    struct wp_model *model; /* the old version's policies, then the new one's */
    uint32_t old_count;     /* how many of the policies are old */
    /* The policy that decides for each app, then for all others, in each version;
     * WP_NONE: none. */
    uint32_t *old_policy, *new_policy;
    bool too_many_devices;  /* there are more device types than fit: model is NULL */
    bool other_assumptions; /* some were left out, since only one version has them */
};

void wp_joint_init(struct wp_joint *joint, struct wp_arena *arena, const struct wp_model *old_model,
                   const struct wp_model *new_model);

#endif
