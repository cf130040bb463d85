/* From text to tree: the only way into the scanner and the grammar. */
#ifndef WP_LANG_PARSE_H
#define WP_LANG_PARSE_H

#include "ast.h"
#include "diagnostics.h"

struct wp_names;

/* A table of interned names: equal texts give equal pointers. */
struct wp_names *wp_names_new(struct wp_arena *arena);
const char *wp_intern(struct wp_names *names, const char *text, size_t length);
bool wp_is_interned(const struct wp_names *names, const char *text, size_t length);

/*
 * Parses file number `file` of `list->sources`. Syntax errors are reported and
 * passed over at the end of the rule, attribute or declaration they stand in;
 * what could be read whole is in the tree. Never NULL. Depth of nesting is
 * bounded (WOA1006), so passes may recurse over what comes back.
 */
struct wp_file *wp_parse(struct wp_diagnostics *list, struct wp_names *names, uint32_t file);

/*
 * Whether the word stood in something that the parser passed over because of a
 * syntax error. What such a word names may have been declared there, so that it
 * is unknown says nothing: one cause, one message.
 */
bool wp_was_lost(const struct wp_diagnostics *list, const char *word);

#endif
