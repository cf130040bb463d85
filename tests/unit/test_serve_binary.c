/* SPOP frames and protocol buffers: written and read back, cut and damaged. */
#include <criterion/criterion.h>
#include <string.h>

#include "compiler/serve/ext_authz.h"
#include "compiler/serve/protobuf.h"
#include "compiler/serve/spop_frame.h"

static const uint64_t numbers[] = {0,    1,     239,   240,        2287,
                                   2288, 16380, 65536, UINT32_MAX, UINT64_MAX};
#define NUMBERS (sizeof numbers / sizeof numbers[0])

static struct wp_cursor
cursor_of(const struct wp_json_text *text, size_t from, size_t to)
{
    const uint8_t *bytes = (const uint8_t *)text->bytes;
    return (struct wp_cursor){.at = bytes + from, .end = bytes + to};
}

Test(serve_spop, numbers)
{
    for (size_t i = 0; i < NUMBERS; i++) {
        struct wp_json_text text = {0};
        wp_spop_put_varint(&text, numbers[i]);
        struct wp_cursor cursor = cursor_of(&text, 0, text.length);
        cr_expect_eq(wp_spop_read_varint(&cursor), numbers[i]);
        cr_expect(!cursor.failed && wp_cursor_rest(&cursor) == 0);
        for (size_t cut = 0; cut < text.length; cut++) {
            cursor = cursor_of(&text, 0, cut);
            cr_expect_eq(wp_spop_read_varint(&cursor), 0);
            cr_expect(cursor.failed);
        }
        wp_json_text_free(&text);
    }
}

/* The two examples of the specification's table of ranges: 240 takes two bytes,
 * 2288 three. */
Test(serve_spop, numbers_as_specified)
{
    static const char wanted[] = "\xef\xf0\x00\xff\x7f\xf0\x80\x00";
    struct wp_json_text text = {0};
    wp_spop_put_varint(&text, 239);
    wp_spop_put_varint(&text, 240);
    wp_spop_put_varint(&text, 2287);
    wp_spop_put_varint(&text, 2288);
    cr_assert_eq(text.length, sizeof wanted - 1);
    cr_expect_arr_eq(text.bytes, wanted, sizeof wanted - 1);
    wp_json_text_free(&text);
}

Test(serve_spop, frames)
{
    struct wp_json_text text = {0};
    struct wp_spop_frame frame;
    struct wp_spop_value value;
    enum wp_spop_status status;
    size_t start = wp_spop_begin(&text, WP_SPOP_ACK, 300, 70000);
    wp_spop_put_text(&text, (struct woapol_text){"name", 4});
    wp_spop_put_string(&text, (struct woapol_text){"value", 5});
    wp_spop_put_uint64(&text, UINT64_MAX);
    wp_spop_end(&text, start);
    for (size_t cut = 0; cut < text.length; cut++) {
        cr_expect_eq(wp_spop_read_frame(text.bytes, cut, &frame, &status), 0, "%zu", cut);
        cr_expect_eq(status, WP_SPOP_NORMAL);
    }
    cr_assert_eq(wp_spop_read_frame(text.bytes, text.length, &frame, &status), text.length);
    cr_expect(frame.type == WP_SPOP_ACK && frame.is_final && frame.stream == 300 &&
              frame.frame == 70000);
    struct woapol_text name = wp_spop_read_text(&frame.payload);
    cr_expect(name.length == 4 && memcmp(name.text, "name", 4) == 0);
    wp_spop_read_value(&frame.payload, &value);
    cr_expect(value.kind == WP_SPOP_TEXT && value.text.length == 5);
    wp_spop_read_value(&frame.payload, &value);
    cr_expect(value.kind == WP_SPOP_INT && value.number == UINT64_MAX);
    cr_expect(!frame.payload.failed && wp_cursor_rest(&frame.payload) == 0);
    wp_json_text_free(&text);
}

Test(serve_spop, what_is_no_frame)
{
    static const struct {
        const char *name, *bytes;
        size_t length;
        enum wp_spop_status status;
    } cases[] = {
        {"too large", "\x00\x01\x00\x00", 4, WP_SPOP_TOO_BIG},
        {"one more", "\x00\x00\x3f\xfd", 4, WP_SPOP_TOO_BIG},
        {"too small", "\x00\x00\x00\x06", 4, WP_SPOP_INVALID},
        {"numbers that do not end", "\x00\x00\x00\x07\x03\x00\x00\x00\x01\xff\xff", 11,
         WP_SPOP_INVALID},
    };
    struct wp_spop_frame frame;
    enum wp_spop_status status;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        (void)wp_spop_read_frame(cases[i].bytes, cases[i].length, &frame, &status);
        cr_expect_eq(status, cases[i].status, "%s", cases[i].name);
    }
}

/* ---- protocol buffers ------------------------------------------------------ */

Test(serve_protobuf, fields)
{
    struct wp_json_text text = {0};
    struct wp_pb_field field;
    for (size_t i = 0; i < NUMBERS; i++)
        wp_pb_put_number(&text, (uint32_t)i + 1, numbers[i]);
    size_t message = wp_pb_begin(&text, 500);
    wp_pb_put_text(&text, 1, (struct woapol_text){"key", 3});
    wp_pb_put_text(&text, 2, (struct woapol_text){"a value", 7});
    wp_pb_end(&text, message);
    struct wp_cursor cursor = cursor_of(&text, 0, text.length);
    for (size_t i = 0; i < NUMBERS; i++) {
        cr_assert(wp_pb_next(&cursor, &field));
        cr_expect(field.number == i + 1 && field.value == numbers[i] && !field.has_text);
    }
    cr_assert(wp_pb_next(&cursor, &field));
    cr_expect(field.number == 500 && field.has_text);
    struct woapol_text key, value;
    cr_expect(wp_pb_pair(field.text, &key, &value) && key.length == 3 && value.length == 7);
    cr_expect(!wp_pb_next(&cursor, &field) && !cursor.failed);
    for (size_t cut = text.length - 5; cut < text.length; cut++) {
        cursor = cursor_of(&text, 0, cut);
        while (wp_pb_next(&cursor, &field))
            ;
        cr_expect(cursor.failed, "cut at %zu", cut);
    }
    wp_json_text_free(&text);
}

Test(serve_protobuf, what_is_no_message)
{
    static const struct {
        const char *name, *bytes;
        size_t length;
    } cases[] = {
        {"field 0", "\x00\x00", 2},
        {"a group", "\x0b\x0c", 2},
        {"wire type 7", "\x0f", 1},
        {"a number without end", "\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", 12},
        {"a length beyond the end", "\x0a\x05xxxx", 6},
        {"a huge length", "\x0a\xff\xff\xff\xff\xff\xff\xff\xff\x7fx", 11},
        {"half of a fixed number", "\x0d\x00\x00", 3},
    };
    struct wp_pb_field field;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct wp_cursor cursor =
            wp_pb_message((struct woapol_text){cases[i].bytes, cases[i].length});
        while (wp_pb_next(&cursor, &field))
            ;
        cr_expect(cursor.failed, "%s", cases[i].name);
    }
}

/* ---- Envoy's question ------------------------------------------------------ */

static const struct woapol_prefix proxy = {.address = {.bytes = {10}, .family = 4}, .length = 8};

/* A CheckRequest with that source and one header and one extension. */
static void
write_question(struct wp_json_text *text, const char *source, const char *header, const char *value,
               const char *extension)
{
    size_t attributes = wp_pb_begin(text, 1);
    size_t peer = wp_pb_begin(text, 1), address = wp_pb_begin(text, 1),
           socket = wp_pb_begin(text, 1);
    wp_pb_put_text(text, 2, (struct woapol_text){source, strlen(source)});
    wp_pb_put_number(text, 3, 4711);
    wp_pb_end(text, socket);
    wp_pb_end(text, address);
    wp_pb_end(text, peer);
    size_t request = wp_pb_begin(text, 4), http = wp_pb_begin(text, 2),
           entry = wp_pb_begin(text, 3);
    wp_pb_put_text(text, 1, (struct woapol_text){header, strlen(header)});
    wp_pb_put_text(text, 2, (struct woapol_text){value, strlen(value)});
    wp_pb_end(text, entry);
    wp_pb_end(text, http);
    wp_pb_end(text, request);
    entry = wp_pb_begin(text, 10);
    wp_pb_put_text(text, 1, (struct woapol_text){"managed", 7});
    wp_pb_put_text(text, 2, (struct woapol_text){extension, strlen(extension)});
    wp_pb_end(text, entry);
    wp_pb_end(text, attributes);
}

Test(serve_ext_authz, facts)
{
    static const struct {
        const char *name, *source, *header, *value, *extension;
        bool is_trusted, is_good, is_managed;
        uint8_t first; /* byte of the address */
        size_t groups;
    } cases[] = {
        {"the source is the client", "198.51.100.9", "x-forwarded-for", "203.0.113.9", "true", true,
         true, true, 198, 0},
        {"a proxy's header is followed", "10.1.1.1", "x-forwarded-for", "203.0.113.9", "no", true,
         true, false, 203, 0},
        {"a proxy without a header", "10.1.1.1", "other", "x", "no", true, false, false, 0, 0},
        {"a stranger's groups", "198.51.100.9", "x-groups", "a,b", "", false, true, false, 198, 0},
        {"a trusted Envoy's groups", "198.51.100.9", "X-Groups", "a, b", "", true, true, false, 198,
         2},
        {"no address", "localhost", "other", "x", "true", true, false, true, 0, 0},
        {"a bad extension", "198.51.100.9", "other", "x", "maybe", true, false, false, 198, 0},
    };
    struct wp_serve_settings settings = {
        .trusted = &proxy, .trusted_count = 1, .address_field = {"X-Forwarded-For", 15}};
    settings.fact_fields[WP_FACT_GROUPS] = (struct woapol_text){"x-groups", 8};
    static struct wp_fact_set set;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct wp_json_text text = {0};
        write_question(&text, cases[i].source, cases[i].header, cases[i].value, cases[i].extension);
        wp_facts_clear(&set);
        wp_check_request_read(&settings, cases[i].is_trusted, text.bytes, text.length, &set);
        cr_expect_eq(set.facts.error == NULL, cases[i].is_good, "%s", cases[i].name);
        cr_expect_eq(set.facts.managed, cases[i].is_managed, "%s", cases[i].name);
        cr_expect_eq(set.facts.group_count, cases[i].groups, "%s", cases[i].name);
        if (cases[i].is_good)
            cr_expect_eq(set.facts.address[0], cases[i].first, "%s", cases[i].name);
        wp_facts_clear(&set);
        wp_check_request_read(&settings, true, text.bytes, text.length - 1, &set);
        cr_expect_neq(set.facts.error, NULL, "%s, cut", cases[i].name);
        wp_json_text_free(&text);
    }
}
