#include "compiler/analysis/point.h"

#include <string.h>

static bool
has_v4(const struct wp_network *network, uint32_t address)
{
    uint32_t low = 0, high = network->v4_count;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (network->v4[middle].high < address)
            low = middle + 1;
        else
            high = middle;
    }
    return low < network->v4_count && network->v4[low].low <= address;
}

static bool
is_below(struct wp_address6 a, struct wp_address6 b)
{
    return a.high < b.high || (a.high == b.high && a.low < b.low);
}

static bool
has_v6(const struct wp_network *network, struct wp_address6 address)
{
    uint32_t low = 0, high = network->v6_count;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (is_below(network->v6[middle].high, address))
            low = middle + 1;
        else
            high = middle;
    }
    return low < network->v6_count && !is_below(address, network->v6[low].low);
}

bool
wp_point_is_in(const struct wp_network *network, const struct wp_point *point)
{
    switch (point->family) {
    case WP_FAMILY_ABSENT:
        return network->absent;
    case WP_FAMILY_V4:
        return has_v4(network, point->v4);
    case WP_FAMILY_V6:
        return has_v6(network, point->v6);
    }
    return false;
}

static bool
holds_any(const struct wp_point *point, const struct wp_ids *groups)
{
    for (uint32_t i = 0; i < point->group_count; i++) {
        if (wp_ids_have(groups, point->groups[i]))
            return true;
    }
    return false;
}

static bool
is_member(const struct wp_test *test, uint32_t id)
{
    return id == WP_NONE ? test->others : wp_ids_have(&test->ids, id);
}

bool
wp_point_meets(const struct wp_model *model, const struct wp_test *test,
               const struct wp_point *point)
{
    switch (test->kind) {
    case WP_TEST_TRUE:
        return true;
    case WP_TEST_FALSE:
        return false;
    case WP_TEST_AND:
        for (uint32_t i = 0; i < test->part_count; i++) {
            if (!wp_point_meets(model, test->parts[i], point))
                return false;
        }
        return true;
    case WP_TEST_OR:
        for (uint32_t i = 0; i < test->part_count; i++) {
            if (wp_point_meets(model, test->parts[i], point))
                return true;
        }
        return false;
    case WP_TEST_NOT:
        return !wp_point_meets(model, test->parts[0], point);
    case WP_TEST_NETWORK:
        return wp_point_is_in(&model->networks[test->network], point);
    case WP_TEST_DEVICE:
        return test->mask >> point->device & 1;
    case WP_TEST_POSTURE:
        return test->mask >> point->posture & 1;
    case WP_TEST_APP:
        return is_member(test, point->app);
    case WP_TEST_USER:
        return is_member(test, point->user);
    case WP_TEST_GROUP:
        return holds_any(point, &test->ids);
    }
    return false;
}

uint32_t
wp_point_policy(const struct wp_model *model, const struct wp_point *point)
{
    if (point->app != WP_NONE && model->app_policy[point->app] != WP_NONE)
        return model->app_policy[point->app];
    return model->default_policy;
}

uint32_t
wp_point_rule(const struct wp_model *model, const struct wp_policy *policy,
              const struct wp_point *point, uint32_t from)
{
    for (uint32_t i = from; i < policy->rule_count; i++) {
        const struct wp_model_rule *rule = &policy->rules[i];
        if (!rule->report && wp_point_meets(model, rule->folded, point))
            return i;
    }
    return policy->rule_count;
}

const struct wp_decision *
wp_policy_decision(const struct wp_policy *policy, uint32_t rule)
{
    return rule < policy->rule_count ? &policy->rules[rule].decision : &policy->otherwise.decision;
}

static bool
same_steps(const struct wp_alternative *a, const struct wp_alternative *b)
{
    if (a->count != b->count)
        return false;
    for (uint32_t i = 0; i < a->count; i++) {
        const struct wp_step *x = &a->steps[i], *y = &b->steps[i];
        if (x->count != y->count || memcmp(x->methods, y->methods, x->count * sizeof *x->methods))
            return false;
    }
    return true;
}

static bool
same_chain(const struct wp_model *model, uint32_t a, uint32_t b)
{
    if (a == b)
        return true;
    if (a == WP_NONE || b == WP_NONE)
        return false;
    const struct wp_model_chain *x = &model->chains[a], *y = &model->chains[b];
    if (x->count != y->count)
        return false;
    for (uint32_t i = 0; i < x->count; i++) {
        if (!same_steps(&x->alternatives[i], &y->alternatives[i]))
            return false;
    }
    return true;
}

bool
wp_same_decision(const struct wp_model *model, const struct wp_decision *a,
                 const struct wp_decision *b)
{
    if (a == b)
        return true;
    if (a->effect != b->effect || a->reauth_seconds != b->reauth_seconds)
        return false;
    if (!a->message != !b->message || (a->message && strcmp(a->message, b->message) != 0))
        return false;
    return same_chain(model, a->chain, b->chain);
}

struct wp_point *
wp_point_copy(struct wp_arena *arena, const struct wp_point *point)
{
    struct wp_point *copy = wp_alloc(arena, sizeof *copy);
    *copy = *point;
    copy->groups = wp_alloc_array(arena, (size_t)point->group_count + 1, sizeof *copy->groups);
    memcpy(copy->groups, point->groups, point->group_count * sizeof *copy->groups);
    return copy;
}
