/* Calls, and what is asked of states. */
#include "compiler/emit/okta/okta_order.h"
#include "compiler/emit/meaning.h"

#include <string.h>

/* ---- calls ------------------------------------------------------------------------------ */

static const char *
summary_of(const struct wp_okta_order *order, const struct wp_okta_call *call)
{
    static const char *const verbs[] = {
        [WP_CREATE] = "create",     [WP_UPDATE] = "change",         [WP_DELETE] = "remove",
        [WP_ACTIVATE] = "activate", [WP_DEACTIVATE] = "deactivate", [WP_ASSIGN] = "assign"};
    struct wp_okta_key key = wp_okta_key_read(order->arena, call->key);

    if (call->summary)
        return call->summary;
    if (key.owner)
        return wp_format(order->arena, "%s %s %s of %s", verbs[call->verb], key.kind, key.name,
                         key.owner);
    return wp_format(order->arena, "%s %s %s", verbs[call->verb], key.kind, key.name);
}

static const char *
keep(const struct wp_okta_order *order, const char *text)
{
    return wp_copy_text(order->arena, text, strlen(text));
}

void
wp_okta_order_call(struct wp_okta_order *order, const struct wp_okta_call *call)
{
    const struct wp_object *now = wp_state_find(&order->work, call->key);
    struct wp_call *made = wp_plan_add(order->plan, call->verb, keep(order, call->key));

    made->kind = keep(order, call->kind);
    made->name = keep(order, call->name);
    made->method = call->method;
    made->path = call->path;
    made->send = call->send;
    made->before = now ? json_deep_copy(now->body) : NULL;
    made->after = call->after;
    made->summary = summary_of(order, call);
    made->span = call->span;
    made->stage = order->stage;
    bool is_app =
        strncmp(call->kind, "session_", 8) != 0 && strncmp(call->kind, "authenticator", 13) != 0;
    if (call->live && is_app) {
        if (!order->has_app)
            order->first_app = order->plan->count - 1;
        order->has_app = true;
        order->last_app = order->plan->count - 1;
    }
    if (call->live) {
        if (!order->has_live)
            order->last_quiet = order->plan->count - 1;
        order->has_live = true;
        order->last_live = order->plan->count - 1;
    }
    wp_call_apply(order->session, &order->work, made);
}

const char *
wp_okta_order_path(const struct wp_okta_order *order, const char *base, const char *key)
{
    const struct wp_object *object = wp_state_find(&order->work, key);

    if (object && object->id)
        return wp_format(order->arena, "%s/%s", base, object->id);
    return wp_format(order->arena, "%s/{%s}", base, key);
}

const char *
wp_okta_order_rule_path(const struct wp_okta_order *order, const char *policy_key,
                        const char *rule_key)
{
    const char *rules = wp_format(order->arena, "%s/rules",
                                  wp_okta_order_path(order, "/api/v1/policies", policy_key));

    return rule_key ? wp_okta_order_path(order, rules, rule_key) : rules;
}

json_t *
wp_okta_order_send(const char *name, const char *type, const json_t *body)
{
    json_t *send = json_pack("{s:s}", "name", name);

    if (type)
        (void)json_object_set_new(send, "type", json_string(type));
    json_t *rest = json_deep_copy(body);
    (void)json_object_update(send, rest);
    json_decref(rest);
    return send;
}

/* The first `most` bytes at most, and no half of a letter. */
static const char *
shorten(struct wp_arena *arena, const char *text, size_t most)
{
    size_t length = strlen(text);

    if (length <= most)
        return text;
    while (most > 0 && ((unsigned char)text[most] & 0xc0) == 0x80)
        most--;
    return wp_copy_text(arena, text, most);
}

const char *
wp_okta_order_spare(const struct wp_okta_order *order, const char *kind, const char *owner,
                    const char *name, const char *mark)
{
    enum { ROOM = WP_OKTA_ZONE_NAME - 40 };
    const char *base = shorten(order->arena, name, ROOM);
    const char *spare = wp_format(order->arena, "%s%s", base, mark);

    for (unsigned i = 2;
         wp_state_find(&order->work, wp_state_key(order->arena, kind, owner, spare)); i++)
        spare = wp_format(order->arena, "%s%s %u", base, mark, i);
    return spare;
}

/* ---- questions ------------------------------------------------------------------------------ */

bool
wp_okta_is_owned(const struct wp_object *policy)
{
    const char *text = wp_okta_text(policy->body, "description");
    size_t length = strlen(text), mark = strlen(WP_OKTA_MARK);

    return length >= mark && strcmp(text + length - mark, WP_OKTA_MARK) == 0;
}

static bool
speaks_of(const json_t *value, const char *key)
{
    const char *named = wp_reference_key(value), *name;
    json_t *part;
    size_t i;

    if (named)
        return strcmp(named, key) == 0;
    json_object_foreach((json_t *)value, name, part)
    {
        if (speaks_of(part, key))
            return true;
    }
    json_array_foreach((json_t *)value, i, part)
    {
        if (speaks_of(part, key))
            return true;
    }
    return false;
}

/* Is the rule one of a policy that the source asks for, or that woapol keeps? */
static bool
is_ours(const struct wp_okta_order *order, const struct wp_state *state,
        const struct wp_object *rule)
{
    struct wp_okta_key key = wp_okta_key_read(order->arena, rule->key);
    const struct wp_object *policy;

    if (!key.owner)
        return wp_state_find(order->desired, rule->key) != NULL;
    const char *name = wp_state_key(order->arena, wp_okta_policy_kind(rule->kind), NULL, key.owner);
    policy = wp_state_find(state, name);
    return wp_state_find(order->desired, name) || (policy && wp_okta_is_owned(policy));
}

const char *
wp_okta_user_of(const struct wp_okta_order *order, const struct wp_state *state, const char *key,
                bool foreign)
{
    for (size_t i = 0; i < state->count; i++) {
        const struct wp_object *object = state->items[i];
        if (strcmp(object->key, key) != 0 && speaks_of(object->body, key) &&
            (!foreign || (wp_okta_policy_kind(object->kind) && !is_ours(order, state, object))))
            return object->key;
    }
    return NULL;
}

bool
wp_okta_is_bound(const struct wp_state *state, const char *policy_key)
{
    for (size_t i = 0; i < state->count; i++) {
        const struct wp_object *object = state->items[i];
        if (strcmp(object->kind, "binding") == 0 && speaks_of(object->body, policy_key))
            return true;
    }
    return false;
}

bool
wp_okta_same_but_place(const json_t *a, const json_t *b)
{
    json_t *x = json_copy((json_t *)a), *y = json_copy((json_t *)b);

    (void)json_object_del(x, "priority");
    (void)json_object_del(y, "priority");
    bool same = json_equal(x, y);
    json_decref(x);
    json_decref(y);
    return same;
}
