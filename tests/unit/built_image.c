#include "tests/unit/built_image.h"

#include "runtime/format.h"
#include "runtime/hash.h"
#include "tests/unit/random_policy.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *
read_text(void *context, struct wp_arena *arena, const char *path, size_t *length,
          const char **reason)
{
    (void)arena;
    (void)path;
    (void)reason;
    *length = strlen(context);
    return context;
}

static void
write_finding(void *context, const char *text, size_t length)
{
    (void)context;
    (void)fwrite(text, 1, length, stderr);
}

void
built_compile(struct wp_compilation *compilation, const char *text)
{
    const struct wp_reader reader = {.read = read_text, .context = (void *)(uintptr_t)text};
    const struct wp_compile_options options = {.reader = &reader, .today = 1};
    if (!wp_compile(compilation, "test.woapol", &options)) {
        wp_render_text(&compilation->diagnostics, false, 0, write_finding, NULL);
        cr_assert_fail("the test's source does not compile:\n%s", text);
    }
}

void
built_make(struct built *built, const char *text, bool optimise)
{
    const struct wp_image_options options = {.optimise = optimise, .generation = 7};
    struct woapol_fault fault;
    struct wp_bytes bytes;
    built_compile(&built->compilation, text);
    cr_assert(wp_build_image(built->compilation.model, &options, &bytes,
                             &built->compilation.diagnostics));
    built->size = bytes.size;
    built->bytes = malloc(bytes.size);
    memcpy(built->bytes, bytes.data, bytes.size);
    enum woapol_status status = woapol_open(&built->image, built->bytes, built->size, NULL, &fault);
    cr_assert_eq(status, WOAPOL_OK, "%s: %s at %llu", woapol_status_text(status), fault.reason,
                 (unsigned long long)fault.offset);
    built->memory_size = woapol_principal_size(&built->image);
    built->memory = aligned_alloc(64, built->memory_size);
}

void
built_free(struct built *built)
{
    free(built->memory);
    free(built->bytes);
    wp_compilation_end(&built->compilation);
}

uint8_t *
built_bytes(const char *text, size_t *size)
{
    struct built built;
    built_make(&built, text, true);
    uint8_t *bytes = built.bytes;
    *size = built.size;
    built.bytes = NULL;
    built_free(&built);
    return bytes;
}

void
built_seal(uint8_t *bytes, size_t size)
{
    const uint64_t checksum = wp_checksum(bytes + WP_CHECKED_FROM, size - WP_CHECKED_FROM);
    memcpy(bytes + offsetof(struct wp_header, checksum), &checksum, sizeof checksum);
}

struct woapol_principal *
built_bind(struct built *built, const char *groups, const char *user, bool incomplete)
{
    struct woapol_text list[16];
    struct woapol_identity who = {
        .groups = list,
        .user = {user, user == NULL ? 0 : strlen(user)},
        .groups_incomplete = incomplete,
    };
    for (const char *at = groups; *at != '\0'; at += strspn(at, " ")) {
        list[who.group_count++] = (struct woapol_text){at, strcspn(at, " ")};
        at += strcspn(at, " ");
    }
    memset(built->memory, 0xa5, built->memory_size);
    return woapol_bind(&built->image, &who, built->memory, built->memory_size);
}

uint32_t
built_find(const struct built *built, enum woapol_kind kind, const char *name)
{
    return woapol_find(&built->image, kind, name, strlen(name));
}

/* ---- everything there is to ask -------------------------------------------------- */

static bool
visit_method(void *context, uint32_t alternative, uint32_t step, uint32_t method)
{
    uint64_t *sum = context;
    *sum += alternative + step + method;
    return true;
}

/* The lengths of everything that has a name. */
static uint64_t
read_names(const struct woapol_image *image)
{
    uint64_t sum = 0;
    for (int kind = 0; kind < WOAPOL_KIND_COUNT; kind++)
        for (uint32_t i = 0; i < woapol_count(image, (enum woapol_kind)kind); i++) {
            size_t length;
            const char *name = woapol_name(image, (enum woapol_kind)kind, i, &length);
            sum += strlen(name) + woapol_find(image, (enum woapol_kind)kind, name, length);
        }
    return sum;
}

static uint64_t
ask_outcome(const struct woapol_image *image, const struct woapol_decision *decision)
{
    uint32_t next[8];
    uint64_t sum = 0;
    size_t count, length = 0;
    woapol_chain_walk(image, decision->chain, visit_method, &sum);
    sum += (uint64_t)woapol_progress(image, decision->chain, NULL, 0, NULL, 0, next, 8, &count);
    (void)woapol_message(image, decision->message, &length);
    (void)woapol_name(image, WOAPOL_POLICY, decision->policy, NULL);
    (void)woapol_name(image, WOAPOL_RULE, decision->rule, NULL);
    return sum + length;
}

static void
fill_request(uint64_t *state, const struct woapol_image *image, struct woapol_request *r)
{
    static const uint8_t families[] = {0, 4, 6, 4, 6, 9};
    woapol_request_init(r);
    for (size_t i = 0; i < 16; i++)
        r->address[i] = random_below(state, 3) > 0 ? (uint8_t)random_below(state, 256) : 0;
    r->address_family = families[random_below(state, 6)];
    r->risk = (uint8_t)random_below(state, 3);
    r->managed = random_below(state, 2) == 1;
    r->compliant = random_below(state, 2) == 1;
    r->entry = random_below(state, 6);
    r->device = random_below(state, woapol_count(image, WOAPOL_DEVICE) + 2);
    r->app = random_below(state, woapol_count(image, WOAPOL_APP) + 1);
}

bool
built_same(const struct woapol_decision *a, const struct woapol_decision *b)
{
    return a->effect == b->effect && a->reason == b->reason && a->policy == b->policy &&
           a->rule == b->rule && a->chain == b->chain && a->message == b->message &&
           a->reauth_seconds == b->reauth_seconds;
}

void
built_exercise(const struct woapol_image *image, uint64_t seed, unsigned rounds)
{
    uint64_t state = seed, sum = read_names(image);
    const size_t size = woapol_principal_size(image);
    cr_assert_lt(size, (size_t)1 << 30);
    void *memory = aligned_alloc(64, size);
    for (unsigned round = 0; round < rounds; round++) {
        uint32_t numbers[4], rules[4];
        struct woapol_account accounts[4];
        for (size_t i = 0; i < 4; i++)
            numbers[i] = random_below(&state, woapol_count(image, WOAPOL_GROUP) + 2);
        size_t length = 0;
        const uint32_t number = random_below(&state, woapol_count(image, WOAPOL_USER) + 1);
        const char *user = woapol_name(image, WOAPOL_USER, number, &length);
        const struct woapol_identity who = {.group_numbers = numbers,
                                            .group_number_count = random_below(&state, 5),
                                            .user = {user, length},
                                            .groups_incomplete = round % 2 == 1};
        struct woapol_principal *principal = woapol_bind(image, &who, memory, size);
        for (int i = 0; i < 10; i++) {
            struct woapol_request request;
            struct woapol_decision decision;
            fill_request(&state, image, &request);
            woapol_decide(image, principal, &request, &decision);
            sum += ask_outcome(image, &decision);
            woapol_decide_batch(image, principal, &request, 1, &decision);
            sum += woapol_reports(image, principal, &request, rules, 4);
            sum += woapol_explain(image, principal, &request, accounts, 4);
        }
    }
    cr_assert_neq(sum, 0);
    free(memory);
}
