/* What is read of an org is believed only where it is of the right type. */
#include "compiler/buffer.h"
#include "compiler/emit/okta/okta_check.h"
#include "compiler/emit/okta/okta_read.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

/* An org by the paths of its lists, with all that bears on decisions. */
static const char org_text[] =
    "{'/.well-known/okta-organization': {'pipeline': 'idx'},"
    "'/api/v1/authenticators': ["
    " {'id': 'aut1', 'key': 'okta_password', 'type': 'password', 'status': 'ACTIVE', 'name': 'P'},"
    " {'id': 'aut2', 'key': 'okta_verify', 'type': 'app', 'status': 'ACTIVE', 'name': 'V'}],"
    "'/api/v1/device-assurances': [{'id': 'dae1', 'name': 'Good iOS', 'platform': 'IOS',"
    " 'thirdPartySignalProviders': {'devicePostureIdP': {'compliant': true}}}],"
    "'/api/v1/zones': ["
    " {'id': 'nzo1', 'name': 'Office', 'type': 'IP', 'status': 'ACTIVE', 'usage': 'POLICY',"
    "  'system': false, 'gateways': [{'type': 'CIDR', 'value': '192.0.2.0/24'}], 'proxies': null},"
    " {'id': 'nzo2', 'name': 'Vpn', 'type': 'IP', 'status': 'ACTIVE', 'usage': 'POLICY',"
    "  'gateways': [{'type': 'RANGE', 'value': '10.0.0.1-10.0.0.9'}], 'proxies': null}],"
    "'/api/v1/idps/credentials/keys?limit=200': [],"
    "'/api/v1/idps?limit=200': [],"
    "'/api/v1/apps?limit=200': [{'id': '0oa1', 'label': 'Crm', 'status': 'ACTIVE',"
    " '_links': {'accessPolicy': {'href': 'https://x/api/v1/policies/00p2'}}}],"
    "'/api/v1/policies?type=ACCESS_POLICY': ["
    " {'id': '00p1', 'type': 'ACCESS_POLICY', 'name': 'Any two', 'status': 'ACTIVE',"
    "  'system': true, 'conditions': null, 'priority': 1},"
    " {'id': '00p2', 'type': 'ACCESS_POLICY', 'name': 'Sales', 'status': 'ACTIVE',"
    "  'system': false, 'conditions': null, 'priority': 1, 'description': '[woapol]'}],"
    "'/api/v1/policies/00p1/rules': [{'id': 'rul0', 'type': 'ACCESS_POLICY', 'system': true,"
    " 'name': 'Catch-all Rule', 'priority': 99, 'status': 'ACTIVE', 'conditions': null,"
    " 'actions': {'appSignOn': {'access': 'DENY'}}}],"
    "'/api/v1/policies/00p2/rules': ["
    " {'id': 'rul1', 'type': 'ACCESS_POLICY', 'system': false, 'name': 'first', 'priority': 0,"
    "  'status': 'ACTIVE', 'conditions': {'people': {'groups': {'include': ['00g1'], 'exclude':"
    "  ['00g2']}, 'users': {'include': [], 'exclude': ['00u1']}}, 'network': {'connection':"
    "  'ZONE', 'include': ['nzo1']}, 'platform': {'include': [{'type': 'MOBILE', 'os': {'type':"
    "  'IOS'}}], 'exclude': []}, 'device': {'registered': true, 'managed': true, 'assurance':"
    "  {'include': ['dae1']}}, 'riskScore': {'level': 'LOW'}},"
    "  'actions': {'appSignOn': {'access': 'ALLOW', 'keepMeSignedIn': {'postAuth': 'NOT_ALLOWED'},"
    "  'verificationMethod': {'type': 'AUTH_METHOD_CHAIN', 'reauthenticateIn': 'PT8H', 'chains':"
    "  [{'authenticationMethods': [{'key': 'okta_password', 'method': 'password'}], 'next':"
    "  [{'authenticationMethods': [{'key': 'okta_verify', 'method': 'push'}, {'key':"
    "  'okta_verify', 'method': 'signed_nonce'}, {'key': 'okta_verify', 'method': 'totp'}]}]}]}}}},"
    " {'id': 'rul2', 'type': 'ACCESS_POLICY', 'system': false, 'name': 'second', 'priority': 1,"
    "  'status': 'ACTIVE', 'conditions': {'network': {'connection': 'ZONE', 'exclude': ['nzo2']},"
    "  'platform': {'exclude': [{'type': 'DESKTOP', 'os': {'type': 'MACOS'}}]}},"
    "  'actions': {'appSignOn': {'access': 'ALLOW', 'verificationMethod': {'type': 'ASSURANCE',"
    "  'factorMode': '2FA', 'reauthenticateIn': 'PT2H', 'constraints': [{'knowledge': {'types':"
    "  ['password'], 'required': true}, 'possession': {'methods': ['push', 'totp', 'signed_nonce'],"
    "  'authenticationMethods': [{'key': 'okta_verify'}], 'excludedAuthenticationMethods':"
    "  [{'key': 'webauthn'}], 'userPresence': 'REQUIRED'}}]}}}},"
    " {'id': 'rul3', 'type': 'ACCESS_POLICY', 'system': true, 'name': 'Catch-all Rule',"
    "  'priority': 99, 'status': 'ACTIVE', 'conditions': null, 'actions': {'appSignOn': {'access':"
    "  'DENY'}}}],"
    "'/api/v1/policies?type=OKTA_SIGN_ON': ["
    " {'id': '00p3', 'type': 'OKTA_SIGN_ON', 'name': 'Guests', 'status': 'ACTIVE', 'system': false,"
    "  'priority': 1, 'conditions': {'people': {'groups': {'include': ['00g2']}}}},"
    " {'id': '00p4', 'type': 'OKTA_SIGN_ON', 'name': 'Default Policy', 'status': 'ACTIVE',"
    "  'system': true, 'priority': 2, 'conditions': null}],"
    "'/api/v1/policies/00p3/rules': [{'id': 'rul4', 'type': 'SIGN_ON', 'name': 'abroad',"
    " 'priority': 1, 'status': 'ACTIVE', 'system': false, 'conditions': {'network': {'connection':"
    " 'ZONE', 'exclude': ['nzo1']}, 'authContext': {'authType': 'ANY'}, 'identityProvider':"
    " {'provider': 'ANY'}}, 'actions': {'signon': {'access': 'DENY'}}}],"
    "'/api/v1/policies/00p4/rules': [{'id': 'rul5', 'type': 'SIGN_ON', 'name': 'Default Rule',"
    " 'priority': 1, 'status': 'ACTIVE', 'system': true, 'conditions': null, 'actions': {'signon':"
    " {'access': 'ALLOW', 'primaryFactor': 'PASSWORD_IDP', 'requireFactor': true}}}],"
    "'/api/v1/policies?type=IDP_DISCOVERY': [],"
    "'/api/v1/policies?type=MFA_ENROLL': [{'id': '00p5', 'type': 'MFA_ENROLL', 'name': 'Default"
    " Policy', 'status': 'ACTIVE', 'system': true, 'settings': {'type': 'AUTHENTICATORS',"
    " 'authenticators': [{'key': 'okta_verify', 'enroll': {'self': 'OPTIONAL'}}]}}],"
    "'/api/v1/authenticators/aut2/methods': [{'type': 'push', 'status': 'ACTIVE'},"
    " {'type': 'totp', 'status': 'ACTIVE'}, {'type': 'signed_nonce', 'status': 'ACTIVE'}],"
    "'/api/v1/groups?limit=1000': ["
    " {'id': '00g1', 'type': 'OKTA_GROUP', 'profile': {'name': 'Staff'}},"
    " {'id': '00g2', 'type': 'OKTA_GROUP', 'profile': {'name': 'Guests'}}],"
    "'/api/v1/users?': [{'id': '00u1', 'status': 'ACTIVE', 'type': {'id': 'oty1'},"
    " 'profile': {'login': 'ana@corp.example'}}]}";

static json_t *
tree(const char *text)
{
    char copy[8192];
    json_error_t error;

    cr_assert_lt(strlen(text), sizeof copy);
    (void)strcpy(copy, text);
    for (char *c = copy; *c; c++) {
        if (*c == '\'')
            *c = '"';
    }
    json_t *json = json_loads(copy, JSON_DECODE_ANY, &error);
    cr_assert(json, "%s at %d: %.40s", error.text, error.position, copy + error.position);
    return json;
}

/* ---- reading it --------------------------------------------------------------------------- */

static const json_t *
answer_at(const json_t *org, const char *path)
{
    return json_object_get(org, strncmp(path, "/api/v1/users?", 14) == 0 ? "/api/v1/users?" : path);
}

static bool
list(void *context, const char *path, json_t **array, struct wp_problem *problem)
{
    (void)problem;
    cr_assert(answer_at(context, path), "%s", path);
    *array = json_deep_copy(answer_at(context, path));
    return true;
}

static bool
get(void *context, const char *path, json_t **json, unsigned *status, struct wp_problem *problem)
{
    (void)problem;
    *json = json_deep_copy(answer_at(context, path));
    *status = *json ? 200 : 404;
    return true;
}

/* What the org decides, to be freed; NULL, with the problem, when it cannot be read or
 * told. */
static char *
meaning_of(json_t *org, struct wp_problem *problem)
{
    struct wp_arena *arena = wp_arena_new(NULL, NULL);
    struct wp_session session = {.arena = arena, .kind = &wp_tenant_okta};
    const struct wp_okta_door door = {list, get, org};
    struct wp_buffer source = {.arena = arena};
    struct wp_state state;
    char *text = NULL;

    wp_state_init(&state, arena);
    if (wp_okta_read_through(&session, &door, &state, problem) &&
        wp_okta_lift(&session, &state, &source, problem))
        text = strndup((const char *)source.bytes, source.size);
    wp_state_end(&state);
    wp_arena_free(arena);
    return text;
}

/* ---- every value of every other type ------------------------------------------------------- */

struct mutation {
    json_t *org;
    const char *usual; /* what it decides as it is */
    unsigned tried, refused;
    char place[300];
};

static void
try_one(struct mutation *mutation, const json_t *odd)
{
    struct wp_problem problem = {0};
    char *text = meaning_of(mutation->org, &problem), *shown = json_dumps(odd, JSON_ENCODE_ANY);

    mutation->tried++;
    mutation->refused += text == NULL;
    cr_expect(text == NULL || strcmp(text, mutation->usual) == 0, "%s as %s is taken for:\n%s",
              mutation->place, shown, text);
    cr_expect(text != NULL || strlen(problem.text) > 20, "%s as %s", mutation->place, shown);
    free(shown);
    free(text);
}

static bool
is_same_type(const json_t *a, const json_t *b)
{
    return json_typeof(a) == json_typeof(b) || (json_is_boolean(a) && json_is_boolean(b));
}

static void
mutate(struct mutation *mutation, json_t *container, const char *key, size_t index)
{
    static const char *const odd_texts[] = {"7",   "-1",    "'x'", "true",    "[]",
                                            "[7]", "['x']", "{}",  "{'x': 7}"};
    json_t *usual = json_incref(key ? json_object_get(container, key)
                                    : json_array_get(container, index)),
           *part;
    size_t end = strlen(mutation->place), i;
    const char *name;

    for (i = 0; i < sizeof odd_texts / sizeof *odd_texts && !json_is_null(usual); i++) {
        json_t *odd = tree(odd_texts[i]);
        if (!is_same_type(odd, usual)) {
            (void)(key ? json_object_set(container, key, odd)
                       : json_array_set(container, index, odd));
            try_one(mutation, odd);
        }
        json_decref(odd);
    }
    (void)(key ? json_object_set(container, key, usual) : json_array_set(container, index, usual));
    json_object_foreach(usual, name, part)
    {
        (void)snprintf(mutation->place + end, sizeof mutation->place - end, ".%s", name);
        mutate(mutation, usual, name, 0);
    }
    json_array_foreach(usual, i, part)
    {
        (void)snprintf(mutation->place + end, sizeof mutation->place - end, "[%zu]", i);
        mutate(mutation, usual, NULL, i);
    }
    mutation->place[end] = '\0';
    json_decref(usual);
}

/* Whatever has another type than it should is refused, or is something that decides
 * nothing; it is never taken for something else. */
Test(okta_check, no_wrong_type_changes_what_is_believed)
{
    json_t *org = tree(org_text), *answers;
    struct wp_problem problem = {0};
    char *usual = meaning_of(org, &problem);
    struct mutation mutation = {.org = org, .usual = usual};
    const char *path;

    cr_assert(usual, "%s", problem.text);
    cr_assert(strstr(usual, "first") && strstr(usual, "second"), "%s", usual);
    json_object_foreach(org, path, answers)
    {
        if (!json_is_array(answers))
            continue; /* a list that is none is the transport's to refuse */
        json_t *item;
        size_t i;
        json_array_foreach(answers, i, item)
        {
            (void)snprintf(mutation.place, sizeof mutation.place, "%s[%zu]", path, i);
            mutate(&mutation, answers, NULL, i);
        }
    }
    cr_expect_gt(mutation.refused, 700);
    cr_expect_gt(mutation.tried, mutation.refused);
    free(usual);
    json_decref(org);
}

/* ---- what is said of it ---------------------------------------------------------------------- */

Test(okta_check, the_place_is_named)
{
    static const char *const rows[][3] = {
        {"zone", "{'id': 'nzo1', 'name': 'Office', 'gateways': 'all'}",
         "Okta's zone 'Office': gateways is a text, not a list; nothing of it "
         "is believed"},
        {"zone", "{'id': 'nzo1', 'gateways': [{'type': 'CIDR', 'value': 7}]}",
         "Okta's zone 'nzo1': gateways[0].value is a number, not a text; "
         "nothing of it is believed"},
        {"zone", "{'id': 'nzo1', 'gateways': [{'type': 'CIDR'}]}",
         "Okta's zone 'nzo1': gateways[0].value is nothing, not a text; "
         "nothing of it is believed"},
        {"rule", "{'id': 'rul1', 'name': 'r', 'priority': 1e9}",
         "Okta's rule 'r': priority is a number, not a whole number from 0 to "
         "2147483647; nothing of it is believed"},
        {"rule", "{'id': 'rul1', 'name': 'r', 'priority': 4294967296}",
         "Okta's rule 'r': priority is a number, not a whole number from 0 to "
         "2147483647; nothing of it is believed"},
        {"rule", "{'id': 'rul1', 'conditions': {'device': {'managed': 'true'}}}",
         "Okta's rule 'rul1': conditions.device.managed is a text, not true "
         "or false; nothing of it is believed"},
        {"group", "[]",
         "Okta's group: it is a list, not an object; nothing of it is "
         "believed"},
        {"app", "{'id': '../x'}", "Okta's app: its identifier is '../x', which is none"},
        {"idp_key", "{'kid': '..'}", "Okta's idp_key: its identifier is '..', which is none"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct wp_problem problem = {0};
        json_t *answer = tree(rows[i][1]);
        cr_expect_not(wp_okta_check(rows[i][0], answer, &problem), "%s", rows[i][1]);
        cr_expect_str_eq(problem.text, rows[i][2]);
        json_decref(answer);
    }
}

Test(okta_check, what_stands_twice_is_refused)
{
    static const struct {
        const char *kind, *list, *said;
    } rows[] = {
        {"zone", "[{'id': 'a', 'name': 'x'}, {'id': 'a', 'name': 'y'}]", "lists the zone a twice"},
        {"session_rule",
         "[{'id': 'a', 'name': 'x', 'priority': 1, 'actions': {'signon': {'access': 'DENY'}}},"
         " {'id': 'b', 'name': 'y', 'priority': 1, 'actions': {'signon': {'access': 'DENY'}}}]",
         "'y' has the place of another one"},
        {"session_rule", "[{'id': 'a', 'name': 'x', 'actions': {'signon': {'access': 'DENY'}}}]",
         "'x' has no place among others"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct wp_problem problem = {0};
        json_t *answers = tree(rows[i].list);
        cr_expect_not(wp_okta_check_list(rows[i].kind, answers, &problem), "%s", rows[i].list);
        cr_expect(strstr(problem.text, rows[i].said), "%s", problem.text);
        json_decref(answers);
    }
}

/* ---- what is of the right type and yet unknown -------------------------------------------------
 */

/* `text` with `to` in place of the first `from`, to be freed. */
static char *
replaced(const char *text, const char *from, const char *to)
{
    const char *at = strstr(text, from);
    char *made = malloc(strlen(text) + strlen(to) + 1);

    cr_assert(at && made, "%s", from);
    memcpy(made, text, (size_t)(at - text));
    (void)strcpy(made + (at - text), to);
    (void)strcat(made, at + strlen(from));
    return made;
}

/* A part of a condition or an action that woapol has never heard of may decide. */
Test(okta_check, what_is_unknown_is_not_passed_over)
{
    static const char *const rows[][3] = {
        {"'people': {'groups': {'include': ['00g1']",
         "'people': {'roles': ['x'], 'groups': "
         "{'include': ['00g1']",
         "people.roles"},
        {"'groups': {'include': ['00g1']", "'groups': {'only': ['x'], 'include': ['00g1']",
         "people.groups.only"},
        {"'users': {'include': []", "'users': {'some': ['x'], 'include': []", "people.users.some"},
        {"'include': ['nzo1']}", "'include': ['nzo1'], 'unless': ['nzo2']}", "network.unless"},
        {"'platform': {'exclude'", "'platform': {'only': true, 'exclude'", "platform.only"},
        {"'IOS'}}], 'exclude'", "'IOS', 'build': 'x'}}], 'exclude'", "platform.os.build"},
        {"{'type': 'MOBILE', 'os'", "{'type': 'MOBILE', 'form': 'x', 'os'", "platform"},
        {"'registered': true", "'registered': true, 'rooted': false", "device.rooted"},
        {"{'include': ['dae1']}", "{'include': ['dae1'], 'exclude': ['dae1']}",
         "device.assurance.exclude"},
        {"{'level': 'LOW'}", "{'level': 'LOW', 'since': 'x'}", "riskScore.since"},
        {"'access': 'ALLOW', 'verificationMethod'",
         "'access': 'ALLOW', 'until': 'x', "
         "'verificationMethod'",
         "appSignOn.until"},
        {"'type': 'AUTH_METHOD_CHAIN'", "'type': 'AUTH_METHOD_CHAIN', 'skip': true",
         "verificationMethod.skip"},
        {"'type': 'ASSURANCE'", "'type': 'ASSURANCE', 'skip': true", "verificationMethod.skip"},
        {"'requireFactor': true", "'requireFactor': true, 'challenge': {'chain': []}, 'skip': true",
         "signon.skip"},
        {"'primaryFactor': 'PASSWORD_IDP'", "'primaryFactor': 'NONE'", "NONE"},
        {"api/v1/policies/00p2'}}}]", "api/v1/policies/00pGone'}}}]", "00pGone"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct wp_problem problem = {0};
        char *text = replaced(org_text, rows[i][0], rows[i][1]);
        json_t *org = tree(text);
        char *meaning = meaning_of(org, &problem);
        cr_expect_null(meaning, "%s:\n%s", rows[i][1], meaning);
        cr_expect(strstr(problem.text, rows[i][2]), "%s: %s", rows[i][1], problem.text);
        free(meaning);
        free(text);
        json_decref(org);
    }
}
