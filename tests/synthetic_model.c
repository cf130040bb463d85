#include "tests/synthetic_model.h"

#include <stdlib.h>

#define DEVICES 12
#define DECISIONS 6

struct maker {
    struct wp_arena *arena;
    struct wp_model *model;
    uint64_t random;
    uint32_t named; /* networks [0, named) are sets, then complements, then sums */
};

static uint32_t
draw(struct maker *maker, uint32_t below)
{
    maker->random ^= maker->random << 13;
    maker->random ^= maker->random >> 7;
    maker->random ^= maker->random << 17;
    return (uint32_t)((maker->random * UINT64_C(0x2545f4914f6cdd1d)) >> 33) % below;
}

static int
compare_ranges(const void *a, const void *b)
{
    const struct wp_range4 *x = a, *y = b;
    return (x->low > y->low) - (x->low < y->low);
}

/* Sorts the ranges and joins those that touch. */
static uint32_t
tidy(struct wp_range4 *ranges, uint32_t count)
{
    uint32_t kept = 0;

    qsort(ranges, count, sizeof *ranges, compare_ranges);
    for (uint32_t i = 0; i < count; i++) {
        if (kept > 0 && ranges[kept - 1].high != UINT32_MAX &&
            ranges[i].low <= ranges[kept - 1].high + 1) {
            if (ranges[i].high > ranges[kept - 1].high)
                ranges[kept - 1].high = ranges[i].high;
            continue;
        }
        ranges[kept++] = ranges[i];
    }
    return kept;
}

static void
make_network(struct maker *maker, uint32_t number, uint32_t prefixes)
{
    uint32_t count = 1 + draw(maker, prefixes * 2 - 1);
    struct wp_range4 *ranges = wp_alloc_array(maker->arena, count, sizeof *ranges);

    for (uint32_t i = 0; i < count; i++) {
        uint32_t length = 8 + draw(maker, 21), host = UINT32_MAX >> length;
        ranges[i].low = (draw(maker, 1u << 16) << 16 | draw(maker, 1u << 16)) & ~host;
        ranges[i].high = ranges[i].low | host;
    }
    maker->model->networks[number].v4_count = tidy(ranges, count);
    maker->model->networks[number].v4 = ranges;
}

static void
make_complement(struct maker *maker, uint32_t of, uint32_t number)
{
    static const struct wp_range6 all[] = {{{0, 0}, {0, 0xfffeffffffff}},
                                           {{0, 0x1000000000000}, {UINT64_MAX, UINT64_MAX}}};
    const struct wp_network *from = &maker->model->networks[of];
    struct wp_network *to = &maker->model->networks[number];
    struct wp_range4 *ranges = wp_alloc_array(maker->arena, from->v4_count + 1, sizeof *ranges);
    uint64_t next = 0;

    for (uint32_t i = 0; i < from->v4_count; i++) {
        if (from->v4[i].low > next)
            ranges[to->v4_count++] = (struct wp_range4){(uint32_t)next, from->v4[i].low - 1};
        next = (uint64_t)from->v4[i].high + 1;
    }
    if (next <= UINT32_MAX)
        ranges[to->v4_count++] = (struct wp_range4){(uint32_t)next, UINT32_MAX};
    to->v4 = ranges;
    to->v6 = all;
    to->v6_count = 2;
    to->absent = true;
}

static void
make_sum(struct maker *maker, uint32_t a, uint32_t b, uint32_t number)
{
    const struct wp_network *x = &maker->model->networks[a], *y = &maker->model->networks[b];
    uint32_t count = x->v4_count + y->v4_count;
    struct wp_range4 *ranges = wp_alloc_array(maker->arena, count, sizeof *ranges);

    for (uint32_t i = 0; i < count; i++)
        ranges[i] = i < x->v4_count ? x->v4[i] : y->v4[i - x->v4_count];
    maker->model->networks[number].v4_count = tidy(ranges, count);
    maker->model->networks[number].v4 = ranges;
}

static void
make_networks(struct maker *maker, const struct synthetic_shape *shape)
{
    uint32_t named = shape->rules / 8 < 4 ? 4 : shape->rules / 8 > 2000 ? 2000 : shape->rules / 8;

    maker->named = named;
    maker->model->network_count = named * 3;
    maker->model->networks =
        wp_alloc_array(maker->arena, (size_t)named * 3, sizeof *maker->model->networks);
    for (uint32_t i = 0; i < named; i++)
        make_network(maker, i, shape->prefixes);
    for (uint32_t i = 0; i < named; i++) {
        make_complement(maker, i, named + i);
        make_sum(maker, i, draw(maker, named), named * 2 + i);
    }
}

/* ---- conditions ---------------------------------------------------------------- */

static struct wp_test *
leaf(struct maker *maker, enum wp_test_kind kind)
{
    struct wp_test *test = wp_alloc(maker->arena, sizeof *test);
    test->kind = kind;
    return test;
}

static struct wp_test *
group_test(struct maker *maker, uint32_t count)
{
    struct wp_test *test = leaf(maker, WP_TEST_GROUP);
    uint32_t *ids = wp_alloc_array(maker->arena, 2, sizeof *ids);

    ids[0] = draw(maker, maker->model->group_count);
    ids[1] = draw(maker, maker->model->group_count);
    if (ids[1] < ids[0]) {
        uint32_t id = ids[0];
        ids[0] = ids[1];
        ids[1] = id;
    }
    test->ids = (struct wp_ids){ids, count == 2 && ids[0] != ids[1] ? 2 : 1};
    return test;
}

static struct wp_test *
none_of(struct maker *maker)
{
    struct wp_test *test = leaf(maker, WP_TEST_NOT);
    test->part_count = 1;
    test->parts = wp_alloc_array(maker->arena, 1, sizeof *test->parts);
    test->parts[0] = group_test(maker, 1);
    return test;
}

static uint64_t
posture_mask(struct maker *maker)
{
    uint64_t mask = 0;
    bool managed = draw(maker, 10) < 4, compliant = draw(maker, 10) < 2;
    uint32_t risk = draw(maker, 10) < 2 ? 1 + draw(maker, 2) : 3;

    for (unsigned p = 0; p < WP_POSTURE_COUNT; p++) {
        if ((!managed || (p & 1)) && (!compliant || (p & 2)) && p / 4 % 3 < risk)
            mask |= UINT64_C(1) << p;
    }
    return mask;
}

static struct wp_test *
make_condition(struct maker *maker)
{
    struct wp_test *test = leaf(maker, WP_TEST_AND);
    uint32_t kind = draw(maker, 10);

    test->parts = wp_alloc_array(maker->arena, 6, sizeof *test->parts);
    if (draw(maker, 10) >= 3) {
        struct wp_test *part = test->parts[test->part_count++] = leaf(maker, WP_TEST_NETWORK);
        part->network = draw(maker, 6) ? draw(maker, maker->named) : draw(maker, maker->named * 3);
    }
    if (draw(maker, 2)) {
        struct wp_test *part = test->parts[test->part_count++] = leaf(maker, WP_TEST_DEVICE);
        part->mask = UINT64_C(1) << (1 + draw(maker, DEVICES)) | UINT64_C(1)
                                                                     << (1 + draw(maker, DEVICES));
    }
    struct wp_test *posture = leaf(maker, WP_TEST_POSTURE);
    posture->mask = posture_mask(maker);
    if (posture->mask != WP_POSTURE_ALL)
        test->parts[test->part_count++] = posture;
    test->parts[test->part_count++] = group_test(maker, kind == 0 ? 1 : 1 + draw(maker, 2));
    if (kind == 0)
        test->parts[test->part_count++] = group_test(maker, 1);
    if (kind == 1)
        test->parts[test->part_count++] = none_of(maker);
    return test->part_count == 1 ? test->parts[0] : test;
}

/* ---- the model --------------------------------------------------------------------- */

static void
make_policy(struct maker *maker, uint32_t rules)
{
    struct wp_policy *policy = wp_alloc(maker->arena, sizeof *policy);

    policy->name = "P";
    policy->is_default = policy->has_otherwise = true;
    policy->rule_count = rules;
    policy->rules = wp_alloc_array(maker->arena, rules, sizeof *policy->rules);
    for (uint32_t i = 0; i < rules; i++) {
        struct wp_model_rule *rule = &policy->rules[i];
        uint32_t decision = draw(maker, DECISIONS);
        rule->name = wp_format(maker->arena, "r%u", i);
        rule->span.file = rule->included_from.file = WP_NO_FILE;
        rule->folded = rule->when = make_condition(maker);
        rule->decision =
            (struct wp_decision){.effect = decision == 0 ? WP_DENY : WP_ALLOW,
                                 .chain = WP_NONE,
                                 .reauth_seconds = decision < 2 ? WP_NO_REAUTH : decision * 3600};
    }
    policy->otherwise.decision =
        (struct wp_decision){.effect = WP_DENY, .chain = WP_NONE, .reauth_seconds = WP_NO_REAUTH};
    maker->model->policies = policy;
    maker->model->policy_count = 1;
}

struct wp_model *
synthetic_model(struct wp_arena *arena, const struct synthetic_shape *shape)
{
    struct wp_model *model = wp_alloc(arena, sizeof *model);
    struct maker maker = {
        .arena = arena, .model = model, .random = shape->seed * UINT64_C(0x9e3779b97f4a7c15) + 1};

    model->arena = arena;
    model->group_count = shape->groups;
    model->groups = wp_alloc_array(arena, shape->groups, sizeof *model->groups);
    for (uint32_t i = 0; i < shape->groups; i++)
        model->groups[i].name = wp_format(arena, "Group%u", i);
    model->device_count = DEVICES + 1;
    model->devices = wp_alloc_array(arena, DEVICES + 1, sizeof *model->devices);
    for (uint32_t i = 1; i <= DEVICES; i++)
        model->devices[i].name = wp_format(arena, "device%u", i);
    make_networks(&maker, shape);
    make_policy(&maker, shape->rules);
    return model;
}
