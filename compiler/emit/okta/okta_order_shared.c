/* What rules share: network zones and device assurance. */
#include "compiler/emit/okta/okta_order.h"

#include <string.h>

static const char *const kinds[] = {"assurance", "zone"};

static const char *
base_of(const char *kind)
{
    return strcmp(kind, "zone") == 0 ? "/api/v1/zones" : "/api/v1/device-assurances";
}

/* ---- calls --------------------------------------------------------------------------------- */

static void
create(struct wp_okta_order *order, const struct wp_object *wanted)
{
    wp_okta_order_call(
        order, &(struct wp_okta_call){.verb = WP_CREATE,
                                      .kind = wanted->kind,
                                      .key = wanted->key,
                                      .name = wanted->name,
                                      .method = "POST",
                                      .path = base_of(wanted->kind),
                                      .send = wp_okta_order_send(wanted->name, NULL, wanted->body),
                                      .after = json_deep_copy(wanted->body),
                                      .span = wanted->span});
}

static void
change(struct wp_okta_order *order, const struct wp_object *wanted, bool live)
{
    wp_okta_order_call(order,
                       &(struct wp_okta_call){
                           .verb = WP_UPDATE,
                           .kind = wanted->kind,
                           .key = wanted->key,
                           .name = wanted->name,
                           .method = "PUT",
                           .path = wp_okta_order_path(order, base_of(wanted->kind), wanted->key),
                           .send = wp_okta_order_send(wanted->name, NULL, wanted->body),
                           .after = json_deep_copy(wanted->body),
                           .span = wanted->span,
                           .live = live});
}

/* The old one steps aside: rules speak of it as before, by its identifier. */
static void
step_aside(struct wp_okta_order *order, const struct wp_object *old)
{
    const char *name = wp_okta_order_spare(order, old->kind, NULL, old->name, WP_OKTA_REPLACED);

    wp_okta_order_call(order, &(struct wp_okta_call){
                                  .verb = WP_UPDATE,
                                  .kind = old->kind,
                                  .key = wp_state_key(order->arena, old->kind, NULL, name),
                                  .name = name,
                                  .method = "PUT",
                                  .path = wp_okta_order_path(order, base_of(old->kind), old->key),
                                  .send = wp_okta_order_send(name, NULL, old->body),
                                  .after = json_deep_copy(old->body),
                                  .span = {WP_NO_FILE, 0, 0},
                                  .summary = wp_format(order->arena, "rename %s %s to %s",
                                                       old->kind, old->name, name)});
}

/* ---- what is changed how --------------------------------------------------------------------- */

/* Is this object all that is not as wanted? */
static bool
is_only_change(const struct wp_okta_order *order, const char *key)
{
    for (size_t i = 0; i < order->desired->count; i++) {
        const struct wp_object *wanted = order->desired->items[i];
        const struct wp_object *there = wp_state_find(&order->work, wanted->key);
        if (wanted->reference || strcmp(wanted->key, key) == 0)
            continue;
        if (!there || !json_equal(there->body, wanted->body))
            return false;
        if (strcmp(wanted->kind, "policy") == 0 &&
            wp_okta_rules_differ(order, &order->work, "rule", wanted->name))
            return false;
    }
    return true;
}

static bool
refuse_foreign(struct wp_okta_order *order, const struct wp_object *wanted, const char *user)
{
    struct wp_okta_key key = wp_okta_key_read(order->arena, user);

    return wp_problem_set(order->problem, WP_PROBLEM_REFUSED,
                          "the %s '%s' is to change, and rule '%s' of policy '%s', which woapol "
                          "does not keep, goes by it: let that rule use a zone of its own",
                          wanted->kind, wanted->name, key.name, key.owner ? key.owner : "");
}

static bool
is_off(const json_t *body)
{
    return strcmp(wp_okta_text(body, "status"), "INACTIVE") == 0;
}

/* A zone that was switched off is switched on: rules that named it were invalid. On
 * the way back it may be the other way round. */
static void
switch_status(struct wp_okta_order *order, const struct wp_object *wanted)
{
    const struct wp_object *there = wp_state_find(&order->work, wanted->key);
    const bool off = is_off(wanted->body);
    json_t *after = json_deep_copy(there->body);

    (void)json_object_set_new(after, "status", json_string(off ? "INACTIVE" : "ACTIVE"));
    wp_okta_order_call(
        order, &(struct wp_okta_call){
                   .verb = off ? WP_DEACTIVATE : WP_ACTIVATE,
                   .kind = wanted->kind,
                   .key = wanted->key,
                   .name = wanted->name,
                   .method = "POST",
                   .path = wp_format(order->arena, "%s/lifecycle/%sactivate",
                                     wp_okta_order_path(order, base_of(wanted->kind), wanted->key),
                                     off ? "de" : ""),
                   .after = after,
                   .span = wanted->span,
                   .live = wp_okta_user_of(order, &order->work, wanted->key, false) != NULL});
}

/* A zone comes up active whatever is sent. */
static void
create_as_wanted(struct wp_okta_order *order, const struct wp_object *wanted)
{
    struct wp_object fresh = *wanted;

    if (!is_off(wanted->body)) {
        create(order, wanted);
        return;
    }
    fresh.body = json_deep_copy(wanted->body);
    (void)json_object_set_new(fresh.body, "status", json_string("ACTIVE"));
    create(order, &fresh);
    json_decref(fresh.body);
    switch_status(order, wanted);
}

static bool
same_status(const json_t *a, const json_t *b)
{
    return strcmp(wp_okta_text(a, "status"), wp_okta_text(b, "status")) == 0;
}

static bool
same_but_status(const json_t *a, const json_t *b)
{
    json_t *x = json_copy((json_t *)a), *y = json_copy((json_t *)b);

    (void)json_object_del(x, "status");
    (void)json_object_del(y, "status");
    bool same = json_equal(x, y);
    json_decref(x);
    json_decref(y);
    return same;
}

/* What live rules go by. One call is one moment; more than that is done beside. */
static void
change_used(struct wp_okta_order *order, const struct wp_object *there,
            const struct wp_object *wanted)
{
    bool is_only = is_only_change(order, wanted->key);

    if (is_only && same_but_status(there->body, wanted->body)) {
        switch_status(order, wanted);
    } else if (is_only && same_status(there->body, wanted->body)) {
        change(order, wanted, true);
    } else {
        step_aside(order, there);
        create_as_wanted(order, wanted);
    }
}

static void
change_unused(struct wp_okta_order *order, const struct wp_object *there,
              const struct wp_object *wanted)
{
    if (!same_status(there->body, wanted->body))
        switch_status(order, wanted);
    there = wp_state_find(&order->work, wanted->key);
    if (!json_equal(there->body, wanted->body))
        change(order, wanted, false);
}

static bool
order_one(struct wp_okta_order *order, const struct wp_object *wanted)
{
    const struct wp_object *there = wp_state_find(&order->work, wanted->key);
    const char *foreign;

    if (!there) {
        create_as_wanted(order, wanted);
        return true;
    }
    if (json_equal(there->body, wanted->body))
        return true;
    if (there->system)
        return wp_problem_set(order->problem, WP_PROBLEM_REFUSED,
                              "Okta keeps the %s '%s' itself: call the network otherwise",
                              wanted->kind, wanted->name);
    if ((foreign = wp_okta_user_of(order, &order->work, wanted->key, true)) != NULL)
        return refuse_foreign(order, wanted, foreign);
    if (wp_okta_user_of(order, &order->work, wanted->key, false))
        change_used(order, there, wanted);
    else
        change_unused(order, there, wanted);
    return true;
}

bool
wp_okta_order_shared(struct wp_okta_order *order)
{
    order->stage = "networks";
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        for (size_t i = 0; i < order->desired->count; i++) {
            const struct wp_object *wanted = order->desired->items[i];
            if (strcmp(wanted->kind, kinds[k]) == 0 && !order_one(order, wanted))
                return false;
        }
    }
    return true;
}

/* ---- what is not needed any more ----------------------------------------------------------------
 */

static bool
was_replaced(const struct wp_object *object)
{
    return strstr(object->name, WP_OKTA_REPLACED) != NULL;
}

/* Did rules that woapol keeps go by it, and nobody else's? */
static bool
was_ours(const struct wp_okta_order *order, const struct wp_object *object)
{
    return wp_okta_user_of(order, order->current, object->key, false) &&
           !wp_okta_user_of(order, order->current, object->key, true);
}

static void
sweep_one(struct wp_okta_order *order, const struct wp_object *object)
{
    const char *kind = object->kind, *key = object->key, *name = object->name;
    const char *path = wp_okta_order_path(order, base_of(kind), key);

    if (strcmp(kind, "zone") == 0 &&
        strcmp(wp_okta_text(object->body, "status"), "INACTIVE") != 0) {
        json_t *after = json_deep_copy(object->body);
        (void)json_object_set_new(after, "status", json_string("INACTIVE"));
        wp_okta_order_call(
            order,
            &(struct wp_okta_call){.verb = WP_DEACTIVATE,
                                   .kind = kind,
                                   .key = key,
                                   .name = name,
                                   .method = "POST",
                                   .path = wp_format(order->arena, "%s/lifecycle/deactivate", path),
                                   .after = after,
                                   .span = {WP_NO_FILE, 0, 0}});
    }
    wp_okta_order_call(order, &(struct wp_okta_call){.verb = WP_DELETE,
                                                     .kind = kind,
                                                     .key = key,
                                                     .name = name,
                                                     .method = "DELETE",
                                                     .path = path,
                                                     .span = {WP_NO_FILE, 0, 0}});
}

void
wp_okta_order_sweep(struct wp_okta_order *order)
{
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        for (size_t i = order->work.count; i > 0; i--) {
            const struct wp_object *object = order->work.items[i - 1];
            if (strcmp(object->kind, kinds[k]) != 0 || object->system ||
                wp_state_find(order->desired, object->key) ||
                wp_okta_user_of(order, &order->work, object->key, false))
                continue;
            if (was_replaced(object) || order->options->returning ||
                (order->options->prune && was_ours(order, object)))
                sweep_one(order, object);
        }
    }
}
