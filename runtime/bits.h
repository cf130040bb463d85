/*
 * 512 bits at once, held in registers: a line of entries while it is worked on.
 *
 * In vectors of 64, 32 or 16 bytes, as the file that includes this says. Whether a bit
 * is there at all, nobody could predict: nothing here branches on it.
 */
#ifndef WP_RUNTIME_BITS_H
#define WP_RUNTIME_BITS_H

#include "format.h"

#include <string.h>

#ifdef __SSE2__
#include <immintrin.h>
#endif

#ifndef WP_VECTOR_BYTES
#define WP_VECTOR_BYTES 16
#endif

/* All that a decision takes is in one function, of which there is one a kind of image. Checks
 * that sanitizers add make such functions so long that compiling them takes minutes. */
#ifdef WP_SANITIZED
#define WP_INLINE static inline __attribute__((unused))
#define WP_FLAT
#else
#define WP_INLINE static inline __attribute__((always_inline))
#define WP_FLAT __attribute__((flatten))
#endif

#if WP_VECTOR_BYTES == 64

struct wp_bits {
    __m512i all;
};

WP_INLINE struct wp_bits
wp_bits_load(const void *from)
{
    return (struct wp_bits){_mm512_loadu_si512(from)};
}

WP_INLINE struct wp_bits
wp_bits_and(struct wp_bits x, struct wp_bits y)
{
    return (struct wp_bits){_mm512_and_si512(x.all, y.all)};
}

WP_INLINE struct wp_bits
wp_bits_xor(struct wp_bits x, struct wp_bits y)
{
    return (struct wp_bits){_mm512_xor_si512(x.all, y.all)};
}

#elif WP_VECTOR_BYTES == 32

struct wp_bits {
    __m256i low, high;
};

WP_INLINE struct wp_bits
wp_bits_load(const void *from)
{
    const __m256i *at = from;
    return (struct wp_bits){_mm256_loadu_si256(at), _mm256_loadu_si256(at + 1)};
}

WP_INLINE struct wp_bits
wp_bits_and(struct wp_bits x, struct wp_bits y)
{
    return (struct wp_bits){_mm256_and_si256(x.low, y.low), _mm256_and_si256(x.high, y.high)};
}

WP_INLINE struct wp_bits
wp_bits_xor(struct wp_bits x, struct wp_bits y)
{
    return (struct wp_bits){_mm256_xor_si256(x.low, y.low), _mm256_xor_si256(x.high, y.high)};
}

#else

/* Every compiler that is meant turns these into what the machine has. */
typedef uint64_t wp_vector __attribute__((vector_size(16)));
struct wp_bits {
    wp_vector a, b, c, d;
};

WP_INLINE wp_vector
wp_vector_load(const void *from)
{
    wp_vector vector;
    memcpy(&vector, from, sizeof vector);
    return vector;
}

WP_INLINE struct wp_bits
wp_bits_load(const void *from)
{
    const uint8_t *at = from;
    return (struct wp_bits){wp_vector_load(at), wp_vector_load(at + 16), wp_vector_load(at + 32),
                            wp_vector_load(at + 48)};
}

WP_INLINE struct wp_bits
wp_bits_and(struct wp_bits x, struct wp_bits y)
{
    return (struct wp_bits){x.a & y.a, x.b & y.b, x.c & y.c, x.d & y.d};
}

WP_INLINE struct wp_bits
wp_bits_xor(struct wp_bits x, struct wp_bits y)
{
    return (struct wp_bits){x.a ^ y.a, x.b ^ y.b, x.c ^ y.c, x.d ^ y.d};
}

#endif

/* Copies 32 bytes at once. */
WP_INLINE void
wp_copy_32(void *to, const void *from)
{
#if WP_VECTOR_BYTES >= 32
    _mm256_storeu_si256(to, _mm256_loadu_si256(from));
#else
    memcpy(to, from, 32);
#endif
}

WP_INLINE bool
wp_same_32(const void *a, const void *b)
{
#if WP_VECTOR_BYTES >= 32
    const __m256i differs = _mm256_xor_si256(_mm256_loadu_si256(a), _mm256_loadu_si256(b));
    return _mm256_testz_si256(differs, differs);
#else
    return memcmp(a, b, 32) == 0;
#endif
}

/* Of each eight bits, a byte, whether one is set. */
WP_INLINE uint64_t
wp_bits_eights(struct wp_bits x)
{
#if WP_VECTOR_BYTES == 64
    return _mm512_test_epi8_mask(x.all, x.all);
#elif WP_VECTOR_BYTES == 32
    const __m256i zero = _mm256_setzero_si256();
    const uint32_t low = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(x.low, zero));
    const uint32_t high = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(x.high, zero));
    return ~((uint64_t)high << 32 | low);
#elif defined __SSE2__
    const __m128i zero = _mm_setzero_si128();
#define EMPTY(part) (uint32_t) _mm_movemask_epi8(_mm_cmpeq_epi8((__m128i)x.part, zero))
    const uint32_t low = EMPTY(a) | EMPTY(b) << 16, high = EMPTY(c) | EMPTY(d) << 16;
#undef EMPTY
    return ~((uint64_t)high << 32 | low);
#else
    struct wp_line line;
    memcpy(&line, &x, sizeof line);
    uint64_t eights = 0;
    for (uint32_t i = 0; i < WP_LINE_WORDS; i++) {
        uint64_t word = line.words[i];
        word |= word >> 4;
        word |= word >> 2;
        word |= word >> 1;
        word &= UINT64_C(0x0101010101010101); /* the product puts them side by side */
        eights |= word * UINT64_C(0x0102040810204080) >> 56 << (8 * i);
    }
    return eights;
#endif
}

/* Half a mark turned back for each word of a block: for the first one by `turn`, for each
 * further one by `step` more, which is a constant. */
#if WP_VECTOR_BYTES >= 32
WP_INLINE struct wp_bits
wp_bits_turned(uint64_t half, uint32_t turn, uint32_t step)
{
    const uint64_t first = wp_turn_down(half, turn);
#define TURNS(sign, i) ((sign) * (long long)(step * (i)) & 63)
#if WP_VECTOR_BYTES == 64
    const __m512i turns = _mm512_set_epi64(TURNS(1, 7), TURNS(1, 6), TURNS(1, 5), TURNS(1, 4),
                                           TURNS(1, 3), TURNS(1, 2), TURNS(1, 1), 0);
    return (struct wp_bits){_mm512_rorv_epi64(_mm512_set1_epi64((long long)first), turns)};
#else
    const __m256i all = _mm256_set1_epi64x((long long)first);
#define TURNED(sign, shift, i)                                                                     \
    shift(all, _mm256_set_epi64x(TURNS(sign, (i) + 3), TURNS(sign, (i) + 2), TURNS(sign, (i) + 1), \
                                 TURNS(sign, i)))
#define BOTH(i) _mm256_or_si256(TURNED(1, _mm256_srlv_epi64, i), TURNED(-1, _mm256_sllv_epi64, i))
    return (struct wp_bits){BOTH(0), BOTH(4)};
#undef BOTH
#undef TURNED
#endif
#undef TURNS
}
#endif

/* The lowest `count` bits; all, if that is more than there are. Up to 255. */
WP_INLINE uint64_t
wp_lowest_bits(uint64_t bits, uint32_t count)
{
#if WP_VECTOR_BYTES >= 32
    return _bzhi_u64(bits, count);
#else
    return count < 64 ? bits & ~(UINT64_MAX << count) : bits;
#endif
}

/* All bits of bytes from `byte` on: a window on zeros followed by ones. */
WP_INLINE struct wp_bits
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

/* Where a line's first bit is: in which word of 32 or 64 bits, whose bits a highest one
 * may be added to so that there is always one. */
#if WP_VECTOR_BYTES == 64

WP_INLINE uint32_t
wp_bits_first(struct wp_bits x)
{
    const __mmask8 some = _mm512_test_epi64_mask(x.all, x.all);
    const __m512i first = _mm512_maskz_compress_epi64(some, x.all);
    const uint64_t word = (uint64_t)_mm_cvtsi128_si64(_mm512_castsi512_si128(first));
    return (uint32_t)__builtin_ctz(some | 1u << 7) * 64 + (uint32_t)_tzcnt_u64(word);
}

/* The first bit of two lines, which are counted through, or what is behind them. */
WP_INLINE uint32_t
wp_bits_first_of_two(struct wp_bits x, struct wp_bits y)
{
    const __mmask8 in_x = _mm512_test_epi64_mask(x.all, x.all);
    const __mmask8 in_y = _mm512_test_epi64_mask(y.all, y.all);
    const __m512i of_y = _mm512_maskz_compress_epi64(in_y, y.all);
    const __m512i first = _mm512_mask_compress_epi64(of_y, in_x, x.all);
    const uint64_t word = (uint64_t)_mm_cvtsi128_si64(_mm512_castsi512_si128(first));
    const uint32_t some = _mm512_kunpackb(in_y, in_x);
    return (uint32_t)__builtin_ctz(some | 1u << (2 * WP_LINE_WORDS - 1)) * 64 +
           (uint32_t)_tzcnt_u64(word);
}

#else

#define WP_WORD_BITS 32u
#define WP_BLOCK_WORDS (WP_BLOCK_BITS / WP_WORD_BITS)

/* Of each word of 32 bits whether it is zero. */
WP_INLINE uint32_t
wp_bits_zeros(struct wp_bits x)
{
#if WP_VECTOR_BYTES == 32
    const __m256i zero = _mm256_setzero_si256();
    const __m256 low = _mm256_castsi256_ps(_mm256_cmpeq_epi32(x.low, zero));
    const __m256 high = _mm256_castsi256_ps(_mm256_cmpeq_epi32(x.high, zero));
    return (uint32_t)_mm256_movemask_ps(low) | (uint32_t)_mm256_movemask_ps(high) << 8;
#elif defined __SSE2__
    const __m128i zero = _mm_setzero_si128();
    const __m128i a = _mm_cmpeq_epi32((__m128i)x.a, zero), b = _mm_cmpeq_epi32((__m128i)x.b, zero);
    const __m128i c = _mm_cmpeq_epi32((__m128i)x.c, zero), d = _mm_cmpeq_epi32((__m128i)x.d, zero);
    const __m128i all = _mm_packs_epi16(_mm_packs_epi32(a, b), _mm_packs_epi32(c, d));
    return (uint32_t)_mm_movemask_epi8(all);
#else
    uint32_t words[WP_BLOCK_WORDS], zeros = 0;
    memcpy(words, &x, sizeof words);
    for (uint32_t i = 0; i < WP_BLOCK_WORDS; i++)
        zeros |= (uint32_t)(words[i] == 0) << i;
    return zeros;
#endif
}

/* The number of the first word that is not zero, or of the last one. */
WP_INLINE uint32_t
wp_bits_first_word(struct wp_bits x)
{
    const uint32_t last = 1u << (WP_BLOCK_WORDS - 1);
    return (uint32_t)__builtin_ctz((wp_bits_zeros(x) ^ (2 * last - 1)) | last);
}

/* The same of two lines, which are counted through. One more than as many words as are zero
 * has its lowest bit behind them. */
WP_INLINE uint32_t
wp_bits_first_word_of_two(struct wp_bits x, struct wp_bits y)
{
    const uint32_t second = wp_bits_zeros(y) & ((1u << (WP_BLOCK_WORDS - 1)) - 1);
    return (uint32_t)__builtin_ctzll(wp_bits_zeros(x) + ((uint64_t)second << WP_BLOCK_WORDS) + 1);
}

/* A word of a line, or of the lines behind it. */
WP_INLINE uint32_t
wp_line_word(const struct wp_line *line, uint32_t number)
{
    uint32_t word;
    memcpy(&word, (const uint8_t *)line + sizeof word * number, sizeof word);
    return word;
}

/* The first bit of a word, or one behind it. */
WP_INLINE uint32_t
wp_first_of_word(uint32_t word)
{
#if WP_VECTOR_BYTES == 32
    return _tzcnt_u32(word);
#else
    return (uint32_t)__builtin_ctzll(word | UINT64_C(1) << WP_WORD_BITS);
#endif
}

WP_INLINE uint32_t
wp_bits_first(struct wp_bits x)
{
    uint32_t words[WP_BLOCK_WORDS];
    memcpy(words, &x, sizeof words);
    const uint32_t number = wp_bits_first_word(x);
    return number * WP_WORD_BITS + wp_first_of_word(words[number]);
}

WP_INLINE uint32_t
wp_bits_first_of_two(struct wp_bits x, struct wp_bits y)
{
    const uint32_t first = wp_bits_first(x), second = wp_bits_first(y);
    return first + (second & (uint32_t) - (first / WP_BLOCK_BITS)); /* 512 where there is none */
}

#endif

/* Bits without those that stand before one of them. */
static __attribute__((noinline, unused)) struct wp_bits
bits_behind(struct wp_bits bits, uint32_t first)
{
    struct wp_line line;
    memcpy(&line, &bits, sizeof line);
    line.words[first / 64] &= UINT64_MAX << first % 64;
    return wp_bits_load(&line);
}

/* The number in a block of the first bit that is not before `first`, or WP_BLOCK_BITS. */
WP_INLINE uint32_t
first_from(struct wp_bits bits, uint32_t first)
{
    bits = wp_bits_and(bits, wp_bits_from(first / 8));
    const uint32_t bit = wp_bits_first(bits);
    return __builtin_expect(bit < first, 0) ? wp_bits_first(bits_behind(bits, first)) : bit;
}

/* The same in a block that holds `first` or is behind it. */
WP_INLINE uint32_t
first_in(struct wp_bits bits, uint32_t block, uint32_t first)
{
    return first_from(bits, block == first / WP_BLOCK_BITS ? first % WP_BLOCK_BITS : 0);
}

#endif
