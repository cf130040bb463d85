/* The conditions of a rule. */
#include "compiler/emit/okta/desire.h"

#include <string.h>

#include "compiler/facts.h"
#include "compiler/members.h"

/* ---- people ----------------------------------------------------------------------- */

static json_t *
groups(struct wp_desire *desire, const struct wp_ids *ids)
{
    json_t *array = json_array();

    for (uint32_t i = 0; i < ids->count; i++) {
        const struct wp_thing *group = &desire->model->groups[ids->ids[i]];
        const char *name = group->directory != NULL ? group->directory : group->name;
        name = wp_name_in_tenant(group->declaration, desire->session->tenant, name);
        (void)json_array_append_new(array, wp_desire_need(desire, "group", name, group->span));
    }
    wp_okta_sort_references(array);
    return array;
}

static json_t *
users(struct wp_desire *desire, const struct wp_ids *ids, struct wp_span span)
{
    json_t *array = json_array();

    for (uint32_t i = 0; i < ids->count; i++)
        (void)json_array_append_new(
            array, wp_desire_need(desire, "user", desire->model->users[ids->ids[i]], span));
    wp_okta_sort_references(array);
    return array;
}

/* Puts a list under "group" or "users", unless it is empty. */
static void
put_list(json_t *people, const char *kind, const char *key, json_t *list)
{
    json_t *lists = json_object_get(people, kind);

    if (json_array_size(list) == 0) {
        json_decref(list);
        return;
    }
    if (lists == NULL) {
        lists = json_object();
        (void)json_object_set_new(people, kind, lists);
    }
    (void)json_object_set_new(lists, key, list);
}

static json_t *
people(struct wp_desire *desire, const struct wp_okta_rule *rule)
{
    const struct wp_term *term = &rule->line->term;
    struct wp_span span = rule->line->rule->span;
    json_t *people = json_object();

    if (term->any_count > 0)
        put_list(people, "groups", "include", groups(desire, &term->any[0]));
    put_list(people, "groups", "exclude", groups(desire, &term->none));
    if (term->users != NULL && !term->users->others)
        put_list(people, "users", "include", users(desire, &term->users->ids, span));
    if (term->users != NULL && term->users->others) {
        struct wp_members rest =
            wp_members_complement(desire->arena, term->users, desire->model->user_count);
        put_list(people, "users", "exclude", users(desire, &rest.ids, span));
    }
    return people;
}

/* ---- devices ------------------------------------------------------------------------ */

static json_t *
platform(const struct wp_desire *desire, const struct wp_term *term)
{
    json_t *include = json_array();

    if (term->devices == desire->devices.seen)
        return include;
    for (uint64_t left = term->devices; left != 0; left &= left - 1) {
        const struct wp_okta_platform *one = &desire->devices.platforms[__builtin_ctzll(left)];
        (void)json_array_append_new(
            include, json_pack("{s:s, s:{s:s}}", "type", one->type, "os", "type", one->os));
    }
    wp_okta_sort_platforms(include);
    return include;
}

/* A policy of device assurance that asks whether Workspace ONE calls the device
 * compliant. */
static json_t *
assurance(struct wp_desire *desire, const char *name, struct wp_span span)
{
    const char *title = wp_format(desire->arena, "Compliant %s", name);
    json_t *body = json_pack("{s:s, s:{s:{s:b}}}", "platform", name, "thirdPartySignalProviders",
                             "devicePostureIdP", "compliant", 1);
    return wp_reference(wp_desire_add(desire, "assurance", NULL, title, body, span)->key);
}

static json_t *
assurances(struct wp_desire *desire, const struct wp_okta_rule *rule)
{
    json_t *include = json_array();
    uint64_t left = rule->line->term.devices & desire->devices.assured;

    for (; left != 0; left &= left - 1)
        (void)json_array_append_new(
            include, assurance(desire, desire->devices.platforms[__builtin_ctzll(left)].assurance,
                               rule->line->rule->span));
    wp_okta_sort_references(include);
    return include;
}

static json_t *
device(struct wp_desire *desire, const struct wp_okta_rule *rule)
{
    json_t *device = json_object();

    if (rule->managed) {
        (void)json_object_set_new(device, "registered", json_true());
        (void)json_object_set_new(device, "managed", json_true());
    }
    if (rule->compliant)
        (void)json_object_set_new(device, "assurance",
                                  json_pack("{s:o}", "include", assurances(desire, rule)));
    return device;
}

/* ---- together -------------------------------------------------------------------------- */

/* Puts a condition in, unless it is empty. */
static void
put(json_t *conditions, const char *key, json_t *condition)
{
    if (condition == NULL)
        return;
    if (json_object_size(condition) > 0)
        (void)json_object_set(conditions, key, condition);
    json_decref(condition);
}

json_t *
wp_desire_conditions(struct wp_desire *desire, const struct wp_policy *policy,
                     const struct wp_okta_rule *rule)
{
    static const char *const levels[] = {"LOW", "MEDIUM", "HIGH"};
    json_t *conditions = json_object(), *platforms = platform(desire, &rule->line->term);

    put(conditions, "people", people(desire, rule));
    put(conditions, "network", wp_desire_network(desire, policy, rule->line));
    if (json_array_size(platforms) > 0)
        put(conditions, "platform", json_pack("{s:O}", "include", platforms));
    json_decref(platforms);
    put(conditions, "device", device(desire, rule));
    if (rule->risk >= 0)
        put(conditions, "riskScore", json_pack("{s:s}", "level", levels[rule->risk]));
    return conditions;
}
