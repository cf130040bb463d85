/*
 * The sign-ins of a block, read and not yet decided. Texts of their events lie in the
 * block or in the batch, so they are good until the next ones are read.
 */
#ifndef WP_REPLAY_BATCH_H
#define WP_REPLAY_BATCH_H

#include "compiler/replay/logs.h"
#include "compiler/replay/store.h"
#include "compiler/replay/tally.h"

/* No more of them at a time, so that memory is bounded however short records are. */
#define WP_BATCH_MAX 4096u

struct wp_pending {
    struct wp_event event;
    uint64_t record, in_file; /* its number: of all, and in its file */
    uint64_t person;          /* hash of the user's name, 0 for none */
    uint64_t id, sign_in;     /* hashes of what makes it one that comes again; 0: none */
    enum wp_skip skip;        /* to be found out: whether it comes again */
    const char *sample;       /* how it begins */
    size_t sample_length;
};

struct wp_batch {
    struct wp_pending *list;
    size_t count, room;
    struct wp_store texts;
    /* The place in the block. */
    char *at;
    uint64_t record, in_file;
    bool is_begun;
};

/* False when memory runs out. */
bool wp_batch_init(struct wp_batch *batch);
void wp_batch_fini(struct wp_batch *batch);

/* To the start of a block. */
void wp_batch_begin(struct wp_batch *batch, struct wp_block *block);

/* Reads on in the block; what is no sign-in is counted as skipped. The batch is empty
 * before. False when memory runs out. */
bool wp_batch_read(struct wp_batch *batch, struct wp_block *block, enum wp_log_format format,
                   struct wp_record_reader *reader, struct wp_tally *tally);

/* Whether the block has been read to its end. */
bool wp_batch_is_done(const struct wp_batch *batch, const struct wp_block *block);

#endif
