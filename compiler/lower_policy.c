/* Policies, and which of them an app selects. */
#include "compiler/lowering.h"

#include <stdlib.h>

/* A policy whose `for` names an app that has one already. */
static void
report_claimed(struct wp_lowering *lowering, const struct wp_policy *policy,
               const struct wp_policy *holder, const struct wp_name *app)
{
    struct wp_diagnostic *finding;

    if (policy == holder) {
        finding = wp_report(lowering->list, WP_E_APP_TWICE, app->span,
                            "the app '%s' is listed twice", app->text);
        wp_add_help(lowering->list, finding, "remove one");
        return;
    }
    finding = wp_report(lowering->list, WP_E_APP_TWICE, app->span,
                        "the app '%s' has a policy already", app->text);
    wp_add_label(lowering->list, finding, holder->span, "this one");
    wp_add_help(lowering->list, finding,
                "an app's requests go to one policy; write both policies' rules there");
}

static int
by_number(const void *left, const void *right)
{
    const uint32_t *a = left, *b = right;

    return (*a > *b) - (*a < *b);
}

static void
claim_apps(struct wp_lowering *lowering, struct wp_policy *policy,
           const struct wp_declaration *declaration)
{
    struct wp_model *model = lowering->model;
    uint32_t number = (uint32_t)(policy - model->policies), count = 0;
    uint32_t *ids;

    for (const struct wp_name *app = declaration->apps; app; app = app->next)
        count++;
    ids = wp_alloc_array(lowering->arena, (size_t)count + 1, sizeof *ids);
    count = 0;
    for (const struct wp_name *app = declaration->apps; app; app = app->next) {
        const struct wp_symbol *symbol =
            wp_symbols_find(lowering->symbols, WP_SYMBOL_APP, app->text);

        if (!symbol)
            continue;
        if (model->app_policy[symbol->number] != WP_NONE) {
            report_claimed(lowering, policy, &model->policies[model->app_policy[symbol->number]],
                           app);
            continue;
        }
        model->app_policy[symbol->number] = number;
        ids[count++] = symbol->number;
    }
    if (count > 1)
        qsort(ids, count, sizeof *ids, by_number);
    policy->apps = (struct wp_ids){ids, count};
}

static void
claim_default(struct wp_lowering *lowering, const struct wp_policy *policy)
{
    struct wp_model *model = lowering->model;

    if (!policy->is_default)
        return;
    if (model->default_policy == WP_NONE) {
        model->default_policy = (uint32_t)(policy - model->policies);
        return;
    }
    struct wp_diagnostic *finding = wp_report(lowering->list, WP_E_TWO_DEFAULTS, policy->span,
                                              "'%s' is a second default policy", policy->name);
    wp_add_label(lowering->list, finding, model->policies[model->default_policy].span,
                 "this is the default already");
    wp_add_help(lowering->list, finding, "say which apps it is for: policy %s for ...",
                policy->name);
}

static void
lower_policy(struct wp_lowering *lowering, const struct wp_symbol *symbol)
{
    const struct wp_declaration *declaration = symbol->declaration;
    struct wp_policy *policy = &lowering->model->policies[symbol->number];

    policy->name = symbol->name;
    policy->span = symbol->span;
    policy->is_default = declaration->is_default;
    policy->annotations = declaration->annotations;
    claim_apps(lowering, policy, declaration);
    claim_default(lowering, policy);
    wp_lower_rules(lowering, declaration, policy);
}

void
wp_lower_policies(struct wp_lowering *lowering)
{
    struct wp_model *model = lowering->model;

    model->default_policy = WP_NONE;
    model->app_policy =
        wp_alloc_array(lowering->arena, (size_t)model->app_count + 1, sizeof *model->app_policy);
    for (uint32_t i = 0; i < model->app_count; i++)
        model->app_policy[i] = WP_NONE;
    for (uint32_t i = 0; i < lowering->symbols->count; i++)
        if (lowering->symbols->all[i].kind == WP_SYMBOL_POLICY)
            lower_policy(lowering, &lowering->symbols->all[i]);
}
