/* Two sets of groups put into the policies, and the exact comparison of what comes out. */
#include "compiler/sync/effect.h"

#include <string.h>

#include "compiler/analysis/diff.h"
#include "compiler/analysis/witness.h"
#include "compiler/emit/same.h"
#include "compiler/map.h"
#include "compiler/members.h"

#define MOST_KEPT 4096

struct kept {
    bool *first, *second;
    uint32_t user;
    struct wp_group_effects effects;
};

struct wp_effects {
    struct wp_arena *arena; /* what is kept */
    const struct wp_model *model;
    const struct wp_analysis_options *options;
    bool *matters; /* by group */
    struct kept *kept;
    uint32_t count;
    struct wp_map by_groups;
    struct wp_arena *passing[WP_EFFECTS_GOOD]; /* the last answers that are not kept */
    unsigned turn;
};

/* ---- groups that matter ------------------------------------------------------------- */

static void
mark(struct wp_effects *effects, const struct wp_test *test)
{
    for (uint32_t i = 0; test->kind == WP_TEST_GROUP && i < test->ids.count; i++)
        effects->matters[test->ids.ids[i]] = true;
    for (uint32_t i = 0; i < test->part_count; i++)
        mark(effects, test->parts[i]);
}

struct wp_effects *
wp_effects_new(struct wp_arena *arena, const struct wp_model *model,
               const struct wp_analysis_options *options)
{
    struct wp_effects *effects = wp_alloc(arena, sizeof *effects);

    *effects = (struct wp_effects){.arena = arena, .model = model, .options = options};
    effects->matters =
        wp_alloc_array(arena, (size_t)model->group_count + 1, sizeof *effects->matters);
    effects->kept = wp_alloc_array(arena, MOST_KEPT, sizeof *effects->kept);
    wp_map_init(&effects->by_groups, arena);
    for (uint32_t p = 0; p < model->policy_count; p++)
        for (uint32_t i = 0; i < model->policies[p].rule_count; i++)
            if (!model->policies[p].rules[i].report)
                mark(effects, model->policies[p].rules[i].folded);
    return effects;
}

bool
wp_effects_matter(const struct wp_effects *effects, uint32_t group)
{
    return effects->matters[group];
}

/* ---- putting groups in ------------------------------------------------------------------ */

struct placing {
    struct wp_arena *arena;
    const bool *groups;
    uint32_t user;
};

static bool
is_member(const struct placing *placing, const struct wp_test *test)
{
    for (uint32_t i = 0; i < test->ids.count; i++)
        if (placing->groups[test->ids.ids[i]])
            return true;
    return false;
}

static struct wp_test *
put_in(const struct placing *placing, const struct wp_test *from)
{
    struct wp_test *test = wp_alloc(placing->arena, sizeof *test);
    bool is_known = from->kind == WP_TEST_GROUP || from->kind == WP_TEST_USER, holds = false;

    *test = *from;
    if (from->kind == WP_TEST_GROUP)
        holds = is_member(placing, from);
    if (from->kind == WP_TEST_USER)
        holds = placing->user == WP_NONE ? from->others : wp_ids_have(&from->ids, placing->user);
    if (is_known)
        *test = (struct wp_test){.kind = holds ? WP_TEST_TRUE : WP_TEST_FALSE, .span = from->span};
    if (from->kind == WP_TEST_NOT && (from->parts[0]->kind == WP_TEST_GROUP))
        *test = (struct wp_test){.kind = is_member(placing, from->parts[0]) ? WP_TEST_FALSE
                                                                            : WP_TEST_TRUE,
                                 .span = from->span};
    if (test->part_count > 0)
        test->parts = wp_alloc_array(placing->arena, test->part_count, sizeof *test->parts);
    for (uint32_t i = 0; i < test->part_count; i++)
        test->parts[i] = put_in(placing, from->parts[i]);
    return test;
}

/* The policies as they are for who is in just these groups. */
static const struct wp_model *
model_for(struct wp_arena *arena, const struct wp_model *from, const bool *groups, uint32_t user)
{
    const struct placing placing = {arena, groups, user};
    struct wp_model *model = wp_alloc(arena, sizeof *model);

    *model = *from;
    model->policies =
        wp_alloc_array(arena, (size_t)from->policy_count + 1, sizeof *model->policies);
    model->assumptions =
        wp_alloc_array(arena, (size_t)from->assumption_count + 1, sizeof *model->assumptions);
    for (uint32_t p = 0; p < from->policy_count; p++) {
        struct wp_policy *policy = &model->policies[p];
        *policy = from->policies[p];
        policy->rules =
            wp_alloc_array(arena, (size_t)policy->rule_count + 1, sizeof *policy->rules);
        for (uint32_t i = 0; i < policy->rule_count; i++) {
            policy->rules[i] = from->policies[p].rules[i];
            policy->rules[i].folded = policy->rules[i].when =
                put_in(&placing, from->policies[p].rules[i].folded);
        }
    }
    for (uint32_t i = 0; i < from->assumption_count; i++) {
        struct wp_assumption *assumption = &model->assumptions[i];
        *assumption = from->assumptions[i];
        assumption->premise_folded = put_in(&placing, assumption->premise_folded);
        assumption->conclusion_folded = put_in(&placing, assumption->conclusion_folded);
    }
    return model;
}

/* ---- comparing ------------------------------------------------------------------------------ */

static void
read_region(struct wp_arena *arena, const struct wp_diff *diff, const struct wp_region *region,
            struct wp_group_effect *effect)
{
    const struct wp_model *joint = diff->joint.model;
    const struct wp_policy *policy = &joint->policies[region->old_policy];
    const struct wp_decision *decisions[] = {wp_region_before(diff, region),
                                             wp_region_after(diff, region)};
    const uint32_t rules[] = {region->old_rule, region->new_rule};
    struct wp_traits traits;

    wp_traits_of_policy(joint, policy, &traits);
    effect->policy = region->old_policy;
    effect->effort = wp_point_effort(region->witness);
    effect->request = wp_witness_json(arena, joint, &traits, region->witness);
    for (int i = 0; i < 2; i++) {
        effect->decisions[i] = wp_decision_sentence(arena, joint, decisions[i]);
        effect->rules[i] = rules[i] < policy->rule_count
                               ? wp_format(arena, "%s", policy->rules[rules[i]].name)
                               : NULL;
    }
}

/* Of each policy the smallest sign-in. */
static void
read_diff(struct wp_arena *arena, const struct wp_model *model, const struct wp_diff *diff,
          struct wp_group_effects *effects)
{
    struct wp_group_effect *items =
        wp_alloc_array(arena, (size_t)model->policy_count + 1, sizeof *items);
    const struct wp_region **best =
        wp_alloc_array(arena, (size_t)model->policy_count + 1, sizeof(struct wp_region *));

    for (uint32_t i = 0; i < diff->count; i++) {
        const struct wp_region *region = &diff->regions[i];
        const struct wp_region **its = &best[region->old_policy];
        if (region->old_policy < model->policy_count &&
            (*its == NULL || wp_point_effort(region->witness) < wp_point_effort((*its)->witness)))
            *its = region;
    }
    *effects = (struct wp_group_effects){.items = items, .is_undecided = diff->undecided > 0};
    for (uint32_t p = 0; p < model->policy_count; p++)
        if (best[p] != NULL)
            read_region(arena, diff, best[p], &items[effects->count++]);
}

static void
ask(struct wp_effects *effects, struct wp_arena *arena, const bool *first, const bool *second,
    uint32_t user, struct wp_group_effects *answer)
{
    struct wp_arena *working = wp_arena_inside(effects->arena);
    struct wp_diff diff;

    /* One model twice: device types cannot be too many. */
    if (wp_diff_models(&diff, working, model_for(working, effects->model, first, user),
                       model_for(working, effects->model, second, user), effects->options))
        read_diff(arena, effects->model, &diff, answer);
    wp_arena_free(working);
}

/* ---- from memory ---------------------------------------------------------------------------- */

struct key {
    const bool *first, *second;
    uint32_t user;
};

static bool
is_kept(const void *context, uint32_t number, const void *key)
{
    const struct wp_effects *effects = context;
    const struct kept *kept = &effects->kept[number];
    const struct key *wanted = key;
    uint32_t count = effects->model->group_count;

    return kept->user == wanted->user && memcmp(kept->first, wanted->first, count) == 0 &&
           memcmp(kept->second, wanted->second, count) == 0;
}

static bool *
copied(struct wp_arena *arena, const bool *groups, uint32_t count)
{
    bool *copy = wp_alloc_array(arena, (size_t)count + 1, sizeof *copy);
    memcpy(copy, groups, count);
    return copy;
}

const struct wp_group_effects *
wp_effects_of(struct wp_effects *effects, const bool *first, const bool *second, uint32_t user)
{
    const struct key key = {first, second, user};
    uint32_t groups = effects->model->group_count;
    uint64_t hash = wp_hash_bytes(wp_hash_bytes(user, first, groups), second, groups);
    uint32_t number = wp_map_find(&effects->by_groups, hash, is_kept, effects, &key);

    if (number != UINT32_MAX)
        return &effects->kept[number].effects;
    if (effects->count == MOST_KEPT) {
        struct wp_arena **passing = &effects->passing[effects->turn++ % WP_EFFECTS_GOOD];
        wp_arena_free(*passing);
        *passing = wp_arena_inside(effects->arena);
        struct wp_group_effects *answer = wp_alloc(*passing, sizeof *answer);
        ask(effects, *passing, first, second, user, answer);
        return answer;
    }
    struct kept *kept = &effects->kept[effects->count];
    *kept = (struct kept){
        copied(effects->arena, first, groups), copied(effects->arena, second, groups), user, {0}};
    ask(effects, effects->arena, first, second, user, &kept->effects);
    wp_map_add(&effects->by_groups, hash, effects->count++);
    return &kept->effects;
}
