/* Facts from `given`, a decision from the evaluator, and the two held together. */
#include "compiler/tests_run.h"

#include "compiler/resolve.h"
#include "compiler/rule_names.h"
#include "compiler/test_text.h"

#include <string.h>

struct runner {
    struct wp_arena *arena;
    const struct wp_model *model;
    const struct wp_test_evaluator *evaluator;
    struct wp_test_run *run;
    struct wp_rule_names rules;
};

/* ---- facts ------------------------------------------------------------------------------ */

static void
add_groups(struct runner *runner, struct wp_test_facts *facts, const struct wp_name *names)
{
    uint32_t count = facts->group_count;
    const char **groups;

    for (const struct wp_name *name = names; name; name = name->next)
        count++;
    groups = wp_alloc_array(runner->arena, (size_t)count + 1, sizeof *groups);
    for (uint32_t i = 0; i < facts->group_count; i++)
        groups[i] = facts->groups[i];
    for (const struct wp_name *name = names; name; name = name->next)
        groups[facts->group_count++] = name->text;
    facts->groups = groups;
}

static void
set_fact(struct runner *runner, struct wp_test_facts *facts, const struct wp_given *given)
{
    const char *text = given->names ? given->names->text : NULL;

    switch (given->kind) {
    case WP_GIVEN_IP:
        facts->ip = text;
        break;
    case WP_GIVEN_DEVICE:
        facts->device = text;
        break;
    case WP_GIVEN_GROUPS:
        add_groups(runner, facts, given->names);
        break;
    case WP_GIVEN_APP:
        facts->app = text;
        break;
    case WP_GIVEN_USER:
        facts->user = text;
        break;
    case WP_GIVEN_ENTRY:
        facts->entry = text;
        break;
    case WP_GIVEN_MANAGED:
        facts->managed = given->flag;
        break;
    case WP_GIVEN_COMPLIANT:
        facts->compliant = given->flag;
        break;
    case WP_GIVEN_RISK:
        facts->risk = wp_risk_number(text);
        break;
    case WP_GIVEN_GROUPS_INCOMPLETE:
        facts->groups_incomplete = true;
        break;
    }
}

/* ---- what was decided, in the model's numbers --------------------------------------------- */

static void
count_reached(struct runner *runner, uint32_t policy, const char *name)
{
    const struct wp_named_rule *found = wp_rule_names_find(&runner->rules, policy, name);

    if (found)
        runner->run->reached[found->policy][found->rule]++;
}

static void
count_rules(struct runner *runner, const struct wp_got *got)
{
    const struct wp_symbol *policy =
        got->policy ? wp_symbols_find(runner->model->symbols, WP_SYMBOL_POLICY, got->policy) : NULL;

    if (!policy)
        return;
    if (got->rule)
        count_reached(runner, policy->number, got->rule);
    for (size_t i = 0; i < got->report_count; i++)
        count_reached(runner, policy->number, got->reports[i]);
}

/* Is the chain that was got the model's chain? */
static bool
is_chain(const struct wp_model *model, const struct wp_got *got, uint32_t number)
{
    const struct wp_model_chain *chain = &model->chains[number];
    size_t at = 0;

    for (uint32_t a = 0; a < chain->count; a++)
        for (uint32_t s = 0; s < chain->alternatives[a].count; s++)
            for (uint32_t m = 0; m < chain->alternatives[a].steps[s].count; m++, at++) {
                uint32_t method = chain->alternatives[a].steps[s].methods[m];

                if (at == got->chain_count || got->chain[at].alternative != a ||
                    got->chain[at].step != s ||
                    strcmp(got->chain[at].name, model->methods[method].name) != 0)
                    return false;
            }
    return at == got->chain_count;
}

static unsigned
factors_of(struct runner *runner, const struct wp_got *got)
{
    for (uint32_t i = 0; i < runner->model->chain_count; i++)
        if (is_chain(runner->model, got, i))
            return runner->evaluator->factors(runner->evaluator->context, i);
    return 0;
}

static bool
uses_method(const struct wp_got *got, const char *name)
{
    for (size_t i = 0; i < got->chain_count; i++)
        if (strcmp(got->chain[i].name, name) == 0)
            return true;
    return false;
}

/* ---- expectations --------------------------------------------------------------------------- */

/* Is a number as a comparison wants it? */
static bool
compare_number(enum wp_comparison comparison, uint64_t number, uint64_t wanted)
{
    switch (comparison) {
    case WP_IS:
        return number == wanted;
    case WP_LESS:
        return number < wanted;
    case WP_AT_MOST:
        return number <= wanted;
    case WP_AT_LEAST:
        return number >= wanted;
    case WP_GREATER:
        return number > wanted;
    }
    return false;
}

static bool
same_text(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

/* "rule" or "policy.rule". */
static bool
is_rule(const struct wp_got *got, const char *path)
{
    const char *dot = strchr(path, '.');

    if (!got->rule || !got->policy)
        return false;
    if (!dot)
        return strcmp(got->rule, path) == 0;
    return strlen(got->policy) == (size_t)(dot - path) &&
           strncmp(got->policy, path, (size_t)(dot - path)) == 0 && strcmp(got->rule, dot + 1) == 0;
}

static bool
meets_authenticate(struct runner *runner, const struct wp_outcome *outcome,
                   const struct wp_got *got)
{
    if (got->effect != WP_AUTHENTICATE)
        return false;
    if (!outcome->chain)
        return true;
    uint32_t wanted = wp_expected_chain(runner->model, outcome->chain);
    return wanted != WP_NONE && is_chain(runner->model, got, wanted);
}

static bool
meets_outcome(struct runner *runner, const struct wp_outcome *outcome, const struct wp_got *got)
{
    switch (outcome->kind) {
    case WP_OUTCOME_DENY:
        return got->effect == WP_DENY;
    case WP_OUTCOME_ALLOW:
        return got->effect == WP_ALLOW;
    case WP_OUTCOME_AUTHENTICATE:
        return meets_authenticate(runner, outcome, got);
    case WP_OUTCOME_FACTORS:
        return got->effect != WP_DENY &&
               compare_number(outcome->comparison,
                              got->effect == WP_ALLOW ? 0 : factors_of(runner, got),
                              outcome->number);
    case WP_OUTCOME_METHOD:
        return got->effect == WP_AUTHENTICATE && uses_method(got, outcome->name->text);
    case WP_OUTCOME_RULE:
        return is_rule(got, outcome->name->text);
    }
    return false;
}

static bool
meets_by(const struct wp_name *by, const struct wp_got *got)
{
    if (strcmp(by->text, "otherwise") == 0)
        return got->policy && !got->rule;
    return same_text(got->rule, by->text);
}

/* Exactly these report rules, in any order. */
static bool
meets_report(const struct wp_name *names, const struct wp_got *got)
{
    size_t count = 0;

    for (const struct wp_name *name = names; name; name = name->next, count++) {
        size_t i = 0;

        while (i < got->report_count && strcmp(got->reports[i], name->text) != 0)
            i++;
        if (i == got->report_count)
            return false;
    }
    return count == got->report_count;
}

static bool
meets(struct runner *runner, const struct wp_expectation *expectation, const struct wp_got *got)
{
    if (!meets_outcome(runner, expectation->outcome, got))
        return false;
    if (expectation->by && !meets_by(expectation->by, got))
        return false;
    if (expectation->policy && !same_text(got->policy, expectation->policy->text))
        return false;
    if (expectation->has_reauth && got->reauth_seconds != expectation->reauth_seconds)
        return false;
    if (expectation->message && !same_text(got->message, expectation->message->text))
        return false;
    return !expectation->has_report || meets_report(expectation->report, got);
}

/* ---- the run ----------------------------------------------------------------------------------
 */

static bool
run_case(struct runner *runner, const struct wp_case *test, struct wp_test_result *result)
{
    struct wp_test_facts facts = {.risk = WP_RISK_HIGH};
    struct wp_got got = {.reauth_seconds = WP_NO_REAUTH};
    const struct wp_expectation *unmet = test->expectations;

    for (const struct wp_given *given = test->givens; given; given = given->next)
        set_fact(runner, &facts, given);
    if (!runner->evaluator->decide(runner->evaluator->context, &facts, &got))
        return false;
    count_rules(runner, &got);
    while (unmet && meets(runner, unmet, &got))
        unmet = unmet->next;
    result->span = test->span;
    result->passed = !unmet;
    result->failed = unmet ? unmet->span : test->span;
    result->expected = wp_expected_text(runner->arena, runner->model,
                                        unmet ? unmet : test->expectations, unmet != NULL);
    result->got = wp_got_text(runner->arena, &got);
    if (result->passed)
        runner->run->passed++;
    else
        runner->run->failed++;
    return true;
}

static uint32_t
count_cases(const struct wp_declaration *declaration)
{
    uint32_t count = 0;

    for (const struct wp_case *test = declaration->cases; test; test = test->next)
        count++;
    return count;
}

uint32_t
wp_tests_count(const struct wp_model *model)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < model->file_count; i++)
        for (const struct wp_declaration *at = model->files[i]->declarations; at; at = at->next)
            count += count_cases(at);
    return count;
}

bool
wp_tests_run(struct wp_arena *arena, const struct wp_model *model,
             const struct wp_test_evaluator *evaluator,
             void (*report)(void *context, const struct wp_test_result *result), void *context,
             struct wp_test_run *run)
{
    struct runner runner = {.arena = arena, .model = model, .evaluator = evaluator, .run = run};

    *run = (struct wp_test_run){0};
    wp_rule_names_init(&runner.rules, arena, model);
    run->reached = wp_alloc_array(arena, (size_t)model->policy_count + 1, sizeof *run->reached);
    for (uint32_t i = 0; i < model->policy_count; i++)
        run->reached[i] = wp_alloc_array(arena, (size_t)model->policies[i].rule_count + 1,
                                         sizeof *run->reached[i]);
    for (uint32_t i = 0; i < model->file_count; i++)
        for (const struct wp_declaration *at = model->files[i]->declarations; at; at = at->next) {
            struct wp_test_result result = {.test = at, .count = count_cases(at)};

            for (const struct wp_case *test = at->cases; test; test = test->next) {
                result.name = at->name->text;
                result.number++;
                if (!run_case(&runner, test, &result))
                    return false;
                report(context, &result);
            }
        }
    return true;
}
