#include "compiler/analysis/box.h"

#include <string.h>

/* How many requests are looked at for one box, at most. */
#define MANY_POINTS 60000

struct growth {
    struct wp_arena *arena;
    const struct wp_model *model;
    struct wp_box *box;
    wp_box_property property;
    void *context;
    const struct wp_test **live; /* conditions that may hold for this user */
    uint32_t live_count, live_room;
};

/* ---- what matters for this user -------------------------------------------------- */

enum three { NO, MAYBE, YES };

/* The condition's value when only groups, app and user are known. */
static enum three
value_for(const struct growth *growth, const struct wp_test *test)
{
    bool conjunction = test->kind == WP_TEST_AND;
    enum three value = conjunction ? YES : NO, part;

    switch (test->kind) {
    case WP_TEST_NETWORK:
    case WP_TEST_DEVICE:
    case WP_TEST_POSTURE:
        return MAYBE;
    case WP_TEST_NOT:
        part = value_for(growth, test->parts[0]);
        return part == MAYBE ? MAYBE : part == YES ? NO : YES;
    case WP_TEST_AND:
    case WP_TEST_OR:
        for (uint32_t i = 0; i < test->part_count; i++) {
            part = value_for(growth, test->parts[i]);
            if (conjunction ? part < value : part > value)
                value = part;
        }
        return value;
    case WP_TEST_TRUE:
    case WP_TEST_FALSE:
    case WP_TEST_APP:
    case WP_TEST_USER:
    case WP_TEST_GROUP:
        break;
    }
    return wp_point_meets(growth->model, test, growth->box->witness) ? YES : NO;
}

static void
add_live(struct growth *growth, const struct wp_test *test)
{
    if (growth->live_count == growth->live_room) {
        uint32_t room = growth->live_room ? growth->live_room * 2 : 64;
        const struct wp_test **more = wp_alloc_array(growth->arena, room, sizeof *more);
        if (growth->live_count)
            memcpy(more, growth->live, growth->live_count * sizeof *more);
        growth->live = more;
        growth->live_room = room;
    }
    growth->live[growth->live_count++] = test;
}

static void
add_live_rules(struct growth *growth, const struct wp_view *view)
{
    for (uint32_t i = 0; i < view->policy->rule_count; i++) {
        const struct wp_model_rule *rule = &view->policy->rules[i];
        enum three value = rule->report ? NO : value_for(growth, rule->folded);
        if (value == MAYBE)
            add_live(growth, rule->folded);
        if (value == YES) /* nothing below is ever reached */
            return;
    }
}

/* ---- values that no live condition tells apart -------------------------------------- */

/* Splits classes by a set: class[i] becomes equal only for values that all sets so
 * far treat alike. */
static void
split(uint8_t *classes, uint64_t domain, uint64_t set)
{
    uint8_t renamed[64], fresh[64];
    uint8_t count = 0;

    memset(renamed, 0xff, sizeof renamed);
    memset(fresh, 0xff, sizeof fresh);
    for (uint64_t left = domain; left; left &= left - 1) {
        int value = __builtin_ctzll(left);
        uint8_t *name = (set >> value & 1) ? &fresh[classes[value]] : &renamed[classes[value]];
        if (*name == 0xff)
            *name = count++;
        classes[value] = (uint8_t)(*name | 0x80);
    }
    for (int i = 0; i < 64; i++)
        classes[i] &= 0x7f;
}

static void
split_by(const struct wp_test *test, enum wp_test_kind kind, uint8_t *classes, uint64_t domain)
{
    for (uint32_t i = 0; i < test->part_count; i++)
        split_by(test->parts[i], kind, classes, domain);
    if (test->kind == kind)
        split(classes, domain, test->mask & domain);
}

/* One value of each class. */
static uint64_t
representatives(const struct growth *growth, enum wp_test_kind kind, uint64_t domain,
                uint8_t *classes)
{
    uint64_t chosen = 0, seen = 0;

    memset(classes, 0, 64);
    for (uint32_t i = 0; i < growth->live_count; i++)
        split_by(growth->live[i], kind, classes, domain);
    for (uint64_t left = domain; left; left &= left - 1) {
        int value = __builtin_ctzll(left);
        if (seen >> classes[value] & 1)
            continue;
        seen |= UINT64_C(1) << classes[value];
        chosen |= UINT64_C(1) << value;
    }
    return chosen;
}

static uint64_t
widen(uint64_t chosen, uint64_t domain, const uint8_t *classes)
{
    uint64_t all = 0;

    for (uint64_t left = domain; left; left &= left - 1) {
        int value = __builtin_ctzll(left);
        for (uint64_t c = chosen; c; c &= c - 1) {
            if (classes[__builtin_ctzll(c)] == classes[value])
                all |= UINT64_C(1) << value;
        }
    }
    return all;
}

/* ---- growing ------------------------------------------------------------------------- */

/* Do all requests with these device types and postures, one address each, have
 * the property? */
static bool
all_have(const struct growth *growth, uint64_t devices, uint64_t postures,
         const struct wp_point *address)
{
    struct wp_point point = *growth->box->witness;

    point.family = address->family;
    point.v4 = address->v4;
    point.v6 = address->v6;
    for (uint64_t d = devices; d; d &= d - 1) {
        point.device = (uint32_t)__builtin_ctzll(d);
        for (uint64_t p = postures; p; p &= p - 1) {
            point.posture = (uint32_t)__builtin_ctzll(p);
            if (!growth->property(growth->context, &point))
                return false;
        }
    }
    return true;
}

static void
add_networks(const struct wp_test *test, uint8_t *seen)
{
    for (uint32_t i = 0; i < test->part_count; i++)
        add_networks(test->parts[i], seen);
    if (test->kind == WP_TEST_NETWORK)
        seen[test->network] = 1;
}

/* Splits a part of the address space by a network: those inside, those outside. */
struct cells {
    struct wp_network *items;
    uint32_t count, room;
};

static void
split_cells(struct growth *growth, struct cells *cells, const struct wp_network *network)
{
    uint32_t before = cells->count;

    for (uint32_t i = 0; i < before && cells->count < cells->room; i++) {
        struct wp_network inside =
            wp_network_combine(growth->arena, WP_NETWORK_INTERSECTION, &cells->items[i], network);
        struct wp_network outside =
            wp_network_combine(growth->arena, WP_NETWORK_DIFFERENCE, &cells->items[i], network);
        if (wp_network_is_empty(&inside) || wp_network_is_empty(&outside))
            continue;
        cells->items[i] = inside;
        cells->items[cells->count++] = outside;
    }
}

static void
first_address(const struct wp_network *cell, struct wp_point *point)
{
    *point = (struct wp_point){.family = WP_FAMILY_ABSENT};
    if (cell->v4_count) {
        point->family = WP_FAMILY_V4;
        point->v4 = cell->v4[0].low;
    } else if (cell->v6_count) {
        point->family = WP_FAMILY_V6;
        point->v6 = cell->v6[0].low;
    }
}

#define MANY_CELLS 256

static void
grow_addresses(struct growth *growth, uint64_t devices, uint64_t postures)
{
    const struct wp_model *model = growth->model;
    struct wp_box *box = growth->box;
    uint8_t *seen = wp_alloc_array(growth->arena, (size_t)model->network_count + 1, 1);
    struct cells cells = {wp_alloc_array(growth->arena, MANY_CELLS, sizeof *cells.items), 1,
                          MANY_CELLS};
    struct wp_ranges ranges;
    struct wp_point address;
    uint32_t each = (uint32_t)(__builtin_popcountll(devices) * __builtin_popcountll(postures));

    cells.items[0] = wp_network_everything();
    for (uint32_t i = 0; i < growth->live_count; i++)
        add_networks(growth->live[i], seen);
    for (uint32_t i = 0; i < model->network_count; i++) {
        if (seen[i])
            split_cells(growth, &cells, &model->networks[i]);
    }
    wp_ranges_init(&ranges, growth->arena);
    box->is_whole = cells.count < MANY_CELLS && cells.count * each <= MANY_POINTS;
    for (uint32_t i = 0; box->is_whole && i < cells.count; i++) {
        first_address(&cells.items[i], &address);
        if (!all_have(growth, devices, postures, &address))
            continue;
        wp_ranges_add_network(&ranges, &cells.items[i]);
        box->addresses.absent = box->addresses.absent || cells.items[i].absent;
    }
    bool absent = box->addresses.absent;
    box->addresses = wp_ranges_finish(&ranges);
    box->addresses.absent = absent;
}

void
wp_box_grow(struct wp_box *box, struct wp_arena *arena, const struct wp_model *model,
            const struct wp_view *const *views, uint32_t view_count,
            const struct wp_test *const *further, uint32_t further_count,
            const struct wp_point *witness, wp_box_property property, void *context)
{
    struct growth growth = {
        .arena = arena, .model = model, .box = box, .property = property, .context = context};
    uint8_t device_classes[64], posture_classes[64];
    uint64_t all_devices =
        model->device_count >= 64 ? UINT64_MAX : (UINT64_C(1) << model->device_count) - 1;

    *box = (struct wp_box){.witness = witness};
    for (uint32_t i = 0; i < view_count; i++)
        add_live_rules(&growth, views[i]);
    for (uint32_t i = 0; i < further_count; i++)
        add_live(&growth, further[i]);
    uint64_t devices = 0, postures = 0;
    uint64_t chosen = representatives(&growth, WP_TEST_DEVICE, all_devices, device_classes);
    for (uint64_t left = chosen; left; left &= left - 1) {
        uint64_t one = left & -left;
        if (all_have(&growth, one, UINT64_C(1) << witness->posture, witness))
            devices |= one;
    }
    chosen = representatives(&growth, WP_TEST_POSTURE, WP_POSTURE_ALL, posture_classes);
    for (uint64_t left = chosen; left; left &= left - 1) {
        uint64_t one = left & -left;
        if (all_have(&growth, devices, one, witness))
            postures |= one;
    }
    box->devices = widen(devices, all_devices, device_classes);
    box->postures = widen(postures, WP_POSTURE_ALL, posture_classes);
    grow_addresses(&growth, devices, postures);
}
