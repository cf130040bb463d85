/* The difference of two texts, line by line, as a unified diff. */
#ifndef WP_CLI_LINE_DIFF_H
#define WP_CLI_LINE_DIFF_H

#include <stddef.h>
#include <stdio.h>

#include "lang/arena.h"

/* Prints the unified diff of two texts, both called `name`; nothing when they are
 * equal. Takes memory from the arena, at most in proportion to the lines and the
 * square of the number of differing ones up to some hundreds; beyond that what
 * differs is shown as replaced whole. */
void wp_print_line_diff(FILE *stream, struct wp_arena *arena, const char *name, const char *old,
                        size_t old_length, const char *new, size_t new_length);

#endif
