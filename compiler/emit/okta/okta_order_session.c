/*
 * The global session policy, which decides beside the policies of apps. Its policies
 * are chosen by group, in order, and none can be assigned: they change in place, last
 * of all.
 */
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

bool
wp_okta_order_session(struct wp_okta_order *order)
{
    order->stage = "global session policy";
    for (size_t i = 0; i < order->desired->count; i++) {
        const struct wp_object *wanted = order->desired->items[i];
        if (strcmp(wanted->kind, "session_policy") == 0 && !order_one(order, wanted))
            return false;
    }
    return true;
}
