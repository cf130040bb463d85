#include "compiler/lsp/position.h"

#include "lang/arena.h"

#include <stdbool.h>

static bool
ends_line(const char *text, uint32_t length, uint32_t at)
{
    return text[at] == '\n' || (text[at] == '\r' && (at + 1 == length || text[at + 1] != '\n'));
}

void
wp_lsp_text_init(struct wp_lsp_text *lines, struct wp_arena *arena, const char *text,
                 uint32_t length)
{
    uint32_t count = 1;
    for (uint32_t i = 0; i < length; i++)
        count += ends_line(text, length, i);
    uint32_t *starts = wp_alloc_array(arena, count, sizeof *starts);
    count = 1;
    for (uint32_t i = 0; i < length; i++)
        if (ends_line(text, length, i))
            starts[count++] = i + 1;
    *lines = (struct wp_lsp_text){text, length, starts, count};
}

/* The bytes of the character at `text`, and its units; a stray byte is one of each. */
static uint32_t
measure(const char *text, uint32_t left, uint32_t *units)
{
    const unsigned char *bytes = (const unsigned char *)text;
    uint32_t size = bytes[0] < 0xc2   ? 1
                    : bytes[0] < 0xe0 ? 2
                    : bytes[0] < 0xf0 ? 3
                    : bytes[0] < 0xf5 ? 4
                                      : 1;
    for (uint32_t i = 1; i < size; i++)
        if (i >= left || (bytes[i] & 0xc0) != 0x80)
            size = 1;
    *units = size == 4 ? 2 : 1;
    return size;
}

/* Where the line's text ends, before what ends the line. */
static uint32_t
end_of_line(const struct wp_lsp_text *lines, uint32_t line)
{
    if (line + 1 >= lines->line_count)
        return lines->length;
    uint32_t end = lines->starts[line + 1] - 1;
    if (lines->text[end] == '\n' && end > lines->starts[line] && lines->text[end - 1] == '\r')
        end--;
    return end;
}

struct wp_lsp_position
wp_lsp_position(const struct wp_lsp_text *lines, uint32_t offset)
{
    uint32_t low = 0, high = lines->line_count;
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        if (lines->starts[middle] <= offset)
            low = middle;
        else
            high = middle;
    }
    struct wp_lsp_position position = {low, 0};
    uint32_t end = end_of_line(lines, low), units;
    for (uint32_t at = lines->starts[low]; at < offset && at < end;) {
        at += measure(lines->text + at, end - at, &units);
        if (at <= offset)
            position.character += units;
    }
    return position;
}

uint32_t
wp_lsp_offset(const struct wp_lsp_text *lines, struct wp_lsp_position position)
{
    if (position.line >= lines->line_count)
        return lines->length;
    uint32_t at = lines->starts[position.line], end = end_of_line(lines, position.line);
    uint32_t left = position.character, units;
    while (at < end && left > 0) {
        uint32_t size = measure(lines->text + at, end - at, &units);
        if (units > left)
            break;
        left -= units;
        at += size;
    }
    return at;
}
