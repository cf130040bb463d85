/* Where output goes: files that are whole or not there, standard output whose
 * errors are noticed, and whether to colour. */
#ifndef WP_CLI_OUTPUT_H
#define WP_CLI_OUTPUT_H

#include <stdio.h>

#include "compiler/cli/cli.h"
#include "lang/arena.h"
#include "lang/diagnostics.h"

/* Makes sure that 0, 1 and 2 are open, so that no file we open becomes one of
 * them, and that a closed pipe and a file that may not grow are errors of write
 * rather than signals. */
void wp_prepare_output(void);

/*
 * Writes a file that is whole or not there: beside it, to the disk, then in its
 * place. A file that exists keeps its permissions, a new one gets `mode` less the
 * umask; a symbolic link keeps pointing at its file. "-" is standard output; a
 * device or pipe is written directly. False after a message.
 */
bool wp_write_file(const struct wp_invocation *invocation, const char *path, const void *bytes,
                   size_t size, unsigned mode);

/* The whole of a file, or of standard input for "-", with a NUL after it; NULL
 * after a message when it cannot be read or has more than `limit` bytes. */
char *wp_read_input(const struct wp_invocation *invocation, struct wp_arena *arena,
                    const char *path, size_t limit, size_t *length);

/* Whether writing to stdout has failed: time for a command that streams to end. */
bool wp_output_failed(void);

/* Flushes stdout and says on stderr what went wrong, if anything did. */
bool wp_finish_output(void);

/* Whether to colour what goes to that stream: --color, then NO_COLOR, then
 * whether it is a terminal. */
bool wp_use_colour(const struct wp_invocation *invocation, FILE *stream);

/* A wp_write (diagnostics.h) whose context is a FILE *. */
void wp_write_stream(void *stream, const char *text, size_t length);

/* Prints the findings, sorted, for a person. */
void wp_print_findings(const struct wp_invocation *invocation, FILE *stream,
                       struct wp_diagnostics *findings);

#endif
