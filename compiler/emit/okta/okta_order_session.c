/*
 * The global session policy, which decides beside the policies of apps: people must
 * satisfy both. Its policies are chosen by group, in order, and none can be assigned.
 * One that changes by one call changes in place. Else the old one gets another name, the
 * new one comes ahead of it, which nobody is asked by until it has its rule, and the old
 * one goes: so everybody is asked as before or as afterwards. What asks for more goes
 * before all changes of apps, what may ask for less behind them: so a session is asked for
 * as much as at the end that asks for more, for as long as apps change. Whether that holds
 * of the policies together is checked afterwards (okta_order_between.c).
 */
#include "compiler/emit/okta/okta_lift.h"
#include "compiler/emit/okta/okta_order.h"

#include <string.h>

/* The policy as it can be written now: where it is to stand behind others that are still
 * to come, it stands last for the time being. Okta would not keep a larger number. */
static json_t *
body_for_now(const struct wp_okta_order *order, const struct wp_object *wanted, bool is_there)
{
    json_t *body = json_deep_copy(wanted->body);
    json_int_t last = is_there ? 0 : 1;

    for (size_t i = 0; i < order->work.count; i++) {
        const struct wp_object *other = order->work.items[i];
        last += strcmp(other->kind, "session_policy") == 0 && !other->system;
    }
    bool behind = order->session_way == WP_OKTA_SESSION_BEHIND && !is_there;
    if (behind || json_integer_value(json_object_get(body, "priority")) > last)
        (void)json_object_set_new(body, "priority", json_integer(last));
    return body;
}

static void
write_policy(struct wp_okta_order *order, const struct wp_object *wanted, bool is_there)
{
    const char *base = "/api/v1/policies";
    json_t *body = body_for_now(order, wanted, is_there);

    wp_okta_order_call(order,
                       &(struct wp_okta_call){
                           .verb = is_there ? WP_UPDATE : WP_CREATE,
                           .kind = wanted->kind,
                           .key = wanted->key,
                           .name = wanted->name,
                           .method = is_there ? "PUT" : "POST",
                           .path = is_there ? wp_okta_order_path(order, base, wanted->key) : base,
                           .send = wp_okta_order_send(wanted->name, "OKTA_SIGN_ON", body),
                           .after = body,
                           .span = wanted->span,
                           .live = true});
}

/* ---- whom it would go ahead of ---------------------------------------------------------- */

static const json_t *
sign_on_of(const struct wp_object *rule)
{
    return json_object_get(json_object_get(rule->body, "actions"), "signon");
}

static bool
is_active(const struct wp_object *object)
{
    const char *status = wp_okta_text(object->body, "status");
    return !*status || strcmp(status, "ACTIVE") == 0;
}

/* Does the rule ask for something that the wanted policy's rules do not all ask for? */
static bool
rule_asks_more(const struct wp_okta_order *order, const struct wp_object *wanted,
               const struct wp_object *rule)
{
    const json_t *theirs = sign_on_of(rule);
    const struct wp_object **rules;
    size_t count =
        wp_okta_rules_of(order->arena, order->desired, "session_rule", wanted->name, &rules);

    for (size_t i = 0; i < count; i++) {
        const json_t *ours = sign_on_of(rules[i]);
        if (strcmp(wp_okta_text(ours, "access"), "DENY") == 0)
            continue;
        if (strcmp(wp_okta_text(theirs, "access"), "ALLOW") != 0 ||
            (json_is_true(json_object_get(theirs, "requireFactor")) &&
             !json_is_true(json_object_get(ours, "requireFactor"))) ||
            (strcmp(wp_okta_text(theirs, "primaryFactor"), "PASSWORD_IDP") == 0 &&
             strcmp(wp_okta_text(ours, "primaryFactor"), "PASSWORD_IDP") != 0))
            return true;
    }
    return false;
}

static bool
policy_asks_more(const struct wp_okta_order *order, const struct wp_object *wanted,
                 const struct wp_object *policy)
{
    const struct wp_object **rules;
    size_t count =
        wp_okta_rules_of(order->arena, &order->work, "session_rule", policy->name, &rules);

    for (size_t i = 0; i < count && is_active(policy); i++) {
        if (is_active(rules[i]) && rule_asks_more(order, wanted, rules[i]))
            return true;
    }
    return false;
}

static const json_t *
groups_of(const struct wp_object *policy)
{
    const json_t *people = json_object_get(json_object_get(policy->body, "conditions"), "people");
    return json_object_get(json_object_get(people, "groups"), "include");
}

static bool
speaks_of_everybody(const struct wp_object *policy)
{
    const json_t *groups = groups_of(policy), *group;
    size_t i;

    json_array_foreach(groups, i, group)
    {
        const char *key = wp_reference_key(group);
        if (key && strcmp(key, "group/Everyone") == 0)
            return true;
    }
    return json_array_size(groups) == 0;
}

/* Do both speak of somebody by the same name? */
static bool
share_people(const struct wp_object *a, const struct wp_object *b)
{
    const json_t *mine, *other;
    size_t i, k;

    if (speaks_of_everybody(a) || speaks_of_everybody(b))
        return true;
    json_array_foreach(groups_of(a), i, mine)
    {
        json_array_foreach(groups_of(b), k, other)
        {
            if (json_equal(mine, other))
                return true;
        }
    }
    return false;
}

static json_int_t
place_of(const struct wp_object *policy)
{
    return json_integer_value(json_object_get(policy->body, "priority"));
}

/* Somebody else's policy that decides of the same people, asks for more, and would
 * no longer be asked: for no app of the org, whoever it is of. NULL: there is none. */
static const struct wp_object *
find_shadowed(const struct wp_okta_order *order, const struct wp_object *wanted,
              const struct wp_object *there)
{
    for (size_t i = 0; i < order->work.count; i++) {
        const struct wp_object *other = order->work.items[i];
        const struct wp_object *asked_for = wp_state_find(order->desired, other->key);
        if (strcmp(other->kind, "session_policy") != 0 || other->system ||
            wp_okta_is_owned(other) || place_of(other) < place_of(wanted) ||
            (there && place_of(there) < place_of(other)) ||
            (asked_for && place_of(asked_for) > place_of(wanted)))
            continue;
        if (share_people(wanted, other) && policy_asks_more(order, wanted, other))
            return other;
    }
    return NULL;
}

static bool
refuse_shadow(struct wp_okta_order *order, const struct wp_object *wanted,
              const struct wp_object *shadowed)
{
    return wp_problem_set(
        order->problem, WP_PROBLEM_REFUSED,
        "session %.80s would go ahead of the org's global session policy '%.80s', which woapol "
        "does "
        "not keep and which asks more of some of the same people, or denies them: give the session "
        "'groups' that are not among that policy's, or take the policy away first",
        wanted->name, shadowed->name);
}

/* ---- beside the old one ------------------------------------------------------------------ */

/* The old one gets another name. Gives that. */
static const char *
step_aside(struct wp_okta_order *order, const struct wp_object *old)
{
    const char *name =
        wp_okta_order_spare(order, "session_policy", NULL, old->name, WP_OKTA_REPLACED);

    wp_okta_order_call(
        order, &(struct wp_okta_call){
                   .verb = WP_UPDATE,
                   .kind = "session_policy",
                   .key = wp_state_key(order->arena, "session_policy", NULL, name),
                   .name = name,
                   .method = "PUT",
                   .path = wp_okta_order_path(order, "/api/v1/policies", old->key),
                   .send = wp_okta_order_send(name, "OKTA_SIGN_ON", old->body),
                   .after = json_deep_copy(old->body),
                   .span = {WP_NO_FILE, 0, 0},
                   .summary = wp_format(order->arena, "rename global session policy %s to %s",
                                        old->name, name)});
    return name;
}

static void
retire(struct wp_okta_order *order, const char *name)
{
    const char *key = wp_state_key(order->arena, "session_policy", NULL, name);

    wp_okta_order_call(
        order, &(struct wp_okta_call){.verb = WP_DELETE,
                                      .kind = "session_policy",
                                      .key = key,
                                      .name = name,
                                      .method = "DELETE",
                                      .path = wp_okta_order_path(order, "/api/v1/policies", key),
                                      .span = {WP_NO_FILE, 0, 0},
                                      .live = true});
}

/* ---- one policy ----------------------------------------------------------------------------- */

/* Do whom it is for, or its place, differ? */
static bool
is_for_others(const struct wp_object *there, const struct wp_object *wanted)
{
    return !json_equal(groups_of(there), groups_of(wanted)) || place_of(there) != place_of(wanted);
}

static bool
order_one(struct wp_okta_order *order, const struct wp_object *wanted, bool before_apps)
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
    const struct wp_object *shadowed = wanted->system ? NULL : find_shadowed(order, wanted, there);
    if (shadowed)
        return refuse_shadow(order, wanted, shadowed);
    const char *replaced = NULL;
    if (there && !wanted->system && is_for_others(there, wanted) &&
        wp_okta_edit_cost(order, &edit) > 0) {
        replaced = step_aside(order, there);
        there = NULL;
    }
    if (!wanted->system && (!there || !json_equal(there->body, wanted->body)))
        write_policy(order, wanted, there != NULL);
    edit.policy = wp_state_find(&order->work, wanted->key);
    if (!edit.policy || !wp_okta_edit(order, &edit))
        return false;
    /* While apps change, the old one may still be needed. */
    if (replaced && !before_apps)
        retire(order, replaced);
    return true;
}

/* Is somebody refused a session now? Then a policy that lets people have one may let
 * in more. */
static bool
denies_somebody(const struct wp_state *state)
{
    for (size_t i = 0; i < state->count; i++) {
        const struct wp_object *rule = state->items[i];
        if (strcmp(rule->kind, "session_rule") == 0 &&
            strcmp(wp_okta_text(sign_on_of(rule), "access"), "ALLOW") != 0)
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

    if (order->session_way >= WP_OKTA_SESSION_FIRST)
        return order->session_way == WP_OKTA_SESSION_FIRST;
    for (size_t i = 0; i < count; i++) {
        const json_t *sign_on = sign_on_of(rules[i]);
        if (strcmp(wp_okta_text(sign_on, "access"), "DENY") != 0 &&
            (!json_is_true(json_object_get(sign_on, "requireFactor")) ||
             (order->session_way == WP_OKTA_SESSION_SURE && denies_somebody(order->current))))
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
            asks_for_more(order, wanted) == before_apps && !order_one(order, wanted, before_apps))
            return false;
    }
    return true;
}

/* Once all are there, and what was replaced is gone: those that stand elsewhere than they
 * are wanted move there, ascending. */
void
wp_okta_place_sessions(struct wp_okta_order *order)
{
    json_int_t count = 0;

    order->stage = "global session policy";
    for (size_t i = 0; i < order->desired->count; i++)
        count += strcmp(order->desired->items[i]->kind, "session_policy") == 0;
    for (json_int_t place = 1; place <= count; place++) {
        for (size_t i = 0; i < order->desired->count; i++) {
            const struct wp_object *wanted = order->desired->items[i];
            const struct wp_object *there = wp_state_find(&order->work, wanted->key);
            if (strcmp(wanted->kind, "session_policy") == 0 && !wanted->system && there &&
                wp_okta_is_owned(there) && place_of(wanted) == place &&
                !json_equal(there->body, wanted->body))
                write_policy(order, wanted, true);
        }
    }
}
