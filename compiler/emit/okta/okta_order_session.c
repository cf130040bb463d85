/*
 * The global session policy, which decides beside the policies of apps: people must
 * satisfy both. Its policies are chosen by group, in order, and none can be assigned:
 * they change in place. What asks for more goes before all changes of apps, what may
 * ask for less behind them: so a session is asked for as much as at the end that asks
 * for more, for as long as apps change.
 */
#include "compiler/emit/okta/okta_lift.h"
#include "compiler/emit/okta/okta_order.h"

#include <string.h>

static json_t *
send_policy(const struct wp_object *wanted)
{
    return wp_okta_order_send(wanted->name, "OKTA_SIGN_ON", wanted->body);
}

static void
write_policy(struct wp_okta_order *order, const struct wp_object *wanted, bool is_there)
{
    const char *base = "/api/v1/policies";

    wp_okta_order_call(order,
                       &(struct wp_okta_call){
                           .verb = is_there ? WP_UPDATE : WP_CREATE,
                           .kind = wanted->kind,
                           .key = wanted->key,
                           .name = wanted->name,
                           .method = is_there ? "PUT" : "POST",
                           .path = is_there ? wp_okta_order_path(order, base, wanted->key) : base,
                           .send = send_policy(wanted),
                           .after = json_deep_copy(wanted->body),
                           .span = wanted->span,
                           .live = true});
}

static bool
order_one(struct wp_okta_order *order, const struct wp_object *wanted)
{
    const struct wp_object *there = wp_state_find(&order->work, wanted->key);
    struct wp_okta_rules_edit edit = {
        .kind = "session_rule", .policy = there, .owner = wanted->name, .live = true};

    /* Somebody else's may be wanted as it is, by a rollback; its place follows from
     * those of ours. */
    if (there && !there->system && !wp_okta_is_owned(there))
        return (wp_okta_same_but_place(there->body, wanted->body) &&
                wp_okta_edit_cost(order, &edit) == 0) ||
               wp_problem_set(order->problem, WP_PROBLEM_REFUSED,
                              "the org has a global session policy called '%s' that woapol does "
                              "not keep: rename it",
                              there->name);
    if (!wanted->system && (!there || !json_equal(there->body, wanted->body)))
        write_policy(order, wanted, there != NULL);
    edit.policy = wp_state_find(&order->work, wanted->key);
    return edit.policy && wp_okta_edit(order, &edit);
}

/* Is somebody refused a session now? Then a policy that lets people have one may let
 * in more. */
static bool
denies_somebody(const struct wp_state *state)
{
    for (size_t i = 0; i < state->count; i++) {
        const struct wp_object *rule = state->items[i];
        const json_t *sign_on = json_object_get(json_object_get(rule->body, "actions"), "signon");
        if (strcmp(rule->kind, "session_rule") == 0 &&
            strcmp(wp_okta_text(sign_on, "access"), "ALLOW") != 0)
            return true;
    }
    return false;
}

/* Does whatever the policy says ask for at least as much as anything else could? */
static bool
asks_for_more(const struct wp_okta_order *order, const struct wp_object *policy)
{
    const struct wp_object **rules;
    size_t count =
        wp_okta_rules_of(order->arena, order->desired, "session_rule", policy->name, &rules);

    for (size_t i = 0; i < count; i++) {
        const json_t *sign_on =
            json_object_get(json_object_get(rules[i]->body, "actions"), "signon");
        if (strcmp(wp_okta_text(sign_on, "access"), "DENY") != 0 &&
            (!json_is_true(json_object_get(sign_on, "requireFactor")) ||
             denies_somebody(order->current)))
            return false;
    }
    return count > 0;
}

bool
wp_okta_order_session(struct wp_okta_order *order, bool before_apps)
{
    order->stage = "global session policy";
    for (size_t i = 0; i < order->desired->count; i++) {
        const struct wp_object *wanted = order->desired->items[i];
        if (strcmp(wanted->kind, "session_policy") == 0 &&
            asks_for_more(order, wanted) == before_apps && !order_one(order, wanted))
            return false;
    }
    return true;
}
