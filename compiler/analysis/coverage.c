#include "compiler/analysis/coverage.h"
#include "compiler/analysis/prove.h"
#include "compiler/analysis/vector.h"
#include "compiler/analysis/witness.h"
#include "compiler/network.h"

#include <string.h>

#define MANY_SIBLINGS 512 /* of one condition: beyond, whether it settles is undecided */
#define MANY_MEMBERS 64   /* of one condition, for regions */
#define RECENT_TESTS 32   /* that are looked at before another one is made */

/* A request that came to the rule at hand, with these conditions true or false. */
struct goal {
    struct wp_wanted *wanted;
    uint32_t count;
};

struct made_test {
    struct wp_request request;
    struct wp_suite_verdict verdict;
    const char *text;
};

struct cover {
    struct wp_coverage *coverage;
    struct wp_arena *arena;
    const struct wp_model *model;
    const struct wp_suite *suite;
    const struct wp_analysis_options *options; /* or NULL */
    struct wp_prover prover;
    size_t item_room, test_room, made_room;
    struct made_test *made; /* as many as coverage->tests */
    /* the rule at hand */
    struct wp_view *view;
    uint32_t policy, rule;
    /* what must hold for the condition at hand to settle it */
    struct wp_wanted *siblings;
    uint32_t sibling_count;
};

/* ---- is it reached? ------------------------------------------------------------------ */

static bool
reaches(const struct cover *cover, const struct wp_request *request,
        const struct wp_suite_verdict *verdict, const struct goal *goal)
{
    if (verdict->from.policy != cover->policy || verdict->from.rule < cover->rule)
        return false;
    for (uint32_t i = 0; i < goal->count; i++) {
        enum wp_truth wanted = goal->wanted[i].negated ? WP_FALSE : WP_TRUE;
        if (wp_walk_test(cover->model, goal->wanted[i].test, request) != wanted)
            return false;
    }
    return true;
}

static bool
is_reached(const struct cover *cover, const struct goal *goal)
{
    for (size_t i = 0; i < cover->suite->count; i++) {
        const struct wp_suite_case *test = &cover->suite->cases[i];
        if (reaches(cover, &test->request, &test->verdict, goal))
            return true;
    }
    return false;
}

/* One of the tests made so far that reaches it, or NULL. */
static const char *
find_made(const struct cover *cover, const struct goal *goal)
{
    size_t count = cover->coverage->test_count;

    for (size_t i = count; i > 0 && count - i < RECENT_TESTS; i--) {
        if (reaches(cover, &cover->made[i - 1].request, &cover->made[i - 1].verdict, goal))
            return cover->made[i - 1].text;
    }
    return NULL;
}

static const char *
make_test(struct cover *cover, const char *name, const struct wp_point *witness)
{
    struct wp_coverage *coverage = cover->coverage;
    struct wp_point *point = wp_point_copy(cover->arena, witness);
    struct made_test made = {.request = wp_suite_request(point)};

    made.verdict.from =
        (struct wp_source_of_decision){cover->policy, wp_view_decider(cover->view, point, 0)};
    made.text = wp_witness_test(cover->arena, cover->model, &cover->view->traits, name, point,
                                cover->view->policy, made.verdict.from.rule);
    coverage->tests = wp_vector_reserve(cover->arena, coverage->tests, &cover->test_room,
                                        coverage->test_count + 1, sizeof *coverage->tests);
    cover->made = wp_vector_reserve(cover->arena, cover->made, &cover->made_room,
                                    coverage->test_count + 1, sizeof *cover->made);
    cover->made[coverage->test_count] = made;
    coverage->tests[coverage->test_count++] = made.text;
    return made.text;
}

/* A test that would reach it; NULL when no request can, or that is undecided. */
static const char *
reach(struct cover *cover, const struct goal *goal, const char *name)
{
    struct wp_avoided avoided = {cover->view->index, 0, cover->rule, NULL};
    struct wp_question question = {goal->wanted,       goal->count,         &avoided, 1,
                                   &cover->view->apps, &cover->view->traits};
    const struct wp_point *point;
    const char *made = find_made(cover, goal);

    if (made)
        return made;
    enum wp_answer answer = wp_ask(cover->prover.asker, &question, &point);
    cover->coverage->undecided += answer == WP_ANSWER_UNDECIDED;
    return answer == WP_ANSWER_YES ? make_test(cover, name, point) : NULL;
}

/* Counts the item if it is reached or can be. */
static void
cover_item(struct cover *cover, struct wp_covered_item item, const struct goal *goal,
           const char *name)
{
    struct wp_coverage *coverage = cover->coverage;

    item.policy = cover->policy;
    item.rule = cover->rule;
    item.is_seen = is_reached(cover, goal);
    item.is_decided = coverage->rules[coverage->rule_count - 1].tests > 0;
    item.test = item.is_seen ? NULL : reach(cover, goal, name);
    if (!item.is_seen && !item.test)
        return;
    coverage->items = wp_vector_reserve(cover->arena, coverage->items, &cover->item_room,
                                        coverage->item_count + 1, sizeof *coverage->items);
    coverage->items[coverage->item_count++] = item;
    coverage->counts[item.kind]++;
    coverage->seen[item.kind] += item.is_seen;
}

/* ---- conditions ------------------------------------------------------------------------ */

static void
cover_value(struct cover *cover, const struct wp_test *condition, bool value)
{
    const char *rule = wp_view_rule_name(cover->view, cover->rule);
    const char *word = value ? "true" : "false";
    struct wp_covered_item item = {.condition = condition, .value = value};
    struct wp_wanted alone = {condition, !value};
    struct goal goal = {&alone, 1};

    item.kind = WP_COVERED_VALUE;
    cover_item(cover, item, &goal, wp_format(cover->arena, "%s: a condition is %s", rule, word));
    if (cover->sibling_count >= MANY_SIBLINGS) {
        cover->coverage->undecided++;
        return;
    }
    item.kind = WP_COVERED_SETTLES;
    cover->siblings[cover->sibling_count] = alone;
    goal = (struct goal){cover->siblings, cover->sibling_count + 1};
    cover_item(cover, item, &goal,
               wp_format(cover->arena, "%s: a condition alone is %s", rule, word));
}

/* A condition settles what it is a part of when the other parts of each `and`
 * above it are true, and those of each `or` false. */
static void
cover_conditions(struct cover *cover, const struct wp_test *test)
{
    uint32_t outer = cover->sibling_count;

    for (uint32_t i = 0; i < test->part_count; i++) {
        for (uint32_t k = 0; k < test->part_count; k++) {
            if (k != i && cover->sibling_count < MANY_SIBLINGS)
                cover->siblings[cover->sibling_count++] =
                    (struct wp_wanted){test->parts[k], test->kind == WP_TEST_OR};
        }
        cover_conditions(cover, test->parts[i]);
        cover->sibling_count = outer;
    }
    if (test->part_count || test->kind == WP_TEST_TRUE || test->kind == WP_TEST_FALSE)
        return;
    cover_value(cover, test, true);
    cover_value(cover, test, false);
}

/* ---- regions ----------------------------------------------------------------------------- */

static void
cover_member(struct cover *cover, const struct wp_test *member, const char *name)
{
    struct wp_covered_item item = {.kind = WP_COVERED_REGION, .member = name};
    struct wp_wanted wanted[2] = {{member, false}};
    struct goal goal = {wanted, 1};

    if (cover->rule < cover->view->policy->rule_count)
        wanted[goal.count++] = wp_view_wanted(cover->view, cover->rule);
    cover_item(
        cover, item, &goal,
        wp_format(cover->arena, "%s: %s", wp_view_rule_name(cover->view, cover->rule), name));
}

static void
cover_devices(struct cover *cover, uint64_t mask)
{
    for (uint32_t i = 1; i < cover->model->device_count; i++) {
        struct wp_test member = {.kind = WP_TEST_DEVICE, .mask = UINT64_C(1) << i};
        if (mask & member.mask)
            cover_member(cover, &member,
                         wp_format(cover->arena, "device %s", cover->model->devices[i].name));
    }
}

static void
cover_ids(struct cover *cover, enum wp_test_kind kind, const struct wp_ids *ids)
{
    for (uint32_t i = 0; i < ids->count && i < MANY_MEMBERS; i++) {
        uint32_t id = ids->ids[i];
        struct wp_test member = {.kind = kind, .ids = {&id, 1}};
        cover_member(cover, &member,
                     kind == WP_TEST_GROUP
                         ? wp_format(cover->arena, "group %s", cover->model->groups[id].name)
                         : wp_format(cover->arena, "app %s", cover->model->apps[id].name));
    }
}

/* The named networks that lie in a set of addresses, unless there is only one. */
static void
cover_networks(struct cover *cover, uint32_t network)
{
    const struct wp_model *model = cover->model;
    uint32_t inside[MANY_MEMBERS], count = 0;

    for (uint32_t i = 0; i < model->named_network_count && count < MANY_MEMBERS; i++) {
        const struct wp_network *named = &model->networks[model->named_networks[i].network];
        if (!wp_network_is_empty(named) && wp_network_is_within(named, &model->networks[network]))
            inside[count++] = i;
    }
    for (uint32_t i = 0; count > 1 && i < count; i++) {
        const struct wp_named_network *named = &model->named_networks[inside[i]];
        struct wp_test member = {.kind = WP_TEST_NETWORK, .network = named->network};
        cover_member(cover, &member, wp_format(cover->arena, "network %s", named->name));
    }
}

/* What a rule names, several at a time: each should be tried. */
static void
cover_regions(struct cover *cover, const struct wp_test *test)
{
    switch (test->kind) {
    case WP_TEST_AND:
    case WP_TEST_OR:
        for (uint32_t i = 0; i < test->part_count; i++)
            cover_regions(cover, test->parts[i]);
        break;
    case WP_TEST_DEVICE:
        if (!(test->mask & 1) && (test->mask & (test->mask - 1)))
            cover_devices(cover, test->mask);
        break;
    case WP_TEST_GROUP:
        if (test->ids.count > 1)
            cover_ids(cover, WP_TEST_GROUP, &test->ids);
        break;
    case WP_TEST_APP:
        if (!test->others && test->ids.count > 1)
            cover_ids(cover, WP_TEST_APP, &test->ids);
        break;
    case WP_TEST_NETWORK:
        cover_networks(cover, test->network);
        break;
    case WP_TEST_TRUE:
    case WP_TEST_FALSE:
    case WP_TEST_NOT:
    case WP_TEST_POSTURE:
    case WP_TEST_USER:
        break;
    }
}

/* All device types and groups that the condition names. */
static void
collect(const struct wp_test *test, uint64_t *devices, uint8_t *groups)
{
    for (uint32_t i = 0; i < test->part_count; i++)
        collect(test->parts[i], devices, groups);
    if (test->kind == WP_TEST_DEVICE)
        *devices |= test->mask;
    for (uint32_t i = 0; test->kind == WP_TEST_GROUP && i < test->ids.count; i++)
        groups[test->ids.ids[i]] = 1;
}

/* Of what the rules name, what falls to otherwise? */
static void
cover_rest(struct cover *cover)
{
    const struct wp_policy *policy = cover->view->policy;
    uint8_t *named = wp_alloc_array(cover->arena, (size_t)cover->model->group_count + 1, 1);
    uint32_t ids[MANY_MEMBERS];
    struct wp_ids groups = {ids, 0};
    uint64_t devices = 0;

    for (uint32_t i = 0; i < policy->rule_count; i++) {
        if (!policy->rules[i].report)
            collect(policy->rules[i].when, &devices, named);
    }
    for (uint32_t i = 0; i < cover->model->group_count && groups.count < MANY_MEMBERS; i++) {
        if (named[i])
            ids[groups.count++] = i;
    }
    cover_devices(cover, devices);
    cover_ids(cover, WP_TEST_GROUP, &groups);
}

/* ---- rules -------------------------------------------------------------------------------- */

static uint32_t
count_tests(const struct cover *cover)
{
    uint32_t count = 0;

    for (size_t i = 0; i < cover->suite->count; i++) {
        const struct wp_suite_verdict *verdict = &cover->suite->cases[i].verdict;
        count += verdict->from.policy == cover->policy && verdict->from.rule == cover->rule &&
                 !verdict->is_unknown;
    }
    return count;
}

static void
cover_rule(struct cover *cover)
{
    struct wp_coverage *coverage = cover->coverage;
    struct wp_covered_rule covered = {cover->policy, cover->rule, count_tests(cover), NULL};
    const struct wp_policy *policy = cover->view->policy;
    bool is_rule = cover->rule < policy->rule_count;
    struct wp_wanted wanted = {0};
    struct goal goal = {&wanted, is_rule};

    if (is_rule)
        wanted = wp_view_wanted(cover->view, cover->rule);
    if (covered.tests == 0) {
        covered.test = reach(
            cover, &goal,
            wp_format(cover->arena, "%s decides", wp_view_rule_name(cover->view, cover->rule)));
        if (!covered.test)
            return;
    }
    coverage->rules[coverage->rule_count++] = covered;
    coverage->rules_hit += covered.tests > 0;
    if (is_rule) {
        cover_conditions(cover, policy->rules[cover->rule].when);
        cover_regions(cover, policy->rules[cover->rule].when);
    } else {
        cover_rest(cover);
    }
}

static void
show_progress(const struct cover *cover, size_t done, size_t total)
{
    if (cover->options && cover->options->progress && done % 16 == 0)
        cover->options->progress(cover->options->progress_context, "covering rule", done, total);
}

void
wp_cover(struct wp_coverage *coverage, struct wp_arena *arena, const struct wp_model *model,
         const struct wp_suite *suite, const struct wp_analysis_options *options)
{
    struct cover cover = {
        .coverage = coverage, .arena = arena, .model = model, .suite = suite, .options = options};
    size_t total = 0;

    *coverage = (struct wp_coverage){0};
    wp_prover_init(&cover.prover, arena, model, options);
    cover.siblings = wp_alloc_array(arena, MANY_SIBLINGS + 1, sizeof *cover.siblings);
    for (uint32_t i = 0; i < model->policy_count; i++)
        total += (size_t)model->policies[i].rule_count + 1;
    coverage->rules = wp_alloc_array(arena, total + 1, sizeof *coverage->rules);
    for (cover.policy = 0; cover.policy < model->policy_count; cover.policy++) {
        cover.view = wp_prover_view(&cover.prover, cover.policy);
        uint32_t count = cover.view->policy->rule_count;
        for (cover.rule = 0; cover.rule <= count; cover.rule++) {
            show_progress(&cover, cover.rule, count);
            if (cover.rule == count || !cover.view->policy->rules[cover.rule].report)
                cover_rule(&cover);
        }
    }
}
