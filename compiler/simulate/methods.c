/* How a method comes out: by the device, by what tenants are declared to be, by the
 * age of a token, and by what the person is said to fail. */
#include "compiler/simulate/parts.h"

#include <string.h>

#include "compiler/check/predicate.h"
#include "compiler/facts.h"

struct trial {
    struct wp_arena *arena;
    const struct wp_scene_setting *setting;
    const struct wp_model *model;
    const struct wp_declaration *method;
    const struct wp_request *request;
    const char *label, *cite;
};

static const char *
label_of(const struct wp_declaration *declaration)
{
    return wp_attribute_text(declaration->attributes, "label", declaration->name->text);
}

/* ---- the device ------------------------------------------------------------------ */

static const char *
device_label(const struct trial *trial)
{
    if (trial->request->device == 0)
        return "a device that is not told";
    return label_of(trial->model->devices[trial->request->device].declaration);
}

static const char *
refuse_device(struct trial *trial, const struct wp_attribute *line)
{
    const uint64_t mask = wp_device_mask(trial->model, line->value);
    const bool holds = (mask >> trial->request->device & 1) != line->negated;
    if (holds)
        return NULL;
    trial->cite = wp_attribute_text(line->attributes, "cite", NULL);
    return wp_format(trial->arena, "%s is not for this device: %s", trial->label,
                     device_label(trial));
}

/* ---- facts of tenants -------------------------------------------------------------- */

/* A tenant of that kind for which the line is false, and none for which it holds. */
static const struct wp_declaration *
refuting_tenant(const struct trial *trial, const struct wp_attribute *line,
                const struct wp_fact_question *question)
{
    struct wp_declaration_walk walk = {0};
    const struct wp_declaration *tenant, *refuting = NULL;
    while ((tenant = wp_declaration_next(trial->model, WP_DECL_TENANT, &walk)) != NULL) {
        const struct wp_value *value;
        if (strcmp(wp_tenant_kind(tenant), question->kind) != 0)
            continue;
        enum wp_truth truth = wp_fact_meets(trial->model, tenant, line, question, &value);
        if (truth == WP_TRUE)
            return NULL;
        if (truth == WP_FALSE)
            refuting = tenant;
    }
    return refuting;
}

static const char *
refuse_fact(struct trial *trial, const struct wp_attribute *line)
{
    struct wp_fact_question question;
    if (!wp_fact_question_read(trial->model, line, &question))
        return NULL;
    const struct wp_declaration *tenant = refuting_tenant(trial, line, &question);
    if (tenant == NULL)
        return NULL;
    trial->cite = wp_attribute_text(line->attributes, "cite", NULL);
    const char *cure = wp_attribute_text(line->attributes, "cure", "see its demands");
    return wp_format(trial->arena, "%s is not offered by tenant '%s': %s", trial->label,
                     tenant->name->text, cure);
}

/* ---- a token ------------------------------------------------------------------------- */

/* How long what the method takes is valid, as a tenant's fact says ("uem.token_lifetime"). */
static const struct wp_attribute *
lifetime_of(const struct trial *trial)
{
    const char *path = wp_attribute_text(trial->method->attributes, "valid_for", NULL);
    struct wp_declaration_walk walk = {0};
    const struct wp_declaration *tenant;
    if (path == NULL)
        return NULL;
    const struct wp_path parts = wp_path_split(path);
    while ((tenant = wp_declaration_next(trial->model, WP_DECL_TENANT, &walk)) != NULL) {
        const struct wp_attribute *found =
            parts.second == NULL || strcmp(wp_tenant_kind(tenant), parts.first) != 0
                ? NULL
                : wp_attribute_find(tenant->attributes, parts.second);
        if (found != NULL)
            return found;
    }
    return NULL;
}

static const char *
refuse_token(const struct trial *trial)
{
    const struct wp_attribute *lifetime = lifetime_of(trial);
    if (lifetime == NULL || !trial->setting->has_token_age)
        return NULL;
    if (trial->setting->token_age <= lifetime->value->number)
        return NULL;
    return wp_format(trial->arena,
                     "%s is refused: the token was made %s ago and is valid for %s; register the "
                     "device again",
                     trial->label, wp_scene_duration(trial->arena, trial->setting->token_age),
                     wp_scene_duration(trial->arena, lifetime->value->number));
}

/* ---- the whole ------------------------------------------------------------------------ */

/* Why it cannot be used here, or NULL. */
static const char *
refuse(struct trial *trial)
{
    const struct wp_attribute *list = trial->method->attributes;
    for (const struct wp_attribute *line = list; line != NULL; line = line->next) {
        if (line->kind != WP_DEMAND)
            continue;
        const char *why = strcmp(line->key->text, "device") == 0 ? refuse_device(trial, line)
                                                                 : refuse_fact(trial, line);
        if (why != NULL)
            return why;
    }
    if (wp_attribute_is_yes(list, "needs_enrolled") && !trial->request->managed)
        return wp_format(trial->arena, "%s needs a device that is enrolled, and this one is not",
                         trial->label);
    return refuse_token(trial);
}

static bool
is_failed(const struct wp_scene_setting *setting, const char *method)
{
    for (size_t i = 0; i < setting->fail_count; i++)
        if (strcmp(setting->fails[i], method) == 0)
            return true;
    return false;
}

static bool
fail(const struct trial *trial, struct wp_scene *scene)
{
    const uint64_t attempts = wp_attribute_number(trial->method->attributes, "attempts", 0);
    const char *text =
        attempts == 0 ? wp_format(trial->arena, "%s is not passed", trial->label)
        : attempts == 1
            ? wp_format(trial->arena, "%s is not passed; it is tried once", trial->label)
            : wp_format(trial->arena, "%s is not passed in %llu attempts", trial->label,
                        (unsigned long long)attempts);
    wp_scene_add(trial->arena, scene, WP_SCENE_FAILS, trial->method->name->text, NULL, text);
    return false;
}

static const char *
passed_text(const struct trial *trial)
{
    const struct wp_attribute *lifetime = lifetime_of(trial);
    if (wp_attribute_text(trial->method->attributes, "valid_for", NULL) == NULL)
        return wp_format(trial->arena, "%s is passed", trial->label);
    if (lifetime == NULL)
        return wp_format(trial->arena,
                         "%s is passed, if the token is still valid: for how long it "
                         "is, no tenant says",
                         trial->label);
    const uint64_t valid = lifetime->value->number;
    if (!trial->setting->has_token_age)
        return wp_format(trial->arena, "%s is passed, if the token is not older than %s",
                         trial->label, wp_scene_duration(trial->arena, valid));
    return wp_format(trial->arena, "%s is passed: the token is valid for %s more", trial->label,
                     wp_scene_duration(trial->arena, valid - trial->setting->token_age));
}

bool
wp_scene_try(struct wp_arena *arena, const struct wp_scene_setting *setting, uint32_t method,
             const struct wp_request *request, struct wp_scene *scene)
{
    const struct wp_declaration *declaration = setting->model->methods[method].declaration;
    struct trial trial = {.arena = arena,
                          .setting = setting,
                          .model = setting->model,
                          .method = declaration,
                          .request = request,
                          .label = label_of(declaration)};
    const char *why = refuse(&trial);
    if (why != NULL) {
        wp_scene_add(arena, scene, WP_SCENE_NOT_USABLE, declaration->name->text, trial.cite, why);
        return false;
    }
    if (is_failed(setting, declaration->name->text))
        return fail(&trial, scene);
    wp_scene_add(arena, scene, WP_SCENE_PASSES, declaration->name->text, NULL, passed_text(&trial));
    return true;
}
