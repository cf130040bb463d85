/* Lines in, lines out. The buffer holds what has been read and not handled yet:
 * a line that is not whole moves to its front, and only a line longer than the
 * buffer makes it grow. */
#include "compiler/cli/line_stream.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FIRST_CAPACITY ((size_t)256 << 10)
#define FLUSH_AT ((size_t)64 << 10)

struct stream {
    int in, out;
    const struct wp_line_handler *handler;
    char *bytes;
    size_t start, end, capacity; /* without the padding */
    size_t scanned;              /* no line end lies before this */
    bool is_skipping;            /* the rest of a line that was too long */
    struct wp_json_text output;
};

bool
wp_write_all(int file, const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t written = write(file, bytes, length);
        if (written < 0) {
            if (errno == EINTR)
                continue;
            if (errno != EAGAIN)
                return false;
            struct pollfd ready = {.fd = file, .events = POLLOUT};
            (void)poll(&ready, 1, -1);
            continue;
        }
        bytes += written;
        length -= (size_t)written;
    }
    return true;
}

static enum wp_stream_end
flush(struct stream *stream)
{
    if (stream->output.failed)
        return WP_STREAM_NO_MEMORY;
    if (!wp_write_all(stream->out, stream->output.bytes, stream->output.length))
        return WP_STREAM_WRITE_ERROR;
    stream->output.length = 0;
    return WP_STREAM_DONE;
}

/* Makes room behind what is there; a line that has grown too long is given up. */
static enum wp_stream_end
make_room(struct stream *stream)
{
    size_t kept = stream->end - stream->start;
    if (stream->start > 0)
        memmove(stream->bytes, stream->bytes + stream->start, kept);
    stream->scanned -= stream->start;
    stream->start = 0;
    stream->end = kept;
    if (kept < stream->capacity)
        return WP_STREAM_DONE;
    if (kept > stream->handler->longest) {
        if (!stream->is_skipping &&
            !stream->handler->too_long(stream->handler->context, &stream->output))
            return WP_STREAM_NO_MEMORY;
        stream->is_skipping = true;
        stream->end = stream->scanned = 0;
        return WP_STREAM_DONE;
    }
    char *bytes = realloc(stream->bytes, stream->capacity * 2 + stream->handler->padding);
    if (bytes == NULL)
        return WP_STREAM_NO_MEMORY;
    stream->bytes = bytes;
    stream->capacity *= 2;
    return WP_STREAM_DONE;
}

/* Whether a read would have to wait. */
static bool
would_wait(int file)
{
    struct pollfd ready = {.fd = file, .events = POLLIN};
    return poll(&ready, 1, 0) == 0;
}

/* Reads once; *more is false at the end. */
static enum wp_stream_end
fill(struct stream *stream, bool *more)
{
    enum wp_stream_end end = make_room(stream);
    if (end == WP_STREAM_DONE && stream->output.length > 0 && would_wait(stream->in))
        end = flush(stream);
    if (end != WP_STREAM_DONE)
        return end;
    for (;;) {
        ssize_t count =
            read(stream->in, stream->bytes + stream->end, stream->capacity - stream->end);
        if (count >= 0) {
            stream->end += (size_t)count;
            *more = count > 0;
            return WP_STREAM_DONE;
        }
        if (errno == EAGAIN) {
            struct pollfd ready = {.fd = stream->in, .events = POLLIN};
            (void)poll(&ready, 1, -1);
        } else if (errno != EINTR) {
            return WP_STREAM_READ_ERROR;
        }
    }
}

static enum wp_stream_end
handle(struct stream *stream, size_t length)
{
    const struct wp_line_handler *handler = stream->handler;
    const char *line = stream->bytes + stream->start;
    bool ok = true;
    if (stream->is_skipping)
        stream->is_skipping = false;
    else if (length > handler->longest)
        ok = handler->too_long(handler->context, &stream->output);
    else
        ok = handler->line(handler->context, line, length, &stream->output);
    if (!ok)
        return WP_STREAM_NO_MEMORY;
    return stream->output.length >= FLUSH_AT ? flush(stream) : WP_STREAM_DONE;
}

/* Handles all whole lines in the buffer. */
static enum wp_stream_end
handle_lines(struct stream *stream)
{
    for (;;) {
        char *from = stream->bytes + stream->scanned;
        char *line_end = memchr(from, '\n', stream->end - stream->scanned);
        if (line_end == NULL) {
            stream->scanned = stream->end;
            return WP_STREAM_DONE;
        }
        size_t length = (size_t)(line_end - stream->bytes) - stream->start;
        enum wp_stream_end end = handle(stream, length);
        if (end != WP_STREAM_DONE)
            return end;
        stream->start += length + 1;
        stream->scanned = stream->start;
    }
}

static enum wp_stream_end
run(struct stream *stream)
{
    bool more = true;
    while (more) {
        enum wp_stream_end end = fill(stream, &more);
        if (end == WP_STREAM_DONE)
            end = handle_lines(stream);
        if (end != WP_STREAM_DONE)
            return end;
    }
    if (stream->end > stream->start) {
        enum wp_stream_end end = handle(stream, stream->end - stream->start);
        if (end != WP_STREAM_DONE)
            return end;
    }
    return flush(stream);
}

enum wp_stream_end
wp_stream_lines(int in, int out, const struct wp_line_handler *handler)
{
    struct stream stream = {.in = in, .out = out, .handler = handler, .capacity = FIRST_CAPACITY};
    stream.bytes = calloc(1, stream.capacity + handler->padding);
    if (stream.bytes == NULL)
        return WP_STREAM_NO_MEMORY;
    enum wp_stream_end end = run(&stream);
    int error = errno;
    /* What was decided before an input broke is still told. */
    if (end == WP_STREAM_READ_ERROR && flush(&stream) == WP_STREAM_DONE)
        errno = error;
    free(stream.bytes);
    wp_json_text_free(&stream.output);
    return end;
}
