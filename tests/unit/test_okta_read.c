/* What Okta answers, as it was seen to answer, becomes the one canonical form. */
#include "compiler/emit/okta/okta_read.h"
#include "tests/unit/okta_org.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static json_t *
tree(const char *text)
{
    json_error_t error;
    json_t *json = json_loads(text, JSON_DECODE_ANY, &error);

    cr_assert(json, "%s: %s", error.text, text);
    return json;
}

/* ---- bodies ------------------------------------------------------------------------------- */

/* What is known by name: nzo1, 00g1, 00g2, 00u1, dae1, aut1, 0oa1, idp1. */
static void
know(struct wp_state *state)
{
    static const char *const known[][3] = {
        {"zone", "Office", "nzo1"},       {"zone", "Branch", "nzo2"},
        {"group", "Staff", "00g1"},       {"group", "Admins", "00g2"},
        {"user", "ana@corp", "00u1"},     {"assurance", "Compliant iOS", "dae1"},
        {"authenticator", "Hub", "aut1"}, {"app", "Crm", "0oa1"},
        {"idp", "Workspace ONE", "idp1"}, {"policy", "Finance", "00p1"},
    };
    bool is_new;

    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        (void)wp_state_add(state, known[i][0], NULL, known[i][1], known[i][2], json_object(),
                           &is_new);
}

struct row {
    const char *kind, *answer, *body;
    size_t rank;
};

static void
check_rows(const struct row *rows, size_t count)
{
    struct wp_arena *arena = wp_arena_new(NULL, NULL);
    struct wp_state state;

    wp_state_init(&state, arena);
    know(&state);
    for (size_t i = 0; i < count; i++) {
        json_t *answer = tree(rows[i].answer), *wanted = tree(rows[i].body);
        json_t *body = wp_okta_body(&state, rows[i].kind, answer, rows[i].rank);
        char *text = json_dumps(body, JSON_SORT_KEYS);
        cr_expect(json_equal(body, wanted), "row %zu, %s:\n%s\n%s", i, rows[i].kind, text,
                  rows[i].body);
        free(text);
        json_decref(answer);
        json_decref(wanted);
        json_decref(body);
    }
    wp_state_end(&state);
    wp_arena_free(arena);
}

Test(okta_read, zones)
{
    static const struct row rows[] = {
        /* a and a-a are one; no proxies are null; order says nothing; host bits go. */
        {"zone",
         "{\"id\":\"nzo9\",\"type\":\"IP\",\"name\":\"A\",\"usage\":\"POLICY\",\"status\":"
         "\"ACTIVE\","
         "\"created\":\"2026-01-01T00:00:00.000Z\",\"lastUpdated\":\"2026-01-01T00:00:00.000Z\","
         "\"system\":false,\"_links\":{\"self\":{\"href\":\"x\"}},\"proxies\":null,\"gateways\":["
         "{\"type\":\"RANGE\",\"value\":\"9.9.9.9\"},{\"type\":\"CIDR\",\"value\":\"1.2.3.4/24\"},"
         "{\"type\":\"RANGE\",\"value\":\"1.2.4.0-1.2.4.255\"}]}",
         "{\"type\":\"IP\",\"usage\":\"POLICY\",\"status\":\"ACTIVE\",\"proxies\":[],\"gateways\":["
         "{\"type\":\"RANGE\",\"value\":\"1.2.3.0-1.2.4.255\"},"
         "{\"type\":\"RANGE\",\"value\":\"9.9.9.9-9.9.9.9\"}]}",
         0},
        {"zone",
         "{\"id\":\"nzo9\",\"type\":\"IP\",\"name\":\"A\",\"usage\":\"POLICY\",\"status\":"
         "\"ACTIVE\","
         "\"gateways\":[{\"type\":\"CIDR\",\"value\":\"odd\"}],\"proxies\":null}",
         "{\"type\":\"IP\",\"usage\":\"POLICY\",\"status\":\"ACTIVE\",\"proxies\":[],\"gateways\":["
         "{\"type\":\"CIDR\",\"value\":\"odd\"}]}",
         0},
        /* Locations come back in another order, with a region that is null. */
        {"zone",
         "{\"id\":\"nzo9\",\"type\":\"DYNAMIC\",\"name\":\"A\",\"status\":\"ACTIVE\",\"asns\":[],"
         "\"proxyType\":null,\"locations\":[{\"country\":\"US\",\"region\":null},"
         "{\"country\":\"DE\",\"region\":\"DE-BE\"}]}",
         "{\"type\":\"DYNAMIC\",\"status\":\"ACTIVE\",\"locations\":[{\"country\":\"DE\","
         "\"region\":"
         "\"DE-BE\"},{\"country\":\"US\"}]}",
         0},
    };
    check_rows(rows, sizeof rows / sizeof *rows);
}

#define RULE_HEAD                                                                                  \
    "{\"id\":\"rul1\",\"type\":\"ACCESS_POLICY\",\"name\":\"r\",\"status\":\"ACTIVE\","            \
    "\"priority\":7,"                                                                              \
    "\"created\":null,\"lastUpdated\":null,\"system\":false,\"_links\":{},"
#define BODY_HEAD "{\"priority\":3,\"status\":\"ACTIVE\","
#define ALLOWS                                                                                     \
    "\"actions\":{\"appSignOn\":{\"access\":\"ALLOW\",\"verificationMethod\":{\"type\":"           \
    "\"AUTH_METHOD_CHAIN\",\"reauthenticateIn\":\"PT8H\",\"chains\":[{\"authenticationMethods\":"  \
    "[{\"key\":\"okta_password\",\"method\":\"password\"}]}]}}}}"
#define DENIES "\"actions\":{\"appSignOn\":{\"access\":\"DENY\"}}}"

Test(okta_read, rules)
{
    static const struct row rows[] = {
        /* All that Okta adds. */
        {"rule",
         RULE_HEAD
         "\"conditions\":{\"people\":{\"users\":{\"exclude\":[]}},\"userType\":{\"include\":"
         "[],\"exclude\":[]},\"riskScore\":{\"level\":\"ANY\"},\"network\":{\"connection\":"
         "\"ANYWHERE\"},\"platform\":{\"include\":[],\"exclude\":[]},\"elCondition\":null},"
         "\"actions\":{\"appSignOn\":{\"access\":\"DENY\",\"keepMeSignedIn\":{\"postAuth\":"
         "\"NOT_ALLOWED\"},\"verificationMethod\":null}}}",
         BODY_HEAD "\"conditions\":{}," DENIES, 3},
        {"rule", RULE_HEAD "\"conditions\":null," DENIES, BODY_HEAD "\"conditions\":{}," DENIES, 3},
        /* Identifiers become names, in their order; what is not known stays. */
        {"rule",
         RULE_HEAD
         "\"conditions\":{\"people\":{\"groups\":{\"include\":[\"00g1\",\"00g2\"],\"exclude\":[]},"
         "\"users\":{\"include\":[],\"exclude\":[\"00u1\"]}},\"network\":{\"connection\":\"ZONE\","
         "\"include\":[\"nzo1\",\"nzoGone\",\"nzo2\"],\"exclude\":[]},\"device\":{\"registered\":"
         "true,"
         "\"managed\":true,\"assurance\":{\"include\":[\"dae1\"]}},\"riskScore\":{\"level\":"
         "\"LOW\"},"
         "\"platform\":{\"exclude\":[],\"include\":[{\"type\":\"MOBILE\",\"os\":{\"type\":\"IOS\","
         "\"expression\":null}},{\"type\":\"DESKTOP\",\"os\":{\"type\":\"MACOS\"}}]}}," ALLOWS,
         BODY_HEAD
         "\"conditions\":{\"people\":{\"groups\":{\"include\":[{\"$ref\":\"group/"
         "Admins\"},{\"$ref\":"
         "\"group/Staff\"}]},\"users\":{\"exclude\":[{\"$ref\":\"user/ana@corp\"}]}},\"network\":{"
         "\"connection\":\"ZONE\",\"include\":[\"nzoGone\",{\"$ref\":\"zone/Branch\"},{\"$ref\":"
         "\"zone/Office\"}]},\"device\":{\"registered\":true,\"managed\":true,\"assurance\":{"
         "\"include\":[{\"$ref\":\"assurance/Compliant iOS\"}]}},\"riskScore\":{\"level\":\"LOW\"},"
         "\"platform\":{\"include\":[{\"type\":\"DESKTOP\",\"os\":{\"type\":\"MACOS\"}},{\"type\":"
         "\"MOBILE\",\"os\":{\"type\":\"IOS\"}}]}}," ALLOWS,
         3},
        /* ANY platform restricts nothing. */
        {"rule",
         RULE_HEAD "\"conditions\":{\"platform\":{\"include\":[{\"type\":\"ANY\",\"os\":{\"type\":"
                   "\"ANY\"}}]}}," DENIES,
         BODY_HEAD "\"conditions\":{}," DENIES, 3},
        /* Chains: methods in one order, steps in theirs; what Okta ignores beside them. */
        {"rule",
         RULE_HEAD
         "\"conditions\":null,\"actions\":{\"appSignOn\":{\"access\":\"ALLOW\",\"keepMeSignedIn\":{"
         "\"postAuth\":\"NOT_ALLOWED\"},\"verificationMethod\":{\"factorMode\":\"2FA\",\"type\":"
         "\"AUTH_METHOD_CHAIN\",\"chains\":[{\"next\":[{\"authenticationMethods\":[{\"method\":"
         "\"push\",\"key\":\"okta_verify\"},{\"key\":\"custom_app\",\"id\":\"aut1\",\"method\":"
         "\"push\"}],"
         "\"next\":[]}],\"authenticationMethods\":[{\"userVerification\":\"OPTIONAL\",\"method\":"
         "\"webauthn\",\"key\":\"webauthn\",\"phishingResistant\":\"REQUIRED\"}]}]}}}}",
         BODY_HEAD
         "\"conditions\":{},\"actions\":{\"appSignOn\":{\"access\":\"ALLOW\","
         "\"verificationMethod\":{"
         "\"type\":\"AUTH_METHOD_CHAIN\",\"reauthenticateIn\":\"PT12H\",\"chains\":[{"
         "\"authenticationMethods\":[{\"key\":\"webauthn\",\"method\":\"webauthn\","
         "\"phishingResistant\":\"REQUIRED\"}],\"next\":[{\"authenticationMethods\":[{\"key\":"
         "\"custom_app\",\"method\":\"push\",\"id\":{\"$ref\":\"authenticator/Hub\"}},{\"key\":"
         "\"okta_verify\",\"method\":\"push\"}]}]}]}}}}",
         3},
        /* Durations have one form. */
        {"rule",
         "{\"id\":\"rul1\",\"name\":\"Catch-all "
         "Rule\",\"system\":true,\"priority\":99,\"conditions\":null,"
         "\"actions\":{\"appSignOn\":{\"access\":\"ALLOW\",\"verificationMethod\":{\"type\":"
         "\"ASSURANCE\",\"factorMode\":\"1FA\",\"reauthenticateIn\":\"P1DT30M\"}}}}",
         "{\"actions\":{\"appSignOn\":{\"access\":\"ALLOW\",\"verificationMethod\":{\"type\":"
         "\"ASSURANCE\",\"factorMode\":\"1FA\",\"reauthenticateIn\":\"PT1470M\"}}}}",
         0},
        {"session_rule",
         "{\"id\":\"0pr1\",\"type\":\"SIGN_ON\",\"name\":\"r\",\"status\":\"ACTIVE\",\"priority\":"
         "2,\"system\":"
         "false,\"conditions\":{\"network\":{\"connection\":\"ANYWHERE\"},\"authContext\":{"
         "\"authType\":"
         "\"ANY\"},\"identityProvider\":{\"provider\":\"ANY\"},\"risk\":{\"behaviors\":[]},"
         "\"people\":{"
         "\"users\":{\"exclude\":[]}}},\"actions\":{\"signon\":{\"access\":\"DENY\"}}}",
         "{\"priority\":3,\"status\":\"ACTIVE\",\"conditions\":{},\"actions\":{\"signon\":{"
         "\"access\":"
         "\"DENY\"}}}",
         3},
    };
    check_rows(rows, sizeof rows / sizeof *rows);
}

Test(okta_read, other_objects)
{
    static const struct row rows[] = {
        {"policy",
         "{\"id\":\"00p9\",\"name\":\"P\",\"description\":\"x [woapol]\",\"status\":\"ACTIVE\","
         "\"priority\":1,\"system\":false,\"conditions\":null}",
         "{\"description\":\"x [woapol]\",\"status\":\"ACTIVE\"}", 0},
        {"policy", "{\"id\":\"00p9\",\"name\":\"Any two factors\",\"system\":true}", "{}", 0},
        {"session_policy",
         "{\"id\":\"00p9\",\"name\":\"P\",\"description\":null,\"status\":\"ACTIVE\",\"priority\":"
         "1,"
         "\"conditions\":{\"people\":{\"groups\":{\"include\":[\"00g1\"]}}}}",
         "{\"status\":\"ACTIVE\",\"priority\":1,\"conditions\":{\"people\":{\"groups\":{"
         "\"include\":[{"
         "\"$ref\":\"group/Staff\"}]}}}}",
         0},
        {"assurance",
         "{\"id\":\"dae9\",\"name\":\"A\",\"platform\":\"IOS\",\"displayRemediationMode\":\"HIDE\","
         "\"createdBy\":\"00u\",\"createdDate\":\"x\",\"lastUpdate\":\"x\",\"lastUpdatedBy\":\"x\","
         "\"screenLockType\":{\"include\":[\"PASSCODE\",\"BIOMETRIC\"]},\"_links\":{}}",
         "{\"platform\":\"IOS\",\"screenLockType\":{\"include\":[\"BIOMETRIC\",\"PASSCODE\"]}}", 0},
        {"binding",
         "{\"id\":\"0oa1\",\"label\":\"Crm\",\"_links\":{\"accessPolicy\":{\"href\":"
         "\"https://acme.okta.com/api/v1/policies/00p1\"}}}",
         "{\"policy\":{\"$ref\":\"policy/Finance\"}}", 0},
        {"authenticator",
         "{\"id\":\"aut1\",\"key\":\"duo\",\"name\":\"Duo\",\"status\":\"INACTIVE\"}",
         "{\"key\":\"duo\",\"status\":\"INACTIVE\"}", 0},
        {"idp_key", "{\"kid\":\"k\",\"x5c\":[\"AB\\nCD\"],\"kty\":\"RSA\"}", "{\"x5c\":[\"ABCD\"]}",
         0},
        {"routing_rule",
         "{\"id\":\"0pr1\",\"name\":\"r\",\"status\":\"ACTIVE\",\"priority\":1,\"conditions\":{"
         "\"network\":{"
         "\"connection\":\"ANYWHERE\"},\"app\":{\"include\":[{\"type\":\"APP\",\"id\":\"0oa1\"}],"
         "\"exclude\":[]}},\"actions\":{\"idp\":{\"idpSelectionType\":\"SPECIFIC\",\"providers\":[{"
         "\"type\":\"SAML2\",\"id\":\"idp1\",\"name\":\"x\"}]}}}",
         "{\"priority\":1,\"status\":\"ACTIVE\",\"conditions\":{\"app\":{\"include\":[{\"type\":"
         "\"APP\","
         "\"id\":{\"$ref\":\"app/"
         "Crm\"}}]}},\"actions\":{\"idp\":{\"idpSelectionType\":\"SPECIFIC\","
         "\"providers\":[{\"type\":\"SAML2\",\"id\":{\"$ref\":\"idp/Workspace ONE\"}}]}}}",
         1},
    };
    check_rows(rows, sizeof rows / sizeof *rows);
}

/* ---- the whole org
 * ------------------------------------------------------------------------------- */

static void
write_to(struct okta_org *org, const char *method, const char *path, const char *body)
{
    json_t *json = tree(body);

    cr_assert(okta_org_write(org, method, path, json), "%s %s: %s", method, path, org->fault);
    json_decref(json);
}

static const char *
id_of(const struct wp_state *state, const char *key)
{
    const struct wp_object *object = wp_state_find(state, key);

    cr_assert(object && object->id, "%s", key);
    return object->id;
}

struct reading {
    struct wp_arena *arena;
    struct wp_session session;
    struct okta_org org;
    struct wp_state state;
    struct wp_problem problem;
};

static void
reading_init(struct reading *reading)
{
    *reading = (struct reading){.arena = wp_arena_new(NULL, NULL)};
    reading->session = (struct wp_session){.arena = reading->arena, .kind = &wp_tenant_okta};
    okta_org_init(&reading->org);
    wp_state_init(&reading->state, reading->arena);
}

static bool
read_all(struct reading *reading)
{
    struct wp_okta_door door = okta_org_door(&reading->org);

    wp_state_end(&reading->state);
    wp_state_init(&reading->state, reading->arena);
    return wp_okta_read_through(&reading->session, &door, &reading->state, &reading->problem);
}

static void
reading_end(struct reading *reading)
{
    wp_state_end(&reading->state);
    okta_org_end(&reading->org);
    wp_arena_free(reading->arena);
}

Test(okta_read, gaps_are_closed_and_the_default_has_one_name)
{
    struct reading r;

    reading_init(&r);
    okta_org_add(&r.org, "app", "Crm");
    cr_assert(read_all(&r), "%s", r.problem.text);
    const char *rules =
        wp_format(r.arena, "/api/v1/policies/%s/rules", id_of(&r.state, "policy/Default Policy"));
    write_to(&r.org, "POST", rules,
             "{\"name\":\"late\",\"type\":\"ACCESS_POLICY\",\"priority\":40," DENIES);
    write_to(&r.org, "POST", rules,
             "{\"name\":\"early/%\",\"type\":\"ACCESS_POLICY\",\"priority\":5," DENIES);
    cr_assert(read_all(&r), "%s", r.problem.text);
    const struct wp_object *early = wp_state_find(&r.state, "rule/Default Policy/early%2F%25");
    const struct wp_object *late = wp_state_find(&r.state, "rule/Default Policy/late");
    cr_assert(early && late);
    cr_expect_eq(json_integer_value(json_object_get(early->body, "priority")), 0);
    cr_expect_eq(json_integer_value(json_object_get(late->body, "priority")), 1);
    cr_expect(wp_state_find(&r.state, "rule/Default Policy/Catch-all Rule")->system);
    cr_expect(wp_state_find(&r.state, "session_rule/Default Policy/Default Rule")->system);
    cr_expect_str_eq(
        wp_reference_key(json_object_get(wp_state_find(&r.state, "binding/Crm")->body, "policy")),
        "policy/Default Policy");
    cr_expect(wp_state_find(&r.state, "authenticator/okta_verify")->reference);
    reading_end(&r);
}

/* Two rules, apps or policies of one name are two objects, none hides the other. */
Test(okta_read, namesakes_are_kept_apart)
{
    struct reading r;

    reading_init(&r);
    okta_org_add(&r.org, "app", "Crm");
    json_t *twin = json_pack("{s:s, s:s, s:s, s:s}", "id", "0oaTwin", "label", "Crm", "status",
                             "ACTIVE", "policy", "00pGone");
    (void)json_object_set_new(r.org.apps, "0oaTwin", twin);
    json_t *policy =
        json_pack("{s:s, s:s, s:s, s:s, s:b}", "id", "00pTwin", "type", "ACCESS_POLICY", "name",
                  "Default Policy", "status", "ACTIVE", "system", 0);
    (void)json_object_set_new(r.org.policies, "00pTwin", policy);
    cr_assert(read_all(&r), "%s", r.problem.text);
    cr_expect_str_eq(id_of(&r.state, "app/Crm (0oaTwin)"), "0oaTwin");
    cr_expect_str_neq(id_of(&r.state, "app/Crm"), "0oaTwin");
    cr_expect(wp_state_find(&r.state, "policy/Default Policy")->system);
    cr_expect_str_eq(id_of(&r.state, "policy/Default Policy (00pTwin)"), "00pTwin");
    /* A policy that is not there: the identifier stays. */
    cr_expect_str_eq(json_string_value(json_object_get(
                         wp_state_find(&r.state, "binding/Crm (0oaTwin)")->body, "policy")),
                     "00pGone");
    reading_end(&r);
}

/* Answers of the wrong shape are a problem, never a crash and never an object less. */
Test(okta_read, odd_answers_are_refused)
{
    static const char *const odd[] = {"[]",
                                      "\"x\"",
                                      "null",
                                      "{}",
                                      "{\"id\":\"nzo9\"}",
                                      "{\"name\":\"x\"}",
                                      "{\"id\":7,\"name\":\"x\"}"};

    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
        struct reading r;
        reading_init(&r);
        (void)json_object_set_new(r.org.zones, "odd", tree(odd[i]));
        cr_expect_not(read_all(&r), "%s", odd[i]);
        cr_expect_eq(r.problem.kind, WP_PROBLEM_FAILED);
        reading_end(&r);
    }
}

Test(okta_read, a_classic_org_has_no_access_policies)
{
    struct reading r;

    reading_init(&r);
    r.org.is_classic = true;
    cr_assert(read_all(&r), "%s", r.problem.text);
    cr_expect_null(wp_state_find(&r.state, "policy/Default Policy"));
    cr_expect(wp_state_find(&r.state, "session_policy/Default Policy"));
    reading_end(&r);
}

/* ---- one object anew
 * -------------------------------------------------------------------------------- */

static struct wp_object *
look(struct reading *reading, const char *key)
{
    struct wp_okta_door door = okta_org_door(&reading->org);
    struct wp_object *found;

    cr_assert(wp_okta_look_through(&reading->session, &door, &reading->state, key, &found,
                                   &reading->problem),
              "%s", reading->problem.text);
    return found;
}

Test(okta_read, what_is_made_renamed_and_removed_is_found)
{
    struct reading r;

    reading_init(&r);
    cr_assert(read_all(&r), "%s", r.problem.text);
    cr_expect_null(look(&r, "zone/Office"));
    write_to(&r.org, "POST", "/api/v1/zones",
             "{\"name\":\"Office\",\"type\":\"IP\",\"status\":\"ACTIVE\",\"gateways\":[]}");
    const struct wp_object *zone = look(&r, "zone/Office");
    cr_assert(zone);
    const char *path = wp_format(r.arena, "/api/v1/zones/%s", zone->id);
    write_to(&r.org, "PUT", path,
             "{\"name\":\"Old\",\"type\":\"IP\",\"status\":\"INACTIVE\",\"gateways\":[]}");
    cr_expect_null(look(&r, "zone/Office"));
    cr_expect(look(&r, "zone/Old"));
    write_to(&r.org, "DELETE", path, "null");
    cr_expect_null(look(&r, "zone/Old"));
    cr_expect_null(wp_state_find(&r.state, "zone/Old"));
    /* A policy brings its catch-all rule along. */
    write_to(&r.org, "POST", "/api/v1/policies",
             "{\"name\":\"Finance\",\"type\":\"ACCESS_POLICY\",\"description\":\"[woapol]\"}");
    cr_expect(look(&r, "policy/Finance"));
    cr_expect(wp_state_find(&r.state, "rule/Finance/Catch-all Rule"));
    cr_expect_null(look(&r, "rule/Finance/none"));
    cr_expect_null(look(&r, "rule/Nowhere/none"));
    reading_end(&r);
}

/* ---- errors
 * --------------------------------------------------------------------------------------------- */

Test(okta_read, errors_say_what_to_do)
{
    static const char *const rows[][2] = {
        {"{\"errorCode\":\"E0000001\",\"errorSummary\":\"Api validation failed: gateways\","
         "\"errorId\":\"oae1\",\"errorCauses\":[{\"errorSummary\":\"gateways: The IP: x is "
         "invalid.\"},"
         "{},{\"errorSummary\":\"more\"}]}",
         "Api validation failed: gateways: gateways: The IP: x is invalid.; more (E0000001, error "
         "id "
         "oae1): Okta does not take a value"},
        {"{\"errorCode\":\"E0000239\",\"errorSummary\":\"Policy priorities are being "
         "reconciled.\"}",
         "Policy priorities are being reconciled. (E0000239): Okta is sorting priorities: wait a "
         "moment, then go on"},
        {"{\"errorCode\":\"E9999999\"}", "no summary (E9999999)"},
        {"{\"error\":\"invalid_client\",\"error_description\":\"no such key\"}",
         "invalid_client: no such key"},
    };
    char text[512];

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        json_t *answer = tree(rows[i][0]);
        cr_expect(wp_okta_explain_error(answer, text, sizeof text));
        cr_expect_str_eq(text, rows[i][1]);
        for (size_t size = 1; size < 90; size++) {
            cr_expect(wp_okta_explain_error(answer, text, size));
            cr_expect_lt(strlen(text), size);
        }
        json_decref(answer);
    }
    static const char *const none[] = {"{}", "[]", "null", "{\"errorCode\":7}", "\"x\""};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        json_t *answer = tree(none[i]);
        cr_expect_not(wp_okta_explain_error(answer, text, sizeof text), "%s", none[i]);
        json_decref(answer);
    }
}
