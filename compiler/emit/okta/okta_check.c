/* The types of everything that is read of an answer, as a table of places. */
#include "compiler/emit/okta/okta_check.h"
#include "compiler/emit/okta/okta_read.h"

#include <stdio.h>
#include <string.h>

enum type { TEXT = 1, FLAG = 2, NUMBER = 4, LIST = 8, OBJECT = 16 };

/*
 * What stands at `path` in answers of those kinds (separated by spaces; "" for all).
 * "a.b" is b within a, "a[]" each item of the list a, "*" each part of an object. Null
 * and what is absent say nothing, unless it is needed where what it is in is there.
 */
struct want {
    const char *kinds, *path;
    enum type type;
    bool is_needed;
};

#define POLICIES "policy session_policy routing_policy"
#define RULES "rule session_rule routing_rule"
#define RULED POLICIES " " RULES
#define SIGN_ON "actions.appSignOn."
#define VERIFIED SIGN_ON "verificationMethod."
#define CONSTRAINED VERIFIED "constraints[].*."
#define STEP VERIFIED "chains[]."
#define SECOND STEP "next[]."
#define THIRD SECOND "next[]."

static const struct want wants[] = {
    {"", "", OBJECT, true},
    {"", "id", TEXT, false},
    {"", "name", TEXT, false},
    {"", "status", TEXT, false},
    {"zone assurance authenticator group idp " RULED, "type", TEXT, false},
    {"", "system", FLAG, false},
    {"", "_links", OBJECT, false},

    {"app binding", "label", TEXT, false},
    {"app binding", "_links.accessPolicy", OBJECT, false},
    {"app binding", "_links.accessPolicy.href", TEXT, true},
    {"group", "profile.name", TEXT, false},
    {"user", "profile.login", TEXT, false},
    {"authenticator", "key", TEXT, true},
    {"authenticator_method", "type", TEXT, true},
    {"authenticator_method", "status", TEXT, true},
    {"enrollment_policy", "settings.authenticators[].key", TEXT, false},
    {"enrollment_policy", "settings.authenticators[].enroll.self", TEXT, false},
    {"idp_key", "kid", TEXT, true},
    {"idp_key", "x5c[]", TEXT, false},

    {"zone", "usage", TEXT, false},
    {"zone", "gateways[]", OBJECT, true},
    {"zone", "gateways[].type", TEXT, true},
    {"zone", "gateways[].value", TEXT, true},
    {"zone", "proxies[]", OBJECT, true},
    {"zone", "proxies[].type", TEXT, true},
    {"zone", "proxies[].value", TEXT, true},

    {"assurance", "platform", TEXT, true},
    {"assurance", "thirdPartySignalProviders.devicePostureIdP", OBJECT, false},
    {"assurance", "thirdPartySignalProviders.devicePostureIdP.managed", FLAG, false},
    {"assurance", "thirdPartySignalProviders.devicePostureIdP.compliant", FLAG, false},

    {"idp", "protocol.credentials.trust.kid", TEXT, false},
    {"idp", "protocol.credentials.trust.additionalKids[]", TEXT, true},

    {POLICIES, "description", TEXT, false},
    {POLICIES, "_embedded.resourceType", TEXT, false},
    {RULED, "priority", NUMBER, false},
    {RULED, "conditions.people.groups.include[]", TEXT, true},
    {RULED, "conditions.people.groups.exclude[]", TEXT, true},
    {RULED, "conditions.people.users.include[]", TEXT, true},
    {RULED, "conditions.people.users.exclude[]", TEXT, true},
    {RULES, "conditions.network.connection", TEXT, false},
    {RULES, "conditions.network.include[]", TEXT, true},
    {RULES, "conditions.network.exclude[]", TEXT, true},
    {RULES, "conditions.platform.include[].type", TEXT, false},
    {RULES, "conditions.platform.include[].os.type", TEXT, false},
    {RULES, "conditions.platform.exclude[].type", TEXT, false},
    {RULES, "conditions.platform.exclude[].os.type", TEXT, false},
    {RULES, "conditions.device.registered", FLAG, false},
    {RULES, "conditions.device.managed", FLAG, false},
    {RULES, "conditions.device.assurance.include[]", TEXT, true},
    {RULES, "conditions.device.assurance.exclude[]", TEXT, true},
    {RULES, "conditions.riskScore.level", TEXT, false},
    {RULES, "conditions.elCondition.condition", TEXT, false},
    {RULES, "conditions.authContext.authType", TEXT, false},
    {RULES, "conditions.identityProvider.provider", TEXT, false},
    {RULES, "conditions.app.include[].id", TEXT, false},
    {RULES, "conditions.app.exclude[].id", TEXT, false},

    {RULES, "actions", OBJECT, true},
    {"rule", "actions.appSignOn", OBJECT, true},
    {"rule", SIGN_ON "access", TEXT, true},
    {"rule", SIGN_ON "keepMeSignedIn.postAuth", TEXT, false},
    {"rule", VERIFIED "type", TEXT, true},
    {"rule", VERIFIED "factorMode", TEXT, false},
    {"rule", VERIFIED "reauthenticateIn", TEXT, false},
    {"rule", VERIFIED "inactivityPeriod", TEXT, false},
    {"rule", VERIFIED "constraints[]", OBJECT, true},
    {"rule", VERIFIED "constraints[].*", OBJECT, false},
    {"rule", CONSTRAINED "types[]", TEXT, true},
    {"rule", CONSTRAINED "methods[]", TEXT, true},
    {"rule", CONSTRAINED "authenticationMethods[].key", TEXT, true},
    {"rule", CONSTRAINED "authenticationMethods[].method", TEXT, false},
    {"rule", CONSTRAINED "excludedAuthenticationMethods[].key", TEXT, true},
    {"rule", CONSTRAINED "excludedAuthenticationMethods[].method", TEXT, false},
    {"rule", CONSTRAINED "deviceBound", TEXT, false},
    {"rule", CONSTRAINED "phishingResistant", TEXT, false},
    {"rule", CONSTRAINED "userPresence", TEXT, false},
    {"rule", CONSTRAINED "userVerification", TEXT, false},
    {"rule", CONSTRAINED "hardwareProtection", TEXT, false},
    {"rule", CONSTRAINED "required", FLAG, false},
    {"rule", STEP "authenticationMethods[].key", TEXT, true},
    {"rule", STEP "authenticationMethods[].method", TEXT, true},
    {"rule", STEP "reauthenticateIn", TEXT, false},
    {"rule", SECOND "authenticationMethods[].key", TEXT, true},
    {"rule", SECOND "authenticationMethods[].method", TEXT, true},
    {"rule", SECOND "reauthenticateIn", TEXT, false},
    {"rule", THIRD "authenticationMethods[].key", TEXT, true},
    {"rule", THIRD "authenticationMethods[].method", TEXT, true},
    {"rule", THIRD "reauthenticateIn", TEXT, false},
    {"session_rule", "actions.signon", OBJECT, true},
    {"session_rule", "actions.signon.access", TEXT, true},
    {"session_rule", "actions.signon.primaryFactor", TEXT, false},
    {"session_rule", "actions.signon.requireFactor", FLAG, false},
    {"session_rule", "actions.signon.factorPromptMode", TEXT, false},
    {"session_rule", "actions.signon.session", OBJECT, false},
    {"routing_rule", "actions.idp.providers[]", OBJECT, true},
    {"routing_rule", "actions.idp.providers[].type", TEXT, false},
    {"routing_rule", "actions.idp.providers[].id", TEXT, false},
};

/* ---- walking ----------------------------------------------------------------------------- */

struct walk {
    const char *kind;
    const json_t *answer;
    const struct want *want;
    char place[160]; /* where it is, for people */
    struct wp_problem *problem;
};

static const char *
type_name(enum type type)
{
    switch (type) {
    case TEXT:
        return "a text";
    case FLAG:
        return "true or false";
    case NUMBER:
        return "a whole number from 0 to 2147483647";
    case LIST:
        return "a list";
    case OBJECT:
        break;
    }
    return "an object";
}

static const char *
found_name(const json_t *value)
{
    if (!value)
        return "nothing";
    switch (json_typeof(value)) {
    case JSON_STRING:
        return "a text";
    case JSON_TRUE:
        return "true";
    case JSON_FALSE:
        return "false";
    case JSON_INTEGER:
    case JSON_REAL:
        return "a number";
    case JSON_ARRAY:
        return "a list";
    case JSON_OBJECT:
        return "an object";
    case JSON_NULL:
        break;
    }
    return "null";
}

/* "zone", and what it is called where it says so. */
static bool
complain(const struct walk *walk, enum type type, const json_t *value)
{
    const char *name = wp_okta_text(walk->answer, "name"), *id = wp_okta_text(walk->answer, "id");
    const char *called = *name ? name : id;

    return wp_problem_set(walk->problem, WP_PROBLEM_FAILED,
                          "Okta's %s%s%.100s%s: %s is %s, not %s; nothing of it is believed",
                          walk->kind, *called ? " '" : "", called, *called ? "'" : "",
                          *walk->place ? walk->place : "it", found_name(value), type_name(type));
}

static bool
is_of(enum type type, const json_t *value)
{
    switch (type) {
    case TEXT:
        return json_is_string(value);
    case FLAG:
        return json_is_boolean(value);
    case NUMBER:
        return json_is_integer(value) && json_integer_value(value) >= 0 &&
               json_integer_value(value) <= INT32_MAX;
    case LIST:
        return json_is_array(value);
    case OBJECT:
        break;
    }
    return json_is_object(value);
}

static bool follow(struct walk *walk, const json_t *value, const char *path, bool is_item);

/* Goes on behind a place that is noted as `format` while it lasts. */
static bool
step(struct walk *walk, const json_t *value, const char *path, bool is_item, const char *dot,
     const char *name, int length)
{
    size_t end = strlen(walk->place);

    (void)snprintf(walk->place + end, sizeof walk->place - end, "%s%.*s", end ? dot : "", length,
                   name);
    bool right = follow(walk, value, path, is_item);
    walk->place[end] = '\0';
    return right;
}

static bool
follow_items(struct walk *walk, const json_t *list, const char *path)
{
    const json_t *item;
    char number[24];
    size_t i;

    if (!list || json_is_null(list))
        return true;
    if (!json_is_array(list))
        return complain(walk, LIST, list);
    json_array_foreach(list, i, item)
    {
        int length = snprintf(number, sizeof number, "[%zu]", i);
        if (!step(walk, item, path, true, "", number, length))
            return false;
    }
    return true;
}

static bool
follow_parts(struct walk *walk, const json_t *object, const char *path)
{
    const json_t *part;
    const char *name;

    json_object_foreach((json_t *)object, name, part)
    {
        if (!step(walk, part, path, false, ".", name, 60))
            return false;
    }
    return true;
}

/* Holds `value` against what is left of the path. */
static bool
follow(struct walk *walk, const json_t *value, const char *path, bool is_item)
{
    bool is_nothing = !value || json_is_null(value);

    if (strncmp(path, "[]", 2) == 0)
        return follow_items(walk, value, path + 2);
    path += *path == '.';
    if (*path == '\0')
        return is_nothing && !walk->want->is_needed
                   ? true
                   : is_of(walk->want->type, value) || complain(walk, walk->want->type, value);
    if (is_nothing && !is_item)
        return true;
    if (!json_is_object(value))
        return complain(walk, OBJECT, value);
    if (*path == '*')
        return follow_parts(walk, value, path + 1);
    size_t length = strcspn(path, ".[");
    return step(walk, json_object_getn(value, path, length), path + length, false, ".", path,
                (int)length);
}

/* ---- objects and lists --------------------------------------------------------------------- */

static bool
is_among(const char *kinds, const char *kind)
{
    size_t length = strlen(kind);

    if (!*kinds)
        return true;
    for (const char *at = kinds; (at = strstr(at, kind)) != NULL; at += length) {
        if ((at == kinds || at[-1] == ' ') && (at[length] == ' ' || at[length] == '\0'))
            return true;
    }
    return false;
}

/* Identifiers stand in paths: none leads elsewhere. */
static bool
check_id(const char *kind, const json_t *answer, struct wp_problem *problem)
{
    static const char plain[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~";
    const char *id = wp_okta_id(kind, answer);

    if (id[strspn(id, plain)] == '\0' && strcmp(id, ".") != 0 && strcmp(id, "..") != 0)
        return true;
    return wp_problem_set(problem, WP_PROBLEM_FAILED,
                          "Okta's %s: its identifier is '%.100s', which is none", kind, id);
}

bool
wp_okta_check(const char *kind, const json_t *answer, struct wp_problem *problem)
{
    struct walk walk = {.kind = kind, .answer = answer, .problem = problem};

    for (size_t i = 0; i < sizeof wants / sizeof *wants; i++) {
        walk.want = &wants[i];
        if (is_among(wants[i].kinds, kind) && !follow(&walk, answer, wants[i].path, false))
            return false;
    }
    return check_id(kind, answer, problem);
}

/* Notes `name` in the set; false when it is there already. */
static bool
note(json_t *set, const char *name)
{
    if (json_object_get(set, name))
        return false;
    (void)json_object_set_new_nocheck(set, name, json_true());
    return true;
}

/* Rules are tried in the order of their places: two at one have none. */
static bool
check_place(json_t *places, const char *kind, const json_t *rule, struct wp_problem *problem)
{
    const json_t *place = json_object_get(rule, "priority");
    char digits[24];

    if (!wp_okta_policy_kind(kind) || wp_okta_is_system(rule))
        return true;
    (void)snprintf(digits, sizeof digits, "%d", (int)json_integer_value(place));
    if (json_is_integer(place) && note(places, digits))
        return true;
    return wp_problem_set(
        problem, WP_PROBLEM_FAILED, "Okta's %s '%.100s' %s: try again in a minute", kind,
        wp_okta_text(rule, "name"),
        json_is_integer(place) ? "has the place of another one" : "has no place among others");
}

bool
wp_okta_check_list(const char *kind, const json_t *answers, struct wp_problem *problem)
{
    json_t *ids = json_object(), *places = json_object();
    const json_t *answer;
    bool right = true;
    size_t i;

    json_array_foreach(answers, i, answer)
    {
        right = right && wp_okta_check(kind, answer, problem);
        if (right && *wp_okta_id(kind, answer) && !note(ids, wp_okta_id(kind, answer)))
            right = wp_problem_set(problem, WP_PROBLEM_FAILED,
                                   "Okta lists the %s %s twice: try again in a minute", kind,
                                   wp_okta_id(kind, answer));
        right = right && check_place(places, kind, answer, problem);
    }
    json_decref(ids);
    json_decref(places);
    return right;
}
