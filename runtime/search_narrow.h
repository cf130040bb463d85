/*
 * The search in narrow images: of any, and of those in which classes lead to lines. For
 * search.h.
 */
#ifndef WP_RUNTIME_SEARCH_NARROW_H
#define WP_RUNTIME_SEARCH_NARROW_H

#include "point.h"

/* What a point's class allows in a block. All classes take as many steps, since how many parts
 * an uneven one has, nobody could predict: behind its parts it is row 0. */
WP_INLINE struct wp_bits
narrow_address(const struct wp_view *view, struct point point, uint32_t block)
{
    const uint32_t *absent = view->rows[WP_ROW_ABSENT].lines;
    struct wp_bits bits = wp_bits_load(view->lines + absent[block]);
    const bool uneven = wp_is_uneven(&view->shape);
    const struct wp_parts parts = wp_parts_of(view, point.class);
    for (uint32_t i = 0; i < view->shape.parts; i++) {
        const uint32_t has = (uint32_t) - (!uneven || i < parts.count);
        const uint32_t part = wp_row_of(view, parts, i) & has;
        bits = wp_bits_xor(bits, wp_bits_load(view->lines + view->rows[part].lines[block]));
    }
    return bits;
}

/* What the rows of a point and one of a principal have in a block. */
WP_INLINE struct wp_bits
narrow_block(const struct wp_view *view, struct point point, const struct wp_line *person,
             uint32_t block)
{
#define LINE(row) wp_bits_load(view->lines + view->rows[row].lines[block])
    struct wp_bits bits =
        wp_bits_and(wp_bits_load(person + block), narrow_address(view, point, block));
    bits = wp_bits_and(bits, wp_bits_and(LINE(point.device), LINE(point.posture)));
    if (tests_apps(view, &point))
        bits = wp_bits_and(bits, wp_bits_xor(LINE(absent_app(view)), LINE(app_row(view, &point))));
#undef LINE
    return bits;
}

/* Where the lines of rows stand, of which a first one leads to the others; apps do not matter.
 * Where there is but one policy, its lines do not, either. */
struct leading {
    bool is_alone;
    const struct wp_line *device, *posture, *policy, *address[2];
};

WP_INLINE void
find_leading_lines(const struct wp_view *view, enum wp_kind kind, bool is_alone, struct point point,
                   struct leading *leading)
{
    const struct wp_line *lines = view->lines, *of_classes = view->class_lines;
    const uint32_t blocks = kind == WP_NARROWEST ? 1 : WP_NARROW_BLOCKS;
    leading->device = lines + view->rows[point.device].lines[0];
    leading->posture = lines + view->rows[point.posture].lines[0];
    leading->policy = lines + view->policies[point.policy].lines[0];
    leading->is_alone = is_alone;
    if (kind == WP_NARROW_PAIRS) {
        const uint16_t *parts =
            (const uint16_t *)(const void *)view->parts + 2 * (size_t)point.class;
        leading->address[0] = of_classes + (size_t)parts[0] * blocks;
        leading->address[1] = of_classes + (size_t)parts[1] * blocks;
    } else {
        leading->address[0] = of_classes + (size_t)point.class * blocks;
    }
}

/* The policy's entries in a block that all have. */
WP_INLINE struct wp_bits
leading_block(const struct leading *leading, enum wp_kind kind, const struct wp_line *person,
              uint32_t block)
{
    const struct wp_bits facts =
        wp_bits_and(wp_bits_load(leading->device + block), wp_bits_load(leading->posture + block));
    struct wp_bits bits = wp_bits_and(wp_bits_load(person + block), facts);
    if (!leading->is_alone)
        bits = wp_bits_and(bits, wp_bits_load(leading->policy + block));
    struct wp_bits address = wp_bits_load(leading->address[0] + block);
    if (kind == WP_NARROW_PAIRS)
        address = wp_bits_xor(address, wp_bits_load(leading->address[1] + block));
    return wp_bits_and(bits, address);
}

/* The first of them, or one that is behind them. */
#if WP_VECTOR_BYTES == 64

WP_INLINE uint32_t
first_leading(const struct leading *leading, enum wp_kind kind, const struct wp_line *person)
{
    const struct wp_bits bits = leading_block(leading, kind, person, 0);
    if (kind == WP_NARROWEST)
        return wp_bits_first(bits);
    return wp_bits_first_of_two(bits, leading_block(leading, kind, person, 1));
}

#else

/* Of the word that the first is in, all is read once more: sooner than what vectors have would
 * come back from memory. */
WP_INLINE uint32_t
first_leading(const struct leading *leading, enum wp_kind kind, const struct wp_line *person)
{
    const struct wp_bits bits = leading_block(leading, kind, person, 0);
    const uint32_t number =
        kind == WP_NARROWEST
            ? wp_bits_first_word(bits)
            : wp_bits_first_word_of_two(bits, leading_block(leading, kind, person, 1));
    uint32_t word = wp_line_word(leading->address[0], number);
    if (kind == WP_NARROW_PAIRS)
        word ^= wp_line_word(leading->address[1], number);
    word &= wp_line_word(person, number);
    word &= wp_line_word(leading->device, number) & wp_line_word(leading->posture, number);
    if (!leading->is_alone)
        word &= wp_line_word(leading->policy, number);
    return number * WP_WORD_BITS + wp_first_of_word(word);
}

#endif

/* The first of the policy's entries that all have, or one that is behind them; in an image with
 * but one, if it is alone. */
WP_INLINE uint32_t
find_leading(const struct wp_view *view, enum wp_kind kind, bool is_alone, struct point point,
             const struct wp_line *person)
{
    struct leading leading;
    find_leading_lines(view, kind, is_alone, point, &leading);
    return first_leading(&leading, kind, person);
}

/* The first entry of [first, last) that all have. */
static __attribute__((noinline)) uint32_t
search_narrow(const struct wp_view *view, struct point point, struct target target, uint32_t first,
              uint32_t last)
{
    for (uint32_t block = first / WP_BLOCK_BITS; block * WP_BLOCK_BITS < last; block++) {
        const struct wp_bits bits = narrow_block(view, point, target.row, block);
        const uint32_t entry = block * WP_BLOCK_BITS + first_in(bits, block, first);
        if (entry < (block + 1) * WP_BLOCK_BITS)
            return entry < last ? entry : WP_NO_NUMBER;
    }
    return WP_NO_NUMBER;
}

#endif
