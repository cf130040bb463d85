/* The date as HTTP writes it. */
#ifndef WP_SERVE_DATE_H
#define WP_SERVE_DATE_H

#include <stdint.h>

#define WP_DATE_SIZE 29

/* "Sun, 22 Nov 2026 00:29:00 GMT" without an end, from seconds since 1970. */
void wp_date_write(char text[WP_DATE_SIZE], int64_t seconds);

#endif
