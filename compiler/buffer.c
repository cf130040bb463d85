/* Growing by doubling; what is outgrown stays in the arena. */
#include "compiler/buffer.h"

void *
wp_buffer_extend(struct wp_buffer *buffer, size_t size)
{
    if (buffer->bytes == NULL || size > buffer->capacity - buffer->size) {
        size_t capacity = buffer->capacity == 0 ? 256 : buffer->capacity * 2;
        while (capacity - buffer->size < size)
            capacity *= 2;
        uint8_t *bytes = wp_alloc(buffer->arena, capacity);
        if (buffer->size > 0)
            memcpy(bytes, buffer->bytes, buffer->size);
        buffer->bytes = bytes;
        buffer->capacity = capacity;
    }
    void *room = buffer->bytes + buffer->size;
    buffer->size += size;
    return room;
}
