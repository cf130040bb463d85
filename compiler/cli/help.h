/* The command table as text for a person and as the source of the manual. */
#ifndef WP_CLI_HELP_H
#define WP_CLI_HELP_H

#include <stdio.h>

#include "compiler/cli/options.h"

/* All commands, a line each. */
void wp_print_overview(FILE *stream);

/* One command whole. */
void wp_print_command_help(FILE *stream, const struct wp_command *command);

/* woapol.1 in mdoc. */
void wp_print_manual(FILE *stream);

/* Prints `text` in lines of at most 78 columns, each behind `indent` blanks, the
 * first going on at column `column`. An empty line parts paragraphs. */
void wp_print_wrapped(FILE *stream, const char *text, unsigned indent, unsigned column);

#endif
