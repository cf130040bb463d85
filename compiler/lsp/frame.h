/*
 * Messages in a stream: header fields, an empty line, so many bytes.
 *
 * Whatever comes, no more is kept than one message; what is too long, or has no
 * length that can be read, ends the stream, since nobody knows where the next
 * message begins.
 */
#ifndef WP_LSP_FRAME_H
#define WP_LSP_FRAME_H

#include <stdbool.h>
#include <stddef.h>

#define WP_LSP_MAX_HEAD ((size_t)8 << 10)
#define WP_LSP_MAX_BODY ((size_t)64 << 20)

/* Reads up to `size` bytes; 0 at the end, below 0 when it fails. */
typedef long (*wp_lsp_read)(void *context, void *bytes, size_t size);

struct wp_frame_reader {
    wp_lsp_read read;
    void *context;
    char buffer[16384];
    size_t start, end; /* what is in the buffer and not taken yet */
    char *body;        /* the last message's, with a NUL after it */
    size_t room;
};

enum wp_frame { WP_FRAME_MESSAGE, WP_FRAME_END, WP_FRAME_BROKEN, WP_FRAME_NO_MEMORY };

void wp_frame_init(struct wp_frame_reader *reader, wp_lsp_read read, void *context);
void wp_frame_fini(struct wp_frame_reader *reader);

/* The next message: *body holds *size bytes until the next call. END only between
 * two messages; BROKEN: *reason says why nothing more can be read. */
enum wp_frame wp_frame_next(struct wp_frame_reader *reader, const char **body, size_t *size,
                            const char **reason);

#endif
