/* A model as far as Okta can tell. */
#ifndef WP_EMIT_OKTA_SEEN_H
#define WP_EMIT_OKTA_SEEN_H

#include "compiler/emit/tenant.h"

/*
 * A copy to hold a source against a lifted org (wp_diff_models), or two lifted ones:
 * every request has an address and a device that Okta can see, only devices whose
 * posture Okta can learn are managed or compliant, denials have no message, and methods of a
 * step have no order.
 */
struct wp_model *wp_okta_as_seen(struct wp_arena *arena, const struct wp_model *from);

/* The half of it that is about decisions. */
const struct wp_model *wp_okta_as_told(struct wp_arena *arena, const struct wp_model *from);

/* What an org of the tenant's engine can tell. */
void wp_okta_sight(const struct wp_session *session, struct wp_sight *sight);

#endif
