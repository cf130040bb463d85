/* What is true of every real sign-in that two tenants can both be asked about. */
#include <string.h>

#include "compiler/analysis/traits.h"
#include "compiler/emit/same_world.h"
#include "compiler/facts.h"
#include "compiler/network.h"

struct assuming {
    const struct wp_same_world *world;
    struct wp_arena *arena;
    struct wp_model *model;
    size_t room;
};

static void
assume(struct assuming *assuming, struct wp_test *premise, struct wp_test *conclusion)
{
    assuming->model->assumptions[assuming->model->assumption_count++] =
        (struct wp_assumption){{WP_NO_FILE, 0, 0}, premise, conclusion, premise, conclusion};
}

static struct wp_test *
truth(const struct assuming *assuming)
{
    return wp_same_leaf(assuming->arena, WP_TEST_TRUE);
}

static struct wp_test *
masked(const struct assuming *assuming, enum wp_test_kind kind, uint64_t mask)
{
    struct wp_test *test = wp_same_leaf(assuming->arena, kind);

    test->mask = mask;
    return test;
}

/* ---- addresses and apps --------------------------------------------------------------- */

static struct wp_test *
lies_in(struct assuming *assuming, const struct wp_network *network)
{
    struct wp_test *test = wp_same_leaf(assuming->arena, WP_TEST_NETWORK);

    test->network = assuming->model->network_count++;
    assuming->model->networks[test->network] = *network;
    return test;
}

static struct wp_test *
has_address(struct assuming *assuming)
{
    struct wp_network every = wp_network_everything();

    every.absent = false;
    return lies_in(assuming, &every);
}

/* One of the apps that both are to decide; a foreign one is none of them. */
static struct wp_test *
is_in_scope(const struct assuming *assuming)
{
    const struct wp_same *same = assuming->world->same;
    struct wp_test *test = wp_same_leaf(assuming->arena, WP_TEST_APP);
    uint32_t *ids =
        wp_alloc_array(assuming->arena, (size_t)same->model->app_count + 1, sizeof *ids);
    uint32_t count = 0;

    for (uint32_t i = 0; i < same->model->app_count; i++)
        if (same->apps[i])
            ids[count++] = i;
    test->ids = (struct wp_ids){ids, count};
    test->others = same->others;
    return test;
}

/* ---- devices ------------------------------------------------------------------------------ */

/* How a sign-in on the device can begin; it always begins somehow. */
static uint64_t
entries_of(const struct wp_thing *device)
{
    static const char *const entries[WP_ENTRY_COUNT] = {"", "browser", "native_app", "hub",
                                                        "okta_mobile"};
    const struct wp_attribute *entry =
        device == NULL || device->declaration == NULL
            ? NULL
            : wp_attribute_find(device->declaration->attributes, "entry");
    uint64_t postures = 0;

    for (unsigned p = 0; p < WP_POSTURE_COUNT; p++) {
        unsigned e = wp_posture_entry(p);
        if (e != WP_ENTRY_NONE && (entry == NULL || wp_value_holds(entry->value, entries[e])))
            postures |= UINT64_C(1) << p;
    }
    return postures;
}

/* Can both tenants be asked for a sign-in on it? */
static bool
is_shared(const struct assuming *assuming, const struct wp_thing *device)
{
    const char *only = device->declaration == NULL
                           ? NULL
                           : wp_attribute_text(device->declaration->attributes, "only", NULL);

    for (int i = 0; only != NULL && i < 2; i++)
        if (strcmp(assuming->world->same->sides[i].session->kind->name, only) != 0)
            return false;
    return true;
}

static void
assume_devices(struct assuming *assuming)
{
    const struct wp_same_world *world = assuming->world;
    uint64_t usual = entries_of(NULL), shared = UINT64_MAX;

    assume(assuming, truth(assuming), masked(assuming, WP_TEST_POSTURE, usual));
    for (uint32_t i = 1; i < world->device_count; i++) {
        uint64_t entries = entries_of(&world->devices[i]);
        if (!is_shared(assuming, &world->devices[i]))
            shared &= ~(UINT64_C(1) << i);
        else if (entries != usual)
            assume(assuming, masked(assuming, WP_TEST_DEVICE, UINT64_C(1) << i),
                   masked(assuming, WP_TEST_POSTURE, entries));
    }
    if (shared != UINT64_MAX)
        assume(assuming, truth(assuming), masked(assuming, WP_TEST_DEVICE, shared));
}

/* ---- what the source assumes ------------------------------------------------------------------
 */

static const char *
request_name(const struct wp_thing *group)
{
    return group->directory != NULL ? group->directory : group->name;
}

static uint32_t
group_in(struct wp_model *model, const struct wp_thing *group)
{
    for (uint32_t i = 0; i < model->group_count; i++)
        if (strcmp(request_name(&model->groups[i]), request_name(group)) == 0)
            return i;
    model->groups[model->group_count] = *group;
    return model->group_count++;
}

/* With `others` also what only a lifted policy names. */
static struct wp_ids
with_others(const struct assuming *assuming, const struct wp_test *from, uint32_t named,
            uint32_t total)
{
    uint32_t *ids =
        wp_alloc_array(assuming->arena, (size_t)from->ids.count + total + 1, sizeof *ids);
    uint32_t count = 0;

    for (uint32_t i = 0; i < from->ids.count; i++)
        ids[count++] = from->ids.ids[i];
    for (uint32_t i = named; from->others && i < total; i++)
        ids[count++] = i;
    return (struct wp_ids){ids, count};
}

static int
contains(const uint32_t *ids, uint32_t count, uint32_t id)
{
    for (uint32_t i = 0; i < count; i++)
        if (ids[i] == id)
            return 1;
    return 0;
}

static struct wp_ids
groups_of(struct assuming *assuming, const struct wp_ids *from)
{
    const struct wp_model *source = assuming->world->same->model;
    uint32_t *ids = wp_alloc_array(assuming->arena, (size_t)from->count + 1, sizeof *ids);
    uint32_t count = 0, kept = 0;

    for (uint32_t i = 0; i < from->count; i++) {
        uint32_t id = group_in(assuming->model, &source->groups[from->ids[i]]);
        if (!contains(ids, count, id))
            ids[count++] = id;
    }
    uint32_t *sorted = wp_alloc_array(assuming->arena, (size_t)count + 1, sizeof *sorted);
    for (uint32_t i = 0; i < assuming->model->group_count; i++)
        if (contains(ids, count, i))
            sorted[kept++] = i;
    return (struct wp_ids){sorted, kept};
}

/* A condition of the source in the numbers of the model at hand. */
static struct wp_test *
borrow(struct assuming *assuming, const struct wp_test *from)
{
    const struct wp_same_world *world = assuming->world;
    const struct wp_model *source = world->same->model;
    struct wp_test *test = wp_alloc(assuming->arena, sizeof *test);

    if (from->kind == WP_TEST_NETWORK)
        return lies_in(assuming, &source->networks[from->network]);
    *test = *from;
    if (from->kind == WP_TEST_DEVICE && (from->mask & 1))
        for (uint32_t i = source->device_count; i < world->device_count; i++)
            test->mask |= UINT64_C(1) << i;
    if (from->kind == WP_TEST_APP)
        test->ids = with_others(assuming, from, source->app_count, world->app_count);
    if (from->kind == WP_TEST_USER)
        test->ids = with_others(assuming, from, source->user_count, world->user_count);
    if (from->kind == WP_TEST_GROUP)
        test->ids = groups_of(assuming, &from->ids);
    if (from->part_count > 0)
        test->parts = wp_alloc_array(assuming->arena, from->part_count, sizeof *test->parts);
    for (uint32_t i = 0; i < from->part_count; i++)
        test->parts[i] = borrow(assuming, from->parts[i]);
    return test;
}

static size_t
count_leaves(const struct wp_test *test, enum wp_test_kind kind)
{
    size_t count = test->kind == kind;

    for (uint32_t i = 0; i < test->part_count; i++)
        count += count_leaves(test->parts[i], kind);
    return count;
}

/* ---- all of it ----------------------------------------------------------------------------------
 */

/* Arrays of the model's own, with room for what is added. */
static void
make_room(struct assuming *assuming)
{
    const struct wp_model *source = assuming->world->same->model;
    struct wp_model *model = assuming->model;
    size_t networks = (size_t)model->network_count + 1;
    size_t groups = (size_t)model->group_count + source->group_count + 1;

    for (uint32_t i = 0; i < source->assumption_count; i++)
        networks += count_leaves(source->assumptions[i].premise_folded, WP_TEST_NETWORK) +
                    count_leaves(source->assumptions[i].conclusion_folded, WP_TEST_NETWORK);
    struct wp_network *own = wp_alloc_array(assuming->arena, networks, sizeof *own);
    struct wp_thing *its = wp_alloc_array(assuming->arena, groups, sizeof *its);
    if (model->network_count > 0)
        memcpy(own, model->networks, model->network_count * sizeof *own);
    if (model->group_count > 0)
        memcpy(its, model->groups, model->group_count * sizeof *its);
    model->networks = own;
    model->groups = its;
    model->assumptions = wp_alloc_array(
        assuming->arena, (size_t)source->assumption_count + assuming->world->device_count + 4,
        sizeof *model->assumptions);
    model->assumption_count = 0;
}

void
wp_same_assume(const struct wp_same_world *world, struct wp_model *model)
{
    struct assuming assuming = {.world = world, .arena = world->same->arena, .model = model};
    const struct wp_model *source = world->same->model;

    make_room(&assuming);
    assume(&assuming, truth(&assuming), has_address(&assuming));
    assume(&assuming, truth(&assuming), is_in_scope(&assuming));
    assume_devices(&assuming);
    for (uint32_t i = 0; i < source->assumption_count; i++)
        assume(&assuming, borrow(&assuming, source->assumptions[i].premise_folded),
               borrow(&assuming, source->assumptions[i].conclusion_folded));
}
