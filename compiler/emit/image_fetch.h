/*
 * Images from another machine, over the transport: https:// anywhere, http:// on
 * loopback. What comes is bytes of bounded number and nothing more; that they are
 * an image, and whose, is for the caller to check.
 */
#ifndef WP_EMIT_IMAGE_FETCH_H
#define WP_EMIT_IMAGE_FETCH_H

#include <stdbool.h>
#include <stddef.h>

#include "compiler/emit/problem.h"

#define WP_TAG_SIZE 257

struct wp_image_fetch;

struct wp_image_fetch_options {
    const char *url;
    const char *ca_file;      /* NULL: the system's authorities */
    size_t largest;           /* bytes */
    unsigned timeout_seconds; /* from first to last byte */
    /* What is sent as the Authorization field: a file that is its owner's alone, read
     * anew for each question, or the text itself. NULL: nothing. */
    const char *authorization_file, *authorization;
};

/* What the server had. */
struct wp_fetched_image {
    bool is_new;       /* false: the server says that it is what `tag` names */
    const void *bytes; /* until the next fetch, or wp_image_fetch_drop */
    size_t size;
    char tag[WP_TAG_SIZE];  /* the server's name for these bytes, "" without */
    unsigned retry_seconds; /* after a failure: not to come back before that; 0: not said */
};

/* True for URLs, false for what is a file's name. */
bool wp_image_is_url(const char *text);

struct wp_image_fetch *wp_image_fetch_new(const struct wp_image_fetch_options *options,
                                          struct wp_problem *problem);
void wp_image_fetch_free(struct wp_image_fetch *fetch);

/* Asks once. `tag` is what an earlier fetch brought, or NULL. From one thread at a
 * time. */
bool wp_image_fetch_get(struct wp_image_fetch *fetch, const char *tag,
                        struct wp_fetched_image *image, struct wp_problem *problem);

/* Gives the bytes' memory back. */
void wp_image_fetch_drop(struct wp_image_fetch *fetch);

/* From any thread: a fetch under way ends soon, and later ones at once. */
void wp_image_fetch_stop(struct wp_image_fetch *fetch);

#endif
