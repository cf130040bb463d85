/*
 * Some fields of any JSON text, by their paths: the second interface to simdjson,
 * for logs whose shape is another's.
 *
 * A path is keys with dots between them; "[]" after a key, or alone at the start,
 * goes into the elements of an array: "client.ipAddress", "target[].type", "[]". A dot
 * within a key is written as WP_FIELDS_DOT.
 * What is not asked for is passed over without a look at its grammar, which is what
 * makes this fast; brackets, quotes and UTF-8 are checked all over the text.
 */
#ifndef WP_DECIDE_JSON_FIELDS_H
#define WP_DECIDE_JSON_FIELDS_H

#include <stdbool.h>
#include <stddef.h>

#include "woapol.h"

#ifdef __cplusplus
extern "C" {
#endif

#define WP_FIELDS_DOT "\1"

/* Bytes after a text that must be readable (their values do not matter). */
#define WP_FIELDS_PADDING 64

enum wp_field_kind { WP_FIELD_STRING, WP_FIELD_NUMBER, WP_FIELD_TRUE, WP_FIELD_FALSE };

/* Called for what stands at the paths, in the order of the text. `field` is the
 * index of the path. null counts as absent and is not told; an array or object
 * at a path that wants a value neither. */
struct wp_field_visitor {
    /* `text` is good until the next text is read: it lies in the text, or where it is
     * escaped in the reader. False: that is enough; of the rest only brackets, quotes
     * and UTF-8 are checked. */
    bool (*value)(void *context, size_t field, enum wp_field_kind kind, struct woapol_text text);
    /* An element of an array begins; `field` is the index of the path that ends with
     * the array's "[]". NULL: nobody wants to know. */
    void (*element)(void *context, size_t field);
    void *context;
};

struct wp_field_reader;

/* The paths are copied. NULL when memory runs out. */
struct wp_field_reader *wp_field_reader_new(const char *const *paths, size_t count);
void wp_field_reader_free(struct wp_field_reader *reader);

/* Reads one text, an object or an array. False when it is not JSON as far as has
 * been looked; some values may have been told by then. */
bool wp_read_fields(struct wp_field_reader *reader, const char *text, size_t length,
                    const struct wp_field_visitor *visitor);

bool wp_is_utf8(const char *text, size_t length);

#ifdef __cplusplus
}
#endif
#endif
