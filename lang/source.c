#include "source.h"

#include "arena.h"

#include <string.h>

void
wp_sources_init(struct wp_sources *sources, struct wp_arena *arena)
{
    memset(sources, 0, sizeof *sources);
    sources->arena = arena;
}

uint32_t
wp_sources_add(struct wp_sources *sources, const char *name, const char *text, uint32_t length)
{
    struct wp_source *source;

    if (sources->count == sources->capacity) {
        uint32_t capacity = sources->capacity ? sources->capacity * 2 : 8;
        struct wp_source *files = wp_alloc_array(sources->arena, capacity, sizeof *sources->files);

        if (sources->count)
            memcpy(files, sources->files, sources->count * sizeof *files);
        sources->files = files;
        sources->capacity = capacity;
    }
    source = &sources->files[sources->count];
    source->name = wp_copy_text(sources->arena, name, strlen(name));
    source->text = text;
    source->length = length;
    return sources->count++;
}

void
wp_sources_hide(struct wp_sources *sources, struct wp_span span)
{
    struct wp_source *source;
    char *copy;

    if (span.file >= sources->count)
        return;
    source = &sources->files[span.file];
    copy = wp_copy_text(sources->arena, source->text, source->length);
    for (uint32_t i = span.start; i < span.end && i < source->length; i++)
        if (copy[i] != '\n' && copy[i] != '"')
            copy[i] = '*';
    source->text = copy;
}

/* Fills in where the lines begin. The first begins after a byte order mark. */
static void
index_lines(struct wp_sources *sources, struct wp_source *source)
{
    const char *end = source->text + source->length, *at;
    uint32_t count = 1, *starts;

    for (at = source->text; (at = memchr(at, '\n', (size_t)(end - at))); at++)
        count++;
    starts = wp_alloc_array(sources->arena, count, sizeof *starts);
    if (source->length >= 3 && memcmp(source->text, "\xef\xbb\xbf", 3) == 0)
        starts[0] = 3;
    count = 1;
    for (at = source->text; (at = memchr(at, '\n', (size_t)(end - at))); at++)
        starts[count++] = (uint32_t)(at + 1 - source->text);
    source->line_starts = starts;
    source->line_count = count;
}

static struct wp_source *
find_indexed(struct wp_sources *sources, uint32_t file)
{
    struct wp_source *source = &sources->files[file];

    if (!source->line_starts)
        index_lines(sources, source);
    return source;
}

/* Characters that begin within the bytes. */
static uint32_t
count_characters(const char *text, uint32_t start, uint32_t end)
{
    uint32_t count = 0;

    for (; start < end; start++)
        count += ((unsigned char)text[start] & 0xc0) != 0x80;
    return count;
}

/* The column, counted from the line's start or from the place worked out last,
 * whichever is nearer. */
static uint32_t
column_at(struct wp_source *source, uint32_t line, uint32_t offset)
{
    uint32_t start = source->line_starts[line], known = source->known_offset, column;
    uint32_t end = line + 1 < source->line_count ? source->line_starts[line + 1] : UINT32_MAX;

    if (offset < start) /* within the byte order mark */
        offset = start;
    if (source->known_column == 0 || known < start || known >= end ||
        (known > offset && known - offset > offset - start))
        column = 1 + count_characters(source->text, start, offset);
    else if (known <= offset)
        column = source->known_column + count_characters(source->text, known, offset);
    else
        column = source->known_column - count_characters(source->text, offset, known);
    source->known_offset = offset;
    source->known_column = column;
    return column;
}

struct wp_position
wp_locate(struct wp_sources *sources, uint32_t file, uint32_t offset)
{
    struct wp_position position = {1, 1};
    struct wp_source *source;
    uint32_t low = 0, high;

    if (file >= sources->count)
        return position;
    source = find_indexed(sources, file);
    if (offset > source->length)
        offset = source->length;
    high = source->line_count;
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;

        if (source->line_starts[middle] <= offset)
            low = middle;
        else
            high = middle;
    }
    position.line = low + 1;
    position.column = column_at(source, low, offset);
    return position;
}

const char *
wp_line_text(struct wp_sources *sources, uint32_t file, uint32_t line, uint32_t *length)
{
    const struct wp_source *source;
    uint32_t start, end;

    *length = 0;
    if (file >= sources->count)
        return "";
    source = find_indexed(sources, file);
    if (line == 0 || line > source->line_count)
        return "";
    start = source->line_starts[line - 1];
    end = line < source->line_count ? source->line_starts[line] - 1 : source->length;
    if (end > start && source->text[end - 1] == '\r')
        end--;
    *length = end - start;
    return source->text + start;
}

struct wp_span
wp_span_join(struct wp_span a, struct wp_span b)
{
    if (a.file == WP_NO_FILE)
        return b;
    if (b.file == WP_NO_FILE)
        return a;
    if (b.start < a.start)
        a.start = b.start;
    if (b.end > a.end)
        a.end = b.end;
    return a;
}
