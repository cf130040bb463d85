/* From a request to the tenant that it is for. */
#ifndef WP_SANDBOX_DISPATCH_H
#define WP_SANDBOX_DISPATCH_H

#include "compiler/sandbox/exchange.h"

/* Handles a request under the sandbox's lock; x holds the answer afterwards. */
void wp_box_dispatch(struct wp_exchange *x);

/* Each tenant's part of it, and what it holds from the start. */
void wp_box_okta_handle(struct wp_exchange *x);
void wp_box_okta_seed(struct wp_box *box, struct wp_arena *arena, const json_t *sample);
void wp_box_access_handle(struct wp_exchange *x);
void wp_box_access_seed(struct wp_box *box, struct wp_arena *arena, const json_t *sample);
void wp_box_uem_handle(struct wp_exchange *x);
void wp_box_uem_seed(struct wp_box *box, struct wp_arena *arena, const json_t *sample);
void wp_box_control_handle(struct wp_exchange *x);

#endif
