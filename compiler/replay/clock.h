/* Times as logs write them. */
#ifndef WP_REPLAY_CLOCK_H
#define WP_REPLAY_CLOCK_H

#include <stddef.h>
#include <stdint.h>

/* Milliseconds since 1970 of "2026-03-01T08:00:00.5+01:00" (without a zone: UTC; the
 * T may be a space), "01/Mar/2026:08:00:00 +0100", or a number of seconds or
 * milliseconds; WP_NO_TIME (record.h) for anything else and for years outside 1970
 * to 2199. */
int64_t wp_read_time(const char *text, size_t length);

/* "2026-03-01T08:00:00Z", of at least 24 bytes. */
void wp_write_time(int64_t milliseconds, char text[32]);

#endif
