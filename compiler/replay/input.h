/* Bytes of a log: plain, gzip or Zstandard, from a file or standard input. A log in UTF-16
 * comes as UTF-8, and a byte order mark does not come. */
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

/* Half a character of UTF-16 comes as a byte that UTF-8 never has. Fills the buffer as far as there
 * are bytes; fewer than `size` only at the end. */
size_t wp_input_read(struct wp_input *input, char *bytes, size_t size);

/* Whether what was read ended before its time: the file is damaged or could not be
 * read on. */
bool wp_input_is_damaged(const struct wp_input *input);

/* Bytes taken from the file so far, compressed ones. */
uint64_t wp_input_taken(const struct wp_input *input);

/* What a file was when it was opened, and what has come of it so far: enough to go on
 * there in another run, and to know whether it is still the same. */
struct wp_input_mark {
    bool is_file;    /* and no pipe */
    uint64_t size;   /* in bytes */
    int64_t changed; /* nanoseconds since 1970 */
    uint64_t made;   /* bytes that were read, unpacked ones */
    uint32_t check;  /* their CRC, when wp_input_check was called before them */
};
void wp_input_check(struct wp_input *input);
void wp_input_mark(const struct wp_input *input, struct wp_input_mark *mark);

/* Goes to the place of a mark. False when the file is not the one of the mark, or has
 * changed before the place; when `is_whole`, also if it does not end there. A file that
 * looks untouched is believed to be, unless it has to be unpacked anyway. */
bool wp_input_return(struct wp_input *input, const struct wp_input_mark *mark, bool is_whole);

#endif
