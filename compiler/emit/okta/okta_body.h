/* Trees as Okta answers them: the parts that reading, ordering and lifting share. */
#ifndef WP_EMIT_OKTA_BODY_H
#define WP_EMIT_OKTA_BODY_H

#include "compiler/emit/okta/okta_api.h"

/* The text of an object's key, "" when there is none. */
const char *wp_okta_text(const json_t *object, const char *key);

/* A copy without nulls and empty lists and objects in it, at any depth; of an
 * object's, and without these keys (the last is NULL). */
json_t *wp_okta_clean(const json_t *value);
json_t *wp_okta_without(const json_t *answer, const char *const *keys);

/* Sorts every list within by all that its items hold. */
void wp_okta_sort_lists(json_t *value);

/* A reference where the identifier is known, else the identifier. */
json_t *wp_okta_name_of(const struct wp_state *state, const char *kind, const json_t *id);

#endif
