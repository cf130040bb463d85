/* What an org decides, lifted: the same as the source that it holds. */
#include "compiler/analysis/diff.h"
#include "compiler/analysis/witness.h"
#include "compiler/compile.h"
#include "compiler/emit/meaning.h"
#include "compiler/emit/okta/okta_lift.h"
#include "compiler/emit/okta/okta_seen.h"
#include "compiler/emit/okta/okta_zone.h"
#include "compiler/facts.h"
#include "compiler/network.h"
#include "compiler/walk.h"
#include "tests/unit/compile_text.h"
#include "tests/unit/okta_source.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

/* ---- zones: the table of Okta's help, row by row --------------------------------------- */

static void
add(struct wp_ranges *ranges, const char *list)
{
    struct wp_address address;
    char text[64];

    (void)snprintf(text, sizeof text, "%s", list);
    for (char *word = strtok(text, " "); word; word = strtok(NULL, " ")) {
        cr_assert(wp_address_parse(word, &address, NULL));
        wp_ranges_add(ranges, &address, &address);
    }
}

Test(okta_lift, who_is_inside_a_zone)
{
    static const struct {
        const char *chain, *gateways, *proxies;
        bool inside;
    } rows[] = {
        {"1.1.1.1", "1.1.1.1", "", true},
        {"1.1.1.1", "1.1.1.1", "2.2.2.2", true},
        {"1.1.1.1", "", "", false},
        {"1.1.1.1", "", "1.1.1.1", false},
        {"1.1.1.1 2.2.2.2", "2.2.2.2", "", true},
        {"1.1.1.1 2.2.2.2", "2.2.2.2", "3.3.3.3", true},
        {"1.1.1.1 2.2.2.2", "1.1.1.1", "2.2.2.2", true},
        {"1.1.1.1 2.2.2.2", "", "", false},
        {"1.1.1.1 2.2.2.2", "", "1.1.1.1", false},
        {"1.1.1.1 2.2.2.2", "", "2.2.2.2", false},
        {"1.1.1.1 2.2.2.2", "2.2.2.2", "1.1.1.1", true},
        /* Beyond the table: no proxy leads to the gateway; six are too many. */
        {"1.1.1.1 2.2.2.2", "1.1.1.1", "", false},
        {"1.1.1.1 2.2.2.2 2.2.2.2 2.2.2.2 2.2.2.2", "1.1.1.1", "2.2.2.2", true},
        {"1.1.1.1 2.2.2.2 2.2.2.2 2.2.2.2 2.2.2.2 2.2.2.2", "1.1.1.1", "2.2.2.2", false},
        {"", "1.1.1.1", "", false},
    };
    struct wp_arena *arena = wp_arena_new(NULL, NULL);

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct wp_address chain[8];
        struct wp_ranges gateways, proxies;
        size_t count = 0;
        char text[64];
        wp_ranges_init(&gateways, arena);
        wp_ranges_init(&proxies, arena);
        add(&gateways, rows[i].gateways);
        add(&proxies, rows[i].proxies);
        (void)snprintf(text, sizeof text, "%s", rows[i].chain);
        for (char *word = strtok(text, " "); word; word = strtok(NULL, " "))
            cr_assert(wp_address_parse(word, &chain[count++], NULL));
        struct wp_okta_zone zone = {wp_ranges_finish(&gateways), wp_ranges_finish(&proxies)};
        cr_expect_eq(wp_okta_zone_holds(&zone, chain, count), rows[i].inside, "row %zu", i);
    }
    wp_arena_free(arena);
}

/* ---- a source, what it wants of an org, and what that decides ------------------------------ */

struct lifted {
    struct wp_compilation source;
    struct wp_session session;
    struct wp_state state;
    struct wp_meaning meaning;
    struct wp_problem problem;
    bool is_held;
};

static void
lift_source(struct lifted *lifted, const char *text)
{
    const struct wp_plan_options options = {0};
    struct wp_declaration_walk walk = {0};

    *lifted = (struct lifted){0};
    cr_assert(compile_text(&lifted->source, text), "%s", text);
    lifted->session = (struct wp_session){
        .arena = lifted->source.arena, .model = lifted->source.model, .kind = &wp_tenant_okta};
    lifted->session.tenant = wp_declaration_next(lifted->source.model, WP_DECL_TENANT, &walk);
    wp_state_init(&lifted->state, lifted->source.arena);
    lifted->is_held =
        wp_okta_desire(&lifted->session, &options, &lifted->state, &lifted->source.diagnostics);
    if (!lifted->is_held)
        return;
    cr_assert(wp_meaning_make(&lifted->meaning, lifted->source.arena, &lifted->session,
                              &lifted->state, &lifted->problem),
              "%s\n%s\n%s", lifted->problem.text, text, lifted->meaning.source);
}

static void
lifted_end(struct lifted *lifted)
{
    wp_meaning_end(&lifted->meaning);
    wp_state_end(&lifted->state);
    wp_compilation_end(&lifted->source);
}

static void
check_same(struct lifted *lifted, const char *text)
{
    struct wp_arena *arena = lifted->source.arena;
    struct wp_diff diff;

    cr_assert(wp_diff_models(&diff, arena, wp_okta_as_seen(arena, lifted->source.model),
                             wp_okta_as_seen(arena, lifted->meaning.compilation.model), NULL));
    if (diff.count) {
        struct wp_traits all = {true, true, true, true, true, true};
        cr_assert(false, "%s\n%s\n%s: %s by %s against %s", text, lifted->meaning.source,
                  wp_witness_sentence(arena, diff.joint.model, &all, diff.regions[0].witness),
                  wp_diff_policy_name(&diff, diff.regions[0].old_policy),
                  wp_diff_rule_name(&diff, diff.regions[0].old_policy, diff.regions[0].old_rule),
                  wp_diff_rule_name(&diff, diff.regions[0].new_policy, diff.regions[0].new_rule));
    }
    cr_assert_eq(diff.undecided, 0, "%s", text);
}

static uint64_t
rounds(void)
{
    const char *text = getenv("WOAPOL_CASES");
    return text ? strtoull(text, NULL, 10) / 100 : 150;
}

Test(okta_lift, decides_as_the_source, .timeout = 0)
{
    unsigned held = 0;

    for (uint64_t seed = 1; seed <= rounds(); seed++) {
        char *text = okta_source(seed, false);
        struct lifted lifted;
        lift_source(&lifted, text);
        if (lifted.is_held) {
            held++;
            check_same(&lifted, text);
        }
        lifted_end(&lifted);
        free(text);
    }
    cr_assert_geq(held, rounds() / 2);
}

/* ---- an org that nobody wrote a source for -----------------------------------------------------
 */

struct org {
    struct wp_arena *arena;
    struct wp_session session;
    struct wp_state state;
};

static void
add_object(struct org *org, const char *kind, const char *owner, const char *name, const char *body)
{
    json_error_t error;
    json_t *tree = json_loads(body, 0, &error);
    bool is_new;

    cr_assert(tree, "%s: %s", name, error.text);
    struct wp_object *object = wp_state_add(&org->state, kind, owner, name,
                                            wp_format(org->arena, "id-%s", name), tree, &is_new);
    cr_assert(is_new);
    object->system = strcmp(name, WP_OKTA_CATCH_ALL) == 0 ||
                     strcmp(name, WP_OKTA_DEFAULT_RULE) == 0 ||
                     strcmp(name, WP_OKTA_DEFAULT_POLICY) == 0;
    object->reference = strcmp(kind, "group") == 0 || strcmp(kind, "user") == 0;
}

#define PASSWORD                                                                                   \
    "{\"access\": \"ALLOW\", \"verificationMethod\": {\"type\": \"AUTH_METHOD_CHAIN\", "           \
    "\"reauthenticateIn\": \"PT8H\", \"chains\": [{\"authenticationMethods\": "                    \
    "[{\"key\": \"okta_password\", \"method\": \"password\"}]}]}}"
#define DENY "{\"actions\": {\"appSignOn\": {\"access\": \"DENY\"}}}"

static void
org_init(struct org *org)
{
    *org = (struct org){.arena = wp_arena_new(NULL, NULL)};
    org->session = (struct wp_session){.arena = org->arena, .kind = &wp_tenant_okta};
    wp_state_init(&org->state, org->arena);
    add_object(org, "zone", NULL, "Head office",
               "{\"type\": \"IP\", \"status\": \"ACTIVE\", \"proxies\": [], \"gateways\": "
               "[{\"type\": \"CIDR\", \"value\": \"192.0.2.0/24\"}, "
               "{\"type\": \"RANGE\", \"value\": \"198.51.100.7-198.51.100.7\"}]}");
    add_object(org, "zone", NULL, "Far away",
               "{\"type\": \"DYNAMIC\", \"status\": \"ACTIVE\", \"locations\": "
               "[{\"country\": \"AQ\"}]}");
    add_object(org, "group", NULL, "All staff", "{}");
    add_object(org, "group", NULL, "2nd line", "{}");
    add_object(org, "user", NULL, "ana@corp.example", "{}");
    add_object(org, "authenticator", NULL, "okta_password",
               "{\"key\": \"okta_password\", \"status\": \"ACTIVE\"}");
    add_object(org, "authenticator", NULL, "okta_verify",
               "{\"key\": \"okta_verify\", \"status\": \"ACTIVE\"}");
    add_object(org, "authenticator", NULL, "webauthn",
               "{\"key\": \"webauthn\", \"status\": \"INACTIVE\"}");
    add_object(org, "policy", NULL, "Default Policy", "{}");
    add_object(org, "rule", "Default Policy", WP_OKTA_CATCH_ALL, DENY);
    add_object(org, "policy", NULL, "Finance (EU)", "{\"status\": \"ACTIVE\"}");
    add_object(org, "binding", NULL, "Payroll: EU",
               "{\"policy\": {\"$ref\": \"policy/Finance (EU)\"}}");
}

static void
add_rule(struct org *org, const char *name, int place, const char *conditions, const char *sign_on)
{
    add_object(org, "rule", "Finance (EU)", name,
               wp_format(org->arena,
                         "{\"priority\": %d, \"status\": \"ACTIVE\", \"conditions\": {%s}, "
                         "\"actions\": {\"appSignOn\": %s}}",
                         place, conditions, sign_on));
}

static const char *
lift_org(struct org *org, struct wp_problem *problem, bool real_devices)
{
    const struct wp_okta_lift_options options = {.real_devices = real_devices};
    struct wp_buffer source = {.arena = org->arena};

    *problem = (struct wp_problem){0};
    (void)wp_okta_lift_as(&org->session, &org->state, &options, &source, problem);
    wp_buffer_add(&source, "", 1);
    struct wp_compilation compilation;
    bool compiles = compile_text(&compilation, (const char *)source.bytes);
    wp_compilation_end(&compilation);
    cr_assert(compiles, "%s", (const char *)source.bytes);
    return (const char *)source.bytes;
}

static void
org_end(struct org *org)
{
    wp_state_end(&org->state);
    wp_arena_free(org->arena);
}

Test(okta_lift, names_are_those_of_the_org)
{
    struct wp_problem problem;
    struct org org;

    org_init(&org);
    add_rule(&org, "Staff at home", 0,
             "\"people\": {\"groups\": {\"include\": [{\"$ref\": \"group/All staff\"}, {\"$ref\": "
             "\"group/2nd line\"}]}, \"users\": {\"exclude\": [{\"$ref\": "
             "\"user/ana@corp.example\"}]}}, \"network\": {\"connection\": \"ZONE\", \"exclude\": "
             "[{\"$ref\": \"zone/Head office\"}]}, \"riskScore\": {\"level\": \"LOW\"}",
             PASSWORD);
    add_object(&org, "rule", "Finance (EU)", WP_OKTA_CATCH_ALL, DENY);
    const char *text = lift_org(&org, &problem, false);
    cr_expect_eq(problem.kind, WP_PROBLEM_NONE, "%s", problem.text);
    static const char *const wanted[] = {
        "network Head_office = 192.0.2.0/24 + 198.51.100.7\n",
        "group All_staff      = \"All staff\"\n",
        "group group_2nd_line = \"2nd line\"\n",
        "app Payroll_EU = \"Payroll: EU\"\n",
        "policy Finance_EU for Payroll_EU {\n",
        "rule Staff_at_home when",
        "group in {All_staff, group_2nd_line} and not user in {\"ana@corp.example\"}\n",
        "and not network in Head_office and risk is low\n",
        "authenticate okta_password every 8h\n",
        "policy Default_Policy is default {\n",
    };
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
        cr_expect(strstr(text, wanted[i]), "%s\nis not in\n%s", wanted[i], text);
    org_end(&org);
}

Test(okta_lift, what_cannot_be_said_denies_and_is_told)
{
    static const struct {
        const char *conditions, *sign_on, *problem;
    } rows[] = {
        {"\"network\": {\"connection\": \"ZONE\", \"include\": [{\"$ref\": \"zone/Far away\"}]}",
         PASSWORD, "zone Far away"},
        {"\"network\": {\"connection\": \"ZONE\", \"include\": [\"nzoGone\"]}", PASSWORD,
         "zone nzoGone"},
        {"\"people\": {\"groups\": {\"include\": [\"00gGone\"]}}", PASSWORD, "group 00gGone"},
        {"\"people\": {\"groups\": {\"include\": [\"00gGone\"]}, \"users\": {\"include\": "
         "[\"00uGone\"]}}",
         PASSWORD, "group 00gGone"},
        {"\"elCondition\": {\"condition\": \"user.login == 'a'\\nb\"}", PASSWORD,
         "the expression user.login == 'a'?b"},
        {"\"userType\": {\"include\": [\"oty1\"]}", PASSWORD, "the condition userType"},
        {"\"device\": {\"registered\": true}", PASSWORD, "registered, managed or not"},
        {"\"device\": {\"registered\": true, \"managed\": false}", PASSWORD, "not managed"},
        {"\"device\": {\"assurance\": {\"include\": [\"dae1\"]}}", PASSWORD, "device assurance"},
        {"\"platform\": {\"include\": [{\"type\": \"DESKTOP\", \"os\": {\"type\": \"OTHER\", "
         "\"expression\": \"x\"}}]}",
         PASSWORD, "by an expression"},
        {"\"riskScore\": {\"level\": \"EXTREME\"}", PASSWORD, "the risk EXTREME"},
        {"", "{\"access\": \"ALLOW\", \"verificationMethod\": {\"type\": \"ID_PROOFING\"}}",
         "ID_PROOFING"},
        {"", "{\"access\": \"MAYBE\"}", "the access MAYBE"},
        {"",
         "{\"access\": \"ALLOW\", \"verificationMethod\": {\"type\": \"ASSURANCE\", "
         "\"factorMode\": \"1FA\", \"reauthenticateIn\": \"P1Y\"}}",
         "the time P1Y"},
        {"",
         "{\"access\": \"ALLOW\", \"verificationMethod\": {\"type\": \"ASSURANCE\", "
         "\"factorMode\": \"1FA\", \"reauthenticateIn\": \"PT1H\", \"constraints\": "
         "[{\"possession\": {\"hardwareProtection\": \"REQUIRED\"}}]}}",
         "hardwareProtection"},
        {"",
         "{\"access\": \"ALLOW\", \"verificationMethod\": {\"type\": \"ASSURANCE\", "
         "\"factorMode\": \"2FA\", \"reauthenticateIn\": \"PT1H\", \"constraints\": "
         "[{\"knowledge\": {\"types\": [\"password\"], \"reauthenticateIn\": \"PT12H\"}}]}}",
         "factors with reauthenticateIn"},
        {"",
         "{\"access\": \"ALLOW\", \"verificationMethod\": {\"type\": \"ASSURANCE\", "
         "\"factorMode\": \"1FA\", \"reauthenticateIn\": \"PT1H\", \"constraints\": "
         "[{\"possession\": {\"authenticationMethods\": [{\"key\": \"okta_verify\", \"method\": "
         "\"signed_nonce\"}]}}]}}",
         "the method signed_nonce of authenticator okta_verify"},
        {"",
         "{\"access\": \"ALLOW\", \"verificationMethod\": {\"type\": \"ASSURANCE\", "
         "\"factorMode\": \"1FA\", \"reauthenticateIn\": \"PT1H\", \"constraints\": "
         "[{\"possession\": {\"methods\": [\"sms\"]}}]}}",
         "no active authenticator gives"},
        {"",
         "{\"access\": \"ALLOW\", \"verificationMethod\": {\"type\": \"AUTH_METHOD_CHAIN\", "
         "\"reauthenticateIn\": \"PT1H\", \"chains\": [{\"authenticationMethods\": [{\"key\": "
         "\"webauthn\", \"method\": \"webauthn\", \"hardwareProtection\": \"REQUIRED\"}]}]}}",
         "the method webauthn of authenticator webauthn"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct wp_problem problem;
        struct org org;
        org_init(&org);
        add_rule(&org, "odd", 0, rows[i].conditions, rows[i].sign_on);
        add_object(&org, "rule", "Finance (EU)", WP_OKTA_CATCH_ALL,
                   "{\"actions\": {\"appSignOn\": " PASSWORD "}}");
        const char *text = lift_org(&org, &problem, false);
        cr_expect_eq(problem.kind, WP_PROBLEM_FAILED, "row %zu\n%s", i, text);
        cr_expect(strstr(problem.text, rows[i].problem), "%s\n%s", problem.text, rows[i].problem);
        cr_expect(strstr(problem.text, "rule odd of policy Finance (EU)"), "%s", problem.text);
        cr_expect(strstr(text, "// Okta goes by"), "row %zu\n%s", i, text);
        const char *rule = strstr(text, "  rule odd");
        const char *end = strchr(rule ? rule : text, '\n');
        cr_expect(rule && strncmp(end - 4, "deny", 4) == 0, "row %zu\n%s", i, text);
        org_end(&org);
    }
}

/* What people choose of, as chains of what the org has. */
Test(okta_lift, requirements_of_assurance)
{
    static const struct {
        const char *method, *chain;
    } rows[] = {
        {"\"factorMode\": \"1FA\"", "authenticate okta_password or okta_verify every 2h"},
        {"\"factorMode\": \"2FA\"",
         "authenticate okta_password then okta_verify else okta_verify then okta_password every "
         "2h"},
        {"\"factorMode\": \"1FA\", \"constraints\": [{\"possession\": {\"deviceBound\": "
         "\"REQUIRED\", \"required\": true}}]",
         "authenticate okta_verify every 2h"},
        {"\"factorMode\": \"1FA\", \"constraints\": [{\"possession\": {\"phishingResistant\": "
         "\"REQUIRED\"}}]",
         "authenticate okta_fastpass every 2h"},
        {"\"factorMode\": \"2FA\", \"constraints\": [{\"knowledge\": {\"methods\": "
         "[\"password\"]}, \"possession\": {\"methods\": [\"push\"]}}]",
         "authenticate okta_password then okta_verify_push else okta_verify_push\n"},
        /* What is excluded requires nothing. */
        {"\"factorMode\": \"1FA\", \"constraints\": [{\"possession\": "
         "{\"excludedAuthenticationMethods\": [{\"key\": \"okta_verify\", \"method\": \"totp\"}, "
         "{\"key\": \"okta_verify\", \"method\": \"signed_nonce\"}]}}]",
         "authenticate okta_password or okta_verify_push every 2h"},
        {"\"factorMode\": \"1FA\", \"constraints\": [{\"possession\": {\"required\": true, "
         "\"excludedAuthenticationMethods\": [{\"key\": \"okta_verify\", \"method\": \"totp\"}, "
         "{\"key\": \"okta_verify\", \"method\": \"signed_nonce\"}]}}]",
         "authenticate okta_verify_push every 2h"},
        /* One of two, and the time of the whole once more. */
        {"\"factorMode\": \"1FA\", \"constraints\": [{\"knowledge\": {\"methods\": [\"password\"], "
         "\"reauthenticateIn\": \"PT2H\"}}, {\"possession\": {\"phishingResistant\": "
         "\"REQUIRED\"}}]",
         "authenticate okta_password or okta_fastpass every 2h"},
        {"\"factorMode\": \"2FA\", \"constraints\": [{\"knowledge\": {\"methods\": "
         "[\"PASSWORD\"]}, \"possession\": {\"phishingResistant\": \"REQUIRED\"}}]",
         "authenticate okta_password then okta_fastpass else okta_fastpass then okta_password"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct wp_problem problem;
        struct org org;
        org_init(&org);
        add_object(&org, "rule", "Finance (EU)", WP_OKTA_CATCH_ALL,
                   wp_format(org.arena,
                             "{\"actions\": {\"appSignOn\": {\"access\": \"ALLOW\", "
                             "\"verificationMethod\": {\"type\": \"ASSURANCE\", "
                             "\"reauthenticateIn\": \"PT2H\", %s}}}}",
                             rows[i].method));
        const char *text = lift_org(&org, &problem, false);
        cr_expect_eq(problem.kind, WP_PROBLEM_NONE, "%s", problem.text);
        cr_expect(strstr(text, rows[i].chain), "%s\nis not in\n%s", rows[i].chain, text);
        org_end(&org);
    }
}

/* The global session policy: what it denies, and what it asks for besides. */
Test(okta_lift, both_policies_must_be_satisfied)
{
    struct wp_problem problem;
    struct org org;

    org_init(&org);
    add_object(&org, "rule", "Finance (EU)", WP_OKTA_CATCH_ALL,
               "{\"actions\": {\"appSignOn\": " PASSWORD "}}");
    add_object(
        &org, "session_policy", NULL, "Staff",
        "{\"status\": \"ACTIVE\", \"priority\": 1, \"conditions\": {\"people\": {\"groups\": "
        "{\"include\": [{\"$ref\": \"group/All staff\"}]}}}}");
    add_object(&org, "session_rule", "Staff", "office",
               "{\"priority\": 1, \"status\": \"ACTIVE\", \"conditions\": {\"network\": "
               "{\"connection\": \"ZONE\", \"include\": [{\"$ref\": \"zone/Head office\"}]}}, "
               "\"actions\": {\"signon\": {\"access\": \"ALLOW\", \"requireFactor\": true, "
               "\"primaryFactor\": \"PASSWORD_IDP_ANY_FACTOR\"}}}");
    add_object(&org, "session_rule", "Staff", "elsewhere",
               "{\"priority\": 2, \"status\": \"ACTIVE\", \"conditions\": {}, "
               "\"actions\": {\"signon\": {\"access\": \"DENY\"}}}");
    add_object(&org, "session_policy", NULL, "Default Policy", "{}");
    add_object(&org, "session_rule", "Default Policy", WP_OKTA_DEFAULT_RULE,
               "{\"actions\": {\"signon\": {\"access\": \"ALLOW\", \"primaryFactor\": "
               "\"PASSWORD_IDP_ANY_FACTOR\", \"requireFactor\": false}}}");
    const char *text = lift_org(&org, &problem, false);
    cr_expect_eq(problem.kind, WP_PROBLEM_NONE, "%s", problem.text);
    static const char *const wanted[] = {
        "condition session_asks_two_office = group in All_staff and network in Head_office\n",
        "condition session_denies_elsewhere = group in All_staff and not (group in All_staff\n",
        "when session_denies_elsewhere  deny\n",
        "when session_asks_two_office",
        "authenticate okta_password then (okta_verify or okta_fastpass)\n",
        "otherwise authenticate okta_password every 8h\n",
    };
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
        cr_expect(strstr(text, wanted[i]), "%s\nis not in\n%s", wanted[i], text);
    org_end(&org);
}

/* An iPad's Safari is a Mac to Okta. */
Test(okta_lift, an_ipad_is_two_devices)
{
    static const struct {
        const char *os, *seen, *real;
    } rows[] = {
        {"{\"type\": \"DESKTOP\", \"os\": {\"type\": \"MACOS\"}}", "when device in macos ",
         "when (device in ipados and entry in {browser}) or device in macos\n"},
        {"{\"type\": \"MOBILE\", \"os\": {\"type\": \"IOS\"}}", "when device in ios + ipados ",
         "when (device in ipados and not entry in {browser}) or device in ios\n"},
        {"{\"type\": \"DESKTOP\", \"os\": {\"type\": \"MACOS\"}}, {\"type\": \"MOBILE\", \"os\": "
         "{\"type\": \"IOS\"}}",
         "when device in ios + ipados + macos", "when device in ios + ipados + macos"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct wp_problem problem;
        struct org org;
        org_init(&org);
        add_rule(&org, "r", 0,
                 wp_format(org.arena, "\"platform\": {\"include\": [%s]}", rows[i].os), PASSWORD);
        add_object(&org, "rule", "Finance (EU)", WP_OKTA_CATCH_ALL, DENY);
        cr_expect(strstr(lift_org(&org, &problem, false), rows[i].seen), "%s",
                  lift_org(&org, &problem, false));
        cr_expect(strstr(lift_org(&org, &problem, true), rows[i].real), "%s",
                  lift_org(&org, &problem, true));
        org_end(&org);
    }
}
