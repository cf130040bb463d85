/* What desire.c and its parts share. */
#ifndef WP_EMIT_ACCESS_DESIRE_H
#define WP_EMIT_ACCESS_DESIRE_H

#include "compiler/emit/access/access.h"

struct wp_desire {
    const struct wp_session *session;
    const struct wp_plan_options *options;
    const struct wp_model *model;
    const struct wp_access_profile *profile;
    struct wp_state *state;
    struct wp_diagnostics *diagnostics;
    struct wp_ranges_made *ranges;
};

/* Adds an object that must be there and is not ours. */
struct wp_object *wp_desire_reference(struct wp_desire *desire, const char *kind, const char *name,
                                      struct wp_span span);

/* ---- desire_range.c ------------------------------------------------------------ */

/* The key of the range for these IPv4 addresses; equal sets have one range.
 * `fallback` is its name where the source has none for it. */
const char *wp_desire_range(struct wp_desire *desire, const struct wp_network *network,
                            const char *fallback, struct wp_span span);

/* ---- desire_rule.c ------------------------------------------------------------- */

/* Can Access hold the decisions of the policy? Each is asked once. */
bool wp_desire_check_decisions(struct wp_desire *desire, const struct wp_policy *policy);
/* The body of one rule. `name` is unique within the policy. */
json_t *wp_desire_rule(struct wp_desire *desire, const struct wp_policy *policy,
                       const struct wp_access_rule *rule, const char *name);

/* ---- desire_apps.c ------------------------------------------------------------- */

/* Apps that the rules of a policy do not tell apart; others: and all that no
 * policy names. */
struct wp_app_class {
    uint32_t *apps;
    uint32_t count;
    bool others;
};

/* The classes of a policy; the one of all others is first, if there is one. */
struct wp_app_class *wp_desire_app_classes(struct wp_desire *desire, uint32_t policy,
                                           uint32_t *count);

/* Is the app in some condition of the policy? */
bool wp_desire_names_app(const struct wp_policy *policy, uint32_t app);

#endif
