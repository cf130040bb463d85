/* The formatter's laws, on random sources: its text has the same tree, every
 * comment in its order, and is formatted already. tests/golden/fmt has what it
 * looks like. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lang/formatter.h"
#include "unit/ast_dump.h"
#include "unit/parsed.h"
#include "unit/random_source.h"

static const char *
format(struct parsed *parsed)
{
    size_t length;
    const char *text = wp_format_file(parsed->arena, &parsed->sources, parsed->file, &length);

    cr_assert_eq(length, strlen(text));
    return text;
}

/* Checks the laws for one source; `what` names it. */
static void
check_laws(const char *source, const char *what)
{
    struct parsed before, after;
    char *tree, *tree_after, *comments, *comments_after;
    const char *text;

    begin_parse(&before, source, strlen(source));
    cr_assert_str_eq(errors_of(&before), "", "%s\n%s", what, source);
    text = format(&before);
    begin_parse(&after, text, strlen(text));
    cr_assert_str_eq(errors_of(&after), "", "%s\n%s", what, text);
    tree = dump_file(before.file);
    tree_after = dump_file(after.file);
    cr_assert_str_eq(tree, tree_after, "%s: another tree\n%s", what, text);
    comments = dump_comments(source, before.file);
    comments_after = dump_comments(text, after.file);
    cr_assert_str_eq(comments, comments_after, "%s: other comments", what);
    cr_assert_str_eq(text, format(&after), "%s: formatted twice", what);
    free(tree);
    free(tree_after);
    free(comments);
    free(comments_after);
    end_parse(&before);
    end_parse(&after);
}

Test(formatter, keeps_its_laws_on_random_sources, .timeout = 600)
{
    for (uint64_t seed = 0; seed < 1500; seed++) {
        char *source = random_source(seed, seed % 3 != 0);
        char what[40];

        snprintf(what, sizeof what, "seed %u", (unsigned)seed);
        check_laws(source, what);
        free(source);
    }
}

Test(formatter, writes_few_things_just_so)
{
    static const struct {
        const char *source, *text;
    } rows[] = {
        {"", ""},
        {"\n\n\n", ""},
        {"\xef\xbb\xbf// c  \r\n", "// c\n"},
        {"app A app B", "app A\napp B\n"},
        {"app A\n\n\n\n\napp B", "app A\n\napp B\n"},
        {"app A /* a */ app B", "app A  /* a */\napp B\n"},
        {"/* a */ app B", "/* a */\napp B\n"},
        {"network N=10.0.0.0..10.0.0.9-(A+B)&C",
         "network N = 10.0.0.0 .. 10.0.0.9 - ((A + B) & C)\n"},
        {"network N = ((a))", "network N = a\n"},
        {"condition C = a and b or not(c)", "condition C = (a and b) or not c\n"},
        {"chain C = a or b then c else d", "chain C = (a or b) then c\n          else d\n"},
        {"chain C = (a then b) else (c else d)", "chain C = a then b\n          else (c else d)\n"},
        {"policy P is default{}", "policy P is default {\n}\n"},
        {"app A{}", "app A { }\n"},
        {"app A{b=1}", "app A { b = 1 }\n"},
        {"app A{b=1 long=2}", "app A {\n  b    = 1\n  long = 2\n}\n"},
        {"app A{// c\n}", "app A {  // c\n}\n"},
        {"network N = a // x\n + b // y\n", "network N = a    // x\n            + b  // y\n"},
        {"test \"t\" { given group {device} expect deny }",
         "test \"t\" {\n  given groups {device}\n  expect deny\n}\n"},
        {"policy P is default { rule report deny rule report x deny }",
         "policy P is default {\n  rule report    deny\n  rule report x  deny\n}\n"},
        {"policy P is default { rule x allow every 480m }",
         "policy P is default {\n  rule x  allow every 480m\n}\n"},
        {"@a @b 2027-03-01 app A", "@a\n@b 2027-03-01\napp A\n"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct parsed parsed;

        begin_parse(&parsed, rows[i].source, strlen(rows[i].source));
        cr_expect_str_eq(errors_of(&parsed), "", "%s", rows[i].source);
        cr_expect_str_eq(format(&parsed), rows[i].text, "%s", rows[i].source);
        end_parse(&parsed);
    }
}
