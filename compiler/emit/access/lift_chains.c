/* Chains of a lifted source. Access has alternatives of single methods; what the
 * source wrote as `a then (b or c)` is found again by what it comes to. */
#include "compiler/emit/access/lift.h"

#include <string.h>

/* "phones" of "phones (2)". */
static size_t
base_length(const char *rule)
{
    const char *end = strstr(rule, " (");

    return end ? (size_t)(end - rule) : strlen(rule);
}

static bool
comes_to(struct wp_lift *lift, uint32_t chain, const json_t *chains)
{
    const struct wp_model_chain *model = &lift->session->model->chains[chain];
    json_t *expanded;
    bool same;

    if (wp_access_chain_count(model, json_array_size(chains) + 1) != json_array_size(chains))
        return false;
    for (uint32_t i = 0; i < model->count; i++) {
        for (uint32_t k = 0; k < model->alternatives[i].count; k++) {
            const struct wp_step *step = &model->alternatives[i].steps[k];
            for (uint32_t m = 0; m < step->count; m++) {
                if (!wp_access_method_label(
                        lift->session->model->methods[step->methods[m]].declaration,
                        lift->session->tenant))
                    return false;
            }
        }
    }
    expanded = wp_access_chains(lift->session, model);
    same = json_equal(expanded, chains);
    json_decref(expanded);
    return same;
}

/* The chain of the source's rule of that name, else any that comes to the same. */
static uint32_t
find_chain(struct wp_lift *lift, const char *policy, const char *rule, const json_t *chains)
{
    const struct wp_model *model = lift->session->model;

    for (uint32_t p = 0; model && p < model->policy_count; p++) {
        const struct wp_policy *its = &model->policies[p];
        if (strcmp(policy, WP_ACCESS_BASE) == 0
                ? !its->is_default
                : strncmp(policy, its->name, strlen(its->name)) != 0)
            continue;
        for (uint32_t i = 0; i <= its->rule_count; i++) {
            const struct wp_model_rule *source =
                i == its->rule_count ? &its->otherwise : &its->rules[i];
            const char *name = i == its->rule_count ? "otherwise" : source->name;
            size_t length = base_length(rule);
            if (strlen(name) == length && strncmp(name, rule, length) == 0 &&
                source->decision.chain != WP_NONE && comes_to(lift, source->decision.chain, chains))
                return source->decision.chain;
        }
    }
    for (uint32_t i = 0; model && i < model->chain_count; i++) {
        if (comes_to(lift, i, chains))
            return i;
    }
    return WP_NONE;
}

static void
say_model_chain(struct wp_lift *lift, const struct wp_model_chain *chain)
{
    const struct wp_model *model = lift->session->model;

    for (uint32_t i = 0; i < chain->count; i++) {
        for (uint32_t k = 0; k < chain->alternatives[i].count; k++) {
            const struct wp_step *step = &chain->alternatives[i].steps[k];
            wp_lift_say(lift, "%s%s",
                        k   ? " then "
                        : i ? " else "
                            : " ",
                        step->count > 1 ? "(" : "");
            for (uint32_t m = 0; m < step->count; m++)
                wp_lift_say(lift, "%s%s", m ? " or " : "", model->methods[step->methods[m]].name);
            wp_lift_say(lift, "%s", step->count > 1 ? ")" : "");
        }
    }
}

void
wp_lift_chains(struct wp_lift *lift, const char *policy, const char *rule, const json_t *chains)
{
    uint32_t chain = find_chain(lift, policy, rule, chains);
    size_t i, k;
    json_t *alternative, *method;

    if (chain != WP_NONE) {
        say_model_chain(lift, &lift->session->model->chains[chain]);
        return;
    }
    if (json_array_size(chains) == 0)
        lift->fault = "it authenticates by no method";
    json_array_foreach(chains, i, alternative)
    {
        if (json_array_size(alternative) == 0)
            lift->fault = "one of its chains is empty";
        json_array_foreach(alternative, k, method)
        {
            const char *key = wp_reference_key(method);
            const char *name = key ? wp_lift_name(lift, key) : NULL;
            if (!name)
                lift->fault = "it asks for a method that the tenant does not list";
            wp_lift_say(lift, "%s%s", k ? " then " : i ? " else " : " ", name ? name : "?");
        }
    }
}
