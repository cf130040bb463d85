/* Lines from one thread to another that never wait for each other: what does not
 * fit is dropped and counted. */
#ifndef WP_SERVE_RING_H
#define WP_SERVE_RING_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WP_RING_SIZE (64u << 10)

struct wp_ring {
    _Atomic(uint64_t) written, read; /* bytes ever, by the writer and the reader */
    _Atomic(uint64_t) dropped;       /* lines */
    char bytes[WP_RING_SIZE];
};

/* Adds a line as a whole, or drops it. */
bool wp_ring_put(struct wp_ring *ring, const char *line, size_t length);

/* Takes up to `room` bytes; returns how many. Lines may be cut. */
size_t wp_ring_take(struct wp_ring *ring, char *bytes, size_t room);

#endif
