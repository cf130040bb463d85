/* Answers become objects of a state. */
#include "compiler/emit/okta/okta_check.h"
#include "compiler/emit/okta/okta_read.h"

#include <stdlib.h>
#include <string.h>

/* Kinds that must be there and are never changed. */
static bool
is_reference(const char *kind, const json_t *answer)
{
    static const char *const kinds[] = {
        "group", "app", "user", "authenticator", "routing_policy", "authenticator_method"};

    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (strcmp(kinds[i], kind) == 0)
            return true;
    }
    /* Other identity providers hold secrets and are nobody's business here. */
    return strcmp(kind, "idp") == 0 && strcmp(wp_okta_text(answer, "type"), "SAML2") != 0;
}

/* What is kept of an answer, to tell whether it has changed: of references only what
 * matters, since memberships and secrets do not. */
static json_t *
original_of(const char *kind, const json_t *answer, const json_t *body)
{
    if (is_reference(kind, answer))
        return json_pack("{s:s, s:s, s:s, s:s}", "id", wp_okta_text(answer, "id"), "status",
                         wp_okta_text(answer, "status"), "type", wp_okta_text(answer, "type"),
                         "key", wp_okta_text(answer, "key"));
    if (strcmp(kind, "binding") == 0)
        return json_deep_copy(body);
    return json_deep_copy(answer);
}

const char *
wp_okta_id(const char *kind, const json_t *answer)
{
    return wp_okta_text(answer, strcmp(kind, "idp_key") == 0 ? "kid" : "id");
}

/* An object that has this identifier under another name: it was renamed, and what
 * was within it is read anew under its new name. */
static void
forget_renamed(struct wp_state *state, const char *kind, const char *key, const char *id)
{
    const struct wp_object *old = id ? wp_state_find_id(state, kind, id) : NULL;

    if (!old || strcmp(old->key, key) == 0)
        return;
    const char *slash = strchr(old->key, '/');
    const char *within = wp_format(state->arena, "%s/", slash + 1);
    wp_state_remove(state, old->key);
    for (size_t i = state->count; i > 0; i--) {
        const struct wp_object *rule = state->items[i - 1];
        const char *policy_kind = wp_okta_policy_kind(rule->kind);
        const char *owner = strchr(rule->key, '/') + 1;
        if (policy_kind && strcmp(policy_kind, kind) == 0 &&
            strncmp(owner, within, strlen(within)) == 0)
            wp_state_remove(state, rule->key);
    }
}

struct wp_object *
wp_okta_put(struct wp_state *state, const struct wp_okta_key *key, const json_t *answer,
            size_t rank, struct wp_problem *problem)
{
    const char *kind = key->kind, *id = wp_okta_id(kind, answer);
    bool references = is_reference(kind, answer);
    bool is_method = strcmp(kind, "authenticator_method") == 0; /* has no identifier */
    json_t *body;

    if (!wp_okta_check(kind, answer, problem))
        return NULL;
    if (!key->name || (!*id && !is_method)) {
        (void)wp_problem_set(problem, WP_PROBLEM_FAILED,
                             "Okta answers with a %s that has no name or no identifier", kind);
        return NULL;
    }
    body = references && !is_method && strcmp(kind, "authenticator") != 0
               ? json_object()
               : wp_okta_body(state, kind, answer, rank);
    if (!body) {
        (void)wp_problem_set(problem, WP_PROBLEM_FAILED, "Okta answers with a %s that is none",
                             kind);
        return NULL;
    }
    id = is_method ? NULL : wp_copy_text(state->arena, id, strlen(id));
    forget_renamed(state, kind, wp_state_key(state->arena, kind, key->owner, key->name), id);
    struct wp_object *object = wp_state_put(state, kind, key->owner, key->name, id, body);
    object->original = original_of(kind, answer, object->body);
    object->system = wp_okta_is_system(answer);
    object->reference = references;
    object->span.file = WP_NO_FILE;
    return object;
}

/* ---- a policy's rules ------------------------------------------------------------------ */

static json_int_t
priority_of(const json_t *rule)
{
    return json_integer_value(json_object_get(rule, "priority"));
}

struct place {
    const json_t *rule;
    size_t index;
};

static int
compare_places(const void *a, const void *b)
{
    const struct place *x = a, *y = b;
    bool first = wp_okta_is_system(x->rule), second = wp_okta_is_system(y->rule);

    if (first != second)
        return first ? 1 : -1;
    if (priority_of(x->rule) != priority_of(y->rule))
        return priority_of(x->rule) < priority_of(y->rule) ? -1 : 1;
    return (x->index > y->index) - (x->index < y->index);
}

/* Takes the policy's rules out that are not in the list any more. */
static void
forget_others(struct wp_state *state, const char *kind, const char *owner, const json_t *answers)
{
    const char *prefix = wp_state_key(state->arena, kind, owner, "");
    const json_t *rule;
    size_t k;

    for (size_t i = state->count; i > 0; i--) {
        const struct wp_object *object = state->items[i - 1];
        const char *id = object->id ? object->id : "";
        bool is_there = false;
        if (strcmp(object->kind, kind) != 0 || strncmp(object->key, prefix, strlen(prefix)) != 0)
            continue;
        json_array_foreach(answers, k, rule) is_there =
            is_there || strcmp(wp_okta_text(rule, "id"), id) == 0;
        if (!is_there)
            wp_state_remove(state, object->key);
    }
}

struct wp_object *
wp_okta_put_new(struct wp_state *state, const char *kind, const char *owner, const json_t *answer,
                size_t rank, struct wp_problem *problem)
{
    struct wp_okta_key key = {kind, owner, wp_okta_name(state->arena, kind, answer)};
    const char *id = wp_okta_id(kind, answer);
    const struct wp_object *other =
        key.name ? wp_state_find(state, wp_state_key(state->arena, kind, owner, key.name)) : NULL;

    if (other && other->id && strcmp(other->id, id) != 0)
        key.name = wp_format(state->arena, "%s (%s)", key.name, id);
    return wp_okta_put(state, &key, answer, rank, problem);
}

bool
wp_okta_put_rules(struct wp_state *state, const char *kind, const struct wp_object *policy,
                  const json_t *answers, struct wp_problem *problem)
{
    /* Routing rules are those of one policy, and go without its name. */
    const char *owner = strcmp(kind, "routing_rule") == 0 ? NULL : policy->name;
    size_t count = json_array_size(answers), first = strcmp(kind, "rule") == 0 ? 0 : 1;
    struct place *places = wp_alloc_array(state->arena, count + 1, sizeof *places);
    bool ok = true;

    forget_others(state, kind, owner, answers);
    for (size_t i = 0; i < count; i++)
        places[i] = (struct place){json_array_get(answers, i), i};
    qsort(places, count, sizeof *places, compare_places);
    /* From the last on: the system's own has its name whatever others are called. */
    for (size_t i = count; ok && i > 0; i--) {
        if (!owner && wp_okta_is_system(places[i - 1].rule))
            continue; /* the default routing rule cannot be changed, and decides nothing */
        ok =
            wp_okta_put_new(state, kind, owner, places[i - 1].rule, first + i - 1, problem) != NULL;
    }
    return ok;
}

/* ---- an authenticator's methods --------------------------------------------------------- */

bool
wp_okta_put_methods(struct wp_state *state, const char *authenticator, const json_t *answers,
                    struct wp_problem *problem)
{
    const json_t *answer;
    size_t i;

    json_array_foreach(answers, i, answer)
    {
        if (!wp_okta_put_new(state, "authenticator_method", authenticator, answer, 0, problem))
            return false;
    }
    return true;
}
