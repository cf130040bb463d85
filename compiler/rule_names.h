/* Rules by their names, for tests and proofs that speak of them. */
#ifndef WP_COMPILER_RULE_NAMES_H
#define WP_COMPILER_RULE_NAMES_H

#include "compiler/map.h"
#include "compiler/model.h"

struct wp_rule_names {
    const struct wp_model *model;
    struct wp_named_rule *rules;
    struct wp_map by_name;
};
struct wp_named_rule {
    uint32_t policy, rule;
};

void wp_rule_names_init(struct wp_rule_names *names, struct wp_arena *arena,
                        const struct wp_model *model);

/* The rule of that name in the policy (an index, or WP_NONE: in any); NULL when
 * there is none. */
const struct wp_named_rule *wp_rule_names_find(const struct wp_rule_names *names, uint32_t policy,
                                               const char *name);

/* The same among rules that report, or among those that do not. */
const struct wp_named_rule *wp_rule_names_find_sort(const struct wp_rule_names *names,
                                                    uint32_t policy, const char *name,
                                                    bool reports);

#endif
