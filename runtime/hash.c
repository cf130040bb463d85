/*
 * XXH64: four lanes of 8 bytes each, mixed at the end.
 *
 * A lane's chain is one addition, one rotation and one multiplication for every
 * 32 bytes, so it runs at the speed at which memory delivers.
 */
#include "hash.h"

#include <string.h>

#define PRIME1 UINT64_C(0x9e3779b185ebca87)
#define PRIME2 UINT64_C(0xc2b2ae3d27d4eb4f)
#define PRIME3 UINT64_C(0x165667b19e3779f9)
#define PRIME4 UINT64_C(0x85ebca77c2b2ae63)
#define PRIME5 UINT64_C(0x27d4eb2f165667c5)

static inline uint64_t
read64(const uint8_t *at)
{
    uint64_t value;
    memcpy(&value, at, sizeof value);
    return value;
}

static inline uint64_t
rotate(uint64_t value, unsigned by)
{
    return value << by | value >> (64 - by);
}

static inline uint64_t
mix(uint64_t lane, uint64_t input)
{
    return rotate(lane + input * PRIME2, 31) * PRIME1;
}

static inline uint64_t
merge(uint64_t hash, uint64_t lane)
{
    return (hash ^ mix(0, lane)) * PRIME1 + PRIME4;
}

/* All whole stripes of 32 bytes; leaves *at behind them. */
static uint64_t
hash_stripes(const uint8_t **at, const uint8_t *end)
{
    const uint8_t *p = *at;
    uint64_t a = PRIME1 + PRIME2, b = PRIME2, c = 0, d = 0 - PRIME1;
    for (; end - p >= 32; p += 32) {
        a = mix(a, read64(p));
        b = mix(b, read64(p + 8));
        c = mix(c, read64(p + 16));
        d = mix(d, read64(p + 24));
    }
    *at = p;
    uint64_t hash = rotate(a, 1) + rotate(b, 7) + rotate(c, 12) + rotate(d, 18);
    return merge(merge(merge(merge(hash, a), b), c), d);
}

static uint64_t
hash_rest(uint64_t hash, const uint8_t *p, const uint8_t *end)
{
    for (; end - p >= 8; p += 8)
        hash = rotate(hash ^ mix(0, read64(p)), 27) * PRIME1 + PRIME4;
    if (end - p >= 4) {
        uint32_t word;
        memcpy(&word, p, sizeof word);
        hash = rotate(hash ^ word * PRIME1, 23) * PRIME2 + PRIME3;
        p += 4;
    }
    for (; p < end; p++)
        hash = rotate(hash ^ *p * PRIME5, 11) * PRIME1;
    return hash;
}

uint64_t
wp_hash(const void *bytes, size_t size)
{
    const uint8_t *p = bytes, *end = p + size;
    uint64_t hash = size >= 32 ? hash_stripes(&p, end) : PRIME5;
    hash = hash_rest(hash + size, p, end);
    hash = (hash ^ hash >> 33) * PRIME2;
    hash = (hash ^ hash >> 29) * PRIME3;
    return hash ^ hash >> 32;
}
