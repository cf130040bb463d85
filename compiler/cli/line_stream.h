/* Lines in, lines out, in bounded memory: what `eval` streams through. */
#ifndef WP_CLI_LINE_STREAM_H
#define WP_CLI_LINE_STREAM_H

#include "compiler/decide/json_text.h"

/* Why a stream ended. */
enum wp_stream_end {
    WP_STREAM_DONE,
    WP_STREAM_NO_MEMORY,
    WP_STREAM_READ_ERROR, /* errno says which */
    WP_STREAM_WRITE_ERROR
};

/* What is done with the lines. `line` is without its end and readable for
 * `padding` more bytes; both add text with line ends to `output`. A false ends
 * the stream for want of memory. */
struct wp_line_handler {
    bool (*line)(void *context, const char *line, size_t length, struct wp_json_text *output);
    bool (*too_long)(void *context, struct wp_json_text *output);
    void *context;
    size_t longest; /* bytes; of a longer line nothing is kept */
    size_t padding;
};

/*
 * Reads lines from file `in` until its end and writes what the handler makes of
 * them to file `out`: when much has gathered, and whenever the input has nothing
 * at hand, so that who waits for an answer gets it. A last line needs no end.
 */
enum wp_stream_end wp_stream_lines(int in, int out, const struct wp_line_handler *handler);

/* All of the bytes, however long it takes; false with errno on an error. */
bool wp_write_all(int file, const char *bytes, size_t length);

#endif
