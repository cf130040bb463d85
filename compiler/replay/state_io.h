/*
 * Numbers and bytes of a saved state, read and written by the same calls: what is
 * visited is written when the state is, and is set when it is read. What is read is
 * not trusted: every number has a bound, and nothing is taken that is not there.
 */
#ifndef WP_REPLAY_STATE_IO_H
#define WP_REPLAY_STATE_IO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* No count is higher. */
#define WP_STATE_COUNT_MAX (UINT64_C(1) << 56)

struct wp_state_io {
    bool is_reading;
    bool failed; /* memory ran out, or what is read is wrong: nothing happens then */
    unsigned char *bytes;
    size_t at, length, room; /* reading: of length; writing: at is not used */
};

/* The number as it was, or as it is read: at most `most`. */
uint64_t wp_state_number(struct wp_state_io *io, uint64_t number, uint64_t most);
uint64_t wp_state_count(struct wp_state_io *io, uint64_t count);
bool wp_state_flag(struct wp_state_io *io, bool flag);

/* One that may be any: eight bytes. */
uint64_t wp_state_word(struct wp_state_io *io, uint64_t word);

/* So many bytes, read from or into `bytes`. */
void wp_state_bytes(struct wp_state_io *io, void *bytes, size_t length);

/* A text to be freed, which may be NULL, with a zero byte behind it. */
void wp_state_text(struct wp_state_io *io, char **text, size_t *length, size_t most);

/* What is read makes no sense. */
void wp_state_doubt(struct wp_state_io *io, bool is_wrong);

#endif
