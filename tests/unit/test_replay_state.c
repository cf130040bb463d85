/* States of replays that somebody has tampered with: they are refused, or what comes of
 * them is a report whose law holds. */
#include <criterion/criterion.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "compiler/replay/report.h"
#include "tests/unit/built_image.h"

static const char source[] =
    "network Office = 198.51.100.0/24\ngroup Staff\n"
    "policy Main is default {\n  rule office when network in Office allow\n"
    "  rule staff when group in Staff authenticate password\n"
    "  otherwise deny\n}\n";

struct ground {
    struct built built;
    struct wp_arena *arena;
    struct wp_side sides[2];
    struct wp_mapping mappings[WP_LOG_FORMAT_COUNT];
    char log[64];
    unsigned char *saved;
    size_t size;
};

static bool
keep(void *context, const void *bytes, size_t size)
{
    struct ground *ground = context;
    ground->saved = realloc(ground->saved, size);
    ground->size = size;
    memcpy(ground->saved, bytes, size);
    return true;
}

static void
prepare(struct ground *ground)
{
    *ground = (struct ground){.arena = wp_arena_new(NULL, NULL), .log = "/tmp/woapol-state-XXXXXX"};
    built_make(&ground->built, source, true);
    wp_side_init(&ground->sides[1], ground->arena, &ground->built.image,
                 ground->built.compilation.model);
    for (unsigned i = 0; i < WP_LOG_FORMAT_COUNT; i++)
        wp_mapping_init(&ground->mappings[i], (enum wp_log_format)i);
    FILE *log = fdopen(mkstemp(ground->log), "w");
    cr_assert_not_null(log);
    (void)fputs("time,ip,user,groups,rule\n", log);
    for (unsigned i = 0; i < 300; i++)
        (void)fprintf(log, "2026-03-0%u,198.51.%u.7,u%u,Staff,r%u\n", 1 + i % 9, 99 + i % 3, i % 50,
                      i % 7);
    (void)fclose(log);
}

static void
finish(struct ground *ground)
{
    (void)unlink(ground->log);
    free(ground->saved);
    built_free(&ground->built);
    wp_arena_free(ground->arena);
}

/* Goes on from the bytes; whether they were taken. */
static bool
go_on(struct ground *ground, const void *bytes, size_t size)
{
    struct wp_replay_state state = {
        .bytes = bytes, .size = size, .interval = 60, .save = keep, .context = ground};
    struct wp_replay_options options = {.sides = {ground->sides[0], ground->sides[1]},
                                        .mappings = ground->mappings,
                                        .threads = 1,
                                        .state = &state};
    const char *path = ground->log;
    struct wp_logs logs;
    struct wp_replay replay;
    cr_assert(wp_logs_init(&logs, &path, 1, WP_LOG_UNKNOWN));
    cr_assert(wp_replay_run(&replay, &options, &logs));
    bool done = replay.refusal == WP_STATE_DONE;
    if (done) {
        struct wp_report_options asked = {
            .arena = ground->arena, .sides = options.sides, .names = {NULL, "p"}};
        struct wp_json_text text = {0};
        json_t *report = wp_report_make(&asked, &replay, &logs);
        cr_assert_not_null(report);
        cr_assert_eq(json_integer_value(json_object_get(report, "read")),
                     json_integer_value(json_object_get(report, "decided")) +
                         json_integer_value(json_object_get(report, "skipped")));
        wp_report_print(report, &text, false);
        wp_report_page(report, &text);
        wp_json_text_free(&text);
        json_decref(report);
    }
    wp_replay_fini(&replay);
    wp_logs_fini(&logs);
    return done;
}

static void
seal(unsigned char *bytes, size_t size)
{
    cr_assert(EVP_Digest(bytes, size - 32, bytes + size - 32, NULL, EVP_sha256(), NULL) == 1);
}

Test(replay_state, what_is_tampered_with_is_refused_or_harmless)
{
    struct ground ground;
    unsigned taken = 0;
    uint64_t random = 7;
    prepare(&ground);
    cr_assert(go_on(&ground, NULL, 0));
    size_t size = ground.size, head = 24 + (size_t)WP_STATE_ABOUT_COUNT * 32;
    unsigned char *good = malloc(size), *bad = malloc(size);
    memcpy(good, ground.saved, size);
    cr_assert(go_on(&ground, good, size), "as it was saved");
    for (unsigned i = 0; i < 200; i++) {
        memcpy(bad, good, size);
        for (unsigned j = 0; j <= i % 3; j++) {
            random = random * UINT64_C(6364136223846793005) + 1442695040888963407u;
            bad[head + (random >> 33) % (size - head - 32)] = (unsigned char)(random >> 24);
        }
        bool unsealed = memcmp(bad, good, size) != 0 && i % 20 == 0 && go_on(&ground, bad, size);
        cr_assert_not(unsealed, "changed bytes are noticed");
        seal(bad, size);
        taken += go_on(&ground, bad, size);
    }
    for (size_t cut = 0; cut < size; cut += 1 + size / 15)
        cr_assert_not(go_on(&ground, good, cut), "cut off after %zu bytes", cut);
    cr_assert_lt(taken, 200);
    free(good);
    free(bad);
    finish(&ground);
}
