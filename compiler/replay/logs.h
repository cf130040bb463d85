/*
 * Many files as one sequence of blocks of whole records, each a line. Where blocks
 * are cut depends on the files alone, so what is counted does not depend on who
 * counts it.
 */
#ifndef WP_REPLAY_LOGS_H
#define WP_REPLAY_LOGS_H

#include "compiler/replay/input.h"
#include "compiler/replay/record.h"
#include "compiler/replay/sniff.h"
#include "compiler/replay/state_io.h"

/* Blocks are about so long: as much as stays in a core's cache. A record that is longer
 * makes its block longer. */
#define WP_BLOCK_LENGTH (256u << 10)
#define WP_BLOCK_ROOM (2u << 20)

/* A file as it was found; good once a block of it has been handed out. */
struct wp_log_file {
    const char *path;
    enum wp_log_format format;
    struct woapol_text head;   /* a CSV file's first line */
    uint64_t records;          /* so far */
    struct wp_input_mark mark; /* once it has been closed */
};

struct wp_block {
    uint64_t number;         /* of all that this run has taken, from 0 */
    size_t file;             /* index */
    uint64_t first, in_file; /* number of its first record: of all, and in its file; from 1 */
    size_t length;
    unsigned long_records; /* records before the first byte that were too long to keep */
    bool is_damaged;       /* after the last byte more should have come */
    char bytes[WP_BLOCK_ROOM + WP_REQUEST_PADDING];
};

struct wp_logs {
    struct wp_log_file *files;
    size_t count, next;        /* the file that is opened next */
    enum wp_log_format format; /* asked for, or WP_LOG_UNKNOWN */
    /* Why it ended before the end: a file that cannot be opened (errno in `error`),
     * or that is of no known format (error 0). */
    bool failed;
    int error;
    const volatile sig_atomic_t *stop; /* set: no more is read */
    struct wp_input *input;
    struct wp_splitter splitter;
    char *raw, *carry; /* what was read and is not split, is split and not handed out */
    size_t raw_at, raw_length, carry_length;
    bool is_discarding;
    bool is_open;            /* a place was read that lies within the last file begun */
    bool are_others;         /* it was a place in other files, or in more of them */
    bool is_checked;         /* what is read is marked: the place will be saved */
    uint64_t blocks;         /* handed out by this run */
    uint64_t records, taken; /* bytes of files that are closed */
};

/* False when memory runs out. Paths are borrowed. */
bool wp_logs_init(struct wp_logs *source, const char *const *paths, size_t count,
                  enum wp_log_format format);
void wp_logs_fini(struct wp_logs *source);

/* The next block; false at the end or on a failure. One caller at a time. */
bool wp_logs_next(struct wp_logs *source, struct wp_block *block);

/* Bytes read of all files, compressed where they are. */
uint64_t wp_logs_taken(const struct wp_logs *source);

/* Visits the place: which files were read, what they were, and what of the one that is
 * being read has not been handed out. Good between two blocks. When what is read is of
 * other files it says so in are_others, and there is no place. */
void wp_logs_visit(struct wp_logs *source, struct wp_state_io *io);

/* After a place has been read: goes there. NULL, or the path of a file that cannot be
 * opened (errno in `error`) or is not what it was (error 0). */
const char *wp_logs_return(struct wp_logs *source);

#endif
