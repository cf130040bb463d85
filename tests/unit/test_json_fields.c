/* Fields by their paths: what is told of a text, and which texts are none. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compiler/decide/json_fields.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const char *const paths[] = {
    "a", "b.c", "d[]", "d[].e", "[].f", "enough", "long-name-of-a-key"};
enum { ENOUGH = 5 };

struct told {
    char text[512];
};

static bool
tell(void *context, size_t field, enum wp_field_kind kind, struct woapol_text text)
{
    struct told *told = context;
    size_t length = strlen(told->text);
    (void)snprintf(told->text + length, sizeof told->text - length, "%zu%c%.*s ", field,
                   "snTF"[kind], (int)text.length, text.text);
    return field != ENOUGH;
}

static void
tell_element(void *context, size_t field)
{
    struct told *told = context;
    size_t length = strlen(told->text);
    (void)snprintf(told->text + length, sizeof told->text - length, "%c",
                   field == SIZE_MAX ? '-' : '.');
}

static const struct {
    const char *text, *told; /* NULL: it is no JSON as far as one looks */
} rows[] = {
    {"{\"a\":\"x\",\"b\":{\"c\":1.5e3},\"z\":[{\"a\":2}]}", "0sx 1n1.5e3 "},
    {" { \"a\" : true , \"b\" : null, \"a\":false } ", "0Ttrue 0Ffalse "},
    {"{\"d\":[\"x\",{\"e\":\"y\"},[\"z\"],3]}", ".2sx .3sy ..2n3 "},
    {"[{\"f\":\"x\"},{\"a\":1,\"f\":2},5]", "-4sx -4n2 -"},
    {"{\"a\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0041\\u00e9\\u20AC\\ud83d\\ude00\"}",
     "0s\"\\/\b\f\n\r\tA\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80 "},
    {"{\"a\":\"one \\u0031\",\"b\":{\"c\":\"two \\u0032\"}}", "0sone 1 1stwo 2 "},
    {"{\"long-name-of-a-key\":1,\"long-name-of-a-kez\":2,\"long-name\":3,\"aa\":4,\"\":5}", "6n1 "},
    {"{\"\\u0061\":1,\"a\":2}", "0n2 "},
    {"{\"a\":{\"b\":1},\"b\":5,\"d\":\"x\"}", ""},
    {"{}", ""},
    {"[]", ""},
    {"{\"enough\":1,\"a\":2,\"b\":{\"c\":tru}}", "5n1 "},
    {"{\"b\":{\"x\":[]},\"enough\":1,\"z\":[{}]}", "5n1 "},
    {"{\"enough\":1,\"a\":[2}", NULL},
    {"{\"enough\":1,\"a\":2", NULL},
    {"{\"enough\":1}}", NULL},
    {"{\"enough\":1,\"a\":\"\xff\"}", NULL},
    {"{\"enough\":1,\"a\":\"", NULL},
    {"", NULL},
    {"5", NULL},
    {"\"a\"", NULL},
    {"{\"a\":tru}", NULL},
    {"{\"a\":01}", NULL},
    {"{\"a\":1 2}", NULL},
    {"{\"a\":}", NULL},
    {"{\"z\":}", NULL},
    {"{\"a\":,}", NULL},
    {"{\"a\" 1}", NULL},
    {"{\"a\":1,}", NULL},
    {"{\"a\":1", NULL},
    {"{\"a\":1}x", NULL},
    {"{\"a\":1}{}", NULL},
    {"{\"a\":\"x\"y}", NULL},
    {"{\"a\":\"\\ud800\"}", NULL},
    {"{\"a\":\"\\ud800\\u0041\"}", NULL},
    {"{\"a\":\"\\udc00\"}", NULL},
    {"{\"a\":\"\\u12g4\"}", NULL},
    {"{\"a\":\"\\u12\"}", NULL},
    {"{\"a\":\"\\x\"}", NULL},
    {"{\"a\":\"\x01\"}", NULL},
    {"{\"a\":\"\xed\xa0\x80\"}", NULL},
    {"{\"z\":[1}", NULL},
    {"[1", NULL},
    {"]", NULL},
};

Test(json_fields, tells_what_stands_at_the_paths)
{
    struct wp_field_reader *reader = wp_field_reader_new(paths, COUNT(paths));
    cr_assert_not_null(reader);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct told told = {{0}};
        const struct wp_field_visitor visitor = {tell, tell_element, &told};
        size_t length = strlen(rows[i].text);
        char *text = calloc(1, length + WP_FIELDS_PADDING); /* no byte more may be read */
        memcpy(text, rows[i].text, length);
        bool done = wp_read_fields(reader, text, length, &visitor);
        cr_expect_eq(done, rows[i].told != NULL, "%s", rows[i].text);
        if (done && rows[i].told != NULL)
            cr_expect_str_eq(told.text, rows[i].told, "%s", rows[i].text);
        free(text);
    }
    wp_field_reader_free(reader);
}

/* The reader's memory follows the texts. */
Test(json_fields, takes_texts_of_any_length)
{
    struct wp_field_reader *reader = wp_field_reader_new(paths, COUNT(paths));
    for (size_t size = 100; size < 4000000; size *= 7) {
        struct told told = {{0}};
        const struct wp_field_visitor visitor = {tell, NULL, &told};
        char *text = malloc(size + WP_FIELDS_PADDING);
        memset(text, ' ', size);
        memcpy(text, "{\"z\":\"", 6);
        memset(text + 6, 'x', size - 40);
        memcpy(text + size - 34, "\",\"a\":\"\\u0041\"}", 15);
        cr_expect(wp_read_fields(reader, text, size, &visitor), "%zu", size);
        cr_expect_str_eq(told.text, "0sA ");
        free(text);
    }
    wp_field_reader_free(reader);
}
