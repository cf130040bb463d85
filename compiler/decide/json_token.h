/* Looking at JSON without a parser: what the one at hand does not tell. */
#ifndef WP_DECIDE_JSON_TOKEN_H
#define WP_DECIDE_JSON_TOKEN_H

#include <stdbool.h>
#include <stddef.h>

#include "woapol.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Whether the text is a number as JSON has them, of any size. */
bool wp_json_is_number(const char *text, size_t length);

/* What stands as "id" at the start of an object that may be cut short or broken
 * further on, if it is no array or object and has an end; else of length 0. It
 * need not be JSON. */
struct woapol_text wp_json_first_id(const char *text, size_t length);

/* Takes the escapes out of what stands between the quotes of a JSON string. `out` has room
 * for as many bytes. False: an escape is none that JSON has, or half of a pair. */
bool wp_json_unescape(const char *text, size_t length, char *out, size_t *made);

#ifdef __cplusplus
}
#endif
#endif
