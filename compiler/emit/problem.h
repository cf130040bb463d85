/* Why something that is no finding about a source did not work: the network, a
 * tenant's answer, a file. One sentence without a full stop that names the place,
 * and where one can be told, the cure. Never holds a secret. */
#ifndef WP_EMIT_PROBLEM_H
#define WP_EMIT_PROBLEM_H

#include <stdbool.h>
#include <stddef.h>

enum wp_problem_kind {
    WP_PROBLEM_NONE,
    WP_PROBLEM_FAILED,  /* could not: exit status 1 */
    WP_PROBLEM_REFUSED, /* refused for safety, a stale plan among others: 7 */
    WP_PROBLEM_USAGE    /* credentials or addresses that make no sense: 64 */
};

struct wp_problem {
    enum wp_problem_kind kind;
    char text[1024]; /* control characters and whatever the tenant said are escaped */
};

/* Sets *problem, unless one is there already: the first is the cause. Returns
 * false, so that it can be the last line of a function that failed. */
bool wp_problem_set(struct wp_problem *problem, enum wp_problem_kind kind, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Writes the `size` bytes at `text` to `out`, which has `room` bytes (4 at least)
 * and ends in a NUL: control characters, bytes that are no UTF-8, and characters
 * that cannot be seen or turn the direction of text stand there as \x1b or
 * \u202e. What does not fit is left out, and "…" says so. */
void wp_problem_escape(char *out, size_t room, const char *text, size_t size);

#endif
