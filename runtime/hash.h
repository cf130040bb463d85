/* The checksum of images, which are long, and the hash of names, which are short. */
#ifndef WP_RUNTIME_HASH_H
#define WP_RUNTIME_HASH_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/*
 * XXH3 of 64 bits with its own secret and seed 0, as its author published it for
 * inputs of more than 240 bytes; shorter ones cannot be images, and have 0.
 */
#define WP_CHECKSUM_MIN 241u
uint64_t wp_checksum(const void *bytes, size_t size);

/* ---- names ------------------------------------------------------------------------ */

#define WP_PRIME1 UINT64_C(0x9e3779b185ebca87)
#define WP_PRIME2 UINT64_C(0xc2b2ae3d27d4eb4f)
#define WP_PRIME3 UINT64_C(0x165667b19e3779f9)

static inline uint64_t
wp_hash_read(const void *at)
{
    uint64_t value;
    memcpy(&value, at, sizeof value);
    return value;
}

static inline uint32_t
wp_hash_read32(const void *at)
{
    uint32_t value;
    memcpy(&value, at, sizeof value);
    return value;
}

/* Up to 8 bytes as a number: reads that overlap take the place of a loop. */
static inline uint64_t
wp_hash_few(const char *at, size_t count)
{
    if (count >= 4)
        return wp_hash_read32(at) | (uint64_t)wp_hash_read32(at + count - 4) << 32;
    if (count == 0)
        return 0;
    const uint8_t *bytes = (const uint8_t *)at;
    return bytes[0] | (uint32_t)bytes[count / 2] << 8 | (uint32_t)bytes[count - 1] << 16;
}

/* Two multiplications for up to 8 bytes, and one more for each further 8. */
static inline uint32_t
wp_hash_name(const char *name, size_t length)
{
    uint64_t hash = length * WP_PRIME1;
    size_t left = length;
    for (; left > 8; left -= 8, name += 8) {
        hash = (hash ^ wp_hash_read(name)) * WP_PRIME1;
        hash ^= hash >> 32;
    }
    hash = (hash ^ wp_hash_few(name, left)) * WP_PRIME2;
    hash = (hash ^ hash >> 32) * WP_PRIME3;
    return (uint32_t)(hash >> 32);
}

#endif
