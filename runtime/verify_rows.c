/* The rows: which lines they lead to, and which rows make a class. */
#include "verify.h"

#include <string.h>

/* Behind the line of zeros each block has 1 to 65,536 lines of each family. */
static bool
verify_bases(const struct wp_view *view, struct woapol_fault *fault)
{
    const uint32_t count = view->shape.blocks * WP_FAMILY_COUNT, *bases = view->bases;
    const uint32_t end = bases[count];
    bool wrong = bases[0] != 1 || end > view->shape.lines ||
                 (end < view->shape.lines && view->shape.leads == 0); /* policies' lines */
    for (uint32_t i = 0; i < count; i++)
        wrong |= bases[i] >= bases[i + 1] || bases[i + 1] - bases[i] > UINT16_MAX + 1u;
    if (wrong)
        return wp_fault(view, fault, bases, "lines of blocks are out of order");
    uint64_t some = 0;
    for (uint32_t i = 0; i < WP_LINE_WORDS; i++)
        some |= view->lines->words[i];
    return some == 0 || wp_fault(view, fault, view->lines, "the first line is not all zeros");
}

/* The highest line numbers of a family's blocks in a column. */
static void
highest_lines(const struct wp_view *view, uint32_t family, uint32_t column,
              uint16_t highest[WP_COLUMN_BLOCKS])
{
    const uint32_t start = column * WP_COLUMN_BLOCKS;
    memset(highest, 0, WP_COLUMN_BLOCKS * sizeof *highest);
    for (uint32_t i = 0; i < WP_COLUMN_BLOCKS && start + i < view->shape.blocks; i++) {
        const uint32_t *base = view->bases + (size_t)(start + i) * WP_FAMILY_COUNT + family;
        highest[i] = (uint16_t)(base[1] - base[0] - 1);
    }
}

/* Whether of the numbers from `first` to `last` one is too high. All of a column are compared,
 * since how many matter nobody could guess. */
static inline bool
are_too_high(const uint16_t *numbers, const uint16_t highest[WP_COLUMN_BLOCKS], uint32_t first,
             uint32_t last)
{
    const uint16_t start = (uint16_t)first, behind = (uint16_t)(last - first);
    uint16_t above = 0;
    for (uint16_t i = 0; i < WP_COLUMN_BLOCKS; i++)
        above |= (uint16_t)((numbers[i] > highest[i]) & ((uint16_t)(i - start) <= behind));
    return above != 0;
}

/* From the first to the last block that the summary names there is a number for
 * each, and none of them is too high. */
static bool
is_long_row(const struct wp_view *view, const struct wp_row *row, uint32_t blocks,
            const uint16_t highest[WP_COLUMN_BLOCKS])
{
    const uint32_t first = (uint32_t)__builtin_ctz(row->summary);
    const uint32_t last = 31 - (uint32_t)__builtin_clz(row->summary);
    if (last >= blocks || (uint64_t)row->numbers + last >= view->shape.line_numbers)
        return false;
    const uint16_t *numbers = view->line_numbers + row->numbers;
    if ((uint64_t)row->numbers + WP_COLUMN_BLOCKS <= view->shape.line_numbers)
        return !are_too_high(numbers, highest, first, last);
    bool wrong = false;
    for (uint32_t i = first; i <= last; i++)
        wrong |= numbers[i] > highest[i];
    return !wrong;
}

/* Most rows have one line in a column or none, which of both nobody could guess. Where there
 * is none, the first number of all is looked at and does not matter. */
static inline bool
is_row(const struct wp_view *view, const struct wp_row *row, uint32_t blocks,
       const uint16_t highest[WP_COLUMN_BLOCKS])
{
    const uint32_t summary = row->summary, has = summary != 0;
    if ((summary & (summary - 1)) != 0)
        return is_long_row(view, row, blocks, highest);
    const uint32_t block =
        (uint32_t)__builtin_ctzll(summary | UINT64_C(1) << 32) % WP_COLUMN_BLOCKS;
    const uint64_t number = (uint64_t)row->numbers + block;
    if (block >= blocks || number >= view->shape.line_numbers)
        return false;
    return ((has & (view->line_numbers[number] > highest[block])) | (!has & (row->numbers != 0))) ==
           0;
}

static bool
verify_column(const struct wp_view *view, struct woapol_fault *fault, uint32_t family,
              uint32_t column)
{
    const uint32_t columns = view->shape.columns;
    const uint32_t blocks = view->shape.blocks - column * WP_COLUMN_BLOCKS;
    const struct wp_row *row = view->rows + (size_t)view->row_first[family] * columns + column;
    uint16_t highest[WP_COLUMN_BLOCKS];
    highest_lines(view, family, column, highest);
    for (uint32_t i = 0; i < view->shape.rows[family]; i++, row += columns)
        if (!is_row(view, row, blocks, highest))
            return wp_fault(view, fault, row, "a row's lines are out of range");
    return true;
}

/* Narrow rows are lines. */
static bool
verify_narrow(const struct wp_view *view, struct woapol_fault *fault)
{
    uint64_t count = 0;
    for (uint32_t family = 0; family < WP_FAMILY_COUNT; family++)
        count += view->shape.rows[family];
    return wp_all_below(view, fault, view->rows->lines, count * WP_NARROW_BLOCKS, view->shape.lines,
                        "a row's lines are out of range");
}

/* Whether rows of a family are right, of which so many are gone through together: what all
 * their columns take of the image stays near. */
#define ROWS_AT_ONCE 256u

static bool
are_rows(const struct wp_view *view, uint32_t family)
{
    const uint32_t columns = view->shape.columns, rows = view->shape.rows[family];
    const struct wp_row *first = view->rows + (size_t)view->row_first[family] * columns;
    bool wrong = false;
    for (uint32_t i = 0; i < rows; i += ROWS_AT_ONCE)
        for (uint32_t column = 0; column < columns; column++) {
            const uint32_t count = rows - i < ROWS_AT_ONCE ? rows - i : ROWS_AT_ONCE;
            const struct wp_row *row = first + (size_t)i * columns + column;
            uint16_t highest[WP_COLUMN_BLOCKS];
            highest_lines(view, family, column, highest);
            for (uint32_t k = 0; k < count; k++, row += columns)
                wrong |=
                    !is_row(view, row, view->shape.blocks - column * WP_COLUMN_BLOCKS, highest);
        }
    return !wrong;
}

/* The first row that is wrong in the first column where one is gives the fault. */
static bool
verify_family(const struct wp_view *view, struct woapol_fault *fault, uint32_t family)
{
    if (are_rows(view, family))
        return true;
    for (uint32_t column = 0; column < view->shape.columns; column++)
        if (!verify_column(view, fault, family, column))
            return false;
    return true;
}

static bool
verify_wide(const struct wp_view *view, struct woapol_fault *fault)
{
    for (uint32_t family = 0; family < WP_FAMILY_COUNT; family++)
        if (!verify_family(view, fault, family))
            return false;
    return true;
}

/* The line of a row in the block at a place of its column, without asking whether there is one:
 * the first of all numbers stands in for the one that is not. */
static inline uint32_t
line_at(const struct wp_view *view, const struct wp_row *row, uint32_t place, uint32_t base)
{
    const uint32_t has = row->summary >> place & 1;
    return (0 - has) & (base + view->line_numbers[has * (row->numbers + place)]);
}

static bool
verify_heads_of(const struct wp_view *view, struct woapol_fault *fault, uint32_t family)
{
    const uint32_t block = view->shape.head, place = block % WP_COLUMN_BLOCKS;
    const uint32_t *bases = view->bases + (size_t)block * WP_FAMILY_COUNT + family;
    const struct wp_row *head = view->heads + view->row_first[family];
    const struct wp_row *row = view->rows + block / WP_COLUMN_BLOCKS +
                               (size_t)view->row_first[family] * view->shape.columns;
    for (uint32_t i = 0; i < view->shape.rows[family]; i++, row += view->shape.columns)
        if (((head[i].lines[0] ^ line_at(view, row, place, bases[0])) |
             (head[i].lines[1] ^ line_at(view, row, place + 1, bases[WP_FAMILY_COUNT]))) != 0)
            return wp_fault(view, fault, head + i, "a head is not its row's");
    return true;
}

/* A wide image's heads say what its rows do. */
static bool
verify_heads(const struct wp_view *view, struct woapol_fault *fault)
{
    for (uint32_t family = 0; family < WP_FAMILY_COUNT; family++)
        if (!verify_heads_of(view, fault, family))
            return false;
    return true;
}

/* The first classes of more parts rise, and what they say is as much as there is. */
static bool
verify_uneven(const struct wp_view *view, struct woapol_fault *fault)
{
    const uint32_t *firsts = wp_uneven_index(view), *last = firsts;
    const uint8_t *end = view->parts + (size_t)view->shape.uneven_parts * view->shape.part_size;
    uint64_t parts = 0;
    bool wrong = false;
    for (uint32_t i = 0; i < WP_UNEVEN_MAX; i++, last = &firsts[i - 1]) {
        wrong |= firsts[i] > view->shape.classes || firsts[i] < *last ||
                 (i >= view->shape.parts && firsts[i] != view->shape.classes);
        parts += view->shape.classes - firsts[i];
    }
    if (wrong || parts != view->shape.uneven_parts)
        return wp_fault(view, fault, firsts, "address classes do not have the parts there are");
    uint8_t margin = 0;
    for (uint32_t i = 0; i < WP_UNEVEN_MAX * view->shape.part_size; i++)
        margin |= end[i];
    return margin == 0 || wp_fault(view, fault, end, "the margin is not zero");
}

static bool
verify_parts(const struct wp_view *view, struct woapol_fault *fault)
{
    static const char reason[] = "a part of an address class is no row";
    const struct wp_shape *shape = &view->shape;
    const uint32_t rows = shape->rows[WP_FAMILY_ADDRESS];
    uint64_t parts = shape->parts > 1 ? (uint64_t)shape->classes * shape->parts : 0;
    if (wp_is_uneven(shape) && !verify_uneven(view, fault))
        return false;
    parts = wp_is_uneven(shape) ? shape->uneven_parts : parts;
    if (shape->part_size == sizeof(uint32_t))
        return wp_all_below(view, fault, (const uint32_t *)(const void *)view->parts, parts, rows,
                            reason);
    const uint16_t *numbers = (const uint16_t *)(const void *)view->parts;
    uint32_t largest = 0;
    if (shape->part_size == sizeof(uint16_t)) {
        uint16_t most = 0;
        for (uint64_t i = 0; i < parts; i++)
            most = numbers[i] > most ? numbers[i] : most;
        largest = most;
    } else {
        uint8_t most = 0;
        for (uint64_t i = 0; i < parts; i++)
            most = view->parts[i] > most ? view->parts[i] : most;
        largest = most;
    }
    return parts == 0 || largest < rows || wp_fault(view, fault, view->parts, reason);
}

bool
wp_verify_rows(const struct wp_view *view, struct woapol_fault *fault)
{
    const bool is_narrow = wp_is_narrow(&view->shape);
    return (is_narrow ? verify_narrow(view, fault)
                      : verify_bases(view, fault) && verify_wide(view, fault) &&
                            verify_heads(view, fault)) &&
           verify_parts(view, fault);
}
