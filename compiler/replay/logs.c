#include "compiler/replay/logs.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

bool
wp_logs_init(struct wp_logs *source, const char *const *paths, size_t count,
             enum wp_log_format format)
{
    *source = (struct wp_logs){.count = count, .format = format};
    source->files = calloc(count + 1, sizeof *source->files);
    source->raw = malloc(WP_SNIFF_SIZE);
    source->carry = malloc(WP_BLOCK_ROOM);
    for (size_t i = 0; source->files != NULL && i < count; i++)
        source->files[i].path = paths[i];
    return source->files != NULL && source->raw != NULL && source->carry != NULL;
}

void
wp_logs_fini(struct wp_logs *source)
{
    for (size_t i = 0; source->files != NULL && i < source->count; i++)
        free((char *)source->files[i].head.text);
    wp_input_close(source->input);
    free(source->files);
    free(source->raw);
    free(source->carry);
    *source = (struct wp_logs){0};
}

uint64_t
wp_logs_taken(const struct wp_logs *source)
{
    return source->taken + (source->input == NULL ? 0 : wp_input_taken(source->input));
}

static bool
fail(struct wp_logs *source, int error)
{
    source->failed = true;
    source->error = error;
    return false;
}

static bool
keep_head(struct wp_logs *source, struct wp_log_file *file)
{
    const char *start = source->raw + source->raw_at;
    size_t length = source->raw_length - source->raw_at;
    const char *end = memchr(start, '\n', length);
    if (end != NULL)
        length = (size_t)(end - start);
    while (length > 0 && start[length - 1] == '\r')
        length--;
    char *head = malloc(length + 1);
    if (head == NULL)
        return fail(source, ENOMEM);
    memcpy(head, start, length);
    head[length] = '\0';
    file->head = (struct woapol_text){head, length};
    return true;
}

static bool
open_next(struct wp_logs *source)
{
    struct wp_log_file *file = &source->files[source->next];
    source->input = wp_input_open(file->path, source->stop);
    if (source->input == NULL)
        return fail(source, errno);
    source->next++;
    if (source->is_checked)
        wp_input_check(source->input);
    source->raw_at = 0;
    source->raw_length = wp_input_read(source->input, source->raw, WP_SNIFF_SIZE);
    const char *head = source->raw + source->raw_at;
    size_t length = source->raw_length - source->raw_at;
    file->format =
        source->format == WP_LOG_UNKNOWN ? wp_sniff_format(head, length) : source->format;
    if (file->format == WP_LOG_UNKNOWN)
        return fail(source, 0);
    source->splitter = (struct wp_splitter){.mode = wp_sniff_split(file->format, head, length)};
    return file->format != WP_LOG_CSV || keep_head(source, file);
}

/* Bytes of records into the block; fewer than `room` only at the end of the file. */
static size_t
read_records(struct wp_logs *source, char *out, size_t room)
{
    size_t made = 0;
    while (room - made >= 2) {
        if (source->raw_at == source->raw_length) {
            /* Lines need no splitting: they go where they belong at once. */
            if (source->splitter.mode == WP_SPLIT_LINES)
                return made + wp_input_read(source->input, out + made, room - made);
            source->raw_at = 0;
            source->raw_length = wp_input_read(source->input, source->raw, WP_SNIFF_SIZE);
            if (source->raw_length == 0)
                break;
        }
        size_t taken;
        made += wp_split(&source->splitter, source->raw + source->raw_at,
                         source->raw_length - source->raw_at, &taken, out + made, room - made);
        source->raw_at += taken;
    }
    return made;
}

static bool
is_at_end(const struct wp_logs *source, size_t made, size_t room)
{
    return made < room && source->raw_at == source->raw_length && room - made >= 2;
}

static uint64_t
count_records(const char *bytes, size_t length)
{
    uint64_t count = 0;
    const char *at = bytes, *end = bytes + length;
    while (at < end) {
        const char *line = memchr(at, '\n', (size_t)(end - at));
        at = line == NULL ? end : line + 1;
        count++;
    }
    return count;
}

/* Drops the rest of a record that is too long. */
static void
drop(struct wp_logs *source, char *bytes, size_t *length)
{
    char *end = memchr(bytes, '\n', *length);
    if (end == NULL) {
        *length = 0;
        return;
    }
    size_t dropped = (size_t)(end + 1 - bytes);
    *length -= dropped;
    memmove(bytes, end + 1, *length);
    source->is_discarding = false;
}

static void
close_file(struct wp_logs *source, struct wp_block *block)
{
    block->is_damaged = wp_input_is_damaged(source->input);
    source->taken += wp_input_taken(source->input);
    wp_input_mark(source->input, &source->files[block->file].mark);
    wp_input_close(source->input);
    source->input = NULL;
    source->is_discarding = false;
}

/* Cuts the block behind its last whole record; what follows is carried on. False when
 * there is none and room for more of it. */
static bool
cut(struct wp_logs *source, struct wp_block *block)
{
    const char *end = memrchr(block->bytes, '\n', block->length);
    if (end == NULL && WP_BLOCK_ROOM - block->length >= 2) /* read_records needs two */
        return false;
    if (end == NULL) {
        block->length = 0;
        block->long_records = 1;
        source->is_discarding = true;
        return true;
    }
    size_t kept = (size_t)(end + 1 - block->bytes);
    source->carry_length = block->length - kept;
    memcpy(source->carry, end + 1, source->carry_length);
    block->length = kept;
    return true;
}

static void
fill(struct wp_logs *source, struct wp_block *block)
{
    memcpy(block->bytes, source->carry, source->carry_length);
    block->length = source->carry_length;
    source->carry_length = 0;
    block->long_records = 0;
    block->is_damaged = false;
    while (true) {
        size_t room = WP_BLOCK_ROOM - block->length;
        if (room > WP_BLOCK_LENGTH)
            room = WP_BLOCK_LENGTH;
        size_t made = read_records(source, block->bytes + block->length, room);
        bool ended = is_at_end(source, made, room);
        block->length += made;
        if (source->is_discarding) {
            drop(source, block->bytes, &block->length);
            if (!ended)
                continue;
        }
        if (ended)
            close_file(source, block);
        else if (!cut(source, block))
            continue;
        return;
    }
}

bool
wp_logs_next(struct wp_logs *source, struct wp_block *block)
{
    if (source->failed)
        return false;
    if (source->input == NULL && (source->next == source->count || !open_next(source)))
        return false;
    block->number = source->blocks++;
    block->file = source->next - 1;
    struct wp_log_file *file = &source->files[block->file];
    fill(source, block);
    memset(block->bytes + block->length, 0, WP_REQUEST_PADDING);
    block->first = source->records + 1;
    block->in_file = file->records + 1;
    uint64_t count =
        count_records(block->bytes, block->length) + block->long_records + block->is_damaged;
    source->records += count;
    file->records += count;
    return true;
}
