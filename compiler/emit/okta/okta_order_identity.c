/* Identity providers, their keys, and the rules that send people to them. None of
 * them lets anybody in: that is for the policies to decide. */
#include "compiler/emit/okta/okta_order.h"

#include <string.h>

static const char *
base_of(const char *kind)
{
    return strcmp(kind, "idp_key") == 0 ? "/api/v1/idps/credentials/keys" : "/api/v1/idps";
}

static void
write_object(struct wp_okta_order *order, const struct wp_object *wanted, bool is_there)
{
    bool is_key = strcmp(wanted->kind, "idp_key") == 0;
    const char *base = base_of(wanted->kind);

    wp_okta_order_call(order,
                       &(struct wp_okta_call){
                           .verb = is_there ? WP_UPDATE : WP_CREATE,
                           .kind = wanted->kind,
                           .key = wanted->key,
                           .name = wanted->name,
                           .method = is_there ? "PUT" : "POST",
                           .path = is_there ? wp_okta_order_path(order, base, wanted->key) : base,
                           .send = is_key ? json_deep_copy(wanted->body)
                                          : wp_okta_order_send(wanted->name, NULL, wanted->body),
                           .after = json_deep_copy(wanted->body),
                           .span = wanted->span});
}

static void
order_kind(struct wp_okta_order *order, const char *kind)
{
    for (size_t i = 0; i < order->desired->count; i++) {
        const struct wp_object *wanted = order->desired->items[i];
        const struct wp_object *there = wp_state_find(&order->work, wanted->key);
        if (strcmp(wanted->kind, kind) == 0 && (!there || !json_equal(there->body, wanted->body)))
            write_object(order, wanted, there != NULL);
    }
}

static const struct wp_object *
routing_policy(const struct wp_okta_order *order)
{
    for (size_t i = 0; i < order->work.count; i++) {
        if (strcmp(order->work.items[i]->kind, "routing_policy") == 0)
            return order->work.items[i];
    }
    return NULL;
}

static bool
wants_routing(const struct wp_okta_order *order)
{
    for (size_t i = 0; i < order->desired->count; i++) {
        if (strcmp(order->desired->items[i]->kind, "routing_rule") == 0)
            return true;
    }
    return false;
}

bool
wp_okta_order_identity(struct wp_okta_order *order)
{
    struct wp_okta_rules_edit edit = {
        .kind = "routing_rule", .policy = routing_policy(order), .keep_foreign = true};

    order->stage = "identity provider";
    order_kind(order, "idp_key");
    order_kind(order, "idp");
    if (!wants_routing(order))
        return true;
    if (!edit.policy)
        return wp_problem_set(order->problem, WP_PROBLEM_FAILED,
                              "the org has no policy for routing rules");
    order->stage = "routing";
    return wp_okta_edit(order, &edit);
}
