/*
 * The evaluator as it was compiled for processors of one kind each: all that this
 * machine can run decide alike, in images of every kind, one at a time or many.
 */
#include "runtime/evaluator.h"
#include "tests/unit/built_image.h"
#include "tests/unit/random_policy.h"
#include "tests/unit/random_question.h"
#include "tests/unit/small_runtime.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define QUESTIONS 100u
#define REPORTS 64u

/* Addresses so near each other that one comparison does not tell them apart. */
#define CROWD "10.1.2."

/* What the policies must have led to: each kind of image in each manner that there is code for,
 * and IPv6 in a tree. */
enum { HAS_TREE = WP_KINDS * WP_MANNERS, SEEN };

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

static void
compare_answers(const struct answers *a, const struct answers *b, uint64_t seed, uint32_t number)
{
    for (uint32_t i = 0; i < QUESTIONS; i++) {
        cr_assert(built_same(&a->decisions[i], &b->decisions[i]), "seed %llu, evaluator %u, %u",
                  (unsigned long long)seed, number, i);
        cr_assert_eq(a->report_counts[i], b->report_counts[i]);
        cr_assert_arr_eq(a->reports[i], b->reports[i], sizeof a->reports[i]);
    }
}

/* Batches of many lengths, one behind the other, are what is decided one by one. */
static void
compare_batches(const struct woapol_image *image, struct woapol_principal *person,
                const struct woapol_request requests[QUESTIONS], const struct answers *answers,
                uint64_t seed, uint32_t number)
{
    static const uint32_t lengths[] = {QUESTIONS, 1, 15, 16, 17, 0, 33, 18};
    struct woapol_decision decisions[QUESTIONS];
    for (size_t k = 0, first = 0; k < sizeof lengths / sizeof *lengths; k++) {
        memset(decisions, 0, sizeof decisions);
        woapol_decide_batch(image, person, requests + first, lengths[k], decisions);
        for (uint32_t i = 0; i < lengths[k]; i++)
            cr_assert(built_same(&answers->decisions[first + i], &decisions[i]),
                      "seed %llu, batch of %u by evaluator %u, %zu", (unsigned long long)seed,
                      lengths[k], number, first + i);
        first = (first + lengths[k]) % QUESTIONS;
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
        wp_forget(person);
        ask(image, person, requests, number == 0 ? &first : &other);
        if (number > 0)
            compare_answers(&first, &other, seed, number);
        wp_forget(person);
        compare_batches(image, person, requests, &first, seed, number);
    }
}

/* The small runtime goes by the numbers of a policy's entries, and by no line of them. */
static void
compare_small(const struct woapol_image *image, const struct woapol_identity *who,
              struct woapol_principal *person, const struct woapol_request requests[QUESTIONS],
              uint64_t seed)
{
    void *memory = aligned_alloc(64, small_principal_size(image));
    struct woapol_principal *other = small_bind(image, who, memory, small_principal_size(image));
    for (uint32_t i = 0; i < QUESTIONS; i++) {
        struct woapol_decision one, small;
        uint32_t reports[2][REPORTS] = {{0}};
        woapol_decide(image, person, &requests[i], &one);
        small_decide(image, other, &requests[i], &small);
        cr_assert(built_same(&one, &small), "seed %llu, small, %u", (unsigned long long)seed, i);
        const size_t count = woapol_reports(image, person, &requests[i], reports[0], REPORTS);
        cr_assert_eq(small_reports(image, other, &requests[i], reports[1], REPORTS), count);
        cr_assert_arr_eq(reports[0], reports[1], sizeof reports[0]);
    }
    free(memory);
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
        cr_assert(built_same(&bound, &once), "seed %llu, once, %u", (unsigned long long)seed, i);
        const size_t count =
            woapol_reports(&built->image, person, &requests[i], reports[0], REPORTS);
        cr_assert_eq(woapol_reports(&built->image, other, &requests[i], reports[1], REPORTS),
                     count);
        cr_assert_arr_eq(reports[0], reports[1], sizeof reports[0]);
    }
    free(memory);
}

/* Forty networks that overlap so much that a class is more than one row. The more groups there
 * are, the farther behind is what decides for somebody. */
static char *
overlapping_policy(uint32_t rules, uint32_t prefixes, uint32_t groups)
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
    for (uint32_t i = 1; i <= groups; i++)
        (void)fprintf(file, "group G%u\n", i);
    (void)fputs("policy P is default {\n", file);
    for (uint32_t i = 0; i < rules; i++)
        (void)fprintf(file, "  rule r%u when network in N%u and group in G%u and risk is %s %s\n",
                      i, i * 7 % 40, 1 + i % groups, i % 3 == 0 ? "low" : "high",
                      i % 2 == 0 ? "allow" : "deny");
    (void)fputs("  otherwise deny\n}\n", file);
    (void)fclose(file);
    return text;
}

/* The same text, and one more policy. */
static char *
and_another(char *text)
{
    char *more = NULL;
    size_t length = 0;
    FILE *file = open_memstream(&more, &length);
    (void)fprintf(
        file, "%sapp A\npolicy Q for A {\n  rule q when network in N1 and group in G1 allow\n}\n",
        text);
    (void)fclose(file);
    free(text);
    return more;
}

/* Policies whose apps are theirs alone, over networks of many prefixes: a usual image, but for
 * apps without a policy, or a policy that asks for apps. Prefixes are `length` to `length` + 6
 * bits long; the last policy has `last` rules. */
enum apps { ALL_HAVE_ONE, SOME_HAVE_NONE, ONE_ASKS };
struct usual {
    uint32_t networks, prefixes, length, policies, rules, last;
    enum apps apps;
};

static char *
usual_policies(const struct usual *usual)
{
    char *text = NULL;
    size_t length = 0;
    uint64_t state = usual->rules;
    FILE *file = open_memstream(&text, &length);
    for (uint32_t network = 0; network < usual->networks; network++) {
        (void)fprintf(file, "network N%u = 2001:db8:%x::/48 + " CROWD "%u", network, network,
                      network % 256);
        for (uint32_t i = 0; i < usual->prefixes; i++) {
            const uint32_t bits = usual->length + random_below(&state, 7);
            const uint32_t address = random_below(&state, UINT32_MAX) & UINT32_MAX << (32 - bits);
            (void)fprintf(file, " + %u.%u.%u.%u/%u", address >> 24, address >> 16 & 255,
                          address >> 8 & 255, address & 255, bits);
        }
        (void)fputs("\n", file);
    }
    (void)fputs("group G1\ngroup G2\ngroup G3\napp Other\n", file);
    for (uint32_t policy = 0; policy < usual->policies; policy++) {
        if (policy == 0 && usual->apps != SOME_HAVE_NONE)
            (void)fputs("policy P0 is default {\n", file);
        else
            (void)fprintf(file, "app A%u\npolicy P%u for A%u {\n", policy, policy, policy);
        if (policy == 0 && usual->apps == ONE_ASKS)
            (void)fputs("  rule apps when app in Other and group in G1 allow\n", file);
        const uint32_t rules = policy + 1 < usual->policies ? usual->rules : usual->last;
        for (uint32_t i = 0; i < rules; i++)
            (void)fprintf(file,
                          "  rule r%u when network in N%u and group in G%u and risk is %s %s\n", i,
                          random_below(&state, usual->networks), 1 + i % 3,
                          i % 3 == 0 ? "low" : "high", i % 2 == 0 ? "allow" : "deny");
        (void)fputs("}\n", file);
    }
    (void)fclose(file);
    return text;
}

/* Has some requests come from where networks are. */
static void
come_from_networks(uint64_t *state, const struct built *built,
                   struct woapol_request requests[QUESTIONS])
{
    const struct wp_model *model = built->compilation.model;
    for (uint32_t i = 0; i < QUESTIONS && model->network_count > 0; i++) {
        const struct wp_network *network =
            &model->networks[random_below(state, model->network_count)];
        if (requests[i].address_family != 4 || network->v4_count == 0)
            continue;
        const struct wp_range4 *range = &network->v4[random_below(state, network->v4_count)];
        const uint32_t address = random_below(state, 2) == 0 ? range->low : range->high;
        for (int k = 0; k < 4; k++)
            requests[i].address[k] = (uint8_t)(address >> (24 - 8 * k));
    }
}

/* Has some come from the crowd, in which each network has an address. */
static void
come_from_crowd(uint64_t *state, struct woapol_request requests[QUESTIONS])
{
    for (uint32_t i = 0; i < QUESTIONS; i++)
        if (requests[i].address_family == 4 && random_below(state, 8) == 0)
            memcpy(requests[i].address, (uint8_t[]){10, 1, 2, (uint8_t)random_below(state, 256)},
                   4);
}

/* Has some of IPv4 come as IPv6's that stand for them. */
static void
map_some(uint64_t *state, struct woapol_request requests[QUESTIONS])
{
    for (uint32_t i = 0; i < QUESTIONS; i++) {
        if (requests[i].address_family != 4 || random_below(state, 8) > 0)
            continue;
        memcpy(requests[i].address + 12, requests[i].address, 4);
        memset(requests[i].address, 0, 10);
        memset(requests[i].address + 10, 0xff, 2);
        requests[i].address_family = 6;
    }
}

static void
try_people(struct built *built, uint64_t seed, unsigned people)
{
    uint64_t state = seed;
    for (unsigned i = 0; i < people; i++) {
        struct woapol_request requests[QUESTIONS];
        for (uint32_t k = 0; k < QUESTIONS; k++)
            random_question(&state, wp_view(&built->image), &requests[k]);
        come_from_networks(&state, built, requests);
        come_from_crowd(&state, requests);
        map_some(&state, requests);
        struct random_identity identity;
        random_identity(&state, wp_view(&built->image), &identity);
        struct woapol_principal *person =
            woapol_bind(&built->image, &identity.who, built->memory, built->memory_size);
        compare_evaluators(&built->image, person, requests, seed);
        compare_once(built, &identity.who, person, requests, seed);
        compare_small(&built->image, &identity.who, person, requests, seed);
    }
}

/* Where images are decided alike in several manners, it is all of these. */
static void
see_kind(const struct wp_view *view, bool seen[SEEN])
{
    wp_decide *const *one = view->evaluator->decide[view->kind].one;
    for (uint32_t manner = 0; manner < WP_MANNERS; manner++)
        seen[view->kind * WP_MANNERS + manner] |= view->decide == one[manner];
}

static void
try_text(uint64_t seed, char *text, bool seen[SEEN])
{
    struct built built;
    built_make(&built, text, seed % 2 == 0);
    see_kind(wp_view(&built.image), seen);
    seen[HAS_TREE] |= wp_view(&built.image)->shape.v6_levels > 0;
    try_people(&built, seed, 5);
    built_free(&built);
    free(text);
}

Test(evaluator, all_decide_alike_in_images_of_every_kind)
{
    static const struct usual usual[] = {
        {40, 900, 20, 1, 100, 100, ALL_HAVE_ONE},    {40, 600, 20, 1, 600, 600, ALL_HAVE_ONE},
        {40, 600, 12, 1, 600, 600, ALL_HAVE_ONE},    {40, 150, 10, 1, 2000, 2000, ALL_HAVE_ONE},
        {40, 210, 10, 1, 2000, 2000, ALL_HAVE_ONE},  {40, 300, 10, 1, 2000, 2000, ALL_HAVE_ONE},
        {400, 60, 20, 40, 100, 100, ALL_HAVE_ONE},   {400, 5, 20, 40, 100, 100, ALL_HAVE_ONE},
        {400, 60, 20, 3, 600, 1300, ALL_HAVE_ONE},   {400, 100, 20, 30, 90, 900, ALL_HAVE_ONE},
        {40, 900, 20, 1, 100, 100, ONE_ASKS},        {40, 900, 20, 1, 100, 100, SOME_HAVE_NONE},
        {400, 60, 20, 40, 100, 100, ONE_ASKS},       {400, 60, 20, 40, 100, 100, SOME_HAVE_NONE},
        {10, 5, 20, 3, 50, 50, ALL_HAVE_ONE},        {10, 5, 20, 1, 100, 100, ALL_HAVE_ONE},
        {40, 900, 20, 3, 30, 30, ALL_HAVE_ONE},      {10, 5, 20, 3, 200, 200, ALL_HAVE_ONE},
        {10, 5, 20, 1, 600, 600, ALL_HAVE_ONE},      {40, 600, 20, 3, 200, 200, ALL_HAVE_ONE},
        {40, 600, 12, 3, 200, 200, ALL_HAVE_ONE},    {40, 600, 12, 3, 200, 200, SOME_HAVE_NONE},
        {40, 60, 12, 1, 600, 600, ALL_HAVE_ONE},     {40, 60, 12, 3, 200, 200, ALL_HAVE_ONE},
        {40, 150, 10, 2, 1000, 1000, ALL_HAVE_ONE},  {40, 210, 10, 2, 1000, 1000, ALL_HAVE_ONE},
        {40, 300, 10, 2, 1000, 1000, ALL_HAVE_ONE},  {400, 60, 20, 1, 1300, 1300, ALL_HAVE_ONE},
        {1500, 20, 24, 1, 3000, 3000, ALL_HAVE_ONE}, {400, 1, 20, 1, 600, 600, ALL_HAVE_ONE},
        {400, 1, 20, 3, 200, 200, ALL_HAVE_ONE},     {200, 150, 24, 1, 600, 600, ALL_HAVE_ONE},
        {200, 150, 24, 3, 200, 200, ALL_HAVE_ONE},
    };
    bool seen[SEEN] = {false};
    for (uint64_t seed = 0; seed < 90; seed++) {
        const struct random_size size = {.rules = 1 + (uint32_t)(seed * seed) % 900,
                                         .networks = 2 + (uint32_t)seed % 40,
                                         .prefixes = seed % 3 == 0 ? 4000 : 0,
                                         .groups = 2 + (uint32_t)(seed % 5)};
        try_text(seed, random_policy(seed, &size), seen);
    }
    try_text(100, overlapping_policy(100, 1000, 2), seen);
    try_text(600, overlapping_policy(600, 420, 2), seen);
    try_text(600, and_another(overlapping_policy(600, 420, 2)), seen);
    try_text(600, overlapping_policy(600, 480, 2), seen);
    try_text(600, overlapping_policy(600, 1000, 2), seen);
    try_text(2000, overlapping_policy(2000, 300, 2), seen);
    try_text(2000, overlapping_policy(2000, 800, 2), seen);
    try_text(40000, overlapping_policy(40000, 300, 2000), seen);
    try_text(40001, overlapping_policy(40001, 30, 9000), seen);
    for (size_t i = 0; i < sizeof usual / sizeof *usual; i++)
        try_text(2 * i, usual_policies(&usual[i]), seen);
    for (int kind = 0; kind < SEEN; kind++)
        cr_expect(seen[kind], "kind %d, manner %d", kind / WP_MANNERS, kind % WP_MANNERS);
    cr_assert_not_null(wp_evaluator_for_processor(0));
}

/* ---- policies that are seldom so --------------------------------------------------- */

static void
say_rules(FILE *file, const char *kind, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        (void)fprintf(file, "  rule %s%s%u when group in G%u and risk is %s and app in A%u %s\n",
                      kind, *kind == '\0' ? "r" : "s", i, 1 + i % 2, i % 3 == 0 ? "low" : "high",
                      i % 5, i % 2 == 0 ? "allow" : "deny");
}

/* One policy with rules that decide and rules that report, behind one that fills what is
 * before, and two without any; some apps have no policy. */
static char *
odd_policy(uint32_t before, uint32_t rules, uint32_t reports, bool has_default)
{
    char *text = NULL;
    size_t length = 0;
    FILE *file = open_memstream(&text, &length);
    (void)fputs("group G1\ngroup G2\napp A0\napp A1\napp A2\napp A3\napp A4\n", file);
    (void)fputs("policy None for A0 { otherwise allow }\n", file);
    (void)fputs("policy Before for A1 {\n", file);
    say_rules(file, "", before);
    (void)fputs("  otherwise allow }\npolicy Odd for A2 {\n", file);
    say_rules(file, "", rules);
    say_rules(file, "report ", reports);
    (void)fputs("  otherwise authenticate password every 1h }\n", file);
    if (has_default)
        (void)fputs("policy Rest is default { otherwise deny \"No\" }\n", file);
    (void)fclose(file);
    return text;
}

/* Two networks side by side. */
static char *
some_networks(uint32_t rules)
{
    char *text = NULL;
    size_t length = 0;
    FILE *file = open_memstream(&text, &length);
    (void)fputs("group G1\ngroup G2\nnetwork N0 = 0.0.0.0/1\nnetwork N1 = 128.0.0.0/2\n"
                "policy P is default {\n",
                file);
    for (uint32_t i = 0; i < rules; i++)
        (void)fprintf(file, "  rule r%u when network in N%u and group in G%u and risk is %s %s\n",
                      i, i % 2, 1 + i / 2 % 2, i % 3 == 0 ? "low" : "high",
                      i % 5 < 2 ? "allow" : "deny");
    (void)fputs("  rule last when not network in N0 allow\n  otherwise deny }\n", file);
    (void)fclose(file);
    return text;
}

Test(evaluator, all_decide_alike_in_policies_that_are_seldom_so)
{
    static const struct {
        uint32_t before, rules, reports;
    } rows[] = {
        {0, 0, 0},     {0, 1, 1},    {511, 1, 0},    {512, 1, 0},     {510, 1, 3},
        {512, 511, 0}, {1, 511, 0},  {1, 512, 0},    {0, 511, 400},   {100, 50, 700},
        {300, 0, 600}, {0, 0, 800},  {600, 600, 20}, {1, 3, 1500},    {511, 512, 512},
        {1, 1023, 0},  {0, 1022, 0}, {0, 1024, 40},  {20, 17000, 40}, {17000, 3, 600},
    };
    bool seen[SEEN] = {false};
    for (uint32_t i = 0; i < 2 * sizeof rows / sizeof *rows; i++) {
        const size_t row = i / 2;
        try_text(i, odd_policy(rows[row].before, rows[row].rules, rows[row].reports, row % 2 == 0),
                 seen);
    }
    for (uint64_t seed = 0; seed < 2; seed++) {
        char *none = NULL;
        size_t length = 0;
        FILE *file = open_memstream(&none, &length);
        (void)fputs("group G1\napp A\n", file);
        (void)fclose(file);
        try_text(seed, none, seen);
    }
    cr_expect(seen[WP_NARROWEST * WP_MANNERS] && seen[WP_NARROW_ROWS * WP_MANNERS] &&
              seen[WP_WIDE_ROWS * WP_MANNERS]);
}

/* ---- narrow images as another compiler might make them -------------------------------- */

static void
swap_bytes(void *left, void *right, size_t size)
{
    uint8_t *a = left, *b = right;
    for (size_t i = 0; i < size; i++) {
        const uint8_t byte = a[i];
        a[i] = b[i];
        b[i] = byte;
    }
}

/* Two address rows' lines change places: rows say the same, classes lead nowhere. */
static void
swap_rows(struct wp_row *rows, struct wp_line *lines, const struct wp_shape *shape)
{
    for (uint32_t block = 0; block < shape->blocks; block++)
        swap_bytes(lines + rows[2].lines[block], lines + rows[3].lines[block], sizeof *lines);
    swap_bytes(&rows[2], &rows[3], sizeof *rows);
}

/* So do two lines of them, which then do not stand side by side. */
static void
swap_lines(struct wp_row *rows, struct wp_line *lines, const struct wp_shape *shape)
{
    swap_bytes(lines + rows[2].lines[shape->blocks - 1], lines + rows[3].lines[shape->blocks - 1],
               sizeof *lines);
    swap_bytes(&rows[2].lines[shape->blocks - 1], &rows[3].lines[shape->blocks - 1],
               sizeof *rows->lines);
}

/* All rows differ from that of the absent address, which is not empty. */
static void
cross_rows(struct wp_row *rows, struct wp_line *lines, const struct wp_shape *shape)
{
    for (uint32_t row = 0; row < shape->rows[WP_FAMILY_ADDRESS]; row++)
        for (uint32_t block = 0; block < shape->blocks; block++)
            lines[rows[row].lines[block]].words[0] ^= 0x5555;
}

Test(evaluator, rows_that_stand_elsewhere_say_the_same)
{
    typedef void change(struct wp_row *, struct wp_line *, const struct wp_shape *);
    static change *const changes[] = {swap_rows, swap_lines, cross_rows};
    for (uint32_t i = 0; i < 2 * sizeof changes / sizeof *changes; i++) {
        struct built built, other;
        struct random_identity identity;
        struct woapol_request requests[QUESTIONS];
        static struct answers expected, answers;
        uint64_t state = i;
        char *text = some_networks(i % 2 == 0 ? 200 : 700);
        built_make(&built, text, true);
        built_make(&other, text, true);
        const struct wp_view *view = wp_view(&other.image);
        cr_assert_geq(view->shape.rows[WP_FAMILY_ADDRESS], 4);
        cr_assert(view->kind == WP_NARROWEST || view->kind == WP_NARROW_ROWS);
        changes[i / 2]((struct wp_row *)(void *)(other.bytes + wp_offset(view, view->rows)),
                       (struct wp_line *)(void *)(other.bytes + wp_offset(view, view->lines)),
                       &view->shape);
        built_seal(other.bytes, other.size);
        cr_assert_eq(woapol_open(&other.image, other.bytes, other.size, NULL, NULL), WOAPOL_OK);
        cr_assert_eq(view->kind, WP_NARROW, "%u", i);
        for (uint32_t k = 0; k < QUESTIONS; k++)
            random_question(&state, view, &requests[k]);
        random_identity(&state, view, &identity);
        ask(&built.image, woapol_bind(&built.image, &identity.who, built.memory, built.memory_size),
            requests, &expected);
        ask(&other.image, woapol_bind(&other.image, &identity.who, other.memory, other.memory_size),
            requests, &answers);
        compare_answers(&expected, &answers, i, 0);
        built_free(&built);
        built_free(&other);
        free(text);
    }
}

/* ---- images that nobody built ------------------------------------------------------ */

/* Puts something else into tables that are of numbers of one kind, so that most of it is
 * taken; into lines, any bits. */
static void
change(uint64_t *state, const struct built *built)
{
    const struct wp_view *view = wp_view(&built->image);
    const struct wp_shape *s = &view->shape;
    const bool narrow = wp_is_narrow(s);
    uint8_t *bytes = built->bytes;
#define AT(table) ((void *)(bytes + ((const uint8_t *)view->table - view->bytes)))
    const uint32_t row = random_below(state, view->row_first[WP_FAMILY_APP] + 2);
    const uint32_t entry = random_below(state, s->blocks * WP_BLOCK_BITS);
    switch (random_below(state, narrow ? 4 : 3)) {
    case 0:
        ((struct wp_line *)AT(lines))[random_below(state, s->lines)]
            .words[random_below(state, WP_LINE_WORDS)] ^= UINT64_C(1) << random_below(state, 64);
        break;
    case 1:
        ((struct wp_entry_record *)AT(entries))[entry].outcome = random_below(state, s->outcomes);
        break;
    case 2:
        ((struct wp_entry_record *)AT(entries))[entry].rule = WP_NO_NUMBER;
        break;
    default:
        ((struct wp_row *)AT(rows))[row].lines[random_below(state, WP_NARROW_BLOCKS)] =
            random_below(state, s->lines);
    }
#undef AT
}

Test(evaluator, all_decide_alike_in_images_that_were_changed)
{
    unsigned taken[2] = {0};
    uint64_t state = 11;
    for (uint32_t i = 0; i < 80; i++) {
        const struct random_size size = {
            .rules = i % 3 * 500 + 5, .networks = 2 + i % 20, .groups = 2 + i % 5};
        char *text = random_policy(i, &size);
        struct built built;
        struct woapol_fault fault;
        built_make(&built, text, i % 2 == 0);
        for (uint32_t changes = 1 + random_below(&state, 8); changes > 0; changes--)
            change(&state, &built);
        const bool good = wp_verify(wp_view(&built.image), &fault);
        cr_assert_eq(small_verify(wp_view(&built.image), &fault), good);
        if (good) {
            taken[wp_is_narrow(&wp_view(&built.image)->shape)]++;
            try_people(&built, i, 2);
        }
        built_free(&built);
        free(text);
    }
    cr_expect(taken[0] > 10 && taken[1] > 10, "%u wide, %u narrow", taken[0], taken[1]);
}
