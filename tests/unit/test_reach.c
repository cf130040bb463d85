/* What check says of each rule, against all requests of small random models. */
#include "compiler/analysis/analysis.h"
#include "tests/unit/tiny_model.h"

#include <criterion/criterion.h>
#include <string.h>

#define RULES 10

/* What is true of a rule. */
struct truth {
    bool matches, decides, matters;
    uint32_t takers[1u << 12]; /* sets of earlier rules that match a request of it */
    uint32_t count;
};

static uint32_t
decider(const struct tiny *tiny, const struct wp_point *point, uint32_t without)
{
    const struct wp_policy *policy = &tiny->model->policies[0];
    uint32_t rule = wp_point_rule(tiny->model, policy, point, 0);
    return rule == without ? wp_point_rule(tiny->model, policy, point, rule + 1) : rule;
}

static void
look_at(const struct tiny *tiny, const struct wp_point *point, struct truth *truths)
{
    const struct wp_policy *policy = &tiny->model->policies[0];
    uint32_t matching = 0;

    for (uint32_t i = 0; i < policy->rule_count; i++) {
        if (wp_point_meets(tiny->model, policy->rules[i].folded, point)) {
            uint32_t earlier = matching, k = 0;
            truths[i].matches = true;
            while (k < truths[i].count && truths[i].takers[k] != earlier)
                k++;
            truths[i].takers[k] = earlier;
            truths[i].count += k == truths[i].count;
            matching |= policy->rules[i].report ? 0 : 1u << i;
        }
    }
    uint32_t rule = decider(tiny, point, WP_NONE);
    if (rule == policy->rule_count)
        return;
    truths[rule].decides = true;
    if (!wp_same_decision(tiny->model, wp_policy_decision(policy, rule),
                          wp_policy_decision(policy, decider(tiny, point, rule))))
        truths[rule].matters = true;
}

static const struct wp_diagnostic *
finding_about(const struct wp_diagnostics *list, enum wp_diagnostic_kind kind, const char *rule)
{
    for (const struct wp_diagnostic *at = list->first; at; at = at->next) {
        if (at->kind == kind && at->rule && strcmp(at->rule, rule) == 0)
            return at;
    }
    return NULL;
}

static bool
covers(const struct truth *truth, uint32_t rules)
{
    for (uint32_t i = 0; i < truth->count; i++) {
        if (!(truth->takers[i] & rules))
            return false;
    }
    return true;
}

static void
check_cover(const struct wp_diagnostic *finding, const struct truth *truth)
{
    uint32_t cover = 0;

    for (size_t i = 0; i < finding->by_count; i++)
        cover |= 1u << strtoul(finding->by[i] + 1, NULL, 10);
    cr_assert(covers(truth, cover));
    for (uint32_t i = 0; i < RULES; i++)
        cr_assert(!(cover >> i & 1) || !covers(truth, cover & ~(1u << i)));
    cr_assert_not_null(finding->witness);
}

static void
check_rule(const struct tiny *tiny, const struct wp_diagnostics *list, uint32_t number,
           const struct truth *truth)
{
    const struct wp_model_rule *rule = &tiny->model->policies[0].rules[number];
    const struct wp_diagnostic *dead = finding_about(list, WP_E_SHADOWED, rule->name);
    const struct wp_diagnostic *empty = finding_about(list, WP_E_EMPTY_CONDITION, rule->name);
    const struct wp_diagnostic *idle = finding_about(list, WP_E_REDUNDANT, rule->name);

    cr_assert_eq(empty != NULL, !truth->matches, "%s", rule->name);
    if (rule->report) {
        cr_assert_null(dead);
        cr_assert_null(idle);
        return;
    }
    cr_assert_eq(dead != NULL, truth->matches && !truth->decides, "%s", rule->name);
    cr_assert_eq(idle != NULL, truth->decides && !truth->matters, "%s", rule->name);
    if (dead)
        check_cover(dead, truth);
}

static void
check_model(uint64_t seed, bool assumptions)
{
    static struct truth truths[RULES];
    struct tiny *tiny = tiny_new(seed, RULES, assumptions);
    const struct wp_analysis_options options = {.all_notes = true};
    struct wp_diagnostics list;
    struct wp_sources sources;
    struct wp_point point;

    wp_sources_init(&sources, tiny->arena);
    wp_diagnostics_init(&list, tiny->arena, &sources);
    memset(truths, 0, sizeof truths);
    for (size_t n = 0; n < tiny_point_count(tiny); n++) {
        tiny_point(tiny, n, &point);
        if (tiny_is_possible(tiny, &point))
            look_at(tiny, &point, truths);
    }
    wp_analyse(&list, tiny->model, &options);
    for (uint32_t i = 0; i < RULES; i++)
        check_rule(tiny, &list, i, &truths[i]);
    tiny_free(tiny);
}

Test(reach, agrees_with_all_requests)
{
    for (uint64_t seed = 0; seed < 200; seed++)
        check_model(seed, seed % 2);
}
