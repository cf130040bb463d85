/* Device types as Access' policies have them: data of the standard library. */
#include "compiler/emit/access/access.h"
#include "compiler/facts.h"

#include <string.h>

static const struct wp_attribute *
block_of(const struct wp_model *model, uint32_t device)
{
    const struct wp_declaration *declaration = model->devices[device].declaration;
    const struct wp_attribute *block =
        declaration ? wp_block_find(declaration->attributes, "access", NULL) : NULL;

    return block ? block->attributes : NULL;
}

static uint32_t
find_type(const struct wp_access_types *types, const char *label)
{
    uint32_t i = 0;

    while (i < types->count && strcmp(types->items[i].label, label) != 0)
        i++;
    return i;
}

static void
add_device(struct wp_access_types *types, const struct wp_model *model, uint32_t device)
{
    const struct wp_attribute *block = block_of(model, device);
    const char *label = wp_attribute_text(block, "label", NULL);
    uint32_t at;

    if (!label) {
        types->rest |= UINT64_C(1) << device;
        return;
    }
    at = find_type(types, label);
    if (at == types->count) {
        if (types->count == WP_ACCESS_MAX_TYPES) {
            types->rest |= UINT64_C(1) << device;
            return;
        }
        types->items[types->count++].label = label;
    }
    types->items[at].mask |= UINT64_C(1) << device;
    if (strcmp(wp_attribute_text(block, "edition", ""), "cloud") == 0)
        types->items[at].cloud_only = true;
}

/* The types of the devices that an attribute of the device names. */
static uint32_t
named_types(const struct wp_access_types *types, const struct wp_model *model, uint32_t device,
            const char *key)
{
    const struct wp_attribute *named = wp_attribute_find(block_of(model, device), key);
    uint32_t mask = 0;

    for (uint32_t i = 1; named && i < model->device_count; i++) {
        const char *label = wp_attribute_text(block_of(model, i), "label", NULL);
        uint32_t other = label ? find_type(types, label) : types->count;
        if (other < types->count && wp_value_holds(named->value, model->devices[i].name))
            mask |= UINT32_C(1) << other;
    }
    return mask;
}

static void
add_others(struct wp_access_types *types, const struct wp_model *model, uint32_t device)
{
    const char *label = wp_attribute_text(block_of(model, device), "label", NULL);
    uint32_t at = label ? find_type(types, label) : types->count;

    if (at == types->count)
        return;
    types->items[at].also |= named_types(types, model, device, "also") & ~(UINT32_C(1) << at);
    types->items[at].before |= named_types(types, model, device, "before") & ~(UINT32_C(1) << at);
}

void
wp_access_types_init(struct wp_access_types *types, struct wp_arena *arena,
                     const struct wp_model *model)
{
    *types = (struct wp_access_types){.rest = 1};
    types->items = wp_alloc_array(arena, WP_ACCESS_MAX_TYPES, sizeof *types->items);
    for (uint32_t i = 1; i < model->device_count; i++)
        add_device(types, model, i);
    for (uint32_t i = 1; i < model->device_count; i++)
        add_others(types, model, i);
}
