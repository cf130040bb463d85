/* One object anew: by its identifier while it has it, else by its name in the list
 * of its kind. */
#include "compiler/emit/okta/okta_read.h"

#include <string.h>

struct place {
    const char *kind, *list, *one; /* `one` holds a %s for the identifier */
};

static const struct place *
place_of(const char *kind)
{
    static const struct place places[] = {
        {"zone", "/api/v1/zones", "/api/v1/zones/%s"},
        {"policy", "/api/v1/policies?type=ACCESS_POLICY", "/api/v1/policies/%s"},
        {"session_policy", "/api/v1/policies?type=OKTA_SIGN_ON", "/api/v1/policies/%s"},
        {"routing_policy", "/api/v1/policies?type=IDP_DISCOVERY", "/api/v1/policies/%s"},
        {"assurance", "/api/v1/device-assurances", "/api/v1/device-assurances/%s"},
        {"idp", "/api/v1/idps?limit=200", "/api/v1/idps/%s"},
        {"idp_key", "/api/v1/idps/credentials/keys?limit=200", "/api/v1/idps/credentials/keys/%s"},
        {"authenticator", "/api/v1/authenticators", "/api/v1/authenticators/%s"},
        {"app", "/api/v1/apps?limit=200", "/api/v1/apps/%s"},
        {"binding", "/api/v1/apps?limit=200", "/api/v1/apps/%s"},
        {"group", "/api/v1/groups?limit=1000", "/api/v1/groups/%s"},
        {"user", NULL, "/api/v1/users/%s"},
    };

    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        if (strcmp(places[i].kind, kind) == 0)
            return &places[i];
    }
    return NULL;
}

struct looking {
    struct wp_session *session;
    const struct wp_okta_door *door;
    struct wp_state *state;
    struct wp_problem *problem;
    struct wp_okta_key key;
    const char *whole; /* the key as it is written */
};

/* Is this answer the object of that key? */
static bool
fits(const struct looking *looking, const json_t *answer)
{
    struct wp_arena *arena = looking->state->arena;
    const char *kind = looking->key.kind, *name = wp_okta_name(arena, kind, answer);

    if (!name)
        return false;
    return strcmp(name, looking->key.name) == 0 ||
           strcmp(wp_format(arena, "%s (%s)", name, wp_okta_id(kind, answer)), looking->key.name) ==
               0;
}

/* A policy that just came to be brings a rule along, which calls speak of. */
static bool
read_rules(struct looking *looking, const char *rule_kind, const struct wp_object *policy)
{
    const char *path = wp_format(looking->state->arena, "/api/v1/policies/%s/rules",
                                 wp_okta_escape(looking->state->arena, policy->id));
    json_t *rules = NULL;
    bool ok = wp_okta_list(looking->door, rule_kind, path, &rules, looking->problem) &&
              wp_okta_put_rules(looking->state, rule_kind, policy, rules, looking->problem);

    json_decref(rules);
    return ok;
}

static bool
has_rules(const struct wp_state *state, const struct wp_object *policy)
{
    const char *prefix = wp_state_key(state->arena, "rule", policy->name, "");

    for (size_t i = 0; i < state->count; i++) {
        if (strncmp(state->items[i]->key, prefix, strlen(prefix)) == 0)
            return true;
    }
    return false;
}

static bool
put_found(struct looking *looking, const json_t *answer, struct wp_object **found)
{
    *found = wp_okta_put(looking->state, &looking->key, answer, 0, looking->problem);
    if (!*found)
        return false;
    return strcmp(looking->key.kind, "policy") != 0 || has_rules(looking->state, *found) ||
           read_rules(looking, "rule", *found);
}

/* ---- by identifier, by name --------------------------------------------------------------- */

static const char *
known_id(const struct looking *looking)
{
    const struct wp_object *object = wp_state_find(looking->state, looking->whole);

    if ((!object || !object->id) && strcmp(looking->key.kind, "binding") == 0)
        object = wp_state_find(looking->state,
                               wp_state_key(looking->state->arena, "app", NULL, looking->key.name));
    return object ? object->id : NULL;
}

static bool
look_by_id(struct looking *looking, const struct place *place, const char *id, bool *is_done,
           struct wp_object **found)
{
    const char *slot = strchr(place->one, '%');
    const char *path = wp_format(looking->state->arena, "%.*s%s", (int)(slot - place->one),
                                 place->one, wp_okta_escape(looking->state->arena, id));
    json_t *answer = NULL;
    unsigned status = 0;
    bool ok = looking->door->get(looking->door->context, path, &answer, &status, looking->problem);

    *is_done = !ok;
    if (ok && status == 200 && fits(looking, answer)) {
        *is_done = true;
        ok = put_found(looking, answer, found);
    }
    json_decref(answer);
    return ok;
}

static bool
look_by_name(struct looking *looking, const struct place *place, struct wp_object **found)
{
    json_t *answers = NULL, *answer;
    bool ok = wp_okta_list(looking->door, place->kind, place->list, &answers, looking->problem);
    size_t i;

    json_array_foreach(answers, i, answer)
    {
        if (ok && !*found && fits(looking, answer))
            ok = put_found(looking, answer, found);
    }
    json_decref(answers);
    if (ok && !*found)
        wp_state_remove(looking->state, looking->whole);
    return ok;
}

/* ---- methods of authenticators -------------------------------------------------------------- */

static bool
look_at_methods(struct looking *looking, struct wp_object **found)
{
    const struct wp_state *state = looking->state;
    const char *owner = looking->key.owner ? looking->key.owner : "";
    const struct wp_object *authenticator =
        wp_state_find(state, wp_state_key(state->arena, "authenticator", NULL, owner));

    wp_state_remove(looking->state, looking->whole);
    if (authenticator && authenticator->id &&
        !wp_okta_read_methods(looking->door, looking->state, authenticator, looking->problem))
        return false;
    *found = wp_state_find(state, looking->whole);
    return true;
}

/* ---- rules ------------------------------------------------------------------------------------
 */

/* A rule's place is told by all rules of its policy. */
static bool
look_at_rules(struct looking *looking, struct wp_object **found)
{
    const char *policy_kind = wp_okta_policy_kind(looking->key.kind);
    const struct wp_state *state = looking->state;
    const struct wp_object *policy = NULL;

    if (looking->key.owner)
        policy =
            wp_state_find(state, wp_state_key(state->arena, policy_kind, NULL, looking->key.owner));
    for (size_t i = 0; !looking->key.owner && i < state->count; i++) {
        if (strcmp(state->items[i]->kind, policy_kind) == 0)
            policy = state->items[i];
    }
    if (!policy || !policy->id) {
        wp_state_remove(looking->state, looking->whole);
        return true;
    }
    if (!read_rules(looking, looking->key.kind, policy))
        return false;
    *found = wp_state_find(state, looking->whole);
    return true;
}

bool
wp_okta_look_through(struct wp_session *session, const struct wp_okta_door *door,
                     struct wp_state *state, const char *key, struct wp_object **found,
                     struct wp_problem *problem)
{
    struct looking looking = {session, door, state, problem, wp_okta_key_read(state->arena, key),
                              key};
    const struct place *place = place_of(looking.key.kind);
    const char *id;
    bool is_done = false;

    *found = NULL;
    if (wp_okta_policy_kind(looking.key.kind))
        return look_at_rules(&looking, found);
    if (strcmp(looking.key.kind, "authenticator_method") == 0)
        return look_at_methods(&looking, found);
    if (!place)
        return wp_problem_set(problem, WP_PROBLEM_FAILED, "Okta has nothing called %s",
                              looking.key.kind);
    id = known_id(&looking);
    if (id && !look_by_id(&looking, place, id, &is_done, found))
        return false;
    if (is_done)
        return true;
    if (place->list)
        return look_by_name(&looking, place, found);
    if (look_by_id(&looking, place, looking.key.name, &is_done, found) && !*found)
        wp_state_remove(state, key);
    return is_done ? *found != NULL : true;
}

bool
wp_okta_look(struct wp_session *session, struct wp_state *state, const char *key,
             struct wp_object **found, struct wp_problem *problem)
{
    struct wp_okta_door door = wp_okta_transport_door(session->transport);

    return wp_okta_look_through(session, &door, state, key, found, problem);
}

/* ---- what a write answers
 * ------------------------------------------------------------------------ */

/*
 * A rule that was just made has pushed nobody away when nobody sat at its place, and
 * then those before it are told by what is known. Otherwise the list has to be read.
 */
static bool
rank_of_new(const struct wp_state *state, const struct wp_okta_key *key, const json_t *answer,
            size_t *rank)
{
    const char *prefix = wp_state_key(state->arena, key->kind, key->owner, "");
    json_int_t place = json_integer_value(json_object_get(answer, "priority"));

    *rank = strcmp(key->kind, "rule") == 0 ? 0 : 1;
    for (size_t i = 0; i < state->count; i++) {
        const struct wp_object *other = state->items[i];
        const json_t *at = json_object_get(other->original, "priority");
        if (other->system || strncmp(other->key, prefix, strlen(prefix)) != 0 || !other->id)
            continue;
        if (!json_is_integer(at) || json_integer_value(at) >= place)
            return false;
        *rank += 1;
    }
    return true;
}

bool
wp_okta_take(struct wp_session *session, struct wp_state *state, const char *key,
             const json_t *answer, struct wp_object **found, struct wp_problem *problem)
{
    struct wp_okta_key parts = wp_okta_key_read(state->arena, key);
    const struct wp_object *known = wp_state_find(state, key);
    size_t rank = 0;

    struct wp_okta_door door = wp_okta_transport_door(session->transport);
    struct looking looking = {session, &door, state, problem, parts, key};

    *found = NULL;
    if (!json_is_object(answer) || strcmp(parts.kind, "binding") == 0 || !fits(&looking, answer))
        return true;
    if (strcmp(parts.kind, "policy") == 0)
        return session->transport == NULL || put_found(&looking, answer, found);
    if (wp_okta_policy_kind(parts.kind) && !wp_okta_is_system(answer) &&
        ((known && known->id) || !rank_of_new(state, &parts, answer, &rank)))
        return true;
    *found = wp_okta_put(state, &parts, answer, rank, problem);
    return *found != NULL;
}

/* ---- who is at work
 * ----------------------------------------------------------------------------------- */

static bool
list_groups(struct wp_session *session, const struct wp_okta_door *door, const char *id,
            const char *const **names, struct wp_problem *problem)
{
    const char *path =
        wp_format(session->arena, "/api/v1/users/%s/groups", wp_okta_escape(session->arena, id));
    json_t *groups = NULL, *group;
    size_t i, count = 0;

    if (!wp_okta_list(door, "group", path, &groups, problem))
        return false;
    const char **list = wp_alloc_array(session->arena, json_array_size(groups) + 1, sizeof *list);
    json_array_foreach(groups, i, group)
    {
        const char *name = wp_okta_name(session->arena, "group", group);
        if (name)
            list[count++] = name;
    }
    *names = list;
    json_decref(groups);
    return true;
}

/* A token of an API service is nobody's: Okta then has no "me". */
bool
wp_okta_identity(struct wp_session *session, const char **user, const char *const **groups,
                 struct wp_problem *problem)
{
    static const char *const none[] = {NULL};
    struct wp_okta_door door = wp_okta_transport_door(session->transport);
    struct wp_problem why = {0};
    json_t *me = NULL;
    unsigned status = 0;
    bool ok = true;

    *user = NULL;
    *groups = none;
    if (!door.get(door.context, "/api/v1/users/me", &me, &status, &why)) {
        if (status != 400 && status != 401 && status != 403)
            return wp_problem_set(problem, why.kind, "%s", why.text);
        return true;
    }
    if (me && (*user = wp_okta_name(session->arena, "user", me)) != NULL)
        ok = list_groups(session, &door, wp_okta_text(me, "id"), groups, problem);
    json_decref(me);
    return ok;
}
