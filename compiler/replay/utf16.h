/* UTF-16 made UTF-8, in pieces and in as much memory as one of them takes. */
#ifndef WP_REPLAY_UTF16_H
#define WP_REPLAY_UTF16_H

#include <stdbool.h>
#include <stddef.h>

#define WP_UTF16_PIECE 16384u

struct wp_utf16;

/* NULL when memory runs out. */
struct wp_utf16 *wp_utf16_new(bool is_little_endian);
void wp_utf16_free(struct wp_utf16 *text);

/* At most a piece, when all that was put has been taken. `is_last`: nothing follows. What is
 * half of a character comes as the byte FF, which UTF-8 never has. */
void wp_utf16_put(struct wp_utf16 *text, const char *bytes, size_t length, bool is_last);

/* Up to `size` bytes; how many. */
size_t wp_utf16_take(struct wp_utf16 *text, char *bytes, size_t size);
bool wp_utf16_is_empty(const struct wp_utf16 *text);

#endif
