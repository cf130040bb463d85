/*
 * Known issues: patterns over rules and tenants that vendors have told of. Each
 * is an `issue` declaration; this file only looks for them.
 */
#include "compiler/address.h"
#include "compiler/check/check.h"
#include "compiler/check/collect.h"
#include "compiler/check/providers.h"
#include "compiler/facts.h"

#include <string.h>

struct search {
    struct wp_diagnostics *list;
    const struct wp_model *model;
    struct wp_model view;
    const struct wp_declaration *issue;
    bool has_providers; /* some tenant says what its identity providers offer */
};

static struct wp_diagnostic *
report(struct search *search, struct wp_span span, const char *where)
{
    const struct wp_attribute *said = search->issue->attributes;
    enum wp_diagnostic_kind kind = wp_said_kind(said, WP_E_KNOWN_ISSUE);
    struct wp_diagnostic *finding =
        wp_report_as(search->list, wp_said_severity(said, WP_WARNING), kind, span, "%s: %s", where,
                     search->issue->title ? search->issue->title->text : search->issue->name->text);

    wp_add_cure(search->list, finding, said, NULL);
    return finding;
}

/* The first line of the pattern that asks for a tenant's fact, with what the
 * tenant says: the place to point at. */
static struct wp_span
tenant_place(const struct search *search, const struct wp_declaration *tenant)
{
    struct wp_fact_question question;
    const struct wp_value *value;

    for (const struct wp_attribute *a = search->issue->attributes; a; a = a->next) {
        if (a->kind != WP_WHERE || !wp_fact_question_read(&search->view, a, &question))
            continue;
        (void)wp_fact_meets(&search->view, tenant, a, &question, &value);
        if (value)
            return value->span;
    }
    return tenant->name->span;
}

/* Whether the pattern asks for facts of this kind of tenant. */
static bool
asks_tenant(const struct search *search, const struct wp_declaration *tenant)
{
    struct wp_fact_question question;

    for (const struct wp_attribute *a = search->issue->attributes; a; a = a->next)
        if (a->kind == WP_WHERE && wp_fact_question_read(&search->view, a, &question) &&
            strcmp(question.kind, wp_tenant_kind(tenant)) == 0)
            return true;
    return false;
}

static void
search_tenants(struct search *search)
{
    struct wp_declaration_walk walk = {0};
    const struct wp_declaration *tenant;
    struct wp_site site = {.model = &search->view};

    while ((tenant = wp_declaration_next(&search->view, WP_DECL_TENANT, &walk)))
        if (asks_tenant(search, tenant) &&
            wp_wheres_hold(&site, tenant, search->issue->attributes) == WP_TRUE)
            (void)report(search, tenant_place(search, tenant),
                         wp_format(search->list->arena, "tenant '%s'", tenant->name->text));
}

static void
report_rule(struct search *search, const struct wp_site *site, bool per_policy)
{
    const char *where = per_policy
                            ? wp_format(search->list->arena, "policy '%s'", site->policy->name)
                            : wp_rule_text(search->list->arena, site->policy, site->rule);
    bool included = site->rule->included_from.file != WP_NO_FILE;
    struct wp_diagnostic *finding =
        report(search, included ? site->rule->included_from : site->rule->span, where);

    if (included)
        wp_add_label(search->list, finding, site->rule->span, "by this rule of the template");
    finding->label = per_policy ? "first met here" : NULL;
    finding->policy = site->policy->name;
    finding->rule = site->rule->name;
}

static void
search_policy(struct search *search, const struct wp_policy *policy, bool per_policy)
{
    uint64_t settled = 0;

    for (uint32_t i = 0; i < policy->rule_count; i++) {
        const struct wp_model_rule *rule = &policy->rules[i];
        struct wp_site site = {.model = &search->view, .policy = policy, .rule = rule};

        site.devices = wp_rule_devices(rule) & ~settled;
        site.postures = wp_rule_postures(rule);
        settled |= wp_rule_settles(rule);
        if (wp_wheres_hold(&site, NULL, search->issue->attributes) != WP_TRUE)
            continue;
        report_rule(search, &site, per_policy);
        if (per_policy)
            return;
    }
}

/* ---- each method of each rule ---------------------------------------------------- */

/* One address of the network, which is not empty; of documentation's if it can be. */
static const char *
address_in(struct search *search, const struct wp_network *network)
{
    static const struct wp_address6 usual = {UINT64_C(0x20010db800000000), 1};
    struct wp_address address = {.is_v6 = network->v4_count == 0, .v6 = usual};
    bool is_in = false;
    char text[WP_ADDRESS_TEXT];

    for (uint32_t i = 0; i < network->v6_count; i++)
        is_in = is_in || (wp_compare6(network->v6[i].low, usual) <= 0 &&
                          wp_compare6(usual, network->v6[i].high) <= 0);
    if (!address.is_v6)
        address.v4 = network->v4[0].low;
    else if (!is_in)
        address.v6 = network->v6[0].low;
    wp_address_text(&address, text);
    return wp_copy_text(search->list->arena, text, strlen(text));
}

static void
report_method(struct search *search, const struct wp_site *site)
{
    const struct wp_thing *method = &search->view.methods[site->method];
    struct wp_span use = site->rule->decision.span;
    struct wp_diagnostic *finding = report(
        search, use.file == WP_NO_FILE ? site->rule->span : use,
        wp_format(search->list->arena, "%s asks for method '%s'",
                  wp_rule_text(search->list->arena, site->policy, site->rule), method->name));
    struct wp_network left;

    if (wp_method_uncovered(site, &left) && (left.v4_count > 0 || left.v6_count > 0))
        wp_add_note(search->list, finding, "from %s, for instance", address_in(search, &left));
    finding->policy = site->policy->name;
    finding->rule = site->rule->name;
}

/* A method that stands in a chain several times is judged where it stands first. */
static bool
is_first(const struct wp_model_chain *chain, uint32_t way, uint32_t step, uint32_t method)
{
    for (uint32_t a = 0; a <= way; a++) {
        const struct wp_alternative *alternative = &chain->alternatives[a];
        for (uint32_t s = 0; s < (a == way ? step : alternative->count); s++)
            for (uint32_t i = 0; i < alternative->steps[s].count; i++)
                if (alternative->steps[s].methods[i] == method)
                    return false;
    }
    return true;
}

static void
search_methods(struct search *search, struct wp_site *site)
{
    const struct wp_model_chain *chain = &search->view.chains[site->rule->decision.chain];

    for (uint32_t a = 0; a < chain->count; a++) {
        site->alternative = &chain->alternatives[a];
        for (site->step = 0; site->step < site->alternative->count; site->step++) {
            const struct wp_step *step = &site->alternative->steps[site->step];
            for (uint32_t i = 0; i < step->count; i++) {
                site->method = step->methods[i];
                if (is_first(chain, a, site->step, site->method) &&
                    wp_wheres_hold(site, NULL, search->issue->attributes) == WP_TRUE)
                    report_method(search, site);
            }
        }
    }
}

static void
search_policy_methods(struct search *search, const struct wp_policy *policy)
{
    struct wp_arena *arena = search->list->arena;
    struct wp_network settled = {0};

    for (uint32_t i = 0; i <= policy->rule_count; i++) {
        const struct wp_model_rule *rule =
            i < policy->rule_count ? &policy->rules[i] : &policy->otherwise;
        struct wp_site site = {.model = &search->view,
                               .policy = policy,
                               .rule = rule,
                               .devices = wp_rule_devices(rule),
                               .postures = wp_rule_postures(rule),
                               .arena = arena,
                               .settled = &settled};
        if (rule->decision.effect == WP_AUTHENTICATE && rule->decision.chain != WP_NONE)
            search_methods(search, &site);
        wp_rule_settles_network(arena, &search->view, rule, &settled);
    }
}

/* ---- each domain of each tenant ------------------------------------------------------ */

static void
search_domains(struct search *search)
{
    struct wp_declaration_walk walk = {0};
    const struct wp_declaration *tenant;
    struct wp_site site = {.model = &search->view};

    while ((tenant = wp_declaration_next(&search->view, WP_DECL_TENANT, &walk)))
        for (const struct wp_attribute *a = tenant->attributes; a; a = a->next) {
            site.domain = a;
            if (a->kind == WP_BLOCK && strcmp(a->key->text, "domain") == 0 &&
                wp_wheres_hold(&site, tenant, search->issue->attributes) == WP_TRUE)
                (void)report(search, a->name ? a->name->span : a->key->span,
                             wp_format(search->list->arena, "people of '%s' in tenant '%s'",
                                       a->name ? a->name->text : "domain", tenant->name->text));
        }
}

static void
search_issue(struct search *search)
{
    const char *per = wp_attribute_text(search->issue->attributes, "per", "");

    if (strcmp(per, "sign_in") == 0)
        return; /* for simulate */
    if (strcmp(per, "tenant") == 0) {
        search_tenants(search);
        return;
    }
    if (strcmp(per, "domain") == 0) {
        search_domains(search);
        return;
    }
    if (strcmp(per, "each_method") == 0) {
        for (uint32_t i = 0; search->has_providers && i < search->model->policy_count; i++)
            search_policy_methods(search, &search->model->policies[i]);
        return;
    }
    for (uint32_t i = 0; i < search->model->policy_count; i++)
        search_policy(search, &search->model->policies[i], strcmp(per, "policy") == 0);
}

void
wp_check_issues(struct wp_diagnostics *list, const struct wp_model *model)
{
    struct search search = {.list = list, .model = model};
    struct wp_declaration_walk walk = {0};

    wp_facts_view(list->arena, model, &search.view);
    search.has_providers = wp_has_providers(&search.view);
    while ((search.issue = wp_declaration_next(&search.view, WP_DECL_ISSUE, &walk)))
        search_issue(&search);
}
