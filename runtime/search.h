/*
 * The search for the first entry that all rows of a request and one of a principal
 * have. For evaluate.h and decide.c alone.
 */
#ifndef WP_RUNTIME_SEARCH_H
#define WP_RUNTIME_SEARCH_H

#include "bits.h"
#include "view.h"

/* A request in the image's own numbers. */
struct point {
    uint32_t class; /* of its address; the row itself when a class is one */
    uint32_t device, posture;
    uint32_t policy; /* or WP_NO_NUMBER */
    uint32_t app;
};

/* What of a principal is searched. */
struct target {
    const struct wp_line *row;
    const uint32_t *summary;
};

/* The row of the absent app. */
WP_INLINE uint32_t
absent_app(const struct wp_view *view)
{
    return view->row_first[WP_FAMILY_APP] + WP_ROW_ABSENT;
}

/* The row of a point's app: what differs from the absent one's. */
WP_INLINE uint32_t
app_row(const struct wp_view *view, const struct point *point)
{
    return view->row_first[WP_FAMILY_APP] + view->apps[point->app].row;
}

/* Whether rows of apps matter to a point. */
WP_INLINE bool
tests_apps(const struct wp_view *view, const struct point *point)
{
    return view->policies[point->policy].flags & WP_POLICY_TESTS_APPS;
}

#ifdef WP_SMALL /* word by word, where code has to be small */

static uint64_t
word_of(const struct wp_view *view, uint32_t number, enum wp_family family, uint32_t entry)
{
    return view->lines[wp_line_of(view, family, number, entry / WP_BLOCK_BITS)]
        .words[entry / 64 % WP_LINE_WORDS];
}

static uint32_t
search(const struct wp_view *view, struct point point, struct target target, uint32_t first,
       uint32_t last)
{
    for (; first < last; first = (first | 63) + 1) {
        uint64_t bits = target.row[first / WP_BLOCK_BITS].words[first / 64 % WP_LINE_WORDS];
        bits &= UINT64_MAX << first % 64;
        if (bits == 0)
            continue;
        bits &= word_of(view, point.device, WP_FAMILY_DEVICE, first);
        bits &= word_of(view, point.posture, WP_FAMILY_POSTURE, first);
        uint64_t address = word_of(view, WP_ROW_ABSENT, WP_FAMILY_ADDRESS, first);
        const struct wp_parts parts = wp_parts_of(view, point.class);
        for (uint32_t i = 0; i < parts.count; i++)
            address ^= word_of(view, wp_row_of(view, parts, i), WP_FAMILY_ADDRESS, first);
        bits &= address;
        if (tests_apps(view, &point))
            bits &= word_of(view, absent_app(view), WP_FAMILY_APP, first) ^
                    word_of(view, app_row(view, &point), WP_FAMILY_APP, first);
        if (bits == 0)
            continue;
        first = (first & ~63u) + (uint32_t)__builtin_ctzll(bits);
        return first < last ? first : WP_NO_NUMBER;
    }
    return WP_NO_NUMBER;
}

/* The first deciding entry of a point's policy that all rows have, or one behind them. */
WP_INLINE uint32_t
find_entry(const struct wp_view *view, enum wp_kind kind, struct point point, struct target target)
{
    const struct wp_policy_record *policy = &view->policies[point.policy];
    (void)kind;
    return search(view, point, target, policy->first, policy->last);
}

#else

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

/* Bits without those that stand before one of them. */
static __attribute__((noinline)) struct wp_bits
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

/* What the rows of a point and one of a principal have in a block that no summary rules
 * out, or in any. */
WP_INLINE struct wp_bits
wide_block(const struct wp_view *view, const struct column *column, uint32_t parts, bool with_apps,
           bool is_sure, const struct wp_line *person, struct spot spot)
{
#define LINE(row, family, is_sure)                                                                 \
    wp_bits_load(is_sure ? sure_line_at(view, row, spot.bases[WP_FAMILY_##family], spot.place)     \
                         : line_at(view, row, spot.bases[WP_FAMILY_##family], spot.place))
    struct wp_bits bits = wp_bits_load(person + spot.block);
    bits = wp_bits_and(bits, LINE(column->device, DEVICE, is_sure));
    bits = wp_bits_and(bits, LINE(column->posture, POSTURE, is_sure));
    bits = wp_bits_and(bits, address_bits(view, column, parts, spot));
    if (with_apps)
        bits = wp_bits_and(
            bits, wp_bits_xor(LINE(column->absent_app, APP, false), LINE(column->app, APP, false)));
    return bits;
#undef LINE
}

/* The search in one block, where a class is one row and apps do not matter. No summary is
 * asked: an empty line costs less. */
WP_INLINE uint32_t
search_block(const struct wp_view *view, const struct point *point, const struct wp_line *person,
             uint32_t first, uint32_t last)
{
    const uint32_t block = first / WP_BLOCK_BITS, number = block / WP_COLUMN_BLOCKS;
    struct column column;
    find_rows(view, point, number, 1, false, &column);
    const struct spot spot = spot_at(view, number * WP_COLUMN_BLOCKS, block % WP_COLUMN_BLOCKS);
    const uint32_t bit =
        first_in(wide_block(view, &column, 1, false, false, person, spot), block, first);
    const uint32_t entry = block * WP_BLOCK_BITS + bit;
    return entry | (uint32_t) - (bit == WP_BLOCK_BITS || entry >= last);
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
        const struct wp_bits bits =
            wide_block(view, column, parts, with_apps, true, target->row, spot);
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
    if (first / WP_BLOCK_BITS != (last - 1) / WP_BLOCK_BITS)
        return search_single(view, point, target, first, last);
    return search_block(view, point, target.row, first, last);
}

/* ---- narrow images ------------------------------------------------------------------- */

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

/* Where the lines of rows stand, of which a first one leads to the others; apps do not matter. */
struct leading {
    const struct wp_line *device, *posture, *policy, *address[2];
};

WP_INLINE void
find_leading_lines(const struct wp_view *view, enum wp_kind kind, struct point point,
                   struct leading *leading)
{
    const struct wp_line *lines = view->lines, *of_classes = view->class_lines;
    const uint32_t blocks = kind == WP_NARROWEST ? 1 : WP_NARROW_BLOCKS;
    leading->device = lines + view->rows[point.device].lines[0];
    leading->posture = lines + view->rows[point.posture].lines[0];
    leading->policy = lines + view->policies[point.policy].lines[0];
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
    bits = wp_bits_and(bits, wp_bits_load(leading->policy + block));
    struct wp_bits address = wp_bits_load(leading->address[0] + block);
    if (kind == WP_NARROW_PAIRS)
        address = wp_bits_xor(address, wp_bits_load(leading->address[1] + block));
    return wp_bits_and(bits, address);
}

/* The first of them, or one that is behind them. */
WP_INLINE uint32_t
find_leading(const struct wp_view *view, enum wp_kind kind, struct point point,
             const struct wp_line *person)
{
    struct leading leading;
    find_leading_lines(view, kind, point, &leading);
    const struct wp_bits bits = leading_block(&leading, kind, person, 0);
    if (kind == WP_NARROWEST)
        return wp_bits_first(bits);
    return wp_bits_first_of_two(bits, leading_block(&leading, kind, person, 1));
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

/* ---- wide images, mostly ---------------------------------------------------------------- */

/* Of most classes; and what is done for each, without a loop. */
#define MOST_PARTS 4u
#define FOR_EACH_PART _Pragma("GCC unroll 4") for (uint32_t part = 0; part < parts; part++)

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
    FOR_EACH_PART
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
        FOR_EACH_PART
        bits = wp_bits_xor(bits, LINE(rows[part]));
        found[block] = wp_bits_and(bits, wp_bits_and(wp_bits_load(person + block), facts));
    }
    return wp_bits_first_of_two(found[0], found[1]);
#undef LINE
}

/* What a row has in a block. Whether it has a line there, nobody could predict. */
WP_INLINE struct wp_bits
bits_in(const struct wp_view *view, struct wp_row row, uint32_t base, uint32_t place)
{
    const uint32_t has = (uint32_t)((int32_t)(row.summary << (31 - place)) >> 31);
    const uint32_t number = view->line_numbers[(row.numbers + place) & has];
    return wp_bits_load(view->lines + ((base + number) & has));
}

/* The same where it surely has one. */
WP_INLINE struct wp_bits
sure_bits_in(const struct wp_view *view, struct wp_row row, uint32_t base, uint32_t place)
{
    return wp_bits_load(view->lines + base + view->line_numbers[row.numbers + place]);
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
    const struct wp_row absent = view->rows[WP_ROW_ABSENT], device = view->rows[point.device],
                        posture = view->rows[point.posture];
    struct wp_row rows[MOST_PARTS];
    uint32_t numbers[MOST_PARTS];
    find_parts(view, parts, point.class, numbers);
    uint32_t some = absent.summary;
    FOR_EACH_PART
    {
        rows[part] = view->rows[numbers[part]];
        some |= rows[part].summary;
    }
    some &= device.summary & posture.summary & *target.summary & blocks_between(first, last);
    for (; some != 0; some &= some - 1) {
        const uint32_t place = (uint32_t)__builtin_ctz(some);
        const uint32_t *bases = view->bases + (size_t)place * WP_FAMILY_COUNT;
        struct wp_bits bits = bits_in(view, absent, bases[WP_FAMILY_ADDRESS], place);
        FOR_EACH_PART
        bits = wp_bits_xor(bits, bits_in(view, rows[part], bases[WP_FAMILY_ADDRESS], place));
        bits = wp_bits_and(bits, wp_bits_load(target.row + place));
        bits = wp_bits_and(bits, sure_bits_in(view, device, bases[WP_FAMILY_DEVICE], place));
        bits = wp_bits_and(bits, sure_bits_in(view, posture, bases[WP_FAMILY_POSTURE], place));
        const uint32_t bit = first_in(bits, place, first);
        if (bit < WP_BLOCK_BITS)
            return place * WP_BLOCK_BITS + bit;
    }
    return WP_NO_NUMBER;
}

static __attribute__((noinline)) uint32_t
search_further(const struct wp_view *view, struct point point, struct target target, uint32_t first,
               uint32_t last)
{
    return search_wide(view, &point, target, first, last);
}

/* The first of a policy's entries that all rows have, or one that is behind them, where apps do
 * not matter. Most requests are decided by the first rules of the largest policy. */
WP_INLINE uint32_t
find_wide(const struct wp_view *view, uint32_t parts, struct point point, struct target target)
{
    const struct wp_policy_record *policy = &view->policies[point.policy];
    const uint32_t start = view->shape.head;
    uint32_t first = policy->first;
    if (first == start * WP_BLOCK_BITS && is_in_head(view, target)) {
        const uint32_t entry = find_in_head(view, parts, point, target.row + start);
        if (entry < HEAD_ENTRIES)
            return first + entry;
        first += HEAD_ENTRIES;
    }
    if (first >= policy->last)
        return WP_NO_NUMBER;
    if (view->shape.columns > 1)
        return search_further(view, point, target, first, policy->last);
    return find_in_column(view, parts, point, target, first, policy->last);
}

/* ---- both ---------------------------------------------------------------------------- */

/* The first entry of [first, last) that all rows have, or WP_NO_NUMBER. */
static uint32_t
search(const struct wp_view *view, struct point point, struct target target, uint32_t first,
       uint32_t last)
{
    if (first >= last)
        return WP_NO_NUMBER;
    return wp_is_narrow(&view->shape) ? search_narrow(view, point, target, first, last)
                                      : search_wide(view, &point, target, first, last);
}

/* The first deciding entry of a point's policy that all rows have, or one that is behind
 * them; in an image of a kind. */
WP_INLINE uint32_t
find_entry(const struct wp_view *view, enum wp_kind kind, struct point point, struct target target)
{
    const struct wp_policy_record *policy = &view->policies[point.policy];
    if (wp_is_wide(kind))
        return policy->first < policy->last
                   ? search_wide(view, &point, target, policy->first, policy->last)
                   : WP_NO_NUMBER;
    if (kind == WP_NARROW || tests_apps(view, &point))
        return search(view, point, target, policy->first, policy->last);
    return find_leading(view, kind, point, target.row);
}

#endif
#endif
