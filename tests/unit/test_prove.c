/* Claims, sets of requests and simplified policies, against all requests of small
 * random models. */
#include "compiler/analysis/prove.h"
#include "compiler/analysis/simplify.h"
#include "compiler/analysis/who_can.h"
#include "tests/unit/tiny_model.h"

#include <criterion/criterion.h>
#include <string.h>

#define RULES 8

static enum wp_effect
effect(const struct wp_model *model, const struct wp_point *point)
{
    const struct wp_policy *policy = &model->policies[0];
    return wp_policy_decision(policy, wp_point_rule(model, policy, point, 0))->effect;
}

/* Does a request in the condition have the effect? */
static bool
occurs(const struct tiny *tiny, const struct wp_test *condition, enum wp_effect wanted)
{
    struct wp_point point;

    for (size_t n = 0; n < tiny_point_count(tiny); n++) {
        tiny_point(tiny, n, &point);
        if (tiny_is_possible(tiny, &point) && wp_point_meets(tiny->model, condition, &point) &&
            effect(tiny->model, &point) == wanted)
            return true;
    }
    return false;
}

Test(prove, agrees_with_all_requests)
{
    struct wp_outcome allow = {.kind = WP_OUTCOME_ALLOW};

    for (uint64_t seed = 1; seed <= 150; seed++) {
        struct tiny *tiny = tiny_new(seed, RULES, seed % 2);
        bool always = seed % 3 == 0;
        struct wp_claim source = {.always = always, .outcomes = &allow};
        struct wp_test *condition = tiny_condition(tiny);
        struct wp_model_claim claim = {.source = &source, .when = condition, .folded = condition};
        struct wp_claim_result result;
        struct wp_prover prover;

        wp_prover_init(&prover, tiny->arena, tiny->model, NULL);
        wp_prove_claim(&prover, &claim, &result);
        cr_assert_eq(result.undecided, 0);
        bool broken = occurs(tiny, condition, always ? WP_DENY : WP_ALLOW);
        cr_assert_eq(result.broken, broken ? WP_ANSWER_YES : WP_ANSWER_NO);
        for (uint32_t i = 0; i < result.count; i++) {
            const struct wp_point *point = result.violations[i].point;
            cr_assert(wp_point_meets(tiny->model, condition, point));
            cr_assert(tiny_is_possible(tiny, point));
            cr_assert_eq(effect(tiny->model, point) == WP_ALLOW, !always);
        }
        tiny_free(tiny);
    }
}

static bool
is_in_box(const struct wp_box *box, const struct wp_point *point)
{
    return (box->devices >> point->device & 1) && (box->postures >> point->posture & 1) &&
           wp_point_is_in(&box->addresses, point) && box->witness->app == point->app &&
           box->witness->user == point->user && box->witness->group_count == point->group_count &&
           memcmp(box->witness->groups, point->groups,
                  point->group_count * sizeof *point->groups) == 0;
}

static void
check_boxes(const struct tiny *tiny, const struct wp_who_can *who)
{
    struct wp_point point;

    for (size_t n = 0; n < tiny_point_count(tiny); n++) {
        tiny_point(tiny, n, &point);
        for (uint32_t r = 0; r < who->count; r++) {
            for (uint32_t b = 0; b < who->rules[r].box_count; b++) {
                if (is_in_box(&who->rules[r].boxes[b], &point))
                    cr_assert_eq(effect(tiny->model, &point), WP_ALLOW);
            }
        }
    }
}

Test(who_can, boxes_hold_nothing_else)
{
    struct wp_outcome allow = {.kind = WP_OUTCOME_ALLOW};

    for (uint64_t seed = 1; seed <= 60; seed++) {
        struct tiny *tiny = tiny_new(seed, RULES, false);
        struct wp_test all = {.kind = WP_TEST_TRUE};
        struct wp_who_can who;

        wp_who_can(&who, tiny->arena, tiny->model, &allow, NULL, NULL);
        cr_assert_eq(who.undecided, 0);
        cr_assert_eq(who.count > 0, occurs(tiny, &all, WP_ALLOW));
        check_boxes(tiny, &who);
        tiny_free(tiny);
    }
}

Test(simplify, decides_as_before)
{
    for (uint64_t seed = 1; seed <= 60; seed++) {
        struct tiny *tiny = tiny_new(seed, RULES, false);
        struct wp_simplified simplified;
        struct wp_point point;

        wp_simplify(&simplified, tiny->arena, tiny->model, NULL);
        cr_assert(simplified.is_proved);
        for (size_t n = 0; n < tiny_point_count(tiny); n++) {
            tiny_point(tiny, n, &point);
            cr_assert_eq(effect(tiny->model, &point), effect(&simplified.model, &point));
        }
        tiny_free(tiny);
    }
}
