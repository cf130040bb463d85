/* How wide text is on a terminal, without asking the locale. */
#ifndef WP_LANG_COLUMNS_H
#define WP_LANG_COLUMNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What stands at one place of a text: `bytes` bytes (at least 1) that take
 * `columns` columns. Unprintable ones (control characters, bytes that are not
 * UTF-8, characters that reorder their neighbours) must be shown as one
 * replacement character instead: a source must not steer the terminal. */
struct wp_glyph {
    uint32_t bytes;
    unsigned columns;
    bool printable;
};

/* The glyph at `text`, of which `length` > 0 bytes are left; a tab reaches to the
 * next multiple of four behind `column`. */
struct wp_glyph wp_glyph_at(const char *text, size_t length, unsigned column);

/* The columns that `length` bytes take, from column 0. */
unsigned wp_columns(const char *text, size_t length);

#endif
