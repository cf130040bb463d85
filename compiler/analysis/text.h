/* Text that grows in an arena. */
#ifndef WP_ANALYSIS_TEXT_H
#define WP_ANALYSIS_TEXT_H

#include "lang/arena.h"

#include <stddef.h>

struct wp_text {
    struct wp_arena *arena;
    char *bytes; /* NUL-terminated once something was added */
    size_t length, room;
};

void wp_text_add(struct wp_text *text, const char *more);
void wp_text_printf(struct wp_text *text, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* As a JSON string, with its quotes. */
void wp_text_json(struct wp_text *text, const char *string);

/* As a name or, where it is none, a string of the language. */
void wp_text_name(struct wp_text *text, const char *name);

#endif
