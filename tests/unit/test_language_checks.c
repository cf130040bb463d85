/* Annotations, groups with one name, absent facts, and what tests say. */
#include "unit/compile_text.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define END "policy P is default { otherwise deny }\n"

struct row {
    const char *text, *findings;
};

static void
expect_all(const struct row *rows, size_t count, int low, int high)
{
    for (size_t i = 0; i < count; i++) {
        char *found = findings_of(rows[i].text, low, high);
        cr_expect_str_eq(found, rows[i].findings, "%s-> %s", rows[i].text, found);
        free(found);
    }
}
#define EXPECT_ALL(rows, low, high) expect_all(rows, sizeof(rows) / sizeof *(rows), low, high)

/* Tests compile as on day 20000, which is 2024-10-04. */
Test(annotations, are_known_and_have_not_expired)
{
    static const struct row rows[] = {
        {"@owner \"identity\" @ticket \"ID-7\" @expires 2024-10-05\napp A\n" END, ""},
        {"@expires 2024-10-04\napp A\n" END, "1050 error 1:1"},
        {"@expires 2023-12-31\napp A\n" END, "1050 error 1:1"},
        {"@expires 2024-02-29\napp A\n" END, "1050 error 1:1"},
        {"@expires 2023-02-29\napp A\n" END, "1051 error 1:10"},
        {"@expires 2100-02-29\napp A\n" END, "1051 error 1:10"},
        {"@expires 2024-13-01\napp A\n" END, "1051 error 1:10"},
        {"@expires 2024-00-01\napp A\n" END, "1051 error 1:10"},
        {"@expires 2025-04-31\napp A\n" END, "1051 error 1:10"},
        {"@expires \"soon\"\napp A\n" END, "1051 error 1:10"},
        {"@expires\napp A\n" END, "1051 error 1:1"},
        {"@owner\napp A\n" END, "1051 error 1:1"},
        {"@owner 7\napp A\n" END, "1051 error 1:1"},
        {"@onwer \"x\"\napp A\n" END, "1051 error 1:2"},
        {"@owner \"x\" @owner \"y\"\napp A\n" END, "1051 error 1:12"},
        {"policy P is default {\n@expires 2020-01-01\nrule r deny\notherwise deny }\n",
         "1050 error 2:1"},
        {"template T() {\n@expires 2020-01-01\nrule r deny }\n"
         "policy P is default { include T() as a include T() as b }\n",
         "1050 error 2:1"},
    };
    EXPECT_ALL(rows, 1050, 1051);
}

Test(annotations, nothing_expires_in_an_image)
{
    struct wp_compile_options options = {.today = -1};
    struct wp_compilation compilation;
    char name[] = "/tmp/woapol-test-XXXXXX";
    int file = mkstemp(name);
    FILE *out = fdopen(file, "w");

    cr_assert_not_null(out);
    (void)fputs("@expires 2020-01-01\napp A\n" END, out);
    (void)fclose(out);
    cr_expect(wp_compile(&compilation, name, &options));
    wp_compilation_end(&compilation);
    options.today = 0;
    cr_expect_not(wp_compile(&compilation, name, &options));
    wp_compilation_end(&compilation);
    (void)remove(name);
}

Test(groups, have_names_of_their_own)
{
    static const struct row rows[] = {
        {"group A = \"Staff\"\ngroup B = \"Others\"\ngroup C\n" END, ""},
        {"group A = \"A\"\n" END, ""},
        {"group A = \"Staff\"\ngroup B = \"Staff\"\n" END, "1038 warning 2:7"},
        {"group A = \"B\"\ngroup B\n" END, "1038 warning 2:7"},
        {"group A = \"B\"\ngroup B = \"A\"\n" END, "1038 warning 1:7; 1038 warning 2:7"},
    };
    EXPECT_ALL(rows, 1038, 1038);
}

#define RULE(condition, action)                                                                    \
    "network N = 10.0.0.0/8\ngroup G\ngroup H\napp A\n"                                            \
    "policy P is default {\nrule r when " condition " " action "\notherwise deny }\n"

Test(absent, opens_what_is_granted_by_a_negation)
{
    static const struct row rows[] = {
        {RULE("network in N", "allow"), ""},
        {RULE("not network in N", "deny"), ""},
        {RULE("not network in N", "allow"), "2010 warning 6:13"},
        {RULE("not network in N", "authenticate password"), "2010 warning 6:13"},
        {RULE("managed and not network in N", "allow"), "2010 warning 6:25"},
        {RULE("not (managed and network in N)", "allow"), "2010 warning 6:13"},
        {RULE("not not network in N", "allow"), ""},
        {RULE("not device in ios", "allow"), "2010 warning 6:13"},
        {RULE("not app in A", "allow"), "2010 warning 6:13"},
        {RULE("not user in \"ana\"", "allow"), "2010 warning 6:13"},
        {RULE("not entry in {hub}", "allow"), "2010 warning 6:13"},
        {RULE("not group in G", "allow"), "2010 warning 6:13"},
        {RULE("group in G and not group in H", "allow"), "2010 warning 6:28"},
        {"app A\napp B\npolicy P for A, B { rule r when not app in A allow }\n", ""},
        /* Nothing is shut: everything is open. */
        {RULE("not network in N or network in N", "allow"), ""},
        {RULE("not device in ios or device in ios", "allow"), ""},
        /* Absent posture and risk are the worst there are. */
        {RULE("not managed", "allow"), ""},
        {RULE("not compliant and risk is high", "allow"), ""},
        {RULE("risk is high or entry in {hub}", "allow"), ""},
        /* One finding a fact. */
        {RULE("not network in N and not device in ios", "allow"),
         "2010 warning 6:13; 2010 warning 6:34"},
        {RULE("not network in N or not network in 10.0.0.0/16", "allow"), "2010 warning 6:13"},
        {"group G\npolicy P is default { rule report r when not group in G allow otherwise deny "
         "}\n",
         ""},
        {"condition Away = not network in 10.0.0.0/8\n"
         "policy P is default { rule r when Away allow otherwise deny }\n",
         "2010 warning 2:35"},
    };
    EXPECT_ALL(rows, 2010, 2010);
}

#define TEST(body)                                                                                 \
    "group G\ngroup H\napp A\ndevice D = ios\ncondition C = managed\n"                             \
    "chain K = password\n"                                                                         \
    "policy P is default { rule r when managed allow rule report seen deny otherwise deny }\n"     \
    "test \"t\" {\n" body "\n}\n"

Test(tests, say_what_can_be)
{
    static const struct row rows[] = {
        {TEST("given ip 10.0.0.1 device ios groups G, H app A user \"ana\" entry hub managed risk "
              "low\n"
              "expect allow by r in P report seen"),
         ""},
        {TEST("given groups \"Unheard of\" device \"toaster\" app \"Other\" entry "
              "\"telnet\"\nexpect deny"),
         ""},
        {TEST("given ip 10.0.0\nexpect deny"), "1020 error 9:10"},
        {TEST("given ip 10.0.0.0/8\nexpect deny"), "1020 error 9:10"},
        {TEST("given device toaster\nexpect deny"), "1010 error 9:14"},
        {TEST("given device D\nexpect deny"), "1012 error 9:14"},
        {TEST("given groups Nobody\nexpect deny"), "1010 error 9:14"},
        {TEST("given app Nothing\nexpect deny"), "1010 error 9:11"},
        {TEST("given entry telnet\nexpect deny"), "1010 error 9:13"},
        {TEST("given risk huge\nexpect deny"), "1010 error 9:12"},
        {TEST("given device ios device android\nexpect deny"), "1060 error 9:18"},
        {TEST("given managed not managed\nexpect deny"), "1060 error 9:15"},
        {TEST("given managed managed\nexpect allow"), ""},
        {TEST("given groups none\ngiven groups G\nexpect deny"), "1060 error 10:7"},
        {TEST("given risk high\nexpect deny by q"), "1010 error 10:16"},
        {TEST("given risk high\nexpect deny by r in Q"), "1010 error 10:21"},
        {TEST("given risk high\nexpect deny by seen"), "1060 error 10:16"},
        {TEST("given risk high\nexpect deny report r"), "1060 error 10:20"},
        {TEST("given risk high\nexpect deny report sen"), "1010 error 10:20"},
        {TEST("given risk high\nexpect deny by otherwise"), ""},
        {TEST("given risk high\nexpect rule P.r"), ""},
        {TEST("given risk high\nexpect rule P.q"), "1010 error 10:13"},
        {TEST("given risk high\nexpect rule Q.r"), "1010 error 10:13"},
        {TEST("given risk high\nexpect method K"), "1012 error 10:15"},
        {TEST("given risk high\nexpect method passwrd"), "1010 error 10:15"},
        {TEST("given risk high\nexpect authenticate K then fido"), "1010 error 10:28"},
        {TEST("given risk high\nexpect deny\nexpect allow"), "1060 error 11:1"},
        {TEST("given risk high\nexpect deny every 8h"), "1060 error 10:1"},
        {TEST("given risk high\nexpect allow\nexpect rule r"), ""},
    };
    EXPECT_ALL(rows, 1010, 1060);
}

Test(proofs, name_what_is_there)
{
    static const struct row rows[] = {
        {"prove \"p\" { never allow when network in N }\n" END, "1010 error 1:41"},
        {"prove \"p\" { always rule r when managed }\n" END, "1010 error 1:25"},
        {"prove \"p\" { always method fido }\n" END, "1010 error 1:27"},
        {"prove \"p\" { always factors >= 2, deny, authenticate password }\n" END, ""},
    };
    EXPECT_ALL(rows, 1010, 1060);
}
