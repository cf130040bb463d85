/* Building what is sent from a part of a wire profile. */
#ifndef WP_EMIT_ACCESS_WIRE_PART_H
#define WP_EMIT_ACCESS_WIRE_PART_H

#include <jansson.h>

/* What an object is sent as before its keys are put: the tenant's own without what
 * is dropped, or what is fixed in a new one. */
json_t *wp_access_wire_start(const json_t *part, const json_t *original);

/* Puts a value where the part has the key; gives it back where it has none. */
void wp_access_wire_put(json_t *wire, const json_t *part, const char *key, json_t *value);

#endif
