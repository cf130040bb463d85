#include "compiler/analysis/view.h"

#include <stdlib.h>
#include <string.h>

/* ---- decisions in order, so that equal ones are neighbours ---------------------- */

struct ordered {
    const struct wp_model *model;
    const struct wp_decision *decision;
    uint32_t rule;
};

static int
compare_numbers(uint64_t a, uint64_t b)
{
    return (a > b) - (a < b);
}

static int
compare_steps(const struct wp_alternative *a, const struct wp_alternative *b)
{
    int order = compare_numbers(a->count, b->count);

    for (uint32_t i = 0; order == 0 && i < a->count; i++) {
        const struct wp_step *x = &a->steps[i], *y = &b->steps[i];
        order = compare_numbers(x->count, y->count);
        for (uint32_t k = 0; order == 0 && k < x->count; k++)
            order = compare_numbers(x->methods[k], y->methods[k]);
    }
    return order;
}

static int
compare_chains(const struct wp_model *model, uint32_t a, uint32_t b)
{
    if (a == b || a == WP_NONE || b == WP_NONE)
        return compare_numbers(a, b);
    const struct wp_model_chain *x = &model->chains[a], *y = &model->chains[b];
    int order = compare_numbers(x->count, y->count);
    for (uint32_t i = 0; order == 0 && i < x->count; i++)
        order = compare_steps(&x->alternatives[i], &y->alternatives[i]);
    return order;
}

static int
compare_decisions(const void *a, const void *b)
{
    const struct ordered *x = a, *y = b;
    const struct wp_decision *d = x->decision, *e = y->decision;
    int order = compare_numbers(d->effect, e->effect);

    if (order == 0)
        order = compare_numbers(d->reauth_seconds, e->reauth_seconds);
    if (order == 0)
        order = compare_numbers(d->message != NULL, e->message != NULL);
    if (order == 0 && d->message)
        order = strcmp(d->message, e->message);
    if (order == 0)
        order = compare_chains(x->model, d->chain, e->chain);
    return order;
}

uint32_t
wp_tell_kinds(struct wp_arena *arena, const struct wp_model *model,
              const struct wp_decision *const *decisions, uint32_t count, uint32_t *kinds)
{
    struct ordered *all = wp_alloc_array(arena, (size_t)count + 1, sizeof *all);
    uint32_t kind = 0;

    for (uint32_t i = 0; i < count; i++)
        all[i] = (struct ordered){model, decisions[i], i};
    qsort(all, count, sizeof *all, compare_decisions);
    for (uint32_t i = 0; i < count; i++) {
        kind += i > 0 && compare_decisions(&all[i - 1], &all[i]) != 0;
        kinds[all[i].rule] = kind;
    }
    return kind + 1;
}

static void
tell_kinds(struct wp_view *view)
{
    uint32_t count = view->policy->rule_count + 1;
    const struct wp_decision **decisions = wp_alloc_array(view->arena, count, sizeof *decisions);

    for (uint32_t i = 0; i < count; i++)
        decisions[i] = wp_policy_decision(view->policy, i);
    view->kinds = wp_alloc_array(view->arena, count, sizeof *view->kinds);
    view->kind_count = wp_tell_kinds(view->arena, view->model, decisions, count, view->kinds);
    view->kind_rules = wp_alloc_array(view->arena, view->kind_count, sizeof *view->kind_rules);
}

/* ---- the view ---------------------------------------------------------------------- */

static void
choose_apps(struct wp_view *view, uint32_t number)
{
    const struct wp_model *model = view->model;
    uint32_t *ids;

    view->apps = (struct wp_members){view->policy->apps, false};
    if (!view->policy->is_default)
        return;
    ids = wp_alloc_array(view->arena, (size_t)model->app_count + 1, sizeof *ids);
    view->apps = (struct wp_members){{ids, 0}, true};
    for (uint32_t i = 0; i < model->app_count; i++) {
        if (model->app_policy[i] == WP_NONE || model->app_policy[i] == number)
            ids[view->apps.ids.count++] = i;
    }
}

void
wp_view_init(struct wp_view *view, struct wp_arena *arena, const struct wp_model *model,
             uint32_t policy)
{
    *view = (struct wp_view){.arena = arena, .model = model, .policy = &model->policies[policy]};
    uint32_t count = view->policy->rule_count;
    const struct wp_test **tests = wp_alloc_array(arena, (size_t)count + 1, sizeof *tests);

    choose_apps(view, policy);
    wp_traits_of_policy(model, view->policy, &view->traits);
    for (uint32_t i = 0; i < count; i++)
        tests[i] = view->policy->rules[i].report ? NULL : view->policy->rules[i].folded;
    view->index = wp_index_new(arena, model, tests, count);
    tell_kinds(view);
}

struct wp_wanted
wp_view_wanted(const struct wp_view *view, uint32_t rule)
{
    return (struct wp_wanted){view->policy->rules[rule].folded, false};
}

const uint64_t *
wp_view_rules_of_kind(struct wp_view *view, uint32_t kind)
{
    uint32_t count = view->policy->rule_count;

    if (view->kind_rules[kind])
        return view->kind_rules[kind];
    uint64_t *bits = wp_alloc_array(view->arena, (size_t)count / 64 + 1, sizeof *bits);
    for (uint32_t i = 0; i < count; i++) {
        if (view->kinds[i] == kind && !view->policy->rules[i].report)
            bits[i / 64] |= UINT64_C(1) << i % 64;
    }
    view->kind_rules[kind] = bits;
    return bits;
}

uint32_t
wp_view_decider(const struct wp_view *view, const struct wp_point *point, uint32_t from)
{
    uint32_t found, count = view->policy->rule_count;
    return wp_index_find(view->index, point, from, count, NULL, &found, 1) ? found : count;
}

const char *
wp_view_rule_name(const struct wp_view *view, uint32_t rule)
{
    return rule < view->policy->rule_count ? view->policy->rules[rule].name : "otherwise";
}
