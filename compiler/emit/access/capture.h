/* Learning a wire profile from a tenant's own answers. */
#ifndef WP_EMIT_ACCESS_CAPTURE_H
#define WP_EMIT_ACCESS_CAPTURE_H

#include "compiler/emit/access/reader.h"

/* What is seen of one place in many objects of a kind: "conditions.networkRange". */
struct wp_place {
    const char *path;
    json_t *values; /* an array of what stands there */
};

struct wp_places {
    struct wp_arena *arena;
    struct wp_place *items;
    size_t count, room;
};

/* Adds every place of the object; those of objects within it have dotted paths. */
void wp_places_add(struct wp_places *places, const json_t *object);
void wp_places_end(struct wp_places *places);

/* Guesses what a place of a rule holds by what stands there: "range", "device",
 * "groups", "action", "chains", "reauth_s", "message", "next", "disabled", "name";
 * NULL when it cannot be told. */
const char *wp_place_guess(const struct wp_access_reader *reader, const struct wp_place *place);

/* Is it a list of pairs of IPv4 addresses? Sets the names of their ends. */
bool wp_place_is_pairs(const struct wp_place *place, const char **from, const char **to);

#endif
