/* Authenticators and methods that are off where chains need them. */
#include "compiler/emit/okta/okta_order.h"

#include <string.h>

/* ---- who takes whatever is active -------------------------------------------------------- */

static bool
lists(const json_t *methods, const char *key)
{
    const json_t *method;
    size_t i;

    json_array_foreach(methods, i, method)
    {
        if (strcmp(wp_okta_text(method, "key"), key) == 0)
            return true;
    }
    return false;
}

static bool
is_knowledge(const char *key)
{
    return strcmp(key, "okta_password") == 0 || strcmp(key, "security_question") == 0;
}

/* May the constraint be met by it? In doubt it may. */
static bool
may_meet(const json_t *constraint, const char *key)
{
    const json_t *half =
        json_object_get(constraint, is_knowledge(key) ? "knowledge" : "possession");
    const json_t *only = json_object_get(half, "authenticationMethods");
    const json_t *method;
    size_t i;

    if (strcmp(wp_okta_text(half, "deviceBound"), "REQUIRED") == 0 &&
        strcmp(key, "okta_verify") != 0 && strcmp(key, "custom_app") != 0)
        return false;
    /* What is excluded by method leaves its other methods. */
    json_array_foreach(json_object_get(half, "excludedAuthenticationMethods"), i, method)
    {
        if (strcmp(wp_okta_text(method, "key"), key) == 0 && !*wp_okta_text(method, "method"))
            return false;
    }
    return !json_is_array(only) || lists(only, key);
}

/* Does the rule ask for factors of which people choose, and may this be one? */
static bool
may_take(const struct wp_object *rule, const char *key)
{
    const json_t *actions = json_object_get(rule->body, "actions");
    const json_t *sign_on = json_object_get(actions, "appSignOn");
    const json_t *asked = json_object_get(sign_on, "verificationMethod"), *constraint;
    const json_t *constraints = json_object_get(asked, "constraints");
    bool takes = json_array_size(constraints) == 0;
    size_t i;

    if (strcmp(rule->kind, "session_rule") == 0)
        return !is_knowledge(key) &&
               json_is_true(json_object_get(json_object_get(actions, "signon"), "requireFactor"));
    if (strcmp(rule->kind, "rule") != 0 || strcmp(wp_okta_text(asked, "type"), "ASSURANCE") != 0)
        return false;
    json_array_foreach(constraints, i, constraint) takes = takes || may_meet(constraint, key);
    return takes;
}

/* The first rule that does, and how many more. */
static const struct wp_object *
taker(const struct wp_state *state, const char *key, size_t *more)
{
    const struct wp_object *first = NULL;

    *more = 0;
    for (size_t i = 0; i < state->count; i++) {
        if (!may_take(state->items[i], key))
            continue;
        *more += first != NULL;
        first = first ? first : state->items[i];
    }
    return first;
}

/* ---- calls ------------------------------------------------------------------------------- */

static bool
is_active(const struct wp_object *object)
{
    return strcmp(wp_okta_text(object->body, "status"), "ACTIVE") == 0;
}

static const char *
what_is(const struct wp_okta_order *order, const struct wp_object *object)
{
    struct wp_okta_key key = wp_okta_key_read(order->arena, object->key);

    return key.owner ? wp_format(order->arena, "method %s of authenticator %s", key.name, key.owner)
                     : wp_format(order->arena, "authenticator %s", key.name);
}

static const char *
summary_of(const struct wp_okta_order *order, const struct wp_object *wanted, bool on,
           const struct wp_object *takes, size_t more)
{
    const char *text =
        wp_format(order->arena, "%sactivate %s", on ? "" : "de", what_is(order, wanted));

    if (!takes || !on)
        return text;
    struct wp_okta_key rule = wp_okta_key_read(order->arena, takes->key);
    const char *others = more == 0 ? "" : wp_format(order->arena, " (and %zu more)", more);
    return wp_format(order->arena, "%s" WP_OKTA_CHOICE "'%s' of %s%s, they can use it then", text,
                     rule.name, rule.owner ? rule.owner : "", others);
}

static void
turn(struct wp_okta_order *order, const struct wp_object *wanted,
     const struct wp_object *authenticator)
{
    const char *key = wp_okta_text(authenticator->body, "key");
    bool is_method = wanted->kind != NULL && strcmp(wanted->kind, "authenticator_method") == 0;
    bool on = is_active(wanted);
    size_t more;
    const struct wp_object *takes = taker(&order->work, key, &more);
    const char *base = wp_okta_order_path(order, "/api/v1/authenticators", authenticator->key);

    if (is_method)
        base = wp_format(order->arena, "%s/methods/%s", base, wanted->name);
    wp_okta_order_call(
        order, &(struct wp_okta_call){
                   .verb = on ? WP_ACTIVATE : WP_DEACTIVATE,
                   .kind = wanted->kind,
                   .key = wanted->key,
                   .name = wanted->name,
                   .method = "POST",
                   .path = wp_format(order->arena, "%s/lifecycle/%sactivate", base, on ? "" : "de"),
                   .after = json_deep_copy(wanted->body),
                   .span = wanted->span,
                   .live = takes != NULL,
                   .summary = summary_of(order, wanted, on, takes, more)});
}

/* ---- what must be there -------------------------------------------------------------------- */

static const struct wp_object *
authenticator_of(const struct wp_okta_order *order, const struct wp_object *wanted)
{
    struct wp_okta_key key = wp_okta_key_read(order->arena, wanted->key);

    return wp_state_find(&order->work, wp_state_key(order->arena, "authenticator", NULL,
                                                    key.owner ? key.owner : key.name));
}

static bool
refuse(struct wp_okta_order *order, const struct wp_object *wanted)
{
    return wp_problem_set(order->problem, WP_PROBLEM_FAILED,
                          "the org has no %s, which the source speaks of: add it there, with "
                          "settings that no source holds, or say what it is called: okta = \"…\"",
                          what_is(order, wanted));
}

/* Is it there, as what the source takes it for? */
static bool
is_there(const struct wp_object *wanted, const struct wp_object *there)
{
    return there &&
           strcmp(wp_okta_text(there->body, "key"), wp_okta_text(wanted->body, "key")) == 0;
}

/* Does a rule that stays ask for it? Okta lets none go that is used. */
static bool
is_used(const json_t *value, const char *key, const char *method)
{
    const char *name;
    json_t *part;
    size_t i;

    if (json_is_object(value) && strcmp(wp_okta_text(value, "key"), key) == 0 &&
        (!method || strcmp(wp_okta_text(value, "method"), method) == 0))
        return true;
    json_object_foreach((json_t *)(uintptr_t)value, name, part)
    {
        if (is_used(part, key, method))
            return true;
    }
    json_array_foreach(value, i, part)
    {
        if (is_used(part, key, method))
            return true;
    }
    return false;
}

static bool
stays_in_use(const struct wp_okta_order *order, const struct wp_object *wanted,
             const struct wp_object *authenticator)
{
    bool is_method = strcmp(wanted->kind, "authenticator_method") == 0;

    for (size_t i = 0; i < order->work.count; i++) {
        const struct wp_object *rule = order->work.items[i];
        if (strcmp(rule->kind, "rule") == 0 &&
            is_used(json_object_get(rule->body, "actions"),
                    wp_okta_text(authenticator->body, "key"), is_method ? wanted->name : NULL))
            return true;
    }
    return false;
}

/* An authenticator before its methods when they are turned on; what was turned on last goes
 * first on the way back. */
static bool
order_kind(struct wp_okta_order *order, const char *kind, bool on)
{
    for (size_t i = 0; i < order->desired->count; i++) {
        const struct wp_object *wanted = order->desired->items[i];
        if (strcmp(wanted->kind, kind) != 0)
            continue;
        const struct wp_object *there = wp_state_find(&order->work, wanted->key);
        const struct wp_object *authenticator = authenticator_of(order, wanted);
        if (!authenticator || !is_there(wanted, there))
            return refuse(order, wanted);
        if (is_active(wanted) == on && is_active(there) != on &&
            (on || !stays_in_use(order, wanted, authenticator)))
            turn(order, wanted, authenticator);
    }
    return true;
}

bool
wp_okta_order_authenticators(struct wp_okta_order *order, bool before)
{
    order->stage = "authenticators";
    return before ? order_kind(order, "authenticator", true) &&
                        order_kind(order, "authenticator_method", true)
                  : order_kind(order, "authenticator_method", false) &&
                        order_kind(order, "authenticator", false);
}
