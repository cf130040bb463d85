#include "compiler/lsp/frame.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

void
wp_frame_init(struct wp_frame_reader *reader, wp_lsp_read read, void *context)
{
    *reader = (struct wp_frame_reader){.read = read, .context = context};
}

void
wp_frame_fini(struct wp_frame_reader *reader)
{
    free(reader->body);
    reader->body = NULL;
}

/* The next byte, or -1 at the end. */
static int
next_byte(struct wp_frame_reader *reader)
{
    if (reader->start == reader->end) {
        long got = reader->read(reader->context, reader->buffer, sizeof reader->buffer);
        if (got <= 0)
            return -1;
        reader->start = 0;
        reader->end = (size_t)got;
    }
    return (unsigned char)reader->buffer[reader->start++];
}

/* Reads a header line without its end. False when the stream ends within, or the
 * line is too long. */
static bool
read_line(struct wp_frame_reader *reader, char *line, size_t room, bool *began)
{
    size_t length = 0;
    for (;;) {
        int byte = next_byte(reader);
        if (byte < 0)
            return false;
        *began = true;
        if (byte == '\n')
            break;
        if (length + 1 >= room)
            return false;
        line[length++] = (char)byte;
    }
    if (length > 0 && line[length - 1] == '\r')
        length--;
    line[length] = '\0';
    return true;
}

/* The number behind "Content-Length:"; false for anything but digits and blanks. */
static bool
read_length(const char *text, size_t *length)
{
    size_t value = 0;
    text += strspn(text, " \t");
    if (*text < '0' || *text > '9')
        return false;
    for (; *text >= '0' && *text <= '9'; text++) {
        value = value * 10 + (size_t)(*text - '0');
        if (value > WP_LSP_MAX_BODY)
            return false;
    }
    *length = value;
    return text[strspn(text, " \t")] == '\0';
}

static enum wp_frame
read_head(struct wp_frame_reader *reader, size_t *size, const char **reason)
{
    static const char field[] = "Content-Length:";
    char line[1024];
    size_t total = 0;
    bool began = false, has_length = false;
    for (;;) {
        bool is_first = !began;
        if (!read_line(reader, line, sizeof line, &began)) {
            *reason = began ? "a header that ends early or is too long" : "the input ended";
            return began ? WP_FRAME_BROKEN : WP_FRAME_END;
        }
        total += strlen(line) + 2;
        if (total > WP_LSP_MAX_HEAD) {
            *reason = "a header that is too long";
            return WP_FRAME_BROKEN;
        }
        if (line[0] == '\0' && (has_length || !is_first))
            break;
        if (strncasecmp(line, field, sizeof field - 1) != 0)
            continue;
        if (!read_length(line + sizeof field - 1, size)) {
            *reason = "a Content-Length that is no number up to 64 MiB";
            return WP_FRAME_BROKEN;
        }
        has_length = true;
    }
    *reason = "a header without Content-Length";
    return has_length ? WP_FRAME_MESSAGE : WP_FRAME_BROKEN;
}

/* The body grows with what has come, not with what was promised. */
static bool
make_room(struct wp_frame_reader *reader, size_t size)
{
    if (reader->room > size)
        return true;
    size_t room = reader->room == 0 ? 65536 : reader->room * 2;
    while (room <= size)
        room *= 2;
    char *body = realloc(reader->body, room);
    if (body == NULL)
        return false;
    reader->body = body;
    reader->room = room;
    return true;
}

enum wp_frame
wp_frame_next(struct wp_frame_reader *reader, const char **body, size_t *size, const char **reason)
{
    enum wp_frame head = read_head(reader, size, reason);
    size_t have = 0;
    if (head != WP_FRAME_MESSAGE)
        return head;
    do {
        if (reader->start == reader->end && have < *size) {
            int byte = next_byte(reader);
            if (byte < 0) {
                *reason = "a message that ends early";
                return WP_FRAME_BROKEN;
            }
            reader->start--;
        }
        size_t part = reader->end - reader->start;
        if (part > *size - have)
            part = *size - have;
        if (!make_room(reader, have + part))
            return WP_FRAME_NO_MEMORY;
        if (part > 0)
            memcpy(reader->body + have, reader->buffer + reader->start, part);
        reader->start += part;
        have += part;
    } while (have < *size);
    reader->body[have] = '\0';
    *body = reader->body;
    return WP_FRAME_MESSAGE;
}
