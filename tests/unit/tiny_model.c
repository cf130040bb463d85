#include "tests/unit/tiny_model.h"

#include <stdlib.h>
#include <string.h>

#define DEVICES 3
#define GROUPS 4
#define APPS 2
#define USERS 2
#define ADDRESSES 8 /* of each family */
#define NETWORKS 6

static void
out_of_memory(void *context)
{
    (void)context;
    abort();
}

uint32_t
tiny_random(struct tiny *tiny, uint32_t limit)
{
    tiny->seed ^= tiny->seed << 13;
    tiny->seed ^= tiny->seed >> 7;
    tiny->seed ^= tiny->seed << 17;
    return (uint32_t)((tiny->seed * UINT64_C(0x2545f4914f6cdd1d)) >> 33) % limit;
}

/* A set of the addresses 10.0.0.0 to .7 and 2001:db8:: to ::7, by their bits. */
static struct wp_network
make_network(struct tiny *tiny, uint32_t v4, uint32_t v6, bool absent)
{
    struct wp_network network = {.absent = absent};
    struct wp_range4 *r4 = wp_alloc_array(tiny->arena, ADDRESSES, sizeof *r4);
    struct wp_range6 *r6 = wp_alloc_array(tiny->arena, ADDRESSES, sizeof *r6);

    for (uint32_t i = 0; i < ADDRESSES; i++) {
        uint32_t last = i;
        while (last + 1 < ADDRESSES && (v4 >> last & 1) && (v4 >> (last + 1) & 1))
            last++;
        if (v4 >> i & 1) {
            r4[network.v4_count].low = i == 0 ? 0 : 0x0a000000 + i;
            r4[network.v4_count++].high = last == ADDRESSES - 1 ? UINT32_MAX : 0x0a000000 + last;
            i = last;
        }
    }
    for (uint32_t i = 0; i < ADDRESSES; i++) {
        uint32_t last = i;
        while (last + 1 < ADDRESSES && (v6 >> last & 1) && (v6 >> (last + 1) & 1))
            last++;
        if (v6 >> i & 1) {
            r6[network.v6_count].low = (struct wp_address6){0x20010db800000000, i};
            r6[network.v6_count++].high = (struct wp_address6){0x20010db800000000, last};
            i = last;
        }
    }
    network.v4 = r4;
    network.v6 = r6;
    return network;
}

static struct wp_test *
make_test(struct tiny *tiny, enum wp_test_kind kind)
{
    struct wp_test *test = wp_alloc(tiny->arena, sizeof *test);
    test->kind = kind;
    return test;
}

static void
choose_ids(struct tiny *tiny, struct wp_test *test, uint32_t limit)
{
    uint32_t *ids = wp_alloc_array(tiny->arena, limit, sizeof *ids);

    do {
        test->ids.count = 0;
        for (uint32_t i = 0; i < limit; i++) {
            if (tiny_random(tiny, 3) == 0)
                ids[test->ids.count++] = i;
        }
    } while (test->ids.count == 0);
    test->ids.ids = ids;
}

/* Postures by their lowest two bits: managed and compliant. */
static uint64_t
posture_mask(uint32_t allowed)
{
    uint64_t mask = 0;

    for (unsigned p = 0; p < WP_POSTURE_COUNT; p++) {
        if (allowed >> p % 4 & 1)
            mask |= UINT64_C(1) << p;
    }
    return mask;
}

static struct wp_test *
make_leaf(struct tiny *tiny)
{
    struct wp_test *test, *group;

    switch (tiny_random(tiny, 8)) {
    case 0:
    case 1:
        test = make_test(tiny, WP_TEST_NETWORK);
        test->network = tiny_random(tiny, NETWORKS);
        return test;
    case 2:
        test = make_test(tiny, WP_TEST_DEVICE);
        test->mask = 1 + tiny_random(tiny, (2u << DEVICES) - 2);
        return test;
    case 3:
        test = make_test(tiny, WP_TEST_POSTURE);
        test->mask = posture_mask(1 + tiny_random(tiny, 14));
        return test;
    case 4:
        test = make_test(tiny, tiny_random(tiny, 2) ? WP_TEST_APP : WP_TEST_USER);
        choose_ids(tiny, test, 2);
        test->others = tiny_random(tiny, 3) == 0;
        return test;
    default:
        group = make_test(tiny, WP_TEST_GROUP);
        choose_ids(tiny, group, GROUPS);
        if (tiny_random(tiny, 3))
            return group;
        test = make_test(tiny, WP_TEST_NOT);
        test->parts = wp_alloc_array(tiny->arena, 1, sizeof *test->parts);
        test->parts[0] = group;
        test->part_count = 1;
        return test;
    }
}

static struct wp_test *
make_tree(struct tiny *tiny, uint32_t depth)
{
    if (depth == 0 || tiny_random(tiny, 3) == 0)
        return make_leaf(tiny);
    struct wp_test *test = make_test(tiny, tiny_random(tiny, 3) ? WP_TEST_AND : WP_TEST_OR);
    test->part_count = 2 + tiny_random(tiny, 2);
    test->parts = wp_alloc_array(tiny->arena, test->part_count, sizeof *test->parts);
    for (uint32_t i = 0; i < test->part_count; i++)
        test->parts[i] = make_tree(tiny, depth - 1);
    return test;
}

struct wp_test *
tiny_condition(struct tiny *tiny)
{
    return make_tree(tiny, 2);
}

static void
make_policy(struct tiny *tiny, uint32_t rules)
{
    struct wp_policy *policy = wp_alloc(tiny->arena, sizeof *policy);

    policy->name = "P";
    policy->is_default = true;
    policy->span.file = WP_NO_FILE;
    policy->rule_count = rules;
    policy->rules = wp_alloc_array(tiny->arena, rules + 1, sizeof *policy->rules);
    for (uint32_t i = 0; i < rules; i++) {
        struct wp_model_rule *rule = &policy->rules[i];
        rule->name = wp_format(tiny->arena, "r%u", i);
        rule->span.file = rule->included_from.file = WP_NO_FILE;
        rule->report = tiny_random(tiny, 10) == 0;
        rule->folded = rule->when = tiny_condition(tiny);
        rule->decision.effect = tiny_random(tiny, 2) ? WP_ALLOW : WP_DENY;
        rule->decision.chain = WP_NONE;
        rule->decision.reauth_seconds = WP_NO_REAUTH;
    }
    policy->otherwise.folded = policy->otherwise.when = make_test(tiny, WP_TEST_TRUE);
    policy->otherwise.decision =
        (struct wp_decision){.effect = WP_DENY, .chain = WP_NONE, .reauth_seconds = WP_NO_REAUTH};
    tiny->model->policies = policy;
    tiny->model->policy_count = 1;
    tiny->model->default_policy = 0;
}

static void
name_things(struct tiny *tiny)
{
    struct wp_model *model = tiny->model;

    model->device_count = DEVICES + 1;
    model->devices = wp_alloc_array(tiny->arena, DEVICES + 1, sizeof *model->devices);
    for (uint32_t i = 1; i <= DEVICES; i++)
        model->devices[i].name = wp_format(tiny->arena, "device%u", i);
    model->group_count = GROUPS;
    model->groups = wp_alloc_array(tiny->arena, GROUPS, sizeof *model->groups);
    for (uint32_t i = 0; i < GROUPS; i++)
        model->groups[i].name = wp_format(tiny->arena, "Group%u", i);
    model->app_count = APPS;
    model->apps = wp_alloc_array(tiny->arena, APPS, sizeof *model->apps);
    model->app_policy = wp_alloc_array(tiny->arena, APPS, sizeof *model->app_policy);
    for (uint32_t i = 0; i < APPS; i++) {
        model->apps[i].name = wp_format(tiny->arena, "App%u", i);
        model->app_policy[i] = WP_NONE;
    }
    model->user_count = USERS;
    model->users = wp_alloc_array(tiny->arena, USERS, sizeof *model->users);
    for (uint32_t i = 0; i < USERS; i++)
        model->users[i] = wp_format(tiny->arena, "user%u@corp.example", i);
}

struct tiny *
tiny_new(uint64_t seed, uint32_t rules, bool assumptions)
{
    struct wp_arena *arena = wp_arena_new(out_of_memory, NULL);
    struct tiny *tiny = wp_alloc(arena, sizeof *tiny);
    struct wp_model *model = wp_alloc(arena, sizeof *model);

    tiny->arena = arena;
    tiny->model = model;
    tiny->seed = seed * UINT64_C(0x9e3779b97f4a7c15) + 1;
    model->arena = arena;
    name_things(tiny);
    model->network_count = NETWORKS;
    model->networks = wp_alloc_array(arena, NETWORKS, sizeof *model->networks);
    for (uint32_t i = 0; i < NETWORKS; i++)
        model->networks[i] = make_network(tiny, tiny_random(tiny, 256), tiny_random(tiny, 256),
                                          tiny_random(tiny, 2));
    if (assumptions) {
        model->assumption_count = 1 + tiny_random(tiny, 3);
        model->assumptions = wp_alloc_array(arena, 3, sizeof *model->assumptions);
    }
    for (uint32_t i = 0; i < model->assumption_count; i++) {
        model->assumptions[i].span.file = WP_NO_FILE;
        model->assumptions[i].premise_folded = make_leaf(tiny);
        model->assumptions[i].conclusion_folded = tiny_condition(tiny);
    }
    make_policy(tiny, rules);
    return tiny;
}

void
tiny_free(struct tiny *tiny)
{
    wp_arena_free(tiny->arena);
}

size_t
tiny_point_count(const struct tiny *tiny)
{
    (void)tiny;
    return (size_t)(2 * ADDRESSES + 2) * (DEVICES + 1) * 4 * (APPS + 1) * (USERS + 1) *
           (1u << GROUPS);
}

static uint32_t
take(size_t *number, uint32_t base)
{
    uint32_t digit = (uint32_t)(*number % base);
    *number /= base;
    return digit;
}

void
tiny_point(const struct tiny *tiny, size_t number, struct wp_point *point)
{
    static _Thread_local uint32_t groups[GROUPS];

    (void)tiny;
    uint32_t held = take(&number, 1u << GROUPS);
    *point = (struct wp_point){.groups = groups};
    for (uint32_t i = 0; i < GROUPS; i++) {
        if (held >> i & 1)
            groups[point->group_count++] = i;
    }
    point->posture = take(&number, 4);
    point->device = take(&number, DEVICES + 1);
    point->app = take(&number, APPS + 1) - 1;
    point->user = take(&number, USERS + 1) - 1;
    if (number < ADDRESSES) {
        point->family = WP_FAMILY_V4;
        point->v4 = 0x0a000000 + (uint32_t)number;
    } else if (number < 2 * ADDRESSES) {
        point->family = WP_FAMILY_V6;
        point->v6 = (struct wp_address6){0x20010db800000000, number - ADDRESSES};
    } else if (number == 2 * ADDRESSES) { /* in none of the networks */
        point->family = WP_FAMILY_V6;
        point->v6 = (struct wp_address6){0xfd00000000000000, 1};
    }
}

bool
tiny_is_possible(const struct tiny *tiny, const struct wp_point *point)
{
    const struct wp_model *model = tiny->model;

    for (uint32_t i = 0; i < model->assumption_count; i++) {
        if (wp_point_meets(model, model->assumptions[i].premise_folded, point) &&
            !wp_point_meets(model, model->assumptions[i].conclusion_folded, point))
            return false;
    }
    return true;
}
