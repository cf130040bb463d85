/*
 * What an Okta org does with a sign-in: blocked zones first, then the global
 * session policy that the user's groups lead to, then the app's access policy.
 * The first rule whose conditions all hold decides, whatever it does; either of
 * the two policies can deny.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compiler/sandbox/okta_match.h"

/* ---- one rule
 * ------------------------------------------------------------------------------------------ */

/* NULL when all conditions of the rule hold. *is_lost: it cannot be told. */
static const char *
fits(struct wp_signin *signin, const json_t *rule, bool *is_lost)
{
    const json_t *conditions = json_object_get(rule, "conditions");
    const json_t *types = json_object_get(json_object_get(conditions, "userType"), "include");
    const char *expression = wp_box_text(json_object_get(conditions, "elCondition"), "condition");
    const char *own = wp_box_text(json_object_get(signin->user, "type"), "id");
    const char *provider = wp_box_text(json_object_get(conditions, "identityProvider"), "provider");
    const char *context = wp_box_text(json_object_get(conditions, "authContext"), "authType");
    const char *why;
    bool is_half = false;
    int holds;
    if (strcmp(wp_box_text(rule, "status"), "ACTIVE") != 0)
        return "the rule is inactive";
    if ((why = wp_box_okta_people(signin, json_object_get(conditions, "people"), &is_half)) !=
            NULL ||
        (why = wp_box_okta_network(signin, json_object_get(conditions, "network"))) != NULL ||
        (why = wp_box_okta_platform(signin, json_object_get(conditions, "platform"), "MACOS")) !=
            NULL ||
        (why = wp_box_okta_device(signin, json_object_get(conditions, "device"))) != NULL ||
        (why = wp_box_okta_risk(signin, json_object_get(conditions, "riskScore"))) != NULL)
        return why;
    if (json_array_size(types) > 0 && (own == NULL || !wp_box_holds(types, own)))
        return "the user's type is another one";
    if (context != NULL && strcmp(context, "ANY") != 0)
        return "it is for RADIUS or LDAP";
    if (provider != NULL && strcmp(provider, "SPECIFIC_IDP") == 0)
        return "it is for people of another identity provider";
    holds = expression == NULL ? 1 : wp_box_okta_expression(signin, expression);
    if (holds == 0)
        return "the expression does not hold";
    *is_lost = holds < 0 || is_half;
    return holds < 0 ? "the sandbox does not understand the expression"
           : is_half ? "no document says whether the groups and the users must both fit"
                     : NULL;
}

/* The first rule of the policy that fits, or NULL. */
static const json_t *
select_rule(struct wp_signin *signin, const json_t *policy, bool *is_lost)
{
    json_t *rules = wp_box_okta_rules(signin->box, wp_box_text(policy, "id")), *rule;
    const json_t *selected = NULL;
    size_t i;
    json_array_foreach(rules, i, rule)
    {
        const char *why = fits(signin, rule, is_lost);
        wp_box_signin_trace(signin, wp_box_text(policy, "name"), wp_box_text(rule, "name"),
                            why == NULL, why != NULL ? why : "every condition holds");
        if (why == NULL)
            selected = rule;
        if (why == NULL || *is_lost)
            break;
    }
    json_decref(rules);
    return selected;
}

/* ---- zones that are blocked, and the session
 * --------------------------------------------------------------- */

static const json_t *
blocking_zone(struct wp_signin *signin)
{
    const char *id;
    json_t *zone;
    const json_t *blocking = NULL;
    json_object_foreach(wp_store_all(signin->box->store, WP_OKTA_ZONE), id, zone)
    {
        if (!wp_box_okta_in_zone(signin, id))
            continue;
        if (wp_box_yes(zone, "useAsExemptList"))
            return NULL;
        if (strcmp(wp_box_text(zone, "usage"), "BLOCKLIST") == 0)
            blocking = zone;
    }
    return blocking;
}

/* The rule of the first global session policy that has one for this user. */
static const json_t *
session_rule(struct wp_signin *signin, const json_t **policy, bool *is_lost)
{
    const json_t *rule = NULL;
    json_int_t place = 0;
    while (rule == NULL && !*is_lost) {
        const json_t *next = NULL;
        const char *id, *why;
        json_t *other;
        json_int_t lowest = 0;
        json_object_foreach(wp_store_all(signin->box->store, WP_OKTA_POLICY), id, other)
        {
            json_int_t priority = json_integer_value(json_object_get(other, "priority"));
            if (strcmp(wp_box_text(other, "type"), "OKTA_SIGN_ON") == 0 && priority > place &&
                (next == NULL || priority < lowest)) {
                next = other;
                lowest = priority;
            }
        }
        if (next == NULL)
            return NULL;
        place = lowest;
        if (strcmp(wp_box_text(next, "status"), "ACTIVE") != 0)
            continue;
        why = wp_box_okta_people(
            signin, json_object_get(json_object_get(next, "conditions"), "people"), is_lost);
        if (*is_lost)
            return NULL;
        wp_box_signin_trace(signin, wp_box_text(next, "name"), NULL, why == NULL,
                            why != NULL ? why : "the global session policy for this user");
        if (why != NULL)
            continue;
        *policy = next;
        rule = select_rule(signin, next, is_lost);
    }
    return rule;
}

/* ---- what is asked for
 * ---------------------------------------------------------------------------------------- */

static const char *
ability_of(const char *key)
{
    static const char *const known[][2] = {
        {"okta_password", "password"},  {"security_question", "password"},
        {"okta_verify", "okta_verify"}, {"google_otp", "otp"},
        {"webauthn", "security_key"},   {"phone_number", "phone"},
        {"okta_email", "email"},        {"smart_card_idp", "smart_card"}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(known[i][0], key) == 0)
            return known[i][1];
    return NULL;
}

/* [["okta_password/password"], ["okta_verify/push", …]]: the steps of one chain. */
static json_t *
steps_of(struct wp_signin *signin, const json_t *chain, bool *can)
{
    json_t *steps = json_array();
    *can = true;
    while (chain != NULL) {
        const json_t *methods = json_object_get(chain, "authenticationMethods");
        json_t *step = json_array(), *method;
        bool can_step = false;
        size_t i;
        json_array_foreach(methods, i, method)
        {
            const char *key = wp_box_text(method, "key");
            const char *name =
                wp_format(signin->arena, "%s/%s", key, wp_box_text(method, "method"));
            json_array_append_new(step, json_string(name));
            can_step = can_step || wp_box_signin_can(signin, name, ability_of(key));
        }
        json_array_append_new(steps, step);
        *can = *can && can_step;
        chain = json_array_get(json_object_get(chain, "next"), 0);
    }
    return steps;
}

static json_int_t
seconds_of(const char *duration)
{
    json_int_t total = 0, number = 0;
    bool is_time = false;
    for (; duration != NULL && *duration != '\0'; duration++) {
        json_int_t unit = 0;
        if (*duration >= '0' && *duration <= '9') {
            number = number < 1000000000 ? number * 10 + (*duration - '0') : number;
            continue;
        }
        switch (*duration) {
        case 'T':
            is_time = true;
            continue;
        case 'S':
            unit = 1;
            break;
        case 'M':
            unit = is_time ? 60 : 30 * 86400;
            break;
        case 'H':
            unit = 3600;
            break;
        case 'D':
            unit = 86400;
            break;
        case 'W':
            unit = 7 * 86400;
            break;
        case 'Y':
            unit = 365 * 86400;
            break;
        }
        total += number * unit;
        number = 0;
    }
    return total;
}

/* What the app's rule demands, and whether this person can do it. */
static void
describe(struct wp_signin *signin, const json_t *rule, json_t *decision)
{
    const json_t *app = json_object_get(json_object_get(rule, "actions"), "appSignOn");
    const json_t *method = json_object_get(app, "verificationMethod");
    const char *again = wp_box_text(method, "reauthenticateIn");
    json_t *chains = json_array(), *chain;
    bool can_any = false;
    size_t i;
    json_array_foreach(json_object_get(method, "chains"), i, chain)
    {
        bool can;
        json_t *steps = steps_of(signin, chain, &can);
        json_array_append(chains, steps);
        if (can && !can_any)
            json_object_set(decision, "by", steps);
        can_any = can_any || can;
        json_decref(steps);
    }
    if (json_array_size(chains) > 0) {
        json_object_set(decision, "chain", chains);
    } else {
        json_object_set_new(decision, "assurance",
                            wp_box_pick(method, "type factorMode constraints id"));
        can_any =
            wp_box_signin_can(signin, "password", "password") &&
            (wp_box_signin_can(signin, "okta_verify/push", "okta_verify") ||
             strcmp(wp_box_text(method, "factorMode") != NULL ? wp_box_text(method, "factorMode")
                                                              : "2FA",
                    "1FA") == 0);
    }
    json_decref(chains);
    if (again != NULL)
        json_object_set_new(decision, "reauth_s", json_integer(seconds_of(again)));
    json_object_set_new(decision, "outcome", json_string(can_any ? "signed in" : "cannot"));
}

static const json_t *
access_policy(struct wp_signin *signin)
{
    const char *id = wp_box_text(signin->target, "_policy");
    const json_t *policy = wp_store_get(signin->box->store, WP_OKTA_POLICY, id);
    json_t *other;
    if (policy != NULL)
        return policy;
    json_object_foreach(wp_store_all(signin->box->store, WP_OKTA_POLICY), id,
                        other) if (wp_box_yes(other, "system") && !wp_box_yes(other, "_account") &&
                                   strcmp(wp_box_text(other, "type"), "ACCESS_POLICY") ==
                                       0) return other;
    return NULL;
}

static json_t *
make_decision(const char *effect, const json_t *policy, const json_t *rule, const char *outcome)
{
    return json_pack("{s:s, s:s?, s:s?, s:n, s:n, s:n, s:s?}", "effect", effect, "policy",
                     wp_box_text(policy, "name"), "rule", wp_box_text(rule, "name"), "chain",
                     "reauth_s", "message", "outcome", outcome);
}

json_t *
wp_box_okta_decide(struct wp_signin *signin)
{
    const json_t *zone = blocking_zone(signin), *session_policy = NULL, *session, *policy, *rule;
    const json_t *signon;
    bool is_lost = false;
    json_t *decision;
    if (zone != NULL) {
        wp_box_signin_trace(signin, NULL, NULL, true, "the address is in a blocked zone");
        return make_decision("deny", NULL, NULL, "denied");
    }
    session = session_rule(signin, &session_policy, &is_lost);
    signon = json_object_get(json_object_get(session, "actions"), "signon");
    if (is_lost || session == NULL)
        return make_decision(is_lost ? "unknown" : "deny", session_policy, session, "denied");
    if (strcmp(wp_box_text(signon, "access"), "DENY") == 0)
        return make_decision("deny", session_policy, session, "denied");
    policy = access_policy(signin);
    if (policy == NULL) {
        /* The Classic Engine's app policies are not in any interface. */
        decision = make_decision("authenticate", session_policy, session, "signed in");
        json_object_set_new(decision, "session", json_deep_copy(signon));
        return decision;
    }
    rule = select_rule(signin, policy, &is_lost);
    if (is_lost || rule == NULL)
        return make_decision(is_lost ? "unknown" : "deny", policy, rule, "denied");
    if (strcmp(
            wp_box_text(json_object_get(json_object_get(rule, "actions"), "appSignOn"), "access"),
            "DENY") == 0)
        return make_decision("deny", policy, rule, "denied");
    decision = make_decision("authenticate", policy, rule, NULL);
    describe(signin, rule, decision);
    json_object_set_new(decision, "session",
                        json_pack("{s:O?, s:O?, s:b}", "policy",
                                  json_object_get(session_policy, "name"), "rule",
                                  json_object_get(session, "name"), "second_factor",
                                  wp_box_yes(signon, "requireFactor")));
    return decision;
}
