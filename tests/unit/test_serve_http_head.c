/* Heads of HTTP requests: what is read, and what two readers could read differently. */
#include <criterion/criterion.h>
#include <string.h>

#include "compiler/serve/http_head.h"

#define GOOD "GET /a?b=c HTTP/1.1\r\nHost: x\r\n"

static const struct row {
    const char *name, *text;
    enum wp_http_state state;
} rows[] = {
    {"the least", "GET / HTTP/1.1\r\nHost: x\r\n\r\n", WP_HTTP_COMPLETE},
    {"HTTP/1.0 needs no host", "GET / HTTP/1.0\r\n\r\n", WP_HTTP_COMPLETE},
    {"nothing", "", WP_HTTP_INCOMPLETE},
    {"no blank line", GOOD, WP_HTTP_INCOMPLETE},
    {"half a line end", GOOD "\r", WP_HTTP_INCOMPLETE},
    {"no host", "GET / HTTP/1.1\r\n\r\n", WP_HTTP_MALFORMED},
    {"two hosts", GOOD "host: y\r\n\r\n", WP_HTTP_MALFORMED},
    {"bare line feed", "GET / HTTP/1.1\nHost: x\n\n", WP_HTTP_MALFORMED},
    {"bare line feed later", GOOD "\n", WP_HTTP_MALFORMED},
    {"bare carriage return", GOOD "A: b\rc\r\n\r\n", WP_HTTP_MALFORMED},
    {"blank line first", "\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n", WP_HTTP_MALFORMED},
    {"two blanks", "GET  / HTTP/1.1\r\nHost: x\r\n\r\n", WP_HTTP_MALFORMED},
    {"a tab", "GET\t/ HTTP/1.1\r\nHost: x\r\n\r\n", WP_HTTP_MALFORMED},
    {"a blank at the end", "GET / HTTP/1.1 \r\nHost: x\r\n\r\n", WP_HTTP_MALFORMED},
    {"no target", "GET HTTP/1.1\r\nHost: x\r\n\r\n", WP_HTTP_MALFORMED},
    {"HTTP/0.9", "GET /\r\n\r\n", WP_HTTP_MALFORMED},
    {"lower case", "GET / http/1.1\r\nHost: x\r\n\r\n", WP_HTTP_MALFORMED},
    {"HTTP/1.2", "GET / HTTP/1.2\r\nHost: x\r\n\r\n", WP_HTTP_VERSION},
    {"HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", WP_HTTP_VERSION},
    {"folded", GOOD "A: b\r\n c\r\n\r\n", WP_HTTP_MALFORMED},
    {"blank before the colon", GOOD "A : b\r\n\r\n", WP_HTTP_MALFORMED},
    {"no colon", GOOD "A\r\n\r\n", WP_HTTP_MALFORMED},
    {"no name", GOOD ": b\r\n\r\n", WP_HTTP_MALFORMED},
    {"control character", GOOD "A: \x01\r\n\r\n", WP_HTTP_MALFORMED},
    {"delete character", GOOD "A: \x7f\r\n\r\n", WP_HTTP_MALFORMED},
    {"other bytes are text", GOOD "A: \xc3\xa4\tb\r\n\r\n", WP_HTTP_COMPLETE},
    {"length twice", GOOD "Content-Length: 1\r\ncontent-length: 1\r\n\r\n", WP_HTTP_MALFORMED},
    {"length list", GOOD "Content-Length: 1, 1\r\n\r\n", WP_HTTP_MALFORMED},
    {"length with a sign", GOOD "Content-Length: +1\r\n\r\n", WP_HTTP_MALFORMED},
    {"length empty", GOOD "Content-Length:\r\n\r\n", WP_HTTP_MALFORMED},
    {"length too long", GOOD "Content-Length: 1000000000000000000\r\n\r\n", WP_HTTP_MALFORMED},
    {"chunked", GOOD "Transfer-Encoding: chunked\r\n\r\n", WP_HTTP_CODING},
    {"any coding", GOOD "transfer-encoding: identity\r\n\r\n", WP_HTTP_CODING},
};

Test(serve_http_head, states)
{
    struct wp_http_head head;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        cr_expect_eq(wp_http_head_read(&head, rows[i].text, strlen(rows[i].text)), rows[i].state,
                     "%s", rows[i].name);
}

/* Whatever is complete is incomplete, not something else, while it arrives. */
Test(serve_http_head, arrives_byte_by_byte)
{
    static const char text[] = "POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc";
    struct wp_http_head head;
    size_t size = sizeof text - 1 - 3;
    for (size_t i = 0; i < size; i++)
        cr_expect_eq(wp_http_head_read(&head, text, i), WP_HTTP_INCOMPLETE, "%zu bytes", i);
    cr_assert_eq(wp_http_head_read(&head, text, sizeof text - 1), WP_HTTP_COMPLETE);
    cr_expect_eq(head.size, size);
    cr_expect_eq(head.body_size, 3);
}

Test(serve_http_head, parts)
{
    static const char text[] =
        "GET /a?b=c HTTP/1.1\r\nHost: x\r\nX-User: \t ana b \t\r\nX-Empty:\r\n"
        "Expect: 100-Continue\r\n\r\n";
    struct wp_http_head head;
    cr_assert_eq(wp_http_head_read(&head, text, sizeof text - 1), WP_HTTP_COMPLETE);
    cr_expect(head.method.length == 3 && memcmp(head.method.text, "GET", 3) == 0);
    cr_expect(head.target.length == 6 && memcmp(head.target.text, "/a?b=c", 6) == 0);
    cr_assert_eq(head.field_count, 4);
    cr_expect(wp_http_name_is(head.fields[1].name, "x-user", 6));
    cr_expect(head.fields[1].value.length == 5 &&
              memcmp(head.fields[1].value.text, "ana b", 5) == 0);
    cr_expect_eq(head.fields[2].value.length, 0);
    cr_expect(head.expects_continue && head.keeps_alive);
}

Test(serve_http_head, bytes_of_values)
{
    char text[] = GOOD "X: 01234567890123456789\r\n\r\n";
    struct wp_http_head head;
    char *value = strchr(text, 'X') + 3;
    for (size_t i = 0; i < 20; i++) {
        for (unsigned byte = 0; byte < 256; byte++) {
            char kept = value[i];
            bool is_good = byte == '\t' || (byte >= ' ' && byte != 0x7f);
            value[i] = (char)byte;
            cr_expect_eq(wp_http_head_read(&head, text, sizeof text - 1),
                         is_good ? WP_HTTP_COMPLETE : WP_HTTP_MALFORMED, "byte %u at %zu", byte, i);
            value[i] = kept;
        }
    }
}

Test(serve_http_head, connections)
{
    static const struct {
        const char *text;
        bool stays;
    } cases[] = {
        {GOOD "\r\n", true},
        {GOOD "Connection: close\r\n\r\n", false},
        {GOOD "Connection: upgrade, Close\r\n\r\n", false},
        {GOOD "Connection: keep-alive\r\nConnection: close\r\n\r\n", false},
        {GOOD "Connection: closed\r\n\r\n", true},
        {"GET / HTTP/1.0\r\n\r\n", false},
        {"GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n", true},
    };
    struct wp_http_head head;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        cr_assert_eq(wp_http_head_read(&head, cases[i].text, strlen(cases[i].text)),
                     WP_HTTP_COMPLETE);
        cr_expect_eq(head.keeps_alive, cases[i].stays, "%s", cases[i].text);
    }
}

Test(serve_http_head, limits)
{
    static char text[WP_HTTP_HEAD_MAX + 64];
    struct wp_http_head head;
    size_t start = sizeof GOOD - 1;
    memcpy(text, GOOD "A: ", start + 3);
    memset(text + start + 3, 'a', sizeof text - start - 3);
    cr_expect_eq(wp_http_head_read(&head, text, WP_HTTP_HEAD_MAX - 1), WP_HTTP_INCOMPLETE);
    cr_expect_eq(wp_http_head_read(&head, text, WP_HTTP_HEAD_MAX), WP_HTTP_TOO_LARGE);
    memcpy(text + WP_HTTP_HEAD_MAX - 4, "\r\n\r\n", 4);
    cr_expect_eq(wp_http_head_read(&head, text, sizeof text), WP_HTTP_COMPLETE);
    size_t length = start;
    for (size_t i = 0; i < WP_HTTP_FIELDS_MAX; i++, length += 5)
        memcpy(text + length, "A:b\r\n", 5);
    memcpy(text + length, "\r\n", 2);
    cr_expect_eq(wp_http_head_read(&head, text, length + 2), WP_HTTP_TOO_LARGE);
    memcpy(text + length - 5, "\r\n", 2);
    cr_expect_eq(wp_http_head_read(&head, text, length - 3), WP_HTTP_COMPLETE);
}
