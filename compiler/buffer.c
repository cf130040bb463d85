/* Growing by doubling. */
#include "compiler/buffer.h"

void *
wp_buffer_extend(struct wp_buffer *buffer, size_t size)
{
    if (buffer->bytes == NULL || size > buffer->capacity - buffer->size) {
        size_t capacity = buffer->capacity == 0 ? 256 : buffer->capacity * 2;
        while (capacity - buffer->size < size)
            capacity *= 2;
        buffer->bytes = buffer->bytes == NULL
                            ? wp_alloc(buffer->arena, capacity)
                            : wp_extend(buffer->arena, buffer->bytes, buffer->capacity, capacity);
        buffer->capacity = capacity;
    }
    void *room = buffer->bytes + buffer->size;
    buffer->size += size;
    return room;
}
