/* Every answer of the engine against all requests of small random models, and
 * every "no" against the proof checker. */
#include "compiler/analysis/proof_check.h"
#include "compiler/analysis/question.h"
#include "tests/unit/tiny_model.h"

#include <criterion/criterion.h>

#define MODELS 300
#define RULES 9

/* For each rule: by which earlier rules is a request taken? As a mask over all
 * possible requests that meet the rule. */
struct truth {
    uint32_t takers[20000];
    size_t count;
    bool met; /* even by requests that the assumptions rule out */
};

static void
find_truth(const struct tiny *tiny, uint32_t rule, struct truth *truth)
{
    const struct wp_policy *policy = &tiny->model->policies[0];
    bool seen[1u << RULES] = {false};
    struct wp_point point;

    *truth = (struct truth){.count = 0};
    for (size_t n = 0; n < tiny_point_count(tiny); n++) {
        uint32_t takers = 0;
        tiny_point(tiny, n, &point);
        if (!wp_point_meets(tiny->model, policy->rules[rule].folded, &point))
            continue;
        truth->met = true;
        if (!tiny_is_possible(tiny, &point))
            continue;
        for (uint32_t i = 0; i < rule; i++) {
            if (wp_point_meets(tiny->model, policy->rules[i].folded, &point))
                takers |= 1u << i;
        }
        if (!seen[takers])
            truth->takers[truth->count++] = takers;
        seen[takers] = true;
    }
}

static bool
is_covered(const struct truth *truth, uint32_t rules)
{
    for (size_t i = 0; i < truth->count; i++) {
        if (!(truth->takers[i] & rules))
            return false;
    }
    return true;
}

static uint32_t
cover_mask(const struct wp_asker *asker)
{
    uint32_t count, mask = 0;
    const struct wp_culprit *cover = wp_ask_cover(asker, &count);

    for (uint32_t i = 0; i < count; i++) {
        if (cover[i].avoided != WP_NONE)
            mask |= 1u << cover[i].number;
    }
    return mask;
}

static void
check_proof(struct wp_asker *asker, const struct wp_proof *proof)
{
    uint32_t count;
    const uint32_t *guards = wp_ask_guards(asker, &count);
    size_t failed;

    cr_assert(wp_proof_check(proof, guards, count, wp_ask_verify_lemma, asker, &failed),
              "step %zu of %zu does not follow", failed, wp_proof_length(proof));
}

static void
check_rule(struct tiny *tiny, struct wp_asker *asker, const struct wp_index *index, uint32_t rule)
{
    static struct truth truth;
    const struct wp_model *model = tiny->model;
    const struct wp_test *condition = model->policies[0].rules[rule].folded;
    struct wp_wanted wanted = {condition, false};
    struct wp_avoided avoided = {index, 0, rule, NULL};
    struct wp_question question = {&wanted, 1, &avoided, 1, NULL, NULL};
    struct wp_proof *proof = wp_proof_new(tiny->arena);
    const struct wp_point *witness;

    find_truth(tiny, rule, &truth);
    wp_ask_set_log(asker, wp_proof_record, proof);
    enum wp_answer answer = wp_ask(asker, &question, &witness);
    uint32_t all = (1u << rule) - 1;
    cr_assert_eq(answer, is_covered(&truth, all) ? WP_ANSWER_NO : WP_ANSWER_YES);
    if (answer == WP_ANSWER_YES) {
        cr_assert(wp_point_meets(model, condition, witness));
        cr_assert(tiny_is_possible(tiny, witness));
        for (uint32_t i = 0; i < rule; i++)
            cr_assert_not(wp_point_meets(model, model->policies[0].rules[i].folded, witness));
        return;
    }
    check_proof(asker, proof);
    cr_assert(is_covered(&truth, cover_mask(asker)), "the cover does not cover");
    cr_assert(wp_ask_shrink_cover(asker));
    uint32_t cover = cover_mask(asker);
    cr_assert(is_covered(&truth, cover), "the small cover does not cover");
    for (uint32_t i = 0; i < rule; i++)
        cr_assert(!(cover >> i & 1) || !is_covered(&truth, cover & ~(1u << i)),
                  "a member of the cover can go");
}

static void
check_model(uint64_t seed, bool assumptions)
{
    struct tiny *tiny = tiny_new(seed, RULES, assumptions);
    const struct wp_policy *policy = &tiny->model->policies[0];
    const struct wp_test *tests[RULES];

    for (uint32_t i = 0; i < RULES; i++)
        tests[i] = policy->rules[i].folded;
    struct wp_index *index = wp_index_new(tiny->arena, tiny->model, tests, RULES);
    struct wp_asker *asker = wp_asker_new(tiny->arena, tiny->model, 100000, 100000000);
    for (uint32_t i = 0; i < RULES; i++)
        check_rule(tiny, asker, index, i);
    tiny_free(tiny);
}

Test(question, agrees_with_all_requests)
{
    for (uint64_t seed = 0; seed < MODELS; seed++)
        check_model(seed, false);
}

Test(question, agrees_with_all_requests_under_assumptions)
{
    for (uint64_t seed = 0; seed < MODELS; seed++)
        check_model(1000 + seed, true);
}

Test(question, gives_up_when_the_budget_ends)
{
    struct tiny *tiny = tiny_new(7, RULES, false);
    struct wp_wanted wanted = {tiny->model->policies[0].rules[0].folded, false};
    struct wp_question question = {&wanted, 1, NULL, 0, NULL, NULL};
    struct wp_asker *asker = wp_asker_new(tiny->arena, tiny->model, 0, 100);

    cr_assert_eq(wp_ask(asker, &question, NULL), WP_ANSWER_UNDECIDED);
    cr_assert_eq(wp_ask_counts(asker).undecided, 1);
    tiny_free(tiny);
}

/* The index finds exactly what a walk over all conditions finds. */
Test(question, index_finds_what_there_is)
{
    for (uint64_t seed = 0; seed < 20; seed++) {
        struct tiny *tiny = tiny_new(seed, RULES, false);
        const struct wp_test *tests[200];
        struct wp_point point;
        uint32_t found[200];

        for (uint32_t i = 0; i < 200; i++)
            tests[i] = i % 17 ? tiny_condition(tiny) : NULL;
        struct wp_index *index = wp_index_new(tiny->arena, tiny->model, tests, 200);
        for (size_t n = tiny_random(tiny, 97); n < tiny_point_count(tiny); n += 97) {
            uint32_t from = tiny_random(tiny, 200), room = 1 + tiny_random(tiny, 6), expected = 0;
            tiny_point(tiny, n, &point);
            uint32_t count = wp_index_find(index, &point, from, 190, NULL, found, room);
            for (uint32_t i = from; i < 190 && expected < room; i++) {
                if (tests[i] && wp_point_meets(tiny->model, tests[i], &point)) {
                    cr_assert(expected < count);
                    cr_assert_eq(found[expected], i);
                    expected++;
                }
            }
            cr_assert_eq(count, expected);
        }
        tiny_free(tiny);
    }
}
