/*
 * The search in wide images, whatever they are: column by column, in blocks that no summary
 * rules out. For search.h and batch.h.
 */
#ifndef WP_RUNTIME_SEARCH_WIDE_H
#define WP_RUNTIME_SEARCH_WIDE_H

#include "point.h"

/*
 * A row's line in a block of the family's. There is no branch on whether it has one, since
 * nobody could predict it: `has`, which is all ones or zero, leads to the line of zeros.
 */
WP_INLINE const struct wp_line *
line_at(const struct wp_view *view, const struct wp_row *row, uint32_t base, uint32_t place)
{
    const uint32_t has = (uint32_t) - (row->summary >> place & 1);
    const uint32_t number = view->line_numbers[(row->numbers + place) & has];
    return view->lines + ((base + number) & has);
}

/* The same where it surely has one. */
WP_INLINE const struct wp_line *
sure_line_at(const struct wp_view *view, const struct wp_row *row, uint32_t base, uint32_t place)
{
    return view->lines + base + view->line_numbers[row->numbers + place];
}

/* The rows of a point in one column. */
struct column {
    const struct wp_row *absent, *parts[WP_PARTS_MAX];
    const struct wp_row *device, *posture, *absent_app, *app;
    uint32_t summary; /* blocks in which each family has some line */
    uint32_t differs; /* blocks in which some part of the address has one */
};

WP_INLINE void
find_rows(const struct wp_view *view, const struct point *point, uint32_t number, uint32_t parts,
          bool with_apps, struct column *column)
{
    const size_t columns = view->shape.columns;
    const struct wp_row *rows = view->rows + number;
    for (uint32_t i = 0; i < parts; i++)
        column->parts[i] = rows + wp_part(view, point->class, parts, i) * columns;
    column->absent = rows + WP_ROW_ABSENT * columns;
    column->device = rows + point->device * columns;
    column->posture = rows + point->posture * columns;
    if (with_apps) {
        column->absent_app = rows + absent_app(view) * columns;
        column->app = rows + app_row(view, point) * columns;
    }
}

/* Reads what rows that are found say of themselves. */
WP_INLINE void
sum_up(struct column *column, uint32_t parts, bool with_apps)
{
    uint32_t differs = 0;
    for (uint32_t i = 0; i < parts; i++)
        differs |= column->parts[i]->summary;
    column->differs = differs;
    column->summary =
        (column->absent->summary | differs) & column->device->summary & column->posture->summary;
    if (with_apps)
        column->summary &= column->absent_app->summary | column->app->summary;
}

/* A block of a column. */
struct spot {
    uint32_t block, place;
    const uint32_t *bases;
};

WP_INLINE struct spot
spot_at(const struct wp_view *view, uint32_t start, uint32_t place)
{
    const uint32_t block = start + place;
    return (struct spot){block, place, view->bases + (size_t)block * WP_FAMILY_COUNT};
}

/* What the rows of a point have in a block for its address. Where there are many parts, few
 * blocks have a line of any of them. */
WP_INLINE struct wp_bits
address_bits(const struct wp_view *view, const struct column *column, uint32_t parts,
             struct spot spot)
{
    const uint32_t base = spot.bases[WP_FAMILY_ADDRESS];
    struct wp_bits bits = wp_bits_load(line_at(view, column->absent, base, spot.place));
    if (parts > 2 && __builtin_expect(!(column->differs >> spot.place & 1), 1))
        return bits;
#pragma GCC unroll 4
    for (uint32_t i = 0; i < parts; i++)
        bits = wp_bits_xor(bits, wp_bits_load(line_at(view, column->parts[i], base, spot.place)));
    return bits;
}

/* What the rows of a point and one of a principal have in a block that no summary rules out. */
WP_INLINE struct wp_bits
wide_block(const struct wp_view *view, const struct column *column, uint32_t parts, bool with_apps,
           const struct wp_line *person, struct spot spot)
{
#define LINE(find, row, family)                                                                    \
    wp_bits_load(find(view, row, spot.bases[WP_FAMILY_##family], spot.place))
    struct wp_bits bits = wp_bits_load(person + spot.block);
    bits = wp_bits_and(bits, LINE(sure_line_at, column->device, DEVICE));
    bits = wp_bits_and(bits, LINE(sure_line_at, column->posture, POSTURE));
    bits = wp_bits_and(bits, address_bits(view, column, parts, spot));
    if (with_apps)
        bits = wp_bits_and(bits, wp_bits_xor(LINE(line_at, column->absent_app, APP),
                                             LINE(line_at, column->app, APP)));
    return bits;
#undef LINE
}

/* The blocks of one column that hold some of [first, last) and that no summary rules
 * out, as bits. */
WP_INLINE uint32_t
blocks_of(const struct column *column, const struct target *target, uint32_t number, uint32_t first,
          uint32_t last)
{
    const uint32_t start = number * WP_COLUMN_BLOCKS;
    const uint32_t from = first / WP_BLOCK_BITS, to = (last - 1) / WP_BLOCK_BITS;
    uint32_t some = column->summary & target->summary[number];
    if (from > start)
        some &= UINT32_MAX << (from - start);
    if (to - start < WP_COLUMN_BLOCKS)
        some &= UINT32_MAX >> (WP_COLUMN_BLOCKS - 1 - (to - start));
    return some;
}

/* In some of them. */
WP_INLINE uint32_t
search_column(const struct wp_view *view, const struct column *column, uint32_t parts,
              bool with_apps, const struct target *target, uint32_t number, uint32_t some,
              uint32_t first, uint32_t last)
{
    for (; some != 0; some &= some - 1) {
        const struct spot spot =
            spot_at(view, number * WP_COLUMN_BLOCKS, (uint32_t)__builtin_ctz(some));
        const struct wp_bits bits = wide_block(view, column, parts, with_apps, target->row, spot);
        const uint32_t bit = first_in(bits, spot.block, first);
        if (bit < WP_BLOCK_BITS) {
            const uint32_t entry = spot.block * WP_BLOCK_BITS + bit;
            return entry < last ? entry : WP_NO_NUMBER;
        }
    }
    return WP_NO_NUMBER;
}

/* The columns that hold some of [first, last), the first of them in which a principal has
 * something: for somebody in no group that may be none, and then no row has to be touched. */
struct span {
    uint32_t number, end;
};

WP_INLINE struct span
skip(struct span span, const struct target *target)
{
    while (span.number <= span.end && target->summary[span.number] == 0)
        span.number++;
    return span;
}

WP_INLINE struct span
span_of(const struct target *target, uint32_t first, uint32_t last)
{
    const struct span all = {first / WP_BLOCK_BITS / WP_COLUMN_BLOCKS,
                             (last - 1) / WP_BLOCK_BITS / WP_COLUMN_BLOCKS};
    return skip(all, target);
}

/* From a column on, whose rows are found. */
WP_INLINE uint32_t
search_columns(const struct wp_view *view, const struct point *point, struct column *column,
               uint32_t parts, bool with_apps, const struct target *target, struct span span,
               uint32_t first, uint32_t last)
{
    for (;;) {
        sum_up(column, parts, with_apps);
        const uint32_t some = blocks_of(column, target, span.number, first, last);
        const uint32_t entry =
            search_column(view, column, parts, with_apps, target, span.number, some, first, last);
        span.number++;
        span = skip(span, target);
        if (entry != WP_NO_NUMBER || span.number > span.end)
            return entry;
        find_rows(view, point, span.number, parts, with_apps, column);
    }
}

WP_INLINE uint32_t
search_blocks(const struct wp_view *view, const struct point *point, uint32_t parts, bool with_apps,
              struct target target, uint32_t first, uint32_t last)
{
    const struct span span = span_of(&target, first, last);
    struct column column = {0};
    if (span.number > span.end)
        return WP_NO_NUMBER;
    find_rows(view, point, span.number, parts, with_apps, &column);
    return search_columns(view, point, &column, parts, with_apps, &target, span, first, last);
}

/* What most images are is compiled for itself. */
#define SEARCH(name, parts, with_apps)                                                             \
    static __attribute__((noinline)) uint32_t name(                                                \
        const struct wp_view *view, const struct point *point, struct target target,               \
        uint32_t first, uint32_t last)                                                             \
    {                                                                                              \
        return search_blocks(view, point, parts, with_apps, target, first, last);                  \
    }
SEARCH(search_single, 1, false)
SEARCH(search_double, 2, false)
SEARCH(search_many, view->shape.parts, false)
SEARCH(search_any, view->shape.parts, tests_apps(view, point))
#undef SEARCH

WP_INLINE uint32_t
search_wide(const struct wp_view *view, const struct point *point, struct target target,
            uint32_t first, uint32_t last)
{
    const uint32_t parts = view->shape.parts;
    if (tests_apps(view, point))
        return search_any(view, point, target, first, last);
    if (parts > 2)
        return search_many(view, point, target, first, last);
    if (parts == 2)
        return search_double(view, point, target, first, last);
    return search_single(view, point, target, first, last);
}

#endif
