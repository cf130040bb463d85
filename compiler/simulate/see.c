/* What a tenant sees of a sign-in: device types that it takes for others (`seen`), and
 * postures that it overlooks by a known issue (`observe`). */
#include "compiler/simulate/parts.h"

#include <string.h>

#include "compiler/check/predicate.h"
#include "compiler/facts.h"

static const char *const entry_names[WP_ENTRY_COUNT] = {NULL, "browser", "native_app", "hub",
                                                        "okta_mobile"};

/* ---- where a declaration holds ------------------------------------------------------ */

/* Whether a list of entries, if there is one, names this one. */
static bool
holds_for_entry(const struct wp_attribute *attributes, uint32_t entry)
{
    const struct wp_attribute *entries = wp_attribute_find(attributes, "entry");
    return entries == NULL ||
           (entry_names[entry] != NULL && wp_value_holds(entries->value, entry_names[entry]));
}

/* A line about the app: held against what is declared of the one that is opened, and
 * whether it is native against how it is opened. */
static bool
app_line_holds(const struct wp_model *model, const struct wp_request *request,
               const struct wp_attribute *line, const char *key)
{
    const uint32_t app = request->app;
    const struct wp_declaration *declaration = app == WP_NONE ? NULL : model->apps[app].declaration;
    if (request->entry == WP_ENTRY_NATIVE_APP && strcmp(key, "native") == 0)
        return wp_value_holds(line->value, "yes") != line->negated;
    const struct wp_attribute *found =
        declaration == NULL ? NULL : wp_attribute_find(declaration->attributes, key);
    if (found == NULL)
        return line->negated;
    const enum wp_truth truth = wp_value_meets(found->value, line->op, line->value, false);
    return (truth == WP_TRUE) != line->negated;
}

static bool
tenant_line_holds(const struct wp_model *model, const struct wp_declaration *tenant,
                  const struct wp_attribute *line)
{
    struct wp_fact_question question;
    const struct wp_value *value;
    if (!wp_fact_question_read(model, line, &question) ||
        strcmp(question.kind, wp_tenant_kind(tenant)) != 0)
        return true; /* about rules: whoever opens the app has come that far */
    return wp_fact_meets(model, tenant, line, &question, &value) != WP_FALSE;
}

/* Whether an issue is one of this tenant and this app: its lines about rules are for
 * the checker, which looks for policies that walk into it. */
static bool
is_met(const struct wp_model *model, const struct wp_declaration *tenant,
       const struct wp_declaration *issue, const struct wp_request *request)
{
    for (const struct wp_attribute *line = issue->attributes; line != NULL; line = line->next) {
        if (line->kind != WP_WHERE)
            continue;
        const struct wp_path path = wp_path_split(line->key->text);
        const bool is_app = path.second != NULL && strcmp(path.first, "app") == 0;
        if (is_app ? !app_line_holds(model, request, line, path.second)
                   : !tenant_line_holds(model, tenant, line))
            return false;
    }
    return true;
}

/* ---- seeing --------------------------------------------------------------------------- */

static const char *
device_label(const struct wp_model *model, uint32_t device)
{
    const struct wp_declaration *declaration = model->devices[device].declaration;
    return wp_attribute_text(declaration->attributes, "label", declaration->name->text);
}

static void
see_device(struct wp_arena *arena, const struct wp_model *model,
           const struct wp_declaration *tenant, struct wp_request *request, struct wp_scene *scene)
{
    if (request->device == 0)
        return;
    const struct wp_attribute *list = model->devices[request->device].declaration->attributes;
    const struct wp_attribute *seen = wp_seen_find(list, tenant, wp_tenant_kind(tenant));
    if (seen == NULL || !holds_for_entry(seen->attributes, request->entry))
        return;
    const struct wp_attribute *as = wp_attribute_find(seen->attributes, "as");
    const uint64_t mask = as == NULL ? 0 : wp_device_mask(model, as->value);
    if (mask == 0)
        return;
    const uint32_t device = (uint32_t)__builtin_ctzll(mask);
    wp_scene_add(
        arena, scene, WP_SCENE_SEES, NULL, wp_attribute_text(seen->attributes, "cite", NULL),
        wp_format(arena, "Tenant '%s' takes the device for another: %s, not %s", tenant->name->text,
                  device_label(model, device), device_label(model, request->device)));
    request->device = device;
}

static void
overlook(struct wp_arena *arena, const struct wp_declaration *tenant,
         const struct wp_declaration *issue, const struct wp_attribute *observe,
         struct wp_request *request, struct wp_scene *scene)
{
    const struct wp_attribute *loses = wp_attribute_find(observe->attributes, "loses");
    const bool managed = request->managed && wp_value_holds(loses->value, "managed");
    const bool compliant = request->compliant && wp_value_holds(loses->value, "compliant");
    if (!managed && !compliant)
        return;
    request->managed = request->managed && !managed;
    request->compliant = request->compliant && !compliant;
    wp_scene_add(arena, scene, WP_SCENE_SEES, NULL,
                 wp_attribute_text(issue->attributes, "cite", NULL),
                 wp_format(arena, "Tenant '%s' does not see that the device is %s: %s",
                           tenant->name->text, managed ? "managed" : "compliant",
                           issue->title == NULL ? issue->name->text : issue->title->text));
}

static void
see_posture(struct wp_arena *arena, const struct wp_model *model,
            const struct wp_declaration *tenant, struct wp_request *request, struct wp_scene *scene)
{
    struct wp_declaration_walk walk = {0};
    const struct wp_declaration *issue;
    while ((issue = wp_declaration_next(model, WP_DECL_ISSUE, &walk)) != NULL) {
        const struct wp_attribute *observe =
            wp_block_find(issue->attributes, "observe", wp_tenant_kind(tenant));
        const struct wp_attribute *devices =
            observe == NULL ? NULL : wp_attribute_find(observe->attributes, "devices");
        if (observe == NULL || !holds_for_entry(observe->attributes, request->entry) ||
            !is_met(model, tenant, issue, request))
            continue;
        if (devices == NULL || wp_device_mask(model, devices->value) >> request->device & 1)
            overlook(arena, tenant, issue, observe, request, scene);
    }
}

void
wp_scene_see(struct wp_arena *arena, const struct wp_scene_setting *setting,
             const struct wp_declaration *tenant, struct wp_request *request,
             struct wp_scene *scene)
{
    if (tenant == NULL)
        return;
    see_posture(arena, setting->model, tenant, request, scene);
    see_device(arena, setting->model, tenant, request, scene);
}

uint64_t
wp_scene_limit(const struct wp_model *model, const struct wp_declaration *tenant,
               const struct wp_request *request, const struct wp_declaration **issue)
{
    struct wp_declaration_walk walk = {0};
    while (tenant != NULL && (*issue = wp_declaration_next(model, WP_DECL_ISSUE, &walk)) != NULL) {
        const uint64_t limit = wp_attribute_number((*issue)->attributes, "limit", 0);
        if (limit > 0 && is_met(model, tenant, *issue, request))
            return limit;
    }
    *issue = NULL;
    return 0;
}

bool
wp_scene_is_told(const struct wp_scene_setting *setting, const struct wp_declaration *tenant,
                 const struct wp_declaration *issue, const struct wp_request *seen)
{
    const struct wp_attribute *tell = wp_block_find(issue->attributes, "tell", NULL);
    if (tell == NULL || !is_met(setting->model, tenant, issue, seen))
        return false;
    const struct wp_attribute *opened = wp_attribute_find(tell->attributes, "opened");
    const struct wp_attribute *devices = wp_attribute_find(tell->attributes, "devices");
    const struct wp_attribute *managed = wp_attribute_find(tell->attributes, "managed");
    if (opened != NULL && (!setting->from_home || seen->entry == WP_ENTRY_OKTA_MOBILE))
        return false;
    if (devices != NULL && !(wp_device_mask(setting->model, devices->value) >> seen->device & 1))
        return false;
    return managed == NULL || wp_attribute_is_yes(tell->attributes, "managed") == seen->managed;
}
