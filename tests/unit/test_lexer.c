/* The scanner, seen through the parser: what its tokens are, and what it refuses. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "unit/parsed.h"

/* Each is the one operand of a network. */
Test(lexer, reads_addresses)
{
    static const struct {
        const char *text;
        enum wp_set_kind kind;
        const char *first, *upper;
    } rows[] = {
        {"10.8.0.0..10.8.3.255", WP_SET_RANGE, "10.8.0.0", "10.8.3.255"},
        {"10.8.0.0 .. 10.8.3.255", WP_SET_RANGE, "10.8.0.0", "10.8.3.255"},
        {"2001:db8::1..2001:db8::ff", WP_SET_RANGE, "2001:db8::1", "2001:db8::ff"},
        {"::..::ffff:1.2.3.4", WP_SET_RANGE, "::", "::ffff:1.2.3.4"},
        {"198.51.100.0/24", WP_SET_ADDRESS, "198.51.100.0/24", NULL},
        {"198.51.100.7", WP_SET_ADDRESS, "198.51.100.7", NULL},
        {"::1", WP_SET_ADDRESS, "::1", NULL},
        {"::/0", WP_SET_ADDRESS, "::/0", NULL},
        {"fe80::1", WP_SET_ADDRESS, "fe80::1", NULL},
        {"FE80:0:0:0:1:2:3:4/64", WP_SET_ADDRESS, "FE80:0:0:0:1:2:3:4/64", NULL},
        {"::ffff:10.0.0.0/104", WP_SET_ADDRESS, "::ffff:10.0.0.0/104", NULL},
        {"dead::beef", WP_SET_ADDRESS, "dead::beef", NULL},
        {"999.1/99", WP_SET_ADDRESS, "999.1/99", NULL}, /* what it means is checked later */
        {"dead", WP_SET_NAME, "dead", NULL},
        {"_9", WP_SET_NAME, "_9", NULL},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct parsed parsed;
        char text[100];
        const struct wp_set *set;

        snprintf(text, sizeof text, "network N = %s", rows[i].text);
        begin_parse(&parsed, text, strlen(text));
        cr_expect_str_eq(errors_of(&parsed), "", "%s", text);
        set = parsed.file->declarations->set;
        cr_expect_eq(set->kind, rows[i].kind, "%s", text);
        cr_expect_str_eq(set->text, rows[i].first, "%s", text);
        cr_expect(rows[i].upper ? set->upper && strcmp(set->upper, rows[i].upper) == 0
                                : set->upper == NULL,
                  "%s", text);
        end_parse(&parsed);
    }
}

/* Each is the value of an attribute. */
Test(lexer, reads_values)
{
    static const struct {
        const char *text;
        enum wp_value_kind kind;
        const char *value;
        uint64_t number;
    } rows[] = {
        {"0", WP_VALUE_INTEGER, "0", 0},
        {"18446744073709551615", WP_VALUE_INTEGER, "18446744073709551615", UINT64_MAX},
        {"22.10", WP_VALUE_VERSION, "22.10", 0},
        {"1.2.3.4.5", WP_VALUE_VERSION, "1.2.3.4.5", 0},
        {"45s", WP_VALUE_DURATION, "45s", 45},
        {"30m", WP_VALUE_DURATION, "30m", 1800},
        {"8h", WP_VALUE_DURATION, "8h", 28800},
        {"90d", WP_VALUE_DURATION, "90d", 7776000},
        {"2w", WP_VALUE_DURATION, "2w", 1209600},
        {"2027-03-01", WP_VALUE_DATE, "2027-03-01", 0},
        {"\"\"", WP_VALUE_STRING, "", 0},
        {"\"a \\\"b\\\" \\\\c\"", WP_VALUE_STRING, "a \"b\" \\c", 0},
        {"\"// no comment\"", WP_VALUE_STRING, "// no comment", 0},
        {"\"gr\xc3\xbc\xc3\x9f\"", WP_VALUE_STRING, "gr\xc3\xbc\xc3\x9f", 0},
        {"cloud", WP_VALUE_NAME, "cloud", 0},
        {"uem.version", WP_VALUE_NAME, "uem.version", 0},
        {"uem /* c */ . version", WP_VALUE_NAME, "uem.version", 0},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct parsed parsed;
        char text[100];
        const struct wp_value *value;

        snprintf(text, sizeof text, "tenant t { a = %s }", rows[i].text);
        begin_parse(&parsed, text, strlen(text));
        cr_expect_str_eq(errors_of(&parsed), "", "%s", text);
        value = parsed.file->declarations->attributes->value;
        cr_expect_eq(value->kind, rows[i].kind, "%s", text);
        cr_expect_str_eq(value->text, rows[i].value, "%s", text);
        cr_expect_eq(value->number, rows[i].number, "%s", text);
        end_parse(&parsed);
    }
}

#define TEXT(literal) literal, sizeof literal - 1

Test(lexer, refuses_each_thing_once)
{
    static const struct {
        const char *text;
        size_t length;
        const char *errors;
    } rows[] = {
        {TEXT(""), ""},
        {TEXT("\xef\xbb\xbf"), ""},
        {TEXT("\xef\xbb\xbf"
              "app A\r\napp B\r\n"),
         ""},
        {TEXT("app A # comment\napp B"), "1:7 WOA1002"},
        {TEXT("app A;\napp B;\n"), "1:6 WOA1002, 2:6 WOA1002"},
        {TEXT("policy P is default {\n rule a deny \xe2\x80\x9cNo\xe2\x80\x9d\n rule b deny\n}"),
         "2:14 WOA1002"},
        {TEXT("app \xef\xbb\xbf"
              "A"),
         "1:5 WOA1002"},
        {TEXT("app \x01 A"), "1:5 WOA1002"},
        {TEXT("app A\0app B\0"), "1:6 WOA1002"},
        {TEXT("group G = \"a\ngroup H\n"), "1:11 WOA1003"},
        {TEXT("group G = \"a"), "1:11 WOA1003"},
        {TEXT("group G = \""), "1:11 WOA1003"},
        {TEXT("group G = \"a\\"), "1:11 WOA1003"},
        {TEXT("group G = \"a\r\n"), "1:11 WOA1003"},
        {TEXT("app A /* never\napp B"), "1:7 WOA1004"},
        {TEXT("policy P is default { rule a /* never\n deny }"), "1:30 WOA1004"},
        {TEXT("app A /*/"), "1:7 WOA1004"},
        {TEXT("app A /***/ /* * / **/ // /*"), ""},
        {TEXT("group G = \"a\\n\""), "1:13 WOA1005"},
        {TEXT("group G = \"\\x \\y\""), "1:12 WOA1005"},
        {TEXT("app A\xff"), "1:6 WOA1007"},
        {TEXT("app A // \xc3("), "1:10 WOA1007"},
        {TEXT("app A // \xc0\x80"), "1:10 WOA1007"},
        {TEXT("app A // \xed\xa0\x80"), "1:10 WOA1007"},
        {TEXT("app A // \xf4\x90\x80\x80"), "1:10 WOA1007"},
        {TEXT("app A // \xe2\x82"), "1:10 WOA1007"},
        {TEXT("app A // \xf0\x9f\x98\x80 \xe2\x82\xac \xc3\xbc 12345678"), ""},
        {TEXT("\xff\xfe"
              "a\0p\0p\0"),
         "1:1 WOA1007"},
        {TEXT("policy P is default { rule a allow every 8hours\n}"), "1:42 WOA1023"},
        {TEXT("tenant t { a = 18446744073709551616\n b = 1 }"), "1:16 WOA1023"},
        {TEXT("tenant t { a = 18446744073709551615w\n}"), "1:16 WOA1023"},
        {TEXT("network 9Lives = a\napp A"), "1:9 WOA1023"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct parsed parsed;

        begin_parse(&parsed, rows[i].text, rows[i].length);
        cr_expect_str_eq(errors_of(&parsed), rows[i].errors, "row %zu: %s", i, rows[i].text);
        cr_expect_eq(parsed.file->has_errors, *rows[i].errors != '\0', "row %zu", i);
        end_parse(&parsed);
    }
}

Test(lexer, keeps_comments_in_order)
{
    static const char text[] = "// a\r\napp /* b */ A // c\n/* d\n * e */ app B//";
    static const char *const comments[] = {"// a", "/* b */", "// c", "/* d\n * e */", "//"};
    struct parsed parsed;
    const struct wp_comment *comment;
    size_t i = 0;

    begin_parse(&parsed, text, sizeof text - 1);
    for (comment = parsed.file->comments; comment; comment = comment->next, i++) {
        size_t length = comment->span.end - comment->span.start;

        cr_assert_lt(i, 5);
        cr_expect_eq(length, strlen(comments[i]), "comment %zu", i);
        cr_expect_eq(memcmp(text + comment->span.start, comments[i], length), 0, "comment %zu", i);
    }
    cr_expect_eq(i, 5);
    end_parse(&parsed);
}

/* `before`, then `count` times `repeated`, then `after`. */
static char *
repeat(const char *before, const char *repeated, size_t count, const char *after)
{
    size_t unit = strlen(repeated);
    char *text = malloc(strlen(before) + unit * count + strlen(after) + 1);
    char *at = text + strlen(before);

    cr_assert_not_null(text);
    strcpy(text, before);
    for (; count; count--, at += unit)
        memcpy(at, repeated, unit);
    strcpy(at, after);
    return text;
}

Test(lexer, bounds_what_is_long_or_deep, .timeout = 600)
{
    static const struct {
        const char *before, *repeated;
        size_t count;
        const char *after, *errors;
    } rows[] = {
        {"app ", "a", 4096, "", ""},
        {"app ", "a", 4097, "\napp B =", "1:5 WOA1008, 2:8 WOA1001"},
        {"app ", "a", 1000000, "\napp B =", "1:5 WOA1008, 2:8 WOA1001"},
        {"app A = \"", "x", 4096, "\"", ""},
        {"app A = \"", "x", 1000000, "\"\napp B =", "1:9 WOA1008, 2:8 WOA1001"},
        {"network N = ", "1", 1000000, "\napp B =", "1:13 WOA1008, 2:8 WOA1001"},
        {"network N = ", "1:", 500000, "\napp B =", "1:13 WOA1008, 2:8 WOA1001"},
        {"network N = ", "1.", 500000, "1\napp B =", "1:13 WOA1008, 2:8 WOA1001"},
        {"app A // ", "x", 3000000, "\napp B =", "2:8 WOA1001"},
        {"app A /*", "x", 3000000, "*/\napp B =", "2:8 WOA1001"},
        {"app A ", " ", 3000000, "\napp B =", "2:8 WOA1001"},
        {"condition C = ", "not ", 200, "managed", ""},
        {"condition C = ", "not ", 10000, "managed\napp B =", "1:815 WOA1006, 2:8 WOA1001"},
        {"condition C = ", "(", 10000, "managed\napp B =", "1:215 WOA1006, 2:8 WOA1001"},
        {"condition C = ", "not (", 10000, "managed\napp B =", "1:515 WOA1006, 2:8 WOA1001"},
        {"network N = ", "(", 10000, "a\napp B =", "1:213 WOA1006, 2:8 WOA1001"},
        {"chain N = ", "(", 10000, "a\napp B =", "1:211 WOA1006, 2:8 WOA1001"},
        {"tenant t { a = ", "{", 10000, "\napp B =", "1:215 WOA1006, 2:8 WOA1001"},
        {"tenant t {", "a {", 10000, "\napp B =", "1:610 WOA1006, 2:8 WOA1001"},
        {"", "}", 10000, "\napp B =", "1:1 WOA1001, 2:8 WOA1001"},
        {"app A /*", "/* ", 10000, "*/ app B", ""},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char *text = repeat(rows[i].before, rows[i].repeated, rows[i].count, rows[i].after);
        struct parsed parsed;

        begin_parse(&parsed, text, strlen(text));
        cr_expect_str_eq(errors_of(&parsed), rows[i].errors, "row %zu: %.20s", i, text);
        end_parse(&parsed);
        free(text);
    }
}

Test(lexer, refuses_a_file_that_is_too_large)
{
    size_t length = ((size_t)512 << 20) + 1;
    char *text =
        mmap(NULL, length + 1, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    struct parsed parsed;

    cr_assert_neq(text, MAP_FAILED);
    begin_parse(&parsed, text, length);
    cr_expect_str_eq(errors_of(&parsed), "1:1 WOA1009");
    cr_expect_null(parsed.file->declarations);
    end_parse(&parsed);
    munmap(text, length + 1);
}
