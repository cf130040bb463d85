/* The canonical formatter: tree and comments back to text. */
#ifndef WP_LANG_FORMATTER_H
#define WP_LANG_FORMATTER_H

#include "ast.h"

/*
 * The canonical text of a file that parsed without errors, allocated in `arena`
 * with its length in `*length`. Formatting the result gives the result again;
 * it parses to the same tree; every comment is in it, in order.
 */
const char *wp_format_file(struct wp_arena *arena, struct wp_sources *sources,
                           const struct wp_file *file, size_t *length);

#endif
