/* Rules of an access policy in priority order; the first whose conditions all hold
 * decides, and the catch-all rule when none does. Kinds of conditions are joined by
 * and, items of a list by or; exclusion is stronger than inclusion. */
#include "tests/unit/okta_judge.h"

#include <stdlib.h>
#include <string.h>

#include "compiler/address.h"
#include "compiler/emit/okta/okta.h"

struct judge {
    const struct wp_state *state;
    const struct okta_sign_in *sign_in;
    struct wp_arena *arena;
};

static bool
is_text(const json_t *value, const char *text)
{
    return json_is_string(value) && strcmp(json_string_value(value), text) == 0;
}

static const char *
name_of(const struct judge *judge, const json_t *reference)
{
    const char *key = wp_reference_key(reference);
    const struct wp_object *object = key == NULL ? NULL : wp_state_find(judge->state, key);
    return object == NULL ? "" : object->name;
}

/* ---- people -------------------------------------------------------------------------- */

static bool
is_in_group(const struct judge *judge, const char *name)
{
    for (const char *const *group = judge->sign_in->groups; *group != NULL; group++)
        if (strcmp(*group, name) == 0)
            return true;
    return false;
}

static bool
is_user(const struct judge *judge, const char *name)
{
    return judge->sign_in->user != NULL && strcmp(judge->sign_in->user, name) == 0;
}

typedef bool (*holds)(const struct judge *judge, const char *name);

static bool
any_of(const struct judge *judge, const json_t *list, holds test)
{
    size_t i;
    const json_t *item;

    json_array_foreach(list, i, item) if (test(judge, name_of(judge, item))) return true;
    return false;
}

static bool
people_match(const struct judge *judge, const json_t *people)
{
    const json_t *groups = json_object_get(people, "groups");
    const json_t *users = json_object_get(people, "users");
    const json_t *in_groups = json_object_get(groups, "include");
    const json_t *in_users = json_object_get(users, "include");

    if (any_of(judge, json_object_get(groups, "exclude"), is_in_group) ||
        any_of(judge, json_object_get(users, "exclude"), is_user))
        return false;
    if (json_array_size(in_groups) > 0 && !any_of(judge, in_groups, is_in_group))
        return false;
    return json_array_size(in_users) == 0 || any_of(judge, in_users, is_user);
}

/* ---- networks --------------------------------------------------------------------------- */

/* A lone address is inside a zone whose gateway it is. */
static bool
is_in_zone(const struct judge *judge, const char *name)
{
    const struct wp_object *zone =
        wp_state_find(judge->state, wp_state_key(judge->arena, "zone", NULL, name));
    size_t i;
    const json_t *entry;
    struct wp_address address, first, last;

    if (zone == NULL || !wp_address_parse(judge->sign_in->address, &address, NULL))
        return false;
    json_array_foreach(json_object_get(zone->body, "gateways"), i, entry)
    {
        const char *value = json_string_value(json_object_get(entry, "value"));
        const char *dash = strchr(value, '-');
        if (dash == NULL) {
            if (wp_prefix_parse(value, &first, &last, NULL) != WP_ADDRESS_OK)
                abort();
        } else if (!wp_address_parse(wp_copy_text(judge->arena, value, (size_t)(dash - value)),
                                     &first, NULL) ||
                   !wp_address_parse(dash + 1, &last, NULL)) {
            abort();
        }
        if (first.is_v6 != address.is_v6)
            continue;
        if (address.is_v6
                ? wp_compare6(first.v6, address.v6) <= 0 && wp_compare6(address.v6, last.v6) <= 0
                : first.v4 <= address.v4 && address.v4 <= last.v4)
            return true;
    }
    return false;
}

static bool
network_matches(const struct judge *judge, const json_t *network)
{
    const json_t *include = json_object_get(network, "include");
    const json_t *exclude = json_object_get(network, "exclude");

    if (include != NULL)
        return any_of(judge, include, is_in_zone);
    return !any_of(judge, exclude, is_in_zone);
}

/* ---- devices -------------------------------------------------------------------------------- */

static bool
platform_matches(const struct judge *judge, const json_t *platform)
{
    size_t i;
    const json_t *item;

    json_array_foreach(json_object_get(platform, "include"), i, item)
    {
        const json_t *type = json_object_get(item, "type");
        const json_t *os = json_object_get(json_object_get(item, "os"), "type");
        if ((is_text(type, "ANY") || is_text(type, judge->sign_in->type)) &&
            (is_text(os, "ANY") || is_text(os, judge->sign_in->os)))
            return true;
    }
    return false;
}

/* A policy of device assurance speaks of one platform alone. */
static bool
is_assured(const struct judge *judge, const char *name)
{
    const struct wp_object *object =
        wp_state_find(judge->state, wp_state_key(judge->arena, "assurance", NULL, name));
    const json_t *posture =
        object == NULL ? NULL
                       : json_object_get(json_object_get(object->body, "thirdPartySignalProviders"),
                                         "devicePostureIdP");

    if (posture == NULL || !is_text(json_object_get(object->body, "platform"), judge->sign_in->os))
        return false;
    return !json_is_true(json_object_get(posture, "compliant")) || judge->sign_in->compliant;
}

static bool
device_matches(const struct judge *judge, const json_t *device)
{
    const json_t *managed = json_object_get(device, "managed");
    const json_t *assurance = json_object_get(json_object_get(device, "assurance"), "include");

    if (json_is_true(json_object_get(device, "registered")) && !judge->sign_in->registered)
        return false;
    if (managed != NULL && json_is_true(managed) != judge->sign_in->managed)
        return false;
    return assurance == NULL || any_of(judge, assurance, is_assured);
}

/* ---- rules --------------------------------------------------------------------------------------
 */

static bool
rule_matches(const struct judge *judge, const json_t *conditions, const char **fault)
{
    const char *key;
    json_t *value;
    bool matches = true;

    json_object_foreach((json_t *)conditions, key, value)
    {
        if (strcmp(key, "people") == 0)
            matches = matches && people_match(judge, value);
        else if (strcmp(key, "network") == 0)
            matches = matches && network_matches(judge, value);
        else if (strcmp(key, "platform") == 0)
            matches = matches && platform_matches(judge, value);
        else if (strcmp(key, "device") == 0)
            matches = matches && device_matches(judge, value);
        else if (strcmp(key, "riskScore") == 0)
            matches = matches && is_text(json_object_get(value, "level"), judge->sign_in->risk);
        else
            *fault = "a condition that is not known";
    }
    return matches;
}

/* The app's policy: the one assigned, or the org's default one. */
static const char *
policy_of(const struct judge *judge)
{
    const struct wp_object *binding =
        judge->sign_in->app == NULL
            ? NULL
            : wp_state_find(judge->state,
                            wp_state_key(judge->arena, "binding", NULL, judge->sign_in->app));
    return binding == NULL ? "policy/" WP_OKTA_DEFAULT_POLICY
                           : wp_reference_key(json_object_get(binding->body, "policy"));
}

const char *
okta_judge(const struct wp_state *state, const struct okta_sign_in *sign_in,
           struct okta_verdict *verdict)
{
    const struct judge judge = {state, sign_in, state->arena};
    const char *policy = policy_of(&judge), *fault = NULL;
    const struct wp_object *best = NULL;
    json_int_t best_priority = WP_OKTA_LAST_PRIORITY + 1;

    if (wp_state_find(state, policy) == NULL)
        return "no policy";
    const char *prefix = wp_format(state->arena, "rule/%s/", strchr(policy, '/') + 1);
    for (size_t i = 0; i < state->count; i++) {
        const struct wp_object *rule = state->items[i];
        if (strncmp(rule->key, prefix, strlen(prefix)) != 0)
            continue;
        const json_t *priority = json_object_get(rule->body, "priority");
        json_int_t number = rule->system ? WP_OKTA_LAST_PRIORITY : json_integer_value(priority);
        if (number == best_priority)
            return "two rules of one priority";
        if (number < best_priority &&
            (rule->system || is_text(json_object_get(rule->body, "status"), "ACTIVE")) &&
            rule_matches(&judge, json_object_get(rule->body, "conditions"), &fault)) {
            best = rule;
            best_priority = number;
        }
    }
    if (fault != NULL || best == NULL)
        return fault != NULL ? fault : "no rule";
    *verdict = (struct okta_verdict){
        policy, best->key, json_object_get(json_object_get(best->body, "actions"), "appSignOn")};
    return NULL;
}
