/* Bytes of a log: plain, gzip or Zstandard, from a file or standard input. */
#ifndef WP_REPLAY_INPUT_H
#define WP_REPLAY_INPUT_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct wp_input;

/* Opens a file, "-" for standard input. NULL with errno. When *stop is set, by a signal,
 * it is as if the file ended; NULL: it never is. */
struct wp_input *wp_input_open(const char *path, const volatile sig_atomic_t *stop);
void wp_input_close(struct wp_input *input);

/* Fills the buffer as far as there are bytes; fewer than `size` only at the end. */
size_t wp_input_read(struct wp_input *input, char *bytes, size_t size);

/* Whether what was read ended before its time: the file is damaged or could not be
 * read on. */
bool wp_input_is_damaged(const struct wp_input *input);

/* Bytes taken from the file so far, compressed ones. */
uint64_t wp_input_taken(const struct wp_input *input);

#endif
