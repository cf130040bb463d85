/* Leads and marks: that they say what rows do, and of classes what those of their rows do. */
#include "verify.h"

/* Blocks rise, and each lead's lines are those of the rows of postures and devices. */
static bool
verify_leads(const struct wp_view *view, struct woapol_fault *fault)
{
    const uint32_t size = wp_lead_size(&view->shape), *lead = view->leads;
    const uint32_t *end = lead + (size_t)view->shape.leads * size;
    for (uint32_t least = 0; lead < end; least = lead[0] + 1, lead += size) {
        if (lead[0] < least || lead[0] >= view->shape.blocks)
            return wp_fault(view, fault, lead, "leads are out of order");
        bool wrong = false;
        for (uint32_t i = WP_LEAD_POSTURES; i < size; i++) {
            const bool of_device = i >= WP_LEAD_FACTS;
            const enum wp_family family = of_device ? WP_FAMILY_DEVICE : WP_FAMILY_POSTURE;
            const uint32_t number = i - (of_device ? WP_LEAD_FACTS : WP_LEAD_POSTURES);
            wrong |= lead[i] != wp_line_of(view, family, view->row_first[family] + number, lead[0]);
        }
        if (wrong)
            return wp_fault(view, fault, lead, "a lead's lines are not those of its rows");
    }
    return true;
}

/* Whether a line has those of a policy's entries in a block that the absent address has. */
static bool
is_absent_line(const struct wp_view *view, const struct wp_policy_record *policy, uint32_t line,
               uint32_t block)
{
    const uint32_t absent = wp_line_of(view, WP_FAMILY_ADDRESS, WP_ROW_ABSENT, block);
    uint64_t wrong = 0;
    for (uint32_t i = 0; i < WP_LINE_WORDS; i++)
        wrong |= view->lines[line].words[i] ^
                 (view->lines[absent].words[i] &
                  wp_word_of_entries(policy->first, policy->last, block * WP_LINE_WORDS + i));
    return wrong == 0;
}

/* A policy has a lead of its first block, and one behind it if it goes on in the next. */
static bool
has_leads(const struct wp_view *view, const struct wp_policy_record *policy)
{
    const uint32_t size = wp_lead_size(&view->shape), number = policy->lead / size;
    const uint32_t first = policy->first / WP_BLOCK_BITS, last = policy->last / WP_BLOCK_BITS;
    if (policy->lead % size != 0 || number >= view->shape.leads)
        return false;
    const uint32_t *lead = view->leads + policy->lead;
    return lead[0] == first &&
           (first == last || (number + 1 < view->shape.leads && lead[size] == first + 1));
}

static bool
verify_policies(const struct wp_view *view, struct woapol_fault *fault)
{
    for (uint32_t i = 0; i < view->shape.policies; i++) {
        const struct wp_policy_record *policy = &view->policies[i];
        const uint32_t first = policy->first / WP_BLOCK_BITS, last = policy->last / WP_BLOCK_BITS;
        if (!has_leads(view, policy))
            return wp_fault(view, fault, policy, "a policy's leads are not of its blocks");
        if (!is_absent_line(view, policy, policy->lines[0], first) ||
            (first < last && !is_absent_line(view, policy, policy->lines[1], first + 1)))
            return wp_fault(view, fault, policy->lines, "a policy's lines are not of its entries");
    }
    return true;
}

static bool
is_mark(const struct wp_mark *mark, const struct wp_mark *right)
{
    return ((mark->halves[0] ^ right->halves[0]) | (mark->halves[1] ^ right->halves[1])) == 0;
}

/* Adds what a row has in each block: in a narrow image what it has otherwise than the first,
 * which is the absent address's class; in another the line of zeros stands for that. */
static void
mark_blocks(const struct wp_view *view, uint32_t row, struct wp_mark *mark)
{
    const bool is_narrow = wp_is_narrow(&view->shape);
    for (uint32_t block = 0; block < view->shape.blocks; block++) {
        const struct wp_line *first = view->lines;
        const struct wp_line *line = view->lines + wp_line_of(view, WP_FAMILY_ADDRESS, row, block);
        if (is_narrow)
            first += wp_line_of(view, WP_FAMILY_ADDRESS, WP_ROW_NOTHING, block);
        for (uint32_t i = 0; i < WP_LINE_WORDS; i++)
            wp_mark_add(mark, line->words[i] ^ first->words[i], block * WP_LINE_WORDS + i);
    }
}

#ifdef WP_SMALL

static bool
verify_all_rows(const struct wp_view *view, struct woapol_fault *fault, const struct wp_mark *marks)
{
    for (uint32_t row = 0; row < view->shape.rows[WP_FAMILY_ADDRESS]; row++) {
        struct wp_mark right = {{0, 0}};
        mark_blocks(view, row, &right);
        if (!is_mark(marks + row, &right))
            return wp_fault(view, fault, marks + row, "a mark is not its row's");
    }
    return true;
}

#else

#define ROWS_AT_ONCE 64u

/* Adds a line of a block: what the last word has is turned on by a step, then what the one
 * before it has, until all are turned as far as the first one is. */
static inline void
mark_line(const struct wp_line *line, uint32_t block, struct wp_mark *mark)
{
    for (uint32_t half = 0; half < WP_MARK_HALVES; half++) {
        uint64_t bits = line->words[WP_LINE_WORDS - 1];
        for (uint32_t i = WP_LINE_WORDS - 1; i > 0; i--)
            bits = wp_turn_up(bits, WP_MARK_STEP(half)) | line->words[i - 1];
        mark->halves[half] |= wp_turn_up(bits, wp_mark_turn(block * WP_LINE_WORDS, half));
    }
}

/* The part of a row that is in a column, and the first line of those that a summary names. */
static inline const struct wp_row *
cell_of(const struct wp_view *view, uint32_t row, uint32_t column)
{
    return &view->rows[(size_t)row * view->shape.columns + column];
}
static inline const struct wp_line *
first_line(const struct wp_view *view, const struct wp_row *cell, uint32_t column, uint32_t summary)
{
    const uint32_t place = (uint32_t)__builtin_ctz(summary);
    const uint32_t block = column * WP_COLUMN_BLOCKS + place;
    return view->lines + view->bases[(size_t)block * WP_FAMILY_COUNT + WP_FAMILY_ADDRESS] +
           view->line_numbers[cell->numbers + place];
}

/* Adds what a row has in a column. A block's lines stand in the order in which rows first have
 * them, so the next one is fetched now, some rows before it is looked at. */
static inline void
mark_cell(const struct wp_view *view, uint32_t row, uint32_t column, struct wp_mark *mark)
{
    const struct wp_row *cell = cell_of(view, row, column);
    struct wp_mark all = *mark;
    for (uint32_t summary = cell->summary; summary != 0; summary &= summary - 1) {
        const struct wp_line *line = first_line(view, cell, column, summary);
        __builtin_prefetch(line + 1);
        mark_line(line, column * WP_COLUMN_BLOCKS + (uint32_t)__builtin_ctz(summary), &all);
    }
    *mark = all;
}

/* Adds what `count` rows have in a column. Many have nothing there, and which ones, nobody could
 * guess: the others are listed first. */
static inline void
mark_column(const struct wp_view *view, uint32_t row, uint32_t count, uint32_t column,
            struct wp_mark marks[ROWS_AT_ONCE])
{
    const struct wp_row *cell = cell_of(view, row, column);
    uint8_t list[ROWS_AT_ONCE];
    uint32_t listed = 0;
    for (uint32_t i = 0; i < count; i++, cell += view->shape.columns) {
        list[listed] = (uint8_t)i;
        listed += cell->summary != 0;
    }
    for (uint32_t i = 0; i < listed; i++) {
        cell = cell_of(view, row + list[i], column);
        __builtin_prefetch(first_line(view, cell, column, cell->summary));
    }
    for (uint32_t i = 0; i < listed; i++)
        mark_cell(view, row + list[i], column, &marks[list[i]]);
}

/* Adds what so many rows have, of which each column is gone through at once. */
static void
mark_rows(const struct wp_view *view, uint32_t row, uint32_t count,
          struct wp_mark marks[ROWS_AT_ONCE])
{
    const bool is_narrow = wp_is_narrow(&view->shape);
    for (uint32_t i = 0; is_narrow && i < count; i++)
        mark_blocks(view, row + i, &marks[i]);
    for (uint32_t column = 0; !is_narrow && column < view->shape.columns; column++)
        mark_column(view, row, count, column, marks);
}

static bool
verify_all_rows(const struct wp_view *view, struct woapol_fault *fault, const struct wp_mark *marks)
{
    const uint32_t rows = view->shape.rows[WP_FAMILY_ADDRESS];
    for (uint32_t row = 0; row < rows; row += ROWS_AT_ONCE) {
        const uint32_t count = rows - row < ROWS_AT_ONCE ? rows - row : ROWS_AT_ONCE;
        struct wp_mark right[ROWS_AT_ONCE] = {{{0, 0}}};
        mark_rows(view, row, count, right);
        for (uint32_t i = 0; i < count; i++)
            if (!is_mark(marks + row + i, right + i))
                return wp_fault(view, fault, marks + row + i, "a mark is not its row's");
    }
    return true;
}

#endif

static bool
verify_rows(const struct wp_view *view, struct woapol_fault *fault, const struct wp_mark *marks)
{
    return verify_all_rows(view, fault, marks) &&
           ((marks->halves[0] | marks->halves[1]) == 0 || /* else classes could be anything */
            wp_fault(view, fault, marks, "the first row is not empty"));
}

static inline bool
verify_classes_of(const struct wp_view *view, struct woapol_fault *fault,
                  const struct wp_mark *of_rows, uint32_t parts)
{
    for (uint32_t class = 0; class < view->shape.classes; class ++) {
        struct wp_mark right = {{0, 0}};
        for (uint32_t i = 0; i < parts; i++) {
            const struct wp_mark *part = of_rows + wp_part(view, class, parts, i);
            right.halves[0] |= part->halves[0];
            right.halves[1] |= part->halves[1];
        }
        if (!is_mark(view->marks + class, &right))
            return wp_fault(view, fault, view->marks + class, "a mark is not its class's");
    }
    return true;
}

/* The usual numbers of parts are known where they are gone through. */
static bool
verify_classes(const struct wp_view *view, struct woapol_fault *fault,
               const struct wp_mark *of_rows)
{
    const uint32_t parts = view->shape.parts;
    if (parts == 2 && !WP_IS_SMALL)
        return verify_classes_of(view, fault, of_rows, 2);
    if (parts == 4 && !WP_IS_SMALL)
        return verify_classes_of(view, fault, of_rows, 4);
    return verify_classes_of(view, fault, of_rows, parts);
}

bool
wp_verify_marks(const struct wp_view *view, struct woapol_fault *fault)
{
    const struct wp_mark *of_rows = view->marks; /* where classes are rows */
    if (view->shape.parts > 1)
        of_rows += view->shape.classes;
    if (view->marks == NULL)
        return true;
    if (!wp_is_narrow(&view->shape) && !(verify_leads(view, fault) && verify_policies(view, fault)))
        return false;
    return verify_rows(view, fault, of_rows) &&
           (view->shape.parts == 1 || verify_classes(view, fault, of_rows));
}
