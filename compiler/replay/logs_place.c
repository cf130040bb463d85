/* The place in the logs, saved and found again. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "compiler/replay/logs.h"

#define PATH_LIMIT 65536

static void
visit_mark(struct wp_input_mark *mark, struct wp_state_io *io)
{
    mark->is_file = wp_state_flag(io, mark->is_file);
    mark->size = wp_state_count(io, mark->size);
    mark->changed = (int64_t)wp_state_word(io, (uint64_t)mark->changed);
    mark->made = wp_state_count(io, mark->made);
    mark->check = (uint32_t)wp_state_number(io, mark->check, UINT32_MAX);
}

/* The path of a file must be the one that it was. */
static void
visit_path(struct wp_logs *source, const char *path, struct wp_state_io *io)
{
    char *text = io->is_reading ? NULL : (char *)path;
    size_t length = strlen(path);
    wp_state_text(io, &text, &length, PATH_LIMIT);
    if (!io->is_reading)
        return;
    wp_state_doubt(io, text == NULL);
    source->are_others = source->are_others || (text != NULL && strcmp(text, path) != 0);
    free(text);
}

static void
visit_file(struct wp_logs *source, struct wp_log_file *file, struct wp_state_io *io)
{
    visit_path(source, file->path, io);
    file->format =
        (enum wp_log_format)wp_state_number(io, (uint64_t)file->format, WP_LOG_FORMAT_COUNT - 1);
    wp_state_doubt(io, file->format == WP_LOG_UNKNOWN);
    file->records = wp_state_count(io, file->records);
    wp_state_text(io, (char **)&file->head.text, &file->head.length, WP_SNIFF_SIZE);
    wp_state_doubt(io, (file->format == WP_LOG_CSV) != (file->head.text != NULL));
    visit_mark(&file->mark, io);
}

static void
visit_splitter(struct wp_splitter *splitter, struct wp_state_io *io)
{
    splitter->mode =
        (enum wp_split_mode)wp_state_number(io, (uint64_t)splitter->mode, WP_SPLIT_QUOTED);
    splitter->depth = (unsigned)wp_state_number(io, splitter->depth, UINT32_MAX);
    splitter->in_string = wp_state_flag(io, splitter->in_string);
    splitter->is_escaped = wp_state_flag(io, splitter->is_escaped);
    splitter->in_record = wp_state_flag(io, splitter->in_record);
    splitter->in_word = wp_state_flag(io, splitter->in_word);
    splitter->parent_is_array = wp_state_flag(io, splitter->parent_is_array);
}

static void
visit_open_file(struct wp_logs *source, struct wp_state_io *io)
{
    size_t left = source->raw_length - source->raw_at;
    visit_splitter(&source->splitter, io);
    left = (size_t)wp_state_number(io, left, WP_SNIFF_SIZE);
    wp_state_bytes(io, source->raw + (io->is_reading ? 0 : source->raw_at), left);
    if (io->is_reading) {
        source->raw_at = 0;
        source->raw_length = left;
    }
    source->carry_length = (size_t)wp_state_number(io, source->carry_length, WP_BLOCK_ROOM);
    wp_state_bytes(io, source->carry, source->carry_length);
    source->is_discarding = wp_state_flag(io, source->is_discarding);
}

void
wp_logs_visit(struct wp_logs *source, struct wp_state_io *io)
{
    uint64_t records = 0;
    size_t begun = (size_t)wp_state_number(io, source->next, UINT32_MAX);
    source->are_others = begun > source->count;
    if (source->are_others)
        return;
    bool is_open = wp_state_flag(io, source->input != NULL);
    wp_state_doubt(io, is_open && begun == 0);
    if (!io->is_reading && is_open)
        wp_input_mark(source->input, &source->files[begun - 1].mark);
    for (size_t i = 0; i < begun; i++) {
        visit_file(source, &source->files[i], io);
        records += source->files[i].records;
    }
    if (is_open && !io->failed)
        visit_open_file(source, io);
    if (!io->is_reading || io->failed)
        return;
    source->records = records;
    source->next = begun;
    source->is_open = is_open;
}

/* Opens the file at the place of its mark, or finds that it is what was read. */
static bool
find_again(struct wp_logs *source, struct wp_log_file *file, bool is_whole)
{
    const volatile sig_atomic_t *stop = NULL;
    struct wp_input *input = wp_input_open(file->path, stop);
    source->error = input == NULL ? errno : 0;
    if (input == NULL)
        return false;
    if (!wp_input_return(input, &file->mark, is_whole)) {
        wp_input_close(input);
        return false;
    }
    if (is_whole) {
        source->taken += file->mark.size;
        wp_input_close(input);
    } else {
        source->input = input;
    }
    return true;
}

const char *
wp_logs_return(struct wp_logs *source)
{
    for (size_t i = 0; i < source->next; i++)
        if (!find_again(source, &source->files[i], i + 1 < source->next || !source->is_open))
            return source->files[i].path;
    return NULL;
}
