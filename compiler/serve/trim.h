/* Giving memory back once the service has started. */
#ifndef WP_SERVE_TRIM_H
#define WP_SERVE_TRIM_H

/*
 * Gives back what starting needed and running does not: freed memory, and the
 * pages of programs and libraries that only loading them has touched. A page that
 * is needed after all comes back from the page cache.
 */
void wp_trim_memory(void);

#endif
