/* What a source demands of an Access tenant: ranges, policies, bindings, clients. */
#include "compiler/emit/access/desire.h"
#include "compiler/emit/decides.h"
#include "compiler/facts.h"

#include <string.h>

struct wp_object *
wp_desire_reference(struct wp_desire *desire, const char *kind, const char *name,
                    struct wp_span span)
{
    bool is_new;
    struct wp_object *object =
        wp_state_add(desire->state, kind, NULL, name, NULL, json_object(), &is_new);

    if (is_new) {
        object->reference = true;
        object->span = span;
    }
    return object;
}

/* ---- policies -------------------------------------------------------------------- */

/* "trusted", then "trusted (2)". */
static json_t *
rules_json(struct wp_desire *desire, const struct wp_policy *policy,
           const struct wp_access_lowered *lowered)
{
    struct wp_arena *arena = desire->session->arena;
    unsigned *used = wp_alloc_array(arena, (size_t)policy->rule_count + 1, sizeof *used);
    json_t *rules = json_array();

    for (uint32_t i = 0; i < lowered->count; i++) {
        const struct wp_access_rule *rule = &lowered->rules[i];
        const char *name =
            rule->source == policy->rule_count ? "otherwise" : policy->rules[rule->source].name;
        if (++used[rule->source] > 1)
            name = wp_format(arena, "%s (%u)", name, used[rule->source]);
        (void)json_array_append_new(rules, wp_desire_rule(desire, policy, rule, name));
    }
    return rules;
}

static const char *
app_name(const struct wp_desire *desire, uint32_t app)
{
    const struct wp_thing *thing = &desire->model->apps[app];

    return wp_name_in_tenant(thing->declaration, desire->session->tenant,
                             thing->directory ? thing->directory : thing->name);
}

/* The policy for one class of apps, and the apps bound to it. */
static void
add_class(struct wp_desire *desire, uint32_t number, const struct wp_app_class *class,
          const char *name)
{
    const struct wp_policy *policy = &desire->model->policies[number];
    const struct wp_access_apps apps = {class->apps, class->others ? 0 : class->count};
    struct wp_access_lowered lowered;
    struct wp_object *object;
    bool is_new;

    if (!wp_access_lower(desire->session, desire->options, desire->profile, number, &apps, &lowered,
                         desire->diagnostics))
        return;
    object =
        wp_state_add(desire->state, "policy", NULL, name, NULL,
                     json_pack("{s:o}", "rules", rules_json(desire, policy, &lowered)), &is_new);
    object->span = policy->span;
    object->system = class->others;
    for (uint32_t i = 0; i < class->count; i++) {
        const char *app = app_name(desire, class->apps[i]);
        struct wp_object *binding;
        (void)wp_desire_reference(desire, "app", app, desire->model->apps[class->apps[i]].span);
        binding = wp_state_add(desire->state, "binding", NULL, app, NULL,
                               json_pack("{s:o}", "policy", wp_reference(object->key)), &is_new);
        binding->span = policy->span;
    }
}

/* Who publishes the app to the catalog, when that is another; else NULL. */
static const struct wp_attribute *
publisher(const struct wp_thing *app)
{
    const struct wp_attribute *federated =
        app->declaration ? wp_attribute_find(app->declaration->attributes, "federated") : NULL;

    return federated && !wp_value_holds(federated->value, "access") ? federated : NULL;
}

/* An app that stands below its application source has no policy of its own [D6]. */
static void
check_source_app(struct wp_desire *desire, const struct wp_policy *policy,
                 const struct wp_thing *app, const char *does)
{
    const struct wp_attribute *federated = publisher(app);
    struct wp_diagnostic *finding;

    if (!federated)
        return;
    finding = wp_report(desire->diagnostics, WP_E_ACCESS_SOURCE_APP, policy->span,
                        "policy '%s' %s '%s', which %s publishes to Access", policy->name, does,
                        app->name, federated->value->text ? federated->value->text : "another");
    wp_add_label(desire->diagnostics, finding, federated->span, "said here");
}

/* Those that the policy is for, and those that the default one tells from others, for
 * they would need one of their own as well. */
static void
check_source_apps(struct wp_desire *desire, const struct wp_policy *policy)
{
    const struct wp_model *model = desire->model;

    for (uint32_t i = 0; i < policy->apps.count; i++)
        check_source_app(desire, policy, &model->apps[policy->apps.ids[i]], "is for");
    for (uint32_t i = 0; policy->is_default && i < model->app_count; i++)
        if (model->app_policy[i] == WP_NONE && wp_desire_names_app(policy, i))
            check_source_app(desire, policy, &model->apps[i], "has rules for");
}

static void
add_policy(struct wp_desire *desire, uint32_t number)
{
    const struct wp_policy *policy = &desire->model->policies[number];
    struct wp_arena *arena = desire->session->arena;
    uint32_t count;
    struct wp_app_class *classes = wp_desire_app_classes(desire, number, &count);
    bool named = false;

    check_source_apps(desire, policy);
    if (!wp_desire_check_decisions(desire, policy))
        return;
    for (uint32_t i = 0; i < count; i++) {
        const char *name = policy->name;
        if (classes[i].others)
            name = WP_ACCESS_BASE;
        else if (named || policy->is_default)
            name = wp_format(arena, "%s (%s)", policy->name,
                             desire->model->apps[classes[i].apps[0]].name);
        named = named || !classes[i].others;
        add_class(desire, number, &classes[i], name);
    }
}

/* ---- the whole ------------------------------------------------------------------------- */

static bool
asks_for_local_password(const struct wp_desire *desire, const struct wp_decision *decision)
{
    const struct wp_model_chain *chain;

    if (decision->chain == WP_NONE)
        return false;
    chain = &desire->model->chains[decision->chain];
    for (uint32_t i = 0; i < chain->count; i++) {
        const struct wp_alternative *way = &chain->alternatives[i];
        for (uint32_t k = 0; k < way->count; k++) {
            for (uint32_t m = 0; m < way->steps[k].count; m++) {
                const struct wp_declaration *method =
                    desire->model->methods[way->steps[k].methods[m]].declaration;
                if (method && wp_attribute_is_yes(method->attributes, "breakglass"))
                    return true;
            }
        }
    }
    return false;
}

static void
check_default(struct wp_desire *desire)
{
    const struct wp_model *model = desire->model;
    const struct wp_policy *policy;

    if (model->default_policy == WP_NONE ||
        !wp_tenant_decides(desire->session->tenant, &model->policies[model->default_policy])) {
        if (model->policy_count)
            wp_report(desire->diagnostics, WP_E_ACCESS_NO_DEFAULT,
                      desire->session->tenant ? desire->session->tenant->name->span
                                              : model->policies[0].span,
                      "the tenant's own default policy stays as it is");
        return;
    }
    policy = &model->policies[model->default_policy];
    for (uint32_t i = 0; i < policy->rule_count; i++) {
        if (!policy->rules[i].report && asks_for_local_password(desire, &policy->rules[i].decision))
            return;
    }
    if (!asks_for_local_password(desire, &policy->otherwise.decision))
        wp_report(desire->diagnostics, WP_E_ACCESS_LOCAL_PASSWORD, policy->span,
                  "no rule of policy '%s' asks administrators for the local password",
                  policy->name);
}

bool
wp_access_desire(const struct wp_session *session, const struct wp_plan_options *options,
                 struct wp_state *state, struct wp_diagnostics *diagnostics)
{
    size_t errors = diagnostics->errors;
    struct wp_access_profile profile;
    struct wp_problem problem = {0};
    struct wp_desire desire = {session,     options, session->model, &profile, state,
                               diagnostics, NULL};

    if (!wp_access_profile_open(session, &profile, &problem)) {
        const struct wp_attribute *said =
            session->tenant ? wp_attribute_find(session->tenant->attributes, "profile") : NULL;
        wp_report(diagnostics, WP_E_ACCESS_PROFILE,
                  said ? said->value->span : (struct wp_span){WP_NO_FILE, 0, 0}, "%s",
                  problem.text);
        return false;
    }
    (void)wp_decides_check(session->model, session->tenant, diagnostics);
    for (uint32_t i = 0; i < session->model->policy_count; i++) {
        if (wp_tenant_decides(session->tenant, &session->model->policies[i]))
            add_policy(&desire, i);
    }
    check_default(&desire);
    wp_access_desire_clients(session, state);
    wp_access_profile_close(&profile);
    return diagnostics->errors == errors;
}
