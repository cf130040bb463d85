/* Names that a tenant gave its objects, in a source that is lifted: strings of the
 * language hold no control characters. */
#ifndef WP_EMIT_PLAIN_TEXT_H
#define WP_EMIT_PLAIN_TEXT_H

#include "lang/arena.h"

/* The text with question marks for its control characters, those of two bytes of UTF-8
 * (U+0080 to U+009F) among them: for comments and complaints. Lives in the arena. */
const char *wp_plain_text(struct wp_arena *arena, const char *text);

/* Plain text as a string of the language, with its quotes. */
const char *wp_quoted_text(struct wp_arena *arena, const char *plain);

#endif
