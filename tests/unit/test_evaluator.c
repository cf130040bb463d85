/*
 * The evaluator as it was compiled for processors of one kind each: all that this
 * machine can run decide alike, in images of every kind, one at a time or many.
 */
#include "runtime/evaluator.h"
#include "tests/unit/built_image.h"
#include "tests/unit/random_policy.h"
#include "tests/unit/random_question.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define QUESTIONS 100u
#define REPORTS 64u

/* What the policies must have led to: each kind of image, and IPv6 in a tree. */
enum { HAS_TREE = WP_KINDS, SEEN };

struct answers {
    struct woapol_decision decisions[QUESTIONS];
    size_t report_counts[QUESTIONS];
    uint32_t reports[QUESTIONS][REPORTS];
};

static void
ask(const struct woapol_image *image, struct woapol_principal *person,
    const struct woapol_request requests[QUESTIONS], struct answers *answers)
{
    memset(answers, 0, sizeof *answers);
    for (uint32_t i = 0; i < QUESTIONS; i++) {
        woapol_decide(image, person, &requests[i], &answers->decisions[i]);
        answers->report_counts[i] =
            woapol_reports(image, person, &requests[i], answers->reports[i], REPORTS);
    }
}

static bool
is_same(const struct woapol_decision *a, const struct woapol_decision *b)
{
    return a->effect == b->effect && a->reason == b->reason && a->policy == b->policy &&
           a->rule == b->rule && a->chain == b->chain && a->message == b->message &&
           a->reauth_seconds == b->reauth_seconds;
}

static void
compare_answers(const struct answers *a, const struct answers *b, uint64_t seed, uint32_t number)
{
    for (uint32_t i = 0; i < QUESTIONS; i++) {
        cr_assert(is_same(&a->decisions[i], &b->decisions[i]), "seed %llu, evaluator %u, %u",
                  (unsigned long long)seed, number, i);
        cr_assert_eq(a->report_counts[i], b->report_counts[i]);
        cr_assert_arr_eq(a->reports[i], b->reports[i], sizeof a->reports[i]);
    }
}

/* All evaluators against the first, and each one's batches against its decisions. */
static void
compare_evaluators(struct woapol_image *image, struct woapol_principal *person,
                   const struct woapol_request requests[QUESTIONS], uint64_t seed)
{
    static struct answers first, other;
    struct wp_view *view = (struct wp_view *)(void *)image->opaque;
    const struct wp_evaluator *evaluator;
    for (uint32_t number = 0; (evaluator = wp_evaluator_for_processor(number)) != NULL; number++) {
        wp_evaluate_with(view, evaluator);
        person->memo.app = UINT64_MAX;
        ask(image, person, requests, number == 0 ? &first : &other);
        if (number > 0)
            compare_answers(&first, &other, seed, number);
        person->memo.app = UINT64_MAX;
        woapol_decide_batch(image, person, requests, QUESTIONS, other.decisions);
        for (uint32_t i = 0; i < QUESTIONS; i++)
            cr_assert(is_same(&first.decisions[i], &other.decisions[i]),
                      "seed %llu, batch of evaluator %u, %u", (unsigned long long)seed, number, i);
    }
}

/* Whatever lies in the memory of whoever is asked for once. */
static void
compare_once(struct built *built, const struct woapol_identity *who,
             struct woapol_principal *person, const struct woapol_request requests[QUESTIONS],
             uint64_t seed)
{
    void *memory = aligned_alloc(64, built->memory_size);
    for (uint32_t i = 0; i < QUESTIONS; i++) {
        struct woapol_decision bound, once;
        uint32_t reports[2][REPORTS] = {{0}};
        memset(memory, 0xff, built->memory_size);
        struct woapol_principal *other =
            woapol_decide_once(&built->image, who, memory, built->memory_size, &requests[i], &once);
        woapol_decide(&built->image, person, &requests[i], &bound);
        cr_assert(is_same(&bound, &once), "seed %llu, once, %u", (unsigned long long)seed, i);
        const size_t count =
            woapol_reports(&built->image, person, &requests[i], reports[0], REPORTS);
        cr_assert_eq(woapol_reports(&built->image, other, &requests[i], reports[1], REPORTS),
                     count);
        cr_assert_arr_eq(reports[0], reports[1], sizeof reports[0]);
    }
    free(memory);
}

/* Forty networks that overlap so much that a class is more than one row. */
static char *
overlapping_policy(uint32_t rules, uint32_t prefixes)
{
    char *text = NULL;
    size_t length = 0;
    uint64_t state = rules;
    FILE *file = open_memstream(&text, &length);
    for (uint32_t network = 0; network < 40; network++) {
        (void)fprintf(file, "network N%u = 10.0.0.0/32", network);
        for (uint32_t i = 0; i < prefixes; i++) {
            const uint32_t length_of = 10 + random_below(&state, 13);
            const uint32_t address = random_below(&state, UINT32_MAX) & UINT32_MAX
                                                                            << (32 - length_of);
            (void)fprintf(file, " + %u.%u.%u.%u/%u", address >> 24, address >> 16 & 255,
                          address >> 8 & 255, address & 255, length_of);
        }
        (void)fputs("\n", file);
    }
    (void)fputs("group G1\ngroup G2\npolicy P is default {\n", file);
    for (uint32_t i = 0; i < rules; i++)
        (void)fprintf(file, "  rule r%u when network in N%u and group in G%u and risk is %s %s\n",
                      i, i * 7 % 40, 1 + i % 2, i % 3 == 0 ? "low" : "high",
                      i % 2 == 0 ? "allow" : "deny");
    (void)fputs("  otherwise deny\n}\n", file);
    (void)fclose(file);
    return text;
}

static void
try_text(uint64_t seed, char *text, bool seen[SEEN])
{
    struct built built;
    built_make(&built, text, seed % 2 == 0);
    seen[wp_view(&built.image)->kind] = true;
    seen[HAS_TREE] |= wp_view(&built.image)->shape.v6_levels > 0;
    uint64_t state = seed;
    for (unsigned i = 0; i < 5; i++) {
        struct woapol_request requests[QUESTIONS];
        for (uint32_t k = 0; k < QUESTIONS; k++)
            random_question(&state, wp_view(&built.image), &requests[k]);
        struct random_identity identity;
        random_identity(&state, wp_view(&built.image), &identity);
        struct woapol_principal *person =
            woapol_bind(&built.image, &identity.who, built.memory, built.memory_size);
        compare_evaluators(&built.image, person, requests, seed);
        compare_once(&built, &identity.who, person, requests, seed);
    }
    built_free(&built);
    free(text);
}

Test(evaluator, all_decide_alike_in_images_of_every_kind)
{
    bool seen[SEEN] = {false};
    for (uint64_t seed = 0; seed < 90; seed++) {
        const struct random_size size = {.rules = 1 + (uint32_t)(seed * seed) % 900,
                                         .networks = 2 + (uint32_t)seed % 40,
                                         .prefixes = seed % 3 == 0 ? 4000 : 0,
                                         .groups = 2 + (uint32_t)(seed % 5)};
        try_text(seed, random_policy(seed, &size), seen);
    }
    try_text(100, overlapping_policy(100, 1000), seen);
    try_text(600, overlapping_policy(600, 420), seen);
    try_text(600, overlapping_policy(600, 1000), seen);
    try_text(2000, overlapping_policy(2000, 300), seen);
    for (int kind = 0; kind < SEEN; kind++)
        cr_expect(seen[kind], "kind %d", kind);
    cr_assert_not_null(wp_evaluator_for_processor(0));
}
