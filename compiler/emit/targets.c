/* Each tenant's desire, for its findings alone. */
#include "compiler/emit/targets.h"

#include "compiler/emit/tenant.h"
#include "compiler/facts.h"

/* Takes over the findings of another list, errors as warnings. */
static void
take_over(struct wp_diagnostics *list, struct wp_diagnostics *found)
{
    struct wp_diagnostic *next;

    for (struct wp_diagnostic *finding = found->first; finding != NULL; finding = next) {
        next = finding->next;
        finding->next = NULL;
        if (finding->severity == WP_ERROR)
            finding->severity = WP_WARNING;
        list->warnings += finding->severity == WP_WARNING;
        if (list->last == NULL)
            list->first = finding;
        else
            list->last->next = finding;
        list->last = finding;
    }
}

static void
check_tenant(struct wp_diagnostics *list, const struct wp_model *model,
             const struct wp_declaration *tenant)
{
    const struct wp_session session = {.arena = list->arena,
                                       .model = model,
                                       .tenant = tenant,
                                       .kind = wp_tenant_kind_find(wp_tenant_kind(tenant))};
    const struct wp_plan_options options = {0};
    struct wp_diagnostics found;
    struct wp_state state;

    if (session.kind == NULL || session.kind->desire == NULL)
        return;
    wp_state_init(&state, list->arena);
    wp_diagnostics_init(&found, list->arena, list->sources);
    (void)session.kind->desire(&session, &options, &state, &found);
    take_over(list, &found);
    wp_state_end(&state);
}

void
wp_targets_check(struct wp_diagnostics *list, const struct wp_model *model, bool all)
{
    struct wp_declaration_walk walk = {0};
    const struct wp_declaration *tenant;

    while ((tenant = wp_declaration_next(model, WP_DECL_TENANT, &walk)) != NULL)
        if (all || wp_attribute_find(tenant->attributes, "url") != NULL)
            check_tenant(list, model, tenant);
}
