#include "compiler/analysis/coverage.h"
#include "compiler/analysis/prove.h"
#include "compiler/analysis/witness.h"

#include <string.h>

struct cover {
    struct wp_coverage *coverage;
    struct wp_arena *arena;
    const struct wp_model *model;
    const struct wp_suite *suite;
    struct wp_prover prover;
    size_t value_room;
    /* the rule at hand */
    struct wp_view *view;
    uint32_t policy, rule;
};

static const char *
make_test(const struct cover *cover, const char *name, const struct wp_point *point)
{
    return wp_witness_test(cover->arena, cover->model, &cover->view->traits, name, point,
                           cover->view->policy, wp_view_decider(cover->view, point, 0));
}

/* ---- conditions ------------------------------------------------------------------- */

static bool
was_seen(const struct cover *cover, const struct wp_test *condition, bool value)
{
    for (size_t i = 0; i < cover->suite->count; i++) {
        const struct wp_suite_case *test = &cover->suite->cases[i];
        if (test->from.policy == cover->policy && test->from.rule >= cover->rule &&
            wp_point_meets(cover->model, condition, &test->point) == value)
            return true;
    }
    return false;
}

/* Is there a request that comes to the rule with that value? */
static enum wp_answer
ask_value(struct cover *cover, const struct wp_test *condition, bool value,
          const struct wp_point **point)
{
    struct wp_wanted wanted = {condition, !value};
    struct wp_avoided avoided = {cover->view->index, 0, cover->rule, NULL};
    struct wp_question question = {
        &wanted, 1, &avoided, 1, &cover->view->apps, &cover->view->traits};

    return wp_ask(cover->prover.asker, &question, point);
}

static void
add_value(struct cover *cover, const struct wp_covered_value *value)
{
    struct wp_coverage *coverage = cover->coverage;

    if (coverage->value_count == cover->value_room) {
        size_t room = cover->value_room ? cover->value_room * 2 : 64;
        struct wp_covered_value *more = wp_alloc_array(cover->arena, room, sizeof *more);
        if (coverage->value_count)
            memcpy(more, coverage->values, coverage->value_count * sizeof *more);
        coverage->values = more;
        cover->value_room = room;
    }
    coverage->values[coverage->value_count++] = *value;
    coverage->values_seen += value->is_seen;
}

static void
cover_value(struct cover *cover, const struct wp_test *condition, bool value)
{
    struct wp_covered_value covered = {
        cover->policy, cover->rule, condition, value, was_seen(cover, condition, value), NULL};
    const struct wp_point *point;

    if (!covered.is_seen) {
        enum wp_answer answer = ask_value(cover, condition, value, &point);
        cover->coverage->undecided += answer == WP_ANSWER_UNDECIDED;
        if (answer != WP_ANSWER_YES)
            return;
        covered.test = make_test(cover,
                                 wp_format(cover->arena, "%s: a condition is %s",
                                           wp_view_rule_name(cover->view, cover->rule),
                                           value ? "true" : "false"),
                                 point);
    }
    add_value(cover, &covered);
}

static void
cover_conditions(struct cover *cover, const struct wp_test *test)
{
    for (uint32_t i = 0; i < test->part_count; i++)
        cover_conditions(cover, test->parts[i]);
    if (test->part_count || test->kind == WP_TEST_TRUE || test->kind == WP_TEST_FALSE)
        return;
    cover_value(cover, test, true);
    cover_value(cover, test, false);
}

/* ---- rules -------------------------------------------------------------------------- */

static uint32_t
count_tests(const struct cover *cover)
{
    uint32_t count = 0;

    for (size_t i = 0; i < cover->suite->count; i++) {
        const struct wp_suite_case *test = &cover->suite->cases[i];
        count += test->from.policy == cover->policy && test->from.rule == cover->rule;
    }
    return count;
}

static enum wp_answer
ask_live(struct cover *cover, const struct wp_point **point)
{
    struct wp_wanted wanted;
    struct wp_avoided avoided = {cover->view->index, 0, cover->rule, NULL};
    struct wp_question question = {
        &wanted, 0, &avoided, 1, &cover->view->apps, &cover->view->traits};

    if (cover->rule < cover->view->policy->rule_count) {
        wanted = wp_view_wanted(cover->view, cover->rule);
        question.wanted_count = 1;
    }
    return wp_ask(cover->prover.asker, &question, point);
}

static void
cover_rule(struct cover *cover)
{
    struct wp_coverage *coverage = cover->coverage;
    struct wp_covered_rule covered = {cover->policy, cover->rule, count_tests(cover), NULL};
    const struct wp_point *point;

    if (covered.tests == 0) {
        enum wp_answer answer = ask_live(cover, &point);
        coverage->undecided += answer == WP_ANSWER_UNDECIDED;
        if (answer != WP_ANSWER_YES)
            return;
        covered.test = make_test(
            cover,
            wp_format(cover->arena, "%s decides", wp_view_rule_name(cover->view, cover->rule)),
            point);
    }
    coverage->rules[coverage->rule_count++] = covered;
    coverage->rules_hit += covered.tests > 0;
    if (cover->rule < cover->view->policy->rule_count)
        cover_conditions(cover, cover->view->policy->rules[cover->rule].when);
}

void
wp_cover(struct wp_coverage *coverage, struct wp_arena *arena, const struct wp_model *model,
         const struct wp_suite *suite, const struct wp_analysis_options *options)
{
    struct cover cover = {.coverage = coverage, .arena = arena, .model = model, .suite = suite};
    size_t total = 0;

    *coverage = (struct wp_coverage){0};
    wp_prover_init(&cover.prover, arena, model, options);
    for (uint32_t i = 0; i < model->policy_count; i++)
        total += (size_t)model->policies[i].rule_count + 1;
    coverage->rules = wp_alloc_array(arena, total + 1, sizeof *coverage->rules);
    for (cover.policy = 0; cover.policy < model->policy_count; cover.policy++) {
        cover.view = wp_prover_view(&cover.prover, cover.policy);
        uint32_t count = cover.view->policy->rule_count;
        for (cover.rule = 0; cover.rule <= count; cover.rule++) {
            if (cover.rule == count || !cover.view->policy->rules[cover.rule].report)
                cover_rule(&cover);
        }
    }
}
