/*
 * What methods, postures and device types demand, judged wherever a rule uses
 * them: of tenants' facts, of the users' source, of apps, of the rule itself.
 */
#include "compiler/check/check.h"
#include "compiler/check/collect.h"
#include "compiler/check/devices.h"
#include "compiler/facts.h"

#include <string.h>

/* What checks of one rule share. */
struct walk {
    struct wp_diagnostics *list;
    const struct wp_model *model; /* the whole one */
    struct wp_collector *collector;
    const struct wp_model *view;
    const struct wp_model_rule *misplaced; /* reported to stand in the wrong policy */
};

/* ---- tenants ---------------------------------------------------------------------- */

static void
check_tenant(struct walk *walk, const struct wp_use *use, const struct wp_declaration *tenant,
             const struct wp_fact_question *question)
{
    const struct wp_value *value;
    enum wp_diagnostic_kind kind = question->member ? WP_E_NOT_OFFERED : WP_E_FACT_CONTRADICTED;

    if (wp_wheres_hold(use->site, tenant, use->demand->attributes) != WP_TRUE)
        return;
    switch (wp_fact_meets(walk->view, tenant, use->demand, question, &value)) {
    case WP_TRUE:
        return;
    case WP_FALSE:
        wp_collect_conflict(walk->collector, use, kind, tenant, value);
        return;
    case WP_UNKNOWN:
        if (!value)
            wp_collect_unknown(walk->collector, use, tenant, question->fact);
        return;
    }
}

/* The demand is put to every tenant of the kind. */
static void
check_fact(struct walk *walk, const struct wp_use *use, const struct wp_fact_question *question)
{
    struct wp_declaration_walk tenants = {0};
    const struct wp_declaration *tenant;
    bool found = false;

    while ((tenant = wp_declaration_next(walk->view, WP_DECL_TENANT, &tenants))) {
        if (strcmp(wp_tenant_kind(tenant), question->kind) != 0)
            continue;
        found = true;
        check_tenant(walk, use, tenant, question);
    }
    if (!found && wp_wheres_hold(use->site, NULL, use->demand->attributes) == WP_TRUE)
        wp_collect_missing(walk->collector, use, question->kind);
}

/* ---- groups ----------------------------------------------------------------------- */

static bool
is_unclear(const struct wp_use *use, const struct wp_value *value)
{
    const struct wp_attribute *unclear = wp_attribute_find(use->demand->attributes, "unclear");

    return unclear && value->text && wp_value_holds(unclear->value, value->text);
}

static enum wp_truth
value_truth(const struct wp_use *use, const struct wp_value *value)
{
    enum wp_truth truth;

    if (is_unclear(use, value))
        return WP_UNKNOWN;
    truth = wp_value_meets(value, use->demand->op, use->demand->value, false);
    return use->demand->negated ? wp_truth_not(truth) : truth;
}

/* What a tenant says of users whose group says nothing (NULL: of all users). */
static void
check_fallback(struct walk *walk, const struct wp_use *use, const struct wp_thing *group,
               const struct wp_declaration *tenant, const char *fact)
{
    const struct wp_attribute *said = wp_attribute_find(tenant->attributes, fact);

    if (!said) {
        wp_collect_unknown(walk->collector, use, tenant, fact);
        return;
    }
    switch (value_truth(use, said->value)) {
    case WP_TRUE:
        return;
    case WP_FALSE:
        wp_collect_conflict(walk->collector, use, WP_E_GROUP_SOURCE, tenant, said->value);
        return;
    case WP_UNKNOWN:
        wp_collect_unsaid(walk->collector, use, WP_E_GROUP_SOURCE_UNKNOWN, group);
        return;
    }
}

static void
check_unsaid_group(struct walk *walk, const struct wp_use *use, const struct wp_thing *group)
{
    const char *fact = wp_attribute_text(use->demand->attributes, "default", NULL);
    struct wp_declaration_walk tenants = {0};
    const struct wp_declaration *tenant;
    struct wp_path path;
    bool found = false;

    if (!fact)
        return;
    path = wp_path_split(fact);
    while (path.second && (tenant = wp_declaration_next(walk->view, WP_DECL_TENANT, &tenants))) {
        if (strcmp(wp_tenant_kind(tenant), path.first) != 0)
            continue;
        found = true;
        check_fallback(walk, use, group, tenant, path.second);
    }
    if (!found)
        wp_collect_missing(walk->collector, use, path.first);
}

static void
check_group(struct walk *walk, const struct wp_use *use, const struct wp_thing *group)
{
    const struct wp_attribute *said =
        group->declaration ? wp_attribute_find(group->declaration->attributes, "source") : NULL;

    if (!said)
        check_unsaid_group(walk, use, group);
    else if (is_unclear(use, said->value))
        wp_collect_unsaid(walk->collector, use, WP_E_GROUP_SOURCE_UNKNOWN, group);
    else if (value_truth(use, said->value) == WP_FALSE)
        wp_collect_conflict(walk->collector, use, WP_E_GROUP_SOURCE, group->declaration,
                            said->value);
}

/* The groups whose members the rule lets through: those that some term asks
 * for. A term that asks for none lets everybody through. */
static void
check_groups(struct walk *walk, const struct wp_use *use)
{
    const struct wp_model_rule *rule = use->site->rule;

    for (uint32_t t = 0; t < rule->term_count; t++) {
        const struct wp_term *term = &rule->terms[t];
        if (term->any_count == 0) {
            check_unsaid_group(walk, use, NULL);
            continue;
        }
        for (uint32_t a = 0; a < term->any_count; a++)
            for (uint32_t i = 0; i < term->any[a].count; i++)
                check_group(walk, use, &walk->view->groups[term->any[a].ids[i]]);
    }
}

/* ---- apps ------------------------------------------------------------------------- */

/* An app that says nothing of a yes-or-no is not so: nothing to ask about. */
static bool
asks_yes_or_no(const struct wp_use *use)
{
    return wp_value_holds(use->demand->value, "yes") || wp_value_holds(use->demand->value, "no");
}

static void
check_app(struct walk *walk, const struct wp_use *use, const struct wp_thing *app)
{
    struct wp_path path = wp_path_split(use->demand->key->text);
    const struct wp_attribute *said =
        app->declaration && path.second
            ? wp_attribute_find(app->declaration->attributes, path.second)
            : NULL;

    if (!said && !asks_yes_or_no(use))
        wp_collect_unsaid(walk->collector, use, WP_E_APP_UNKNOWN, app);
    else if (said && value_truth(use, said->value) == WP_FALSE)
        wp_collect_conflict(walk->collector, use, WP_E_APP_UNSUITED, app->declaration, said->value);
}

static void
check_apps(struct walk *walk, const struct wp_use *use)
{
    const struct wp_policy *policy = use->site->policy;

    for (uint32_t i = 0; i < policy->apps.count; i++)
        check_app(walk, use, &walk->view->apps[policy->apps.ids[i]]);
}

/* ---- one demand --------------------------------------------------------------------- */

static void
check_policy(struct walk *walk, const struct wp_use *use)
{
    bool wants_default = wp_value_holds(use->demand->value, "default") != use->demand->negated;

    if (wants_default == use->site->policy->is_default || walk->misplaced == use->site->rule)
        return;
    walk->misplaced = use->site->rule;
    wp_collect_unforeseen(walk->collector, use, WP_E_OUTSIDE_POLICY);
}

static void
check_chain(struct walk *walk, const struct wp_use *use)
{
    if (use->kind == WP_USE_METHOD && wp_chain_meets(use->site, use->demand) == WP_FALSE)
        wp_collect_unforeseen(walk->collector, use, WP_E_CHAIN_PARTNER);
}

/* Demands on `device` are judged for a whole chain: see devices.c. */
static void
check_demand(struct walk *walk, const struct wp_use *use)
{
    struct wp_path path = wp_path_split(use->demand->key->text);
    struct wp_fact_question question;

    if (wp_fact_question_read(walk->view, use->demand, &question)) {
        check_fact(walk, use, &question);
        return;
    }
    if (wp_wheres_hold(use->site, NULL, use->demand->attributes) != WP_TRUE)
        return;
    if (strcmp(path.first, "group") == 0)
        check_groups(walk, use);
    else if (strcmp(path.first, "app") == 0)
        check_apps(walk, use);
    else if (strcmp(path.first, "policy") == 0)
        check_policy(walk, use);
    else if (strcmp(path.first, "chain") == 0)
        check_chain(walk, use);
}

static void
check_user(struct walk *walk, enum wp_use_kind kind, const struct wp_declaration *user,
           const struct wp_site *site)
{
    struct wp_use use = {.kind = kind, .user = user, .site = site};

    for (use.demand = user->attributes; use.demand; use.demand = use.demand->next)
        if (use.demand->kind == WP_DEMAND)
            check_demand(walk, &use);
}

/* ---- methods that a tenant does not list ------------------------------------------------ */

/* A tenant's list of methods leaves out one that is used: a contradiction,
 * unless another tenant lists it or might. */
struct listing {
    bool listed, unsure;
    const struct wp_declaration *tenant;
    const struct wp_value *value;
};

static void
look_into_tenant(struct walk *walk, const struct wp_declaration *tenant, const char *method,
                 struct listing *listing)
{
    const struct wp_declaration *kind =
        wp_declaration_find(walk->view, WP_DECL_KIND, wp_tenant_kind(tenant));

    for (const struct wp_attribute *f = kind ? kind->attributes : NULL; f; f = f->next) {
        const struct wp_attribute *said;

        if (f->kind != WP_BLOCK || !f->name || wp_attribute_is_yes(f->attributes, "partial") ||
            strcmp(wp_attribute_text(f->attributes, "of", ""), "methods") != 0)
            continue;
        said = wp_attribute_find(tenant->attributes, f->name->text);
        if (!said)
            listing->unsure = true;
        else if (wp_value_holds(said->value, method))
            listing->listed = true;
        else if (!listing->tenant) {
            listing->tenant = tenant;
            listing->value = said->value;
        }
    }
}

/* Whether the method has a demand of its own on membership in some list. */
static bool
demands_membership(const struct wp_declaration *method)
{
    for (const struct wp_attribute *a = method->attributes; a; a = a->next)
        if (a->kind == WP_DEMAND && a->op == WP_DEMAND_IN && !strchr(a->key->text, '.') &&
            strcmp(a->key->text, method->name->text) == 0)
            return true;
    return false;
}

static void
check_listing(struct walk *walk, const struct wp_declaration *method, const struct wp_site *site)
{
    struct wp_declaration_walk tenants = {0};
    const struct wp_declaration *tenant;
    struct listing listing = {0};
    struct wp_use use = {.kind = WP_USE_METHOD, .user = method, .site = site};

    if (demands_membership(method))
        return;
    while ((tenant = wp_declaration_next(walk->view, WP_DECL_TENANT, &tenants)))
        if (wp_block_find(method->attributes, wp_tenant_kind(tenant), NULL))
            look_into_tenant(walk, tenant, method->name->text, &listing);
    if (listing.listed || listing.unsure || !listing.tenant)
        return;
    wp_collect_unlisted(walk->collector, &use, listing.tenant, listing.value);
}

/* ---- rules ------------------------------------------------------------------------------ */

static void
check_methods(struct walk *walk, struct wp_site *site)
{
    const struct wp_model *view = walk->view;
    const struct wp_model_chain *chain = &view->chains[site->rule->decision.chain];

    for (uint32_t a = 0; a < chain->count; a++) {
        site->alternative = &chain->alternatives[a];
        for (site->step = 0; site->step < site->alternative->count; site->step++) {
            const struct wp_step *step = &site->alternative->steps[site->step];
            for (uint32_t i = 0; i < step->count; i++) {
                site->method = step->methods[i];
                const struct wp_declaration *method = view->methods[site->method].declaration;
                if (!method)
                    continue;
                check_user(walk, WP_USE_METHOD, method, site);
                check_listing(walk, method, site);
            }
        }
    }
    site->alternative = NULL;
}

static void
check_postures(struct walk *walk, const struct wp_site *site)
{
    struct wp_declaration_walk postures = {0};
    const struct wp_declaration *posture;

    while ((posture = wp_declaration_next(walk->view, WP_DECL_POSTURE, &postures)))
        if (wp_asks_posture(site->rule, posture->name->text))
            check_user(walk, WP_USE_POSTURE, posture, site);
}

/* Device types that the rule names, not those that it merely leaves in. */
static void
check_named_devices(struct walk *walk, const struct wp_site *site)
{
    const struct wp_model *view = walk->view;

    if (site->devices & 1)
        return;
    for (uint32_t i = 1; i < view->device_count; i++)
        if ((site->devices >> i & 1) && view->devices[i].declaration)
            check_user(walk, WP_USE_DEVICE, view->devices[i].declaration, site);
}

static void
check_rule(struct walk *walk, struct wp_site *site)
{
    check_postures(walk, site);
    check_named_devices(walk, site);
    if (site->rule->decision.effect == WP_AUTHENTICATE && site->rule->decision.chain != WP_NONE) {
        check_methods(walk, site);
        wp_check_devices(walk->list, walk->model, site);
    }
}

static void
check_policy_rules(struct walk *walk, const struct wp_policy *policy)
{
    uint64_t settled = 0;

    for (uint32_t i = 0; i <= policy->rule_count; i++) {
        const struct wp_model_rule *rule =
            i < policy->rule_count ? &policy->rules[i] : &policy->otherwise;
        struct wp_site site = {.model = walk->view, .policy = policy, .rule = rule};

        site.devices = wp_rule_devices(rule) & ~settled;
        site.postures = wp_rule_postures(rule);
        check_rule(walk, &site);
        settled |= wp_rule_settles(rule);
    }
}

void
wp_check_demands(struct wp_diagnostics *list, const struct wp_model *model)
{
    struct wp_model view;
    struct walk walk = {.list = list, .model = model, .view = &view};

    wp_facts_view(list->arena, model, &view);
    walk.collector = wp_collector_new(list, model, &view);
    for (uint32_t i = 0; i < model->policy_count; i++)
        check_policy_rules(&walk, &model->policies[i]);
    wp_collector_end(walk.collector);
}
