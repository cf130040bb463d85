/* What the org in memory answers: lists, and one object. */
#include "tests/unit/okta_org.h"

#include <stdio.h>
#include <string.h>

static const char *
text(const json_t *object, const char *key)
{
    const char *value = json_string_value(json_object_get(object, key));
    return value ? value : "";
}

static void
add_all(json_t *array, const json_t *table, const char *key, const char *value)
{
    const json_t *object;
    const char *id;

    json_object_foreach((json_t *)table, id, object)
    {
        if (!key || strcmp(text(object, key), value) == 0)
            (void)json_array_append_new(array, json_deep_copy(object));
    }
}

static bool
list(void *context, const char *path, json_t **array, struct wp_problem *problem)
{
    const struct okta_org *org = context;
    const char *policies = "/api/v1/policies";
    json_t *app;
    size_t i;

    *array = json_array();
    if (strncmp(path, "/api/v1/zones", 13) == 0)
        add_all(*array, org->zones, NULL, NULL);
    else if (strncmp(path, "/api/v1/authenticators/", 23) == 0)
        okta_org_methods(org, path + 23, *array);
    else if (strncmp(path, "/api/v1/authenticators", 22) == 0)
        add_all(*array, org->authenticators, NULL, NULL);
    else if (strncmp(path, "/api/v1/device-assurances", 25) == 0)
        add_all(*array, org->assurances, NULL, NULL);
    else if (strncmp(path, "/api/v1/idps/credentials/keys", 29) == 0)
        add_all(*array, org->keys, NULL, NULL);
    else if (strncmp(path, "/api/v1/idps", 12) == 0)
        add_all(*array, org->idps, NULL, NULL);
    else if (strncmp(path, "/api/v1/groups", 14) == 0)
        add_all(*array, org->groups, NULL, NULL);
    else if (strncmp(path, "/api/v1/users", 13) == 0)
        add_all(*array, org->users, NULL, NULL);
    else if (strncmp(path, "/api/v1/policies?type=", 22) == 0)
        add_all(*array, org->policies, "type", path + 22);
    else if (strncmp(path, policies, strlen(policies)) == 0 && strstr(path, "/rules")) {
        char id[64];
        (void)snprintf(id, sizeof id, "%s", path + strlen(policies) + 1);
        *strchr(id, '/') = '\0';
        add_all(*array, org->rules, "policy", id);
    } else if (strncmp(path, "/api/v1/apps", 12) == 0) {
        add_all(*array, org->apps, NULL, NULL);
        json_array_foreach(*array, i, app)(void) json_object_set_new(
            app, "_links",
            json_pack("{s:{s:o}}", "accessPolicy", "href",
                      json_sprintf("https://x/api/v1/policies/%s", text(app, "policy"))));
    } else {
        return wp_problem_set(problem, WP_PROBLEM_FAILED, "no list %s", path);
    }
    return true;
}

static bool
get(void *context, const char *path, json_t **json, unsigned *status, struct wp_problem *problem)
{
    const struct okta_org *org = context;
    const json_t *tables[] = {org->zones,  org->assurances, org->policies, org->apps,
                              org->groups, org->users,      org->idps,     org->keys};
    const char *id = strrchr(path, '/') + 1;

    (void)problem;
    *json = NULL;
    *status = 404;
    if (strcmp(path, "/.well-known/okta-organization") == 0)
        *json = json_pack("{s:s}", "pipeline", org->is_classic ? "v1" : "idx");
    for (size_t i = 0; i < sizeof tables / sizeof *tables && !*json; i++)
        *json = json_deep_copy(json_object_get(tables[i], id));
    *status = *json ? 200 : 404;
    return true;
}

struct wp_okta_door
okta_org_door(struct okta_org *org)
{
    return (struct wp_okta_door){list, get, org};
}
