#include "compiler/emit/okta/okta_order.h"
#include "compiler/emit/okta/okta_lift.h"

#include <stdlib.h>
#include <string.h>

#define DEFAULT_POLICY "policy/" WP_OKTA_DEFAULT_POLICY

/* ---- what must be there ------------------------------------------------------------------ */

static bool
check_references(struct wp_okta_order *order)
{
    for (size_t i = 0; i < order->desired->count; i++) {
        const struct wp_object *wanted = order->desired->items[i];
        if (!wanted->reference || strncmp(wanted->kind, "authenticator", 13) == 0)
            continue;
        if (!wp_state_find(order->current, wanted->key))
            return wp_problem_set(order->problem, WP_PROBLEM_FAILED,
                                  "the org has no %s called '%s', which the source speaks of: make "
                                  "one there, or say what it is called: okta = \"…\"",
                                  wanted->kind, wanted->name);
    }
    return true;
}

/* ---- policies ------------------------------------------------------------------------------ */

bool
wp_okta_rules_differ(const struct wp_okta_order *order, const struct wp_state *state,
                     const char *kind, const char *policy)
{
    const struct wp_object **have, **want;
    size_t count = wp_okta_rules_of(order->arena, state, kind, policy, &have);

    if (count != wp_okta_rules_of(order->arena, order->desired, kind, policy, &want))
        return true;
    for (size_t i = 0; i < count; i++) {
        if (strcmp(have[i]->key, want[i]->key) != 0 || !json_equal(have[i]->body, want[i]->body))
            return true;
    }
    return false;
}

static json_t *
send_policy(const struct wp_object *policy, const char *name)
{
    return wp_okta_order_send(name, "ACCESS_POLICY", policy->body);
}

static void
create_policy(struct wp_okta_order *order, const struct wp_object *wanted)
{
    wp_okta_order_call(order, &(struct wp_okta_call){.verb = WP_CREATE,
                                                     .kind = "policy",
                                                     .key = wanted->key,
                                                     .name = wanted->name,
                                                     .method = "POST",
                                                     .path = "/api/v1/policies",
                                                     .send = send_policy(wanted, wanted->name),
                                                     .after = json_deep_copy(wanted->body),
                                                     .span = wanted->span});
}

/* The catch-all of a policy that just came to be lets everybody in: it is the first
 * thing to change, while nobody is decided by it. */
static bool
fill_policy(struct wp_okta_order *order, const struct wp_object *wanted)
{
    const char *key = wp_state_key(order->arena, "rule", wanted->name, WP_OKTA_CATCH_ALL);
    const struct wp_object *last = wp_state_find(order->desired, key);
    struct wp_okta_rules_edit edit = {
        .kind = "rule", .policy = wp_state_find(&order->work, wanted->key), .owner = wanted->name};

    if (last) {
        json_t *send = wp_okta_order_send(last->name, "ACCESS_POLICY", last->body);
        (void)json_object_set_new(send, "priority", json_integer(WP_OKTA_LAST_PRIORITY));
        wp_okta_order_call(
            order, &(struct wp_okta_call){.verb = WP_UPDATE,
                                          .kind = "rule",
                                          .key = key,
                                          .name = last->name,
                                          .method = "PUT",
                                          .path = wp_okta_order_rule_path(order, wanted->key, key),
                                          .send = send,
                                          .after = json_deep_copy(last->body),
                                          .span = last->span});
    }
    return wp_okta_edit(order, &edit);
}

static void
step_aside(struct wp_okta_order *order, const struct wp_object *old)
{
    const char *name = wp_okta_order_spare(order, "policy", NULL, old->name, WP_OKTA_REPLACED);

    wp_okta_order_call(
        order, &(struct wp_okta_call){
                   .verb = WP_UPDATE,
                   .kind = "policy",
                   .key = wp_state_key(order->arena, "policy", NULL, name),
                   .name = name,
                   .method = "PUT",
                   .path = wp_okta_order_path(order, "/api/v1/policies", old->key),
                   .send = send_policy(old, name),
                   .after = json_deep_copy(old->body),
                   .span = {WP_NO_FILE, 0, 0},
                   .summary = wp_format(order->arena, "rename policy %s to %s", old->name, name)});
}

static void
change_policy(struct wp_okta_order *order, const struct wp_object *wanted)
{
    wp_okta_order_call(order, &(struct wp_okta_call){.verb = WP_UPDATE,
                                                     .kind = "policy",
                                                     .key = wanted->key,
                                                     .name = wanted->name,
                                                     .method = "PUT",
                                                     .path = wp_okta_order_path(
                                                         order, "/api/v1/policies", wanted->key),
                                                     .send = send_policy(wanted, wanted->name),
                                                     .after = json_deep_copy(wanted->body),
                                                     .span = wanted->span});
}

/* Do the same apps have the policy now and as wanted? */
static bool
keeps_its_apps(const struct wp_okta_order *order, const char *policy_key)
{
    for (size_t i = 0; i < order->desired->count; i++) {
        const struct wp_object *wanted = order->desired->items[i];
        const struct wp_object *there = wp_state_find(&order->work, wanted->key);
        if (strcmp(wanted->kind, "binding") != 0)
            continue;
        const char *to = wp_reference_key(json_object_get(wanted->body, "policy"));
        const char *from = there ? wp_reference_key(json_object_get(there->body, "policy")) : NULL;
        bool was = from && strcmp(from, policy_key) == 0;
        if (was != (to && strcmp(to, policy_key) == 0))
            return false;
    }
    return true;
}

static bool
refuse_namesake(struct wp_okta_order *order, const struct wp_object *there)
{
    return wp_problem_set(order->problem, WP_PROBLEM_REFUSED,
                          "the org has a policy called '%s' that woapol does not keep: rename it, "
                          "or let its description end with " WP_OKTA_MARK,
                          there->name);
}

/* Brings a policy, other than the default one, to what is wanted. */
static bool
order_policy(struct wp_okta_order *order, const struct wp_object *wanted)
{
    const struct wp_object *there = wp_state_find(&order->work, wanted->key);
    struct wp_okta_rules_edit edit = {.kind = "rule", .policy = there, .owner = wanted->name};

    order->stage = "policies";
    if (!there) {
        create_policy(order, wanted);
        return fill_policy(order, wanted);
    }
    /* Somebody else's may be wanted as it is: by a rollback. */
    if (!wp_okta_is_owned(there))
        return (json_equal(there->body, wanted->body) && wp_okta_edit_cost(order, &edit) == 0) ||
               refuse_namesake(order, there);
    edit.live = wp_okta_is_bound(&order->work, there->key);
    size_t cost = wp_okta_edit_cost(order, &edit);
    if (!edit.live || cost == 0 || (cost == 1 && keeps_its_apps(order, there->key))) {
        if (!json_equal(there->body, wanted->body))
            change_policy(order, wanted);
        return wp_okta_edit(order, &edit);
    }
    step_aside(order, there);
    create_policy(order, wanted);
    return fill_policy(order, wanted);
}

static bool
order_policies(struct wp_okta_order *order)
{
    for (size_t i = 0; i < order->desired->count; i++) {
        const struct wp_object *wanted = order->desired->items[i];
        if (strcmp(wanted->kind, "policy") == 0 && !wanted->system && !order_policy(order, wanted))
            return false;
    }
    return true;
}

static bool
order_default(struct wp_okta_order *order)
{
    const struct wp_object *wanted = wp_state_find(order->desired, DEFAULT_POLICY);
    const struct wp_object *there = wp_state_find(&order->work, DEFAULT_POLICY);
    struct wp_okta_rules_edit edit = {
        .kind = "rule", .policy = there, .owner = WP_OKTA_DEFAULT_POLICY, .live = true};

    if (!wanted)
        return true;
    if (!there)
        return wp_problem_set(order->problem, WP_PROBLEM_FAILED,
                              "the org shows no default access policy: the credentials may not "
                              "read it");
    order->stage = "default policy";
    return wp_okta_edit(order, &edit);
}

/* ---- apps ------------------------------------------------------------------------------------ */

static void
assign(struct wp_okta_order *order, const struct wp_object *binding, const char *policy,
       struct wp_span span)
{
    const char *name = wp_okta_key_read(order->arena, policy).name;
    const char *app = binding->id
                          ? binding->id
                          : wp_format(order->arena, "{%s}",
                                      wp_state_key(order->arena, "app", NULL, binding->name));

    wp_okta_order_call(
        order,
        &(struct wp_okta_call){
            .verb = WP_ASSIGN,
            .kind = "binding",
            .key = binding->key,
            .name = binding->name,
            .method = "PUT",
            .path = wp_okta_order_path(
                order, wp_format(order->arena, "/api/v1/apps/%s/policies", app), policy),
            .after = json_pack("{s:o}", "policy", wp_reference(policy)),
            .span = span,
            .live = true,
            .summary = wp_format(order->arena, "assign policy %s to app %s", name, binding->name)});
}

static const char *
bound_to(const struct wp_object *binding)
{
    return binding ? wp_reference_key(json_object_get(binding->body, "policy")) : NULL;
}

/* Assigns the wanted apps their policies: those of the default one, or all others. */
static void
order_apps(struct wp_okta_order *order, bool of_default)
{
    order->stage = "apps";
    for (size_t i = 0; i < order->desired->count; i++) {
        const struct wp_object *wanted = order->desired->items[i];
        if (strcmp(wanted->kind, "binding") != 0)
            continue;
        const struct wp_object *there = wp_state_find(&order->work, wanted->key);
        const char *to = bound_to(wanted), *from = bound_to(there);
        if ((strcmp(to, DEFAULT_POLICY) == 0) != of_default || (from && strcmp(from, to) == 0))
            continue;
        struct wp_object fresh = *wanted;
        fresh.id = there ? there->id : NULL;
        assign(order, &fresh, to, wanted->span);
    }
}

/* Apps that the source does not name stay with what has the name of their policy. */
static void
follow_apps(struct wp_okta_order *order)
{
    for (size_t i = 0; i < order->work.count; i++) {
        const struct wp_object *binding = order->work.items[i];
        const char *from = strcmp(binding->kind, "binding") == 0 ? bound_to(binding) : NULL;
        const struct wp_object *before = from ? wp_state_find(order->current, binding->key) : NULL;
        const char *old = bound_to(before);
        if (!old || strcmp(old, from) == 0 || wp_state_find(order->desired, binding->key))
            continue;
        if (wp_state_find(order->desired, old))
            assign(order, binding, old, binding->span);
    }
}

/* With --prune, apps that the source does not name any more leave woapol's policies. */
static void
release_apps(struct wp_okta_order *order)
{
    for (size_t i = 0; order->options->prune && i < order->work.count; i++) {
        const struct wp_object *binding = order->work.items[i];
        const char *from = strcmp(binding->kind, "binding") == 0 ? bound_to(binding) : NULL;
        const struct wp_object *policy = from ? wp_state_find(&order->work, from) : NULL;
        if (policy && !policy->system && wp_okta_is_owned(policy) &&
            !wp_state_find(order->desired, binding->key) &&
            wp_state_find(&order->work, DEFAULT_POLICY))
            assign(order, binding, DEFAULT_POLICY, binding->span);
    }
}

/* ---- what goes ----------------------------------------------------------------------------------
 */

static void
remove_policies(struct wp_okta_order *order)
{
    order->stage = "cleaning up";
    for (size_t i = order->work.count; i > 0; i--) {
        if (i > order->work.count) /* its rules went with a policy */
            continue;
        const struct wp_object *policy = order->work.items[i - 1];
        bool is_replaced = strstr(policy->name, WP_OKTA_REPLACED) != NULL;
        bool is_session = strcmp(policy->kind, "session_policy") == 0;
        if ((strcmp(policy->kind, "policy") != 0 && !is_session) || policy->system ||
            !wp_okta_is_owned(policy) || wp_state_find(order->desired, policy->key) ||
            wp_okta_is_bound(&order->work, policy->key) || (!is_replaced && !order->options->prune))
            continue;
        wp_okta_order_call(order,
                           &(struct wp_okta_call){
                               .verb = WP_DELETE,
                               .kind = policy->kind,
                               .key = policy->key,
                               .name = policy->name,
                               .method = "DELETE",
                               .path = wp_okta_order_path(order, "/api/v1/policies", policy->key),
                               .span = {WP_NO_FILE, 0, 0},
                               .live = is_session});
    }
}

/* Objects that decide something and that nobody asks for, and that stay. */
static void
note_foreign(struct wp_okta_order *order)
{
    static const char *const kinds[] = {"policy", "zone", "routing_rule", "idp", "session_policy"};
    struct wp_plan *plan = order->plan;

    plan->foreign = wp_alloc_array(order->arena, order->work.count + 1, sizeof *plan->foreign);
    for (size_t i = 0; i < order->work.count; i++) {
        const struct wp_object *object = order->work.items[i];
        bool is_kind = false;
        for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
            is_kind = is_kind || strcmp(object->kind, kinds[k]) == 0;
        if (is_kind && !object->system && !object->reference &&
            !wp_state_find(order->desired, object->key))
            plan->foreign[plan->foreign_count++] =
                wp_copy_text(order->arena, object->key, strlen(object->key));
    }
}

static void
mark_checkpoints(struct wp_okta_order *order)
{
    struct wp_plan *plan = order->plan;

    if (plan->count == 0)
        return;
    plan->calls[plan->count - 1].checkpoint = true;
    if (!order->has_live)
        return;
    if (order->last_quiet > 0)
        plan->calls[order->last_quiet - 1].checkpoint = true;
    plan->calls[order->last_live].checkpoint = true;
}

static bool
order_all(struct wp_okta_order *order)
{
    /* First what Okta may refuse: then nothing has been made that would be of no use. */
    if (!check_references(order) || !wp_okta_order_authenticators(order, true) ||
        !wp_okta_order_shared(order) || !wp_okta_order_identity(order) || !order_policies(order) ||
        !wp_okta_order_session(order, true))
        return false;
    order_apps(order, false);
    follow_apps(order);
    if (!order_default(order))
        return false;
    order_apps(order, true);
    release_apps(order);
    if (!wp_okta_order_session(order, false))
        return false;
    remove_policies(order);
    if (!wp_okta_order_authenticators(order, false))
        return false;
    wp_okta_place_sessions(order);
    wp_okta_order_sweep(order);
    order->sessions_fail = !wp_okta_check_sessions(order);
    if (order->sessions_fail)
        return false;
    note_foreign(order);
    mark_checkpoints(order);
    return true;
}

/* Sessions go before apps or behind them as they ask for more or less; where that is not
 * the same for everybody, each way is tried. */
bool
wp_okta_order(const struct wp_session *session, const struct wp_state *desired,
              const struct wp_state *current, const struct wp_plan_options *options,
              struct wp_plan *plan, struct wp_problem *problem)
{
    static const struct wp_plan_options usual = {0};
    const struct wp_problem none = *problem;
    struct wp_problem first = none;

    for (int way = 0; way < WP_OKTA_SESSION_WAYS; way++) {
        struct wp_okta_order order = {.session = session,
                                      .desired = desired,
                                      .current = current,
                                      .options = options ? options : &usual,
                                      .plan = plan,
                                      .problem = problem,
                                      .arena = plan->arena,
                                      .session_way = (enum wp_okta_session_way)way};
        wp_state_copy(&order.work, plan->arena, current);
        bool ok = order_all(&order);
        wp_state_end(&order.work);
        if (ok || !order.sessions_fail)
            return ok;
        first = way == 0 ? *problem : first;
        *problem = none;
        wp_plan_end(plan);
        plan->foreign_count = 0;
    }
    *problem = first;
    return false;
}
