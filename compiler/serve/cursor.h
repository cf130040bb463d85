/* Reading binary messages without ever reading beyond their end. */
#ifndef WP_SERVE_CURSOR_H
#define WP_SERVE_CURSOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What has not been read yet. Once something was missing, `failed` is set and
 * everything that is taken is zero or empty. */
struct wp_cursor {
    const uint8_t *at, *end;
    bool failed;
};

static inline size_t
wp_cursor_rest(const struct wp_cursor *cursor)
{
    return cursor->failed ? 0 : (size_t)(cursor->end - cursor->at);
}

/* `length` bytes, or NULL when there are not so many. */
static inline const uint8_t *
wp_cursor_take(struct wp_cursor *cursor, uint64_t length)
{
    if (length > wp_cursor_rest(cursor))
        cursor->failed = true;
    if (cursor->failed)
        return NULL;
    const uint8_t *taken = cursor->at;
    cursor->at += length;
    return taken;
}

static inline uint8_t
wp_cursor_byte(struct wp_cursor *cursor)
{
    const uint8_t *byte = wp_cursor_take(cursor, 1);
    return byte == NULL ? 0 : *byte;
}

#endif
