/* Differences between versions, against all requests of small random models. */
#include "compiler/analysis/diff.h"
#include "tests/unit/tiny_model.h"

#include <criterion/criterion.h>
#include <string.h>

#define RULES 8

static void
edit(struct tiny *tiny)
{
    struct wp_policy *policy = &tiny->model->policies[0];
    uint32_t at = tiny_random(tiny, policy->rule_count);
    struct wp_model_rule *rules = policy->rules, kept = rules[at];

    switch (tiny_random(tiny, 5)) {
    case 0:
        rules[at].decision.effect = kept.decision.effect == WP_DENY ? WP_ALLOW : WP_DENY;
        break;
    case 1:
        rules[at].folded = rules[at].when = tiny_condition(tiny);
        break;
    case 2:
        if (at + 1 < policy->rule_count) {
            rules[at] = rules[at + 1];
            rules[at + 1] = kept;
        }
        break;
    case 3:
        memmove(&rules[at], &rules[at + 1], (policy->rule_count - at - 1) * sizeof *rules);
        policy->rule_count--;
        break;
    default:
        rules[at].report = !kept.report;
        break;
    }
}

struct versions {
    const struct tiny *old, *new;
    const struct wp_diff *diff;
};

static uint32_t
decider(const struct tiny *tiny, const struct wp_point *point)
{
    return wp_point_rule(tiny->model, &tiny->model->policies[0], point, 0);
}

static enum wp_effect
effect(const struct tiny *tiny, const struct wp_point *point)
{
    return wp_policy_decision(&tiny->model->policies[0], decider(tiny, point))->effect;
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
check_point(const struct versions *versions, const struct wp_point *point)
{
    enum wp_effect before = effect(versions->old, point), after = effect(versions->new, point);
    uint32_t old_rule = decider(versions->old, point), new_rule = decider(versions->new, point);
    bool found = false;

    for (uint32_t i = 0; i < versions->diff->count; i++) {
        const struct wp_region *region = &versions->diff->regions[i];
        bool alike = wp_region_before(versions->diff, region)->effect == before &&
                     wp_region_after(versions->diff, region)->effect == after;
        if (is_in_box(&region->box, point))
            cr_assert(alike, "a request in the box is decided otherwise");
        found = found || (alike && (region->old_is_cause ? region->old_rule == old_rule
                                                         : region->new_rule == new_rule));
    }
    cr_assert_eq(found || before == after, true, "no region for a request that differs");
    cr_assert(before == after || !versions->diff->is_equal);
}

static void
check_versions(uint64_t seed, uint32_t edits)
{
    struct tiny *old = tiny_new(seed, RULES, false), *new = tiny_new(seed, RULES, false);
    struct versions versions = {old, new, NULL};
    struct wp_diff diff;
    struct wp_point point;

    for (uint32_t i = 0; i < edits; i++)
        edit(new);
    cr_assert(wp_diff_models(&diff, new->arena, old->model, new->model, NULL));
    cr_assert_eq(diff.undecided, 0);
    versions.diff = &diff;
    for (uint32_t i = 0; i < diff.count; i++) {
        const struct wp_point *witness = diff.regions[i].witness;
        cr_assert_neq(effect(old, witness), effect(new, witness), "a witness that does not differ");
        cr_assert(is_in_box(&diff.regions[i].box, witness));
        cr_assert(diff.regions[i].box.is_whole);
    }
    for (size_t n = 0; n < tiny_point_count(new); n++) {
        tiny_point(new, n, &point);
        check_point(&versions, &point);
    }
    tiny_free(old);
    tiny_free(new);
}

Test(diff, agrees_with_all_requests)
{
    for (uint64_t seed = 1; seed <= 120; seed++)
        check_versions(seed, (uint32_t)(seed % 5));
}
