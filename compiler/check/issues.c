/*
 * Known issues: patterns over rules and tenants that vendors have told of. Each
 * is an `issue` declaration; this file only looks for them.
 */
#include "compiler/check/check.h"
#include "compiler/check/collect.h"
#include "compiler/facts.h"

#include <string.h>

struct search {
    struct wp_diagnostics *list;
    const struct wp_model *model;
    struct wp_model view;
    const struct wp_declaration *issue;
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
    for (uint32_t i = 0; i < search->model->policy_count; i++)
        search_policy(search, &search->model->policies[i], strcmp(per, "policy") == 0);
}

void
wp_check_issues(struct wp_diagnostics *list, const struct wp_model *model)
{
    struct search search = {.list = list, .model = model};
    struct wp_declaration_walk walk = {0};

    wp_facts_view(list->arena, model, &search.view);
    while ((search.issue = wp_declaration_next(&search.view, WP_DECL_ISSUE, &walk)))
        search_issue(&search);
}
