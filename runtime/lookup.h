/*
 * From an address to its class: the set of networks that it lies in.
 *
 * Nothing here checks bounds: verify.c has proved the tables. Searches keep a
 * window that holds the answer, [base, base + count), and narrow it without
 * branches that depend on the address.
 */
#ifndef WP_RUNTIME_LOOKUP_H
#define WP_RUNTIME_LOOKUP_H

#include "view.h"

#ifdef __SSE2__
#include <immintrin.h>
#endif

#define WP_CLASS_ABSENT 0u

/* How many of 15 bits are set. Where no instruction says so, a small table is faster than
 * adding them up. */
static inline uint32_t
wp_count_bits(uint32_t bits)
{
#if defined __POPCNT__ || defined __aarch64__ || defined WP_SMALL ||                               \
    (defined WP_VECTOR_BYTES && WP_VECTOR_BYTES > 16) /* decide_avx2.c, decide_avx512.c */
    return (uint32_t)__builtin_popcount(bits);
#else
#define WP_COUNTS_2(n) n, (n) + 1, (n) + 1, (n) + 2
#define WP_COUNTS_4(n)                                                                             \
    WP_COUNTS_2(n), WP_COUNTS_2((n) + 1), WP_COUNTS_2((n) + 1), WP_COUNTS_2((n) + 2)
#define WP_COUNTS_6(n)                                                                             \
    WP_COUNTS_4(n), WP_COUNTS_4((n) + 1), WP_COUNTS_4((n) + 1), WP_COUNTS_4((n) + 2)
    static const uint8_t counts[256] = {WP_COUNTS_6(0), WP_COUNTS_6(1), WP_COUNTS_6(1),
                                        WP_COUNTS_6(2)};
    return (uint32_t)counts[bits & 255] + counts[bits >> 8];
#endif
}

/* Where in a list's index an address's upper part leads. */
static inline uint32_t
wp_v4_part(const struct wp_view *view, uint32_t address)
{
    return address >> (32 - view->shape.v4_bits);
}

/* What an address is looked up by in a table. */
static inline const struct wp_v4_octet *
wp_v4_octet(const struct wp_view *view, uint32_t address)
{
    return view->v4_octets + (address >> 24);
}

/* The node of an octet's cells, or of its starts, that an address is in. */
static inline const uint32_t *
wp_v4_node_of_cells(const struct wp_view *view, const struct wp_v4_octet *octet, uint32_t address)
{
    return view->v4_nodes + (uint32_t)(octet->nodes + (address >> octet->shift) / WP_V4_NODE_CELLS);
}
static inline const uint32_t *
wp_v4_node_of_starts(const struct wp_view *view, const struct wp_v4_octet *octet, uint32_t address)
{
    return view->v4_nodes + octet->nodes + ((address & 0xffffff) >> octet->shift);
}

/* The number of the value that holds for an address's cell: bits of a node up to that of the
 * cell say how many values begin behind the node's first. */
static inline uint32_t
wp_v4_value_of_cell(const struct wp_view *view, const struct wp_v4_octet *octet, uint32_t address)
{
    const uint32_t node = *wp_v4_node_of_cells(view, octet, address);
    const uint32_t behind = ~address >> octet->shift & (WP_V4_NODE_CELLS - 1);
    const uint32_t bits = (node & ((1u << WP_V4_NODE_BITS) - 1)) >> behind;
    return octet->first + (node >> WP_V4_NODE_BITS) + wp_count_bits(bits);
}

/* Asks for what an address is looked up in first, then for where that leads. */
static inline void
wp_v4_ask_for_place(const struct wp_view *view, uint32_t address)
{
    if (view->shape.v4_layout == WP_V4_LIST) {
        __builtin_prefetch(view->v4_keys + wp_v4_part(view, address));
        return;
    }
    const struct wp_v4_octet *octet = wp_v4_octet(view, address);
    __builtin_prefetch(octet->kind == WP_V4_STARTS ? wp_v4_node_of_starts(view, octet, address)
                                                   : wp_v4_node_of_cells(view, octet, address));
}
static inline void
wp_v4_ask_for_value(const struct wp_view *view, uint32_t address)
{
    uint32_t number;
    if (view->shape.v4_layout == WP_V4_LIST) {
        number = view->v4_keys[wp_v4_part(view, address)];
        __builtin_prefetch(view->v4_keys + wp_v4_index_size(&view->shape) + number);
    } else {
        const struct wp_v4_octet *octet = wp_v4_octet(view, address);
        number = octet->kind == WP_V4_STARTS ? *wp_v4_node_of_starts(view, octet, address)
                                             : wp_v4_value_of_cell(view, octet, address);
        if (octet->kind == WP_V4_STARTS)
            __builtin_prefetch(view->v4_lows + (number - octet->lows));
    }
    __builtin_prefetch(wp_packed_at(view->v4_values, number, view->shape.v4_value_bits));
}

#ifdef WP_SMALL
#include "lookup_small.h"
#else

#define WP_V4_WINDOW 16u /* lower parts compared at once */

/* How many of a part's `count` lower parts, which rise, are not above `low`; WP_V4_WINDOW
 * of them at most, and as many may be read. */
static inline uint32_t
wp_v4_lows_up_to(const uint16_t *lows, uint32_t count, uint16_t low)
{
#if defined WP_VECTOR_BYTES && WP_VECTOR_BYTES >= 32
    const __m256i all = _mm256_loadu_si256((const __m256i *)(const void *)lows);
    const __m256i least = _mm256_min_epu16(all, _mm256_set1_epi16((short)low));
    const uint32_t up_to = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi16(all, least));
    return (uint32_t)__builtin_popcount(_bzhi_u32(up_to, 2 * count)) / 2;
#elif defined __SSE2__
    const __m128i key = _mm_set1_epi16((short)low), zero = _mm_setzero_si128();
    const __m128i left = _mm_loadu_si128((const __m128i *)(const void *)lows);
    const __m128i right = _mm_loadu_si128((const __m128i *)(const void *)(lows + 8));
    const __m128i up_to = _mm_packs_epi16(_mm_cmpeq_epi16(_mm_subs_epu16(left, key), zero),
                                          _mm_cmpeq_epi16(_mm_subs_epu16(right, key), zero));
    const uint32_t some = (uint32_t)_mm_movemask_epi8(up_to) & ((UINT32_C(1) << count) - 1);
    return (uint32_t)__builtin_ctz(~some);
#else
    uint32_t up_to = 0;
    for (uint32_t i = 0; i < WP_V4_WINDOW; i++)
        up_to += (uint32_t)(lows[i] <= low) & (uint32_t)(i < count);
    return up_to;
#endif
}

/* How many of `count` keys, which rise, are not above the address; WP_V4_KEYS_MARGIN of them at
 * most, and as many may be read. */
static inline uint32_t
wp_v4_keys_up_to(const uint32_t *keys, uint32_t count, uint32_t address)
{
#if defined WP_VECTOR_BYTES && WP_VECTOR_BYTES == 64
    const __m256i all = _mm256_loadu_si256((const __m256i *)(const void *)keys);
    const uint32_t up_to = _mm256_cmple_epu32_mask(all, _mm256_set1_epi32((int)address));
    return (uint32_t)__builtin_popcount(_bzhi_u32(up_to, count));
#elif defined WP_VECTOR_BYTES && WP_VECTOR_BYTES == 32
    const __m256i all = _mm256_loadu_si256((const __m256i *)(const void *)keys);
    const __m256i least = _mm256_min_epu32(all, _mm256_set1_epi32((int)address));
    const __m256 up_to = _mm256_castsi256_ps(_mm256_cmpeq_epi32(all, least));
    return (uint32_t)__builtin_popcount(_bzhi_u32((uint32_t)_mm256_movemask_ps(up_to), count));
#elif defined __SSE2__
    const __m128i top = _mm_set1_epi32(INT32_MIN);
    const __m128i key = _mm_xor_si128(_mm_set1_epi32((int)address), top);
    const __m128i left = _mm_loadu_si128((const __m128i *)(const void *)keys);
    const __m128i right = _mm_loadu_si128((const __m128i *)(const void *)(keys + 4));
    const __m128i above = _mm_packs_epi32(_mm_cmpgt_epi32(_mm_xor_si128(left, top), key),
                                          _mm_cmpgt_epi32(_mm_xor_si128(right, top), key));
    const uint32_t up_to =
        (uint32_t)__builtin_ctz((uint32_t)_mm_movemask_epi8(above) | 1u << 16) / 2;
    return up_to < count ? up_to : count;
#else
    uint32_t up_to = 0;
    for (uint32_t i = 0; i < WP_V4_KEYS_MARGIN; i++)
        up_to += (uint32_t)(keys[i] <= address) & (uint32_t)(i < count);
    return up_to;
#endif
}

/* Among the starts of a node. There are few: one wide comparison of their lows. */
static inline uint32_t
wp_class_by_starts(const struct wp_view *view, const struct wp_v4_octet *octet,
                   const uint32_t *node, uint32_t address, uint32_t bits)
{
    const uint16_t low = (uint16_t)address;
    const uint16_t *lows = view->v4_lows;
    uint32_t first = node[0], count = node[1] - first;
    /* The values' memory is on its way while the lows are compared. */
    __builtin_prefetch(wp_packed_at(view->v4_values, first, bits));
    while (count > WP_V4_WINDOW) {
        const uint32_t half = count / 2;
        first += lows[first - octet->lows + half] <= low ? half : 0;
        count -= half;
    }
    first += wp_v4_lows_up_to(lows + (first - octet->lows), count, low);
    return wp_packed(view->v4_values, first - 1, bits);
}

/* The same where it takes but one comparison, as nearly always where addresses are scattered.
 * Returns whether it does. */
static inline bool
wp_find_in_table(const struct wp_view *view, uint32_t address, uint32_t bits, uint32_t *class)
{
    const struct wp_v4_octet *octet = wp_v4_octet(view, address);
    if (octet->kind != WP_V4_STARTS)
        return false;
    const uint32_t *node = wp_v4_node_of_starts(view, octet, address);
    if (__builtin_expect(node[1] - node[0] > WP_V4_WINDOW, 0))
        return false;
    *class = wp_class_by_starts(view, octet, node, address, bits);
    return true;
}

/* Which way an octet goes, those that ask for many addresses alike know beforehand. Values have
 * `bits`. */
static inline uint32_t
wp_class_in_table(const struct wp_view *view, uint32_t address, uint32_t bits)
{
    const struct wp_v4_octet *octet = wp_v4_octet(view, address);
    if (octet->kind == WP_V4_STARTS)
        return wp_class_by_starts(view, octet, wp_v4_node_of_starts(view, octet, address), address,
                                  bits);
    const uint32_t cell = wp_v4_value_of_cell(view, octet, address);
    const uint32_t value = wp_packed(view->v4_values, cell, bits);
    if (octet->kind == WP_V4_CELLS || value < view->shape.classes)
        return value;
    octet = view->v4_octets + WP_V4_LISTS;
    const uint32_t *node = view->v4_nodes + octet->nodes + (value - view->shape.classes);
    return wp_class_by_starts(view, octet, node, address, bits);
}

/* Halves those of `count` keys from `first` on that the last one not above the address is among. */
static inline void
wp_v4_halve(const uint32_t *keys, uint32_t address, uint32_t *first, uint32_t *count)
{
    const uint32_t half = *count / 2;
    *first += keys[*first + half] <= address ? half : 0;
    *count -= half;
}

/* With a list: halving as often as the image says makes those that the index leaves few
 * enough nearly always; how often it takes for one address, nobody could predict. */
static inline uint32_t
wp_class_in_list(const struct wp_view *view, uint32_t address, uint32_t bits)
{
    const uint32_t *place = view->v4_keys + wp_v4_part(view, address), *keys = view->v4_starts;
    uint32_t first = place[0], count = place[1] - first + 1;
    for (uint32_t i = 0; i < view->shape.v4_halvings || count > WP_V4_KEYS_MARGIN; i++)
        wp_v4_halve(keys, address, &first, &count);
    first += wp_v4_keys_up_to(keys + first, count, address);
    return wp_packed(view->v4_values, first - 1, bits);
}

/* The same where it takes no more than that, as nearly always. Returns whether it does. */
static inline bool
wp_find_in_list(const struct wp_view *view, uint32_t address, uint32_t bits, uint32_t *class)
{
    const uint32_t *place = view->v4_keys + wp_v4_part(view, address), *keys = view->v4_starts;
    uint32_t first = place[0], count = place[1] - first + 1;
    for (uint32_t i = view->shape.v4_halvings; i > 0; i--)
        wp_v4_halve(keys, address, &first, &count);
    if (__builtin_expect(count > WP_V4_KEYS_MARGIN, 0))
        return false;
    first += wp_v4_keys_up_to(keys + first, count, address);
    *class = wp_packed(view->v4_values, first - 1, bits);
    return true;
}

/* Wherever it is; values have `bits`. */
static inline uint32_t
wp_class_v4_of(const struct wp_view *view, uint32_t address, uint32_t bits)
{
    return view->shape.v4_layout == WP_V4_LIST ? wp_class_in_list(view, address, bits)
                                               : wp_class_in_table(view, address, bits);
}

/* How many of a node's keys, which rise, are not above `high`. */
static inline uint32_t
wp_v6_up_to(const uint64_t *node, uint64_t high)
{
#if defined WP_VECTOR_BYTES && WP_VECTOR_BYTES == 64
    const __m512i key = _mm512_set1_epi64((long long)high);
    const uint32_t left = _mm512_cmpgt_epu64_mask(_mm512_loadu_si512(node), key);
    const uint32_t right = _mm512_cmpgt_epu64_mask(_mm512_loadu_si512(node + 8), key);
    return (uint32_t)__builtin_ctz(left | right << 8 | 1u << WP_V6_NODE);
#elif defined WP_VECTOR_BYTES && WP_VECTOR_BYTES == 32
    const __m256i top = _mm256_set1_epi64x(INT64_MIN); /* comparisons are signed */
    const __m256i key = _mm256_xor_si256(_mm256_set1_epi64x((long long)high), top);
    uint32_t above = 1u << WP_V6_NODE;
    for (uint32_t i = 0; i < WP_V6_NODE; i += 4) {
        const __m256i four = _mm256_loadu_si256((const __m256i *)(const void *)(node + i));
        const __m256i greater = _mm256_cmpgt_epi64(_mm256_xor_si256(four, top), key);
        above |= (uint32_t)_mm256_movemask_pd(_mm256_castsi256_pd(greater)) << i;
    }
    return (uint32_t)__builtin_ctz(above);
#else
    /* First every fourth, then the four from the last of these on. */
    uint32_t fours = 0, up_to = 0;
    for (uint32_t i = 4; i < WP_V6_NODE; i += 4)
        fours += node[i] <= high;
    for (uint32_t i = 0; i < 4; i++)
        up_to += node[4 * fours + i] <= high;
    return 4 * fours + up_to;
#endif
}

/* The place of the last key that is not above `high`, going down the tree. */
static inline uint32_t
wp_v6_descend(const struct wp_view *view, uint64_t high)
{
    const uint64_t *level = view->v6_keys;
    uint32_t count = view->shape.v6_count, place = 0;
    for (uint32_t below = view->shape.v6_levels; below-- > 0;) {
        const uint64_t *node = level + (size_t)place * WP_V6_NODE;
        place = place * WP_V6_NODE + wp_v6_up_to(node, high) - 1;
        uint32_t last = wp_v6_last(count, below);
        place = place < last ? place : last; /* padding is not below any key */
        level += wp_v6_padded(count, below);
    }
    return place;
}

static inline uint32_t
wp_v6_search(const uint64_t *keys, uint32_t count, uint64_t key)
{
    const uint64_t *at = keys;
    while (count > 1) {
        uint32_t half = count / 2;
        at += at[half] <= key ? half : 0;
        count -= half;
    }
    return (uint32_t)(at - keys);
}

static inline uint32_t
wp_class_v6(const struct wp_view *view, uint64_t high, uint64_t low)
{
    uint32_t place = view->shape.v6_levels > 0
                         ? wp_v6_descend(view, high)
                         : wp_v6_search(view->v6_keys, view->shape.v6_count, high);
    uint32_t value = wp_v6_value(view, place);
    if (value < view->shape.classes)
        return value;
    /* The upper half where ranges start: the lower half decides there, and behind
     * it goes on what its last range began. */
    if (view->v6_leaves[place] != high)
        low = UINT64_MAX;
    const uint64_t *lower = view->v6_lower + (value - view->shape.classes);
    uint32_t count = (uint32_t)lower[0];
    const uint32_t *classes = (const uint32_t *)(const void *)(lower + 1 + count);
    return classes[wp_v6_search(lower + 1, count, low)];
}

#endif

static inline uint32_t
wp_class_v4(const struct wp_view *view, uint32_t address)
{
    return wp_class_v4_of(view, address, view->shape.v4_value_bits);
}

#endif
