/* JSON text written piece by piece into memory that grows: for output that is
 * too hot for a document library, and for small reports. */
#ifndef WP_DECIDE_JSON_TEXT_H
#define WP_DECIDE_JSON_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* All zero is an empty text. When memory runs out `failed` is set and the rest
 * is dropped, so one look at the end suffices. */
struct wp_json_text {
    char *bytes;
    size_t length, capacity;
    bool failed;
};

void wp_json_text_free(struct wp_json_text *text);

/* Adds bytes as they are. */
void wp_json_put(struct wp_json_text *text, const char *bytes, size_t length);
void wp_json_puts(struct wp_json_text *text, const char *string);
void wp_json_number(struct wp_json_text *text, uint64_t number);

/* Adds a string with its quotes. Bytes that are not UTF-8 become U+FFFD. */
void wp_json_string(struct wp_json_text *text, const char *bytes, size_t length);

/* The same for a NUL-terminated one; NULL becomes null. */
void wp_json_string_or_null(struct wp_json_text *text, const char *string);

#endif
