/*
 * The search for the first entry that all rows of a request and one of a principal
 * have. For decide.c alone.
 */
#ifndef WP_RUNTIME_SEARCH_H
#define WP_RUNTIME_SEARCH_H

#include "bits.h"
#include "view.h"

/* A request in the image's own numbers. */
struct point {
    uint32_t parts[WP_PARTS_MAX]; /* the rows of the address's class */
    uint32_t device, posture;
    uint32_t app_row; /* what differs from the absent app */
    uint32_t policy;  /* or WP_NO_NUMBER */
    uint32_t app;
    uint64_t place; /* class, device and posture in one */
};

/* What of a principal is searched. */
struct target {
    const struct wp_line *row;
    const uint32_t *summary;
};

/* The rows of a point in one column. */
struct column {
    const struct wp_row *absent; /* what an absent address allows */
    const struct wp_row *parts[WP_PARTS_MAX];
    const struct wp_row *device, *posture;
    const struct wp_row *absent_app, *app; /* NULL where apps do not matter */
    uint32_t summary;                      /* blocks in which each family has some line */
};

static inline __attribute__((always_inline)) void
find_rows(const struct wp_view *view, const struct point *point, uint32_t number, uint32_t parts,
          bool with_apps, struct column *column)
{
    const size_t columns = view->shape.columns;
    const struct wp_row *rows = view->rows + number;
    column->absent = rows + WP_ROW_ABSENT * columns;
    column->parts[0] = rows + point->parts[0] * columns; /* mostly the only one */
    uint32_t some = column->absent->summary | column->parts[0]->summary;
    for (uint32_t i = 1; i < parts; i++) {
        column->parts[i] = rows + point->parts[i] * columns;
        some |= column->parts[i]->summary;
    }
    column->device = rows + point->device * columns;
    column->posture = rows + point->posture * columns;
    some &= column->device->summary & column->posture->summary;
    column->app = NULL;
    if (with_apps) {
        column->absent_app = rows + (view->row_first[WP_FAMILY_APP] + WP_ROW_ABSENT) * columns;
        column->app = rows + point->app_row * columns;
        some &= column->absent_app->summary | column->app->summary;
    }
    column->summary = some;
}

static inline __attribute__((always_inline)) bool
has_line(const struct wp_row *row, uint32_t place)
{
    return row->summary >> place & 1;
}

#ifdef WP_SMALL /* word by word, where code has to be small */

static uint64_t
word_of(const struct wp_view *view, uint32_t number, enum wp_family family, uint32_t entry)
{
    const uint32_t block = entry / WP_BLOCK_BITS, place = block % WP_COLUMN_BLOCKS;
    const struct wp_row *row =
        view->rows + (size_t)number * view->shape.columns + block / WP_COLUMN_BLOCKS;
    if (!has_line(row, place))
        return 0;
    const uint32_t base = view->bases[(size_t)block * WP_FAMILY_COUNT + family];
    return view->lines[base + view->line_numbers[row->numbers + place]]
        .words[entry / 64 % WP_LINE_WORDS];
}

static uint32_t
search(const struct wp_view *view, const struct point *point, const struct target *target,
       uint32_t first, uint32_t last)
{
    for (; first < last; first = (first | 63) + 1) {
        uint64_t bits = target->row[first / WP_BLOCK_BITS].words[first / 64 % WP_LINE_WORDS];
        bits &= UINT64_MAX << first % 64;
        if (bits == 0)
            continue;
        bits &= word_of(view, point->device, WP_FAMILY_DEVICE, first);
        bits &= word_of(view, point->posture, WP_FAMILY_POSTURE, first);
        uint64_t address = word_of(view, WP_ROW_ABSENT, WP_FAMILY_ADDRESS, first);
        for (uint32_t i = 0; i < view->shape.parts; i++)
            address ^= word_of(view, point->parts[i], WP_FAMILY_ADDRESS, first);
        bits &= address;
        if (view->policies[point->policy].flags & WP_POLICY_TESTS_APPS)
            bits &= word_of(view, view->row_first[WP_FAMILY_APP] + WP_ROW_ABSENT, WP_FAMILY_APP,
                            first) ^
                    word_of(view, point->app_row, WP_FAMILY_APP, first);
        if (bits == 0)
            continue;
        first = (first & ~63u) + (uint32_t)__builtin_ctzll(bits);
        return first < last ? first : WP_NO_NUMBER;
    }
    return WP_NO_NUMBER;
}

#else

/* The line of a row whose summary names the block. */
static inline __attribute__((always_inline)) struct wp_bits
sure_line(const struct wp_view *view, const struct wp_row *row, enum wp_family family,
          uint32_t block, uint32_t place)
{
    const uint32_t base = view->bases[(size_t)block * WP_FAMILY_COUNT + family];
    return wp_bits_load(view->lines + base + view->line_numbers[row->numbers + place]);
}

/* A row's line in a block of the family's: a line of zeros where the summary has
 * no bit. There is no branch on that, since nobody could predict it. */
static inline __attribute__((always_inline)) struct wp_bits
line_of(const struct wp_view *view, const struct wp_row *row, enum wp_family family, uint32_t block,
        uint32_t place)
{
    static const struct wp_line zeros;
    const bool has = has_line(row, place);
    const uint32_t number = view->line_numbers[has ? row->numbers + place : 0];
    const struct wp_line *line =
        view->lines + view->bases[(size_t)block * WP_FAMILY_COUNT + family] + number;
    return wp_bits_load(has ? line : &zeros);
}

/* The same as search_block, once an entry was found that shares a byte with `first`
 * but stands before it. */
static uint32_t
search_rest(struct wp_bits bits, uint32_t first, uint32_t last)
{
    uint64_t words[WP_LINE_WORDS];
    const uint32_t head = first / 64 % WP_LINE_WORDS, block = first / WP_BLOCK_BITS;
    memcpy(words, &bits, sizeof words);
    words[head] &= UINT64_MAX << first % 64;
    const uint32_t some = wp_bits_words(words);
    if (some == 0)
        return WP_NO_NUMBER;
    const uint32_t word = (uint32_t)__builtin_ctz(some);
    const uint32_t entry =
        block * WP_BLOCK_BITS + word * 64 + (uint32_t)__builtin_ctzll(words[word]);
    return entry < last ? entry : WP_NO_NUMBER;
}

/* The first entry from `first` on, in its block, below `last`; or WP_NO_NUMBER. The
 * column's summary must name the block. */
static inline __attribute__((always_inline)) uint32_t
search_block(const struct wp_view *view, const struct column *column, uint32_t parts,
             const struct wp_line *row, uint32_t first, uint32_t last)
{
    const uint32_t block = first / WP_BLOCK_BITS, place = block % WP_COLUMN_BLOCKS;
    struct wp_bits bits = line_of(view, column->absent, WP_FAMILY_ADDRESS, block, place);
    bits = wp_bits_xor(bits, line_of(view, column->parts[0], WP_FAMILY_ADDRESS, block, place));
    for (uint32_t i = 1; i < parts; i++)
        bits = wp_bits_xor(bits, line_of(view, column->parts[i], WP_FAMILY_ADDRESS, block, place));
    bits = wp_bits_and(bits, wp_bits_load(row + block));
    bits = wp_bits_and(bits, sure_line(view, column->device, WP_FAMILY_DEVICE, block, place));
    bits = wp_bits_and(bits, sure_line(view, column->posture, WP_FAMILY_POSTURE, block, place));
    if (column->app != NULL) {
        const struct wp_bits absent =
            line_of(view, column->absent_app, WP_FAMILY_APP, block, place);
        const struct wp_bits app = line_of(view, column->app, WP_FAMILY_APP, block, place);
        bits = wp_bits_and(bits, wp_bits_xor(absent, app));
    }
    bits = wp_bits_and(bits, wp_bits_from(first % WP_BLOCK_BITS / 8));
    const uint32_t entry = block * WP_BLOCK_BITS + wp_bits_first(bits);
    if (__builtin_expect(entry < first, 0))
        return search_rest(bits, first, last);
    const uint32_t none = (uint32_t) - (entry >= last || entry / WP_BLOCK_BITS != block);
    return entry | none;
}

/* The blocks of one column that hold some of [first, last) and that no summary
 * rules out. */
static inline __attribute__((always_inline)) uint32_t
search_column(const struct wp_view *view, const struct column *column, uint32_t parts,
              const struct target *target, uint32_t number, uint32_t first, uint32_t last)
{
    const uint32_t start = number * WP_COLUMN_BLOCKS;
    const uint32_t from = first / WP_BLOCK_BITS, to = (last - 1) / WP_BLOCK_BITS;
    uint32_t some = column->summary & target->summary[number];
    if (from > start)
        some &= UINT32_MAX << (from - start);
    if (to - start < WP_COLUMN_BLOCKS)
        some &= UINT32_MAX >> (WP_COLUMN_BLOCKS - 1 - (to - start));
    for (; some != 0; some &= some - 1) {
        const uint32_t begin = (start + (uint32_t)__builtin_ctz(some)) * WP_BLOCK_BITS;
        const uint32_t entry =
            search_block(view, column, parts, target->row, begin > first ? begin : first, last);
        if (entry != WP_NO_NUMBER)
            return entry;
    }
    return WP_NO_NUMBER;
}

/* The search, for how many rows make a class of addresses and whether apps matter. */
static inline __attribute__((always_inline)) uint32_t
search_rows(const struct wp_view *view, const struct point *point, uint32_t parts, bool with_apps,
            const struct target *target, uint32_t first, uint32_t last)
{
    const uint32_t from = first / WP_BLOCK_BITS, to = (last - 1) / WP_BLOCK_BITS;
    uint32_t number = from / WP_COLUMN_BLOCKS;
    struct column column;
    find_rows(view, point, number, parts, with_apps, &column);
    if (from == to) {
        if (!(column.summary >> from % WP_COLUMN_BLOCKS & 1))
            return WP_NO_NUMBER;
        return search_block(view, &column, parts, target->row, first, last);
    }
    for (;;) {
        const uint32_t entry = search_column(view, &column, parts, target, number, first, last);
        if (entry != WP_NO_NUMBER || number == to / WP_COLUMN_BLOCKS)
            return entry;
        find_rows(view, point, ++number, parts, with_apps, &column);
    }
}

static __attribute__((noinline)) uint32_t
search_any(const struct wp_view *view, const struct point *point, const struct target *target,
           uint32_t first, uint32_t last)
{
    const bool with_apps = view->policies[point->policy].flags & WP_POLICY_TESTS_APPS;
    return search_rows(view, point, view->shape.parts, with_apps, target, first, last);
}

/* The first entry of [first, last) that all rows have, or WP_NO_NUMBER. What most images
 * and policies are is compiled for itself. */
static inline __attribute__((always_inline)) uint32_t
search(const struct wp_view *view, const struct point *point, const struct target *target,
       uint32_t first, uint32_t last)
{
    if (first >= last)
        return WP_NO_NUMBER;
    if (view->shape.parts == 1 && !(view->policies[point->policy].flags & WP_POLICY_TESTS_APPS))
        return search_rows(view, point, 1, false, target, first, last);
    return search_any(view, point, target, first, last);
}

#endif
#endif
