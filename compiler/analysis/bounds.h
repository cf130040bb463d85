/* One set in each dimension that a condition cannot reach beyond. */
#ifndef WP_ANALYSIS_BOUNDS_H
#define WP_ANALYSIS_BOUNDS_H

#include "compiler/model.h"

/* Every point that meets the condition has its device and posture in the masks,
 * its address in the network (WP_NONE: any) and, if has_groups, one of the
 * groups. */
struct wp_bounds {
    uint64_t devices, postures;
    uint32_t network;
    bool has_groups;
    struct wp_ids groups;
    uint32_t weight; /* how many tests it is made of */
};

void wp_bounds_of(struct wp_arena *arena, const struct wp_model *model, const struct wp_test *test,
                  struct wp_bounds *bounds);

#endif
