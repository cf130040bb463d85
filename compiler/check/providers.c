/* Identity providers and directories: what they reach, and whom nobody asks for. */
#include "compiler/check/providers.h"

#include <string.h>

#include "compiler/check/check.h"
#include "compiler/facts.h"
#include "compiler/network.h"

/* The next block of that name in the tenant behind `after` (NULL: the first). */
static const struct wp_attribute *
next_block(const struct wp_declaration *tenant, const char *key, const struct wp_attribute *after)
{
    const struct wp_attribute *a = after ? after->next : tenant->attributes;

    while (a && !(a->kind == WP_BLOCK && a->key && strcmp(a->key->text, key) == 0))
        a = a->next;
    return a;
}

bool
wp_has_providers(const struct wp_model *view)
{
    struct wp_declaration_walk walk = {0};
    const struct wp_declaration *tenant;

    while ((tenant = wp_declaration_next(view, WP_DECL_TENANT, &walk)))
        if (next_block(tenant, "idp", NULL))
            return true;
    return false;
}

static const struct wp_value *
values_of(const struct wp_attribute *block, const char *key)
{
    const struct wp_attribute *found = wp_attribute_find(block->attributes, key);
    return found ? found->value : NULL;
}

/* ---- names ------------------------------------------------------------------------- */

static bool
is_network(const struct wp_model *model, const char *name)
{
    for (uint32_t i = 0; i < model->named_network_count; i++)
        if (strcmp(model->named_networks[i].name, name) == 0)
            return true;
    return false;
}

static bool
is_method(const struct wp_model *view, const char *name)
{
    return wp_declaration_find(view, WP_DECL_METHOD, name) != NULL;
}

static void
check_names(struct wp_diagnostics *list, const struct wp_model *view, const struct wp_value *names,
            bool networks)
{
    const struct wp_value *item = names && names->kind == WP_VALUE_LIST ? names->items : names;

    for (; item; item = names->kind == WP_VALUE_LIST ? item->next : NULL) {
        bool known = item->text == NULL ||
                     (networks ? is_network(view, item->text) : is_method(view, item->text));
        if (!known)
            wp_report(list, WP_E_BAD_ATTRIBUTE, item->span, "there is no %s '%s'",
                      networks ? "network" : "method", item->text);
    }
}

void
wp_check_providers(struct wp_diagnostics *list, const struct wp_model *model)
{
    struct wp_declaration_walk walk = {0};
    const struct wp_declaration *tenant;
    struct wp_model view;

    wp_facts_view(list->arena, model, &view);
    while ((tenant = wp_declaration_next(&view, WP_DECL_TENANT, &walk))) {
        const struct wp_attribute *block = NULL;
        while ((block = next_block(tenant, "idp", block))) {
            check_names(list, &view, values_of(block, "methods"), false);
            check_names(list, &view, values_of(block, "networks"), true);
        }
        while ((block = next_block(tenant, "domain", block)))
            check_names(list, &view, values_of(block, "methods"), false);
    }
}

/* ---- networks ------------------------------------------------------------------------ */

static void
add_network(struct wp_arena *arena, struct wp_network *sum, const struct wp_network *network)
{
    *sum = wp_network_combine(arena, WP_NETWORK_UNION, sum, network);
}

/* Where a provider can be reached. */
static void
add_provider(const struct wp_site *site, const struct wp_attribute *idp, struct wp_network *reach)
{
    const struct wp_value *names = values_of(idp, "networks");
    const struct wp_network everything = wp_network_everything();

    if (!names) {
        *reach = everything;
        return;
    }
    for (uint32_t i = 0; i < site->model->named_network_count; i++) {
        const struct wp_named_network *named = &site->model->named_networks[i];
        if (wp_value_holds(names, named->name))
            add_network(site->arena, reach, &site->model->networks[named->network]);
    }
}

/* Where the rule can match. */
static struct wp_network
rule_network(const struct wp_site *site)
{
    struct wp_network sum = {0};

    if (site->rule->folded->kind == WP_TEST_TRUE)
        return wp_network_everything();
    for (uint32_t i = 0; i < site->rule->term_count; i++) {
        uint32_t network = site->rule->terms[i].network;
        if (network == WP_NONE)
            return wp_network_everything();
        add_network(site->arena, &sum, &site->model->networks[network]);
    }
    return sum;
}

bool
wp_method_uncovered(const struct wp_site *site, struct wp_network *left)
{
    const char *method = site->model->methods[site->method].name;
    struct wp_declaration_walk walk = {0};
    const struct wp_declaration *tenant;
    struct wp_network reach = {0};
    bool offered = false;

    while ((tenant = wp_declaration_next(site->model, WP_DECL_TENANT, &walk))) {
        const struct wp_attribute *idp = NULL;
        while ((idp = next_block(tenant, "idp", idp)))
            if (wp_value_holds(values_of(idp, "methods"), method)) {
                offered = true;
                add_provider(site, idp, &reach);
            }
    }
    if (!offered || !site->arena)
        return false;
    *left = rule_network(site);
    *left = wp_network_combine(site->arena, WP_NETWORK_DIFFERENCE, left, &reach);
    if (site->settled)
        *left = wp_network_combine(site->arena, WP_NETWORK_DIFFERENCE, left, site->settled);
    return true;
}

enum wp_truth
wp_method_covered(const struct wp_site *site, const struct wp_attribute *line)
{
    struct wp_network left;

    if (!site->alternative || !wp_method_uncovered(site, &left))
        return WP_UNKNOWN;
    bool is_covered = left.v4_count == 0 && left.v6_count == 0;
    return wp_value_holds(line->value, "yes") == is_covered ? WP_TRUE : WP_FALSE;
}

void
wp_rule_settles_network(struct wp_arena *arena, const struct wp_model *model,
                        const struct wp_model_rule *rule, struct wp_network *settled)
{
    const uint64_t all = (UINT64_C(2) << (model->device_count - 1)) - 1;

    for (uint32_t i = 0; i < rule->term_count && !rule->report; i++) {
        const struct wp_term *term = &rule->terms[i];
        if (term->network != WP_NONE && (term->devices & all) == all && !term->apps &&
            !term->users && term->any_count == 0 && term->none.count == 0 &&
            (term->postures & WP_POSTURE_ALL) == WP_POSTURE_ALL)
            add_network(arena, settled, &model->networks[term->network]);
    }
}

/* ---- people ---------------------------------------------------------------------------- */

static bool
asks_for(const struct wp_model *model, const struct wp_model_rule *rule,
         const struct wp_value *methods)
{
    if (rule->report || rule->decision.effect != WP_AUTHENTICATE || rule->decision.chain == WP_NONE)
        return false;
    const struct wp_model_chain *chain = &model->chains[rule->decision.chain];
    for (uint32_t a = 0; a < chain->count; a++)
        for (uint32_t s = 0; s < chain->alternatives[a].count; s++) {
            const struct wp_step *step = &chain->alternatives[a].steps[s];
            for (uint32_t i = 0; i < step->count; i++)
                if (wp_value_holds(methods, model->methods[step->methods[i]].name))
                    return true;
        }
    return false;
}

static bool
is_asked_for(const struct wp_model *model, const struct wp_declaration *tenant,
             const struct wp_value *methods)
{
    const struct wp_attribute *decides = wp_attribute_find(tenant->attributes, "decides");

    for (uint32_t i = 0; i < model->policy_count; i++) {
        const struct wp_policy *policy = &model->policies[i];
        if (decides && !wp_value_holds(decides->value, policy->name))
            continue;
        for (uint32_t r = 0; r < policy->rule_count; r++)
            if (asks_for(model, &policy->rules[r], methods))
                return true;
        if (asks_for(model, &policy->otherwise, methods))
            return true;
    }
    return false;
}

enum wp_truth
wp_domain_signs_in(const struct wp_site *site, const struct wp_declaration *tenant,
                   const struct wp_attribute *line)
{
    if (!site->domain || !tenant)
        return WP_UNKNOWN;
    bool can = is_asked_for(site->model, tenant, values_of(site->domain, "methods"));
    return wp_value_holds(line->value, "yes") == can ? WP_TRUE : WP_FALSE;
}
