/* A tenant's `decides`. */
#include "compiler/emit/decides.h"

#include <string.h>

#include "compiler/facts.h"

bool
wp_tenant_decides(const struct wp_declaration *tenant, const struct wp_policy *policy)
{
    const struct wp_attribute *decides = wp_attribute_find(tenant->attributes, "decides");
    return decides == NULL || wp_value_holds(decides->value, policy->name);
}

static bool
check_name(const struct wp_model *model, const struct wp_value *name,
           struct wp_diagnostics *diagnostics)
{
    const char **names;

    for (uint32_t i = 0; i < model->policy_count; i++)
        if (name->text != NULL && strcmp(model->policies[i].name, name->text) == 0)
            return true;
    struct wp_diagnostic *finding =
        wp_report(diagnostics, WP_E_DECIDES, name->span, "there is no policy '%s'",
                  name->text == NULL ? "" : name->text);
    names = wp_alloc_array(diagnostics->arena, model->policy_count + 1, sizeof *names);
    for (uint32_t i = 0; i < model->policy_count; i++)
        names[i] = model->policies[i].name;
    const char *near =
        name->text == NULL ? NULL : wp_suggest(name->text, names, model->policy_count);
    if (near != NULL)
        wp_add_fix(diagnostics, finding, WP_FIX_CHANGES_DECISIONS, name->span, near, "write '%s'",
                   near);
    return false;
}

bool
wp_decides_check(const struct wp_model *model, const struct wp_declaration *tenant,
                 struct wp_diagnostics *diagnostics)
{
    const struct wp_attribute *decides = wp_attribute_find(tenant->attributes, "decides");
    bool all = true;

    if (decides == NULL)
        return true;
    if (decides->value->kind != WP_VALUE_LIST)
        return check_name(model, decides->value, diagnostics);
    for (const struct wp_value *name = decides->value->items; name != NULL; name = name->next)
        all = check_name(model, name, diagnostics) && all;
    return all;
}
