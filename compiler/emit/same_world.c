/* Rewriting what a tenant asks of what it sees to what it asks of the truth. */
#include "compiler/emit/same_world.h"

#include <string.h>

/* ---- numbers -------------------------------------------------------------------------- */

static uint32_t
place_thing(struct wp_thing *things, uint32_t first, uint32_t *count, const struct wp_thing *thing)
{
    for (uint32_t i = first; i < *count; i++)
        if (strcmp(things[i].name, thing->name) == 0)
            return i;
    things[*count] = *thing;
    return (*count)++;
}

static uint32_t
place_user(struct wp_same_world *world, const char *user)
{
    for (uint32_t i = 0; i < world->user_count; i++)
        if (strcmp(world->users[i], user) == 0)
            return i;
    world->users[world->user_count] = user;
    return world->user_count++;
}

static void
place_all(struct wp_same_world *world, int side)
{
    struct wp_arena *arena = world->same->arena;
    const struct wp_model *model = world->same->sides[side].lifted;
    uint32_t *apps = wp_alloc_array(arena, (size_t)model->app_count + 1, sizeof *apps);
    uint32_t *users = wp_alloc_array(arena, (size_t)model->user_count + 1, sizeof *users);

    for (uint32_t i = 1; i < model->device_count; i++)
        (void)place_thing(world->devices, 1, &world->device_count, &model->devices[i]);
    for (uint32_t i = 0; i < model->app_count; i++)
        apps[i] = place_thing(world->apps, 0, &world->app_count, &model->apps[i]);
    for (uint32_t i = 0; i < model->user_count; i++)
        users[i] = place_user(world, model->users[i]);
    world->apps_of[side] = apps;
    world->users_of[side] = users;
}

/* The lifted number of each of the world's devices; 0: it does not name it. */
static void
find_devices(struct wp_same_world *world, int side)
{
    const struct wp_model *model = world->same->sides[side].lifted;
    uint32_t *in = wp_alloc_array(world->same->arena, world->device_count, sizeof *in);

    for (uint32_t i = 1; i < world->device_count; i++)
        for (uint32_t k = 1; k < model->device_count; k++)
            if (strcmp(world->devices[i].name, model->devices[k].name) == 0)
                in[i] = k;
    world->device_in[side] = in;
}

static void
find_classes(struct wp_same_world *world)
{
    const struct wp_same *same = world->same;

    world->app_classes =
        wp_alloc_array(same->arena, (size_t)world->app_count + 1, sizeof *world->app_classes);
    for (uint32_t i = 0; i <= world->app_count; i++) {
        bool is_new = true;
        for (uint32_t k = 0; k < world->app_class_count && is_new; k++) {
            uint32_t other = world->app_classes[k];
            is_new = !wp_observe_alike(&same->sides[0].observer, i, other) ||
                     !wp_observe_alike(&same->sides[1].observer, i, other);
        }
        if (is_new)
            world->app_classes[world->app_class_count++] = i;
    }
}

bool
wp_same_world_init(struct wp_same_world *world, const struct wp_same *same)
{
    const struct wp_model *models[] = {same->model, same->sides[0].lifted, same->sides[1].lifted};
    size_t devices = 1, apps = 1, users = 1;

    for (int i = 0; i < 3; i++) {
        devices += models[i]->device_count;
        apps += models[i]->app_count;
        users += models[i]->user_count;
    }
    *world = (struct wp_same_world){.same = same};
    world->devices = wp_alloc_array(same->arena, devices, sizeof *world->devices);
    world->apps = wp_alloc_array(same->arena, apps, sizeof *world->apps);
    world->users = wp_alloc_array(same->arena, users, sizeof *world->users);
    world->device_count = same->model->device_count;
    world->app_count = same->model->app_count;
    world->user_count = same->model->user_count;
    for (uint32_t i = 0; i < world->device_count; i++)
        world->devices[i] = same->model->devices[i];
    for (uint32_t i = 0; i < world->app_count; i++)
        world->apps[i] = same->model->apps[i];
    for (uint32_t i = 0; i < world->user_count; i++)
        world->users[i] = same->model->users[i];
    for (int i = 0; i < 2; i++)
        place_all(world, i);
    if (world->device_count > WP_MAX_DEVICES + 1)
        return false;
    for (int i = 0; i < 2; i++)
        find_devices(world, i);
    find_classes(world);
    return true;
}

/* ---- conditions ------------------------------------------------------------------------------ */

struct rewriting {
    const struct wp_same_world *world;
    struct wp_arena *arena;
    int side;
};

struct wp_test *
wp_same_leaf(struct wp_arena *arena, enum wp_test_kind kind)
{
    struct wp_test *test = wp_alloc(arena, sizeof *test);

    test->kind = kind;
    test->span.file = WP_NO_FILE;
    return test;
}

static struct wp_test *
join(struct wp_arena *arena, enum wp_test_kind kind, struct wp_test **parts, uint32_t count)
{
    if (count == 0)
        return wp_same_leaf(arena, kind == WP_TEST_AND ? WP_TEST_TRUE : WP_TEST_FALSE);
    if (count == 1)
        return parts[0];
    struct wp_test *test = wp_same_leaf(arena, kind);
    test->parts = parts;
    test->part_count = count;
    return test;
}

/* Does the tenant's condition, of a device type or a posture, hold of what it sees? */
static bool
sees(const struct rewriting *rewriting, const struct wp_test *leaf, uint32_t device,
     uint32_t posture, uint32_t app)
{
    const struct wp_observer *observer = &rewriting->world->same->sides[rewriting->side].observer;
    struct wp_observed seen = wp_observe(observer, device, posture, app);

    if (leaf->kind == WP_TEST_POSTURE)
        return leaf->mask >> seen.posture & 1;
    return leaf->mask >> rewriting->world->device_in[rewriting->side][seen.device] & 1;
}

/* The apps of a class. */
static struct wp_test *
apps_like(const struct rewriting *rewriting, uint32_t app)
{
    const struct wp_same_world *world = rewriting->world;
    const struct wp_same *same = world->same;
    struct wp_test *test = wp_same_leaf(rewriting->arena, WP_TEST_APP);
    uint32_t *ids = wp_alloc_array(rewriting->arena, (size_t)world->app_count + 1, sizeof *ids);
    uint32_t count = 0;

    for (uint32_t i = 0; i <= world->app_count; i++) {
        if (!wp_observe_alike(&same->sides[0].observer, i, app) ||
            !wp_observe_alike(&same->sides[1].observer, i, app))
            continue;
        if (i == world->app_count)
            test->others = true;
        else
            ids[count++] = i;
    }
    test->ids = (struct wp_ids){ids, count};
    return test;
}

/* For apps of one class: devices with the same postures for which the leaf holds. */
static struct wp_test *
rewrite_class(const struct rewriting *rewriting, const struct wp_test *leaf, uint32_t app)
{
    const uint32_t devices = rewriting->world->device_count;
    uint64_t postures[WP_MAX_DEVICES + 1] = {0}, done = 0, all = 0;
    struct wp_test **parts = wp_alloc_array(rewriting->arena, (size_t)devices + 1, sizeof *parts);
    uint32_t count = 0;

    for (uint32_t d = 0; d < devices; d++) {
        all |= UINT64_C(1) << d;
        for (unsigned p = 0; p < WP_POSTURE_COUNT; p++)
            postures[d] |= (uint64_t)sees(rewriting, leaf, d, p, app) << p;
    }
    for (uint32_t d = 0; d < devices; d++) {
        if (done >> d & 1 || postures[d] == 0)
            continue;
        struct wp_test *pair[2];
        uint32_t size = 0;
        uint64_t mask = 0;
        for (uint32_t e = d; e < devices; e++)
            mask |= (uint64_t)(postures[e] == postures[d]) << e;
        done |= mask;
        if (mask != all) {
            pair[size] = wp_same_leaf(rewriting->arena, WP_TEST_DEVICE);
            pair[size++]->mask = mask;
        }
        if (postures[d] != WP_POSTURE_ALL) {
            pair[size] = wp_same_leaf(rewriting->arena, WP_TEST_POSTURE);
            pair[size++]->mask = postures[d];
        }
        struct wp_test **both = wp_alloc_array(rewriting->arena, 2, sizeof(struct wp_test *));
        memcpy(both, pair, size * sizeof *both);
        parts[count++] = join(rewriting->arena, WP_TEST_AND, both, size);
    }
    return join(rewriting->arena, WP_TEST_OR, parts, count);
}

static struct wp_test *
rewrite_seen(const struct rewriting *rewriting, const struct wp_test *leaf)
{
    const struct wp_same_world *world = rewriting->world;
    uint32_t classes = leaf->kind == WP_TEST_DEVICE ? 1 : world->app_class_count;
    struct wp_test **parts = wp_alloc_array(rewriting->arena, classes, sizeof *parts);

    for (uint32_t i = 0; i < classes; i++) {
        uint32_t app = world->app_classes[i];
        parts[i] = rewrite_class(rewriting, leaf, app);
        if (classes == 1)
            break;
        struct wp_test **both = wp_alloc_array(rewriting->arena, 2, sizeof(struct wp_test *));
        both[0] = apps_like(rewriting, app);
        both[1] = parts[i];
        parts[i] = join(rewriting->arena, WP_TEST_AND, both, 2);
    }
    return join(rewriting->arena, WP_TEST_OR, parts, classes);
}

/* Members in the world's numbers; with `others` also those that the lifted policy does
 * not name. */
static struct wp_ids
rewrite_ids(const struct rewriting *rewriting, const struct wp_ids *from, bool others,
            const uint32_t *numbers, uint32_t named, uint32_t total)
{
    bool *is_in = wp_alloc_array(rewriting->arena, (size_t)total + 1, sizeof *is_in);
    uint32_t *ids = wp_alloc_array(rewriting->arena, (size_t)total + 1, sizeof *ids), count = 0;

    for (uint32_t i = 0; others && i < total; i++)
        is_in[i] = true;
    for (uint32_t i = 0; others && i < named; i++)
        is_in[numbers[i]] = false;
    for (uint32_t i = 0; i < from->count; i++)
        is_in[numbers[from->ids[i]]] = true;
    for (uint32_t i = 0; i < total; i++)
        if (is_in[i])
            ids[count++] = i;
    return (struct wp_ids){ids, count};
}

static struct wp_test *
rewrite(const struct rewriting *rewriting, const struct wp_test *from)
{
    const struct wp_same_world *world = rewriting->world;
    const struct wp_model *lifted = world->same->sides[rewriting->side].lifted;

    if (from->kind == WP_TEST_DEVICE || from->kind == WP_TEST_POSTURE)
        return rewrite_seen(rewriting, from);
    struct wp_test *test = wp_alloc(rewriting->arena, sizeof *test);
    *test = *from;
    if (from->kind == WP_TEST_APP)
        test->ids =
            rewrite_ids(rewriting, &from->ids, from->others, world->apps_of[rewriting->side],
                        lifted->app_count, world->app_count);
    if (from->kind == WP_TEST_USER)
        test->ids =
            rewrite_ids(rewriting, &from->ids, from->others, world->users_of[rewriting->side],
                        lifted->user_count, world->user_count);
    if (from->part_count > 0)
        test->parts = wp_alloc_array(rewriting->arena, from->part_count, sizeof *test->parts);
    for (uint32_t i = 0; i < from->part_count; i++)
        test->parts[i] = rewrite(rewriting, from->parts[i]);
    return test;
}

/* ---- policies -------------------------------------------------------------------------------- */

static void
rewrite_policies(const struct rewriting *rewriting, struct wp_model *model)
{
    const struct wp_policy *from = model->policies;
    struct wp_policy *policies =
        wp_alloc_array(rewriting->arena, (size_t)model->policy_count + 1, sizeof *policies);

    for (uint32_t p = 0; p < model->policy_count; p++) {
        struct wp_model_rule *rules =
            wp_alloc_array(rewriting->arena, (size_t)from[p].rule_count + 1, sizeof *rules);
        for (uint32_t i = 0; i < from[p].rule_count; i++) {
            rules[i] = from[p].rules[i];
            rules[i].when = rules[i].folded = rewrite(rewriting, rules[i].folded);
            rules[i].terms = NULL;
            rules[i].term_count = 0;
        }
        policies[p] = from[p];
        policies[p].rules = rules;
    }
    model->policies = policies;
}

const struct wp_model *
wp_same_world_model(struct wp_same_world *world, int side)
{
    const struct rewriting rewriting = {world, world->same->arena, side};
    struct wp_model *model = wp_alloc(rewriting.arena, sizeof *model);
    const struct wp_model *lifted = world->same->sides[side].lifted;

    *model = *lifted;
    model->devices = world->devices;
    model->device_count = world->device_count;
    model->apps = world->apps;
    model->app_count = world->app_count;
    model->users = world->users;
    model->user_count = world->user_count;
    model->app_policy =
        wp_alloc_array(rewriting.arena, (size_t)world->app_count + 1, sizeof *model->app_policy);
    for (uint32_t i = 0; i < world->app_count; i++)
        model->app_policy[i] = WP_NONE;
    for (uint32_t i = 0; i < lifted->app_count; i++)
        model->app_policy[world->apps_of[side][i]] = lifted->app_policy[i];
    rewrite_policies(&rewriting, model);
    wp_same_assume(world, model);
    return model;
}
