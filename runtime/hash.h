/* XXH64, as its author published it: the checksum of images, the hash of names. */
#ifndef WP_RUNTIME_HASH_H
#define WP_RUNTIME_HASH_H

#include <stddef.h>
#include <stdint.h>

/* XXH64 with seed 0 of `size` bytes anywhere in memory. */
uint64_t wp_hash(const void *bytes, size_t size);

#endif
