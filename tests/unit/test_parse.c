/* The grammar: trees of what is right, places and messages of what is wrong. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "unit/ast_dump.h"
#include "unit/parsed.h"

/* Both texts have the same tree, so each row says what a text means. */
Test(parse, groups_as_the_design_says)
{
    static const struct {
        const char *text, *same;
    } rows[] = {
        {"chain C = a then b or c then d else e then f",
         "chain C = (a then (b or c) then d) else (e then f)"},
        {"chain C = (((a)))", "chain C = a"},
        {"network N = a + b - c & d + e", "network N = a + b - (c & d) + e"},
        {"network N = {a, \"b\", ::1, 1.2.3.4..1.2.3.5}",
         "network N={ a,\"b\" ,::1,1.2.3.4 .. 1.2.3.5 }"},
        {"condition C = not a and b or c and not not d",
         "condition C = ((not a) and b) or (c and (not (not d)))"},
        {"condition C = not network in A + B or device in D",
         "condition C = (not (network in (A + B))) or (device in D)"},
        {"assume managed implies compliant network N = a",
         "assume (managed) implies (compliant)\nnetwork N = a"},
        {"policy P for A, B is default { rule r deny \"m\" otherwise allow every 8h }",
         "policy P for A,B is default {\nrule r\ndeny\n\"m\"\notherwise allow every 480m }"},
        {"policy P is default { rule r authenticate a then b else c every 8h \"m\" }",
         "policy P is default { rule r authenticate ((a then b) else c) every 8h \"m\" }"},
        {"policy P is default { include T(A + B, a then b, (a or b) then (c), {x}) as p }",
         "policy P is default { include T((A + B), (a then b), ((a or b) then c), ({x})) as p }"},
        {"test \"t\" { given ip ::1 device browser groups A, B managed no expect deny by r in P }",
         "test \"t\" { given ip ::1, device browser, groups A, B, not managed expect deny in P by "
         "r }"},
        {"test \"t\" { given groups A, B, device x expect deny given groups none expect allow }",
         "test \"t\" { given group {A, B} given device x expect deny given group none expect allow "
         "}"},
        {"prove \"p\" { never allow, authenticate when app in A and not managed }",
         "prove \"p\" { never allow , authenticate\n when (app in A) and (not managed) }"},
        {"tenant t { a = b.c d { e = {} } demands x.y is not z where v not in {q} }",
         "tenant t { a = b . c\nd{e={ }}\ndemands x . y is not z\nwhere v not in { q } }"},
        {"@owner \"x\" @advisory @expires 2027-03-01 app A",
         "@owner \"x\"\n@advisory\n@expires 2027-03-01\napp A"},
        {"use std/access use \"std/access.woapol\"", "use std / access\nuse \"std/access.woapol\""},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct parsed a, b;
        char *first, *second;

        begin_parse(&a, rows[i].text, strlen(rows[i].text));
        begin_parse(&b, rows[i].same, strlen(rows[i].same));
        cr_expect_str_eq(errors_of(&a), "", "%s", rows[i].text);
        cr_expect_str_eq(errors_of(&b), "", "%s", rows[i].same);
        first = dump_file(a.file);
        second = dump_file(b.file);
        cr_expect(*first != '\0');
        cr_expect_str_eq(first, second, "%s", rows[i].text);
        free(first);
        free(second);
        end_parse(&a);
        end_parse(&b);
    }
}

/* And these do not. */
Test(parse, tells_apart)
{
    static const char *const rows[][2] = {
        {"chain C = a or b then c", "chain C = a or (b then c)"},
        {"network N = a - (b + c)", "network N = a - b + c"},
        {"condition C = not (a and b)", "condition C = not a and b"},
        {"policy P is default { rule report deny }",
         "policy P is default { rule report report deny }"},
        {"group G", "group G { }"},
        {"group G = \"G\"", "group G"},
        {"test \"t\" { given groups incomplete expect deny }",
         "test \"t\" { given groups {incomplete} expect deny }"},
        {"test \"t\" { given managed expect deny report none }",
         "test \"t\" { given managed expect deny }"},
        {"tenant t { a = 8h }", "tenant t { a = 480m }"},
        {"use std/access", "use \"std/access\""},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct parsed a, b;
        char *first, *second;

        begin_parse(&a, rows[i][0], strlen(rows[i][0]));
        begin_parse(&b, rows[i][1], strlen(rows[i][1]));
        cr_expect_str_eq(errors_of(&a), "", "%s", rows[i][0]);
        cr_expect_str_eq(errors_of(&b), "", "%s", rows[i][1]);
        first = dump_file(a.file);
        second = dump_file(b.file);
        cr_expect_str_neq(first, second, "%s", rows[i][0]);
        free(first);
        free(second);
        end_parse(&a);
        end_parse(&b);
    }
}

/* Every keyword that is not reserved is a name of everything. */
Test(parse, takes_keywords_as_names)
{
    static const char *const words[] = {
        "use",    "network",  "device",  "group",  "chain",   "app",     "condition",
        "policy", "template", "test",    "prove",  "method",  "tenant",  "client",
        "kind",   "posture",  "issue",   "assume", "implies", "default", "for",
        "report", "include",  "as",      "user",   "entry",   "managed", "compliant",
        "risk",   "given",    "expect",  "ip",     "groups",  "none",    "incomplete",
        "true",   "false",    "yes",     "no",     "by",      "message", "never",
        "always", "factors",  "demands", "where",  "low",     "Staff"};
    static const char source[] =
        "network %1$s = %1$s + 10.0.0.0/8\ndevice %1$s = %1$s\ngroup %1$s = \"x\"\napp %1$s\n"
        "method %1$s { }\ntenant %1$s { a = %1$s }\nkind %1$s { a %1$s { } }\n"
        "policy %1$s for %1$s {\n"
        "  rule %1$s when group in %1$s and entry in {%1$s, x} and network in %1$s deny\n"
        "  rule report %1$s when device in %1$s allow\n"
        "  include %1$s(%1$s) as %1$s\n}\n"
        "template %1$s(%1$s) { rule %1$s deny }\n"
        "test \"t\" { given device %1$s groups {%1$s} app %1$s entry %1$s expect deny by %1$s in "
        "%1$s }\n";

    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        struct parsed parsed;
        char text[2000];

        snprintf(text, sizeof text, source, words[i]);
        begin_parse(&parsed, text, strlen(text));
        cr_expect_str_eq(errors_of(&parsed), "", "%s", words[i]);
        end_parse(&parsed);
    }
}

Test(parse, refuses_reserved_words_as_names)
{
    static const char *const words[] = {"and",       "or",   "not",   "then",        "else",
                                        "in",        "is",   "when",  "every",       "rule",
                                        "otherwise", "deny", "allow", "authenticate"};

    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        struct parsed parsed;
        char text[100];

        snprintf(text, sizeof text, "group %s\napp B =", words[i]);
        begin_parse(&parsed, text, strlen(text));
        cr_expect_str_eq(errors_of(&parsed), "1:7 WOA1001, 2:8 WOA1001", "%s", words[i]);
        end_parse(&parsed);
    }
}

#define P "policy P is default {\n"

Test(parse, reports_every_error_once)
{
    static const struct {
        const char *text, *errors;
    } rows[] = {
        {"networ A = a\nnetwork B = b\n", "1:1 WOA1001"},
        {"polcy P is default {\n rule x when managed deny\n}\napp A\n", "1:1 WOA1001"},
        {"network A =\nnetwork B = b\n", "1:11 WOA1001"},
        {"network A = a +\nnetwork B = b\ndevice C =", "1:15 WOA1001, 3:11 WOA1001"},
        {"network A = a b\nnetwork B = b c\n", "1:15 WOA1001, 2:15 WOA1001"},
        {P " rule when deny\n rule b deny\n}\n", "2:7 WOA1001"},
        {P " rule a wen x deny\n rule b when deny\n rule c when x\n}\n",
         "2:9 WOA1001, 3:14 WOA1001, 5:1 WOA1001"},
        {P " rule a when group in {A B} deny\n rule b deny deny\n}\n",
         "2:26 WOA1001, 3:14 WOA1001"},
        {P " rule a when (x and y deny\n rule b when x) deny\n}\n", "2:23 WOA1001, 3:15 WOA1001"},
        {P " rule a when ((x {\n rule b when x deny\n}\napp A =", "2:18 WOA1001, 5:8 WOA1001"},
        {P " rule a authenticate\n rule b deny\n}\n", "3:2 WOA1001"},
        {P " rule a allow every\n rule b deny\n}\n", "3:2 WOA1001"},
        {P " include T(a then\n rule b deny\n}\n", "3:2 WOA1001"},
        {P " rule a deny\npolicy Q is default {\n rule rule deny\n}\n", "3:1 WOA1001, 4:7 WOA1001"},
        {P " rule a deny\n}\n}\napp A =", "4:1 WOA1001, 5:8 WOA1001"},
        {P " rule a deny\n", "2:13 WOA1001"},
        {"policy P {\n rule a when deny\n}\napp A =", "1:10 WOA1001, 4:8 WOA1001"},
        {"tenant t {\n a =\n b = 1\n c d e\n demands x\n f = 2\n}\napp A =",
         "2:4 WOA1001, 4:6 WOA1001, 6:2 WOA1001, 8:8 WOA1001"},
        {"tenant t {\n a = {1,\n 2 3}\n b = = 4\n c { d = }\n}\napp A =",
         "3:4 WOA1001, 4:6 WOA1001, 5:10 WOA1001, 7:8 WOA1001"},
        {"test \"t\" {\n given ip\n expect deny\n given ip ::1\n expct deny\n}\n",
         "3:2 WOA1001, 5:2 WOA1001"},
        {"test \"t\" {\n given ip ::1\n expect deny by a by b\n}", "3:19 WOA1001"},
        {"test \"t\" { }", "1:6 WOA1001"},
        {"test \"t\" { given ip ::1 }", "1:12 WOA1001"},
        {"test \"t\" { expect deny }", "1:12 WOA1001"},
        {"prove \"p\" { }", "1:7 WOA1001"},
        {"prove \"p\" {\n newer deny\n never deny when\n always deny\n}",
         "2:2 WOA1001, 3:13 WOA1001"},
        {"test t { }\napp A =", "1:6 WOA1001, 2:8 WOA1001"},
        {"use\napp A =", "2:5 WOA1001"},
        {"@owner\n\n// the end\n", "1:7 WOA1001"},
        {"app A\n  = 3\napp B =", "2:5 WOA1001, 3:8 WOA1001"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct parsed parsed;

        begin_parse(&parsed, rows[i].text, strlen(rows[i].text));
        cr_expect_str_eq(errors_of(&parsed), rows[i].errors, "%s", rows[i].text);
        cr_expect(parsed.file->has_errors);
        end_parse(&parsed);
    }
}

Test(parse, says_what_a_person_would)
{
    static const struct {
        const char *text, *message, *fix;
    } rows[] = {
        {"polcy P is default { }", "expected a declaration, found 'polcy'", "policy"},
        {P "rule a when }", "expected a condition after 'when', found '}'", NULL},
        {P "rule a when x autenticate S }",
         "expected 'and', 'or', 'deny', 'allow' or 'authenticate' after 'x', found 'autenticate'",
         "authenticate"},
        {P "rule a when netwrk in A deny }",
         "'netwrk' is not one of network, device, group, app, user and entry", "network"},
        {P "rule a when rsk is low deny }", "only 'risk' can be compared, not 'rsk'", "risk"},
        {P "rule a when network in deny }", "expected a network after 'in', found 'deny'", NULL},
        {P "rule a when group in deny }", "expected a group after 'in', found 'deny'", NULL},
        {P "rule a authenticate every 8h }",
         "expected a method or chain after 'authenticate', found 'every'", NULL},
        {P "rule a allow every 8 }", "expected a duration after 'every', found '8'", NULL},
        {"policy P { }", "expected 'is' or 'for' after 'P', found '{'", NULL},
        {P "rule a deny",
         "expected a rule, a string or '}' after 'deny', found the end of the file", NULL},
        {"network A = a +\nnetwork B = b", "nothing follows '+' on this line", NULL},
        {"test \"t\" { given ip device x }", "expected an address after 'ip', found 'device'",
         NULL},
        {"prove \"p\" { never }", "expected an outcome after 'never', found '}'", NULL},
        {"group G = \"a\" \"b\"", "expected a declaration or '{' after \"a\", found \"b\"", NULL},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct parsed parsed;
        const struct wp_diagnostic *finding;

        begin_parse(&parsed, rows[i].text, strlen(rows[i].text));
        finding = parsed.list.first;
        cr_assert_not_null(finding, "%s", rows[i].text);
        cr_expect_str_eq(finding->message, rows[i].message, "%s", rows[i].text);
        cr_expect_eq(finding->fixes != NULL, rows[i].fix != NULL, "%s", rows[i].text);
        if (finding->fixes && rows[i].fix)
            cr_expect_str_eq(finding->fixes->replacement, rows[i].fix);
        end_parse(&parsed);
    }
}

Test(parse, points_at_the_brace_left_open)
{
    static const char text[] = P " rule a deny\napp A\n";
    struct parsed parsed;

    begin_parse(&parsed, text, sizeof text - 1);
    cr_expect_str_eq(errors_of(&parsed), "3:1 WOA1001");
    cr_assert_not_null(parsed.list.first->labels);
    cr_expect_eq(parsed.list.first->labels->span.start, strlen(P) - 2);
    end_parse(&parsed);
}

/* A name that an error took away is remembered, so that nobody calls it unknown. */
Test(parse, remembers_what_it_passed_over)
{
    static const char text[] = "networ Office = a\nnetwork Home =\nnetwork Vpn = b\n" P
                               " rule x wen managed deny\n rule y deny\n}\n";
    static const char *const lost[] = {"Office", "Home", "x", "managed"};
    static const char *const kept[] = {"P", "y", "Of", "otherwise", ""};
    struct parsed parsed;

    begin_parse(&parsed, text, sizeof text - 1);
    for (size_t i = 0; i < sizeof lost / sizeof *lost; i++)
        cr_expect(wp_was_lost(&parsed.list, lost[i]), "%s", lost[i]);
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
        cr_expect_not(wp_was_lost(&parsed.list, kept[i]), "%s", kept[i]);
    end_parse(&parsed);
    begin_parse(&parsed, "app A", 5);
    cr_expect_not(wp_was_lost(&parsed.list, "A"));
    end_parse(&parsed);
}

/* What is whole is in the tree, although something else is wrong. */
Test(parse, keeps_what_is_whole)
{
    static const char text[] =
        P " rule a deny\n rule b wen x deny\n rule c deny\n}\nnetwork =\napp A";
    struct parsed parsed;
    const struct wp_declaration *policy;

    begin_parse(&parsed, text, sizeof text - 1);
    policy = parsed.file->declarations;
    cr_assert_not_null(policy);
    cr_expect_str_eq(policy->rules->name->text, "a");
    cr_expect_str_eq(policy->rules->next->name->text, "c");
    cr_expect_null(policy->rules->next->next);
    cr_expect_eq(policy->next->kind, WP_DECL_APP);
    cr_expect_null(policy->next->next);
    end_parse(&parsed);
}

static void
expect_span(const char *text, struct wp_span span, const char *covered)
{
    cr_expect_eq(span.end - span.start, strlen(covered), "%s", covered);
    cr_expect_eq(memcmp(text + span.start, covered, strlen(covered)), 0, "%s", covered);
}

Test(parse, gives_every_node_its_place)
{
    static const char text[] = "// c\n@owner x\npolicy P for A {\n"
                               "  rule report r when (network in A + B) and not managed\n"
                               "    authenticate (a or b) then c every 8h \"m\"\n}\n";
    struct parsed parsed;
    const struct wp_declaration *policy;
    const struct wp_rule *rule;

    begin_parse(&parsed, text, sizeof text - 1);
    cr_assert_str_eq(errors_of(&parsed), "");
    policy = parsed.file->declarations;
    rule = policy->rules;
    expect_span(text, policy->span,
                strstr(text, "policy") ? "policy P for A {\n"
                                         "  rule report r when (network in A + B) and not managed\n"
                                         "    authenticate (a or b) then c every 8h \"m\"\n}"
                                       : "");
    expect_span(text, policy->annotations->span, "@owner x");
    expect_span(text, policy->apps->span, "A");
    expect_span(text, rule->name->span, "r");
    expect_span(text, rule->when->span, "(network in A + B) and not managed");
    expect_span(text, rule->when->parts->span, "network in A + B");
    expect_span(text, rule->when->parts->set->span, "A + B");
    expect_span(text, rule->when->parts->next->span, "not managed");
    expect_span(text, rule->action->span, "authenticate (a or b) then c every 8h \"m\"");
    expect_span(text, rule->action->chain->parts->span, "a or b");
    expect_span(text, rule->action->reauth_span, "8h");
    expect_span(text, rule->action->message->span, "\"m\"");
    cr_expect_eq(rule->action->reauth_seconds, 28800);
    cr_expect(rule->report);
    end_parse(&parsed);
}

/* A flat union of many prefixes and a policy of many rules: lists, not nesting,
 * and little memory for each. */
Test(parse, holds_a_million_prefixes, .timeout = 300)
{
    enum { PREFIXES = 1000000 };
    char *text = malloc(PREFIXES * 24 + 100), *at = text;
    struct parsed parsed;
    const struct wp_set *part;
    size_t count = 0;

    cr_assert_not_null(text);
    at += sprintf(at, "network N = 0.0.0.0/24");
    for (unsigned i = 1; i < PREFIXES; i++)
        at += sprintf(at, "\n+ %u.%u.%u.0/24", i >> 16, i >> 8 & 255, i & 255);
    begin_parse(&parsed, text, (size_t)(at - text));
    cr_expect_str_eq(errors_of(&parsed), "");
    for (part = parsed.file->declarations->set->parts; part; part = part->next)
        count++;
    cr_expect_eq(count, PREFIXES);
    cr_expect_lt(wp_arena_size(parsed.arena), (size_t)PREFIXES * 110);
    end_parse(&parsed);
    free(text);
}
