#include "tests/unit/random_question.h"

#include "runtime/lookup.h"
#include "tests/unit/random_policy.h"

void
random_question(uint64_t *state, const struct wp_view *view, struct woapol_request *request)
{
    static const uint8_t families[] = {0, 4, 6, 5};
    woapol_request_init(request);
    request->address_family = families[random_below(state, 16) == 0 ? random_below(state, 4) : 1];
    if (random_below(state, 4) == 0)
        request->address_family = 6;
    for (int i = 0; i < 16; i++)
        request->address[i] = (uint8_t)random_below(state, 256);
    if (random_below(state, 2) == 0 && view->shape.v4_layout == WP_V4_LIST) {
        /* At the edge of a range. */
        const uint32_t *keys = view->v4_keys + wp_v4_index_size(&view->shape);
        const uint32_t key =
            keys[random_below(state, view->shape.v4_count)] - (uint32_t)random_below(state, 2);
        for (int i = 0; i < 4; i++)
            request->address[i] = (uint8_t)(key >> (24 - 8 * i));
    }
    if (request->address_family == 6) {
        const uint64_t key =
            view->v6_leaves[random_below(state, view->shape.v6_count)] - random_below(state, 2);
        for (int i = 0; i < 8; i++)
            request->address[i] = (uint8_t)(key >> (56 - 8 * i));
    }
    request->risk = (uint8_t)random_below(state, 3);
    request->managed = random_below(state, 2);
    request->compliant = random_below(state, 2);
    request->device = random_below(state, view->shape.rows[WP_FAMILY_DEVICE] + 1);
    request->app = random_below(state, view->shape.apps + 1);
    request->entry = random_below(state, WP_ENTRIES_OF_REQUEST);
}

void
random_identity(uint64_t *state, const struct wp_view *view, struct random_identity *identity)
{
    const uint32_t count = random_below(state, RANDOM_NUMBERS);
    for (uint32_t i = 0; i < count; i++)
        identity->numbers[i] = 1 + random_below(state, view->shape.groups + 1);
    identity->who = (struct woapol_identity){.group_numbers = identity->numbers,
                                             .group_number_count = count,
                                             .groups_incomplete = random_below(state, 3) == 0};
}
