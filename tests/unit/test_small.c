/*
 * The runtime as it is for WebAssembly against the runtime: where code has to be small,
 * addresses are looked up, rows searched and images proved in other ways.
 */
#include "runtime/hash.h"
#include "tests/unit/built_image.h"
#include "tests/unit/random_policy.h"
#include "tests/unit/random_question.h"
#include "tests/unit/small_runtime.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static const uint32_t edges[] = {0, 1, 2, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff, 0x10000};

/* One word of the tables changed: both verifiers must think the same of it. */
static unsigned
try_word(const struct wp_view *view, uint8_t *place, size_t width, uint32_t value)
{
    struct woapol_fault fault = {0, ""}, small = {0, ""};
    uint8_t before[4];
    memcpy(before, place, width);
    memcpy(place, &value, width);
    const bool good = wp_verify(view, &fault);
    cr_assert_eq(small_verify(view, &small), good, "at %zu, %u: %s", (size_t)(place - view->bytes),
                 value, fault.reason);
    memcpy(place, before, width);
    return !good;
}

/* All that is proved of an image: what lies behind its shape. */
static void
try_words(struct built *built, size_t step, uint64_t state, unsigned cases)
{
    const struct wp_view *view = wp_view(&built->image);
    const size_t first = (size_t)((const uint8_t *)view->v4_keys - view->bytes);
    const void *last = view->text; /* where there are no marks */
    if (view->marks != NULL)
        last = view->marks + wp_mark_count(&view->shape);
    const size_t end = (size_t)((const uint8_t *)last - view->bytes);
    uint8_t *bytes = (uint8_t *)(uintptr_t)view->bytes;
    unsigned refused = 0;
    cr_assert(small_verify(view, &(struct woapol_fault){0, ""}));
    for (size_t at = first; cases == 0 && at + 4 <= end; at += step) {
        uint32_t now;
        memcpy(&now, bytes + at, sizeof now);
        for (size_t i = 0; i < sizeof edges / sizeof *edges; i++)
            refused += try_word(view, bytes + at, 4, edges[i]);
        refused += try_word(view, bytes + at, 4, now + 1) + try_word(view, bytes + at, 4, now - 1);
        refused += try_word(view, bytes + at, 2, now + 1) + try_word(view, bytes + at, 1, now + 2);
    }
    for (unsigned i = 0; i < cases; i++) {
        uint8_t *at = bytes + first + random_below(&state, (uint32_t)(end - first) - 3);
        const uint32_t value =
            i % 2 == 0 ? *at + 1u : edges[random_below(&state, sizeof edges / sizeof *edges)];
        refused += try_word(view, at, 1 + i % 2 * 3, value);
    }
    cr_assert_gt(refused, 0);
}

Test(small, proves_what_the_verifier_proves)
{
    for (uint64_t seed = 0; seed < 6; seed++) {
        const struct random_size size = {
            .rules = 1 + (uint32_t)seed * 5, .networks = 6, .groups = 2 + (uint32_t)seed};
        char *text = random_policy(seed, &size);
        struct built built;
        built_make(&built, text, seed % 2 == 0);
        try_words(&built, 20, seed, 0);
        built_free(&built);
        free(text);
    }
}

/* Rows of several blocks have line numbers and summaries. */
Test(small, proves_rows_of_many_blocks)
{
    unsigned wide = 0;
    for (uint64_t seed = 0; seed < 4; seed++) {
        const struct random_size size = {.rules = 1500, .networks = 6, .groups = 5};
        char *text = random_policy(seed, &size);
        struct built built;
        built_make(&built, text, seed % 2 == 0);
        wide += !wp_is_narrow(&wp_view(&built.image)->shape);
        try_words(&built, 0, seed, 1000);
        built_free(&built);
        free(text);
    }
    cr_assert_geq(wide, 2);
}

/* Its addresses are in a table, and more than one row makes a class. */
Test(small, proves_tables_of_addresses)
{
    const struct random_size size = {.rules = 40, .networks = 20, .prefixes = 260000, .groups = 20};
    char *text = random_policy(1, &size);
    struct built built;
    built_make(&built, text, true);
    cr_assert_eq(wp_view(&built.image)->shape.v4_layout, WP_V4_TABLE);
    try_words(&built, 0, 3, 100);
    built_free(&built);
    free(text);
}

/* ---- decisions ------------------------------------------------------------------------ */

/* One person, bound by both. */
struct person {
    struct woapol_principal *one, *other;
};

static struct woapol_text
random_name(uint64_t *state, const struct woapol_image *image, enum woapol_kind kind)
{
    struct woapol_text text = {"nobody's", 8};
    const char *name =
        woapol_name(image, kind, random_below(state, woapol_count(image, kind) + 1), &text.length);
    if (name != NULL)
        text.text = name;
    else
        text.length = random_below(state, 9);
    cr_assert_eq(small_find(image, kind, text.text, text.length),
                 woapol_find(image, kind, text.text, text.length));
    return text;
}

static void
bind_random(uint64_t *state, const struct woapol_image *image, struct person *person)
{
    const struct wp_view *view = wp_view(image);
    uint32_t numbers[8];
    struct woapol_text names[8];
    struct woapol_identity identity = {.groups = names,
                                       .group_count = random_below(state, 8),
                                       .group_numbers = numbers,
                                       .group_number_count = random_below(state, 8),
                                       .groups_incomplete = random_below(state, 3) == 0};
    for (size_t i = 0; i < 8; i++) {
        numbers[i] = random_below(state, view->shape.groups + 3);
        names[i] = random_name(state, image, WOAPOL_GROUP);
    }
    if (random_below(state, 2) == 0)
        identity.user = random_name(state, image, WOAPOL_USER);
    cr_assert_not_null(woapol_bind(image, &identity, person->one, woapol_principal_size(image)));
    cr_assert_not_null(small_bind(image, &identity, person->other, small_principal_size(image)));
    const size_t rows = identity.groups_incomplete ? 2 : 1;
    cr_assert_eq(memcmp(person->one->lines, person->other->lines,
                        rows * view->shape.blocks * sizeof(struct wp_line)),
                 0);
    cr_assert_eq(person->one->incomplete, person->other->incomplete);
}

static void
compare(const struct woapol_image *image, uint64_t seed, unsigned people, unsigned questions)
{
    struct person person = {aligned_alloc(64, (woapol_principal_size(image) + 63) / 64 * 64),
                            aligned_alloc(64, (small_principal_size(image) + 63) / 64 * 64)};
    uint64_t state = seed + 77;
    for (unsigned i = 0; i < people * questions; i++) {
        struct woapol_request request;
        struct woapol_decision one, other;
        uint32_t reports[2][64] = {{0}};
        if (i % questions == 0)
            bind_random(&state, image, &person);
        random_question(&state, wp_view(image), &request);
        woapol_decide(image, person.one, &request, &one);
        small_decide(image, person.other, &request, &other);
        cr_assert(built_same(&one, &other), "seed %llu, question %u", (unsigned long long)seed, i);
        const size_t count = woapol_reports(image, person.one, &request, reports[0], 64);
        cr_assert_eq(small_reports(image, person.other, &request, reports[1], 64), count);
        cr_assert_eq(memcmp(reports[0], reports[1], sizeof reports[0]), 0);
    }
    free(person.one);
    free(person.other);
}

Test(small, decides_what_the_runtime_decides)
{
    for (uint64_t seed = 0; seed < 60; seed++) {
        const struct random_size size = {.rules = 1 + (uint32_t)(seed * seed) % 1500,
                                         .networks = 6,
                                         .prefixes = seed % 4 == 0 ? 2000 : 0,
                                         .groups = 2 + (uint32_t)(seed % 5)};
        char *text = random_policy(seed, &size);
        struct built built;
        built_make(&built, text, seed % 2 == 0);
        compare(&built.image, seed, 5, 60);
        built_free(&built);
        free(text);
    }
}

Test(small, decides_by_tables_of_addresses)
{
    const struct random_size size = {.rules = 40, .networks = 20, .prefixes = 260000, .groups = 20};
    char *text = random_policy(1, &size);
    struct built built;
    built_make(&built, text, true);
    compare(&built.image, 1, 20, 200);
    built_free(&built);
    free(text);
}

Test(small, has_the_same_checksum)
{
    static uint8_t bytes[5000];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)(i * i * 37 >> 3);
    for (size_t size = 0; size <= sizeof bytes; size += 1 + size / 300)
        cr_assert_eq(small_checksum(bytes, size), wp_checksum(bytes, size), "%zu", size);
}
