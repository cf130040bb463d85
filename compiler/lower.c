/* The order of lowering: things get their numbers, definitions their values from
 * the innermost outwards, then policies, assumptions and proofs. */
#include "compiler/lowering.h"

/* ---- numbers ------------------------------------------------------------------------- */

static bool
is_device_set(const struct wp_symbol *symbol)
{
    return symbol->kind == WP_SYMBOL_DEVICE && symbol->declaration->set;
}

static uint32_t
count_kind(const struct wp_symbols *symbols, enum wp_symbol_kind kind)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < symbols->count; i++)
        count += symbols->all[i].kind == kind;
    return count;
}

/* Numbers the things of a kind in the order of declaration. */
static struct wp_thing *
number_things(struct wp_lowering *lowering, enum wp_symbol_kind kind, uint32_t *count)
{
    struct wp_symbols *symbols = lowering->symbols;
    struct wp_thing *things =
        wp_alloc_array(lowering->arena, (size_t)count_kind(symbols, kind) + 1, sizeof *things);

    for (uint32_t i = 0; i < symbols->count; i++) {
        struct wp_symbol *symbol = &symbols->all[i];

        if (symbol->kind != kind)
            continue;
        const struct wp_name *title = symbol->declaration->title;
        things[*count] = (struct wp_thing){symbol->name, title ? title->text : NULL, symbol->span,
                                           symbol->declaration};
        symbol->number = (*count)++;
    }
    return things;
}

/* Base types from 1, since 0 is an absent or unknown device; sets from 0. */
static void
number_devices(struct wp_lowering *lowering)
{
    struct wp_symbols *symbols = lowering->symbols;
    struct wp_model *model = lowering->model;
    uint32_t room = count_kind(symbols, WP_SYMBOL_DEVICE) + 1;

    model->devices = wp_alloc_array(lowering->arena, room, sizeof *model->devices);
    model->device_sets = wp_alloc_array(lowering->arena, room, sizeof *model->device_sets);
    model->device_count = 1;
    for (uint32_t i = 0; i < symbols->count; i++) {
        struct wp_symbol *symbol = &symbols->all[i];

        if (symbol->kind != WP_SYMBOL_DEVICE)
            continue;
        if (is_device_set(symbol)) {
            symbol->number = model->device_set_count++;
        } else if (model->device_count <= WP_MAX_DEVICES) {
            model->devices[model->device_count] =
                (struct wp_thing){symbol->name, NULL, symbol->span, symbol->declaration};
            symbol->number = model->device_count++;
        } else {
            wp_report(lowering->list, WP_E_TOO_MANY, symbol->span, "more than %d device types",
                      WP_MAX_DEVICES);
            break;
        }
    }
}

/* Numbers definitions; their values follow. */
static void
number_definitions(struct wp_lowering *lowering)
{
    struct wp_symbols *symbols = lowering->symbols;
    struct wp_model *model = lowering->model;
    struct wp_arena *arena = lowering->arena;
    uint32_t networks = count_kind(symbols, WP_SYMBOL_NETWORK);
    uint32_t conditions = count_kind(symbols, WP_SYMBOL_CONDITION);
    uint32_t chains = count_kind(symbols, WP_SYMBOL_CHAIN);

    model->named_networks =
        wp_alloc_array(arena, (size_t)networks + 1, sizeof *model->named_networks);
    model->conditions = wp_alloc_array(arena, (size_t)conditions + 1, sizeof *model->conditions);
    lowering->extents = wp_alloc_array(arena, (size_t)conditions + 1, sizeof *lowering->extents);
    model->chains = wp_alloc_array(arena, (size_t)chains + 1, sizeof *model->chains);
    lowering->repeats = wp_alloc_array(arena, (size_t)chains + 1, sizeof *lowering->repeats);
    lowering->chain_room = chains + 1;
    for (uint32_t i = 0; i < symbols->count; i++) {
        struct wp_symbol *symbol = &symbols->all[i];

        if (symbol->kind == WP_SYMBOL_NETWORK)
            symbol->number = model->named_network_count++;
        else if (symbol->kind == WP_SYMBOL_CONDITION)
            symbol->number = model->condition_count++;
        else if (symbol->kind == WP_SYMBOL_CHAIN)
            symbol->number = model->chain_count++;
    }
}

/* ---- values ----------------------------------------------------------------------------- */

static void
lower_named_condition(struct wp_lowering *lowering, const struct wp_symbol *symbol)
{
    const struct wp_condition *condition = symbol->declaration->condition;
    struct wp_named_test *made = &lowering->model->conditions[symbol->number];

    made->name = symbol->name;
    made->span = symbol->span;
    made->test = wp_lower_condition(lowering, NULL, condition, &lowering->extents[symbol->number]);
}

static void
lower_definition(struct wp_lowering *lowering, const struct wp_symbol *symbol)
{
    struct wp_model *model = lowering->model;

    if (symbol->kind == WP_SYMBOL_NETWORK) {
        struct wp_named_network *made = &model->named_networks[symbol->number];

        *made = (struct wp_named_network){symbol->name, symbol->span, lowering->pool->empty};
        if (!symbol->is_broken) {
            made->network = wp_lower_network(lowering, NULL, symbol->declaration->set);
            wp_check_idle(lowering, WP_PLACE_NETWORK, symbol->declaration->set);
        }
    } else if (is_device_set(symbol)) {
        struct wp_named_devices *made = &model->device_sets[symbol->number];

        *made = (struct wp_named_devices){symbol->name, symbol->span, 0};
        if (!symbol->is_broken) {
            made->mask = wp_lower_devices(lowering, NULL, symbol->declaration->set);
            wp_check_idle(lowering, WP_PLACE_DEVICE, symbol->declaration->set);
        }
    } else if (symbol->kind == WP_SYMBOL_CHAIN) {
        model->chains[symbol->number] =
            (struct wp_model_chain){.name = symbol->name, .span = symbol->span};
        if (!symbol->is_broken)
            wp_lower_named_chain(lowering, symbol);
    } else if (symbol->kind == WP_SYMBOL_CONDITION && !symbol->is_broken) {
        lower_named_condition(lowering, symbol);
    }
}

struct wp_model *
wp_lower(struct wp_diagnostics *list, const struct wp_loaded *loaded,
         const struct wp_resolved *resolved, struct wp_network_pool *pool)
{
    struct wp_model *model = wp_alloc(list->arena, sizeof *model);
    struct wp_lowering lowering = {.arena = list->arena,
                                   .list = list,
                                   .symbols = resolved->symbols,
                                   .resolved = resolved,
                                   .pool = pool,
                                   .model = model};

    model->arena = list->arena;
    model->sources = list->sources;
    model->symbols = resolved->symbols;
    model->files = loaded->files;
    model->file_count = loaded->count;
    wp_map_init(&lowering.inline_chains, list->arena);
    wp_map_init(&lowering.user_map, list->arena);
    number_devices(&lowering);
    model->groups = number_things(&lowering, WP_SYMBOL_GROUP, &model->group_count);
    model->apps = number_things(&lowering, WP_SYMBOL_APP, &model->app_count);
    model->methods = number_things(&lowering, WP_SYMBOL_METHOD, &model->method_count);
    model->policies =
        wp_alloc_array(list->arena, (size_t)count_kind(resolved->symbols, WP_SYMBOL_POLICY) + 1,
                       sizeof *model->policies);
    for (uint32_t i = 0; i < resolved->symbols->count; i++)
        if (resolved->symbols->all[i].kind == WP_SYMBOL_POLICY)
            resolved->symbols->all[i].number = model->policy_count++;
    number_definitions(&lowering);
    for (uint32_t i = 0; i < resolved->symbols->count; i++)
        lower_definition(&lowering, &resolved->symbols->all[resolved->order[i]]);
    wp_lower_policies(&lowering);
    wp_lower_statements(&lowering, loaded);
    wp_lower_users(&lowering);
    return model;
}
