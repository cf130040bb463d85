/* Names: what each place wants, what is said when it is not there, circles and
 * templates. */
#include "unit/compile_text.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define END "policy P is default { otherwise deny }\n"
#define RULE(condition) "policy P is default {\nrule r when " condition " deny\notherwise deny }\n"

struct row {
    const char *text, *findings;
};

static void
expect_all(const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char *found = findings_of(rows[i].text, 1010, 1099);
        cr_expect_str_eq(found, rows[i].findings, "%s-> %s", rows[i].text, found);
        free(found);
    }
}
#define EXPECT_ALL(rows) expect_all(rows, sizeof(rows) / sizeof *(rows))

Test(resolve, looks_names_up_in_the_kind_of_their_place)
{
    static const struct row rows[] = {
        {RULE("network in Nowhere"), "1010 error 2:24"},
        {RULE("device in toaster"), "1010 error 2:23"},
        {RULE("group in Nobody"), "1010 error 2:22"},
        {RULE("app in Nothing"), "1010 error 2:20"},
        {RULE("entry in {brwser}"), "1010 error 2:23"},
        {RULE("risk is hihg"), "1010 error 2:21"},
        {RULE("Unheard"), "1010 error 2:13"},
        {RULE("user in ana"), "1012 error 2:21"},
        {RULE("network in {Here, There}"), "1010 error 2:25; 1010 error 2:31"},
        {RULE("network in ios"), "1012 error 2:24"},
        {RULE("device in 10.0.0.0/8"), "1012 error 2:23"},
        {RULE("group in 10.0.0.1"), "1012 error 2:22"},
        {"group G\ngroup H\n" RULE("group in G + H"), ""},
        {"app Ios\n" RULE("device in Ios"), "1012 error 3:23"},
        {"chain C = passwrd\n" END, "1010 error 1:11"},
        {"chain C = password then Nothing\n" END, "1010 error 1:25"},
        {"network password = ::/0\n" RULE("network in password"), ""},
        {"network N = M\nnetwork M = ::/0\n" RULE("network in N"), ""},
        {"policy P for Nothing { otherwise deny }\n", "1010 error 1:14"},
        {"policy P is default { include Nothing() otherwise deny }\n", "1010 error 1:31"},
    };
    EXPECT_ALL(rows);
}

Test(resolve, one_unknown_name_is_one_message)
{
    static const struct row rows[] = {
        {RULE("network in Nowhere or network in Nowhere or device in Nowhere"),
         "1010 error 2:24; 1010 error 2:67"},
    };
    EXPECT_ALL(rows);
}

Test(resolve, a_name_whose_declaration_is_broken_is_not_missed)
{
    static const struct row rows[] = {
        {"network Office = 10.0.0.0/8 + )\n" RULE("network in Office"), ""},
        {"chain C = password then )\npolicy P is default { rule r authenticate C }\n", ""},
        {"network Office = 10.0.0.0/8 + )\n" RULE("network in Ofice"), "1010 error 3:24"},
        {"network MyOffice = 10.0.0.0/8 + )\n" RULE("network in Office"), "1010 error 3:24"},
        {"policy P is default {\nrule r when managed and )\notherwise deny }\n"
         "test \"t\" { given managed expect deny by r }\n",
         ""},
    };
    EXPECT_ALL(rows);
}

Test(resolve, names_are_unique_within_a_kind)
{
    static const struct row rows[] = {
        {"network A = ::/0\nnetwork A = ::/0\n" END, "1011 error 2:9"},
        {"group A\nnetwork A = ::/0\napp A\nchain A = password\n" END, ""},
        {"chain password = fido2\n" END, "1011 error 1:7"},
        {"policy P is default { rule a deny rule a deny otherwise deny }\n", "1011 error 1:40"},
        {END "app A\npolicy P for A { otherwise deny }\n", "1011 error 3:8"},
        {"test \"t\" { expect deny }\ntest \"t\" { expect deny }\n" END, "1011 warning 2:6"},
        {"template T(a, a) { rule r when network in a deny }\n" END, "1011 error 1:15"},
    };
    EXPECT_ALL(rows);
}

Test(resolve, definitions_do_not_lead_back_to_themselves)
{
    static const struct row rows[] = {
        {"network A = A\n" END, "1013 error 1:9"},
        {"network A = B\nnetwork B = C - 10.0.0.0/8\nnetwork C = A\n" END, "1013 error 1:9"},
        {"device D = E\ndevice E = D + ios\n" END, "1013 error 1:8"},
        {"chain C = password then C\n" END, "1013 error 1:7"},
        {"condition X = not Y\ncondition Y = managed and X\n" END, "1013 error 1:11"},
        {"template T() { include U() }\ntemplate U() { include T() }\n" END, "1013 error 1:10"},
        {"network A = A + B\nnetwork B = B\n" END, "1013 error 1:9; 1013 error 2:9"},
    };
    EXPECT_ALL(rows);
}

Test(resolve, long_definitions_take_no_stack)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);

    for (int i = 200000; i > 0; i--)
        (void)fprintf(out, "network N%d = N%d\n", i, i - 1);
    (void)fprintf(out, "network N0 = 10.0.0.0/8\n" END);
    (void)fclose(out);
    char *found = findings_of(text, 1000, 9999);
    cr_expect_str_eq(found, "", "%s", found);
    free(found);
    free(text);
}

Test(resolve, arguments_fit_their_parameters)
{
#define TEMPLATE                                                                                   \
    "group G\nnetwork N = ::/0\ncondition C = managed\n"                                           \
    "template T(net, who, how, sure) {\n"                                                          \
    "rule a when network in net and group in who and sure authenticate how }\n"
#define INCLUDE(arguments)                                                                         \
    TEMPLATE "policy P is default { include T(" arguments ") otherwise deny }\n"
    static const struct row rows[] = {
        {INCLUDE("N, G, password, C"), ""},
        {INCLUDE("N - 10.0.0.0/8, {G}, password then fido2, C"), ""},
        {INCLUDE("N, G, password"), "1036 error 6:23"},
        {INCLUDE("N, G, password, C, C"), "1036 error 6:23"},
        {INCLUDE("G, N, password, C"), "1036 error 6:33; 1036 error 6:36"},
        {INCLUDE("password then fido2, G, password, C"), "1036 error 6:33"},
        {INCLUDE("N, 10.0.0.0/8, password, C"), "1036 error 6:36"},
        {INCLUDE("N, G, N, C"), "1036 error 6:39"},
        {INCLUDE("N, G, password, {C}"), "1036 error 6:49"},
        {INCLUDE("N, G, password, Unheard"), "1010 error 6:49"},
        {"template T(x) { rule a when network in x and device in x deny }\n" END,
         "1036 error 1:56"},
        {"template T(x) { rule a when network in y deny }\n" END, "1010 error 1:40"},
        /* A parameter handed on is what the other template makes of it. */
        {TEMPLATE "template U(a, b) { include T(a, b, password, C) }\n"
                  "policy P is default { include U(N, G) otherwise deny }\n",
         ""},
        {TEMPLATE "template U(a, b) { include T(a, b, password, C) }\n"
                  "policy P is default { include U(G, G) otherwise deny }\n",
         "1036 error 7:33"},
        /* An unused parameter takes anything. */
        {"template T(x) { rule a deny }\npolicy P is default { include T(whatever) }\n", ""},
    };
    EXPECT_ALL(rows);
}

/* The text of the first fix of the first finding, or "". */
static void
expect_fix(const char *text, const char *replacement, const char *title)
{
    struct wp_compilation compilation;

    (void)compile_text(&compilation, text);
    const struct wp_diagnostic *finding = compilation.diagnostics.first;
    cr_assert(finding && finding->fixes, "%s", text);
    cr_expect_str_eq(finding->fixes->replacement, replacement, "%s", text);
    cr_expect_str_eq(finding->fixes->title, title, "%s", text);
    wp_compilation_end(&compilation);
}

Test(resolve, suggests_what_was_meant)
{
    expect_fix("network Office = ::/0\n" RULE("network in Ofice"), "Office", "write 'Office'");
    expect_fix("group Staff = \"All Staff@corp\"\n" RULE("group in \"All Staff@corp\""), "Staff",
               "write 'Staff'");
    expect_fix(RULE("entry in {brwser}"), "browser", "write 'browser'");
    expect_fix(RULE("risk is hihg"), "high", "write 'high'");
    expect_fix("chain C = pasword\n" END, "password", "write 'password'");
    expect_fix(RULE("user in ana"), "\"ana\"", "write \"ana\"");
}

Test(resolve, names_the_module_that_declares_a_name)
{
    struct wp_compilation compilation;

    (void)compile_text(&compilation, RULE("network in Private"));
    const struct wp_diagnostic *finding = compilation.diagnostics.first;
    cr_assert(finding && finding->fixes);
    cr_expect_str_eq(finding->fixes->title, "add `use std/networks`");
    cr_expect_str_eq(finding->fixes->replacement, "use std/networks\n");
    cr_expect_eq(finding->fixes->span.start, 0);
    cr_expect_eq(compilation.sources.count, 2, "looking into modules loads none");
    wp_compilation_end(&compilation);
}
