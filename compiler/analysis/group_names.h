/* Groups that no request can name alone. */
#ifndef WP_ANALYSIS_GROUP_NAMES_H
#define WP_ANALYSIS_GROUP_NAMES_H

#include "compiler/model.h"

/* Whoever is in the first is in the second: each name of the first, which a
 * request could use, means the second as well (WOA1038). */
struct wp_group_pair {
    uint32_t group, also;
};

/* All such pairs, in the arena. */
struct wp_group_pair *wp_group_pairs(struct wp_arena *arena, const struct wp_model *model,
                                     uint32_t *count);

#endif
