/* One writer, one reader; each moves its own counter. */
#include "compiler/serve/ring.h"

#include <string.h>

bool
wp_ring_put(struct wp_ring *ring, const char *line, size_t length)
{
    uint64_t written = atomic_load_explicit(&ring->written, memory_order_relaxed);
    uint64_t read = atomic_load_explicit(&ring->read, memory_order_acquire);
    if (length > WP_RING_SIZE - (written - read)) {
        atomic_fetch_add_explicit(&ring->dropped, 1, memory_order_relaxed);
        return false;
    }
    size_t at = written % WP_RING_SIZE;
    size_t first = length < WP_RING_SIZE - at ? length : WP_RING_SIZE - at;
    memcpy(ring->bytes + at, line, first);
    memcpy(ring->bytes, line + first, length - first);
    atomic_store_explicit(&ring->written, written + length, memory_order_release);
    return true;
}

size_t
wp_ring_take(struct wp_ring *ring, char *bytes, size_t room)
{
    uint64_t read = atomic_load_explicit(&ring->read, memory_order_relaxed);
    uint64_t written = atomic_load_explicit(&ring->written, memory_order_acquire);
    size_t length = written - read < room ? (size_t)(written - read) : room;
    size_t at = read % WP_RING_SIZE;
    size_t first = length < WP_RING_SIZE - at ? length : WP_RING_SIZE - at;
    memcpy(bytes, ring->bytes + at, first);
    memcpy(bytes + first, ring->bytes, length - first);
    atomic_store_explicit(&ring->read, read + length, memory_order_release);
    return length;
}
