/*
 * Images from another machine: a thread of its own asks for them, the main thread
 * decides about them.
 *
 * What came lies in a file without a name, at wp_remote_path, which a handle
 * follows as it follows any file; what became of it goes back by wp_remote_settle.
 * Only an image that has come into use is kept on disk, its tag beside it, and only
 * its tag is sent with the next question, so one that was refused is asked for again: it may be
 * good later, when its signature is.
 */
#ifndef WP_SERVE_REMOTE_H
#define WP_SERVE_REMOTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WP_IMAGE_TAG_SIZE 257
#define WP_WHY_SIZE 512

enum wp_fetch {
    WP_FETCH_NEW,  /* bytes and tag are set */
    WP_FETCH_SAME, /* what the tag names is what there is */
    WP_FETCH_FAILED
};

struct wp_fetched {
    const void *bytes; /* until `drop` */
    size_t size;
    char tag[WP_IMAGE_TAG_SIZE]; /* "" without one */
    unsigned retry_seconds;      /* after a failure: at least so long; 0: not said */
    char why[WP_WHY_SIZE];       /* of a failure: one sentence without a full stop */
};

/* How to ask. `fetch` and `drop` are called by one thread, `stop` by another: it
 * makes a fetch under way return soon. `tag` is NULL when nothing is known. */
struct wp_image_source {
    enum wp_fetch (*fetch)(void *context, const char *tag, struct wp_fetched *fetched);
    void (*drop)(void *context);
    void (*stop)(void *context);
    void *context;
    const char *keep; /* the file for the last good image; NULL: none */
    unsigned seconds; /* from one question to the next */
};

struct wp_remote;

/* NULL with errno. */
struct wp_remote *wp_remote_new(const struct wp_image_source *source);

/* Starts asking, after wp_remote_recall. False with errno. The signals that are
 * blocked stay so in the thread. */
bool wp_remote_start(struct wp_remote *remote);

/* Ends the thread, if there is one, and frees it. NULL is allowed. */
void wp_remote_end(struct wp_remote *remote);

/* The file to be opened and followed. */
const char *wp_remote_path(const struct wp_remote *remote);

/* Puts the image that was kept there; once it is in use, wp_remote_recalled says so,
 * and its tag goes with the first question. False with errno. */
bool wp_remote_recall(struct wp_remote *remote);
void wp_remote_recalled(struct wp_remote *remote);

enum wp_remote_news {
    WP_REMOTE_NOTHING,
    WP_REMOTE_IMAGE, /* a new image lies at the path; wp_remote_settle is due */
    WP_REMOTE_FAILED /* `why` is set, unless it has been said just before */
};

/* What has come since the last look. `why` has WP_WHY_SIZE bytes. */
enum wp_remote_news wp_remote_look(struct wp_remote *remote, char *why);

/* Whether the image at the path came into use. False when it did and could not be
 * kept; `why` is set then. */
bool wp_remote_settle(struct wp_remote *remote, bool in_use, char *why);

/* Asks at once. */
void wp_remote_hurry(struct wp_remote *remote);

struct wp_remote_counts {
    uint64_t questions, failures;
    int64_t answered_at; /* when the server last had an answer, seconds since 1970; 0: never */
};

/* From any thread. */
struct wp_remote_counts wp_remote_counts(const struct wp_remote *remote);

#endif
