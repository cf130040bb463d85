/*
 * From what an Access tenant holds to what it is to hold.
 *
 * A policy is replaced whole, by one call, so nobody ever meets half a policy. Two
 * things need care. A range that rules use changes what they decide the moment it is
 * written; so when more than that changes, its new addresses stand beside it under
 * another name until no rule uses it. And an app that moves from one policy to
 * another must find its new policy finished, and leave the old one before that is
 * changed.
 */
#include "compiler/emit/access/ordering.h"

#include <string.h>

/* ---- what must be there ------------------------------------------------------------ */

static bool
check_references(struct wp_ordering *ordering)
{
    for (size_t i = 0; i < ordering->desired->count; i++) {
        const struct wp_object *wanted = ordering->desired->items[i];
        if (!wanted->reference || wp_state_find(&ordering->held, wanted->key))
            continue;
        return wp_problem_set(
            ordering->problem, WP_PROBLEM_FAILED, "the tenant has no %s '%s'%s", wanted->kind,
            wanted->name,
            strcmp(wanted->kind, "method") == 0
                ? ": plan --runbook says how it is set up"
                : ": make it there, or say what it is called there (access = \"...\")");
    }
    return true;
}

static bool
refuse_disabled(struct wp_ordering *ordering, const char *method)
{
    return wp_problem_set(ordering->problem, WP_PROBLEM_REFUSED,
                          "the method '%s' is not enabled in the tenant, and has to be before a "
                          "rule asks for it [U6]: plan --runbook has the steps",
                          method);
}

/* The guide's order: the adapter, then the identity provider, then the rule, which lets
 * nobody in before. */
static bool
check_adapters(struct wp_ordering *ordering)
{
    for (size_t i = 0; i < ordering->desired->count; i++) {
        const struct wp_object *wanted = ordering->desired->items[i];
        const struct wp_object *adapter;
        if (!wanted->reference || strcmp(wanted->kind, "method") != 0)
            continue;
        adapter = wp_state_find(&ordering->held,
                                wp_state_key(ordering->arena, "adapter", NULL, wanted->name));
        if (!adapter)
            continue;
        if (!json_is_true(json_object_get(adapter->body, "enabled")))
            return refuse_disabled(ordering, wanted->name);
        if (wp_access_method_offered(ordering->arena, &ordering->held, wanted->name) ==
            WP_ACCESS_NOT_OFFERED)
            return wp_problem_set(
                ordering->problem, WP_PROBLEM_REFUSED,
                "no identity provider of the tenant offers the method '%s', and one has to before "
                "a rule asks for it [U7]: plan --runbook has the steps",
                wanted->name);
    }
    return true;
}

/* ---- changes -------------------------------------------------------------------------- */

static bool
is_kind(const struct wp_object *object, const char *kind)
{
    return strcmp(object->kind, kind) == 0 && !object->reference;
}

static bool
differs(const struct wp_ordering *ordering, const struct wp_object *wanted)
{
    const struct wp_object *object = wp_state_find(&ordering->held, wanted->key);

    return !object || !json_equal(object->body, wanted->body);
}

/* Does a policy's body use the range? */
static bool
uses(const json_t *body, const char *range_key)
{
    size_t i;
    json_t *rule;

    json_array_foreach(json_object_get(body, "rules"), i, rule)
    {
        const char *key = wp_reference_key(json_object_get(rule, "range"));
        if (key && strcmp(key, range_key) == 0)
            return true;
    }
    return false;
}

static bool
is_used(const struct wp_ordering *ordering, const char *range_key)
{
    for (size_t i = 0; i < ordering->held.count; i++) {
        const struct wp_object *object = ordering->held.items[i];
        if (strcmp(object->kind, "policy") == 0 && uses(object->body, range_key))
            return true;
    }
    return false;
}

/* Is the range there, other than wanted, and in use? */
static bool
is_live(const struct wp_ordering *ordering, const struct wp_object *wanted)
{
    return is_kind(wanted, "range") && wp_state_find(&ordering->held, wanted->key) &&
           differs(ordering, wanted) && is_used(ordering, wanted->key);
}

static size_t
count_changes(const struct wp_ordering *ordering, size_t *live)
{
    size_t changes = 0;

    *live = 0;
    for (size_t i = 0; i < ordering->desired->count; i++) {
        const struct wp_object *wanted = ordering->desired->items[i];
        bool is_there = wp_state_find(&ordering->held, wanted->key) != NULL;
        if (is_live(ordering, wanted)) {
            changes++;
            *live += 1;
        } else if ((is_kind(wanted, "policy") || is_kind(wanted, "binding")) && is_there &&
                   differs(ordering, wanted)) {
            changes++;
        }
    }
    return changes;
}

/* ---- what nobody asks for any more --------------------------------------------------------- */

static const struct wp_object *
policy_of(const struct wp_state *state, const char *binding_key)
{
    const struct wp_object *binding = wp_state_find(state, binding_key);
    const char *key = binding ? wp_reference_key(json_object_get(binding->body, "policy")) : NULL;

    return key ? wp_state_find(state, key) : NULL;
}

/* Is it a policy that prune takes away? */
static bool
is_pruned(const struct wp_ordering *ordering, const struct wp_object *policy)
{
    return ordering->options->prune && !policy->system &&
           !wp_state_find(ordering->desired, policy->key) && wp_order_is_ours(ordering, policy);
}

/* With prune, apps leave such policies for the default one. */
static void
add_returns(struct wp_ordering *ordering, struct wp_state *wanted)
{
    const char *base = wp_state_key(ordering->arena, "policy", NULL, WP_ACCESS_BASE);

    for (size_t i = 0; i < ordering->held.count; i++) {
        const struct wp_object *object = ordering->held.items[i];
        const struct wp_object *policy =
            strcmp(object->kind, "binding") == 0 ? policy_of(&ordering->held, object->key) : NULL;
        bool is_new;
        if (policy && object->original && is_pruned(ordering, policy) &&
            !wp_state_find(wanted, object->key))
            (void)wp_state_add(wanted, "binding", NULL, object->name, NULL,
                               json_pack("{s:o}", "policy", wp_reference(base)), &is_new);
    }
}

/* A range that changes must not be in a policy that stays and is not the source's. */
static bool
check_strangers(struct wp_ordering *ordering)
{
    for (size_t i = 0; i < ordering->desired->count; i++) {
        const struct wp_object *range = ordering->desired->items[i];
        if (!is_live(ordering, range))
            continue;
        for (size_t k = 0; k < ordering->held.count; k++) {
            const struct wp_object *policy = ordering->held.items[k];
            if (strcmp(policy->kind, "policy") != 0 || !uses(policy->body, range->key) ||
                wp_state_find(ordering->desired, policy->key) || is_pruned(ordering, policy))
                continue;
            return wp_problem_set(
                ordering->problem, WP_PROBLEM_REFUSED,
                "network range '%s' would change, and policy '%s', which the source does not "
                "have, uses it: %s",
                range->name, policy->name,
                wp_order_is_ours(ordering, policy) ? "remove it with --prune"
                                                   : "give the network another name in the source");
        }
    }
    return true;
}

/* ---- ranges ------------------------------------------------------------------------------ */

static const char *
next_name(const struct wp_ordering *ordering, const char *name)
{
    return wp_format(ordering->arena, "%s%s", name, WP_ACCESS_NEXT);
}

/* Ranges whose change nobody feels, and, beside those in use, their next ones. */
static bool
put_ranges(struct wp_ordering *ordering, bool beside)
{
    for (size_t i = 0; i < ordering->desired->count; i++) {
        const struct wp_object *wanted = ordering->desired->items[i];
        bool live = is_live(ordering, wanted);
        const char *name = wanted->name;
        if (!is_kind(wanted, "range"))
            continue;
        if (live && beside)
            name = next_name(ordering, name);
        if (!wp_order_put_range(ordering, name, wanted->body, wanted->span,
                                live && beside ? "networks beside" : "networks"))
            return false;
    }
    return true;
}

/* The body with the next ranges in place of those that are in use. `live` is decided
 * before any call. */
static json_t *
with_next_ranges(const struct wp_ordering *ordering, const json_t *body, const bool *live)
{
    json_t *copy = json_deep_copy(body), *rule;
    size_t i;

    json_array_foreach(json_object_get(copy, "rules"), i, rule)
    {
        const char *key = wp_reference_key(json_object_get(rule, "range"));
        for (size_t k = 0; key && k < ordering->desired->count; k++) {
            const struct wp_object *range = ordering->desired->items[k];
            if (!live[k] || strcmp(range->key, key) != 0)
                continue;
            (void)json_object_set_new(rule, "range",
                                      wp_reference(wp_state_key(ordering->arena, "range", NULL,
                                                                next_name(ordering, range->name))));
            break;
        }
    }
    return copy;
}

/* ---- policies and bindings ------------------------------------------------------------------ */

struct swap {
    struct wp_ordering *ordering;
    const bool *live; /* by number in desired: ranges with a next one */
    bool *done;       /* by number in desired: policies and bindings */
};

/* Number of the policy in desired, or its count. */
static size_t
number_of(const struct wp_state *desired, const char *key)
{
    size_t i = 0;

    while (i < desired->count && strcmp(desired->items[i]->key, key) != 0)
        i++;
    return i;
}

static bool
put_policy(struct swap *swap, size_t number)
{
    const struct wp_object *wanted = swap->ordering->desired->items[number];
    json_t *body = with_next_ranges(swap->ordering, wanted->body, swap->live);
    bool right = wp_order_put_policy(
        swap->ordering, wanted, wanted->name, body,
        wp_state_find(&swap->ordering->held, wanted->key) ? "policies" : "policies beside");
    json_decref(body);
    swap->done[number] = true;
    return right;
}

/* Is some app still bound to the policy that is to be bound to another? */
static bool
is_waited_for(const struct swap *swap, const struct wp_object *policy)
{
    const struct wp_state *desired = swap->ordering->desired;

    for (size_t i = 0; i < desired->count; i++) {
        const struct wp_object *wanted = desired->items[i];
        const struct wp_object *now;
        if (!is_kind(wanted, "binding") || swap->done[i])
            continue;
        now = policy_of(&swap->ordering->held, wanted->key);
        if (now && strcmp(now->key, policy->key) == 0 && differs(swap->ordering, wanted))
            return true;
    }
    return false;
}

/* Binds the apps whose policies are finished. */
static bool
bind_ready(struct swap *swap, bool *progress)
{
    const struct wp_state *desired = swap->ordering->desired;

    for (size_t i = 0; i < desired->count; i++) {
        const struct wp_object *wanted = desired->items[i];
        const char *key;
        size_t policy;
        if (!is_kind(wanted, "binding") || swap->done[i])
            continue;
        key = wp_reference_key(json_object_get(wanted->body, "policy"));
        policy = key ? number_of(desired, key) : desired->count;
        if (key && policy < desired->count && !swap->done[policy])
            continue;
        swap->done[i] = *progress = true;
        if (key && !wp_order_bind(swap->ordering, wanted->name, key, wanted->span, "bindings"))
            return false;
    }
    return true;
}

/* Replaces the policies that no app has still to leave; those that are new first. */
static bool
put_ready(struct swap *swap, bool *progress, bool even_if_waited_for)
{
    const struct wp_state *desired = swap->ordering->desired;

    for (size_t i = 0; i < desired->count; i++) {
        const struct wp_object *wanted = desired->items[i];
        if (!is_kind(wanted, "policy") || swap->done[i])
            continue;
        if (!even_if_waited_for && wp_state_find(&swap->ordering->held, wanted->key) &&
            is_waited_for(swap, wanted))
            continue;
        *progress = true;
        if (!put_policy(swap, i))
            return false;
    }
    return true;
}

/* Apps that change places in a circle wait in policies that stand in for a moment:
 * each is bound to a copy of its new one, and to the new one itself later. */
static bool
bind_beside(struct swap *swap)
{
    struct wp_ordering *ordering = swap->ordering;
    const struct wp_state *desired = ordering->desired;

    for (size_t i = 0; i < desired->count; i++) {
        const struct wp_object *wanted = desired->items[i], *policy;
        const char *key, *name;
        json_t *body;
        bool right;
        if (!is_kind(wanted, "binding") || swap->done[i] || !differs(ordering, wanted))
            continue;
        key = wp_reference_key(json_object_get(wanted->body, "policy"));
        policy = key ? wp_state_find(desired, key) : NULL;
        if (!policy)
            continue;
        name = next_name(ordering, policy->name);
        body = with_next_ranges(ordering, policy->body, swap->live);
        right = wp_order_put_policy(ordering, policy, name, body, "policies beside") &&
                wp_order_bind(ordering, wanted->name,
                              wp_state_key(ordering->arena, "policy", NULL, name), wanted->span,
                              "bindings beside");
        json_decref(body);
        if (!right)
            return false;
    }
    return true;
}

static bool
swap_policies(struct swap *swap)
{
    bool progress = true;

    while (progress) {
        progress = false;
        if (!put_ready(swap, &progress, false) || !bind_ready(swap, &progress))
            return false;
    }
    progress = false;
    return bind_beside(swap) && put_ready(swap, &progress, true) && bind_ready(swap, &progress);
}

/* ---- what is left over --------------------------------------------------------------------------
 */

static bool
ends_in_next(const char *name)
{
    size_t length = strlen(name), end = strlen(WP_ACCESS_NEXT);

    return length > end && strcmp(name + length - end, WP_ACCESS_NEXT) == 0;
}

static bool
is_made_now(const struct wp_ordering *ordering, const char *key)
{
    for (size_t i = 0; i < ordering->plan->count; i++) {
        if (strcmp(ordering->plan->calls[i].key, key) == 0)
            return true;
    }
    return false;
}

static bool
is_bound(const struct wp_ordering *ordering, const char *policy_key)
{
    for (size_t i = 0; i < ordering->held.count; i++) {
        const struct wp_object *object = ordering->held.items[i];
        const char *key = strcmp(object->kind, "binding") == 0
                              ? wp_reference_key(json_object_get(object->body, "policy"))
                              : NULL;
        if (key && strcmp(key, policy_key) == 0)
            return true;
    }
    return false;
}

/* What stays and is not the source's. */
static void
note_foreign(struct wp_ordering *ordering)
{
    struct wp_plan *plan = ordering->plan;

    plan->foreign = wp_alloc_array(plan->arena, ordering->held.count + 1, sizeof *plan->foreign);
    for (size_t i = 0; i < ordering->held.count; i++) {
        const struct wp_object *object = ordering->held.items[i];
        if ((is_kind(object, "policy") || is_kind(object, "range")) &&
            !wp_state_find(ordering->desired, object->key))
            plan->foreign[plan->foreign_count++] =
                wp_copy_text(plan->arena, object->key, strlen(object->key));
    }
}

/* Takes away, policies before ranges, what woapol made and nobody asks for. */
static bool
remove_kind(struct wp_ordering *ordering, const char *kind)
{
    for (size_t i = 0; i < ordering->held.count;) {
        const struct wp_object *object = ordering->held.items[i++];
        bool ours, used;
        if (!is_kind(object, kind) || object->system ||
            wp_state_find(ordering->desired, object->key))
            continue;
        ours = is_made_now(ordering, object->key) || wp_order_is_ours(ordering, object);
        used = strcmp(kind, "policy") == 0 ? is_bound(ordering, object->key)
                                           : is_used(ordering, object->key);
        if (!ours || used || (!ordering->options->prune && !ends_in_next(object->name)))
            continue;
        if (!wp_order_remove(ordering,
                             wp_copy_text(ordering->arena, object->key, strlen(object->key)),
                             "remove"))
            return false;
        i = 0;
    }
    return true;
}

/* ---- the whole ----------------------------------------------------------------------------------
 */

static bool
put_clients(struct wp_ordering *ordering)
{
    for (size_t i = 0; i < ordering->desired->count; i++) {
        const struct wp_object *wanted = ordering->desired->items[i];
        if (is_kind(wanted, "client") && !wp_order_put_client(ordering, wanted))
            return false;
    }
    return true;
}

static bool
order(struct wp_ordering *ordering)
{
    size_t live_count, changes = count_changes(ordering, &live_count);
    bool beside = live_count > 0 && changes > 1;
    bool *live = wp_alloc_array(ordering->arena, ordering->desired->count + 1, sizeof *live);
    bool *none = wp_alloc_array(ordering->arena, ordering->desired->count + 1, sizeof *none);
    struct swap swap = {ordering, live, NULL};
    size_t room = (ordering->desired->count + 1) * sizeof *swap.done;

    for (size_t i = 0; i < ordering->desired->count && beside; i++)
        live[i] = is_live(ordering, ordering->desired->items[i]);
    swap.done = wp_alloc(ordering->arena, room);
    if (!check_strangers(ordering) || !put_ranges(ordering, beside) || !swap_policies(&swap) ||
        !remove_kind(ordering, "policy"))
        return false;
    if (beside) {
        swap.live = none;
        memset(swap.done, 0, room);
        if (!put_ranges(ordering, false) || !swap_policies(&swap))
            return false;
    }
    if (!put_clients(ordering) || !remove_kind(ordering, "policy") ||
        !remove_kind(ordering, "range"))
        return false;
    note_foreign(ordering);
    return true;
}

bool
wp_access_order(const struct wp_session *session, const struct wp_state *desired,
                const struct wp_state *current, const struct wp_plan_options *options,
                struct wp_plan *plan, struct wp_problem *problem)
{
    struct wp_access_profile profile;
    struct wp_ordering ordering = {.arena = plan->arena,
                                   .session = session,
                                   .profile = &profile,
                                   .desired = desired,
                                   .options = options,
                                   .plan = plan,
                                   .problem = problem};
    struct wp_state wanted;
    bool right;

    if (!wp_access_profile_open(session, &profile, problem))
        return false;
    wp_state_copy(&ordering.held, plan->arena, current);
    wp_state_copy(&wanted, plan->arena, desired);
    add_returns(&ordering, &wanted);
    ordering.desired = &wanted;
    right = check_references(&ordering) && check_adapters(&ordering) && order(&ordering);
    wp_state_end(&wanted);
    wp_state_end(&ordering.held);
    wp_access_profile_close(&profile);
    return right;
}
