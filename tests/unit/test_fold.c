/* Folded conditions and their terms mean what the written condition means, with
 * complete and with incomplete groups; and they have the shape they promise. */
#include "compiler/compile.h"
#include "compiler/members.h"
#include "compiler/network.h"
#include "compiler/walk.h"
#include "generate.h"
#include "unit/compile_text.h"

#include <criterion/criterion.h>
#include <stdio.h>

static enum wp_truth
group_value(const struct wp_model *model, const struct wp_ids *ids, bool negated,
            const struct wp_request *request)
{
    const struct wp_test group = {.kind = WP_TEST_GROUP, .ids = *ids};
    enum wp_truth value = wp_walk_test(model, &group, request);

    return negated ? (enum wp_truth)(WP_TRUE - value) : value;
}

static bool
known_part_holds(const struct wp_model *model, const struct wp_term *term,
                 const struct wp_request *request)
{
    unsigned posture =
        wp_posture(request->entry, request->risk, request->compliant, request->managed);

    if (term->network != WP_NONE) {
        const struct wp_test network = {.kind = WP_TEST_NETWORK, .network = term->network};
        if (wp_walk_test(model, &network, request) == WP_FALSE)
            return false;
    }
    return (term->devices >> request->device & 1) && (term->postures >> posture & 1) &&
           (!term->apps || wp_members_have(term->apps, request->app)) &&
           (!term->users || wp_members_have(term->users, request->user));
}

static enum wp_truth
term_value(const struct wp_model *model, const struct wp_term *term,
           const struct wp_request *request)
{
    enum wp_truth value = known_part_holds(model, term, request) ? WP_TRUE : WP_FALSE;

    for (uint32_t i = 0; i < term->any_count; i++) {
        enum wp_truth clause = group_value(model, &term->any[i], false, request);
        value = clause < value ? clause : value;
    }
    enum wp_truth none = group_value(model, &term->none, true, request);
    return none < value ? none : value;
}

static enum wp_truth
terms_value(const struct wp_model *model, const struct wp_model_rule *rule,
            const struct wp_request *request)
{
    enum wp_truth value = WP_FALSE;

    for (uint32_t i = 0; i < rule->term_count; i++) {
        enum wp_truth term = term_value(model, &rule->terms[i], request);
        value = term > value ? term : value;
    }
    return value;
}

/* One leaf a known dimension in a node, no constant in a tree, NOT above GROUP. */
static void
expect_shape(const struct wp_test *test, bool is_root, const char *rule)
{
    unsigned seen = 0;

    if (test->kind == WP_TEST_TRUE || test->kind == WP_TEST_FALSE) {
        cr_expect(is_root, "%s: a constant within", rule);
        return;
    }
    if (test->kind == WP_TEST_NOT) {
        cr_expect(test->part_count == 1 && test->parts[0]->kind == WP_TEST_GROUP,
                  "%s: 'not' above something else", rule);
        return;
    }
    if (test->kind != WP_TEST_AND && test->kind != WP_TEST_OR)
        return;
    cr_expect_geq(test->part_count, 2, "%s", rule);
    for (uint32_t i = 0; i < test->part_count; i++) {
        const struct wp_test *part = test->parts[i];
        bool is_known = part->kind >= WP_TEST_NETWORK && part->kind <= WP_TEST_USER;

        cr_expect_neq(part->kind, test->kind, "%s: not flat", rule);
        cr_expect(!is_known || !(seen >> part->kind & 1), "%s: two leaves of a kind", rule);
        seen |= 1u << part->kind;
        expect_shape(part, false, rule);
    }
}

struct counts {
    unsigned long values[3];
};

static void
compare(const struct wp_model *model, const struct wp_model_rule *rule,
        const struct wp_request *request, uint64_t seed, struct counts *counts)
{
    enum wp_truth written = wp_walk_test(model, rule->when, request);
    enum wp_truth folded = wp_walk_test(model, rule->folded, request);
    enum wp_truth terms = terms_value(model, rule, request);
    const char *name = rule->name ? rule->name : "otherwise";

    counts->values[written]++;
    cr_expect_eq(folded, written, "seed %lu, rule %s: folded", (unsigned long)seed, name);
    cr_expect_eq(terms, written, "seed %lu, rule %s: terms", (unsigned long)seed, name);
}

static void
compare_all(const struct wp_model *model, struct wp_generated *generated, uint64_t seed,
            struct counts *counts)
{
    for (int n = 0; n < 40; n++) {
        struct wp_made_request made;
        struct wp_request request;

        wp_generate_request(generated, &made);
        wp_made_resolve(generated->arena, model, &made, &request);
        for (uint32_t p = 0; p < model->policy_count; p++) {
            const struct wp_policy *policy = &model->policies[p];

            for (uint32_t r = 0; r < policy->rule_count; r++)
                compare(model, &policy->rules[r], &request, seed, counts);
            compare(model, &policy->otherwise, &request, seed, counts);
        }
    }
}

Test(fold, means_what_is_written)
{
    struct counts counts = {{0}};

    for (uint64_t seed = 1; seed <= 300; seed++) {
        struct wp_arena *arena = wp_arena_new(NULL, NULL);
        struct wp_generated generated;
        struct wp_compilation compilation;

        wp_generate(&generated, arena, seed, &wp_generate_usual);
        cr_assert(compile_text(&compilation, generated.source), "seed %lu:\n%s",
                  (unsigned long)seed, generated.source);
        const struct wp_model *model = compilation.model;
        for (uint32_t p = 0; p < model->policy_count; p++)
            for (uint32_t r = 0; r < model->policies[p].rule_count; r++)
                expect_shape(model->policies[p].rules[r].folded, true,
                             model->policies[p].rules[r].name);
        compare_all(model, &generated, seed, &counts);
        wp_compilation_end(&compilation);
        wp_arena_free(arena);
    }
    /* The requests are of every sort. */
    cr_expect_gt(counts.values[WP_FALSE], 10000);
    cr_expect_gt(counts.values[WP_UNKNOWN], 1000);
    cr_expect_gt(counts.values[WP_TRUE], 10000);
}

/* `text` is room for the source, which the compilation refers to. */
static const struct wp_model_rule *
first_rule(struct wp_compilation *compilation, const char *condition, char *text, size_t room)
{
    (void)snprintf(text, room,
                   "network A = 10.0.0.0/9\nnetwork B = 10.0.0.0/8\ngroup G\ngroup H\napp X\n"
                   "policy P is default { rule r when %s allow otherwise deny }\n",
                   condition);
    cr_assert(compile_text(compilation, text), "%s", condition);
    return &compilation->model->policies[0].rules[0];
}

Test(fold, simplifies_what_is_known_and_keeps_groups)
{
    static const struct {
        const char *condition;
        enum wp_test_kind kind;
        uint32_t parts, terms;
    } rows[] = {
        {"network in A or not network in A", WP_TEST_TRUE, 0, 1},
        {"network in A and not network in B", WP_TEST_FALSE, 0, 0},
        {"network in A and network in B", WP_TEST_NETWORK, 0, 1},
        {"managed and not managed", WP_TEST_FALSE, 0, 0},
        {"managed or risk is high or not managed", WP_TEST_TRUE, 0, 1},
        {"managed and risk is high and entry in {hub}", WP_TEST_POSTURE, 0, 1},
        {"risk < low", WP_TEST_FALSE, 0, 0},
        {"risk >= low", WP_TEST_TRUE, 0, 1},
        {"device in ios & android", WP_TEST_FALSE, 0, 0},
        {"not device in ios or device in ios", WP_TEST_TRUE, 0, 1},
        {"app in X or not app in X", WP_TEST_TRUE, 0, 1},
        {"user in {\"a\"} and user in {\"b\"}", WP_TEST_FALSE, 0, 0},
        /* Whether a user is in G may be unknown: neither true nor false. */
        {"group in G or not group in G", WP_TEST_OR, 2, 2},
        {"group in G and not group in G", WP_TEST_AND, 2, 1},
        {"group in G or group in H", WP_TEST_GROUP, 0, 1},
        {"group in G and group in G", WP_TEST_GROUP, 0, 1},
        {"not group in G and not group in H", WP_TEST_NOT, 1, 1},
        {"group in G and group in H", WP_TEST_AND, 2, 1},
        {"group in G and risk < low", WP_TEST_FALSE, 0, 0},
        {"group in G or risk >= low", WP_TEST_TRUE, 0, 1},
        {"not (group in G and managed)", WP_TEST_OR, 2, 2},
        /* One alternative covers the other. */
        {"group in G or group in G and managed", WP_TEST_OR, 2, 1},
        {"(group in G and managed) or (group in {G, H} and managed)", WP_TEST_OR, 2, 1},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct wp_compilation compilation;
        char text[512];
        const struct wp_model_rule *rule =
            first_rule(&compilation, rows[i].condition, text, sizeof text);

        cr_expect_eq(rule->folded->kind, rows[i].kind, "%s: kind %d", rows[i].condition,
                     (int)rule->folded->kind);
        cr_expect_eq(rule->folded->part_count, rows[i].parts, "%s: %u parts", rows[i].condition,
                     rule->folded->part_count);
        cr_expect_eq(rule->term_count, rows[i].terms, "%s: %u terms", rows[i].condition,
                     rule->term_count);
        wp_compilation_end(&compilation);
    }
}
