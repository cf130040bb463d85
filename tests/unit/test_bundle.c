/* The sources in an image: out as they went in, and nothing else accepted. */
#include "compiler/bundle.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

static struct wp_arena *arena;

static void
out_of_memory(void *context)
{
    (void)context;
    abort();
}

static void
set_up(void)
{
    arena = wp_arena_new(out_of_memory, NULL);
}

static void
tear_down(void)
{
    wp_arena_free(arena);
}

TestSuite(bundle, .init = set_up, .fini = tear_down);

static const void *
write_files(const char *const names[], const char *const texts[], size_t count, size_t *size)
{
    struct wp_sources sources;
    const char *reason = "";
    wp_sources_init(&sources, arena);
    for (size_t i = 0; i < count; i++)
        (void)wp_sources_add(&sources, names[i], texts[i], (uint32_t)strlen(texts[i]));
    const void *bytes = wp_bundle_write(arena, &sources, size, &reason);
    cr_assert_not_null(bytes, "%s", reason);
    return bytes;
}

Test(bundle, gives_back_what_it_was_given)
{
    static const char *const names[] = {"policy.woapol", "nets.woapol", "std/access"};
    static const char *const texts[] = {"use \"nets.woapol\"\n", "", "method x {}\n"};
    struct wp_bundle bundle;
    const char *reason;
    size_t size, length;
    const void *bytes = write_files(names, texts, 3, &size);
    cr_assert(wp_bundle_read(&bundle, arena, bytes, size, &reason));
    cr_assert_eq(bundle.count, 3);
    struct wp_reader reader = wp_bundle_reader(&bundle);
    for (size_t i = 0; i < 3; i++) {
        cr_expect_str_eq(bundle.files[i].name, names[i]);
        cr_expect_str_eq(bundle.files[i].text, texts[i]);
        cr_expect_eq(bundle.files[i].length, strlen(texts[i]));
        cr_expect_str_eq(reader.read(reader.context, arena, names[i], &length, &reason), texts[i]);
        cr_expect_eq(length, strlen(texts[i]));
    }
    cr_expect_null(reader.read(reader.context, arena, "other.woapol", &length, &reason));
    cr_expect_str_eq(reason, "the image does not hold it");
}

Test(bundle, names_are_seen_from_the_main_files_folder)
{
    static const struct {
        const char *main_file, *name, *seen;
    } rows[] = {
        {"a/b/policy.woapol", "a/b/nets.woapol", "nets.woapol"},
        {"a/b/policy.woapol", "a/b/c/nets.woapol", "c/nets.woapol"},
        {"a/b/policy.woapol", "a/nets.woapol", "../nets.woapol"},
        {"a/b/policy.woapol", "nets.woapol", "../../nets.woapol"},
        {"a/b/policy.woapol", "a/bc/nets.woapol", "../bc/nets.woapol"},
        {"a/b/policy.woapol", "../nets.woapol", "../../../nets.woapol"},
        {"/home/ana/policy.woapol", "/home/ana/nets.woapol", "nets.woapol"},
        {"/home/ana/policy.woapol", "/home/nets.woapol", "../nets.woapol"},
        {"/home/ana/policy.woapol", "/nets.woapol", "../../nets.woapol"},
        {"../x/policy.woapol", "../x/nets.woapol", "nets.woapol"},
        {"../x/policy.woapol", "../nets.woapol", "../nets.woapol"},
        {"../x/policy.woapol", "../../nets.woapol", "../../nets.woapol"},
        {"policy.woapol", "../nets.woapol", "../nets.woapol"},
        {"a/policy.woapol", "std/access", "std/access"},
        /* What cannot be seen from there stays. */
        {"../../x/policy.woapol", "y/nets.woapol", "y/nets.woapol"},
        {"policy.woapol", "/etc/nets.woapol", "/etc/nets.woapol"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *const names[] = {rows[i].main_file, rows[i].name};
        static const char *const texts[] = {"a", "b"};
        struct wp_bundle bundle;
        const char *reason;
        size_t size;
        const void *bytes = write_files(names, texts, 2, &size);
        cr_assert(wp_bundle_read(&bundle, arena, bytes, size, &reason), "row %zu", i);
        cr_expect_str_eq(bundle.files[0].name, "policy.woapol", "row %zu", i);
        cr_expect_str_eq(bundle.files[1].name, rows[i].seen, "row %zu: %s", i,
                         bundle.files[1].name);
    }
}

Test(bundle, the_same_sources_elsewhere_give_the_same_bytes)
{
    static const char *const here[] = {"policy.woapol", "sub/nets.woapol", "std/prelude"};
    static const char *const there[] = {"/x/y/policy.woapol", "/x/y/sub/nets.woapol",
                                        "std/prelude"};
    static const char *const texts[] = {"one", "two", "three"};
    size_t size[2];
    const void *bytes[] = {write_files(here, texts, 3, &size[0]),
                           write_files(there, texts, 3, &size[1])};
    cr_assert_eq(size[0], size[1]);
    cr_expect_arr_eq(bytes[0], bytes[1], size[0]);
}

Test(bundle, bad_names_are_not_written)
{
    static const char *const names[] = {"policy.woapol", "a\nb.woapol"};
    struct wp_sources sources;
    const char *reason = NULL;
    size_t size;
    wp_sources_init(&sources, arena);
    for (size_t i = 0; i < 2; i++)
        (void)wp_sources_add(&sources, names[i], "", 0);
    cr_expect_null(wp_bundle_write(arena, &sources, &size, &reason));
    cr_expect_not_null(reason);
}

Test(bundle, no_cut_or_changed_bundle_is_taken_for_whole)
{
    static const char *const names[] = {"policy.woapol", "nets.woapol"};
    static const char *const texts[] = {"policy P is default { otherwise deny }",
                                        "network A = 10.0.0.0/8"};
    struct wp_bundle bundle;
    const char *reason;
    size_t size;
    const unsigned char *bytes = write_files(names, texts, 2, &size);
    for (size_t cut = 0; cut < size; cut++) {
        unsigned char *copy = malloc(cut == 0 ? 1 : cut);
        memcpy(copy, bytes, cut);
        cr_expect_not(wp_bundle_read(&bundle, arena, copy, cut, &reason), "cut at %zu", cut);
        free(copy);
    }
    unsigned char *copy = malloc(size + 1);
    memcpy(copy, bytes, size);
    copy[size] = 0;
    cr_expect_not(wp_bundle_read(&bundle, arena, copy, size + 1, &reason), "a byte too many");
    for (size_t bit = 0; bit < size * 8; bit++) {
        copy[bit / 8] ^= (unsigned char)(1 << bit % 8);
        /* Some bits mean nothing to zlib; then the texts must be the same. */
        if (wp_bundle_read(&bundle, arena, copy, size, &reason)) {
            cr_assert_eq(bundle.count, 2, "bit %zu", bit);
            for (size_t i = 0; i < 2; i++) {
                cr_expect_str_eq(bundle.files[i].name, names[i], "bit %zu", bit);
                cr_expect_str_eq(bundle.files[i].text, texts[i], "bit %zu", bit);
            }
        }
        copy[bit / 8] ^= (unsigned char)(1 << bit % 8);
    }
    free(copy);
}

/* A bundle of these plain bytes that claims to be `claimed` long. */
static size_t
pack(unsigned char *out, size_t room, const void *plain, size_t plain_size, uint64_t claimed)
{
    uLongf length = (uLongf)(room - 8);
    for (unsigned i = 0; i < 8; i++)
        out[i] = (unsigned char)(claimed >> (8 * i));
    cr_assert_eq(compress2(out + 8, &length, plain, (uLong)plain_size, 9), Z_OK);
    return 8 + length;
}

Test(bundle, well_packed_nonsense_is_refused)
{
#define FILE_A "\1\0\0\0\1\0\0\0ax"
    static const struct {
        const char *name;
        const char *plain;
        size_t size;
        uint64_t claimed;
        bool good;
    } rows[] = {
        {"one file", "\1\0\0\0" FILE_A, 14, 14, true},
        {"no file", "\0\0\0\0", 4, 4, false},
        {"one of two files", "\2\0\0\0" FILE_A, 14, 14, false},
        {"a name twice", "\2\0\0\0" FILE_A FILE_A, 24, 24, false},
        {"more files than there may be", "\377\377\377\377" FILE_A, 14, 14, false},
        {"bytes after the last file", "\1\0\0\0" FILE_A "z", 15, 15, false},
        {"a text that is too long", "\1\0\0\0\1\0\0\0\2\0\0\0ax", 14, 14, false},
        {"a name that is too long", "\1\0\0\0\377\377\377\377\1\0\0\0ax", 14, 14, false},
        {"lengths that wrap around", "\1\0\0\0\1\0\0\0\377\377\377\377ax", 14, 14, false},
        {"an empty name", "\1\0\0\0\0\0\0\0\1\0\0\0x", 13, 13, false},
        {"a NUL in a name", "\1\0\0\0\1\0\0\0\1\0\0\0\0x", 14, 14, false},
        {"an escape in a name", "\1\0\0\0\1\0\0\0\1\0\0\0\33x", 14, 14, false},
        {"claims less than it holds", "\1\0\0\0" FILE_A, 14, 13, false},
        {"claims more than it holds", "\1\0\0\0" FILE_A, 14, 15, false},
        {"claims far more", "\1\0\0\0" FILE_A, 14, UINT64_C(1) << 29, false},
        {"claims all there is", "\1\0\0\0" FILE_A, 14, UINT64_MAX, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        unsigned char bytes[256];
        struct wp_bundle bundle;
        const char *reason = NULL;
        size_t size = pack(bytes, sizeof bytes, rows[i].plain, rows[i].size, rows[i].claimed);
        cr_expect_eq(wp_bundle_read(&bundle, arena, bytes, size, &reason), rows[i].good, "%s",
                     rows[i].name);
        cr_expect_not_null(reason, "%s", rows[i].name);
    }
}

Test(bundle, a_bomb_takes_no_more_memory_than_its_size_allows)
{
    enum { PLAIN = 64 << 20 };
    unsigned char *zeros = calloc(1, PLAIN), *bytes = malloc(1 << 20);
    struct wp_bundle bundle;
    const char *reason;
    size_t size = pack(bytes, 1 << 20, zeros, PLAIN, UINT64_C(1) << 30);
    size_t before = wp_arena_size(arena);
    cr_expect_not(wp_bundle_read(&bundle, arena, bytes, size, &reason));
    cr_expect_lt(wp_arena_size(arena) - before, 1 << 20);
    free(zeros);
    free(bytes);
}
