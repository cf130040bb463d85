/* The inside of ordering: order.c decides what comes when, order_calls.c makes the
 * calls. */
#ifndef WP_EMIT_ACCESS_ORDERING_H
#define WP_EMIT_ACCESS_ORDERING_H

#include "compiler/emit/access/shape.h"

#define WP_ACCESS_NEXT " (next)" /* ends the name of what only stands in for a moment */

struct wp_ordering {
    struct wp_arena *arena;
    const struct wp_session *session;
    const struct wp_access_profile *profile;
    const struct wp_state *desired;
    struct wp_state held; /* the current state with the calls so far done */
    const struct wp_plan_options *options;
    struct wp_plan *plan;
    struct wp_problem *problem;
};

/* Calls that bring one object to a body; `body` is copied. Each is done to `held`. */
bool wp_order_put_range(struct wp_ordering *ordering, const char *name, const json_t *body,
                        struct wp_span span, const char *stage);
bool wp_order_put_policy(struct wp_ordering *ordering, const struct wp_object *wanted,
                         const char *name, const json_t *body, const char *stage);
bool wp_order_bind(struct wp_ordering *ordering, const char *app, const char *policy_key,
                   struct wp_span span, const char *stage);
bool wp_order_put_client(struct wp_ordering *ordering, const struct wp_object *wanted);
/* A range or policy that woapol made. */
bool wp_order_remove(struct wp_ordering *ordering, const char *key, const char *stage);

/* Is the object in `held` woapol's own? */
bool wp_order_is_ours(const struct wp_ordering *ordering, const struct wp_object *object);

#endif
