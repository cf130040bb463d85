/* Network ranges: one for each set of addresses, called as in the source. */
#include "compiler/emit/access/desire.h"
#include "compiler/network.h"

#include <string.h>

struct wp_ranges_made {
    struct wp_network network;
    const char *key;
    struct wp_ranges_made *next;
};

static json_t *
address_json(uint32_t address)
{
    struct wp_address value = {.v4 = address};
    char text[WP_ADDRESS_TEXT];

    wp_address_text(&value, text);
    return json_string(text);
}

static json_t *
pairs_json(const struct wp_network *network)
{
    json_t *pairs = json_array();

    for (uint32_t i = 0; i < network->v4_count; i++)
        (void)json_array_append_new(pairs, json_pack("[o,o]", address_json(network->v4[i].low),
                                                     address_json(network->v4[i].high)));
    return pairs;
}

static bool
same_v4(const struct wp_network *a, const struct wp_network *b)
{
    return a->v4_count == b->v4_count &&
           (a->v4_count == 0 || memcmp(a->v4, b->v4, a->v4_count * sizeof *a->v4) == 0);
}

/* What the source calls the addresses: a network, or all but a network. */
static const char *
name_in_source(struct wp_desire *desire, const struct wp_network *network, struct wp_span *span)
{
    const struct wp_model *model = desire->model;
    struct wp_arena *arena = desire->session->arena;
    const struct wp_network outside = wp_network_complement(arena, network);
    const char *name = NULL;

    for (uint32_t i = 0; i < model->named_network_count; i++) {
        const struct wp_named_network *named = &model->named_networks[i];
        const struct wp_network *its = &model->networks[named->network];
        bool exact = same_v4(its, network);
        if (!exact && (name || !same_v4(its, &outside)))
            continue;
        *span = named->span;
        if (exact)
            return named->name;
        name = wp_format(arena, "not %s", named->name);
    }
    return name;
}

static const char *
free_name(struct wp_desire *desire, const char *name)
{
    struct wp_arena *arena = desire->session->arena;
    const char *tried = name;

    for (unsigned i = 2; wp_state_find(desire->state, wp_state_key(arena, "range", NULL, tried));
         i++)
        tried = wp_format(arena, "%s (%u)", name, i);
    return tried;
}

const char *
wp_desire_range(struct wp_desire *desire, const struct wp_network *network, const char *fallback,
                struct wp_span span)
{
    struct wp_arena *arena = desire->session->arena;
    struct wp_ranges_made *made = desire->ranges;
    struct wp_object *object;
    const char *name;
    bool is_new;

    for (; made; made = made->next) {
        if (same_v4(&made->network, network))
            return made->key;
    }
    name = name_in_source(desire, network, &span);
    name = free_name(desire, name ? name : fallback);
    object = wp_state_add(desire->state, "range", NULL, name, NULL,
                          json_pack("{s:o}", "pairs", pairs_json(network)), &is_new);
    object->span = span;
    made = wp_alloc(arena, sizeof *made);
    *made = (struct wp_ranges_made){*network, object->key, desire->ranges};
    desire->ranges = made;
    return object->key;
}
