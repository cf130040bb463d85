/* Restricting two models to the apps that both speak of. */
#include "compiler/emit/scope.h"

#include <string.h>

#include "compiler/emit/decides.h"

static uint32_t
find_app(const struct wp_model *model, const char *name)
{
    for (uint32_t i = 0; i < model->app_count; i++)
        if (strcmp(model->apps[i].name, name) == 0)
            return i;
    return WP_NONE;
}

/* A copy that also names the apps of the other one. */
static struct wp_model
with_apps_of(struct wp_arena *arena, const struct wp_model *model, const struct wp_model *other)
{
    struct wp_model made = *model;
    size_t room = (size_t)model->app_count + other->app_count + 1;

    made.apps = wp_alloc_array(arena, room, sizeof *made.apps);
    made.app_policy = wp_alloc_array(arena, room, sizeof *made.app_policy);
    for (uint32_t i = 0; i < model->app_count; i++) {
        made.apps[i] = model->apps[i];
        made.app_policy[i] = model->app_policy[i];
    }
    for (uint32_t i = 0; i < other->app_count; i++) {
        if (find_app(model, other->apps[i].name) != WP_NONE)
            continue;
        made.apps[made.app_count] = other->apps[i];
        made.app_policy[made.app_count++] = WP_NONE;
    }
    return made;
}

static bool
is_decided(const struct wp_model *source, const struct wp_declaration *tenant, uint32_t policy)
{
    return policy != WP_NONE &&
           (tenant == NULL || wp_tenant_decides(tenant, &source->policies[policy]));
}

/* What both sides are asked of: in every request the app is one of these. */
static void
assume(struct wp_arena *arena, struct wp_model *model, const bool *in_scope,
       const struct wp_model *names, bool others)
{
    struct wp_test *truth = wp_alloc(arena, sizeof *truth);
    struct wp_test *apps = wp_alloc(arena, sizeof *apps);
    uint32_t *ids = wp_alloc_array(arena, (size_t)model->app_count + 1, sizeof *ids);
    struct wp_assumption *assumption = wp_alloc(arena, sizeof *assumption);
    uint32_t count = 0;

    for (uint32_t i = 0; i < model->app_count; i++)
        if (in_scope[find_app(names, model->apps[i].name)])
            ids[count++] = i;
    *truth = (struct wp_test){.kind = WP_TEST_TRUE};
    *apps = (struct wp_test){.kind = WP_TEST_APP, .ids = {ids, count}, .others = others};
    *assumption = (struct wp_assumption){.span = {.file = WP_NO_FILE},
                                         .premise = truth,
                                         .conclusion = apps,
                                         .premise_folded = truth,
                                         .conclusion_folded = apps};
    model->assumptions = assumption;
    model->assumption_count = 1;
}

void
wp_scope_models(struct wp_scope *scope, struct wp_arena *arena, const struct wp_model *source,
                const struct wp_declaration *tenant, const struct wp_model *lifted)
{
    *scope = (struct wp_scope){.source = with_apps_of(arena, source, lifted),
                               .tenant = with_apps_of(arena, lifted, source)};
    bool *in_scope = wp_alloc_array(arena, (size_t)scope->source.app_count + 1, sizeof *in_scope);

    scope->has_others = is_decided(source, tenant, source->default_policy);
    for (uint32_t i = 0; i < source->app_count; i++) {
        uint32_t policy = source->app_policy[i];
        in_scope[i] = policy == WP_NONE ? scope->has_others : is_decided(source, tenant, policy);
        scope->apps += in_scope[i];
    }
    assume(arena, &scope->source, in_scope, &scope->source, scope->has_others);
    assume(arena, &scope->tenant, in_scope, &scope->source, scope->has_others);
}
