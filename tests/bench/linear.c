#include "bench/linear.h"

#include "compiler/partition.h"
#include "runtime/lookup.h"

#include <stdlib.h>
#include <string.h>

/* One term of a rule. */
struct scanned {
    uint32_t network; /* a row of bits by class, or WP_NONE */
    uint32_t rule;
    uint64_t devices, postures;
    const struct wp_term *term; /* for its groups */
};

struct linear {
    struct scanned *terms;
    uint32_t count;
    uint32_t words;     /* of a class's bits, one a network */
    uint64_t *by_class; /* by the image's class: which networks hold its addresses */
    uint64_t *held;     /* one bit a group */
    uint32_t held_words;
};

static bool
holds(const struct wp_network *network, uint32_t address)
{
    uint32_t low = 0, high = network->v4_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (network->v4[middle].high < address)
            low = middle + 1;
        else
            high = middle;
    }
    return low < network->v4_count && network->v4[low].low <= address;
}

/* The bits of every class that has IPv4 addresses, from one address of each. */
static void
fill_classes(struct linear *linear, const struct wp_model *model, const struct wp_view *view)
{
    struct wp_partition partition;
    const struct wp_network **networks = calloc(model->network_count + 1, sizeof *networks);
    for (uint32_t i = 0; i < model->network_count; i++)
        networks[i] = &model->networks[i];
    wp_partition_make(&partition, model->arena, networks, model->network_count);
    const size_t classes = view->shape.classes;
    bool *done = calloc(classes, 1);
    linear->by_class = calloc(classes * linear->words, sizeof *linear->by_class);
    for (uint32_t i = 0; i < partition.v4_count; i++) {
        const uint32_t class = wp_class_v4(view, partition.v4_starts[i]);
        uint64_t *bits = linear->by_class + (size_t) class * linear->words;
        for (uint32_t n = 0; !done[class] && n < model->network_count; n++)
            if (holds(&model->networks[n], partition.v4_starts[i]))
                bits[n / 64] |= UINT64_C(1) << n % 64;
        done[class] = true;
    }
    free(done);
    free(networks);
}

static void
add_terms(struct linear *linear, const struct wp_policy *policy)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < policy->rule_count; i++)
        count += policy->rules[i].term_count;
    linear->terms = calloc(count + 1, sizeof *linear->terms);
    for (uint32_t i = 0; i < policy->rule_count; i++)
        for (uint32_t k = 0; k < policy->rules[i].term_count; k++) {
            const struct wp_term *term = &policy->rules[i].terms[k];
            linear->terms[linear->count++] =
                (struct scanned){term->network, i, term->devices, term->postures, term};
        }
}

struct linear *
linear_new(const struct wp_model *model, const struct woapol_image *image)
{
    struct linear *linear = calloc(1, sizeof *linear);
    linear->words = (model->network_count + 63) / 64;
    linear->held_words = (model->group_count + 63) / 64;
    linear->held = calloc(linear->held_words + 1, sizeof *linear->held);
    add_terms(linear, &model->policies[model->default_policy]);
    fill_classes(linear, model, wp_view(image));
    return linear;
}

void
linear_bind(struct linear *linear, const uint32_t *groups, uint32_t count)
{
    memset(linear->held, 0, linear->held_words * sizeof *linear->held);
    for (uint32_t i = 0; i < count; i++)
        linear->held[groups[i] / 64] |= UINT64_C(1) << groups[i] % 64;
}

static bool
is_in_some(const struct linear *linear, const struct wp_ids *groups)
{
    for (uint32_t i = 0; i < groups->count; i++)
        if (linear->held[groups->ids[i] / 64] >> groups->ids[i] % 64 & 1)
            return true;
    return false;
}

static bool
has_groups(const struct linear *linear, const struct wp_term *term)
{
    for (uint32_t i = 0; i < term->any_count; i++)
        if (!is_in_some(linear, &term->any[i]))
            return false;
    return !is_in_some(linear, &term->none);
}

uint32_t
linear_decide(const struct linear *linear, const struct woapol_request *request, uint32_t class)
{
    const uint64_t *networks = linear->by_class + (size_t) class * linear->words;
    const uint64_t device = UINT64_C(1) << request->device;
    const uint64_t posture =
        UINT64_C(1) << (((request->entry * WP_RISKS + request->risk) * 2 + request->compliant) * 2 +
                        request->managed);
    for (uint32_t i = 0; i < linear->count; i++) {
        const struct scanned *s = &linear->terms[i];
        if (!(s->devices & device) || !(s->postures & posture))
            continue;
        if (s->network != WP_NONE && !(networks[s->network / 64] >> s->network % 64 & 1))
            continue;
        if (has_groups(linear, s->term))
            return s->rule;
    }
    return WP_NONE;
}
