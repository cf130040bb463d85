/*
 * The rows: which chunks make a row, which lines make a chunk.
 *
 * Chunks are grouped by family and by their place in a row (their column), so
 * that each is checked once against the lines of its own blocks, however many
 * rows share it.
 */
#include "verify.h"

#include <string.h>

static bool
verify_bases(const struct wp_view *view, struct woapol_fault *fault)
{
    const uint32_t count = view->shape.blocks * WP_FAMILY_COUNT, *bases = view->bases;
    bool wrong = bases[0] != 0 || bases[count] != view->shape.lines;
    for (uint32_t i = 0; i < count; i++)
        wrong |= bases[i + 1] - bases[i] - 1 > UINT16_MAX;
    /* Steps of 1 to 65,536 from 0 to the number of lines, without wrapping. */
    for (uint32_t i = 0; i < count; i++)
        wrong |= bases[i] >= bases[i + 1];
    return !wrong || wp_fault(view, fault, bases, "lines of blocks are out of order");
}

/* The highest line number that each place of a column's chunks may hold. */
static void
highest_lines(const struct wp_view *view, uint32_t family, uint32_t column,
              uint16_t highest[WP_CHUNK_MAX])
{
    memset(highest, 0, WP_CHUNK_MAX * sizeof *highest);
    uint32_t block = column * view->shape.chunk_width;
    for (uint32_t i = 0; i < view->shape.chunk_width && block < view->shape.blocks; i++, block++) {
        const uint32_t *base = view->bases + (size_t)block * WP_FAMILY_COUNT + family;
        highest[i] = (uint16_t)(base[1] - base[0] - 1);
    }
}

static bool
verify_column(const struct wp_view *view, struct woapol_fault *fault, uint32_t family,
              uint32_t column)
{
    const uint32_t group = family * view->shape.chunks + column, width = view->shape.chunk_width;
    const uint32_t first = view->columns[group], last = view->columns[group + 1];
    uint16_t highest[WP_CHUNK_MAX];
    highest_lines(view, family, column, highest);
    for (uint32_t i = first; i < last; i++) {
        const uint8_t *chunk = view->chunks + ((size_t)i << view->chunk_shift);
        const uint16_t *numbers = (const uint16_t *)(const void *)(chunk + 4);
        bool wrong = false;
        for (uint32_t k = 0; k < width; k++)
            wrong |= numbers[k] > highest[k];
        if (wrong)
            return wp_fault(view, fault, chunk, "a line number is out of range");
    }
    return true;
}

/* While rows are one chunk long, a row is the chunk of its own number. */
static bool
verify_single(const struct wp_view *view, struct woapol_fault *fault)
{
    for (uint32_t f = 0; f < WP_FAMILY_COUNT; f++)
        if (view->columns[f] != view->row_first[f] ||
            view->columns[f + 1] - view->columns[f] != view->shape.values[f])
            return wp_fault(view, fault, view->columns + f, "a family has too few chunks");
    return true;
}

static bool
verify_row_chunks(const struct wp_view *view, struct woapol_fault *fault)
{
    const uint32_t chunks = view->shape.chunks;
    for (uint32_t f = 0; f < WP_FAMILY_COUNT; f++) {
        const uint32_t *columns = view->columns + (size_t)f * chunks;
        const uint32_t *row = view->rows + (size_t)view->row_first[f] * chunks;
        for (uint32_t value = 0; value < view->shape.values[f]; value++, row += chunks) {
            bool wrong = false;
            for (uint32_t c = 0; c < chunks; c++)
                wrong |= row[c] - columns[c] >= columns[c + 1] - columns[c];
            if (wrong)
                return wp_fault(view, fault, row, "a row's chunk is out of range");
        }
    }
    return true;
}

bool
wp_verify_rows(const struct wp_view *view, struct woapol_fault *fault)
{
    const struct wp_shape *s = &view->shape;
    if (!verify_bases(view, fault) ||
        !wp_is_cut(view, fault, view->columns, (uint64_t)s->chunks * WP_FAMILY_COUNT + 1,
                   s->chunk_records, "columns of chunks are out of order"))
        return false;
    for (uint32_t f = 0; f < WP_FAMILY_COUNT; f++)
        for (uint32_t column = 0; column < s->chunks; column++)
            if (!verify_column(view, fault, f, column))
                return false;
    return s->chunks == 1 ? verify_single(view, fault) : verify_row_chunks(view, fault);
}
