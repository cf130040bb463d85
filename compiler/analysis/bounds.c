#include "compiler/analysis/bounds.h"

#include <string.h>

/* How many ranges a network has: of two bounds the one with fewer is kept, as it
 * is the narrower one more often than not. */
static uint64_t
network_size(const struct wp_model *model, uint32_t network)
{
    const struct wp_network *n = &model->networks[network];
    return (uint64_t)n->v4_count + n->v6_count + (n->absent ? 64 : 0);
}

static void
meet(const struct wp_model *model, struct wp_bounds *bounds, const struct wp_bounds *other)
{
    bounds->devices &= other->devices;
    bounds->postures &= other->postures;
    bounds->weight += other->weight;
    if (bounds->network == WP_NONE ||
        (other->network != WP_NONE &&
         network_size(model, other->network) < network_size(model, bounds->network)))
        bounds->network = other->network;
    if (other->has_groups && (!bounds->has_groups || other->groups.count < bounds->groups.count)) {
        bounds->has_groups = true;
        bounds->groups = other->groups;
    }
}

/* Merges two ascending lists into a fresh one. */
static struct wp_ids
merge(struct wp_arena *arena, const struct wp_ids *a, const struct wp_ids *b)
{
    uint32_t *ids = wp_alloc_array(arena, (size_t)a->count + b->count + 1, sizeof *ids);
    uint32_t i = 0, k = 0, count = 0;

    while (i < a->count || k < b->count) {
        if (k == b->count || (i < a->count && a->ids[i] < b->ids[k]))
            ids[count++] = a->ids[i++];
        else if (i < a->count && a->ids[i] == b->ids[k])
            i++;
        else
            ids[count++] = b->ids[k++];
    }
    return (struct wp_ids){ids, count};
}

static void
join(struct wp_arena *arena, struct wp_bounds *bounds, const struct wp_bounds *other)
{
    bounds->devices |= other->devices;
    bounds->postures |= other->postures;
    bounds->weight += other->weight;
    if (bounds->network != other->network)
        bounds->network = WP_NONE;
    bounds->has_groups = bounds->has_groups && other->has_groups;
    if (bounds->has_groups)
        bounds->groups = merge(arena, &bounds->groups, &other->groups);
    else
        bounds->groups = (struct wp_ids){NULL, 0};
}

static void
bound_parts(struct wp_arena *arena, const struct wp_model *model, const struct wp_test *test,
            struct wp_bounds *bounds)
{
    wp_bounds_of(arena, model, test->parts[0], bounds);
    for (uint32_t i = 1; i < test->part_count; i++) {
        struct wp_bounds part;
        wp_bounds_of(arena, model, test->parts[i], &part);
        if (test->kind == WP_TEST_AND)
            meet(model, bounds, &part);
        else
            join(arena, bounds, &part);
    }
}

void
wp_bounds_of(struct wp_arena *arena, const struct wp_model *model, const struct wp_test *test,
             struct wp_bounds *bounds)
{
    *bounds = (struct wp_bounds){
        .devices = UINT64_MAX, .postures = WP_POSTURE_ALL, .network = WP_NONE, .weight = 1};
    switch (test->kind) {
    case WP_TEST_TRUE:
        bounds->weight = 0;
        break;
    case WP_TEST_FALSE:
        bounds->devices = bounds->postures = 0;
        break;
    case WP_TEST_AND:
    case WP_TEST_OR:
        bound_parts(arena, model, test, bounds);
        break;
    case WP_TEST_NETWORK:
        bounds->network = test->network;
        break;
    case WP_TEST_DEVICE:
        bounds->devices = test->mask;
        break;
    case WP_TEST_POSTURE:
        bounds->postures = test->mask;
        break;
    case WP_TEST_GROUP:
        bounds->has_groups = true;
        bounds->groups = test->ids;
        break;
    case WP_TEST_NOT:
    case WP_TEST_APP:
    case WP_TEST_USER:
        break;
    }
}
