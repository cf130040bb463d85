/* The image decides each case; the model only says why a rule did not hold. */
#include "compiler/cli/test_run.h"

#include <string.h>

#include "compiler/analysis/outcome.h"
#include "compiler/analysis/strength.h"
#include "compiler/cli/explanation.h"
#include "compiler/tests_run.h"

struct runner {
    struct wp_opened *policy;
    struct wp_arena *arena;
    struct wp_model *model;
    struct wp_decider decider;
    uint32_t *first_rules; /* the image's number of each policy's first rule */
    bool *otherwise;       /* by policy: some test came to it */
    const char *filter;
    struct wp_test_results *results;
    /* Of the case that was decided last. */
    struct wp_request_facts facts;
    struct woapol_decision decision;
};

/* ---- deciding -------------------------------------------------------------------- */

static struct woapol_text
text_of(const char *text)
{
    return (struct woapol_text){text, text == NULL ? 0 : strlen(text)};
}

static void
read_facts(struct runner *runner, const struct wp_test_facts *given)
{
    struct wp_request_facts *facts = &runner->facts;
    struct woapol_request request;
    struct woapol_text *groups =
        wp_alloc_array(runner->arena, (size_t)given->group_count + 1, sizeof *groups);
    for (uint32_t i = 0; i < given->group_count; i++)
        groups[i] = text_of(given->groups[i]);
    *facts = (struct wp_request_facts){.id = {"null", 4},
                                       .ip = text_of(given->ip),
                                       .device = text_of(given->device),
                                       .app = text_of(given->app),
                                       .user = text_of(given->user),
                                       .entry = text_of(given->entry),
                                       .groups = groups,
                                       .group_count = given->group_count,
                                       .groups_incomplete = given->groups_incomplete,
                                       .managed = given->managed,
                                       .compliant = given->compliant,
                                       .risk = (uint8_t)given->risk};
    woapol_request_init(&request);
    if (given->ip != NULL)
        (void)woapol_set_address(&request, facts->ip.text, facts->ip.length);
    memcpy(facts->address, request.address, sizeof facts->address);
    facts->address_family = request.address_family;
}

/* The methods of a chain, gathered. */
struct gathering {
    const struct runner *runner;
    struct wp_got_method *methods;
    size_t count;
};

static bool
gather_method(void *context, uint32_t alternative, uint32_t step, uint32_t method)
{
    struct gathering *gathering = context;
    if (gathering->methods != NULL)
        gathering->methods[gathering->count] = (struct wp_got_method){
            alternative, step,
            woapol_name(&gathering->runner->policy->image, WOAPOL_METHOD, method, NULL)};
    gathering->count++;
    return true;
}

static void
read_chain(struct runner *runner, struct wp_got *got)
{
    const struct woapol_image *image = &runner->policy->image;
    struct gathering gathering = {.runner = runner};
    woapol_chain_walk(image, runner->decision.chain, gather_method, &gathering);
    gathering.methods =
        wp_alloc_array(runner->arena, gathering.count + 1, sizeof *gathering.methods);
    gathering.count = 0;
    woapol_chain_walk(image, runner->decision.chain, gather_method, &gathering);
    got->chain = gathering.methods;
    got->chain_count = gathering.count;
}

static const char *
name_of(const struct runner *runner, enum woapol_kind kind, uint32_t number)
{
    return number == WOAPOL_NONE ? NULL : woapol_name(&runner->policy->image, kind, number, NULL);
}

static bool
decide(void *context, const struct wp_test_facts *facts, struct wp_got *got)
{
    struct runner *runner = context;
    const struct woapol_decision *decision = &runner->decision;
    read_facts(runner, facts);
    if (!wp_decide(&runner->decider, &runner->facts, &runner->decision))
        return false;
    size_t count = runner->decider.report_count;
    const char **reports = wp_alloc_array(runner->arena, count + 1, sizeof *reports);
    for (size_t i = 0; i < count; i++)
        reports[i] = name_of(runner, WOAPOL_RULE, runner->decider.reports[i]);
    *got = (struct wp_got){
        .effect = (enum wp_effect)decision->effect,
        .policy = name_of(runner, WOAPOL_POLICY, decision->policy),
        .rule = name_of(runner, WOAPOL_RULE, decision->rule),
        .reauth_seconds = decision->reauth_seconds,
        .message = decision->message == WOAPOL_NONE
                       ? NULL
                       : woapol_message(&runner->policy->image, decision->message, NULL),
        .reports = reports,
        .report_count = count,
        .groups_incomplete = decision->reason == WOAPOL_REASON_GROUPS_INCOMPLETE};
    if (decision->effect == WOAPOL_AUTHENTICATE)
        read_chain(runner, got);
    if (decision->policy != WOAPOL_NONE && decision->rule == WOAPOL_NONE)
        runner->otherwise[decision->policy] = true;
    return true;
}

static unsigned
count_factors(void *context, uint32_t chain)
{
    const struct runner *runner = context;
    return wp_chain_strength(runner->model, chain).factors;
}

/* ---- why not ------------------------------------------------------------------------ */

static const struct wp_expectation *
find_expectation(const struct wp_test_result *result)
{
    for (const struct wp_case *test = result->test->cases; test != NULL; test = test->next)
        for (const struct wp_expectation *at = test->expectations; at != NULL; at = at->next)
            if (at->span.file == result->failed.file && at->span.start == result->failed.start)
                return at;
    return NULL;
}

/* The rule that was meant to decide: the one that is named, or else the first
 * with the outcome that was expected. */
static const struct wp_model_rule *
find_expected_rule(struct runner *runner, const struct wp_expectation *expectation,
                   uint32_t *number)
{
    const struct wp_policy *policy = &runner->model->policies[runner->decision.policy];
    for (uint32_t i = 0; i < policy->rule_count; i++) {
        const struct wp_source_of_decision from = {runner->decision.policy, i};
        bool is_it = expectation->by != NULL
                         ? strcmp(policy->rules[i].name, expectation->by->text) == 0
                         : wp_outcome_holds(runner->arena, runner->model, expectation->outcome,
                                            from, WP_SOME_WAY);
        *number = i;
        if (is_it && !policy->rules[i].report)
            return &policy->rules[i];
    }
    return NULL;
}

/* The first part that keeps a condition from being true. */
static const struct wp_explained *
find_culprit(const struct wp_explained *condition)
{
    for (uint32_t i = 0; i < condition->part_count; i++)
        if (condition->parts[i].truth != WP_TRUE)
            return find_culprit(&condition->parts[i]);
    return condition;
}

static const char *
explain_failure(struct runner *runner, const struct wp_expectation *expectation)
{
    uint32_t number = 0;
    if (runner->decision.policy == WOAPOL_NONE)
        return "no policy applies";
    const struct wp_model_rule *rule =
        expectation == NULL ? NULL : find_expected_rule(runner, expectation, &number);
    if (rule == NULL ||
        runner->decision.rule == runner->first_rules[runner->decision.policy] + number)
        return NULL;
    struct wp_explained *condition =
        wp_explain_condition(runner->arena, runner->model, rule, &runner->facts);
    if (condition == NULL || condition->truth == WP_TRUE)
        return wp_format(runner->arena, "rule %s holds, too, but stands later", rule->name);
    const struct wp_explained *culprit = find_culprit(condition);
    return wp_format(runner->arena, "rule %s %s: %s%s%s%s", rule->name,
                     culprit->truth == WP_UNKNOWN ? "may not hold" : "does not hold", culprit->text,
                     culprit->why == NULL ? "" : " (", culprit->why == NULL ? "" : culprit->why,
                     culprit->why == NULL ? "" : ")");
}

static const char *
place_of_decision(struct runner *runner)
{
    const struct woapol_decision *decision = &runner->decision;
    if (decision->policy == WOAPOL_NONE)
        return NULL;
    const struct wp_policy *policy = &runner->model->policies[decision->policy];
    struct wp_span span = policy->has_otherwise ? policy->otherwise.span : policy->span;
    if (decision->rule != WOAPOL_NONE)
        span = policy->rules[decision->rule - runner->first_rules[decision->policy]].span;
    return wp_span_place(runner->arena, runner->model->sources, span);
}

/* ---- results ---------------------------------------------------------------------------- */

/* The givens of the case, from the first to the last. */
static const char *
given_text(struct runner *runner, const struct wp_test_result *result)
{
    const struct wp_case *test = result->test->cases;
    for (uint32_t i = 1; i < result->number; i++)
        test = test->next;
    if (test->givens == NULL)
        return "nothing";
    struct wp_span span = test->givens->span;
    for (const struct wp_given *given = test->givens; given != NULL; given = given->next)
        span = wp_span_join(span, given->span);
    return wp_span_text(runner->arena, runner->model->sources, span);
}

static struct wp_tested *
start_test(struct runner *runner, const struct wp_test_result *result)
{
    struct wp_test_results *results = runner->results;
    struct wp_tested *test = &results->tests[results->test_count++];
    struct wp_span span = result->test->name->span;
    *test = (struct wp_tested){
        .name = result->name,
        .place = wp_span_place(runner->arena, runner->model->sources, span),
        .has_passed = true,
        .cases = wp_alloc_array(runner->arena, result->count, sizeof *test->cases)};
    results->passed++;
    return test;
}

static void
keep_result(void *context, const struct wp_test_result *result)
{
    struct runner *runner = context;
    struct wp_test_results *results = runner->results;
    if (runner->filter != NULL && strstr(result->name, runner->filter) == NULL) {
        results->skipped += result->number == 1;
        return;
    }
    struct wp_tested *test =
        result->number == 1 ? start_test(runner, result) : &results->tests[results->test_count - 1];
    struct wp_tested_case *one = &test->cases[test->case_count++];
    *one = (struct wp_tested_case){
        .place = wp_span_place(runner->arena, runner->model->sources, result->span),
        .given = given_text(runner, result),
        .has_passed = result->passed,
        .expected = result->expected,
        .got = result->got,
        .by_place = place_of_decision(runner)};
    results->case_count++;
    if (result->passed)
        return;
    one->place = wp_span_place(runner->arena, runner->model->sources, result->failed);
    one->because = explain_failure(runner, find_expectation(result));
    results->passed -= test->has_passed;
    test->has_passed = false;
}

static void
add_unreached(struct runner *runner, const struct wp_policy *policy,
              const struct wp_model_rule *rule)
{
    struct wp_test_results *results = runner->results;
    results->unreached[results->unreached_count++] = (struct wp_unreached){
        .policy = policy->name,
        .rule = rule->name,
        .place = wp_span_place(runner->arena, runner->model->sources, rule->span)};
}

static void
collect_unreached(struct runner *runner, uint32_t *const *reached)
{
    const struct wp_model *model = runner->model;
    uint32_t last = model->policy_count;
    runner->results->unreached =
        wp_alloc_array(runner->arena, (size_t)runner->first_rules[last] + last + 1,
                       sizeof *runner->results->unreached);
    for (uint32_t p = 0; p < model->policy_count; p++) {
        const struct wp_policy *policy = &model->policies[p];
        for (uint32_t i = 0; i < policy->rule_count; i++)
            if (reached[p][i] == 0)
                add_unreached(runner, policy, &policy->rules[i]);
        if (policy->has_otherwise && !runner->otherwise[p])
            add_unreached(runner, policy, &policy->otherwise);
    }
}

static void
number_rules(struct runner *runner)
{
    const struct wp_model *model = runner->model;
    runner->first_rules =
        wp_alloc_array(runner->arena, (size_t)model->policy_count + 1, sizeof *runner->first_rules);
    runner->otherwise =
        wp_alloc_array(runner->arena, (size_t)model->policy_count + 1, sizeof(bool));
    for (uint32_t p = 0; p < model->policy_count; p++)
        runner->first_rules[p + 1] = runner->first_rules[p] + model->policies[p].rule_count;
}

bool
wp_run_tests(struct wp_opened *policy, const char *filter, struct wp_test_results *results)
{
    struct wp_model *model = policy->compilation.model;
    struct runner runner = {.policy = policy,
                            .arena = policy->arena,
                            .model = model,
                            .filter = filter,
                            .results = results};
    const struct wp_test_evaluator evaluator = {
        .decide = decide, .factors = count_factors, .context = &runner};
    struct wp_test_run run;
    *results = (struct wp_test_results){0};
    results->tests =
        wp_alloc_array(policy->arena, (size_t)wp_tests_count(model) + 1, sizeof *results->tests);
    number_rules(&runner);
    if (!wp_decider_init(&runner.decider, &policy->image))
        return false;
    bool done = wp_tests_run(policy->arena, model, &evaluator, keep_result, &runner, &run);
    wp_decider_fini(&runner.decider);
    if (done)
        collect_unreached(&runner, run.reached);
    return done;
}
