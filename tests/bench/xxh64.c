#include "bench/xxh64.h"

#include <string.h>

#define PRIME1 UINT64_C(0x9e3779b185ebca87)
#define PRIME2 UINT64_C(0xc2b2ae3d27d4eb4f)
#define PRIME3 UINT64_C(0x165667b19e3779f9)
#define PRIME4 UINT64_C(0x85ebca77c2b2ae63)
#define PRIME5 UINT64_C(0x27d4eb2f165667c5)

static uint64_t
rotate(uint64_t value, unsigned by)
{
    return value << by | value >> (64 - by);
}

/* Takes the next 8 bytes into a lane. */
static inline uint64_t
mix(uint64_t lane, const uint8_t *at)
{
    uint64_t input;
    memcpy(&input, at, sizeof input);
    return rotate(lane + input * PRIME2, 31) * PRIME1;
}

static uint64_t
merge(uint64_t hash, uint64_t lane)
{
    return (hash ^ rotate(lane * PRIME2, 31) * PRIME1) * PRIME1 + PRIME4;
}

uint64_t
bench_xxh64(const void *bytes, size_t size)
{
    const uint8_t *p = bytes, *end = p + size;
    uint64_t a = PRIME1 + PRIME2, b = PRIME2, c = 0, d = 0 - PRIME1, hash = PRIME5;
    if (size >= 32) {
        for (; end - p >= 32; p += 32) {
            a = mix(a, p);
            b = mix(b, p + 8);
            c = mix(c, p + 16);
            d = mix(d, p + 24);
        }
        hash = rotate(a, 1) + rotate(b, 7) + rotate(c, 12) + rotate(d, 18);
        hash = merge(merge(merge(merge(hash, a), b), c), d);
    }
    hash += size;
    for (; end - p >= 8; p += 8)
        hash = rotate(hash ^ mix(0, p), 27) * PRIME1 + PRIME4;
    for (; p < end; p++)
        hash = rotate(hash ^ *p * PRIME5, 11) * PRIME1;
    hash = (hash ^ hash >> 33) * PRIME2;
    hash = (hash ^ hash >> 29) * PRIME3;
    return hash ^ hash >> 32;
}
