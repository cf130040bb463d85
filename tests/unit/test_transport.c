/* What the transport decides by itself: when to try again, what a header says,
 * where a link leads, what may be shown. */
#include <criterion/criterion.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "compiler/emit/credentials_parts.h"
#include "compiler/emit/jwt.h"
#include "compiler/emit/transport_parts.h"

#define NONE -1, -1, -1, -1, -1

static const struct retry_row {
    const char *name;
    struct wp_signs signs;
    bool again;
    uint64_t least, most; /* milliseconds */
} retries[] = {
    {"fine", {WP_WIRE_ANSWERED, true, 200, NONE, false, 0, 0}, false, 0, 0},
    {"not found", {WP_WIRE_ANSWERED, true, 404, NONE, false, 0, 0}, false, 0, 0},
    {"reset", {WP_WIRE_ANSWERED, false, 429, 100, 110, 50, 0, -1, false, 0, 0}, true, 11000, 11000},
    {"reset now",
     {WP_WIRE_ANSWERED, false, 429, 100, 100, 50, 0, -1, false, 0, 0},
     true,
     1000,
     1000},
    {"past", {WP_WIRE_ANSWERED, false, 429, 100, 5, 50, 0, -1, false, 0, 0.99}, true, 1000, 1500},
    {"no date", {WP_WIRE_ANSWERED, false, 429, -1, 5, 50, 0, -1, false, 0, 0}, true, 250, 500},
    {"at once", {WP_WIRE_ANSWERED, false, 429, 100, 900, 0, 0, -1, false, 3, 0.5}, true, 875, 875},
    {"after", {WP_WIRE_ANSWERED, false, 429, -1, -1, -1, -1, 9, false, 0, 0}, true, 9000, 9000},
    {"429 for ever", {WP_WIRE_ANSWERED, true, 429, NONE, false, 40, 0}, false, 0, UINT64_MAX},
    {"423", {WP_WIRE_ANSWERED, false, 423, NONE, true, 2, 0.999}, true, 1000, 2000},
    {"423 late", {WP_WIRE_ANSWERED, false, 423, NONE, true, 30, 0.999}, true, 15000, 30000},
    {"503 read", {WP_WIRE_ANSWERED, true, 503, NONE, false, 0, 0}, true, 250, 500},
    {"503 write", {WP_WIRE_ANSWERED, false, 503, NONE, false, 0, 0}, false, 0, UINT64_MAX},
    {"503 after", {WP_WIRE_ANSWERED, false, 503, -1, -1, -1, -1, 4, false, 0, 0}, true, 4000, 4000},
    {"503 said", {WP_WIRE_ANSWERED, false, 503, NONE, true, 0, 0}, true, 250, 500},
    {"500 read", {WP_WIRE_ANSWERED, true, 500, NONE, false, 3, 0}, true, 2000, 4000},
    {"500 read, 5th", {WP_WIRE_ANSWERED, true, 500, NONE, false, 4, 0}, false, 0, UINT64_MAX},
    {"500 write", {WP_WIRE_ANSWERED, false, 500, NONE, true, 0, 0}, false, 0, UINT64_MAX},
    {"lost read", {WP_WIRE_LOST, true, 0, NONE, false, 0, 0}, true, 250, 500},
    {"lost write", {WP_WIRE_LOST, false, 0, NONE, false, 0, 0}, false, 0, UINT64_MAX},
    {"unsent write", {WP_WIRE_UNREACHABLE, false, 0, NONE, false, 0, 0}, true, 250, 500},
    {"unsent write, 5th", {WP_WIRE_UNREACHABLE, false, 0, NONE, false, 4, 0}, false, 0, UINT64_MAX},
    {"untrusted", {WP_WIRE_UNTRUSTED, true, 0, NONE, false, 0, 0}, false, 0, UINT64_MAX},
    {"too large", {WP_WIRE_TOO_LARGE, true, 200, NONE, false, 0, 0}, false, 0, UINT64_MAX},
    {"stopped", {WP_WIRE_STOPPED, true, 0, NONE, false, 0, 0}, false, 0, UINT64_MAX},
};

Test(transport, when_to_try_again)
{
    for (size_t i = 0; i < sizeof retries / sizeof *retries; i++) {
        const struct retry_row *row = &retries[i];
        uint64_t wait = 0;
        cr_expect_eq(wp_retry_wait(&row->signs, &wait), row->again, "%s", row->name);
        cr_expect(wait >= row->least && wait <= row->most, "%s: %llu ms", row->name,
                  (unsigned long long)wait);
    }
}

Test(transport, numbers)
{
    static const struct {
        const char *text;
        int64_t value;
    } rows[] = {{"0", 0},    {" 42\t", 42}, {"999999999999999", 999999999999999},
                {"", -1},    {"-1", -1},    {"1000000000000000", -1},
                {"1 2", -1}, {"+1", -1},    {"1.5", -1},
                {"0x10", -1}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        cr_expect_eq(wp_header_number(rows[i].text), rows[i].value, "“%s”", rows[i].text);
}

/* Against the C library's calendar, once a day and a bit for 130 years. */
Test(transport, dates)
{
    for (int64_t then = 0; then < 4102444800; then += 86400 * 5 + 3661) {
        time_t seconds = (time_t)then;
        struct tm parts;
        char text[64];
        cr_assert_not_null(gmtime_r(&seconds, &parts));
        cr_assert(strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &parts) > 0);
        cr_assert_eq(wp_header_date(text), then, "%s", text);
    }
    static const char *const wrong[] = {
        "",
        "Sun",
        "Sun, ",
        "Sun, 22 Nov",
        "Sun, 22 Nov 2026 00:29:00",
        "Sun, 22 Nov 2026 00:29:00 GMTx",
        "Sun, 22 Nov 2026 24:29:00 GMT",
        "Sun, 22 Nov 2026 00:60:00 GMT",
        "Sun, 00 Nov 2026 00:29:00 GMT",
        "Sun, 32 Nov 2026 00:29:00 GMT",
        "Sun, 22 Nov 1926 00:29:00 GMT",
        "unS, 22 Nov 2026 00:29:00 GMT",
        "Sun, 22 ovN 2026 00:29:00 GMT",
        "Sunday, 22-Nov-26 00:29:00 GMT",
        "Sun, 22 Nov 2026 00:29:00 CET",
        "Sun,  22 Nov 2026 00:29:00 GMT",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        cr_expect_eq(wp_header_date(wrong[i]), -1, "“%s”", wrong[i]);
}

Test(transport, links)
{
    static const struct {
        const char *text, *target; /* NULL: none */
    } rows[] = {
        {"</a>; rel=\"next\"", "/a"},
        {"</a>; rel=next", "/a"},
        {" , ,</a> ;\trel = \"NEXT\" ", "/a"},
        {"</a>; rel=\"self\", </b>; rel=\"next\"", "/b"},
        {"</a,b;c>; title=\"x, </evil>; rel=next\"; rel=next", "/a,b;c"},
        {"</a>; title=\"\\\"\"; rel=\"prev next\"", "/a"},
        {"</a>; rel=\"prev\"; rel=\"next\"", NULL},
        {"</a>; rev=\"next\"", NULL},
        {"</a>; rel=\"nextish\"", NULL},
        {"</a>; rel", NULL},
        {"</a>; rel=\"next", NULL},
        {"</a>", NULL},
        {"</a; rel=next", NULL},
        {"rel=next", NULL},
        {"<>; rel=next", ""},
        {"</a>;;; rel=next", "/a"},
        {"</a>; x; rel=next", "/a"},
        {"</a> junk; rel=next, </b>; rel=next", "/b"},
        {"", NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *target = NULL;
        size_t size = 0;
        bool found = wp_header_link(rows[i].text, "next", &target, &size);
        cr_expect_eq(found, rows[i].target != NULL, "%s", rows[i].text);
        if (found && rows[i].target != NULL)
            cr_expect(strlen(rows[i].target) == size && memcmp(target, rows[i].target, size) == 0,
                      "%s: %.*s", rows[i].text, (int)size, target);
    }
}

Test(transport, links_stay_within)
{
    static const struct {
        const char *link, *resolved; /* NULL: refused */
    } rows[] = {
        {"/b?x=1", "https://acme.okta.com/b?x=1"},
        {"c", "https://acme.okta.com/a/c"},
        {"?after=2", "https://acme.okta.com/a/b?after=2"},
        {"https://ACME.okta.com:443/x", "https://ACME.okta.com:443/x"},
        {"//acme.okta.com/x", "https://acme.okta.com/x"},
        {"http://acme.okta.com/x", NULL},
        {"https://acme.okta.com:8443/x", NULL},
        {"https://acme.okta.com.evil.example/x", NULL},
        {"https://acme.okta.com@evil.example/x", NULL},
        {"https://user@acme.okta.com/x", NULL},
        {"//evil.example/x", NULL},
        {"\\\\evil.example/x", NULL},
        {"file:///etc/passwd", NULL},
        {"javascript:1", NULL},
        {"/a\r\nX: y", NULL},
        {"/a b", NULL},
    };
    struct wp_problem problem = {.kind = WP_PROBLEM_NONE};
    struct wp_origin origin;
    cr_assert(wp_origin_read(&origin, "https://acme.okta.com", &problem));
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char *url = wp_origin_resolve(&origin, "https://acme.okta.com/a/b?after=1", rows[i].link);
        if (rows[i].resolved == NULL)
            cr_expect(url == NULL || strncmp(url, "https://acme.okta.com/", 22) == 0,
                      "“%s” leads to %s", rows[i].link, url);
        else
            cr_expect_str_eq(url == NULL ? "(refused)" : url, rows[i].resolved);
        curl_free(url);
    }
    wp_origin_free(&origin);
}

Test(transport, shows_nothing_that_moves_a_cursor)
{
    static const struct {
        const char *raw, *shown;
    } rows[] = {
        {"plain ü € 𝄞", "plain ü € 𝄞"},
        {"a\x1b[2J\r\n\t", "a\\x1b[2J\\x0d\\x0a\\x09"},
        {"\x7f\xc2\x85", "\\x7f\\x85"},
        {"\xe2\x80\xae\xe2\x80\xa8\xef\xbb\xbf\xe2\x80\x8b", "\\u202e\\u2028\\ufeff\\u200b"},
        {"\xff\xc3(\xc0\xaf\xed\xa0\x80\xf4\x90\x80\x80",
         "\\xff\\xc3(\\xc0\\xaf\\xed\\xa0\\x80\\xf4\\x90\\x80\\x80"},
        {"\xe2\x82", "\\xe2\\x82"},
    };
    char out[200];
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        wp_problem_escape(out, sizeof out, rows[i].raw, strlen(rows[i].raw));
        cr_expect_str_eq(out, rows[i].shown);
    }
    for (size_t room = 4; room < 20; room++) {
        wp_problem_escape(out, room, "1234\x01ü5678", 11);
        cr_expect(strlen(out) < room && (room > 16 || strstr(out, "…") != NULL), "%zu: %s", room,
                  out);
    }
}

Test(transport, the_first_problem_is_the_cause)
{
    struct wp_problem problem = {.kind = WP_PROBLEM_NONE};
    cr_expect_not(wp_problem_set(&problem, WP_PROBLEM_USAGE, "%s", "one"));
    cr_expect_not(wp_problem_set(&problem, WP_PROBLEM_FAILED, "two"));
    cr_expect_eq(problem.kind, WP_PROBLEM_USAGE);
    cr_expect_str_eq(problem.text, "one");
    struct wp_problem large = {.kind = WP_PROBLEM_NONE};
    char text[3000];
    memset(text, 'x', sizeof text);
    for (size_t i = 1; i + 2 < sizeof text; i += 2)
        memcpy(text + i, "ü", 2);
    text[sizeof text - 1] = '\0';
    (void)wp_problem_set(&large, WP_PROBLEM_FAILED, "%s", text);
    cr_expect(strlen(large.text) < sizeof large.text && strstr(large.text, "\\x") == NULL);
}

/* Against OpenSSL's base64 with its two other digits and the padding exchanged. */
Test(transport, base64url)
{
    unsigned char bytes[70];
    char expected[200];
    for (size_t size = 0; size < sizeof bytes; size++) {
        for (size_t i = 0; i < size; i++)
            bytes[i] = (unsigned char)(i * 251 + size * 7);
        EVP_EncodeBlock((unsigned char *)expected, bytes, (int)size);
        expected[strcspn(expected, "=")] = '\0';
        for (char *at = expected; *at != '\0'; at++)
            *at = *at == '+' ? '-' : *at == '/' ? '_' : *at;
        char *text = wp_base64url(bytes, size);
        cr_expect_str_eq(text, expected);
        wp_secret_free(text);
    }
}
