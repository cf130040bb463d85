/* The arena, places in sources, and interned names. */
#include <criterion/criterion.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "lang/arena.h"
#include "lang/parse.h"
#include "lang/source.h"

Test(source, arena_gives_zeroed_and_aligned_memory)
{
    struct wp_arena *arena = wp_arena_new(NULL, NULL);
    size_t size;

    for (size = 0; size < 200000; size = size * 3 / 2 + 1) {
        unsigned char *memory = wp_alloc(arena, size);

        cr_assert_eq((uintptr_t)memory % (size % 16 ? 8 : 16), 0, "%zu bytes", size);
        for (size_t i = 0; i < size; i++)
            cr_assert_eq(memory[i], 0, "byte %zu of %zu", i, size);
        memset(memory, 0xaa, size);
    }
    cr_assert_geq(wp_arena_size(arena), 200000);
    wp_arena_free(arena);
    wp_arena_free(NULL);
}

Test(source, arena_copies_and_formats_texts)
{
    struct wp_arena *arena = wp_arena_new(NULL, NULL);
    const char *first = wp_copy_text(arena, "abcdef", 3);

    cr_assert_str_eq(wp_copy_text(arena, "", 0), "");
    cr_assert_str_eq(wp_format(arena, "%s-%d", first, 7), "abc-7");
    cr_assert_str_eq(first, "abc");
    wp_arena_free(arena);
}

static void
jump(void *context)
{
    longjmp(*(jmp_buf *)context, 1);
}

Test(source, arena_calls_its_hook_when_memory_runs_out)
{
    jmp_buf out;
    struct wp_arena *arena = wp_arena_new(jump, &out);
    volatile int jumps = 0;

    if (setjmp(out) == 0)
        wp_alloc_array(arena, SIZE_MAX / 2, 3);
    else
        jumps++;
    if (setjmp(out) == 0)
        wp_alloc(arena, SIZE_MAX - 8);
    else
        jumps++;
    cr_assert_eq(jumps, 2);
    wp_arena_free(arena);
}

Test(source, locates_bytes)
{
    static const char text[] = "\xef\xbb\xbf"
                               "ab\r\n\ngr\xc3\xbc\xc3\x9f x\n";
    static const struct {
        uint32_t offset, line, column;
    } rows[] = {{3, 1, 1},  {4, 1, 2},  {5, 1, 3},  {7, 2, 1},  {8, 3, 1},    {10, 3, 3},
                {12, 3, 4}, {14, 3, 5}, {15, 3, 6}, {17, 4, 1}, {9999, 4, 1}, {0, 1, 1}};
    struct wp_arena *arena = wp_arena_new(NULL, NULL);
    struct wp_sources sources;
    struct wp_position nowhere;

    wp_sources_init(&sources, arena);
    wp_sources_add(&sources, "a.woapol", text, sizeof text - 1);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct wp_position at = wp_locate(&sources, 0, rows[i].offset);

        cr_expect(at.line == rows[i].line && at.column == rows[i].column, "%u is at %u:%u",
                  rows[i].offset, at.line, at.column);
    }
    /* What was asked before makes no difference. */
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        for (size_t j = 0; j < sizeof rows / sizeof *rows; j++) {
            (void)wp_locate(&sources, 0, rows[j].offset);
            cr_expect_eq(wp_locate(&sources, 0, rows[i].offset).column, rows[i].column,
                         "%u after %u", rows[i].offset, rows[j].offset);
        }
    nowhere = wp_locate(&sources, WP_NO_FILE, 5);
    cr_expect(nowhere.line == 1 && nowhere.column == 1);
    wp_arena_free(arena);
}

Test(source, gives_lines_without_their_ends)
{
    static const char text[] = "one\r\n\nthree";
    static const char *const lines[] = {"", "one", "", "three", ""};
    struct wp_arena *arena = wp_arena_new(NULL, NULL);
    struct wp_sources sources;

    wp_sources_init(&sources, arena);
    wp_sources_add(&sources, "a.woapol", text, sizeof text - 1);
    for (uint32_t line = 0; line < 5; line++) {
        uint32_t length;
        const char *found = wp_line_text(&sources, 0, line, &length);

        cr_expect_eq(length, strlen(lines[line]), "line %u has %u bytes", line, length);
        cr_expect_eq(memcmp(found, lines[line], length), 0, "line %u", line);
    }
    wp_arena_free(arena);
}

Test(source, keeps_many_files)
{
    struct wp_arena *arena = wp_arena_new(NULL, NULL);
    struct wp_sources sources;
    char name[] = "a.woapol";

    wp_sources_init(&sources, arena);
    for (uint32_t i = 0; i < 26; i++) {
        name[0] = (char)('a' + i);
        cr_assert_eq(wp_sources_add(&sources, name, "", 0), i);
    }
    cr_assert_str_eq(sources.files[3].name, "d.woapol");
    wp_arena_free(arena);
}

Test(source, joins_spans)
{
    static const struct {
        struct wp_span a, b, both;
    } rows[] = {
        {{0, 3, 5}, {0, 7, 9}, {0, 3, 9}},          {{0, 7, 9}, {0, 3, 5}, {0, 3, 9}},
        {{0, 1, 9}, {0, 3, 5}, {0, 1, 9}},          {{WP_NO_FILE, 0, 0}, {2, 3, 5}, {2, 3, 5}},
        {{2, 3, 5}, {WP_NO_FILE, 0, 0}, {2, 3, 5}},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct wp_span joined = wp_span_join(rows[i].a, rows[i].b);

        cr_expect_eq(memcmp(&joined, &rows[i].both, sizeof joined), 0, "row %zu", i);
    }
}

Test(source, interns_equal_names_as_one)
{
    enum { COUNT = 20000 };
    struct wp_arena *arena = wp_arena_new(NULL, NULL);
    struct wp_names *names = wp_names_new(arena);
    const char **texts = wp_alloc_array(arena, COUNT, sizeof *texts);
    char text[32];

    for (int round = 0; round < 2; round++)
        for (int i = 0; i < COUNT; i++) {
            size_t length =
                (size_t)snprintf(text, sizeof text, "%s%d", i % 2 ? "n" : "a_longer_name_", i);
            const char *interned = wp_intern(names, text, length);

            cr_assert_str_eq(interned, text);
            if (round == 0)
                texts[i] = interned;
            cr_assert_eq(interned, texts[i], "%s", text);
        }
    cr_assert_str_eq(wp_intern(names, "abcdef", 3), "abc");
    cr_assert_str_eq(wp_intern(names, "", 0), "");
    cr_assert_neq(wp_intern(names, "ab", 2), wp_intern(names, "abc", 3));
    wp_arena_free(arena);
}
