/* A source with what its includes stand for written out. */
#ifndef WP_COMPILER_EXPAND_H
#define WP_COMPILER_EXPAND_H

#include "compiler/model.h"

/*
 * The text of the model's first file with every `include` replaced by the rules
 * of its template, arguments and prefixes in their places, and without templates
 * of its own. It decides as the file does; it is not formatted. Comments within
 * rules stay, those between the rules of a template are left out.
 */
const char *wp_expand(struct wp_arena *arena, const struct wp_model *model, size_t *length);

#endif
