/*
 * The global session policy: who may have a session at all. It decides beside the
 * app's policy, and what it denies is denied there, before any rule.
 */
#include "compiler/emit/okta/okta_lift.h"

#include <stdlib.h>
#include <string.h>

static json_int_t
priority_of(const struct wp_object *object)
{
    return json_integer_value(json_object_get(object->body, "priority"));
}

static int
compare_policies(const void *a, const void *b)
{
    const struct wp_object *const *x = a, *const *y = b;

    if ((*x)->system != (*y)->system)
        return (*x)->system ? 1 : -1;
    return priority_of(*x) < priority_of(*y) ? -1 : priority_of(*x) > priority_of(*y);
}

static bool
is_active(const struct wp_object *object)
{
    const char *status = wp_okta_text(object->body, "status");
    return !*status || strcmp(status, "ACTIVE") == 0;
}

static size_t
policies_of(struct wp_okta_lift *lift, const struct wp_object ***policies)
{
    size_t count = 0;

    *policies = wp_alloc_array(lift->arena, lift->state->count + 1, sizeof **policies);
    for (size_t i = 0; i < lift->state->count; i++) {
        const struct wp_object *object = lift->state->items[i];
        if (strcmp(object->kind, "session_policy") == 0 && is_active(object))
            (*policies)[count++] = object;
    }
    qsort(*policies, count, sizeof **policies, compare_policies);
    return count;
}

/* The conditions of a policy and one of its rules; "" for everybody. */
static const char *
condition_of(struct wp_okta_lift *lift, const struct wp_object *policy,
             const struct wp_object *rule)
{
    const char *who = wp_okta_lift_conditions(lift, json_object_get(policy->body, "conditions"));
    const char *when = wp_okta_lift_conditions(lift, json_object_get(rule->body, "conditions"));

    if (!*who || !*when)
        return *who ? who : when;
    return wp_format(lift->arena, "%s and %s", who, when);
}

struct list {
    struct wp_okta_lift *lift;
    const char *taken; /* who is spoken of so far, joined by or */
    bool all;          /* the last rule spoke of everybody */
};

/* A condition for whom the rule takes: its own, and none of those before it. */
static const char *
name_taken(struct list *list, const struct wp_object *rule, const char *verb, const char *condition)
{
    struct wp_okta_lift *lift = list->lift;
    const char *name =
        wp_okta_lift_name(lift, "condition", wp_format(lift->arena, "%s %s", verb, rule->key),
                          wp_format(lift->arena, "session_%s_%s", verb, rule->name));
    const char *but = *list->taken ? wp_format(lift->arena, "not (%s)", list->taken) : "";

    wp_okta_lift_put(lift, "%scondition %s = %s%s%s\n\n", lift->doubts, name,
                     *condition ? wp_format(lift->arena, "(%s)", condition) : "",
                     *condition && *but ? " and " : "",
                     *condition || *but ? but : "network in 0.0.0.0/0 + ::/0");
    lift->doubts = "";
    return name;
}

static void
add(struct list *list, const char **names, const struct wp_object *rule, const char *verb,
    const char *condition)
{
    const char *name = name_taken(list, rule, verb, condition);

    *names = *names ? wp_format(list->lift->arena, "%s or %s", *names, name) : name;
}

/* Notes what the rule asks for that is not known. */
static void
complain_of_sign_on(struct wp_okta_lift *lift, const json_t *sign_on)
{
    const char *access = wp_okta_text(sign_on, "access");
    const char *first = wp_okta_text(sign_on, "primaryFactor");

    if (strcmp(access, "DENY") == 0)
        return;
    if (strcmp(access, "ALLOW") != 0)
        wp_okta_lift_cannot(lift, "the access %s", access);
    if (*first && strcmp(first, "PASSWORD_IDP") != 0 &&
        strcmp(first, "PASSWORD_IDP_ANY_FACTOR") != 0)
        wp_okta_lift_cannot(lift, "the first factor %s", first);
    wp_okta_lift_only(lift, sign_on, "signon",
                      "access primaryFactor requireFactor factorPromptMode factorLifetime "
                      "rememberDeviceByDefault session");
}

static void
add_rule(struct list *list, const struct wp_object *policy, const struct wp_object *rule)
{
    struct wp_okta_lift *lift = list->lift;
    const json_t *sign_on = json_object_get(json_object_get(rule->body, "actions"), "signon");
    bool denies = strcmp(wp_okta_text(sign_on, "access"), "ALLOW") != 0;

    lift->where =
        wp_format(lift->arena, "rule %s of the global session policy %s", rule->name, policy->name);
    lift->doubts = "";
    const char *condition = condition_of(lift, policy, rule);
    complain_of_sign_on(lift, sign_on);
    bool doubtful = *lift->doubts != '\0';
    /* In doubt nobody of whom the rule may speak has a session. */
    if (denies || doubtful)
        add(list, &lift->denied, rule, "denies", condition);
    if (!denies && strcmp(wp_okta_text(sign_on, "primaryFactor"), "PASSWORD_IDP") == 0)
        add(list, &lift->password, rule, "asks_password", condition);
    if (!denies && json_is_true(json_object_get(sign_on, "requireFactor")))
        add(list, &lift->two, rule, "asks_two", condition);
    if (*condition && !doubtful)
        list->taken = *list->taken ? wp_format(lift->arena, "%s or (%s)", list->taken, condition)
                                   : wp_format(lift->arena, "(%s)", condition);
    list->all = !*condition && !doubtful;
}

void
wp_okta_lift_session(struct wp_okta_lift *lift)
{
    const struct wp_object **policies, **rules;
    struct list list = {lift, "", false};
    size_t count = policies_of(lift, &policies);

    for (size_t p = 0; p < count && !list.all; p++) {
        size_t rule_count =
            wp_okta_rules_of(lift->arena, lift->state, "session_rule", policies[p]->name, &rules);
        for (size_t i = 0; i < rule_count && !list.all; i++) {
            if (is_active(rules[i]))
                add_rule(&list, policies[p], rules[i]);
        }
    }
    lift->where = NULL;
    lift->doubts = "";
}
