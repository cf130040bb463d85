/*
 * The search in wide images as most are, whose classes are one row, two or four: first in the
 * head, then in what is left. For search.h and batch.h.
 */
#ifndef WP_RUNTIME_SEARCH_HEAD_H
#define WP_RUNTIME_SEARCH_HEAD_H

#include "search_wide.h"

/* Of most classes; and what is done for each, without a loop. */
#define MOST_PARTS 4u
#define FOR_EACH_PART(part, parts)                                                                 \
    _Pragma("GCC unroll 4") for (uint32_t part = 0; part < parts; part++)

/* How many a class has in a wide image of a kind. */
WP_INLINE uint32_t
most_parts(enum wp_kind kind)
{
    return kind == WP_WIDE_QUADS ? 4 : kind == WP_WIDE_PAIRS ? 2 : 1;
}

WP_INLINE void
find_parts(const struct wp_view *view, uint32_t parts, uint32_t class, uint32_t rows[MOST_PARTS])
{
    const uint16_t *numbers = (const uint16_t *)(const void *)view->parts + (size_t) class * parts;
    FOR_EACH_PART (part, parts)
        rows[part] = parts == 1 ? class : numbers[part];
}

#define HEAD_ENTRIES (WP_NARROW_BLOCKS * WP_BLOCK_BITS)
#define HEAD_BLOCKS ((1u << WP_NARROW_BLOCKS) - 1)

/* Whether a principal has something in the head's blocks. */
WP_INLINE bool
is_in_head(const struct wp_view *view, struct target target)
{
    const uint32_t start = view->shape.head;
    const uint32_t summary = target.summary[start / WP_COLUMN_BLOCKS];
    return summary >> start % WP_COLUMN_BLOCKS & HEAD_BLOCKS;
}

/* The first entry of the head's blocks that all rows have, counted from the first of these, or
 * one behind them. `person` is what a principal has from there on. */
WP_INLINE uint32_t
find_in_head(const struct wp_view *view, uint32_t parts, struct point point,
             const struct wp_line *person)
{
#define LINE(row) wp_bits_load(view->lines + view->heads[row].lines[block])
    uint32_t rows[MOST_PARTS];
    struct wp_bits found[WP_NARROW_BLOCKS];
    find_parts(view, parts, point.class, rows);
#pragma GCC unroll 2
    for (uint32_t block = 0; block < WP_NARROW_BLOCKS; block++) {
        const struct wp_bits facts = wp_bits_and(LINE(point.device), LINE(point.posture));
        struct wp_bits bits = LINE(WP_ROW_ABSENT);
        FOR_EACH_PART (part, parts)
            bits = wp_bits_xor(bits, LINE(rows[part]));
        found[block] = wp_bits_and(bits, wp_bits_and(wp_bits_load(person + block), facts));
    }
    return wp_bits_first_of_two(found[0], found[1]);
#undef LINE
}

/* The blocks that hold some of [first, last), as bits. */
WP_INLINE uint32_t
blocks_between(uint32_t first, uint32_t last)
{
    return UINT32_MAX << first / WP_BLOCK_BITS &
           UINT32_MAX >> (WP_COLUMN_BLOCKS - 1 - (last - 1) / WP_BLOCK_BITS);
}

/* The first entry of [first, last) that all rows have, or one that is behind them. */
WP_INLINE uint32_t
find_in_column(const struct wp_view *view, uint32_t parts, struct point point, struct target target,
               uint32_t first, uint32_t last)
{
    const uint32_t has = *target.summary & blocks_between(first, last);
    if (has == 0)
        return WP_NO_NUMBER;
    const struct wp_row absent = view->rows[WP_ROW_ABSENT], device = view->rows[point.device],
                        posture = view->rows[point.posture];
    struct wp_row rows[MOST_PARTS];
    uint32_t numbers[MOST_PARTS];
    find_parts(view, parts, point.class, numbers);
    uint32_t some = absent.summary;
    FOR_EACH_PART (part, parts) {
        rows[part] = view->rows[numbers[part]];
        some |= rows[part].summary;
    }
    some &= device.summary & posture.summary & has;
    for (; some != 0; some &= some - 1) {
        const uint32_t place = (uint32_t)__builtin_ctz(some);
        const uint32_t *bases = view->bases + (size_t)place * WP_FAMILY_COUNT;
        struct wp_bits bits = wp_bits_load(line_at(view, &absent, bases[WP_FAMILY_ADDRESS], place));
        FOR_EACH_PART (part, parts)
            bits = wp_bits_xor(
                bits, wp_bits_load(line_at(view, &rows[part], bases[WP_FAMILY_ADDRESS], place)));
        bits = wp_bits_and(bits, wp_bits_load(target.row + place));
        bits = wp_bits_and(
            bits, wp_bits_load(sure_line_at(view, &device, bases[WP_FAMILY_DEVICE], place)));
        bits = wp_bits_and(
            bits, wp_bits_load(sure_line_at(view, &posture, bases[WP_FAMILY_POSTURE], place)));
        const uint32_t bit = first_in(bits, place, first);
        if (bit < WP_BLOCK_BITS)
            return place * WP_BLOCK_BITS + bit;
    }
    return WP_NO_NUMBER;
}

/* Of a point by itself: one that something points to would be put into memory for all. */
static __attribute__((noinline)) uint32_t
search_further(const struct wp_view *view, struct point point, struct target target, uint32_t first,
               uint32_t last)
{
    return search_wide(view, &point, target, first, last);
}

/* The first of a policy's entries from `first` on that all rows have, or one that is behind
 * them, where apps do not matter. Most requests are decided by the first rules of the largest
 * policy. */
WP_INLINE uint32_t
find_wide(const struct wp_view *view, uint32_t parts, struct point point, struct target target,
          uint32_t first)
{
    const uint32_t start = view->shape.head, last = view->policies[point.policy].last;
    if (first == start * WP_BLOCK_BITS && is_in_head(view, target)) {
        const uint32_t entry = find_in_head(view, parts, point, target.row + start);
        if (entry < HEAD_ENTRIES)
            return first + entry;
        first += HEAD_ENTRIES;
    }
    if (first >= last)
        return WP_NO_NUMBER;
    if (view->shape.columns > 1)
        return search_further(view, point, target, first, last);
    return find_in_column(view, parts, point, target, first, last);
}

/* The same in any wide image. */
WP_INLINE uint32_t
find_from(const struct wp_view *view, struct point point, struct target target, uint32_t first)
{
    const uint32_t parts = view->shape.parts;
    if (parts == 1)
        return find_wide(view, 1, point, target, first);
    if (parts == 2 && view->shape.part_size == sizeof(uint16_t))
        return find_wide(view, 2, point, target, first);
    if (parts == 4 && view->shape.part_size == sizeof(uint16_t))
        return find_wide(view, 4, point, target, first);
    return first < view->policies[point.policy].last
               ? search_further(view, point, target, first, view->policies[point.policy].last)
               : WP_NO_NUMBER;
}

#endif
