/* Sets of devices, entries, groups, apps and users; and networks by index. */
#include "compiler/lowering.h"

#include <stdlib.h>
#include <string.h>

const struct wp_argument *
wp_scope_find(const struct wp_scope *scope, const char *name)
{
    const struct wp_argument *argument = scope ? scope->arguments : NULL;

    for (uint32_t i = 0; argument && i < scope->template->parameter_count; i++) {
        if (strcmp(scope->template->parameters[i].name, name) == 0)
            return argument;
        argument = argument->next;
    }
    return NULL;
}

/* ---- networks by index -------------------------------------------------------------- */

/* A network that is only named, not written out, has an index already: nothing
 * is copied or compared. WP_NONE when it is more than that. */
static uint32_t
named_network(struct wp_lowering *lowering, const struct wp_scope *scope, const struct wp_set *set)
{
    while (set && set->kind == WP_SET_NAME) {
        const struct wp_argument *argument = wp_scope_find(scope, set->text);

        if (!argument) {
            const struct wp_symbol *symbol =
                wp_symbols_find(lowering->symbols, WP_SYMBOL_NETWORK, set->text);
            return symbol && !symbol->is_broken
                       ? lowering->model->named_networks[symbol->number].network
                       : lowering->pool->empty;
        }
        set = argument->set;
        scope = scope->outer;
    }
    return WP_NONE;
}

/* The same for a few named networks that are joined; the pool remembers those. */
static uint32_t
joined_network(struct wp_lowering *lowering, const struct wp_scope *scope, const struct wp_set *set)
{
    enum { FEW = 16 };
    uint32_t result = WP_NONE, count = 0;

    if (set->kind != WP_SET_SUM && set->kind != WP_SET_PRODUCT)
        return WP_NONE;
    for (const struct wp_set *at = set->parts; at; at = at->next)
        if (++count > FEW || named_network(lowering, scope, at) == WP_NONE)
            return WP_NONE;
    for (const struct wp_set *at = set->parts; at; at = at->next) {
        uint32_t part = named_network(lowering, scope, at);
        enum wp_network_operation operation = WP_NETWORK_INTERSECTION;

        if (set->kind == WP_SET_SUM)
            operation = at->join == WP_JOIN_UNION ? WP_NETWORK_UNION : WP_NETWORK_DIFFERENCE;
        result =
            at == set->parts ? part : wp_networks_combine(lowering->pool, operation, result, part);
    }
    return result;
}

uint32_t
wp_lower_network(struct wp_lowering *lowering, const struct wp_scope *scope,
                 const struct wp_set *set)
{
    uint32_t index = named_network(lowering, scope, set);

    if (index == WP_NONE)
        index = joined_network(lowering, scope, set);
    if (index != WP_NONE)
        return index;
    struct wp_network network = wp_lower_addresses(lowering, scope, set);
    return wp_networks_intern(lowering->pool, &network);
}

/* ---- devices and entries ---------------------------------------------------------------- */

static uint64_t
device_mask(struct wp_lowering *lowering, const char *name)
{
    const struct wp_symbol *symbol = wp_symbols_find(lowering->symbols, WP_SYMBOL_DEVICE, name);

    if (!symbol || symbol->is_broken || symbol->number == WP_NONE)
        return 0;
    if (symbol->declaration->set)
        return lowering->model->device_sets[symbol->number].mask;
    return UINT64_C(1) << symbol->number;
}

uint64_t
wp_lower_devices(struct wp_lowering *lowering, const struct wp_scope *scope,
                 const struct wp_set *set)
{
    const struct wp_argument *argument;
    uint64_t mask = 0;

    switch (set->kind) {
    case WP_SET_NAME:
    case WP_SET_STRING:
        argument = wp_scope_find(scope, set->text);
        if (argument)
            return argument->set ? wp_lower_devices(lowering, scope->outer, argument->set) : 0;
        return device_mask(lowering, set->text);
    case WP_SET_ADDRESS:
    case WP_SET_RANGE:
        return 0;
    case WP_SET_SUM:
    case WP_SET_LIST:
        for (const struct wp_set *at = set->parts; at; at = at->next) {
            uint64_t part = wp_lower_devices(lowering, scope, at);

            if (at != set->parts && at->join == WP_JOIN_DIFFERENCE)
                mask &= ~part;
            else
                mask |= part;
        }
        return mask;
    case WP_SET_PRODUCT:
        mask = ~UINT64_C(0);
        for (const struct wp_set *at = set->parts; at; at = at->next)
            mask &= wp_lower_devices(lowering, scope, at);
        return mask;
    }
    return 0;
}

static uint64_t
postures_of_entry(uint32_t entry)
{
    uint64_t mask = 0;

    for (unsigned risk = 0; risk < WP_RISK_COUNT; risk++)
        for (unsigned state = 0; state < 4; state++)
            mask |= UINT64_C(1) << wp_posture(entry, risk, state >> 1, state & 1);
    return mask;
}

uint64_t
wp_lower_entries(struct wp_lowering *lowering, const struct wp_scope *scope,
                 const struct wp_set *set)
{
    uint64_t mask = 0;

    if (set->kind == WP_SET_NAME || set->kind == WP_SET_STRING) {
        const struct wp_argument *argument = wp_scope_find(scope, set->text);
        uint32_t entry = wp_entry_number(set->text);

        if (argument)
            return argument->set ? wp_lower_entries(lowering, scope->outer, argument->set) : 0;
        return entry == WP_NONE ? 0 : postures_of_entry(entry);
    }
    for (const struct wp_set *at = set->parts; at; at = at->next)
        mask |= wp_lower_entries(lowering, scope, at);
    return mask;
}

/* ---- groups, apps, users ------------------------------------------------------------------- */

static bool
is_user(const void *context, uint32_t number, const void *key)
{
    const struct wp_model *model = context;

    return strcmp(model->users[number], key) == 0;
}

static uint32_t
intern_user(struct wp_lowering *lowering, const char *name)
{
    struct wp_model *model = lowering->model;
    uint64_t hash = wp_hash_text(name);
    uint32_t found = wp_map_find(&lowering->user_map, hash, is_user, model, name);

    if (found != WP_NONE)
        return found;
    if (model->user_count == lowering->user_room) {
        uint32_t room = lowering->user_room == 0 ? 16 : lowering->user_room * 2;
        const char **users = wp_alloc_array(lowering->arena, room, sizeof *users);

        if (model->user_count > 0)
            memcpy(users, model->users, model->user_count * sizeof *users);
        model->users = users;
        lowering->user_room = room;
    }
    model->users[model->user_count] = name;
    wp_map_add(&lowering->user_map, hash, model->user_count);
    return model->user_count++;
}

static uint32_t
number_of(struct wp_lowering *lowering, enum wp_place place, const char *name)
{
    if (place == WP_PLACE_USER)
        return intern_user(lowering, name);
    const struct wp_symbol *symbol =
        wp_symbols_find(lowering->symbols, wp_place_symbol(place), name);
    return symbol ? symbol->number : WP_NONE;
}

struct numbers {
    uint32_t *ids;
    uint32_t count, room;
};

static void
add_number(struct wp_arena *arena, struct numbers *numbers, uint32_t number)
{
    if (number == WP_NONE)
        return;
    if (numbers->count == numbers->room) {
        uint32_t room = numbers->room == 0 ? 4 : numbers->room * 2;
        uint32_t *ids = wp_alloc_array(arena, room, sizeof *ids);

        if (numbers->count > 0)
            memcpy(ids, numbers->ids, numbers->count * sizeof *ids);
        numbers->ids = ids;
        numbers->room = room;
    }
    numbers->ids[numbers->count++] = number;
}

static void
collect_numbers(struct wp_lowering *lowering, const struct wp_scope *scope,
                const struct wp_set *set, enum wp_place place, struct numbers *numbers)
{
    if (set->kind == WP_SET_NAME || set->kind == WP_SET_STRING) {
        const struct wp_argument *argument =
            set->kind == WP_SET_NAME ? wp_scope_find(scope, set->text) : NULL;

        if (!argument)
            add_number(lowering->arena, numbers, number_of(lowering, place, set->text));
        else if (argument->set)
            collect_numbers(lowering, scope->outer, argument->set, place, numbers);
        return;
    }
    for (const struct wp_set *at = set->parts; at; at = at->next)
        collect_numbers(lowering, scope, at, place, numbers);
}

static int
by_number(const void *left, const void *right)
{
    const uint32_t *a = left, *b = right;

    return (*a > *b) - (*a < *b);
}

static uint32_t
sort_numbers(uint32_t *ids, uint32_t count)
{
    uint32_t kept = 0;

    if (count > 1)
        qsort(ids, count, sizeof *ids, by_number);
    for (uint32_t i = 0; i < count; i++)
        if (kept == 0 || ids[kept - 1] != ids[i])
            ids[kept++] = ids[i];
    return kept;
}

struct wp_ids
wp_lower_ids(struct wp_lowering *lowering, const struct wp_scope *scope, const struct wp_set *set,
             enum wp_place place)
{
    struct numbers numbers = {0};

    collect_numbers(lowering, scope, set, place, &numbers);
    return (struct wp_ids){numbers.ids, sort_numbers(numbers.ids, numbers.count)};
}

/* ---- users in the order of their names ---------------------------------------------------------
 */

struct ranked {
    const char *name;
    uint32_t number;
};

static int
by_name(const void *left, const void *right)
{
    const struct ranked *a = left, *b = right;

    return strcmp(a->name, b->name);
}

static void
renumber(struct wp_arena *arena, struct wp_test *test, const uint32_t *rank)
{
    uint32_t *ids = wp_alloc_array(arena, (size_t)test->ids.count + 1, sizeof *ids);

    for (uint32_t i = 0; i < test->ids.count; i++)
        ids[i] = rank[test->ids.ids[i]];
    test->ids.ids = ids;
    test->ids.count = sort_numbers(ids, test->ids.count);
}

void
wp_lower_users(struct wp_lowering *lowering)
{
    struct wp_model *model = lowering->model;
    uint32_t count = model->user_count;
    struct ranked *ranked = wp_alloc_array(lowering->arena, (size_t)count + 1, sizeof *ranked);
    uint32_t *rank = wp_alloc_array(lowering->arena, (size_t)count + 1, sizeof *rank);

    for (uint32_t i = 0; i < count; i++)
        ranked[i] = (struct ranked){model->users[i], i};
    if (count > 1)
        qsort(ranked, count, sizeof *ranked, by_name);
    for (uint32_t i = 0; i < count; i++) {
        rank[ranked[i].number] = i;
        model->users[i] = ranked[i].name;
    }
    for (uint32_t i = 0; i < lowering->user_test_count; i++)
        renumber(lowering->arena, lowering->user_tests[i], rank);
}
