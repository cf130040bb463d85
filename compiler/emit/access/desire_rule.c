/* One rule of a policy, and whether Access can hold what it decides. */
#include "compiler/emit/access/desire.h"
#include "compiler/facts.h"

#include <stdlib.h>
#include <string.h>

/* How many characters a text has as HTML. */
static size_t
html_length(const char *text)
{
    size_t length = 0;

    for (; *text; text++) {
        if (*text == '&')
            length += 5;
        else if (*text == '<' || *text == '>')
            length += 4;
        else
            length += ((unsigned char)*text & 0xc0) != 0x80;
    }
    return length;
}

/* ---- checks ------------------------------------------------------------------------ */

static const char *
name_of(const struct wp_model_rule *rule)
{
    return rule->name ? rule->name : "otherwise";
}

static bool
check_methods(struct wp_desire *desire, const struct wp_model_rule *rule,
              const struct wp_model_chain *chain)
{
    for (uint32_t i = 0; i < chain->count; i++) {
        for (uint32_t k = 0; k < chain->alternatives[i].count; k++) {
            const struct wp_step *step = &chain->alternatives[i].steps[k];
            for (uint32_t m = 0; m < step->count; m++) {
                const struct wp_thing *method = &desire->model->methods[step->methods[m]];
                struct wp_diagnostic *finding;
                if (wp_access_method_label(method->declaration, desire->session->tenant))
                    continue;
                finding = wp_report(desire->diagnostics, WP_E_ACCESS_METHOD, rule->decision.span,
                                    "rule '%s' asks for '%s', which Access does not have",
                                    name_of(rule), method->name);
                wp_add_label(desire->diagnostics, finding, method->span, "declared here");
                return false;
            }
        }
    }
    return true;
}

static bool
check_chain(struct wp_desire *desire, const struct wp_model_rule *rule)
{
    const struct wp_access_profile *profile = desire->profile;
    const struct wp_model_chain *chain;
    size_t count;

    if (rule->decision.chain == WP_NONE)
        return true;
    chain = &desire->model->chains[rule->decision.chain];
    if (!check_methods(desire, rule, chain))
        return false;
    count = wp_access_chain_count(chain, 100000);
    if (count > profile->most_chains) {
        wp_report(desire->diagnostics, WP_E_ACCESS_CHAIN, rule->decision.span,
                  "the chain of rule '%s' comes to %zu%s chains of single methods, and Access is "
                  "given %zu at most (limits.chains of the wire profile)",
                  name_of(rule), count, count == 100000 ? " or more" : "", profile->most_chains);
        return false;
    }
    for (uint32_t i = 0; i < chain->count; i++) {
        if (chain->alternatives[i].count <= profile->most_steps)
            continue;
        wp_report(desire->diagnostics, WP_E_ACCESS_CHAIN, rule->decision.span,
                  "the chain of rule '%s' has %u steps, and Access is given %zu at most "
                  "(limits.steps of the wire profile)",
                  name_of(rule), chain->alternatives[i].count, profile->most_steps);
        return false;
    }
    return true;
}

static bool
check_reauth(struct wp_desire *desire, const struct wp_model_rule *rule)
{
    const struct wp_decision *decision = &rule->decision;
    json_int_t unit = json_integer_value(wp_access_at(desire->profile->root, "rule.reauth_unit"));

    if (decision->reauth_seconds == WP_NO_REAUTH)
        return true;
    if (decision->effect != WP_AUTHENTICATE) {
        wp_report(desire->diagnostics, WP_E_ACCESS_REAUTH, decision->span,
                  "rule '%s' says how often, and Access asks again only where it authenticates",
                  name_of(rule));
        return false;
    }
    if (unit < 1)
        unit = 1;
    if (decision->reauth_seconds > 0 && decision->reauth_seconds % (uint64_t)unit == 0 &&
        decision->reauth_seconds <= INT32_MAX)
        return true;
    wp_report(desire->diagnostics, WP_E_ACCESS_REAUTH, decision->span,
              "rule '%s' asks again every %llu s, and Access counts whole units of %lld s up to "
              "%d s",
              name_of(rule), (unsigned long long)decision->reauth_seconds, (long long)unit,
              INT32_MAX);
    return false;
}

static bool
check_message(struct wp_desire *desire, const struct wp_model_rule *rule)
{
    const char *message = rule->decision.message;
    size_t length = message ? html_length(message) : 0;

    if (length <= desire->profile->most_message)
        return true;
    wp_report(desire->diagnostics, WP_E_ACCESS_MESSAGE, rule->decision.span,
              "the message of rule '%s' has %zu characters as HTML, and Access takes %zu",
              name_of(rule), length, desire->profile->most_message);
    return false;
}

static bool
check_decision(struct wp_desire *desire, const struct wp_model_rule *rule)
{
    bool chain = check_chain(desire, rule), reauth = check_reauth(desire, rule);

    return check_message(desire, rule) && chain && reauth;
}

bool
wp_desire_check_decisions(struct wp_desire *desire, const struct wp_policy *policy)
{
    bool right = true;

    for (uint32_t i = 0; i < policy->rule_count; i++) {
        const struct wp_model_rule *rule = &policy->rules[i];
        if (rule->report)
            wp_report(desire->diagnostics, WP_E_ACCESS_REPORT, rule->span,
                      "rule '%s' only reports, and is left out in Access", rule->name);
        else if (!check_decision(desire, rule))
            right = false;
    }
    return check_decision(desire, &policy->otherwise) && right;
}

/* ---- the body ------------------------------------------------------------------------ */

static void
add_method_references(struct wp_desire *desire, const struct wp_model_chain *chain)
{
    for (uint32_t i = 0; i < chain->count; i++) {
        for (uint32_t k = 0; k < chain->alternatives[i].count; k++) {
            const struct wp_step *step = &chain->alternatives[i].steps[k];
            for (uint32_t m = 0; m < step->count; m++) {
                const struct wp_declaration *method =
                    desire->model->methods[step->methods[m]].declaration;
                struct wp_object *object = wp_desire_reference(
                    desire, "method", wp_access_method_label(method, desire->session->tenant),
                    chain->span);
                if (wp_access_method_uuid(method) && !object->id)
                    wp_state_set_id(desire->state, object, wp_access_method_uuid(method));
            }
        }
    }
}

static int
compare_references(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static json_t *
groups_json(struct wp_desire *desire, const struct wp_ids *groups)
{
    struct wp_arena *arena = desire->session->arena;
    const char **keys = wp_alloc_array(arena, (size_t)groups->count + 1, sizeof *keys);
    json_t *array = json_array();

    for (uint32_t i = 0; i < groups->count; i++) {
        const struct wp_thing *group = &desire->model->groups[groups->ids[i]];
        const char *name = wp_name_in_tenant(group->declaration, desire->session->tenant,
                                             group->directory ? group->directory : group->name);
        keys[i] = wp_desire_reference(desire, "group", name, group->span)->key;
    }
    if (groups->count)
        qsort(keys, groups->count, sizeof *keys, compare_references);
    for (uint32_t i = 0; i < groups->count; i++) {
        if (i == 0 || strcmp(keys[i], keys[i - 1]) != 0)
            (void)json_array_append_new(array, wp_reference(keys[i]));
    }
    return array;
}

static const char *
range_key(struct wp_desire *desire, const struct wp_policy *policy,
          const struct wp_access_rule *rule, const struct wp_model_rule *source)
{
    if (rule->all_ranges) {
        struct wp_object *all =
            wp_desire_reference(desire, "range", WP_ACCESS_ALL_RANGES, policy->span);
        all->system = true;
        return all->key;
    }
    return wp_desire_range(
        desire, &rule->network,
        wp_format(desire->session->arena, "%s %s", policy->name, name_of(source)), source->span);
}

json_t *
wp_desire_rule(struct wp_desire *desire, const struct wp_policy *policy,
               const struct wp_access_rule *rule, const char *name)
{
    static const char *const actions[] = {
        [WP_DENY] = "deny", [WP_ALLOW] = "allow", [WP_AUTHENTICATE] = "authenticate"};
    const struct wp_model_rule *source =
        rule->source == policy->rule_count ? &policy->otherwise : &policy->rules[rule->source];
    const struct wp_decision *decision = &source->decision;
    json_t *body =
        json_pack("{s:s, s:o, s:s}", "name", name, "range",
                  wp_reference(range_key(desire, policy, rule, source)), "device", rule->device);

    if (rule->groups.count)
        (void)json_object_set_new(body, "groups", groups_json(desire, &rule->groups));
    (void)json_object_set_new(body, "action", json_string(actions[decision->effect]));
    if (decision->chain != WP_NONE) {
        const struct wp_model_chain *chain = &desire->model->chains[decision->chain];
        add_method_references(desire, chain);
        (void)json_object_set_new(body, "chains", wp_access_chains(desire->session, chain));
    }
    if (decision->reauth_seconds != WP_NO_REAUTH)
        (void)json_object_set_new(body, "reauth_s",
                                  json_integer((json_int_t)decision->reauth_seconds));
    if (decision->message)
        (void)json_object_set_new(body, "message", json_string(decision->message));
    return body;
}
