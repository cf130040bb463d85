#include "compiler/cli/test_quality.h"

#include <stdio.h>

#include "compiler/analysis/coverage.h"
#include "compiler/analysis/mutate.h"
#include "compiler/analysis/text.h"
#include "compiler/cli/analysis_options.h"
#include "compiler/cli/junit.h"
#include "compiler/cli/output.h"

#define MANY_MUTANTS 2000

struct quality {
    const struct wp_invocation *invocation;
    struct wp_arena *arena;
    const struct wp_model *model;
    struct wp_suite suite;
    bool with_coverage, with_mutants, with_tests;
    struct wp_coverage coverage;
    struct wp_mutants mutants;
};

bool
wp_asks_test_quality(const struct wp_invocation *invocation)
{
    return wp_has_option(invocation, "coverage") || wp_has_option(invocation, "mutate") ||
           wp_has_option(invocation, "generate");
}

static const char *
rule_name(const struct quality *quality, uint32_t policy, uint32_t rule)
{
    const struct wp_policy *p = &quality->model->policies[policy];
    return rule < p->rule_count ? p->rules[rule].name : "otherwise";
}

/* What a condition says, as written; one that folding made has no text. */
static const char *
condition_text(const struct quality *quality, const struct wp_covered_item *value)
{
    const struct wp_test *test = value->condition;
    struct wp_span span = test->source ? test->source->span : test->span;
    return wp_source_text(quality->arena, quality->model->sources, span);
}

static unsigned
percent(size_t part, size_t whole)
{
    return whole ? (unsigned)(part * 100 / whole) : 100;
}

/* ---- for a person -------------------------------------------------------------------- */

static void
print_share(const char *what, const struct wp_coverage *c, enum wp_covered_kind kind,
            const char *reached)
{
    (void)printf("%-10s %zu of %zu %s (%u %%)\n", what, c->seen[kind], c->counts[kind], reached,
                 percent(c->seen[kind], c->counts[kind]));
}

static void
print_missing_value(const struct quality *quality, const struct wp_covered_item *item)
{
    const char *policy = quality->model->policies[item->policy].name;
    const char *rule = rule_name(quality, item->policy, item->rule);
    const char *value = item->value ? "true" : "false";
    const char *text = condition_text(quality, item);

    if (item->kind == WP_COVERED_VALUE)
        (void)printf("  never %s at %s.%s: %s\n", value, policy, rule, text);
    else
        (void)printf("  never settles %s.%s by being %s: %s\n", policy, rule, value, text);
}

/* All of one rule in one line. */
static void
print_missing_region(const struct quality *quality, const struct wp_covered_item *item,
                     const struct wp_covered_item *last)
{
    if (last && last->policy == item->policy && last->rule == item->rule)
        (void)printf(", %s", item->member);
    else
        (void)printf("%s  not reached of %s.%s: %s", last ? "\n" : "",
                     quality->model->policies[item->policy].name,
                     rule_name(quality, item->policy, item->rule), item->member);
}

/* Items of rules that no test is decided by follow from that; of these only
 * values are shown. */
static void
print_missing(const struct quality *quality)
{
    const struct wp_coverage *c = &quality->coverage;
    const struct wp_covered_item *last = NULL;

    for (size_t i = 0; i < c->item_count; i++) {
        const struct wp_covered_item *item = &c->items[i];
        if (!item->is_seen && item->kind != WP_COVERED_REGION &&
            (item->is_decided || item->kind == WP_COVERED_VALUE))
            print_missing_value(quality, item);
    }
    for (size_t i = 0; i < c->item_count; i++) {
        const struct wp_covered_item *item = &c->items[i];
        if (item->is_seen || item->kind != WP_COVERED_REGION || !item->is_decided)
            continue;
        print_missing_region(quality, item, last);
        last = item;
    }
    if (last)
        (void)printf("\n");
}

static void
print_coverage(const struct quality *quality)
{
    const struct wp_coverage *c = &quality->coverage;

    (void)printf("rules      %zu of %zu decide a test (%u %%)\n", c->rules_hit, c->rule_count,
                 percent(c->rules_hit, c->rule_count));
    print_share("conditions", c, WP_COVERED_VALUE, "values are seen");
    print_share("settling", c, WP_COVERED_SETTLES, "values alone settle their rule");
    print_share("regions", c, WP_COVERED_REGION, "are reached");
    for (size_t i = 0; i < c->rule_count; i++) {
        if (c->rules[i].tests == 0)
            (void)printf("  no test is decided by %s.%s\n",
                         quality->model->policies[c->rules[i].policy].name,
                         rule_name(quality, c->rules[i].policy, c->rules[i].rule));
    }
    print_missing(quality);
    if (c->undecided)
        (void)printf("  %zu undecided within the budget\n", c->undecided);
    if (c->test_count && !quality->with_tests)
        (void)printf("%zu test%s would reach all of it: --generate\n", c->test_count,
                     c->test_count == 1 ? "" : "s");
}

static void
print_mutants(const struct quality *quality)
{
    const struct wp_mutants *m = &quality->mutants;
    size_t score = m->counts[WP_MUTANT_CAUGHT];
    size_t counted = score + m->counts[WP_MUTANT_SURVIVED] + m->counts[WP_MUTANT_UNDECIDED];

    for (size_t i = 0; i < m->count; i++) {
        const struct wp_mutant *mutant = &m->all[i];
        if (mutant->fate != WP_MUTANT_SURVIVED)
            continue;
        (void)printf("survives: %s.%s %s\n", quality->model->policies[mutant->policy].name,
                     rule_name(quality, mutant->policy, mutant->rule), mutant->change);
        (void)printf("%s\n\n", mutant->test);
    }
    (void)printf("mutants    %zu of %zu are caught (%u %%), %zu survive, %zu change nothing "
                 "(proved), %zu undecided\n",
                 score, counted, percent(score, counted), m->counts[WP_MUTANT_SURVIVED],
                 m->counts[WP_MUTANT_EQUAL], m->counts[WP_MUTANT_UNDECIDED]);
    if (m->left_out)
        (void)printf("           %zu more mutants were not tried\n", m->left_out);
}

static void
print_tests(const struct quality *quality)
{
    const struct wp_coverage *c = &quality->coverage;

    for (size_t i = 0; i < c->test_count; i++)
        (void)printf("%s\n", c->tests[i]);
}

static void
print_human(const struct quality *quality)
{
    if (quality->with_tests)
        print_tests(quality);
    if (quality->with_coverage)
        print_coverage(quality);
    if (quality->with_mutants)
        print_mutants(quality);
    if (quality->suite.unknown && quality->with_coverage)
        (void)printf("unknown    %zu of the tests denied since their groups are incomplete\n",
                     quality->suite.unknown);
}

/* ---- for programs ----------------------------------------------------------------------- */

static json_t *
item_json(const struct quality *quality, const struct wp_covered_item *item)
{
    const char *policy = quality->model->policies[item->policy].name;
    const char *rule = rule_name(quality, item->policy, item->rule);

    if (item->kind == WP_COVERED_REGION)
        return json_pack("{s:s, s:s, s:s, s:b, s:s?}", "policy", policy, "rule", rule, "member",
                         item->member, "seen", item->is_seen, "test", item->test);
    return json_pack("{s:s, s:s, s:s, s:b, s:b, s:s?}", "policy", policy, "rule", rule, "condition",
                     condition_text(quality, item), "value", item->value, "seen", item->is_seen,
                     "test", item->test);
}

static json_t *
items_json(const struct quality *quality, enum wp_covered_kind kind)
{
    const struct wp_coverage *c = &quality->coverage;
    json_t *items = json_array();

    for (size_t i = 0; i < c->item_count; i++) {
        if (c->items[i].kind == kind)
            json_array_append_new(items, item_json(quality, &c->items[i]));
    }
    return items;
}

static json_t *
coverage_json(const struct quality *quality)
{
    const struct wp_coverage *c = &quality->coverage;
    json_t *rules = json_array();

    for (size_t i = 0; i < c->rule_count; i++)
        json_array_append_new(rules,
                              json_pack("{s:s, s:s, s:i, s:s?}", "policy",
                                        quality->model->policies[c->rules[i].policy].name, "rule",
                                        rule_name(quality, c->rules[i].policy, c->rules[i].rule),
                                        "tests", (int)c->rules[i].tests, "test", c->rules[i].test));
    return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:o, s:o, s:o, s:o}",
                     "rules_hit", (json_int_t)c->rules_hit, "rule_count", (json_int_t)c->rule_count,
                     "values_seen", (json_int_t)c->seen[WP_COVERED_VALUE], "value_count",
                     (json_int_t)c->counts[WP_COVERED_VALUE], "settling_seen",
                     (json_int_t)c->seen[WP_COVERED_SETTLES], "settling_count",
                     (json_int_t)c->counts[WP_COVERED_SETTLES], "regions_reached",
                     (json_int_t)c->seen[WP_COVERED_REGION], "region_count",
                     (json_int_t)c->counts[WP_COVERED_REGION], "undecided",
                     (json_int_t)c->undecided, "unknown", (json_int_t)quality->suite.unknown,
                     "rules", rules, "values", items_json(quality, WP_COVERED_VALUE), "settling",
                     items_json(quality, WP_COVERED_SETTLES), "regions",
                     items_json(quality, WP_COVERED_REGION));
}

static json_t *
mutants_json(const struct quality *quality)
{
    static const char *const fates[] = {"caught", "survived", "equal", "undecided"};
    const struct wp_mutants *m = &quality->mutants;
    json_t *all = json_array();

    for (size_t i = 0; i < m->count; i++)
        json_array_append_new(all,
                              json_pack("{s:s, s:s, s:s, s:s, s:s?, s:s?}", "policy",
                                        quality->model->policies[m->all[i].policy].name, "rule",
                                        rule_name(quality, m->all[i].policy, m->all[i].rule),
                                        "change", m->all[i].change, "fate", fates[m->all[i].fate],
                                        "caught_by", m->all[i].caught_by, "test", m->all[i].test));
    return json_pack(
        "{s:i, s:i, s:i, s:i, s:i, s:o}", "caught", (int)m->counts[WP_MUTANT_CAUGHT], "survived",
        (int)m->counts[WP_MUTANT_SURVIVED], "equal", (int)m->counts[WP_MUTANT_EQUAL], "undecided",
        (int)m->counts[WP_MUTANT_UNDECIDED], "left_out", (int)m->left_out, "mutants", all);
}

static int
print_json(const struct quality *quality)
{
    json_t *document = json_object();

    if (quality->with_coverage || quality->with_tests)
        json_object_set_new(document, "coverage", coverage_json(quality));
    if (quality->with_mutants)
        json_object_set_new(document, "mutation", mutants_json(quality));
    return wp_print_json(quality->invocation, document);
}

/* ---- for CI services: what is not reached, and who survives, is a failure ------------- */

/* Where it is said; `span` of no file: nowhere. */
static void
add_case(const struct quality *quality, struct wp_junit_case *cases, size_t *count,
         const struct wp_junit_case *one, struct wp_span span)
{
    struct wp_junit_case *made = &cases[(*count)++];

    *made = *one;
    if (span.file == WP_NO_FILE)
        return;
    made->file = quality->model->sources->files[span.file].name;
    made->line = wp_locate(quality->model->sources, span.file, span.start).line;
}

static struct wp_span
rule_span(const struct quality *quality, uint32_t policy, uint32_t rule)
{
    const struct wp_policy *p = &quality->model->policies[policy];
    return rule < p->rule_count ? p->rules[rule].span : p->span;
}

static const char *
item_name(const struct quality *quality, const struct wp_covered_item *item)
{
    if (item->kind == WP_COVERED_REGION)
        return item->member;
    return wp_format(quality->arena, "%s%s: %s",
                     item->kind == WP_COVERED_SETTLES ? "settles it by being " : "",
                     item->value ? "true" : "false", condition_text(quality, item));
}

static void
add_coverage_cases(const struct quality *quality, struct wp_junit_case *cases, size_t *count)
{
    const struct wp_coverage *c = &quality->coverage;

    for (size_t i = 0; i < c->rule_count; i++) {
        const struct wp_covered_rule *rule = &c->rules[i];
        const char *name =
            wp_format(quality->arena, "%s.%s", quality->model->policies[rule->policy].name,
                      rule_name(quality, rule->policy, rule->rule));
        struct wp_junit_case one = {
            .suite = name,
            .name = "decides",
            .failure = rule->test
                           ? wp_format(quality->arena, "no test is decided by it\n%s", rule->test)
                           : NULL};
        add_case(quality, cases, count, &one, rule_span(quality, rule->policy, rule->rule));
    }
    for (size_t i = 0; i < c->item_count; i++) {
        const struct wp_covered_item *item = &c->items[i];
        struct wp_junit_case one = {
            .suite = wp_format(quality->arena, "%s.%s", quality->model->policies[item->policy].name,
                               rule_name(quality, item->policy, item->rule)),
            .name = item_name(quality, item),
            .failure = item->is_seen
                           ? NULL
                           : wp_format(quality->arena, "no test reaches it\n%s", item->test)};
        add_case(quality, cases, count, &one, rule_span(quality, item->policy, item->rule));
    }
}

static void
add_mutant_cases(const struct quality *quality, struct wp_junit_case *cases, size_t *count)
{
    const struct wp_mutants *m = &quality->mutants;

    for (size_t i = 0; i < m->count; i++) {
        const struct wp_mutant *mutant = &m->all[i];
        struct wp_junit_case one = {.suite =
                                        wp_format(quality->arena, "%s.%s",
                                                  quality->model->policies[mutant->policy].name,
                                                  rule_name(quality, mutant->policy, mutant->rule)),
                                    .name = mutant->change};
        if (mutant->fate == WP_MUTANT_SURVIVED)
            one.failure =
                wp_format(quality->arena, "survives: no test notices it\n%s", mutant->test);
        if (mutant->fate == WP_MUTANT_UNDECIDED)
            one.failure = "undecided: no test notices it, and it may change a decision";
        add_case(quality, cases, count, &one, rule_span(quality, mutant->policy, mutant->rule));
    }
}

static int
print_junit(const struct quality *quality)
{
    const struct wp_coverage *c = &quality->coverage;
    size_t room = c->rule_count + c->item_count + quality->mutants.count, count = 0;
    struct wp_junit_case *cases = wp_alloc_array(quality->arena, room + 1, sizeof *cases);

    if (quality->with_coverage || quality->with_tests)
        add_coverage_cases(quality, cases, &count);
    add_mutant_cases(quality, cases, &count);
    wp_junit_write(stdout, "tests", cases, count);
    return WP_EXIT_DONE;
}

int
wp_test_quality(const struct wp_invocation *invocation, struct wp_opened *policy)
{
    struct quality quality = {.invocation = invocation,
                              .arena = policy->compilation.arena,
                              .model = policy->compilation.model,
                              .with_coverage = wp_has_option(invocation, "coverage"),
                              .with_mutants = wp_has_option(invocation, "mutate"),
                              .with_tests = wp_has_option(invocation, "generate")};
    struct wp_analysis_options options;
    struct wp_progress_line line;
    int status = WP_EXIT_DONE;

    if (!wp_read_analysis_options(invocation, &options, &line))
        return WP_EXIT_USAGE;
    wp_suite_init(&quality.suite, quality.arena, quality.model);
    if (quality.with_coverage || quality.with_tests)
        wp_cover(&quality.coverage, quality.arena, quality.model, &quality.suite, &options);
    if (quality.with_mutants)
        wp_mutate(&quality.mutants, quality.arena, quality.model, &quality.suite, MANY_MUTANTS,
                  &options);
    wp_progress_end(&line);
    if (wp_option_is(invocation, "format", "json"))
        status = print_json(&quality);
    else if (wp_option_is(invocation, "format", "junit"))
        status = print_junit(&quality);
    else
        print_human(&quality);
    if (status == WP_EXIT_DONE && quality.mutants.counts[WP_MUTANT_SURVIVED] > 0)
        status = WP_EXIT_TEST_FAILED;
    return status;
}
