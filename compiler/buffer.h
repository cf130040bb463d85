/* Bytes that grow, in an arena. */
#ifndef WP_COMPILER_BUFFER_H
#define WP_COMPILER_BUFFER_H

#include "lang/arena.h"

#include <stdint.h>
#include <string.h>

struct wp_buffer {
    struct wp_arena *arena;
    uint8_t *bytes;
    size_t size, capacity;
};

/* Room for `size` more bytes at the end, which are not set. Valid until the next
 * addition. */
void *wp_buffer_extend(struct wp_buffer *buffer, size_t size);

static inline void
wp_buffer_add(struct wp_buffer *buffer, const void *bytes, size_t size)
{
    if (size > 0)
        memcpy(wp_buffer_extend(buffer, size), bytes, size);
}
static inline void
wp_buffer_add16(struct wp_buffer *buffer, uint16_t value)
{
    wp_buffer_add(buffer, &value, sizeof value);
}
static inline void
wp_buffer_add32(struct wp_buffer *buffer, uint32_t value)
{
    wp_buffer_add(buffer, &value, sizeof value);
}
static inline void
wp_buffer_add64(struct wp_buffer *buffer, uint64_t value)
{
    wp_buffer_add(buffer, &value, sizeof value);
}
static inline uint32_t *
wp_buffer_words(const struct wp_buffer *buffer)
{
    return (uint32_t *)(void *)buffer->bytes;
}

#endif
