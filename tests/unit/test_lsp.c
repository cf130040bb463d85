/* The language server's parts: places, words, addresses, framing. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "compiler/lsp/frame.h"
#include "compiler/lsp/place.h"
#include "compiler/lsp/position.h"
#include "compiler/lsp/uri.h"

/* ---- places ---------------------------------------------------------------------- */

Test(lsp, positions_are_utf16_units)
{
    static const struct {
        const char *text;
        uint32_t offset, line, character;
    } rows[] = {
        {"", 0, 0, 0},
        {"abc", 2, 0, 2},
        {"abc", 3, 0, 3},
        {"a\nb", 2, 1, 0},
        {"a\r\nb", 3, 1, 0},
        {"a\r\nb", 1, 0, 1},
        {"a\rb", 2, 1, 0},
        {"a\n\n\nb", 3, 2, 1 - 1},
        {"a\n", 2, 1, 0},
        {"\xc3\xa4x", 2, 0, 1},         /* two bytes, one unit */
        {"\xe2\x82\xacx", 3, 0, 1},     /* three bytes, one unit */
        {"\xf0\x9f\x98\x80x", 4, 0, 2}, /* four bytes, two units */
        {"\xf0\x9f\x98\x80\xc3\xa4", 6, 0, 3},
        {"\xff\xfex", 2, 0, 2},     /* stray bytes count one each */
        {"\xe2\x82", 2, 0, 2},      /* so do those of a character cut off */
        {"\xef\xbb\xbfx", 3, 0, 1}, /* the byte order mark is a character */
        {"x\n\xf0\x9f\x98\x80y", 6, 1, 2},
    };
    struct wp_arena *arena = wp_arena_new(NULL, NULL);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct wp_lsp_text text;
        wp_lsp_text_init(&text, arena, rows[i].text, (uint32_t)strlen(rows[i].text));
        struct wp_lsp_position got = wp_lsp_position(&text, rows[i].offset);
        cr_expect(got.line == rows[i].line && got.character == rows[i].character, "row %zu: %u:%u",
                  i, got.line, got.character);
        cr_expect_eq(wp_lsp_offset(&text, got), rows[i].offset, "row %zu back", i);
    }
    wp_arena_free(arena);
}

Test(lsp, positions_beyond_the_text_are_its_ends)
{
    static const struct {
        uint32_t line, character, offset;
    } rows[] = {
        {0, 99, 2},                    /* the line's end, before CR LF */
        {0, UINT32_MAX, 2}, {1, 1, 4}, /* within a pair of units: before it */
        {1, 2, 8},          {1, 3, 8}, {2, 0, 9}, {9, 0, 10}, {UINT32_MAX, UINT32_MAX, 10},
    };
    static const char words[] = "ab\r\n\xf0\x9f\x98\x80\nz";
    struct wp_arena *arena = wp_arena_new(NULL, NULL);
    struct wp_lsp_text text;
    wp_lsp_text_init(&text, arena, words, sizeof words - 1);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        cr_expect_eq(
            wp_lsp_offset(&text, (struct wp_lsp_position){rows[i].line, rows[i].character}),
            rows[i].offset, "row %zu", i);
    wp_arena_free(arena);
}

/* ---- addresses ----------------------------------------------------------------------- */

Test(lsp, addresses_and_paths)
{
    static const char *const rows[][3] = {
        /* address, path, address again */
        {"file:///etc/a.woapol", "/etc/a.woapol", "file:///etc/a.woapol"},
        {"file:///a%20b", "/a b", "file:///a%20b"},
        {"file:///c%3A/x", "/c:/x", "file:///c%3A/x"},
        {"FILE:///x", "/x", "file:///x"},
        {"file://localhost/x", "/x", "file:///x"},
        {"file:///%C3%BC", "/\xc3\xbc", "file:///%C3%BC"},
        {"file:///100%", "/100%", "file:///100%25"},
        {"file:///%zz%4", "/%zz%4", "file:///%25zz%254"},
        {"file:///a%00b", "/a%00b", "file:///a%2500b"},
        {"untitled:One", "untitled:One", "untitled:One"},
        {"file://", "file://", "file://"},
    };
    struct wp_arena *arena = wp_arena_new(NULL, NULL);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *path = wp_lsp_path_of_uri(arena, rows[i][0]);
        cr_expect_str_eq(path, rows[i][1]);
        cr_expect_str_eq(wp_lsp_uri_of_path(arena, path), rows[i][2]);
    }
    wp_arena_free(arena);
}

/* ---- words ---------------------------------------------------------------------------- */

Test(lsp, words_of_any_text)
{
    static const struct {
        const char *text, *words;
        bool in_comment;
    } rows[] = {
        {"network A = 10.0.0.0/8", "network|A|=|10.0.0.0/8", false},
        {"a..b", "a|.|.|b", false},
        {"10.8.0.0 .. 10.8.3.255", "10.8.0.0|.|.|10.8.3.255", false},
        {"10.0.0.1..10.0.0.9", "10.0.0.1|.|.|10.0.0.9", false},
        {"2001:db8::/32 + ::1", "2001:db8::/32|+|::1", false},
        {"fe80::1", "fe80::1", false},
        {"std/access", "std|/|access", false},
        {"a // b\nc", "a|c", false},
        {"a // b", "a", true},
        {"a /* b\n */ c", "a|c", false},
        {"a /* b", "a", true},
        {"\"a \\\" b\" c", "\"a \\\" b\"|c", false},
        {"\"open", "\"open", true},
        {"\"open\nb", "\"open|b", false},
        {"risk>=high", "risk|>=|high", false},
        {"a{(b)}", "a|{|(|b|)|}", false},
        {"/", "/", false},
        {"", "", false},
    };
    struct wp_arena *arena = wp_arena_new(NULL, NULL);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct wp_words words;
        char got[256] = "";
        wp_words_scan(&words, arena, rows[i].text, (uint32_t)strlen(rows[i].text));
        for (uint32_t w = 0; w < words.count; w++) {
            strcat(got, w > 0 ? "|" : "");
            strncat(got, words.text + words.words[w].start,
                    words.words[w].end - words.words[w].start);
        }
        cr_expect_str_eq(got, rows[i].words, "row %zu: %s", i, got);
        cr_expect_eq(words.in_comment, rows[i].in_comment, "row %zu", i);
    }
    wp_arena_free(arena);
}

Test(lsp, what_is_wanted)
{
    static const struct {
        const char *text;
        enum wp_want want;
    } rows[] = {
        {"", WP_WANT_DECLARATION},
        {"}", WP_WANT_DECLARATION},
        {"}}} (( ", WP_WANT_DECLARATION},
        {"network", WP_WANT_NOTHING},
        {"network A = B +", WP_WANT_NETWORK},
        {"network A = B", WP_WANT_DECLARATION},
        {"condition A = network in B and", WP_WANT_CONDITION},
        {"assume", WP_WANT_CONDITION},
        {"assume compliant implies", WP_WANT_CONDITION},
        {"policy P is default { rule a when app in", WP_WANT_APP},
        {"policy P is default { rule deny deny rule", WP_WANT_NOTHING},
        {"policy P is default { rule a authenticate x every", WP_WANT_NOTHING},
        {"policy P is default { rule a deny }", WP_WANT_DECLARATION},
        {"policy P is default { rule a when (group in {A} or", WP_WANT_CONDITION},
        /* A declaration in column one begins, whatever was left open. */
        {"policy P is default { rule a when (managed\nnetwork X =", WP_WANT_NETWORK},
        {"test \"t\" { given risk", WP_WANT_RISK},
        {"tenant t { kind =", WP_WANT_ARGUMENT},
        {"tenant t { kind = okta", WP_WANT_KEY},
        {"prove \"p\" { always factors >=", WP_WANT_NOTHING},
        {"prove \"p\" { never allow when entry in {", WP_WANT_ENTRY},
    };
    struct wp_arena *arena = wp_arena_new(NULL, NULL);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct wp_words words;
        wp_words_scan(&words, arena, rows[i].text, (uint32_t)strlen(rows[i].text));
        cr_expect_eq(wp_want_after(&words), rows[i].want, "%s: %d", rows[i].text,
                     (int)wp_want_after(&words));
    }
    wp_arena_free(arena);
}

/* ---- framing ----------------------------------------------------------------------------- */

/* Hands out a text a few bytes at a time. */
struct drip {
    const char *text;
    size_t left, step;
};

static long
drip(void *context, void *bytes, size_t size)
{
    struct drip *from = context;
    size_t part = from->step < size ? from->step : size;
    part = part < from->left ? part : from->left;
    memcpy(bytes, from->text, part);
    from->text += part;
    from->left -= part;
    return (long)part;
}

Test(lsp, messages_come_in_any_pieces)
{
    static const char stream[] = "Content-Length: 2\r\n\r\n{}"
                                 "Content-Type: x\r\ncontent-length: 3 \r\n\r\nabc"
                                 "Content-Length: 0\n\nContent-Length: 1\r\n\r\n!";
    static const char *const bodies[] = {"{}", "abc", "", "!"};
    for (size_t step = 1; step < 40; step++) {
        struct drip from = {stream, sizeof stream - 1, step};
        struct wp_frame_reader *reader = malloc(sizeof *reader);
        const char *body, *reason;
        size_t size;
        wp_frame_init(reader, drip, &from);
        for (size_t i = 0; i < 4; i++) {
            cr_assert_eq(wp_frame_next(reader, &body, &size, &reason), WP_FRAME_MESSAGE);
            cr_expect_str_eq(body, bodies[i]);
            cr_expect_eq(size, strlen(bodies[i]));
        }
        cr_expect_eq(wp_frame_next(reader, &body, &size, &reason), WP_FRAME_END);
        wp_frame_fini(reader);
        free(reader);
    }
}

Test(lsp, a_large_length_takes_no_memory_before_it_comes)
{
    static const char stream[] = "Content-Length: 67108864\r\n\r\nabc";
    struct drip from = {stream, sizeof stream - 1, 100};
    struct wp_frame_reader *reader = malloc(sizeof *reader);
    const char *body, *reason = NULL;
    size_t size;
    wp_frame_init(reader, drip, &from);
    cr_expect_eq(wp_frame_next(reader, &body, &size, &reason), WP_FRAME_BROKEN);
    cr_expect_str_eq(reason, "a message that ends early");
    cr_expect_lt(reader->room, 1u << 20);
    wp_frame_fini(reader);
    free(reader);
}
