/* A line on the terminal that says how far a long search has come. */
#ifndef WP_CLI_PROGRESS_H
#define WP_CLI_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Nothing is written unless standard error is a terminal and a second has gone
 * by since wp_progress_begin. */
struct wp_progress_line {
    double started, written;
    bool is_terminal, is_shown;
};

void wp_progress_begin(struct wp_progress_line *line);

/* A wp_progress (analysis.h); `line` is a struct wp_progress_line. */
void wp_progress_show(void *line, const char *what, size_t done, size_t total);

/* The same for bytes of files: a bar, the rate, and how long the rest will take;
 * without the bar when the total is 0, which is not known. */
void wp_progress_bytes(struct wp_progress_line *line, uint64_t done, uint64_t total);

/* Wipes the line, so that results follow on a clean one. */
void wp_progress_end(struct wp_progress_line *line);

#endif
