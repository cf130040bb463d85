/*
 * The whole of an org that bears on decisions, by lists alone: one call a list and
 * one for the rules of each policy, however many objects there are.
 */
#include "compiler/emit/okta/okta_check.h"
#include "compiler/emit/okta/okta_read.h"

#include <string.h>

/* ---- the door of a transport ------------------------------------------------------------ */

static bool
list_over(void *context, const char *path, json_t **array, struct wp_problem *problem)
{
    return wp_transport_list(context, path, array, problem);
}

static bool
get_over(void *context, const char *path, json_t **json, unsigned *status,
         struct wp_problem *problem)
{
    struct wp_http_answer answer = {0};
    struct wp_problem why = {0};

    *json = NULL;
    if (wp_transport_json(context, "GET", path, NULL, json, &answer, &why)) {
        *status = answer.status;
        return true;
    }
    *status = answer.status;
    if (answer.status == 404)
        return true;
    return wp_problem_set(problem, why.kind, "%s", why.text);
}

struct wp_okta_door
wp_okta_transport_door(struct wp_transport *transport)
{
    return (struct wp_okta_door){list_over, get_over, transport};
}

bool
wp_okta_list(const struct wp_okta_door *door, const char *kind, const char *path, json_t **array,
             struct wp_problem *problem)
{
    *array = NULL;
    if (door->list(door->context, path, array, problem) &&
        wp_okta_check_list(kind, *array, problem))
        return true;
    json_decref(*array);
    *array = NULL;
    return false;
}

/* ---- the engine --------------------------------------------------------------------------- */

/* Asks which engine the org runs, once a session. */
static bool
find_engine(struct wp_session *session, const struct wp_okta_door *door, struct wp_problem *problem)
{
    struct wp_okta_memory *memory = session->memory;
    unsigned status = 0;
    json_t *about = NULL;

    if (memory && memory->is_known)
        return true;
    if (!memory)
        session->memory = memory = wp_alloc(session->arena, sizeof *memory);
    if (!door->get(door->context, "/.well-known/okta-organization", &about, &status, problem))
        return false;
    const char *pipeline = wp_okta_text(about, "pipeline");
    memory->is_classic = strcmp(pipeline, "v1") == 0;
    memory->is_known = memory->is_classic || strcmp(pipeline, "idx") == 0;
    json_decref(about);
    if (!memory->is_known)
        return wp_problem_set(problem, WP_PROBLEM_FAILED,
                              "this is no Okta org: /.well-known/okta-organization does not name "
                              "an engine; check the tenant's url");
    return true;
}

/* ---- lists ---------------------------------------------------------------------------------- */

struct reading {
    struct wp_session *session;
    const struct wp_okta_door *door;
    struct wp_state *state;
    struct wp_problem *problem;
    json_t *groups, *users; /* identifiers that somebody speaks of */
    json_t *apps;
    json_t *rules; /* of each policy: {"policy": key, "kind": kind of rule, "rules": list} */
};

static bool
put_one(struct reading *reading, const char *kind, const json_t *answer)
{
    return wp_okta_put_new(reading->state, kind, NULL, answer, 0, reading->problem) != NULL;
}

static bool
read_list(struct reading *reading, const char *kind, const char *path)
{
    json_t *answers = NULL, *answer;
    bool ok = wp_okta_list(reading->door, kind, path, &answers, reading->problem);
    size_t i;

    json_array_foreach(answers, i, answer) ok = ok && put_one(reading, kind, answer);
    json_decref(answers);
    return ok;
}

bool
wp_okta_read_methods(const struct wp_okta_door *door, struct wp_state *state,
                     const struct wp_object *authenticator, struct wp_problem *problem)
{
    const char *key = wp_okta_text(authenticator->body, "key");
    json_t *methods = NULL;

    if (!wp_okta_authenticator_has_methods(key))
        return true;
    const char *path = wp_format(state->arena, "/api/v1/authenticators/%s/methods",
                                 wp_okta_escape(state->arena, authenticator->id));
    bool ok = wp_okta_list(door, "authenticator_method", path, &methods, problem) &&
              wp_okta_put_methods(state, authenticator->name, methods, problem);
    json_decref(methods);
    return ok;
}

/* What people can prove themselves with: authenticators, and their methods. */
static bool
read_authenticators(struct reading *reading)
{
    bool ok = read_list(reading, "authenticator", "/api/v1/authenticators");
    size_t count = reading->state->count;

    for (size_t i = 0; i < count && ok; i++) {
        const struct wp_object *object = reading->state->items[i];
        if (strcmp(object->kind, "authenticator") == 0)
            ok = wp_okta_read_methods(reading->door, reading->state, object, reading->problem);
    }
    return ok;
}

/* Apps come first as what policies and rules speak of; which policy each is bound
 * to is put when policies are known. */
static bool
read_apps(struct reading *reading)
{
    json_t *app;
    size_t i;

    if (!wp_okta_list(reading->door, "app", "/api/v1/apps?limit=200", &reading->apps,
                      reading->problem))
        return false;
    json_array_foreach(reading->apps, i, app)
    {
        if (!put_one(reading, "app", app))
            return false;
    }
    return true;
}

static bool
put_bindings(struct reading *reading)
{
    json_t *app;
    size_t i;

    json_array_foreach(reading->apps, i, app)
    {
        const json_t *link = json_object_get(json_object_get(app, "_links"), "accessPolicy");
        if (link && !put_one(reading, "binding", app))
            return false;
    }
    return true;
}

/* ---- policies -----------------------------------------------------------------------------------
 */

/* The policy of the account page shows up among those of apps and is none. */
static bool
is_account_policy(const json_t *policy)
{
    const json_t *embedded = json_object_get(policy, "_embedded");
    return strcmp(wp_okta_text(embedded, "resourceType"), "END_USER_ACCOUNT_MANAGEMENT") == 0;
}

static bool
read_rules(struct reading *reading, const struct wp_object *policy, const char *rule_kind)
{
    const char *path = wp_format(reading->state->arena, "/api/v1/policies/%s/rules",
                                 wp_okta_escape(reading->state->arena, policy->id));
    json_t *rules = NULL, *rule;
    size_t i;

    if (!wp_okta_list(reading->door, rule_kind, path, &rules, reading->problem))
        return false;
    json_array_foreach(rules, i, rule) wp_okta_gather_people(rule, reading->groups, reading->users);
    (void)json_array_append_new(reading->rules, json_pack("{s:s, s:s, s:o}", "policy", policy->key,
                                                          "kind", rule_kind, "rules", rules));
    return true;
}

static bool
read_policy(struct reading *reading, const json_t *policy, const char *kind, const char *rule_kind)
{
    const struct wp_object *object;

    wp_okta_gather_people(policy, reading->groups, reading->users);
    if (!put_one(reading, kind, policy))
        return false;
    object = wp_state_find_id(reading->state, kind, wp_okta_text(policy, "id"));
    return object && read_rules(reading, object, rule_kind);
}

static bool
read_policies(struct reading *reading, const char *type, const char *rule_kind)
{
    const char *kind = wp_okta_policy_kind(rule_kind);
    const char *path = wp_format(reading->state->arena, "/api/v1/policies?type=%s", type);
    json_t *policies = NULL, *policy;
    bool ok = wp_okta_list(reading->door, kind, path, &policies, reading->problem);
    size_t i;

    /* The org's own first: its name stands whatever others are called. */
    for (int system = 1; system >= 0; system--) {
        json_array_foreach(policies, i, policy)
        {
            if (ok && !is_account_policy(policy) && wp_okta_is_system(policy) == system)
                ok = read_policy(reading, policy, kind, rule_kind);
        }
    }
    json_decref(policies);
    return ok;
}

/* Session policies name groups that were not known when they were read. */
static void
name_session_groups(struct reading *reading)
{
    for (size_t i = 0; i < reading->state->count; i++) {
        struct wp_object *object = reading->state->items[i];
        if (strcmp(object->kind, "session_policy") == 0 && object->original) {
            json_decref(object->body);
            object->body = wp_okta_body(reading->state, object->kind, object->original, 0);
        }
    }
}

static bool
put_rules(struct reading *reading)
{
    json_t *entry;
    size_t i;

    json_array_foreach(reading->rules, i, entry)
    {
        const struct wp_object *policy =
            wp_state_find(reading->state, wp_okta_text(entry, "policy"));
        if (!wp_okta_put_rules(reading->state, wp_okta_text(entry, "kind"), policy,
                               json_object_get(entry, "rules"), reading->problem))
            return false;
    }
    return true;
}

/* ---- the whole
 * ------------------------------------------------------------------------------------- */

static bool
read_org(struct reading *reading)
{
    const struct wp_okta_memory *memory = reading->session->memory;
    bool identity_engine = !memory->is_classic;

    if (identity_engine &&
        (!read_authenticators(reading) ||
         !wp_okta_read_enrollment(reading->session, reading->door, reading->problem) ||
         !read_list(reading, "assurance", "/api/v1/device-assurances")))
        return false;
    return read_list(reading, "zone", "/api/v1/zones") &&
           read_list(reading, "idp_key", "/api/v1/idps/credentials/keys?limit=200") &&
           read_list(reading, "idp", "/api/v1/idps?limit=200") && read_apps(reading) &&
           (!identity_engine || read_policies(reading, "ACCESS_POLICY", "rule")) &&
           read_policies(reading, "OKTA_SIGN_ON", "session_rule") &&
           read_policies(reading, "IDP_DISCOVERY", "routing_rule") &&
           wp_okta_read_people(reading->session, reading->door, reading->state, reading->groups,
                               reading->users, reading->problem);
}

bool
wp_okta_read_through(struct wp_session *session, const struct wp_okta_door *door,
                     struct wp_state *state, struct wp_problem *problem)
{
    struct reading reading = {.session = session,
                              .door = door,
                              .state = state,
                              .problem = problem,
                              .groups = json_object(),
                              .users = json_object(),
                              .rules = json_array()};
    bool ok = find_engine(session, door, problem) && read_org(&reading);

    if (ok) {
        name_session_groups(&reading);
        ok = put_rules(&reading) && put_bindings(&reading);
    }
    json_decref(reading.groups);
    json_decref(reading.users);
    json_decref(reading.apps);
    json_decref(reading.rules);
    return ok;
}

bool
wp_okta_read(struct wp_session *session, struct wp_state *state, struct wp_problem *problem)
{
    struct wp_okta_door door = wp_okta_transport_door(session->transport);

    return wp_okta_read_through(session, &door, state, problem);
}
