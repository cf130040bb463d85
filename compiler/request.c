#include "compiler/request.h"

#include "compiler/resolve.h"

#include <string.h>

void
wp_request_init(struct wp_request *request)
{
    *request = (struct wp_request){.app = WP_NONE,
                                   .user = WP_NONE,
                                   .entry = WP_ENTRY_NONE,
                                   .risk = WP_RISK_HIGH,
                                   .groups_complete = true};
}

bool
wp_request_set_address(struct wp_request *request, const char *text)
{
    if (!wp_address_parse(text, &request->address, NULL))
        return false;
    request->has_address = true;
    return true;
}

void
wp_request_set_device(const struct wp_model *model, struct wp_request *request, const char *name)
{
    const struct wp_symbol *symbol = wp_symbols_find(model->symbols, WP_SYMBOL_DEVICE, name);
    bool is_type = symbol && !symbol->declaration->set;

    request->device = is_type ? symbol->number : 0;
}

void
wp_request_set_app(const struct wp_model *model, struct wp_request *request, const char *name)
{
    const struct wp_symbol *symbol = wp_symbols_find(model->symbols, WP_SYMBOL_APP, name);

    request->app = symbol ? symbol->number : WP_NONE;
}

void
wp_request_set_user(const struct wp_model *model, struct wp_request *request, const char *name)
{
    uint32_t low = 0, high = model->user_count;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;

        if (strcmp(model->users[middle], name) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    request->user = low < model->user_count && strcmp(model->users[low], name) == 0 ? low : WP_NONE;
}

void
wp_request_set_entry(struct wp_request *request, const char *name)
{
    uint32_t entry = wp_entry_number(name);

    request->entry = entry == WP_NONE ? WP_ENTRY_NONE : entry;
}

bool
wp_request_set_risk(struct wp_request *request, const char *name)
{
    uint32_t risk = wp_risk_number(name);

    if (risk == WP_NONE)
        return false;
    request->risk = risk;
    return true;
}

static void
add_group(struct wp_arena *arena, struct wp_request *request, uint32_t group)
{
    uint32_t at = 0, count = request->groups.count;
    uint32_t *ids;

    while (at < count && request->groups.ids[at] < group)
        at++;
    if (at < count && request->groups.ids[at] == group)
        return;
    ids = wp_alloc_array(arena, (size_t)count + 1, sizeof *ids);
    if (at > 0)
        memcpy(ids, request->groups.ids, at * sizeof *ids);
    ids[at] = group;
    if (at < count)
        memcpy(ids + at + 1, request->groups.ids + at, (count - at) * sizeof *ids);
    request->groups = (struct wp_ids){ids, count + 1};
}

void
wp_request_add_group(struct wp_arena *arena, const struct wp_model *model,
                     struct wp_request *request, const char *name)
{
    for (uint32_t i = 0; i < model->group_count; i++) {
        const struct wp_thing *group = &model->groups[i];

        if (strcmp(group->name, name) == 0 ||
            (group->directory && strcmp(group->directory, name) == 0))
            add_group(arena, request, i);
    }
}
