/* Durations on the command line, as the language writes them: 45s, 10m, 8h, 7d. */
#ifndef WP_CLI_DURATION_H
#define WP_CLI_DURATION_H

#include <stdbool.h>
#include <stdint.h>

/* Reads one of up to 999999 units; false for anything else. */
bool wp_read_duration(const char *text, uint64_t *seconds);

#endif
