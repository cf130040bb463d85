/*
 * The global session policy between the calls of a plan: nobody may be asked for less
 * than at both ends.
 *
 * Who is asked what follows from the groups somebody is in: the first active policy that
 * speaks of one of them, its active rules in order, the next policy where none of them
 * holds. That depends on one group for each moment, the one by which he came to his
 * policy. So if somebody is asked for less at some moment than before and afterwards,
 * then so is somebody who is in three groups at most: those by which he comes to his
 * policies at these three moments. All of these are asked about.
 *
 * Apps' policies decide beside it. While they are as before, people must be asked for what
 * they were asked before; while they change, for what they were and will be; when they are
 * as they will be, for what they will be. If they do not change, either will do.
 */
#include "compiler/emit/meaning.h"
#include "compiler/emit/okta/okta_lift.h"
#include "compiler/emit/okta/okta_order.h"

#include <stdlib.h>
#include <string.h>

#define EVERYONE "group/Everyone"
#define MOST_GROUPS 100
#define MOST_ASKED 64

/* ---- what somebody is asked ------------------------------------------------------------- */

/* The rules that may decide, in their order; the last holds for everybody. */
struct asked {
    const json_t *rules[MOST_ASKED];
    size_t count;
    bool too_many;
};

struct sessions {
    struct wp_arena *arena;
    const struct wp_object **policies; /* active, in their order */
    const struct wp_object ***rules;   /* of each, active */
    size_t *rule_counts;
    size_t count;
};

static bool
is_active(const struct wp_object *object)
{
    const char *status = wp_okta_text(object->body, "status");
    return !*status || strcmp(status, "ACTIVE") == 0;
}

static int
compare_places(const void *a, const void *b)
{
    const struct wp_object *one = *(const struct wp_object *const *)a;
    const struct wp_object *other = *(const struct wp_object *const *)b;
    json_int_t mine = json_integer_value(json_object_get(one->body, "priority"));
    json_int_t its = json_integer_value(json_object_get(other->body, "priority"));

    if (one->system != other->system)
        return one->system ? 1 : -1;
    return (mine > its) - (mine < its);
}

static void
read_sessions(struct sessions *sessions, struct wp_arena *arena, const struct wp_state *state)
{
    *sessions = (struct sessions){.arena = arena};
    sessions->policies = wp_alloc_array(arena, state->count + 1, sizeof *sessions->policies);
    for (size_t i = 0; i < state->count; i++) {
        if (strcmp(state->items[i]->kind, "session_policy") == 0 && is_active(state->items[i]))
            sessions->policies[sessions->count++] = state->items[i];
    }
    qsort(sessions->policies, sessions->count, sizeof *sessions->policies, compare_places);
    sessions->rules = wp_alloc_array(arena, sessions->count + 1, sizeof *sessions->rules);
    sessions->rule_counts = wp_alloc_array(arena, sessions->count + 1, sizeof(size_t));
    for (size_t i = 0; i < sessions->count; i++)
        sessions->rule_counts[i] = wp_okta_rules_of(
            arena, state, "session_rule", sessions->policies[i]->name, &sessions->rules[i]);
}

static const json_t *
groups_of(const struct wp_object *policy)
{
    const json_t *people = json_object_get(json_object_get(policy->body, "conditions"), "people");
    return json_object_get(json_object_get(people, "groups"), "include");
}

static bool
speaks_of(const struct wp_object *policy, const char *const *mine, size_t count)
{
    const json_t *groups = groups_of(policy), *group;
    size_t i;

    json_array_foreach(groups, i, group)
    {
        const char *key = wp_reference_key(group);
        if (key && strcmp(key, EVERYONE) == 0)
            return true;
        for (size_t k = 0; key && k < count; k++) {
            if (strcmp(key, mine[k]) == 0)
                return true;
        }
    }
    return policy->system || json_array_size(groups) == 0;
}

static void
ask(const struct sessions *sessions, const char *const *mine, size_t count, struct asked *asked)
{
    asked->count = 0;
    asked->too_many = false;
    for (size_t i = 0; i < sessions->count; i++) {
        if (!speaks_of(sessions->policies[i], mine, count))
            continue;
        for (size_t k = 0; k < sessions->rule_counts[i]; k++) {
            const struct wp_object *rule = sessions->rules[i][k];
            if (!is_active(rule))
                continue;
            if (asked->count == MOST_ASKED) {
                asked->too_many = true;
                return;
            }
            asked->rules[asked->count++] = rule->body;
            if (json_object_size(json_object_get(rule->body, "conditions")) == 0)
                return;
        }
    }
}

/* ---- more and less ------------------------------------------------------------------------ */

/* What a rule asks for, as a set: 4 is more than anybody can give. */
static unsigned
demand(const json_t *rule)
{
    const json_t *sign_on = json_object_get(json_object_get(rule, "actions"), "signon");

    if (strcmp(wp_okta_text(sign_on, "access"), "ALLOW") != 0)
        return 7;
    return (json_is_true(json_object_get(sign_on, "requireFactor")) ? 1U : 0U) |
           (strcmp(wp_okta_text(sign_on, "primaryFactor"), "PASSWORD_IDP") == 0 ? 2U : 0U);
}

static bool
is_same(const struct asked *a, const struct asked *b)
{
    for (size_t i = 0; i < a->count && i < b->count; i++) {
        if (demand(a->rules[i]) != demand(b->rules[i]) ||
            !json_equal(json_object_get(a->rules[i], "conditions"),
                        json_object_get(b->rules[i], "conditions")))
            return false;
    }
    return a->count == b->count;
}

/* Is a at least what b is, whatever of their conditions hold? */
static bool
is_enough(const struct asked *a, const struct asked *b)
{
    if (a->too_many || b->too_many)
        return false;
    if (is_same(a, b))
        return true;
    if (b->count == 0) /* nobody of them gets in */
        return a->count == 0;
    for (size_t i = 0; i < a->count; i++) {
        for (size_t k = 0; k < b->count; k++) {
            if (demand(b->rules[k]) & ~demand(a->rules[i]))
                return false;
        }
    }
    return true;
}

/* ---- one moment ------------------------------------------------------------------------------ */

enum phase { APPS_BEFORE, APPS_BETWEEN, APPS_AFTER, APPS_ALWAYS };

struct walk {
    struct wp_okta_order *order;
    struct sessions before, after;
    const char *groups[MOST_GROUPS];
    size_t group_count;
};

static bool
is_safe(const struct walk *walk, const struct sessions *now, enum phase phase,
        const char *const *mine, size_t count)
{
    struct asked before, is, after;

    ask(&walk->before, mine, count, &before);
    ask(&walk->after, mine, count, &after);
    ask(now, mine, count, &is);
    switch (phase) {
    case APPS_BEFORE:
        return is_enough(&is, &before);
    case APPS_AFTER:
        return is_enough(&is, &after);
    case APPS_BETWEEN:
        return is_enough(&is, &before) && is_enough(&is, &after);
    case APPS_ALWAYS:
        break;
    }
    return is_enough(&is, &before) || is_enough(&is, &after);
}

static const char *
names_of(struct wp_arena *arena, const char *const *mine, size_t count)
{
    const char *names = count == 0 ? "people in no group that a session speaks of" : "people in ";

    for (size_t i = 0; i < count; i++)
        names = wp_format(arena, "%s%s%.80s", names, i > 0 ? " and " : "",
                          wp_okta_key_read(arena, mine[i]).name);
    return names;
}

static bool
refuse(const struct walk *walk, const char *summary, const char *const *mine, size_t count)
{
    return wp_problem_set(walk->order->problem, WP_PROBLEM_REFUSED,
                          "after the call '%.120s' %s would be asked for less at sign-in than both "
                          "before and afterwards: let one session change at a time",
                          summary, names_of(walk->order->arena, mine, count));
}

/* All who are in three of the groups, in fewer, or in none. */
static bool
check_moment(const struct walk *walk, const struct wp_state *state, enum phase phase,
             const char *summary)
{
    struct wp_arena *arena = wp_arena_new(NULL, NULL);
    struct sessions now;
    size_t all = walk->group_count;
    bool safe = arena != NULL;

    if (!arena)
        return wp_problem_set(walk->order->problem, WP_PROBLEM_FAILED, "out of memory");
    read_sessions(&now, arena, state);
    for (size_t i = 0; i <= all && safe; i++) {
        for (size_t k = i; k <= all && safe; k++) {
            for (size_t m = k; m <= all && safe; m++) {
                const char *mine[3];
                size_t count = 0;
                if (i < all)
                    mine[count++] = walk->groups[i];
                if (k < all && k != i)
                    mine[count++] = walk->groups[k];
                if (m < all && m != k)
                    mine[count++] = walk->groups[m];
                safe =
                    is_safe(walk, &now, phase, mine, count) || refuse(walk, summary, mine, count);
            }
        }
    }
    wp_arena_free(arena);
    return safe;
}

/* ---- all of them ------------------------------------------------------------------------------
 */

static bool
add_groups(struct walk *walk, const struct sessions *sessions)
{
    for (size_t i = 0; i < sessions->count; i++) {
        const json_t *group;
        size_t k;
        json_array_foreach(groups_of(sessions->policies[i]), k, group)
        {
            const char *key = wp_reference_key(group);
            bool known = !key || strcmp(key, EVERYONE) == 0;
            for (size_t m = 0; m < walk->group_count && !known; m++)
                known = strcmp(walk->groups[m], key) == 0;
            if (known)
                continue;
            if (walk->group_count == MOST_GROUPS)
                return wp_problem_set(walk->order->problem, WP_PROBLEM_REFUSED,
                                      "the org's global session policies speak of more than %d "
                                      "groups: whether they can be changed safely is not known",
                                      MOST_GROUPS);
            walk->groups[walk->group_count++] = key;
        }
    }
    return true;
}

static bool
is_session(const struct wp_call *call)
{
    return strncmp(call->kind, "session_", 8) == 0;
}

static enum phase
phase_after(const struct wp_okta_order *order, size_t call)
{
    if (!order->has_app)
        return APPS_ALWAYS;
    return call < order->first_app  ? APPS_BEFORE
           : call < order->last_app ? APPS_BETWEEN
                                    : APPS_AFTER;
}

static bool
check_all(struct walk *walk)
{
    const struct wp_okta_order *order = walk->order;
    const struct wp_plan *plan = order->plan;
    struct wp_state state;
    bool safe = true;

    wp_state_copy(&state, order->arena, order->current);
    for (size_t i = 0; i < plan->count && safe; i++) {
        bool turns = order->has_app && (i == order->first_app || i == order->last_app);
        wp_call_apply(order->session, &state, &plan->calls[i]);
        if (is_session(&plan->calls[i]) || turns)
            safe = check_moment(walk, &state, phase_after(order, i), plan->calls[i].summary);
    }
    wp_state_end(&state);
    return safe;
}

bool
wp_okta_check_sessions(struct wp_okta_order *order)
{
    struct walk walk = {.order = order};
    bool any = false;

    for (size_t i = 0; i < order->plan->count && !any; i++)
        any = is_session(&order->plan->calls[i]);
    if (!any)
        return true;
    read_sessions(&walk.before, order->arena, order->current);
    read_sessions(&walk.after, order->arena, &order->work);
    return add_groups(&walk, &walk.before) && add_groups(&walk, &walk.after) && check_all(&walk);
}
