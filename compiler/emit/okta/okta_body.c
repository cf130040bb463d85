/* From what Okta answers to the canonical bodies of okta.h. */
#include "compiler/emit/okta/okta_body.h"

#include <stdlib.h>
#include <string.h>

const char *
wp_okta_text(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text ? text : "";
}

bool
wp_okta_is_system(const json_t *answer)
{
    return json_is_true(json_object_get(answer, "system"));
}

/* ---- trees in general ---------------------------------------------------------------- */

static bool
says_nothing(const json_t *value)
{
    return json_is_null(value) || (json_is_array(value) && json_array_size(value) == 0) ||
           (json_is_object(value) && json_object_size(value) == 0);
}

/* A copy without what says nothing, at any depth. */
json_t *
wp_okta_clean(const json_t *value)
{
    json_t *copy, *part;
    const char *key;
    size_t i;

    if (json_is_array(value)) {
        copy = json_array();
        json_array_foreach(value, i, part)(void) json_array_append_new(copy, wp_okta_clean(part));
        return copy;
    }
    if (!json_is_object(value))
        return json_deep_copy(value);
    copy = json_object();
    json_object_foreach((json_t *)value, key, part)
    {
        json_t *clean = wp_okta_clean(part);
        if (says_nothing(clean))
            json_decref(clean);
        else
            (void)json_object_set_new_nocheck(copy, key, clean);
    }
    return copy;
}

static int
compare_texts(const void *a, const void *b)
{
    const json_t *const *x = a, *const *y = b;
    char *left = json_dumps(*x, JSON_SORT_KEYS | JSON_COMPACT | JSON_ENCODE_ANY);
    char *right = json_dumps(*y, JSON_SORT_KEYS | JSON_COMPACT | JSON_ENCODE_ANY);
    int order = strcmp(left ? left : "", right ? right : "");

    free(left);
    free(right);
    return order;
}

/* Sorts every list within: for objects that have no lists whose order counts. */
void
wp_okta_sort_lists(json_t *value)
{
    size_t count = json_array_size(value);
    json_t **items, *part;
    const char *key;

    json_object_foreach(value, key, part) wp_okta_sort_lists(part);
    if (count == 0)
        return;
    items = calloc(count, sizeof *items);
    if (!items)
        return;
    for (size_t i = 0; i < count; i++) {
        items[i] = json_incref(json_array_get(value, i));
        wp_okta_sort_lists(items[i]);
    }
    qsort(items, count, sizeof *items, compare_texts);
    (void)json_array_clear(value);
    for (size_t i = 0; i < count; i++)
        (void)json_array_append_new(value, items[i]);
    free(items);
}

json_t *
wp_okta_without(const json_t *answer, const char *const *keys)
{
    json_t *copy = wp_okta_clean(answer);

    for (size_t i = 0; keys[i]; i++)
        (void)json_object_del(copy, keys[i]);
    return copy;
}

/* {"$ref"} where the identifier is known, else the identifier. */
json_t *
wp_okta_name_of(const struct wp_state *state, const char *kind, const json_t *id)
{
    const char *text = json_string_value(id);
    const struct wp_object *object = text ? wp_state_find_id(state, kind, text) : NULL;

    return object ? wp_reference(object->key) : json_deep_copy(id);
}

static void
name_list(const struct wp_state *state, const char *kind, json_t *list)
{
    json_t *id;
    size_t i;

    json_array_foreach(list, i, id)(void)
        json_array_set_new(list, i, wp_okta_name_of(state, kind, id));
    if (json_is_array(list))
        wp_okta_sort_references(list);
}

/* The lists "include" and "exclude" of an object. */
static void
name_lists(const struct wp_state *state, const char *kind, json_t *object)
{
    name_list(state, kind, json_object_get(object, "include"));
    name_list(state, kind, json_object_get(object, "exclude"));
}

/* ---- zones, policies ------------------------------------------------------------------ */

/* Entries as one set, in the one way of writing it; as they are when one cannot be
 * read. */
static json_t *
write_addresses(const json_t *entries)
{
    struct wp_arena *arena = wp_arena_new(NULL, NULL);
    struct wp_network network;
    json_t *list;

    if (arena && wp_okta_addresses_read(arena, entries, &network))
        list = wp_okta_addresses(&network, 0, SIZE_MAX);
    else
        list = json_is_array(entries) ? json_deep_copy(entries) : json_array();
    wp_arena_free(arena);
    return list;
}

static json_t *
zone_body(const json_t *answer)
{
    static const char *const own[] = {"id",     "name",   "created", "lastUpdated",
                                      "_links", "system", NULL};
    json_t *body = wp_okta_without(answer, own);

    if (strcmp(wp_okta_text(body, "type"), "IP") == 0) {
        (void)json_object_set_new(body, "gateways",
                                  write_addresses(json_object_get(answer, "gateways")));
        (void)json_object_set_new(body, "proxies",
                                  write_addresses(json_object_get(answer, "proxies")));
    } else {
        wp_okta_sort_lists(body);
    }
    return body;
}

static json_t *
policy_body(const json_t *answer)
{
    json_t *body = json_object();

    if (wp_okta_is_system(answer))
        return body;
    if (*wp_okta_text(answer, "description"))
        (void)json_object_set_new(body, "description",
                                  json_deep_copy(json_object_get(answer, "description")));
    (void)json_object_set_new(body, "status", json_deep_copy(json_object_get(answer, "status")));
    return body;
}

static json_t *
session_policy_body(const struct wp_state *state, const json_t *answer)
{
    json_t *body = policy_body(answer);

    if (wp_okta_is_system(answer))
        return body;
    json_t *conditions = wp_okta_clean(json_object_get(answer, "conditions"));
    json_t *people = json_object_get(conditions, "people");
    name_lists(state, "group", json_object_get(people, "groups"));
    name_lists(state, "user", json_object_get(people, "users"));
    (void)json_object_set_new(body, "priority",
                              json_deep_copy(json_object_get(answer, "priority")));
    (void)json_object_set_new(body, "conditions", conditions);
    return body;
}

/* ---- conditions ------------------------------------------------------------------------ */

/* Removes `key` when it is {field: "ANY"}: it restricts nothing. */
static void
drop_any(json_t *conditions, const char *key, const char *field)
{
    const char *value = wp_okta_text(json_object_get(conditions, key), field);

    if (strcmp(value, "ANY") == 0 || strcmp(value, "ANYWHERE") == 0)
        (void)json_object_del(conditions, key);
}

static bool
is_any_platform(const json_t *platform)
{
    const char *os = wp_okta_text(json_object_get(platform, "os"), "type");

    return strcmp(wp_okta_text(platform, "type"), "ANY") == 0 && (!*os || strcmp(os, "ANY") == 0);
}

static void
clean_platform(json_t *conditions)
{
    json_t *platform = json_object_get(conditions, "platform"), *item;
    json_t *include = json_object_get(platform, "include");
    bool any = false;
    size_t i;

    json_array_foreach(include, i, item) any = any || is_any_platform(item);
    if (any && !json_object_get(platform, "exclude"))
        (void)json_object_del(conditions, "platform");
    else if (json_is_array(include))
        wp_okta_sort_platforms(include);
}

static void
name_apps(const struct wp_state *state, json_t *list)
{
    json_t *app;
    size_t i;

    json_array_foreach(list, i, app)
    {
        json_t *id = json_object_get(app, "id");
        if (id)
            (void)json_object_set_new(app, "id", wp_okta_name_of(state, "app", id));
    }
    wp_okta_sort_lists(list);
}

static json_t *
conditions_of(const struct wp_state *state, const json_t *answer)
{
    json_t *conditions = wp_okta_clean(json_object_get(answer, "conditions"));

    if (!json_is_object(conditions)) {
        json_decref(conditions);
        return json_object();
    }
    json_t *people = json_object_get(conditions, "people");
    name_lists(state, "group", json_object_get(people, "groups"));
    name_lists(state, "user", json_object_get(people, "users"));
    name_lists(state, "zone", json_object_get(conditions, "network"));
    name_lists(state, "assurance",
               json_object_get(json_object_get(conditions, "device"), "assurance"));
    name_apps(state, json_object_get(json_object_get(conditions, "app"), "include"));
    name_apps(state, json_object_get(json_object_get(conditions, "app"), "exclude"));
    clean_platform(conditions);
    drop_any(conditions, "network", "connection");
    drop_any(conditions, "riskScore", "level");
    drop_any(conditions, "authContext", "authType");
    drop_any(conditions, "identityProvider", "provider");
    return conditions;
}

/* ---- actions ----------------------------------------------------------------------------- */

static void
clean_duration(json_t *object, const char *absent)
{
    const char *text = json_string_value(json_object_get(object, "reauthenticateIn"));
    struct wp_arena *arena = wp_arena_new(NULL, NULL);
    uint64_t seconds;

    text = text ? text : absent;
    if (arena && text && wp_okta_duration_read(text, &seconds))
        (void)json_object_set_new(object, "reauthenticateIn",
                                  json_string(wp_okta_duration(arena, seconds)));
    wp_arena_free(arena);
}

static void
clean_methods(const struct wp_state *state, json_t *methods)
{
    static const char *const required[] = {"hardwareProtection", "phishingResistant",
                                           "userVerification"};
    json_t *method, *id;
    size_t i;

    json_array_foreach(methods, i, method)
    {
        for (size_t k = 0; k < sizeof required / sizeof *required; k++) {
            if (strcmp(wp_okta_text(method, required[k]), "OPTIONAL") == 0)
                (void)json_object_del(method, required[k]);
        }
        if ((id = json_object_get(method, "id")) != NULL)
            (void)json_object_set_new(method, "id", wp_okta_name_of(state, "authenticator", id));
    }
    wp_okta_sort_methods(methods);
}

static void
clean_chain(const struct wp_state *state, json_t *step, unsigned depth)
{
    json_t *next = json_object_get(step, "next"), *part;
    size_t i;

    if (json_is_array(json_object_get(step, "authenticationMethods")))
        clean_methods(state, json_object_get(step, "authenticationMethods"));
    clean_duration(step, NULL);
    json_array_foreach(next, i, part)
    {
        if (depth < 8) /* Okta has three; what is deeper is kept as it is */
            clean_chain(state, part, depth + 1);
    }
}

/* Half of an object of constraints, without what is so unless said otherwise. */
static void
clean_constraint(const struct wp_state *state, json_t *constraint)
{
    static const char *const demands[] = {"deviceBound", "hardwareProtection", "phishingResistant",
                                          "userVerification"};
    static const char *const lists[] = {"types", "methods", "authenticationMethods",
                                        "excludedAuthenticationMethods"};
    json_t *excluded = json_object_get(constraint, "excludedAuthenticationMethods");
    bool excludes = json_array_size(excluded) > 0;
    const json_t *required = json_object_get(constraint, "required");

    for (size_t i = 0; i < sizeof demands / sizeof *demands; i++) {
        if (strcmp(wp_okta_text(constraint, demands[i]), "OPTIONAL") == 0)
            (void)json_object_del(constraint, demands[i]);
    }
    if (strcmp(wp_okta_text(constraint, "userPresence"), "REQUIRED") == 0)
        (void)json_object_del(constraint, "userPresence");
    if (json_is_boolean(required) && json_is_true(required) == !excludes)
        (void)json_object_del(constraint, "required");
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        json_t *list = json_object_get(constraint, lists[i]);
        if (json_is_array(list) && json_array_size(list) == 0)
            (void)json_object_del(constraint, lists[i]);
        else if (json_is_array(list) && i >= 2)
            clean_methods(state, list);
        else if (json_is_array(list))
            wp_okta_sort_lists(list);
    }
    clean_duration(constraint, NULL);
}

static void
clean_assurance(const struct wp_state *state, json_t *method)
{
    json_t *constraints = json_object_get(method, "constraints"), *object, *half;
    const char *name;
    size_t i;

    if (json_is_array(constraints) && json_array_size(constraints) == 0)
        (void)json_object_del(method, "constraints");
    json_array_foreach(json_object_get(method, "constraints"), i, object)
    {
        json_object_foreach(object, name, half)
        {
            if (json_is_object(half))
                clean_constraint(state, half);
        }
    }
}

static json_t *
sign_on_of(const struct wp_state *state, const json_t *answer)
{
    json_t *sign_on = wp_okta_clean(answer), *method, *chain;
    size_t i;

    if (strcmp(wp_okta_text(sign_on, "access"), "DENY") == 0) {
        json_decref(sign_on);
        return json_pack("{s:s}", "access", "DENY");
    }
    if (strcmp(wp_okta_text(json_object_get(sign_on, "keepMeSignedIn"), "postAuth"), "ALLOWED") !=
        0)
        (void)json_object_del(sign_on, "keepMeSignedIn");
    method = json_object_get(sign_on, "verificationMethod");
    if (json_is_object(method) && strcmp(wp_okta_text(method, "type"), "ID_PROOFING") != 0)
        clean_duration(method, "PT12H");
    if (strcmp(wp_okta_text(method, "type"), "AUTH_METHOD_CHAIN") == 0) {
        (void)json_object_del(method, "factorMode");
        (void)json_object_del(method, "inactivityPeriod");
        json_array_foreach(json_object_get(method, "chains"), i, chain)
            clean_chain(state, chain, 0);
    } else if (strcmp(wp_okta_text(method, "type"), "ASSURANCE") == 0) {
        clean_assurance(state, method);
    }
    return sign_on;
}

static void
name_providers(const struct wp_state *state, json_t *idp)
{
    json_t *provider, *id;
    size_t i;

    json_array_foreach(json_object_get(idp, "providers"), i, provider)
    {
        (void)json_object_del(provider, "name");
        if ((id = json_object_get(provider, "id")) != NULL)
            (void)json_object_set_new(provider, "id", wp_okta_name_of(state, "idp", id));
    }
}

static json_t *
actions_of(const struct wp_state *state, const json_t *answer)
{
    json_t *actions = wp_okta_clean(json_object_get(answer, "actions")), *sign_on;

    if (!json_is_object(actions)) {
        json_decref(actions);
        return json_object();
    }
    if ((sign_on = json_object_get(actions, "appSignOn")) != NULL)
        (void)json_object_set_new(actions, "appSignOn", sign_on_of(state, sign_on));
    name_providers(state, json_object_get(actions, "idp"));
    return actions;
}

/* ---- rules and the rest -------------------------------------------------------------------- */

static json_t *
rule_body(const struct wp_state *state, const json_t *answer, size_t rank)
{
    json_t *body = json_object();

    if (!wp_okta_is_system(answer)) {
        (void)json_object_set_new(body, "priority", json_integer((json_int_t)rank));
        (void)json_object_set_new(body, "status",
                                  json_deep_copy(json_object_get(answer, "status")));
        (void)json_object_set_new(body, "conditions", conditions_of(state, answer));
    }
    (void)json_object_set_new(body, "actions", actions_of(state, answer));
    return body;
}

static json_t *
assurance_body(const json_t *answer)
{
    static const char *const own[] = {
        "id",      "name",        "createdBy", "createdDate", "lastUpdate", "lastUpdatedBy",
        "created", "lastUpdated", "_links",    NULL};
    json_t *body = wp_okta_without(answer, own);

    if (strcmp(wp_okta_text(body, "displayRemediationMode"), "HIDE") == 0)
        (void)json_object_del(body, "displayRemediationMode");
    wp_okta_sort_lists(body);
    return body;
}

/* Keys that are to follow the one in use. */
static void
name_kids(const struct wp_state *state, json_t *trust)
{
    json_t *kids = json_object_get(trust, "additionalKids");

    for (size_t i = 0; i < json_array_size(kids); i++)
        (void)json_array_set_new(kids, i,
                                 wp_okta_name_of(state, "idp_key", json_array_get(kids, i)));
    if (json_array_size(kids) == 0)
        (void)json_object_del(trust, "additionalKids");
}

static json_t *
idp_body(const struct wp_state *state, const json_t *answer)
{
    static const char *const own[] = {"id", "name", "created", "_links", "lastUpdated", NULL};
    json_t *body = wp_okta_without(answer, own);
    json_t *credentials = json_object_get(json_object_get(body, "protocol"), "credentials");
    json_t *trust = json_object_get(credentials, "trust");

    (void)json_object_del(credentials, "signing");
    (void)json_object_del(trust, "audience");
    name_kids(state, trust);
    if (json_object_get(trust, "kid"))
        (void)json_object_set_new(trust, "kid",
                                  wp_okta_name_of(state, "idp_key", json_object_get(trust, "kid")));
    return body;
}

static json_t *
key_body(const json_t *answer)
{
    const char *text = json_string_value(json_array_get(json_object_get(answer, "x5c"), 0));
    char *line = calloc(1, text ? strlen(text) + 1 : 1), *end = line;

    for (; line && text && *text; text++) {
        if (*text != '\n' && *text != '\r' && *text != ' ')
            *end++ = *text;
    }
    json_t *body = json_pack("{s:[s]}", "x5c", line ? line : "");
    free(line);
    return body;
}

static json_t *
authenticator_body(const json_t *answer)
{
    return json_pack("{s:s, s:s}", "key", wp_okta_text(answer, "key"), "status",
                     wp_okta_text(answer, "status"));
}

/* The last part of the path that an app's link to its access policy has. */
static json_t *
binding_body(const struct wp_state *state, const json_t *answer)
{
    const json_t *links = json_object_get(answer, "_links");
    const char *link = wp_okta_text(json_object_get(links, "accessPolicy"), "href");
    const char *slash = strrchr(link, '/');
    json_t *id, *name;

    if (!slash)
        return NULL;
    id = json_string(slash + 1);
    name = wp_okta_name_of(state, "policy", id);
    json_decref(id);
    return json_pack("{s:o}", "policy", name);
}

json_t *
wp_okta_body(const struct wp_state *state, const char *kind, const json_t *answer, size_t rank)
{
    if (!json_is_object(answer))
        return NULL;
    if (strcmp(kind, "zone") == 0)
        return zone_body(answer);
    if (strcmp(kind, "policy") == 0)
        return policy_body(answer);
    if (strcmp(kind, "session_policy") == 0)
        return session_policy_body(state, answer);
    if (wp_okta_policy_kind(kind))
        return rule_body(state, answer, rank);
    if (strcmp(kind, "assurance") == 0)
        return assurance_body(answer);
    if (strcmp(kind, "idp") == 0)
        return idp_body(state, answer);
    if (strcmp(kind, "idp_key") == 0)
        return key_body(answer);
    if (strcmp(kind, "authenticator") == 0)
        return authenticator_body(answer);
    if (strcmp(kind, "authenticator_method") == 0)
        return json_pack("{s:s}", "status", wp_okta_text(answer, "status"));
    if (strcmp(kind, "binding") == 0)
        return binding_body(state, answer);
    return json_object();
}
