/* The items of a JSON array, cut apart without a tree: each is then read as a
 * text of its own. */
#ifndef WP_SERVE_JSON_ITEMS_H
#define WP_SERVE_JSON_ITEMS_H

#include <stdbool.h>
#include <stddef.h>

#include "woapol.h"

struct wp_json_items {
    const char *text;
    size_t length, at;
    bool has_items; /* one has been taken */
};

enum wp_json_step {
    WP_JSON_ITEM,
    WP_JSON_END,  /* the array has ended, and nothing but blanks follows */
    WP_JSON_WRONG /* it is no array */
};

/* Begins; false when the text is no array at all. */
bool wp_json_items_begin(struct wp_json_items *items, const char *text, size_t length);

/* Takes the next item. Brackets outside strings match in number; whether the
 * item is JSON is for its reader to say. */
enum wp_json_step wp_json_items_next(struct wp_json_items *items, struct woapol_text *item);

#endif
