/*
 * Rows of images of one or two blocks: lines side by side, so that a row's number of its first
 * one is all that has to be known of it. All families share them; equal rows are stored once.
 */
#include "compiler/codegen_rows.h"

static struct wp_line *
lines_of(const struct wp_narrow_rows *n)
{
    return (struct wp_line *)(void *)n->lines.bytes;
}

void
wp_narrow_begin(struct wp_narrow_rows *n, struct wp_arena *arena, uint32_t blocks)
{
    static const struct wp_line nothing[WP_NARROW_BLOCKS];
    *n = (struct wp_narrow_rows){.blocks = blocks, .lines = {.arena = arena}};
    wp_map_init(&n->map, arena);
    (void)wp_narrow_add(n, nothing, true);
}

static bool
is_row(const void *context, uint32_t number, const void *key)
{
    const struct wp_narrow_rows *n = context;
    const size_t size = n->blocks * sizeof(struct wp_line);
    return memcmp(lines_of(n) + (size_t)number * n->blocks, key, size) == 0;
}

struct wp_row
wp_narrow_add(struct wp_narrow_rows *n, const struct wp_line *lines, bool is_shared)
{
    const size_t size = n->blocks * sizeof *lines;
    const uint64_t hash = wp_hash_bytes(0, lines, size);
    uint32_t number = is_shared ? wp_map_find(&n->map, hash, is_row, n, lines) : UINT32_MAX;
    if (number == UINT32_MAX) {
        number = n->map.count;
        wp_map_add(&n->map, hash, number);
        wp_buffer_add(&n->lines, lines, size);
    }
    struct wp_row row = {.lines = {0}};
    for (uint32_t block = 0; block < n->blocks; block++)
        row.lines[block] = number * n->blocks + block;
    return row;
}

void
wp_narrow_cross(struct wp_narrow_rows *n, const struct wp_row *row, const struct wp_row *with)
{
    for (uint32_t block = 0; block < n->blocks; block++)
        for (uint32_t word = 0; word < WP_LINE_WORDS; word++)
            lines_of(n)[row->lines[block]].words[word] ^=
                lines_of(n)[with->lines[block]].words[word];
}

void
wp_narrow_write(const struct wp_narrow_rows *n, struct wp_codegen *g)
{
    wp_buffer_add(wp_section_of(g, WP_SECTION_LINES), n->lines.bytes, n->lines.size);
    g->shape.lines = (uint32_t)(n->lines.size / sizeof(struct wp_line));
}
