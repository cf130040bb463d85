#include "compiler/analysis/joint.h"
#include "compiler/map.h"
#include "compiler/network.h"

#include <stdlib.h>
#include <string.h>

/* One of the two models, and what its numbers become. */
struct side {
    const struct wp_model *model;
    uint32_t *devices, *apps, *users, *methods, *networks;
    struct wp_ids *groups; /* by group: the joint groups that it holds */
    uint32_t chain_base;
    bool *has_device, *has_app, *has_user; /* by joint number */
};

/* Names with numbers, in order of first use. */
struct table {
    struct wp_arena *arena;
    struct wp_map map;
    const char **names;
    uint32_t count;
};

struct joiner {
    struct wp_arena *arena;
    struct wp_model *model;
    struct side sides[2];
    struct table devices, apps, users, methods, groups;
};

/* ---- names ------------------------------------------------------------------------ */

static bool
is_name(const void *context, uint32_t number, const void *key)
{
    const struct table *table = context;
    return strcmp(table->names[number], key) == 0;
}

static void
table_init(struct table *table, struct wp_arena *arena, size_t room)
{
    *table = (struct table){.arena = arena};
    table->names = wp_alloc_array(arena, room + 1, sizeof *table->names);
    wp_map_init(&table->map, arena);
}

static uint32_t
find_name(const struct table *table, const char *name)
{
    return wp_map_find(&table->map, wp_hash_text(name), is_name, table, name);
}

static uint32_t
add_name(struct table *table, const char *name)
{
    uint32_t number = find_name(table, name);

    if (number != WP_NONE)
        return number;
    number = table->count++;
    table->names[number] = name;
    wp_map_add(&table->map, wp_hash_text(name), number);
    return number;
}

/* Numbers the things of both sides. `first` is the first number that is used. */
static void
join_things(struct joiner *joiner, struct table *table, const struct wp_thing *things,
            uint32_t first, uint32_t count, uint32_t **numbers)
{
    *numbers = wp_alloc_array(joiner->arena, (size_t)count + 1, sizeof **numbers);
    for (uint32_t i = first; i < count; i++)
        (*numbers)[i] = add_name(table, things[i].name);
}

static bool *
mark(struct joiner *joiner, const uint32_t *numbers, uint32_t first, uint32_t count, uint32_t total)
{
    bool *has = wp_alloc_array(joiner->arena, (size_t)total + 1, sizeof *has);
    for (uint32_t i = first; i < count; i++)
        has[numbers[i]] = true;
    return has;
}

static struct wp_thing *
make_things(struct joiner *joiner, const struct table *table)
{
    struct wp_thing *things =
        wp_alloc_array(joiner->arena, (size_t)table->count + 1, sizeof *things);
    for (uint32_t i = 0; i < table->count; i++)
        things[i] = (struct wp_thing){.name = table->names[i], .span = {WP_NO_FILE, 0, 0}};
    return things;
}

/* Keeps a thing's declaration: methods say their factors there. */
static void
keep_declarations(struct wp_thing *things, const struct wp_thing *from, const uint32_t *numbers,
                  uint32_t first, uint32_t count)
{
    for (uint32_t i = first; i < count; i++) {
        things[numbers[i]].declaration = from[i].declaration;
        things[numbers[i]].span = from[i].span;
    }
}

static void
join_names(struct joiner *joiner)
{
    struct wp_model *model = joiner->model;

    add_name(&joiner->devices, "");
    for (int i = 0; i < 2; i++) {
        struct side *side = &joiner->sides[i];
        const struct wp_model *m = side->model;
        join_things(joiner, &joiner->devices, m->devices, 1, m->device_count, &side->devices);
        join_things(joiner, &joiner->apps, m->apps, 0, m->app_count, &side->apps);
        join_things(joiner, &joiner->methods, m->methods, 0, m->method_count, &side->methods);
        side->users = wp_alloc_array(joiner->arena, (size_t)m->user_count + 1, sizeof *side->users);
        for (uint32_t k = 0; k < m->user_count; k++)
            side->users[k] = add_name(&joiner->users, m->users[k]);
    }
    for (int i = 0; i < 2; i++) {
        struct side *side = &joiner->sides[i];
        const struct wp_model *m = side->model;
        side->has_device = mark(joiner, side->devices, 1, m->device_count, joiner->devices.count);
        side->has_app = mark(joiner, side->apps, 0, m->app_count, joiner->apps.count);
        side->has_user = mark(joiner, side->users, 0, m->user_count, joiner->users.count);
    }
    model->devices = make_things(joiner, &joiner->devices);
    model->device_count = joiner->devices.count;
    model->apps = make_things(joiner, &joiner->apps);
    model->app_count = joiner->apps.count;
    model->methods = make_things(joiner, &joiner->methods);
    model->method_count = joiner->methods.count;
    for (int i = 0; i < 2; i++)
        keep_declarations(model->methods, joiner->sides[i].model->methods, joiner->sides[i].methods,
                          0, joiner->sides[i].model->method_count);
    model->users = joiner->users.names;
    model->user_count = joiner->users.count;
}

/* ---- groups ------------------------------------------------------------------------- */

static const char *
request_name(const struct wp_thing *group)
{
    return group->directory ? group->directory : group->name;
}

/* The group of that source name, or NULL. */
static const struct wp_thing *
group_by_name(const struct table *names, const struct wp_model *model, const char *name)
{
    uint32_t number = find_name(names, name);
    return number == WP_NONE ? NULL : &model->groups[number];
}

/* What to call a joint group that each version has at most once: the source's
 * name, where a request that uses it means that group and no other to both
 * versions. `other` is the other version's group of that name, `is_held` says
 * whether it has the group at all. */
static const char *
friendly_name(const struct wp_thing *group, const struct wp_thing *other, bool is_held,
              const struct table *groups)
{
    bool is_other_group = find_name(groups, group->name) != WP_NONE && group->directory;
    bool is_renamed = is_held && !other;

    if (is_other_group || is_renamed ||
        (other && strcmp(request_name(other), request_name(group)) != 0))
        return request_name(group);
    return group->name;
}

static void
join_groups(struct joiner *joiner)
{
    struct table names[2];
    uint32_t *holders[2]; /* by joint group: how many groups of each version hold it */
    struct wp_thing *things;

    for (int i = 0; i < 2; i++) {
        const struct wp_model *m = joiner->sides[i].model;
        table_init(&names[i], joiner->arena, m->group_count);
        for (uint32_t k = 0; k < m->group_count; k++) {
            add_name(&joiner->groups, request_name(&m->groups[k]));
            add_name(&names[i], m->groups[k].name);
        }
    }
    things = make_things(joiner, &joiner->groups);
    for (int i = 0; i < 2; i++)
        holders[i] =
            wp_alloc_array(joiner->arena, (size_t)joiner->groups.count + 1, sizeof *holders[i]);
    for (int i = 0; i < 2; i++) {
        struct side *side = &joiner->sides[i];
        const struct wp_model *m = side->model;
        side->groups =
            wp_alloc_array(joiner->arena, (size_t)m->group_count + 1, sizeof *side->groups);
        for (uint32_t k = 0; k < m->group_count; k++) {
            const struct wp_thing *group = &m->groups[k];
            uint32_t *ids = wp_alloc_array(joiner->arena, 2, sizeof *ids), count = 0;
            uint32_t own = find_name(&joiner->groups, request_name(group));
            uint32_t alias = find_name(&joiner->groups, group->name);
            ids[count++] = own;
            if (alias != WP_NONE && alias != own)
                ids[count++] = alias;
            side->groups[k] = (struct wp_ids){ids, count};
            for (uint32_t n = 0; n < count; n++)
                holders[i][ids[n]]++;
        }
    }
    for (int i = 0; i < 2; i++) {
        const struct wp_model *m = joiner->sides[i].model, *other = joiner->sides[1 - i].model;
        for (uint32_t k = 0; k < m->group_count; k++) {
            uint32_t own = find_name(&joiner->groups, request_name(&m->groups[k]));
            if (holders[0][own] <= 1 && holders[1][own] <= 1)
                things[own].name = friendly_name(
                    &m->groups[k], group_by_name(&names[1 - i], other, m->groups[k].name),
                    holders[1 - i][own] > 0, &joiner->groups);
        }
    }
    joiner->model->groups = things;
    joiner->model->group_count = joiner->groups.count;
}

/* ---- networks --------------------------------------------------------------------------- */

static int
compare_bytes(const void *a, const void *b, size_t size)
{
    return size ? memcmp(a, b, size) : 0;
}

static bool
is_network(const void *context, uint32_t number, const void *key)
{
    const struct wp_model *model = context;
    return wp_network_equal(&model->networks[number], key);
}

static void
join_networks(struct joiner *joiner)
{
    struct wp_model *model = joiner->model;
    const struct wp_model *a = joiner->sides[0].model, *b = joiner->sides[1].model;
    struct wp_map map;

    model->networks = wp_alloc_array(joiner->arena, (size_t)a->network_count + b->network_count + 1,
                                     sizeof *model->networks);
    model->named_networks =
        wp_alloc_array(joiner->arena, (size_t)a->named_network_count + b->named_network_count + 1,
                       sizeof *model->named_networks);
    wp_map_init(&map, joiner->arena);
    for (int i = 1; i >= 0; i--) { /* the new version's names first */
        struct side *side = &joiner->sides[i];
        const struct wp_model *m = side->model;
        side->networks =
            wp_alloc_array(joiner->arena, (size_t)m->network_count + 1, sizeof *side->networks);
        for (uint32_t k = 0; k < m->network_count; k++) {
            uint64_t hash = wp_network_hash(&m->networks[k]);
            uint32_t number = wp_map_find(&map, hash, is_network, model, &m->networks[k]);
            if (number == WP_NONE) {
                number = model->network_count++;
                model->networks[number] = m->networks[k];
                wp_map_add(&map, hash, number);
            }
            side->networks[k] = number;
        }
        for (uint32_t k = 0; k < m->named_network_count; k++) {
            struct wp_named_network *named = &model->named_networks[model->named_network_count++];
            *named = m->named_networks[k];
            named->network = side->networks[named->network];
        }
    }
}

/* ---- conditions ---------------------------------------------------------------------------- */

static int
compare_ids(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

/* Sorts and removes what stands twice. */
static struct wp_ids
tidy(uint32_t *ids, uint32_t count)
{
    uint32_t kept = 0;

    qsort(ids, count, sizeof *ids, compare_ids);
    for (uint32_t i = 0; i < count; i++) {
        if (kept == 0 || ids[kept - 1] != ids[i])
            ids[kept++] = ids[i];
    }
    return (struct wp_ids){ids, kept};
}

/* Members in joint numbers; with `others` come those that this side does not
 * name. */
static struct wp_ids
join_members(struct joiner *joiner, const struct wp_ids *from, bool others, const uint32_t *numbers,
             const bool *has, uint32_t total)
{
    uint32_t *ids = wp_alloc_array(joiner->arena, (size_t)from->count + total + 1, sizeof *ids);
    uint32_t count = 0;

    for (uint32_t i = 0; i < from->count; i++)
        ids[count++] = numbers[from->ids[i]];
    for (uint32_t i = 0; others && i < total; i++) {
        if (!has[i])
            ids[count++] = i;
    }
    return tidy(ids, count);
}

static struct wp_ids
join_group_ids(struct joiner *joiner, const struct side *side, const struct wp_ids *from)
{
    uint32_t *ids = wp_alloc_array(joiner->arena, (size_t)from->count * 2 + 1, sizeof *ids);
    uint32_t count = 0;

    for (uint32_t i = 0; i < from->count; i++) {
        const struct wp_ids *group = &side->groups[from->ids[i]];
        for (uint32_t k = 0; k < group->count; k++)
            ids[count++] = group->ids[k];
    }
    return tidy(ids, count);
}

static uint64_t
join_devices(const struct joiner *joiner, const struct side *side, uint64_t mask)
{
    uint64_t joint = mask & 1;

    for (uint32_t i = 1; i < side->model->device_count; i++)
        joint |= (mask >> i & 1) << side->devices[i];
    for (uint32_t i = 1; (mask & 1) && i < joiner->devices.count; i++) {
        if (!side->has_device[i])
            joint |= UINT64_C(1) << i;
    }
    return joint;
}

static struct wp_test *
join_test(struct joiner *joiner, const struct side *side, const struct wp_test *from)
{
    struct wp_test *test = wp_alloc(joiner->arena, sizeof *test);

    *test = *from;
    if (from->part_count)
        test->parts = wp_alloc_array(joiner->arena, from->part_count, sizeof *test->parts);
    for (uint32_t i = 0; i < from->part_count; i++)
        test->parts[i] = join_test(joiner, side, from->parts[i]);
    if (from->kind == WP_TEST_NETWORK)
        test->network = side->networks[from->network];
    if (from->kind == WP_TEST_DEVICE)
        test->mask = join_devices(joiner, side, from->mask);
    if (from->kind == WP_TEST_APP)
        test->ids = join_members(joiner, &from->ids, from->others, side->apps, side->has_app,
                                 joiner->apps.count);
    if (from->kind == WP_TEST_USER)
        test->ids = join_members(joiner, &from->ids, from->others, side->users, side->has_user,
                                 joiner->users.count);
    if (from->kind == WP_TEST_GROUP)
        test->ids = join_group_ids(joiner, side, &from->ids);
    return test;
}

static bool
same_test(const struct wp_test *a, const struct wp_test *b)
{
    if (a->kind != b->kind || a->network != b->network || a->mask != b->mask ||
        a->others != b->others || a->ids.count != b->ids.count || a->part_count != b->part_count ||
        compare_bytes(a->ids.ids, b->ids.ids, a->ids.count * sizeof *a->ids.ids) != 0)
        return false;
    for (uint32_t i = 0; i < a->part_count; i++) {
        if (!same_test(a->parts[i], b->parts[i]))
            return false;
    }
    return true;
}

/* ---- policies ----------------------------------------------------------------------------------
 */

static void
join_chains(struct joiner *joiner)
{
    struct wp_model *model = joiner->model;
    uint32_t total = joiner->sides[0].model->chain_count + joiner->sides[1].model->chain_count;

    model->chains = wp_alloc_array(joiner->arena, (size_t)total + 1, sizeof *model->chains);
    for (int i = 0; i < 2; i++) {
        struct side *side = &joiner->sides[i];
        side->chain_base = model->chain_count;
        for (uint32_t k = 0; k < side->model->chain_count; k++) {
            struct wp_model_chain *chain = &model->chains[model->chain_count++];
            *chain = side->model->chains[k];
            struct wp_alternative *alternatives =
                wp_alloc_array(joiner->arena, (size_t)chain->count + 1, sizeof *alternatives);
            for (uint32_t a = 0; a < chain->count; a++) {
                const struct wp_alternative *from = &chain->alternatives[a];
                struct wp_step *steps =
                    wp_alloc_array(joiner->arena, (size_t)from->count + 1, sizeof *steps);
                for (uint32_t s = 0; s < from->count; s++) {
                    uint32_t *methods = wp_alloc_array(
                        joiner->arena, (size_t)from->steps[s].count + 1, sizeof *methods);
                    for (uint32_t m = 0; m < from->steps[s].count; m++)
                        methods[m] = side->methods[from->steps[s].methods[m]];
                    steps[s] = (struct wp_step){methods, from->steps[s].count};
                }
                alternatives[a] = (struct wp_alternative){steps, from->count};
            }
            chain->alternatives = alternatives;
        }
    }
}

static void
join_rule(struct joiner *joiner, const struct side *side, struct wp_model_rule *rule)
{
    if (rule->folded)
        rule->folded = join_test(joiner, side, rule->folded);
    rule->when = rule->folded;
    rule->terms = NULL;
    rule->term_count = 0;
    if (rule->decision.chain != WP_NONE)
        rule->decision.chain += side->chain_base;
}

static void
join_policies(struct joiner *joiner, struct wp_joint *joint)
{
    struct wp_model *model = joiner->model;
    uint32_t total = joiner->sides[0].model->policy_count + joiner->sides[1].model->policy_count;

    model->policies = wp_alloc_array(joiner->arena, (size_t)total + 1, sizeof *model->policies);
    for (int i = 0; i < 2; i++) {
        const struct side *side = &joiner->sides[i];
        uint32_t base = model->policy_count, apps = joiner->apps.count;
        uint32_t *by_app = wp_alloc_array(joiner->arena, (size_t)apps + 1, sizeof *by_app);
        for (uint32_t k = 0; k < side->model->policy_count; k++) {
            struct wp_policy *policy = &model->policies[model->policy_count++];
            *policy = side->model->policies[k];
            struct wp_model_rule *rules =
                wp_alloc_array(joiner->arena, (size_t)policy->rule_count + 1, sizeof *rules);
            for (uint32_t r = 0; r < policy->rule_count; r++) {
                rules[r] = policy->rules[r];
                join_rule(joiner, side, &rules[r]);
            }
            policy->rules = rules;
            join_rule(joiner, side, &policy->otherwise);
        }
        uint32_t fallback = side->model->default_policy;
        for (uint32_t a = 0; a <= apps; a++)
            by_app[a] = fallback == WP_NONE ? WP_NONE : base + fallback;
        for (uint32_t a = 0; a < side->model->app_count; a++) {
            if (side->model->app_policy[a] != WP_NONE)
                by_app[side->apps[a]] = base + side->model->app_policy[a];
        }
        if (i == 0)
            joint->old_policy = by_app;
        else
            joint->new_policy = by_app;
    }
    joint->old_count = joiner->sides[0].model->policy_count;
    model->default_policy = WP_NONE;
    model->app_policy = joint->new_policy;
}

/* What is assumed in both versions may be used; what only one assumes might hide
 * a difference. */
static void
join_assumptions(struct joiner *joiner, struct wp_joint *joint)
{
    const struct wp_model *a = joiner->sides[0].model, *b = joiner->sides[1].model;
    struct wp_model *model = joiner->model;
    uint32_t total = a->assumption_count;

    model->assumptions =
        wp_alloc_array(joiner->arena, (size_t)total + 1, sizeof *model->assumptions);
    for (uint32_t i = 0; i < a->assumption_count; i++) {
        struct wp_assumption old = a->assumptions[i];
        bool found = false;
        old.premise_folded = join_test(joiner, &joiner->sides[0], old.premise_folded);
        old.conclusion_folded = join_test(joiner, &joiner->sides[0], old.conclusion_folded);
        for (uint32_t k = 0; k < b->assumption_count && !found; k++) {
            const struct wp_assumption *new = &b->assumptions[k];
            found = same_test(old.premise_folded,
                              join_test(joiner, &joiner->sides[1], new->premise_folded)) &&
                    same_test(old.conclusion_folded,
                              join_test(joiner, &joiner->sides[1], new->conclusion_folded));
        }
        if (found)
            model->assumptions[model->assumption_count++] = old;
    }
    joint->other_assumptions = model->assumption_count < a->assumption_count ||
                               model->assumption_count < b->assumption_count;
}

void
wp_joint_init(struct wp_joint *joint, struct wp_arena *arena, const struct wp_model *old_model,
              const struct wp_model *new_model)
{
    struct joiner joiner = {.arena = arena,
                            .model = wp_alloc(arena, sizeof *joiner.model),
                            .sides = {{.model = old_model}, {.model = new_model}}};

    *joint = (struct wp_joint){.model = joiner.model};
    joiner.model->arena = arena;
    joiner.model->sources = new_model->sources;
    table_init(&joiner.devices, arena, (size_t)old_model->device_count + new_model->device_count);
    table_init(&joiner.apps, arena, (size_t)old_model->app_count + new_model->app_count);
    table_init(&joiner.users, arena, (size_t)old_model->user_count + new_model->user_count);
    table_init(&joiner.methods, arena, (size_t)old_model->method_count + new_model->method_count);
    table_init(&joiner.groups, arena, (size_t)old_model->group_count + new_model->group_count);
    join_names(&joiner);
    if (joiner.devices.count > WP_MAX_DEVICES + 1) {
        *joint = (struct wp_joint){.too_many_devices = true};
        return;
    }
    join_groups(&joiner);
    join_networks(&joiner);
    join_chains(&joiner);
    join_policies(&joiner, joint);
    join_assumptions(&joiner, joint);
}
