/*
 * What a network zone of Okta holds.
 *
 * A zone has gateways and proxies. Okta walks the forwarded chain of addresses
 * from the nearest to the client's: a gateway is inside, a proxy leads one step
 * further, anything else is outside. A request of woapol has one address, so its
 * chain has one: it is in the zone when it is a gateway.
 */
#ifndef WP_EMIT_OKTA_ZONE_H
#define WP_EMIT_OKTA_ZONE_H

#include "compiler/address.h"

#include <jansson.h>

/* Okta looks at no more addresses than these, from the right. */
#define WP_OKTA_CHAIN 5

struct wp_okta_zone {
    struct wp_network gateways, proxies;
};

/* Is a sign-in inside the zone that came through `chain`, the client's address
 * first and the one that connected to Okta last? */
bool wp_okta_zone_holds(const struct wp_okta_zone *zone, const struct wp_address *chain,
                        size_t count);

/*
 * The sets of a zone's canonical body. False with the cause in *reason, as the
 * end of a sentence ("holds countries"), when addresses alone do not tell who is
 * inside: a dynamic zone, or an entry that cannot be read.
 */
bool wp_okta_zone_read(struct wp_arena *arena, const json_t *body, struct wp_okta_zone *zone,
                       const char **reason);

#endif
