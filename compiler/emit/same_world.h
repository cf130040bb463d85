/* One numbering for the source and both lifted policies, and the policies in it, in terms
 * of real sign-ins. The inside of same.c. */
#ifndef WP_EMIT_SAME_WORLD_H
#define WP_EMIT_SAME_WORLD_H

#include "compiler/emit/same.h"

/* The source's devices, apps and users first, in its numbers; then those that only a
 * lifted policy names. */
struct wp_same_world {
    const struct wp_same *same;
    struct wp_thing *devices, *apps;
    const char **users;
    uint32_t device_count, app_count, user_count;
    /* by side: lifted numbers to those of the world, and devices back */
    uint32_t *apps_of[2], *users_of[2], *device_in[2];
    uint32_t *app_classes; /* one of each kind that both tenants see alike */
    uint32_t app_class_count;
};

/* False when there are too many device types. */
bool wp_same_world_init(struct wp_same_world *world, const struct wp_same *same);

/* What the tenant of that side decides, asked of a real sign-in. */
const struct wp_model *wp_same_world_model(struct wp_same_world *world, int side);

/* Adds what is true of every real sign-in that both tenants can be asked about
 * (same_assume.c). */
void wp_same_assume(const struct wp_same_world *world, struct wp_model *model);

/* A condition without a place in a source. */
struct wp_test *wp_same_leaf(struct wp_arena *arena, enum wp_test_kind kind);

#endif
