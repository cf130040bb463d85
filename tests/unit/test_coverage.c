/* What coverage counts as reachable, held against every request of small models. */
#include "compiler/analysis/coverage.h"
#include "tests/unit/tiny_model.h"

#include <criterion/criterion.h>

/* Every request that may be, and who decides it. */
struct world {
    struct tiny *tiny;
    const struct wp_policy *policy;
    struct wp_point *points;
    uint32_t *deciders;
    size_t count;
};

static void
make_world(struct world *world, struct tiny *tiny)
{
    size_t total = tiny_point_count(tiny);

    *world = (struct world){.tiny = tiny, .policy = &tiny->model->policies[0]};
    world->points = wp_alloc_array(tiny->arena, total, sizeof *world->points);
    world->deciders = wp_alloc_array(tiny->arena, total, sizeof *world->deciders);
    for (size_t i = 0; i < total; i++) {
        struct wp_point point;
        tiny_point(tiny, i, &point);
        if (!tiny_is_possible(tiny, &point))
            continue;
        world->points[world->count] = *wp_point_copy(tiny->arena, &point);
        world->deciders[world->count++] = wp_point_rule(tiny->model, world->policy, &point, 0);
    }
}

/* The condition's value with that leaf of it replaced by a value. */
static bool
value_with(const struct world *world, const struct wp_test *test, const struct wp_test *leaf,
           bool value, const struct wp_point *point)
{
    if (test == leaf)
        return value;
    if (test->part_count == 0)
        return wp_point_meets(world->tiny->model, test, point);
    if (test->kind == WP_TEST_NOT)
        return !value_with(world, test->parts[0], leaf, value, point);
    for (uint32_t i = 0; i < test->part_count; i++) {
        if (value_with(world, test->parts[i], leaf, value, point) == (test->kind == WP_TEST_OR))
            return test->kind == WP_TEST_OR;
    }
    return test->kind == WP_TEST_AND;
}

/* Does some request come to the rule with that value of the leaf, and, if it is to
 * settle the rule, would the rule go the other way with the other value? */
static bool
is_reachable(const struct world *world, uint32_t rule, const struct wp_test *leaf, bool value,
             bool settles)
{
    const struct wp_test *when = world->policy->rules[rule].when;

    for (size_t i = 0; i < world->count; i++) {
        const struct wp_point *point = &world->points[i];
        if (world->deciders[i] < rule || wp_point_meets(world->tiny->model, leaf, point) != value)
            continue;
        if (!settles || value_with(world, when, leaf, true, point) !=
                            value_with(world, when, leaf, false, point))
            return true;
    }
    return false;
}

static void
count_leaves(const struct world *world, uint32_t rule, const struct wp_test *test, size_t *counts)
{
    for (uint32_t i = 0; i < test->part_count; i++)
        count_leaves(world, rule, test->parts[i], counts);
    if (test->part_count || test->kind == WP_TEST_TRUE || test->kind == WP_TEST_FALSE)
        return;
    for (int value = 0; value < 2; value++) {
        counts[WP_COVERED_VALUE] += is_reachable(world, rule, test, value, false);
        counts[WP_COVERED_SETTLES] += is_reachable(world, rule, test, value, true);
    }
}

static bool
can_decide(const struct world *world, uint32_t rule)
{
    for (size_t i = 0; i < world->count; i++) {
        if (world->deciders[i] == rule)
            return true;
    }
    return false;
}

static void
check_model(uint64_t seed)
{
    struct tiny *tiny = tiny_new(seed, 6, seed % 2 == 1);
    struct wp_suite suite = {0};
    struct wp_coverage coverage;
    size_t rules = 0, counts[WP_COVERED_KINDS] = {0};
    struct world world;

    make_world(&world, tiny);
    for (uint32_t i = 0; i <= world.policy->rule_count; i++) {
        if ((i < world.policy->rule_count && world.policy->rules[i].report) ||
            !can_decide(&world, i))
            continue;
        rules++;
        if (i < world.policy->rule_count)
            count_leaves(&world, i, world.policy->rules[i].when, counts);
    }
    wp_cover(&coverage, tiny->arena, tiny->model, &suite, NULL);
    cr_expect_eq(coverage.undecided, 0);
    cr_expect_eq(coverage.rule_count, rules, "seed %llu: %zu rules, not %zu",
                 (unsigned long long)seed, coverage.rule_count, rules);
    for (int kind = WP_COVERED_VALUE; kind <= WP_COVERED_SETTLES; kind++)
        cr_expect_eq(coverage.counts[kind], counts[kind], "seed %llu: %zu of kind %d, not %zu",
                     (unsigned long long)seed, coverage.counts[kind], kind, counts[kind]);
    for (size_t i = 0; i < coverage.item_count; i++)
        cr_expect(!coverage.items[i].is_seen && coverage.items[i].test);
    tiny_free(tiny);
}

Test(coverage, counts_what_requests_can_reach)
{
    for (uint64_t seed = 1; seed <= 60; seed++)
        check_model(seed);
}
