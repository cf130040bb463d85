/*
 * XXH3 for long inputs: eight lanes of 64 bits take a stripe of 64 bytes at a time,
 * each half of a lane times the other; 16 stripes are a block, after which the lanes
 * are scrambled. What is multiplied does not wait for the stripe before, so this
 * runs at the speed at which memory delivers.
 */
#include "hash.h"

#ifdef __SSE2__
#include <immintrin.h>
#endif

#define LANES 8
#define STRIPE 64u
#define BLOCK 1024u
#define SECRET_SIZE 192u

#define PRIME32_1 0x9e3779b1u
#define PRIME32_2 0x85ebca77u
#define PRIME32_3 0xc2b2ae3du
#define PRIME64_4 UINT64_C(0x85ebca77c2b2ae63)
#define PRIME64_5 UINT64_C(0x27d4eb2f165667c5)
#define PRIME_MX UINT64_C(0x165667919e3779f9)

static const uint8_t secret[SECRET_SIZE] = {
    0xb8, 0xfe, 0x6c, 0x39, 0x23, 0xa4, 0x4b, 0xbe, 0x7c, 0x01, 0x81, 0x2c, 0xf7, 0x21, 0xad, 0x1c,
    0xde, 0xd4, 0x6d, 0xe9, 0x83, 0x90, 0x97, 0xdb, 0x72, 0x40, 0xa4, 0xa4, 0xb7, 0xb3, 0x67, 0x1f,
    0xcb, 0x79, 0xe6, 0x4e, 0xcc, 0xc0, 0xe5, 0x78, 0x82, 0x5a, 0xd0, 0x7d, 0xcc, 0xff, 0x72, 0x21,
    0xb8, 0x08, 0x46, 0x74, 0xf7, 0x43, 0x24, 0x8e, 0xe0, 0x35, 0x90, 0xe6, 0x81, 0x3a, 0x26, 0x4c,
    0x3c, 0x28, 0x52, 0xbb, 0x91, 0xc3, 0x00, 0xcb, 0x88, 0xd0, 0x65, 0x8b, 0x1b, 0x53, 0x2e, 0xa3,
    0x71, 0x64, 0x48, 0x97, 0xa2, 0x0d, 0xf9, 0x4e, 0x38, 0x19, 0xef, 0x46, 0xa9, 0xde, 0xac, 0xd8,
    0xa8, 0xfa, 0x76, 0x3f, 0xe3, 0x9c, 0x34, 0x3f, 0xf9, 0xdc, 0xbb, 0xc7, 0xc7, 0x0b, 0x4f, 0x1d,
    0x8a, 0x51, 0xe0, 0x4b, 0xcd, 0xb4, 0x59, 0x31, 0xc8, 0x9f, 0x7e, 0xc9, 0xd9, 0x78, 0x73, 0x64,
    0xea, 0xc5, 0xac, 0x83, 0x34, 0xd3, 0xeb, 0xc3, 0xc5, 0x81, 0xa0, 0xff, 0xfa, 0x13, 0x63, 0xeb,
    0x17, 0x0d, 0xdd, 0x51, 0xb7, 0xf0, 0xda, 0x49, 0xd3, 0x16, 0x55, 0x26, 0x29, 0xd4, 0x68, 0x9e,
    0x2b, 0x16, 0xbe, 0x58, 0x7d, 0x47, 0xa1, 0xfc, 0x8f, 0xf8, 0xb8, 0xd1, 0x7a, 0xd0, 0x31, 0xce,
    0x45, 0xcb, 0x3a, 0x8f, 0x95, 0x16, 0x04, 0x28, 0xaf, 0xd7, 0xfb, 0xca, 0xbb, 0x4b, 0x40, 0x7e,
};

struct lanes {
    _Alignas(16) uint64_t values[LANES];
};

/* Takes in `count` stripes, of which each has the secret from 8 bytes further on. */
#ifdef __SSE2__
static inline __m128i
load(const uint8_t *from)
{
    return _mm_loadu_si128((const __m128i *)(const void *)from);
}

static void
take_stripes(struct lanes *lanes, const uint8_t *at, const uint8_t *key, size_t count)
{
    __m128i *stored = (__m128i *)(void *)lanes->values, sums[LANES / 2];
    for (size_t i = 0; i < LANES / 2; i++)
        sums[i] = stored[i];
    for (; count > 0; count--, at += STRIPE, key += 8)
        for (size_t i = 0; i < LANES / 2; i++) {
            const __m128i data = load(at + 16 * i);
            const __m128i mixed = _mm_xor_si128(data, load(key + 16 * i));
            const __m128i high = _mm_shuffle_epi32(mixed, _MM_SHUFFLE(0, 3, 0, 1));
            const __m128i other = _mm_shuffle_epi32(data, _MM_SHUFFLE(1, 0, 3, 2));
            sums[i] = _mm_add_epi64(_mm_add_epi64(sums[i], other), _mm_mul_epu32(mixed, high));
        }
    for (size_t i = 0; i < LANES / 2; i++)
        stored[i] = sums[i];
}
#else
static void
take_stripes(struct lanes *lanes, const uint8_t *at, const uint8_t *key, size_t count)
{
    for (; count > 0; count--, at += STRIPE, key += 8)
        for (size_t i = 0; i < LANES; i++) {
            const uint64_t data = wp_hash_read(at + 8 * i);
            const uint64_t mixed = data ^ wp_hash_read(key + 8 * i);
            lanes->values[i ^ 1] += data;
            lanes->values[i] += (mixed & UINT32_MAX) * (mixed >> 32);
        }
}
#endif

static void
scramble(struct lanes *lanes)
{
    const uint8_t *key = secret + SECRET_SIZE - STRIPE;
    for (size_t i = 0; i < LANES; i++) {
        const uint64_t value = lanes->values[i];
        lanes->values[i] = (value ^ value >> 47 ^ wp_hash_read(key + 8 * i)) * PRIME32_1;
    }
}

/* With AVX2 a stripe is two vectors, and what is scrambled stays in them. */
#if defined __x86_64__ && !defined WP_SMALL
#define WIDE __attribute__((target("avx2"))) static inline

WIDE __m256i
load_32(const uint8_t *from)
{
    return _mm256_loadu_si256((const __m256i *)(const void *)from);
}

WIDE __m256i
take_32(__m256i sum, const uint8_t *at, const uint8_t *key)
{
    const __m256i data = load_32(at), mixed = _mm256_xor_si256(data, load_32(key));
    const __m256i product = _mm256_mul_epu32(mixed, _mm256_srli_epi64(mixed, 32));
    const __m256i other = _mm256_shuffle_epi32(data, _MM_SHUFFLE(1, 0, 3, 2));
    return _mm256_add_epi64(_mm256_add_epi64(sum, other), product);
}

WIDE __m256i
scramble_32(__m256i sum, const uint8_t *key)
{
    const __m256i prime = _mm256_set1_epi64x(PRIME32_1);
    const __m256i mixed =
        _mm256_xor_si256(_mm256_xor_si256(sum, _mm256_srli_epi64(sum, 47)), load_32(key));
    const __m256i high = _mm256_mul_epu32(_mm256_srli_epi64(mixed, 32), prime);
    return _mm256_add_epi64(_mm256_mul_epu32(mixed, prime), _mm256_slli_epi64(high, 32));
}

__attribute__((target("avx2"))) static void
take_blocks_wide(struct lanes *lanes, const uint8_t *at, size_t count)
{
    const uint8_t *last = secret + SECRET_SIZE - STRIPE;
    __m256i *stored = (__m256i *)(void *)lanes->values;
    __m256i low = _mm256_loadu_si256(stored), high = _mm256_loadu_si256(stored + 1);
    for (; count > 0; count--) {
        for (const uint8_t *key = secret; key < secret + BLOCK / STRIPE * 8; key += 8) {
            low = take_32(low, at, key);
            high = take_32(high, at + 32, key + 32);
            __builtin_prefetch(at + BLOCK); /* bytes are taken in faster than memory foresees */
            at += STRIPE;
        }
        low = scramble_32(low, last);
        high = scramble_32(high, last + 32);
    }
    _mm256_storeu_si256(stored, low);
    _mm256_storeu_si256(stored + 1, high);
}

/* Takes in the blocks but the last one, if this processor can, and returns what is behind. */
static const uint8_t *
take_wide(struct lanes *lanes, const uint8_t *at, const uint8_t *end)
{
    const size_t blocks = (size_t)(end - at - 1) / BLOCK;
    if (!__builtin_cpu_supports("avx2"))
        return at;
    take_blocks_wide(lanes, at, blocks);
    return at + blocks * BLOCK;
}
#endif

/* Both halves of a product of 128 bits, added without carry; in 64 bits, since not
 * every compiler has wider ones. */
static uint64_t
fold(uint64_t x, uint64_t y)
{
    const uint64_t xl = x & UINT32_MAX, xh = x >> 32, yl = y & UINT32_MAX, yh = y >> 32;
    const uint64_t low = xl * yl, left = xh * yl, right = xl * yh;
    const uint64_t middle = (low >> 32) + (left & UINT32_MAX) + right;
    const uint64_t high = xh * yh + (left >> 32) + (middle >> 32);
    return high ^ (middle << 32 | (low & UINT32_MAX));
}

static uint64_t
merge(const struct lanes *lanes, size_t size)
{
    const uint8_t *key = secret + 11;
    uint64_t hash = size * WP_PRIME1;
    for (size_t i = 0; i < LANES; i += 2)
        hash += fold(lanes->values[i] ^ wp_hash_read(key + 8 * i),
                     lanes->values[i + 1] ^ wp_hash_read(key + 8 * i + 8));
    hash = (hash ^ hash >> 37) * PRIME_MX;
    return hash ^ hash >> 32;
}

uint64_t
wp_checksum(const void *bytes, size_t size)
{
    struct lanes lanes = {
        {PRIME32_3, WP_PRIME1, WP_PRIME2, WP_PRIME3, PRIME64_4, PRIME32_2, PRIME64_5, PRIME32_1}};
    const uint8_t *at = bytes, *end = at + size;
    if (size < WP_CHECKSUM_MIN)
        return 0;
#ifdef WIDE
    at = take_wide(&lanes, at, end);
#endif
    for (; (size_t)(end - at) > BLOCK; at += BLOCK) {
        take_stripes(&lanes, at, secret, BLOCK / STRIPE);
        scramble(&lanes);
    }
    take_stripes(&lanes, at, secret, (size_t)(end - at - 1) / STRIPE);
    take_stripes(&lanes, end - STRIPE, secret + SECRET_SIZE - STRIPE - 7, 1);
    return merge(&lanes, size);
}
