/* Writes of Access' interface, each a whole object: PUT replaces everything. */
#include "compiler/emit/access/ordering.h"

#include <string.h>

bool
wp_order_is_ours(const struct wp_ordering *ordering, const struct wp_object *object)
{
    return object->original && wp_access_is_ours(ordering->profile, object->kind, object->original);
}

/* A text of the profile, copied: the plan outlives it. */
static const char *
text_of(const struct wp_ordering *ordering, const char *path)
{
    const char *text = wp_access_text_at(ordering->profile->root, path, NULL);

    return text ? wp_copy_text(ordering->arena, text, strlen(text)) : NULL;
}

/* An object that is replaced must hold nothing that would be lost. */
static bool
check_known(struct wp_ordering *ordering, const struct wp_object *object)
{
    const char *unknown = object->original
                              ? wp_access_unknown_key(ordering->arena, ordering->profile,
                                                      object->kind, object->original)
                              : NULL;

    if (!unknown)
        return true;
    return wp_problem_set(ordering->problem, WP_PROBLEM_REFUSED,
                          "%s '%s' has a key that the wire profile '%s' does not know: %s; writing "
                          "would lose it. Learn it with pull --capture",
                          object->kind, object->name, ordering->profile->name, unknown);
}

static bool
check_ours(struct wp_ordering *ordering, const struct wp_object *object)
{
    /* Without an original it was made by a call of this plan. */
    if (object->system || !object->original || wp_order_is_ours(ordering, object))
        return true;
    return wp_problem_set(ordering->problem, WP_PROBLEM_REFUSED,
                          "%s '%s' is there already and is not woapol's: its description does not "
                          "end in %s; rename one of the two, or hand it over by writing that there",
                          object->kind, object->name, WP_ACCESS_MARK);
}

/* The object as it is after the call. What the tenant has of it beside the body
 * stays. */
static void
hold(struct wp_ordering *ordering, const struct wp_call *call, const json_t *after)
{
    struct wp_object *object = wp_state_find(&ordering->held, call->key);
    json_t *original = object ? json_incref(object->original) : NULL;
    bool system = object && object->system;

    object =
        wp_state_put(&ordering->held, call->kind, NULL, call->name, NULL, json_deep_copy(after));
    object->original = original;
    object->system = system;
}

/* A call with its method and path, done to `held`. `send` and `after` are taken
 * over. */
static void
add_call(struct wp_ordering *ordering, enum wp_verb verb, const char *key, const char *pattern,
         json_t *send, json_t *after, const char *summary, const char *stage)
{
    const struct wp_object *object = wp_state_find(&ordering->held, key);
    struct wp_call *call = wp_plan_add(ordering->plan, verb, key);
    bool is_new = verb == WP_CREATE;

    call->method = is_new ? "POST" : verb == WP_DELETE ? "DELETE" : "PUT";
    call->path =
        is_new ? pattern
               : wp_access_path(ordering->arena, pattern, wp_format(ordering->arena, "{%s}", key));
    call->send = send;
    call->after = after;
    call->before = object ? json_deep_copy(object->body) : NULL;
    call->summary = summary;
    call->stage = stage;
    if (verb == WP_DELETE)
        wp_state_remove(&ordering->held, key);
    else
        hold(ordering, call, after);
}

static struct wp_call *
last_call(struct wp_ordering *ordering)
{
    return &ordering->plan->calls[ordering->plan->count - 1];
}

static const char *
media_of(const struct wp_ordering *ordering, const char *path)
{
    return ordering->profile->vendor ? text_of(ordering, path) : NULL;
}

static const char *
verb_word(bool is_new)
{
    return is_new ? "create" : "change";
}

/* The tenant's own text of an object that `held` has gone beyond. */
static const json_t *
original_of(const struct wp_object *object)
{
    return object ? object->original : NULL;
}

/* ---- ranges -------------------------------------------------------------------------- */

bool
wp_order_put_range(struct wp_ordering *ordering, const char *name, const json_t *body,
                   struct wp_span span, const char *stage)
{
    const char *key = wp_state_key(ordering->arena, "range", NULL, name);
    const struct wp_object *object = wp_state_find(&ordering->held, key);
    size_t pairs = json_array_size(json_object_get(body, "pairs"));

    if (object && json_equal(object->body, body))
        return true;
    if (object && (!check_ours(ordering, object) || !check_known(ordering, object)))
        return false;
    add_call(ordering, object ? WP_UPDATE : WP_CREATE, key,
             text_of(ordering, object ? "range.item" : "range.create"),
             wp_access_range_write(ordering->profile, name, body, original_of(object)),
             json_deep_copy(body),
             wp_format(ordering->arena, "%s network range %s (%zu From-To %s)", verb_word(!object),
                       name, pairs, pairs == 1 ? "pair" : "pairs"),
             stage);
    last_call(ordering)->media = media_of(ordering, "range.media");
    last_call(ordering)->span = span;
    return true;
}

/* ---- policies ------------------------------------------------------------------------- */

bool
wp_order_put_policy(struct wp_ordering *ordering, const struct wp_object *wanted, const char *name,
                    const json_t *body, const char *stage)
{
    const char *key = wp_state_key(ordering->arena, "policy", NULL, name);
    const struct wp_object *object = wp_state_find(&ordering->held, key);
    size_t rules = json_array_size(json_object_get(body, "rules"));

    if (object && json_equal(object->body, body))
        return true;
    if (object && (!check_ours(ordering, object) || !check_known(ordering, object)))
        return false;
    if (!object && strcmp(name, WP_ACCESS_BASE) == 0)
        return wp_problem_set(ordering->problem, WP_PROBLEM_FAILED,
                              "the tenant shows no default policy, and there is always one: does "
                              "the wire profile '%s' fit?",
                              ordering->profile->name);
    add_call(
        ordering, object ? WP_UPDATE : WP_CREATE, key,
        text_of(ordering, object ? "policy.item" : "policy.create"),
        wp_access_policy_write(ordering->arena, ordering->profile, name, body, original_of(object)),
        json_deep_copy(body),
        wp_format(ordering->arena, "%s policy %s (%zu %s, as a whole)", verb_word(!object), name,
                  rules, rules == 1 ? "rule" : "rules"),
        stage);
    last_call(ordering)->media = media_of(ordering, "policy.media");
    last_call(ordering)->span = wanted->span;
    last_call(ordering)->checkpoint = true;
    return true;
}

/* ---- bindings --------------------------------------------------------------------------- */

static json_t *
bound_app(const struct wp_ordering *ordering, const struct wp_object *binding,
          const char *policy_key)
{
    const struct wp_object *policy = wp_state_find(&ordering->held, policy_key);
    json_t *wire = json_deep_copy(binding->original);

    (void)json_object_del(wire, "_links");
    wp_access_put_at(wire, text_of(ordering, "app.policy"),
                     policy && policy->system ? json_null() : wp_reference(policy_key));
    return wire;
}

/* Catalog items have a media type for each of their kinds. */
static const char *
app_media(const struct wp_ordering *ordering, const json_t *original)
{
    const char *type = json_string_value(json_object_get(original, "catalogItemType"));

    if (!type || !ordering->profile->vendor)
        return NULL;
    return text_of(ordering, wp_format(ordering->arena, "app.media.%s", type));
}

bool
wp_order_bind(struct wp_ordering *ordering, const char *app, const char *policy_key,
              struct wp_span span, const char *stage)
{
    const char *key = wp_state_key(ordering->arena, "binding", NULL, app);
    const struct wp_object *binding = wp_state_find(&ordering->held, key);
    const struct wp_object *policy = wp_state_find(&ordering->held, policy_key);
    json_t *body = json_pack("{s:o}", "policy", wp_reference(policy_key));

    if (binding && json_equal(binding->body, body)) {
        json_decref(body);
        return true;
    }
    if (!binding || !binding->original) {
        json_decref(body);
        return wp_problem_set(ordering->problem, WP_PROBLEM_FAILED,
                              "the catalog has no app '%s' that could be bound to a policy", app);
    }
    add_call(ordering, WP_ASSIGN, key, text_of(ordering, "app.item"),
             bound_app(ordering, binding, policy_key), body,
             wp_format(ordering->arena, "bind app %s to %s%s", app,
                       policy && policy->system ? "the default policy" : "policy ",
                       policy && !policy->system ? policy->name : ""),
             stage);
    last_call(ordering)->media = app_media(ordering, binding->original);
    last_call(ordering)->span = span;
    last_call(ordering)->checkpoint = true;
    return true;
}

/* ---- clients ------------------------------------------------------------------------------- */

bool
wp_order_put_client(struct wp_ordering *ordering, const struct wp_object *wanted)
{
    const struct wp_object *object = wp_state_find(&ordering->held, wanted->key);
    bool secret = !object && wp_access_client_has_secret(ordering->session, wanted->name);

    if (object && json_equal(object->body, wanted->body))
        return true;
    add_call(ordering, object ? WP_UPDATE : WP_CREATE, wanted->key,
             text_of(ordering, object ? "client.item" : "client.create"),
             wp_access_client_write(wanted->name, wanted->body, original_of(object),
                                    secret ? wanted->key : NULL),
             json_deep_copy(wanted->body),
             wp_format(ordering->arena, "%s OAuth client %s%s", verb_word(!object), wanted->name,
                       secret ? ", with a new secret" : ""),
             "clients");
    last_call(ordering)->media = media_of(ordering, "client.media");
    last_call(ordering)->span = wanted->span;
    return true;
}

/* ---- removing -------------------------------------------------------------------------------- */

bool
wp_order_remove(struct wp_ordering *ordering, const char *key, const char *stage)
{
    const struct wp_object *object = wp_state_find(&ordering->held, key);

    if (!object)
        return true;
    add_call(ordering, WP_DELETE, key,
             text_of(ordering, wp_format(ordering->arena, "%s.item", object->kind)), NULL, NULL,
             wp_format(ordering->arena, "remove %s %s",
                       strcmp(object->kind, "range") == 0 ? "network range" : object->kind,
                       object->name),
             stage);
    return true;
}
