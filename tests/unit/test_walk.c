/* The plain meaning, line by line as the language's definition says it. */
#include "compiler/walk.h"
#include "unit/compile_text.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static const char policy_text[] =
    "network Office = 198.51.100.0/24 + 2001:db8:10::/48\n"
    "device Mobile = ios + android\n"
    "group Staff = \"All Staff@corp.example\"\n"
    "group Contractors\n"
    "group Banned\n"
    "app Salesforce\napp Payroll\napp Wiki\n"
    "policy Workforce is default {\n"
    "  rule report seen when network in Office deny\n"
    "  rule banned when group in Banned deny \"Ask security\"\n"
    "  rule staff when group in Staff and network in Office authenticate password every 8h\n"
    "  rule mobile when managed and compliant and device in Mobile allow\n"
    "  rule ana when user in {\"ana@corp.example\"} and entry in {hub} allow\n"
    "  rule calm when risk <= medium and not group in Contractors authenticate fido2\n"
    "  rule report late when group in Staff allow\n"
    "}\n"
    "policy Finance for Salesforce, Payroll {\n"
    "  rule wiki when app in Payroll allow\n"
    "  otherwise authenticate password\n"
    "}\n";

/* A request as words: "ip 10.0.0.1 group Staff managed". */
static void
read_request(struct wp_arena *arena, const struct wp_model *model, const char *words,
             struct wp_request *request)
{
    char text[256];
    char *rest = NULL;

    wp_request_init(request);
    (void)snprintf(text, sizeof text, "%s", words);
    for (char *word = strtok_r(text, " ", &rest); word; word = strtok_r(NULL, " ", &rest)) {
        if (strcmp(word, "managed") == 0) {
            request->managed = true;
            continue;
        }
        if (strcmp(word, "compliant") == 0) {
            request->compliant = true;
            continue;
        }
        if (strcmp(word, "incomplete") == 0) {
            request->groups_complete = false;
            continue;
        }
        const char *value = strtok_r(NULL, " ", &rest);
        if (strcmp(word, "ip") == 0)
            cr_assert(wp_request_set_address(request, value));
        else if (strcmp(word, "device") == 0)
            wp_request_set_device(model, request, value);
        else if (strcmp(word, "app") == 0)
            wp_request_set_app(model, request, value);
        else if (strcmp(word, "user") == 0)
            wp_request_set_user(model, request, value);
        else if (strcmp(word, "entry") == 0)
            wp_request_set_entry(request, value);
        else if (strcmp(word, "risk") == 0)
            cr_assert(wp_request_set_risk(request, value));
        else if (strcmp(word, "group") == 0)
            wp_request_add_group(arena, model, request, value);
        else
            cr_assert_fail("%s", word);
    }
}

/* "deny by banned in Workforce report seen" */
static void
verdict_text(const struct wp_model *model, const struct wp_request *request, char *text,
             size_t room)
{
    static const char *const effects[] = {"deny", "allow", "authenticate"};
    struct wp_verdict verdict;
    uint32_t reports[8];
    size_t count = wp_walk_reports(model, request, reports, 8);

    wp_walk(model, request, &verdict);
    if (verdict.policy == WP_NONE) {
        (void)snprintf(text, room, "%s", effects[verdict.effect]);
        return;
    }
    const struct wp_policy *policy = &model->policies[verdict.policy];
    (void)snprintf(text, room, "%s by %s in %s%s", effects[verdict.effect],
                   verdict.rule == WP_NONE ? "otherwise" : policy->rules[verdict.rule].name,
                   policy->name, verdict.groups_incomplete ? " incomplete" : "");
    for (size_t i = 0; i < count; i++) {
        size_t used = strlen(text);
        (void)snprintf(text + used, room - used, " report %s", policy->rules[reports[i]].name);
    }
}

Test(walk, decides_as_the_language_says)
{
    static const struct {
        const char *request, *verdict;
    } rows[] = {
        {"", "deny by otherwise in Workforce"},
        /* The first rule that is true decides. */
        {"group Banned group Staff ip 198.51.100.1",
         "deny by banned in Workforce report seen report late"},
        {"group Staff ip 198.51.100.1",
         "authenticate by staff in Workforce report seen report late"},
        {"group Staff ip 198.51.101.0", "deny by otherwise in Workforce report late"},
        {"group Staff", "deny by otherwise in Workforce report late"},
        {"managed compliant device ios", "allow by mobile in Workforce"},
        {"managed device ios", "deny by otherwise in Workforce"},
        {"managed compliant device Mobile", "deny by otherwise in Workforce"},
        {"managed compliant device toaster", "deny by otherwise in Workforce"},
        {"user ana@corp.example entry hub", "allow by ana in Workforce"},
        {"user ana@corp.example entry telnet", "deny by otherwise in Workforce"},
        {"user ANA@corp.example entry hub", "deny by otherwise in Workforce"},
        /* Absent risk is high. */
        {"risk low", "authenticate by calm in Workforce"},
        {"risk medium", "authenticate by calm in Workforce"},
        {"risk high", "deny by otherwise in Workforce"},
        {"risk low group Contractors", "deny by otherwise in Workforce"},
        /* The mapped address is the IPv4 one. */
        {"ip ::ffff:198.51.100.9 group Staff",
         "authenticate by staff in Workforce report seen report late"},
        {"ip 2001:db8:10:1::1 group Staff",
         "authenticate by staff in Workforce report seen report late"},
        /* Either name of a group. */
        {"group All_Staff@corp.example ip 198.51.100.1",
         "deny by otherwise in Workforce report seen"},
        {"group Nobody risk low", "authenticate by calm in Workforce"},
        /* An app selects the policy that names it, else the default. */
        {"app Payroll", "allow by wiki in Finance"},
        {"app Salesforce group Banned", "authenticate by otherwise in Finance"},
        {"app Wiki risk low", "authenticate by calm in Workforce"},
        {"app Unknown risk low", "authenticate by calm in Workforce"},
        /* Incomplete groups: the first rule that is not false is unknown. */
        {"incomplete", "deny by banned in Workforce incomplete"},
        {"incomplete group Banned", "deny by banned in Workforce"},
        {"incomplete ip 198.51.100.1", "deny by banned in Workforce incomplete report seen"},
        {"app Payroll incomplete", "allow by wiki in Finance"},
        {"incomplete group Banned group Staff", "deny by banned in Workforce report late"},
    };
    struct wp_compilation compilation;
    cr_assert(compile_text(&compilation, policy_text));
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct wp_request request;
        char text[256];

        read_request(compilation.arena, compilation.model, rows[i].request, &request);
        verdict_text(compilation.model, &request, text, sizeof text);
        cr_expect_str_eq(text, rows[i].verdict, "'%s': %s", rows[i].request, text);
    }
    wp_compilation_end(&compilation);
}

Test(walk, carries_what_the_rule_says)
{
    struct wp_compilation compilation;
    struct wp_request request;
    struct wp_verdict verdict;

    cr_assert(compile_text(&compilation, policy_text));
    const struct wp_model *model = compilation.model;
    read_request(compilation.arena, model, "group Banned", &request);
    wp_walk(model, &request, &verdict);
    cr_expect_str_eq(verdict.message, "Ask security");
    cr_expect_eq(verdict.chain, WP_NONE);
    cr_expect_eq(verdict.reauth_seconds, WP_NO_REAUTH);
    read_request(compilation.arena, model, "ip 198.51.100.1", &request);
    wp_request_add_group(compilation.arena, model, &request, "All Staff@corp.example");
    wp_walk(model, &request, &verdict);
    cr_expect_eq(verdict.effect, WP_AUTHENTICATE);
    cr_expect_neq(verdict.chain, WP_NONE);
    cr_expect_eq(verdict.reauth_seconds, 8 * 3600);
    cr_expect_null(verdict.message);
    /* Unknown: nothing of the rule but its name. */
    read_request(compilation.arena, model, "incomplete", &request);
    wp_walk(model, &request, &verdict);
    cr_expect_null(verdict.message);
    wp_compilation_end(&compilation);
}

Test(walk, without_a_policy_denies)
{
    struct wp_compilation compilation;
    struct wp_request request;
    struct wp_verdict verdict;

    cr_assert(compile_text(&compilation, "app A\npolicy P for A { otherwise allow }\n"));
    wp_request_init(&request);
    wp_walk(compilation.model, &request, &verdict);
    cr_expect_eq(verdict.effect, WP_DENY);
    cr_expect_eq(verdict.policy, WP_NONE);
    cr_expect_eq(verdict.rule, WP_NONE);
    cr_expect_eq(wp_walk_reports(compilation.model, &request, NULL, 0), 0);
    wp_request_set_app(compilation.model, &request, "A");
    wp_walk(compilation.model, &request, &verdict);
    cr_expect_eq(verdict.effect, WP_ALLOW);
    wp_compilation_end(&compilation);
}

Test(walk, is_kleenes_logic)
{
    /* G is what an incomplete list leaves unknown; T and F are known. */
    static const struct {
        const char *condition;
        enum wp_truth value;
    } rows[] = {
        {"group in G", WP_UNKNOWN},
        {"not group in G", WP_UNKNOWN},
        {"group in G and not group in G", WP_UNKNOWN},
        {"group in G or not group in G", WP_UNKNOWN},
        {"group in G and T", WP_UNKNOWN},
        {"group in G and F", WP_FALSE},
        {"group in G or T", WP_TRUE},
        {"group in G or F", WP_UNKNOWN},
        {"group in {G, Listed}", WP_TRUE},
        {"group in Listed and not group in G", WP_UNKNOWN},
        {"not (group in G and T) or F", WP_UNKNOWN},
        {"not (group in G and F)", WP_TRUE},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct wp_compilation compilation;
        struct wp_request request;
        char text[256];

        (void)snprintf(text, sizeof text,
                       "group G\ngroup Listed\ncondition T = managed\ncondition F = not managed\n"
                       "policy P is default { rule r when %s deny otherwise deny }\n",
                       rows[i].condition);
        cr_assert(compile_text(&compilation, text), "%s", rows[i].condition);
        read_request(compilation.arena, compilation.model, "managed group Listed incomplete",
                     &request);
        cr_expect_eq(
            wp_walk_test(compilation.model, compilation.model->policies[0].rules[0].when, &request),
            rows[i].value, "%s", rows[i].condition);
        wp_compilation_end(&compilation);
    }
}

Test(walk, a_name_means_every_group_that_has_it)
{
    struct wp_compilation compilation;
    struct wp_request request;

    cr_assert(compile_text(&compilation,
                           "group A = \"B\"\ngroup B = \"C\"\ngroup C = \"B\"\ngroup D\n"
                           "policy P is default { otherwise deny }\n"));
    wp_request_init(&request);
    wp_request_add_group(compilation.arena, compilation.model, &request, "B");
    wp_request_add_group(compilation.arena, compilation.model, &request, "B");
    cr_assert_eq(request.groups.count, 3);
    wp_request_init(&request);
    wp_request_add_group(compilation.arena, compilation.model, &request, "A");
    cr_expect_eq(request.groups.count, 1);
    wp_request_add_group(compilation.arena, compilation.model, &request, "E");
    cr_expect_eq(request.groups.count, 1);
    wp_compilation_end(&compilation);
}
