/*
 * XXH64: four lanes of 8 bytes each, mixed at the end.
 *
 * A lane's chain is one addition, one rotation and one multiplication for every
 * 32 bytes, so it runs at the speed at which memory delivers.
 */
#include "hash.h"

static inline uint64_t
merge(uint64_t hash, uint64_t lane)
{
    return (hash ^ wp_hash_mix(0, lane)) * WP_PRIME1 + WP_PRIME4;
}

/* All whole stripes of 32 bytes; leaves *at behind them. */
static uint64_t
hash_stripes(const uint8_t **at, const uint8_t *end)
{
    const uint8_t *p = *at;
    uint64_t a = WP_PRIME1 + WP_PRIME2, b = WP_PRIME2, c = 0, d = 0 - WP_PRIME1;
    for (; end - p >= 32; p += 32) {
        a = wp_hash_mix(a, wp_hash_read(p));
        b = wp_hash_mix(b, wp_hash_read(p + 8));
        c = wp_hash_mix(c, wp_hash_read(p + 16));
        d = wp_hash_mix(d, wp_hash_read(p + 24));
    }
    *at = p;
    uint64_t hash =
        wp_hash_rotate(a, 1) + wp_hash_rotate(b, 7) + wp_hash_rotate(c, 12) + wp_hash_rotate(d, 18);
    return merge(merge(merge(merge(hash, a), b), c), d);
}

uint64_t
wp_hash(const void *bytes, size_t size)
{
    const uint8_t *p = bytes, *end = p + size;
    const uint64_t hash = size >= 32 ? hash_stripes(&p, end) : WP_PRIME5;
    return wp_hash_rest(hash + size, p, end);
}
