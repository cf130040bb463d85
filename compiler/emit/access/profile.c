/* Finding a tenant's wire profile, and reading what it says. */
#include "compiler/emit/access/profile.h"

#include "compiler/facts.h"
#include "compiler/load.h"

#include <string.h>

#define USUAL "jersey"

/* What no profile can do without: paths of texts. */
static const char *const needed[] = {
    "range.list.path",
    "range.item",
    "range.create",
    "range.id",
    "range.keys.name",
    "range.keys.pairs",
    "range.pair.from",
    "range.pair.to",
    "policy.list.path",
    "policy.item",
    "policy.create",
    "policy.id",
    "policy.keys.name",
    "policy.keys.rules",
    "rule.keys.range",
    "rule.keys.device",
    "rule.keys.groups",
    "rule.keys.action",
    "rule.keys.chains",
    "actions.authenticate",
    "actions.allow",
    "actions.deny",
    "client.list.path",
    "client.item",
    "client.create",
    "app.search",
    "app.item",
    "app.policy",
    "method.path",
    "group.list",
    "group.item",
    "idp.list",
    "device_types.All Device Types",
};

json_t *
wp_access_at(const json_t *object, const char *path)
{
    while (object && path) {
        const char *dot = strchr(path, '.');
        size_t length = dot ? (size_t)(dot - path) : strlen(path);
        object = json_object_getn(object, path, length);
        path = dot ? dot + 1 : NULL;
    }
    return (json_t *)(uintptr_t)object;
}

const char *
wp_access_text_at(const json_t *object, const char *path, const char *absent)
{
    const char *text = json_string_value(wp_access_at(object, path));

    return text ? text : absent;
}

void
wp_access_put_at(json_t *object, const char *path, json_t *value)
{
    const char *dot;

    while ((dot = strchr(path, '.')) != NULL) {
        size_t length = (size_t)(dot - path);
        json_t *inner = json_object_getn(object, path, length);
        if (!json_is_object(inner)) {
            inner = json_object();
            (void)json_object_setn_new(object, path, length, inner);
        }
        object = inner;
        path = dot + 1;
    }
    (void)json_object_set_new(object, path, value);
}

static size_t
limit_at(const json_t *root, const char *path, size_t usual)
{
    json_int_t limit = json_integer_value(wp_access_at(root, path));

    return limit > 0 ? (size_t)limit : usual;
}

static bool
take_root(struct wp_access_profile *profile, const char *name, struct wp_problem *problem)
{
    for (size_t i = 0; i < sizeof needed / sizeof *needed; i++) {
        if (wp_access_text_at(profile->root, needed[i], NULL))
            continue;
        return wp_problem_set(problem, WP_PROBLEM_FAILED,
                              "the wire profile '%s' does not say %s as a text", name, needed[i]);
    }
    profile->name = wp_access_text_at(profile->root, "profile", name);
    profile->vendor = strcmp(wp_access_text_at(profile->root, "media", "json"), "vendor") == 0;
    profile->most_message = limit_at(profile->root, "limits.message", 4000);
    profile->most_chains = limit_at(profile->root, "limits.chains", 32);
    profile->most_steps = limit_at(profile->root, "limits.steps", 8);
    profile->most_rules = limit_at(profile->root, "limits.rules", 1000);
    return true;
}

static bool
is_file(const char *name)
{
    size_t length = strlen(name);

    return length > 5 && strcmp(name + length - 5, ".json") == 0;
}

static json_t *
load(struct wp_arena *arena, const char *name, struct wp_problem *problem)
{
    const char *wanted = wp_format(arena, "access_%s", name);
    json_error_t error;
    json_t *root;

    if (is_file(name)) {
        root = json_load_file(name, JSON_REJECT_DUPLICATES, &error);
        if (!root)
            (void)wp_problem_set(problem, WP_PROBLEM_FAILED,
                                 "cannot read the wire profile %s: line %d: %s", name, error.line,
                                 error.text);
        return root;
    }
    for (const struct wp_stdlib_module *data = wp_stdlib_data; data->name; data++) {
        if (strcmp(data->name, wanted) == 0)
            return json_loadb(data->text, data->length, JSON_REJECT_DUPLICATES, &error);
    }
    (void)wp_problem_set(problem, WP_PROBLEM_USAGE,
                         "there is no wire profile '%s': name jersey, acs, or a file that ends in "
                         ".json",
                         name);
    return NULL;
}

bool
wp_access_profile_open(const struct wp_session *session, struct wp_access_profile *profile,
                       struct wp_problem *problem)
{
    const struct wp_access_memory *memory = session->memory;
    const char *name =
        session->tenant ? wp_attribute_text(session->tenant->attributes, "profile", NULL) : NULL;

    if (!name)
        name = memory && memory->generation ? memory->generation : USUAL;
    *profile = (struct wp_access_profile){.root = load(session->arena, name, problem)};
    if (!profile->root)
        return false;
    if (!take_root(profile, name, problem)) {
        wp_access_profile_close(profile);
        return false;
    }
    profile->vendor = profile->vendor || (memory && memory->vendor);
    return true;
}

void
wp_access_profile_close(struct wp_access_profile *profile)
{
    json_decref(profile->root);
    profile->root = NULL;
}

bool
wp_access_profile_is_verified(const struct wp_access_profile *profile)
{
    return json_is_true(wp_access_at(profile->root, "verified.writes"));
}

const char *
wp_access_path(struct wp_arena *arena, const char *pattern, const char *id)
{
    const char *hole = strstr(pattern, "{id}");

    if (!hole)
        return wp_format(arena, "%s/%s", pattern, id);
    return wp_format(arena, "%.*s%s%s", (int)(hole - pattern), pattern, id, hole + 4);
}
