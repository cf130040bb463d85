/*
 * 512 bits at once, held in registers: a line of entries while it is worked on.
 *
 * Vectors of 16 bytes, which every compiler that is meant turns into what the
 * machine has. Only finding the first bit has a way of its own for SSE2.
 */
#ifndef WP_RUNTIME_BITS_H
#define WP_RUNTIME_BITS_H

#include "format.h"

#include <string.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

typedef uint64_t wp_vector __attribute__((vector_size(16)));
struct wp_bits {
    wp_vector a, b, c, d;
};

static inline wp_vector
wp_vector_load(const void *from)
{
    wp_vector vector;
    memcpy(&vector, from, sizeof vector);
    return vector;
}

static inline struct wp_bits
wp_bits_load(const void *from)
{
    const uint8_t *at = from;
    return (struct wp_bits){wp_vector_load(at), wp_vector_load(at + 16), wp_vector_load(at + 32),
                            wp_vector_load(at + 48)};
}

static inline struct wp_bits
wp_bits_and(struct wp_bits x, struct wp_bits y)
{
    return (struct wp_bits){x.a & y.a, x.b & y.b, x.c & y.c, x.d & y.d};
}

static inline struct wp_bits
wp_bits_xor(struct wp_bits x, struct wp_bits y)
{
    return (struct wp_bits){x.a ^ y.a, x.b ^ y.b, x.c ^ y.c, x.d ^ y.d};
}

/* All bits of bytes from `byte` on: a window on zeros followed by ones. */
static inline struct wp_bits
wp_bits_from(uint32_t byte)
{
    static const uint8_t window[128] = {
        [64] = 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
        255,        255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
        255,        255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
        255,        255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
    };
    return wp_bits_load(window + 64 - byte);
}

/* Of each 64-bit word of a line whether it is not zero. */
static inline uint32_t
wp_bits_words(const uint64_t words[WP_LINE_WORDS])
{
    uint32_t some = 0;
    for (uint32_t i = 0; i < WP_LINE_WORDS; i++)
        some |= (uint32_t)(words[i] != 0) << i;
    return some;
}

#ifdef __SSE2__
/* Of each 32-bit word whether it is not zero. */
static inline uint32_t
wp_bits_halves(struct wp_bits x)
{
    const __m128i zero = _mm_setzero_si128();
    const __m128i a = _mm_cmpeq_epi32((__m128i)x.a, zero), b = _mm_cmpeq_epi32((__m128i)x.b, zero);
    const __m128i c = _mm_cmpeq_epi32((__m128i)x.c, zero), d = _mm_cmpeq_epi32((__m128i)x.d, zero);
    const __m128i all = _mm_packs_epi16(_mm_packs_epi32(a, b), _mm_packs_epi32(c, d));
    return (uint32_t)_mm_movemask_epi8(all) ^ 0xffff;
}
#endif

/* The number of the first bit, or WP_BLOCK_BITS. */
static inline uint32_t
wp_bits_first(struct wp_bits x)
{
    union {
        struct wp_bits bits;
        uint64_t words[WP_LINE_WORDS];
        uint32_t halves[2 * WP_LINE_WORDS];
    } line = {x};
    /* Whether there is one, nobody could predict: there is no branch on that. */
#ifdef __SSE2__
    const uint32_t some = wp_bits_halves(x);
    const uint32_t half = (uint32_t)__builtin_ctz(some | 1u << 15);
    const uint32_t bit = half * 32 + (uint32_t)__builtin_ctz(line.halves[half] | 1u << 31);
#else
    const uint32_t some = wp_bits_words(line.words);
    const uint32_t word = (uint32_t)__builtin_ctz(some | 1u << 7);
    const uint32_t bit =
        word * 64 + (uint32_t)__builtin_ctzll(line.words[word] | UINT64_C(1) << 63);
#endif
    return bit + (some == 0); /* the last one and one is what there is not */
}

#endif
