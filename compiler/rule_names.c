#include "compiler/rule_names.h"

#include <string.h>

struct wanted {
    const char *name;
    uint32_t policy;
    bool any_sort, reports;
};

/* A policy's rules have one map; the other holds, of all rules with a name, one
 * that reports and one that does not. */
static uint64_t
hash_wanted(const struct wanted *wanted)
{
    return wp_hash_bytes(wanted->policy, wanted->name, strlen(wanted->name));
}

static bool
is_wanted(const void *context, uint32_t number, const void *key)
{
    const struct wp_rule_names *names = context;
    const struct wp_named_rule *at = &names->rules[number];
    const struct wp_model_rule *rule = &names->model->policies[at->policy].rules[at->rule];
    const struct wanted *wanted = key;

    return (wanted->policy == WP_NONE || wanted->policy == at->policy) &&
           (wanted->any_sort || wanted->reports == rule->report) &&
           strcmp(rule->name, wanted->name) == 0;
}

static const struct wp_named_rule *
find(const struct wp_rule_names *names, const struct wanted *wanted)
{
    uint32_t found = wp_map_find(&names->by_name, hash_wanted(wanted), is_wanted, names, wanted);

    return found == WP_NONE ? NULL : &names->rules[found];
}

void
wp_rule_names_init(struct wp_rule_names *names, struct wp_arena *arena,
                   const struct wp_model *model)
{
    uint32_t count = 0;

    *names = (struct wp_rule_names){.model = model};
    wp_map_init(&names->by_name, arena);
    for (uint32_t p = 0; p < model->policy_count; p++)
        count += model->policies[p].rule_count;
    names->rules = wp_alloc_array(arena, (size_t)count + 1, sizeof *names->rules);
    count = 0;
    for (uint32_t p = 0; p < model->policy_count; p++)
        for (uint32_t r = 0; r < model->policies[p].rule_count; r++) {
            const struct wp_model_rule *rule = &model->policies[p].rules[r];
            const struct wanted here = {rule->name, p, true, false};
            const struct wanted anywhere = {rule->name, WP_NONE, false, rule->report};

            names->rules[count] = (struct wp_named_rule){p, r};
            if (!find(names, &here))
                wp_map_add(&names->by_name, hash_wanted(&here), count);
            if (!find(names, &anywhere))
                wp_map_add(&names->by_name, hash_wanted(&anywhere), count);
            count++;
        }
}

const struct wp_named_rule *
wp_rule_names_find(const struct wp_rule_names *names, uint32_t policy, const char *name)
{
    const struct wanted wanted = {name, policy, true, false};

    return find(names, &wanted);
}

const struct wp_named_rule *
wp_rule_names_find_sort(const struct wp_rule_names *names, uint32_t policy, const char *name,
                        bool reports)
{
    const struct wanted wanted = {name, policy, false, reports};

    return find(names, &wanted);
}
