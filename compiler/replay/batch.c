#include "compiler/replay/batch.h"

#include <stdlib.h>
#include <string.h>

#include "compiler/map.h"
#include "compiler/replay/people.h"

bool
wp_batch_init(struct wp_batch *batch)
{
    *batch = (struct wp_batch){.room = 256};
    batch->list = malloc(batch->room * sizeof *batch->list);
    return batch->list != NULL;
}

void
wp_batch_fini(struct wp_batch *batch)
{
    free(batch->list);
    wp_store_fini(&batch->texts);
    *batch = (struct wp_batch){0};
}

void
wp_batch_begin(struct wp_batch *batch, struct wp_block *block)
{
    batch->at = block->bytes;
    batch->record = block->first;
    batch->in_file = block->in_file;
    batch->is_begun = false;
}

bool
wp_batch_is_done(const struct wp_batch *batch, const struct wp_block *block)
{
    return batch->at == block->bytes + block->length;
}

/* ---- texts that stay ---------------------------------------------------------------- */

/* Texts that lie in the reader are gone with the next record. */
static bool
keep_text(struct wp_batch *batch, const struct wp_block *block, struct woapol_text *text)
{
    if (text->text == NULL ||
        (text->text >= block->bytes && text->text < block->bytes + block->length))
        return true;
    char *copy = wp_store_take(&batch->texts, text->length + 1);
    if (copy == NULL)
        return false;
    memcpy(copy, text->text, text->length);
    copy[text->length] = '\0';
    text->text = copy;
    return true;
}

static bool
keep_groups(struct wp_batch *batch, const struct wp_block *block, struct wp_request_facts *facts)
{
    bool done = true;
    if (facts->group_count == 0)
        return true;
    struct woapol_text *groups =
        wp_store_take(&batch->texts, facts->group_count * sizeof *facts->groups);
    if (groups == NULL)
        return false;
    memcpy(groups, facts->groups, facts->group_count * sizeof *groups);
    for (size_t i = 0; i < facts->group_count; i++)
        done = keep_text(batch, block, &groups[i]) && done;
    facts->groups = groups;
    return done;
}

/* But for what the event is known by: that has been hashed. */
static bool
keep_event(struct wp_batch *batch, const struct wp_block *block, struct wp_event *event)
{
    struct wp_request_facts *facts = &event->facts;
    struct woapol_text *const texts[] = {&facts->ip,   &facts->device,   &facts->app,
                                         &facts->user, &facts->entry,    &event->agent,
                                         &event->rule, &event->platform, &event->policy};
    bool done = keep_groups(batch, block, facts);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        done = keep_text(batch, block, texts[i]) && done;
    return done;
}

/* ---- records -------------------------------------------------------------------------- */

/* The events of one sign-in share its transaction and its app. */
static void
find_hashes(struct wp_pending *pending)
{
    const struct wp_event *event = &pending->event;
    const struct woapol_text *user = &event->facts.user, *app = &event->facts.app;
    pending->person = pending->id = pending->sign_in = 0;
    if (user->text != NULL && user->length > 0)
        pending->person = wp_hash_name(*user);
    if (event->id.length > 0)
        pending->id = wp_hash_bytes(2, event->id.text, event->id.length) | 1;
    if (event->transaction.length > 0) {
        uint64_t hash = wp_hash_bytes(3, event->transaction.text, event->transaction.length);
        pending->sign_in = wp_hash_bytes(hash, app->text, app->length) | 1;
    }
}

static struct wp_pending *
next_pending(struct wp_batch *batch)
{
    if (batch->count == batch->room) {
        struct wp_pending *list = realloc(batch->list, batch->room * 2 * sizeof *list);
        if (list == NULL)
            return NULL;
        batch->list = list;
        batch->room *= 2;
    }
    return &batch->list[batch->count];
}

static bool
is_rewritten(enum wp_log_format format)
{
    return format == WP_LOG_CSV || format == WP_LOG_NGINX;
}

static bool
read_record(struct wp_batch *batch, const struct wp_block *block, enum wp_log_format format,
            struct wp_record_reader *reader, struct wp_tally *tally, size_t length)
{
    struct wp_pending *pending = next_pending(batch);
    char *record = batch->at;
    size_t kept = length < WP_SAMPLE_LENGTH ? length : WP_SAMPLE_LENGTH;
    enum wp_skip skip = WP_SKIP_LONG;
    bool done = pending != NULL;
    if (!done)
        return false;
    pending->sample = record;
    pending->sample_length = kept;
    if (is_rewritten(format)) {
        char *sample = wp_store_take(&batch->texts, kept + 1);
        if (sample == NULL)
            return false;
        memcpy(sample, record, kept);
        pending->sample = sample;
    }
    if (format == WP_LOG_CSV && batch->in_file == 1)
        skip = WP_SKIP_HEAD;
    else if (length <= WP_RECORD_MAX)
        skip = wp_record_read(reader, record, length, &pending->event);
    pending->record = batch->record;
    pending->in_file = batch->in_file;
    if (skip == WP_SKIP_NOT) {
        find_hashes(pending);
        done = keep_event(batch, block, &pending->event);
        batch->count++;
    } else {
        const struct wp_sample where = {
            .record = batch->record, .in_file = batch->in_file, .file = block->file};
        wp_tally_skipped(tally, skip, &where, pending->sample, kept);
    }
    return done;
}

/* What was too long to be kept comes before the first record. */
static void
skip_long_records(struct wp_batch *batch, const struct wp_block *block, struct wp_tally *tally)
{
    struct wp_sample where = {
        .record = batch->record, .in_file = batch->in_file, .file = block->file};
    for (unsigned i = 0; i < block->long_records; i++, where.record++, where.in_file++)
        wp_tally_skipped(tally, WP_SKIP_LONG, &where, "", 0);
    batch->record = where.record;
    batch->in_file = where.in_file;
    batch->is_begun = true;
}

bool
wp_batch_read(struct wp_batch *batch, struct wp_block *block, enum wp_log_format format,
              struct wp_record_reader *reader, struct wp_tally *tally)
{
    char *end = block->bytes + block->length;
    bool done = true;
    wp_store_drop(&batch->texts);
    batch->count = 0;
    if (!batch->is_begun)
        skip_long_records(batch, block, tally);
    while (done && batch->at < end && batch->count < WP_BATCH_MAX) {
        char *stop = memchr(batch->at, '\n', (size_t)(end - batch->at));
        size_t length = (size_t)((stop == NULL ? end : stop) - batch->at);
        done = read_record(batch, block, format, reader, tally, length);
        batch->at = stop == NULL ? end : stop + 1;
        batch->record++;
        batch->in_file++;
    }
    if (done && batch->at == end && block->is_damaged) {
        const struct wp_sample where = {
            .record = batch->record, .in_file = batch->in_file, .file = block->file};
        wp_tally_skipped(tally, WP_SKIP_DAMAGED, &where, "", 0);
    }
    return done;
}
