#include "bench/rivals.h"

#include <stdlib.h>
#include <string.h>

bool
bench_sorted_make(struct bench_sorted *sorted, const struct bench_ranges *ranges)
{
    const size_t size = ranges->count * sizeof(uint32_t);
    *sorted = (struct bench_sorted){malloc(size), malloc(size), ranges->count};
    if (sorted->starts == NULL || sorted->classes == NULL)
        return false;
    memcpy(sorted->starts, ranges->starts, size);
    memcpy(sorted->classes, ranges->classes, size);
    return true;
}

void
bench_sorted_free(struct bench_sorted *sorted)
{
    free(sorted->starts);
    free(sorted->classes);
}

static uint32_t
add_cells(struct bench_cells *cells, uint32_t count)
{
    const uint32_t place = cells->count;
    if (count > cells->room - place) {
        const uint32_t room = cells->room * 2 + count;
        uint32_t *more = realloc(cells->cells, (size_t)room * sizeof *more);
        if (more == NULL) {
            cells->failed = true;
            return 0;
        }
        cells->cells = more;
        cells->room = room;
    }
    cells->count += count;
    return place;
}

/* `count` cells from `place` on, each for 2^bits addresses from `address` on. */
static void
fill(struct bench_cells *cells, uint32_t place, uint32_t count, uint32_t bits, uint32_t address)
{
    const struct bench_ranges *ranges = cells->ranges;
    for (uint32_t i = 0; i < count && !cells->failed; i++) {
        const uint32_t first = address + (i << bits), last = first + ((1u << bits) - 1);
        while (cells->at + 1 < ranges->count && ranges->starts[cells->at + 1] <= first)
            cells->at++;
        if (cells->at + 1 == ranges->count || ranges->starts[cells->at + 1] > last) {
            cells->cells[place + i] = ranges->classes[cells->at];
            continue;
        }
        const uint32_t deeper = add_cells(cells, 256);
        if (cells->failed)
            return;
        cells->cells[place + i] = deeper | BENCH_DEEPER;
        fill(cells, deeper, 256, bits - 8, first);
    }
}

bool
bench_cells_make(struct bench_cells *cells, const struct bench_ranges *ranges, uint32_t root_bits)
{
    *cells = (struct bench_cells){.ranges = ranges, .root_bits = root_bits};
    const uint32_t place = add_cells(cells, 1u << root_bits);
    if (!cells->failed)
        fill(cells, place, 1u << root_bits, 32 - root_bits, 0);
    return !cells->failed;
}

void
bench_cells_free(struct bench_cells *cells)
{
    free(cells->cells);
}
