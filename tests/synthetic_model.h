/* A large policy model made directly, without a source: what the analyses take
 * is measured alone. */
#ifndef WP_TESTS_SYNTHETIC_MODEL_H
#define WP_TESTS_SYNTHETIC_MODEL_H

#include "compiler/model.h"

#include <stdint.h>

struct synthetic_shape {
    uint32_t rules, groups;
    uint32_t prefixes; /* of a network, on average */
    uint64_t seed;
};

/* One default policy: a third of the rules for any network, the others for one
 * named network, its complement or two together; device types on half of them,
 * postures on some; one or two groups, a tenth all of two, a tenth none of one. */
struct wp_model *synthetic_model(struct wp_arena *arena, const struct synthetic_shape *shape);

#endif
