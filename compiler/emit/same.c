/* Two lifted policies in terms of real sign-ins, compared. */
#include "compiler/emit/same.h"

#include <stdlib.h>
#include <string.h>

#include "compiler/analysis/traits.h"
#include "compiler/emit/decides.h"
#include "compiler/emit/same_world.h"

/* ---- what is compared -------------------------------------------------------------- */

static bool
is_decided(const struct wp_same *same, uint32_t policy)
{
    if (same->whole)
        return true;
    for (int i = 0; i < 2; i++) {
        const struct wp_declaration *tenant = same->sides[i].session->tenant;
        if (tenant != NULL &&
            (policy == WP_NONE || !wp_tenant_decides(tenant, &same->model->policies[policy])))
            return false;
    }
    return true;
}

bool
wp_same_scope(struct wp_same *same)
{
    const struct wp_model *model = same->model;

    same->apps = wp_alloc_array(same->arena, (size_t)model->app_count + 1, sizeof *same->apps);
    same->app_count = 0;
    same->others = is_decided(same, model->default_policy);
    for (uint32_t i = 0; i < model->app_count; i++) {
        uint32_t policy = model->app_policy[i];
        same->apps[i] = policy == WP_NONE ? same->others : is_decided(same, policy);
        same->app_count += same->apps[i];
    }
    return same->others || same->app_count > 0;
}

/* ---- from the joint model back to the source ---------------------------------------- */

static uint32_t
find_thing(const struct wp_thing *things, uint32_t first, uint32_t count, const char *name)
{
    for (uint32_t i = first; i < count; i++)
        if (strcmp(things[i].name, name) == 0)
            return i;
    return WP_NONE;
}

static uint32_t
find_user(const struct wp_model *model, const char *name)
{
    for (uint32_t i = 0; i < model->user_count; i++)
        if (strcmp(model->users[i], name) == 0)
            return i;
    return WP_NONE;
}

static int
compare_numbers(const void *a, const void *b)
{
    const uint32_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static void
add_groups(const struct wp_model *model, const char *name, struct wp_point *point)
{
    for (uint32_t i = 0; i < model->group_count; i++) {
        const struct wp_thing *group = &model->groups[i];
        bool is_it = strcmp(group->name, name) == 0 ||
                     (group->directory != NULL && strcmp(group->directory, name) == 0);
        for (uint32_t k = 0; is_it && k < point->group_count; k++)
            is_it = point->groups[k] != i;
        if (is_it)
            point->groups[point->group_count++] = i;
    }
}

/* The sign-in of a region, in the numbers of the source; what it does not name is left
 * out, groups that only a tenant has among it. */
static const struct wp_point *
same_point(const struct wp_same *same, const struct wp_region *region)
{
    const struct wp_model *joint = same->diff.joint.model, *model = same->model;
    const struct wp_point *from = region->witness;
    struct wp_point *point = wp_alloc(same->arena, sizeof *point);

    *point = *from;
    point->group_count = 0;
    point->groups =
        wp_alloc_array(same->arena, (size_t)model->group_count + 1, sizeof *point->groups);
    point->device = from->device == 0 ? 0
                                      : find_thing(model->devices, 1, model->device_count,
                                                   joint->devices[from->device].name);
    if (point->device == WP_NONE)
        point->device = 0;
    if (from->app != WP_NONE)
        point->app = find_thing(model->apps, 0, model->app_count, joint->apps[from->app].name);
    if (from->user != WP_NONE)
        point->user = find_user(model, joint->users[from->user]);
    for (uint32_t i = 0; i < from->group_count; i++)
        add_groups(model, joint->groups[from->groups[i]].name, point);
    if (point->group_count > 1)
        qsort(point->groups, point->group_count, sizeof *point->groups, compare_numbers);
    return point;
}

/* ---- which is the smallest -------------------------------------------------------------- */

unsigned
wp_point_effort(const struct wp_point *point)
{
    unsigned sum = point->group_count * 4;

    sum += point->device == 0 ? 3 : 0;
    sum += point->app == WP_NONE ? 1 : 0;
    sum += point->user == WP_NONE ? 0 : 3;
    sum += point->family == WP_FAMILY_V6 ? 2 : 0;
    sum += wp_posture_entry(point->posture) == WP_ENTRY_BROWSER ? 0 : 1;
    sum += wp_posture_managed(point->posture) ? 2 : 0;
    sum += wp_posture_compliant(point->posture) ? 2 : 0;
    sum += wp_posture_risk(point->posture) == WP_RISK_HIGH ? 0 : 1;
    return sum;
}

static void
choose(struct wp_same *same)
{
    unsigned least = 0;

    same->smallest = NULL;
    for (uint32_t i = 0; i < same->diff.count; i++) {
        const struct wp_region *region = &same->diff.regions[i];
        unsigned its = wp_point_effort(region->witness);
        if (same->smallest != NULL && its >= least)
            continue;
        same->smallest = region;
        least = its;
    }
    same->point = same->smallest == NULL ? NULL : same_point(same, same->smallest);
}

/* Other methods of the same strength are no difference. */
static void
drop_equals(struct wp_diff *diff)
{
    uint32_t kept = 0;

    for (uint32_t i = 0; i < diff->count; i++) {
        enum wp_order change = diff->regions[i].change;
        if (change != WP_ORDER_OTHER && change != WP_ORDER_EQUAL)
            diff->regions[kept++] = diff->regions[i];
    }
    diff->count = kept;
    diff->is_equal = kept == 0 && diff->undecided == 0;
}

/* ---- comparing ------------------------------------------------------------------------------ */

/* Decisions as far as both kinds can tell them apart. */
static const struct wp_model *
as_told(const struct wp_same *same, const struct wp_model *model)
{
    for (int i = 0; i < 2; i++)
        if (same->sides[i].session->kind->as_told != NULL)
            model = same->sides[i].session->kind->as_told(same->arena, model);
    return model;
}

bool
wp_same_compare(struct wp_same *same, bool by_strength, const struct wp_analysis_options *options)
{
    const struct wp_model *models[2];
    struct wp_same_world world;

    for (int i = 0; i < 2; i++)
        wp_observer_init(&same->sides[i].observer, same->sides[i].session);
    if (!wp_same_world_init(&world, same))
        return false;
    for (int i = 0; i < 2; i++)
        models[i] = as_told(same, wp_same_world_model(&world, i));
    if (!wp_diff_models(&same->diff, same->arena, models[0], models[1], options))
        return false;
    same->by_strength = by_strength;
    if (by_strength)
        drop_equals(&same->diff);
    choose(same);
    return true;
}
