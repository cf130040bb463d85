/*
 * What Okta does by itself when something is written: a policy comes with its
 * catch-all rule and goes with its rules, rules make room for one another, and what
 * is renamed is still what others speak of.
 */
#include "compiler/emit/okta/okta_body.h"

#include <string.h>

/* ---- what is named ----------------------------------------------------------------------- */

/* The object that the call's path ends with, or NULL. */
static struct wp_object *
object_at(const struct wp_state *state, const struct wp_call *call)
{
    const char *last = strrchr(call->path, '{');
    const char *slash = strrchr(call->path, '/');

    if (last && last > call->path && last[-1] == '/' && strchr(last, '}') &&
        strchr(last, '}')[1] == '\0') {
        const char *key = wp_copy_text(state->arena, last + 1, strlen(last) - 2);
        return wp_state_find(state, key);
    }
    return slash ? wp_state_find_id(state, call->kind, slash + 1) : NULL;
}

/* Every reference to `from` becomes one to `to`. */
static void
point_to(json_t *value, const char *from, const char *to)
{
    const char *key = wp_reference_key(value), *name;
    json_t *part;
    size_t i;

    if (key) {
        if (strcmp(key, from) == 0)
            (void)json_object_set_new(value, "$ref", json_string(to));
        return;
    }
    json_object_foreach(value, name, part) point_to(part, from, to);
    json_array_foreach(value, i, part) point_to(part, from, to);
}

static void
move_object(struct wp_state *state, const struct wp_object *from, struct wp_object *to)
{
    const char *id = from->id;

    to->system = from->system;
    to->reference = from->reference;
    to->span = from->span;
    to->original = json_incref(from->original);
    wp_state_remove(state, from->key);
    if (id)
        wp_state_set_id(state, to, id);
}

/* The rules of a policy go with its name. */
static void
move_rules(struct wp_state *state, const char *rule_kind, const char *from, const char *to)
{
    const char *prefix = wp_state_key(state->arena, rule_kind, from, "");
    size_t count = state->count;
    struct wp_object **all = wp_alloc_array(state->arena, count + 1, sizeof *all);

    memcpy(all, state->items, count * sizeof *all);
    for (size_t i = 0; i < count; i++) {
        bool is_new;
        if (strcmp(all[i]->kind, rule_kind) != 0 ||
            strncmp(all[i]->key, prefix, strlen(prefix)) != 0)
            continue;
        struct wp_object *moved = wp_state_add(state, rule_kind, to, all[i]->name, NULL,
                                               json_deep_copy(all[i]->body), &is_new);
        move_object(state, all[i], moved);
    }
}

static const char *
rule_kind_of(const char *policy_kind)
{
    if (strcmp(policy_kind, "policy") == 0)
        return "rule";
    return strcmp(policy_kind, "session_policy") == 0 ? "session_rule" : NULL;
}

static void
rename_object(struct wp_state *state, struct wp_object *old, const struct wp_call *call)
{
    struct wp_object *new = wp_state_find(state, call->key);
    const char *key = old->key, *name = old->name, *rules = rule_kind_of(call->kind);

    if (!new)
        return;
    move_object(state, old, new);
    if (rules)
        move_rules(state, rules, name, call->name);
    for (size_t i = 0; i < state->count; i++)
        point_to(state->items[i]->body, key, new->key);
}

/* ---- policies -------------------------------------------------------------------------------- */

static void
add_catch_all(struct wp_state *state, const struct wp_call *call)
{
    bool is_new;
    json_t *body = json_pack("{s:{s:{s:s, s:{s:s, s:s, s:s}}}}", "actions", "appSignOn", "access",
                             "ALLOW", "verificationMethod", "type", "ASSURANCE", "factorMode",
                             "2FA", "reauthenticateIn", "PT12H");
    struct wp_object *rule =
        wp_state_add(state, "rule", call->name, WP_OKTA_CATCH_ALL, NULL, body, &is_new);

    if (is_new) {
        rule->system = true;
        rule->span.file = WP_NO_FILE;
    }
}

static void
remove_rules(struct wp_state *state, const struct wp_call *call)
{
    const char *prefix = wp_state_key(state->arena, rule_kind_of(call->kind), call->name, "");

    for (size_t i = state->count; i > 0; i--) {
        const char *key = state->items[i - 1]->key;
        if (strncmp(key, prefix, strlen(prefix)) == 0)
            wp_state_remove(state, key);
    }
}

/* ---- places ------------------------------------------------------------------------------------
 */

static json_int_t
place_in(const json_t *body)
{
    return json_integer_value(json_object_get(body, "priority"));
}

/* Those whose place is told beside that of the call's object: its policy's rules. */
static bool
is_beside(const struct wp_object *object, const struct wp_call *call)
{
    const char *slash = strrchr(call->key, '/');
    size_t length = (size_t)(slash - call->key) + 1;

    return strcmp(object->kind, call->kind) == 0 && strcmp(object->key, call->key) != 0 &&
           strncmp(object->key, call->key, length) == 0 && !object->system &&
           json_object_get(object->body, "priority");
}

/* Moves those from `first` to `last` by one. */
static void
shift(struct wp_state *state, const struct wp_call *call, json_int_t first, json_int_t last,
      json_int_t by)
{
    for (size_t i = 0; i < state->count; i++) {
        struct wp_object *object = state->items[i];
        json_int_t place = place_in(object->body);
        if (is_beside(object, call) && place >= first && place <= last)
            (void)json_object_set_new(object->body, "priority", json_integer(place + by));
    }
}

static void
make_room(struct wp_state *state, const struct wp_call *call, const json_t *before)
{
    const json_int_t end = INT32_MAX;
    bool was = json_object_get(before, "priority") != NULL;
    bool is = json_object_get(call->after, "priority") != NULL;
    json_int_t old = place_in(before), new = place_in(call->after);

    if (was && is && new < old)
        shift(state, call, new, old - 1, 1);
    else if (was && is && new > old)
        shift(state, call, old + 1, new, -1);
    else if (is && !was)
        shift(state, call, new, end, 1);
    else if (was && !is)
        shift(state, call, old + 1, end, -1);
}

void
wp_okta_effect(const struct wp_session *session, struct wp_state *state, const struct wp_call *call)
{
    bool is_policy = rule_kind_of(call->kind) != NULL;
    struct wp_object *old;

    (void)session;
    if (call->verb == WP_UPDATE && (old = object_at(state, call)) != NULL &&
        strcmp(old->key, call->key) != 0) {
        json_t *before = json_incref(old->body);
        rename_object(state, old, call);
        make_room(state, call, before);
        json_decref(before);
        return;
    }
    if (strcmp(call->kind, "policy") == 0 && call->verb == WP_CREATE)
        add_catch_all(state, call);
    if (is_policy && call->verb == WP_DELETE)
        remove_rules(state, call);
    if (strcmp(call->kind, "policy") != 0)
        make_room(state, call, call->before);
}
