/* Requests as JSON: what is one, what is none, and what an answer looks like. */
#include "compiler/decide/decision_json.h"
#include "compiler/decide/request_json.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static bool
read_text(struct wp_request_reader *reader, const char *text, size_t length,
          struct wp_request_facts *facts)
{
    /* Exactly as much memory as is asked for, so that reading on is seen. */
    static char *padded;
    free(padded);
    padded = malloc(length + WP_REQUEST_PADDING);
    memcpy(padded, text, length);
    memset(padded + length, 0xff, WP_REQUEST_PADDING);
    return wp_request_read(reader, padded, length, facts);
}

static bool
is_text(struct woapol_text text, const char *expected)
{
    return text.length == strlen(expected) && memcmp(text.text, expected, text.length) == 0;
}

/* Texts that are requests, with the id that they have. */
static const struct {
    const char *text, *id;
} requests[] = {
    {"{}", "null"},
    {" \t{ } \r", "null"},
    {"{\"id\":7}", "7"},
    {"{\"id\": {\"a\" : [1, 2]} , \"ip\":\"::1\"}", "{\"a\" : [1, 2]}"},
    {"{\"id\":[ ] }", "[ ]"},
    {"{\"id\":\"a\\u0000\\n\"}", "\"a\\u0000\\n\""},
    {"{\"id\":123456789012345678901234567890.5E+999}", "123456789012345678901234567890.5E+999"},
    {"{\"id\":-0}", "-0"},
    {"{\"id\":null}", "null"},
    {"{\"id\":true,\"other\":{\"ip\":5,\"ip\":6},\"other\":1}", "true"},
    {"{\"\":1,\"x\":[[],{},\"\\ud83d\\ude00\",0.5,1e1]}", "null"},
    {"{\"device\":\"\",\"app\":\"x\\ty\",\"user\":\"\\u0061\",\"entry\":\"fax\"}", "null"},
};

Test(request_json, reads_requests)
{
    struct wp_request_reader *reader = wp_request_reader_new();
    for (size_t i = 0; i < sizeof requests / sizeof requests[0]; i++) {
        struct wp_request_facts facts;
        bool done = read_text(reader, requests[i].text, strlen(requests[i].text), &facts);
        cr_expect(done, "%s: %s", requests[i].text, facts.error);
        cr_expect(is_text(facts.id, requests[i].id), "%s: id %.*s", requests[i].text,
                  (int)facts.id.length, facts.id.text);
    }
    wp_request_reader_free(reader);
}

Test(request_json, reads_every_key)
{
    struct wp_request_reader *reader = wp_request_reader_new();
    struct wp_request_facts facts;
    static const char text[] =
        "{\"ip\":\"203.0.113.9\",\"device\":\"browser\",\"groups\":[\"A\",\"B\\\"C\"],"
        "\"app\":\"Salesforce\",\"us\\u0065r\":\"ana@corp.example\",\"entry\":\"hub\","
        "\"managed\":true,\"compliant\":true,\"risk\":\"medium\",\"groups_complete\":false}";
    cr_assert(read_text(reader, text, sizeof text - 1, &facts));
    cr_expect(facts.address_family == 4 && memcmp(facts.address, "\xcb\x00\x71\x09", 4) == 0);
    cr_expect(is_text(facts.device, "browser") && is_text(facts.app, "Salesforce"));
    cr_expect(is_text(facts.user, "ana@corp.example") && is_text(facts.entry, "hub"));
    cr_expect(facts.group_count == 2 && is_text(facts.groups[0], "A") &&
              is_text(facts.groups[1], "B\"C"));
    cr_expect(facts.managed && facts.compliant && facts.groups_incomplete && facts.risk == 1);
    cr_assert(read_text(reader, "{}", 2, &facts));
    cr_expect(facts.address_family == 0 && facts.device.text == NULL && facts.group_count == 0);
    cr_expect(!facts.managed && !facts.compliant && !facts.groups_incomplete && facts.risk == 2);
    wp_request_reader_free(reader);
}

/* Texts that are not, with the id that is echoed and a part of the error. */
static const struct {
    const char *text;
    size_t length; /* 0: to the NUL */
    const char *id, *error;
} failures[] = {
    {"{\"ip\":null,\"id\":\"x\"}", 0, "\"x\"", "\"ip\" must be a string, not null"},
    {"{\"ip\":5}", 0, "null", "\"ip\" must be a string, not a number"},
    {"{\"ip\":\"1.2.3\",\"id\":1}", 0, "1", "\"ip\" is not an IPv4 or IPv6 address: \"1.2.3\""},
    {"{\"ip\":\"\"}", 0, "null", "\"ip\" is not"},
    {"{\"ip\":\"10.0.0.1\\u0000\"}", 0, "null", "\"ip\" is not"},
    {"{\"ip\":\"10.0.0.01\"}", 0, "null", "\"ip\" is not"},
    {"{\"id\":3,\"ip\":\"::1\",\"ip\":\"::1\"}", 0, "3", "\"ip\" stands twice"},
    {"{\"id\":3,\"\\u0069p\":\"::1\",\"ip\":\"::1\"}", 0, "3", "\"ip\" stands twice"},
    {"{\"id\":1,\"id\":2}", 0, "1", "\"id\" stands twice"},
    {"{\"risk\":\"extreme\",\"id\":1}", 0, "1", "low, medium or high, not \"extreme\""},
    {"{\"risk\":2,\"id\":1}", 0, "1", "\"risk\" must be a string"},
    {"{\"managed\":\"yes\"}", 0, "null", "\"managed\" must be true or false, not a string"},
    {"{\"compliant\":1}", 0, "null", "\"compliant\" must be true or false"},
    {"{\"groups_complete\":null}", 0, "null", "\"groups_complete\" must be true or false"},
    {"{\"groups\":\"A\",\"id\":4}", 0, "4", "\"groups\" must be an array of strings"},
    {"{\"groups\":[\"A\",[]],\"id\":4}", 0, "4", "\"groups\" must hold strings only, not an array"},
    {"{\"device\":{\"a\":1},\"id\":4}", 0, "4", "\"device\" must be a string, not an object"},
    {"[1]", 0, "null", "a request must be a JSON object"},
    {"5", 0, "null", "a request must be a JSON object"},
    {"null", 0, "null", "a request must be a JSON object"},
    {"\"x\"", 0, "null", "a request must be a JSON object"},
    {"{\"id\":4", 0, "null", "a bracket is not closed"},
    {"{\"id\":4,", 0, "4", "a bracket is not closed"},
    {" { \"id\" : \"a\\\"b\" , \"ip\":\"1", 0, "\"a\\\"b\"", "no closing quote"},
    {"{\"id\":\"\\q\",\"ip\":", 0, "null", "a bracket is not closed"},
    {"{\"id\":01,\"ip\":", 0, "null", "a bracket is not closed"},
    {"{\"id\":\"a", 0, "null", "no closing quote"},
    {"{\"id\":", 0, "null", "a bracket is not closed"},
    {"{\"id\"", 0, "null", "a bracket is not closed"},
    {"{\"id\":[1],", 0, "null", "a bracket is not closed"},
    {"{\"id\":true,\"x\":\"\xff\"}", 0, "true", "not UTF-8"},
    {"{\"id\":\"\xff\",\"x\":1}", 0, "null", "not UTF-8"},
    {"{\"id\":4}}", 0, "4", "more text after the request, at byte 9"},
    {"{\"id\":4} {}", 0, "4", "more text after the request"},
    {"{\"id\":4,}", 0, "4", "not JSON"},
    {"{\"id\" 4}", 0, "null", "not JSON"},
    {"{id:4}", 0, "null", "not JSON"},
    {"{'id':4}", 0, "null", "not JSON"},
    {"{\"id\":4 \"ip\":\"::1\"}", 0, "4", "not JSON"},
    {"{\"x\":tru}", 0, "null", "not JSON, at byte 6"},
    {"{\"managed\":truex}", 0, "null", "not JSON, at byte 12"},
    {"{\"x\":[1,]}", 0, "null", "not JSON"},
    {"{\"x\":01}", 0, "null", "not JSON"},
    {"{\"x\":1.}", 0, "null", "not JSON"},
    {"{\"x\":.5}", 0, "null", "not JSON"},
    {"{\"x\":1e}", 0, "null", "not JSON"},
    {"{\"x\":+1}", 0, "null", "not JSON"},
    {"{\"x\":NaN}", 0, "null", "not JSON"},
    {"{\"x\":\"\\q\"}", 0, "null", "an escape that is not JSON's"},
    {"{\"x\":\"\\ud800\"}", 0, "null", "an escape that is not JSON's"},
    {"{\"x\":\"open}", 0, "null", "no closing quote"},
    {"{\"x\":\"\xff\"}", 0, "null", "not UTF-8"},
    {"{\"x\":\"\xed\xa0\x80\"}", 0, "null", "not UTF-8"},
    {"{\"x\":\"\xc0\xaf\"}", 0, "null", "not UTF-8"},
    {"{\"x\":\"a\0b\"}", 11, "null", "control character"},
    {"{\"x\":1\0}", 8, "null", "not JSON"},
    {"\0", 1, "null", "JSON object"},
    {"{\"x\":\"a\tb\"}", 0, "null", "control character"},
};

Test(request_json, refuses_what_is_no_request)
{
    struct wp_request_reader *reader = wp_request_reader_new();
    for (size_t i = 0; i < sizeof failures / sizeof failures[0]; i++) {
        struct wp_request_facts facts;
        size_t length = failures[i].length > 0 ? failures[i].length : strlen(failures[i].text);
        bool done = read_text(reader, failures[i].text, length, &facts);
        cr_expect(!done, "%s", failures[i].text);
        cr_expect(is_text(facts.id, failures[i].id), "%s: id %.*s", failures[i].text,
                  (int)facts.id.length, facts.id.text);
        cr_expect(facts.error != NULL && strstr(facts.error, failures[i].error) != NULL, "%s: %s",
                  failures[i].text, facts.error);
    }
    wp_request_reader_free(reader);
}

Test(request_json, bounds_depth_and_length)
{
    struct wp_request_reader *reader = wp_request_reader_new();
    struct wp_request_facts facts;
    static const struct {
        size_t depth;
        bool is_fine;
    } rows[] = {{WP_REQUEST_MAX_DEPTH, true}, {WP_REQUEST_MAX_DEPTH + 2, false}, {50000, false}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct wp_json_text text = {0};
        wp_json_puts(&text, "{\"id\":9,\"x\":");
        for (size_t j = 0; j < rows[i].depth; j++)
            wp_json_puts(&text, "[");
        for (size_t j = 0; j < rows[i].depth; j++)
            wp_json_puts(&text, "]");
        wp_json_puts(&text, "}");
        cr_expect_eq(read_text(reader, text.bytes, text.length, &facts), rows[i].is_fine,
                     "depth %zu", rows[i].depth);
        cr_expect(is_text(facts.id, "9"));
        wp_json_text_free(&text);
    }
    char *text = malloc(WP_REQUEST_MAX + 1);
    memset(text, ' ', WP_REQUEST_MAX + 1);
    memcpy(text, "{}", 2);
    cr_expect(read_text(reader, text, WP_REQUEST_MAX, &facts));
    cr_expect(!read_text(reader, text, WP_REQUEST_MAX + 1, &facts));
    cr_expect(facts.error != NULL && strstr(facts.error, "longer than 16 MiB") != NULL);
    free(text);
    wp_request_reader_free(reader);
}

/* What one reading leaves behind must not show in the next. */
Test(request_json, starts_afresh)
{
    struct wp_request_reader *reader = wp_request_reader_new();
    struct wp_request_facts facts;
    static const char full[] = "{\"id\":1,\"groups\":[\"A\"],\"managed\":true,\"ip\":\"::1\"}";
    for (int i = 0; i < 3; i++) {
        cr_assert(read_text(reader, full, sizeof full - 1, &facts));
        cr_expect(facts.group_count == 1);
        cr_expect(!read_text(reader, "{\"groups\":[\"B\",", 14, &facts));
        cr_assert(read_text(reader, "{}", 2, &facts));
        cr_expect(facts.group_count == 0 && !facts.managed && facts.address_family == 0);
    }
    wp_request_reader_free(reader);
}

Test(json_text, escapes)
{
    static const struct {
        const char *text, *expected;
    } rows[] = {
        {"plain", "\"plain\""},
        {"a\"b\\c", "\"a\\\"b\\\\c\""},
        {"\b\t\n\f\r\v\x1f\x7f", "\"\\b\\t\\n\\f\\r\\u000b\\u001f\x7f\""},
        {"\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80", "\"\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80\""},
        {"a\xff", "\"a\xef\xbf\xbd\""},
        {"\xed\xa0\x80", "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\""},
        {"\xc3", "\"\xef\xbf\xbd\""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct wp_json_text text = {0};
        wp_json_string(&text, rows[i].text, strlen(rows[i].text));
        wp_json_put(&text, "", 1);
        cr_expect_str_eq(text.bytes, rows[i].expected);
        wp_json_text_free(&text);
    }
}

Test(json_text, writes_numbers)
{
    struct wp_json_text text = {0};
    wp_json_number(&text, 0);
    wp_json_puts(&text, " ");
    wp_json_number(&text, UINT64_MAX);
    wp_json_put(&text, "", 1);
    cr_expect_str_eq(text.bytes, "0 18446744073709551615");
    wp_json_text_free(&text);
}

Test(decision_json, keeps_an_answer_on_one_line)
{
    struct wp_json_text text = {0};
    wp_decision_write_error(&text, (struct woapol_text){"[1,\r\n2]", 7}, "not \"this\"");
    wp_json_put(&text, "", 1);
    cr_expect_str_eq(text.bytes, "{\"id\":[1,  2],\"error\":\"not \\\"this\\\"\"}");
    wp_json_text_free(&text);
}
