/* XXH64, as its author published it: the checksum of images, the hash of names. */
#ifndef WP_RUNTIME_HASH_H
#define WP_RUNTIME_HASH_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* XXH64 with seed 0 of `size` bytes anywhere in memory. */
uint64_t wp_hash(const void *bytes, size_t size);

/* ---- for names, which are short: the same without a call ---------------------- */

#define WP_PRIME1 UINT64_C(0x9e3779b185ebca87)
#define WP_PRIME2 UINT64_C(0xc2b2ae3d27d4eb4f)
#define WP_PRIME3 UINT64_C(0x165667b19e3779f9)
#define WP_PRIME4 UINT64_C(0x85ebca77c2b2ae63)
#define WP_PRIME5 UINT64_C(0x27d4eb2f165667c5)

static inline uint64_t
wp_hash_read(const uint8_t *at)
{
    uint64_t value;
    memcpy(&value, at, sizeof value);
    return value;
}

static inline uint64_t
wp_hash_rotate(uint64_t value, unsigned by)
{
    return value << by | value >> (64 - by);
}

static inline uint64_t
wp_hash_mix(uint64_t lane, uint64_t input)
{
    return wp_hash_rotate(lane + input * WP_PRIME2, 31) * WP_PRIME1;
}

/* What follows the last whole 32 bytes, and the end. */
static inline uint64_t
wp_hash_rest(uint64_t hash, const uint8_t *p, const uint8_t *end)
{
    for (; end - p >= 8; p += 8)
        hash = wp_hash_rotate(hash ^ wp_hash_mix(0, wp_hash_read(p)), 27) * WP_PRIME1 + WP_PRIME4;
    if (end - p >= 4) {
        uint32_t word;
        memcpy(&word, p, sizeof word);
        hash = wp_hash_rotate(hash ^ word * WP_PRIME1, 23) * WP_PRIME2 + WP_PRIME3;
        p += 4;
    }
    for (; p < end; p++)
        hash = wp_hash_rotate(hash ^ *p * WP_PRIME5, 11) * WP_PRIME1;
    hash = (hash ^ hash >> 33) * WP_PRIME2;
    hash = (hash ^ hash >> 29) * WP_PRIME3;
    return hash ^ hash >> 32;
}

static inline uint64_t
wp_hash_name(const char *name, size_t length)
{
    const uint8_t *bytes = (const uint8_t *)name;
    if (length >= 32)
        return wp_hash(bytes, length);
    return wp_hash_rest(WP_PRIME5 + length, bytes, bytes + length);
}

#endif
