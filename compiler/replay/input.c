/* What is compressed says so in its first bytes. Members and frames may follow one
 * another, as after `cat a.gz b.gz`. */
#include "compiler/replay/input.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <zlib.h>
#include <zstd.h>

#include "compiler/replay/utf16.h"

#define CHUNK (256u << 10)
#define PATIENCE_MS 200
#define MAGIC 4 /* bytes that tell how it is packed */
/* Windows of more than 128 MiB are refused, so that memory stays bounded. */
#define ZSTD_WINDOW_LOG 27

enum packing { PLAIN, GZIP, ZSTD };

struct wp_input {
    int file;
    const volatile sig_atomic_t *stop;
    enum packing packing;
    uint64_t taken;
    size_t at, length; /* of what is in the buffer */
    bool ended, is_damaged;
    bool in_frame; /* compressed data has begun and not ended */
    z_stream gzip;
    ZSTD_DStream *zstd;
    bool is_known; /* the encoding is, by the first bytes */
    char first[MAGIC];
    size_t first_at, first_length;
    size_t skipped;        /* bytes of a mark before the first that was handed out */
    struct wp_utf16 *wide; /* NULL: it is UTF-8 */
    bool is_checked;
    struct wp_input_mark mark;
    unsigned char buffer[CHUNK];
};

/* A count as of read(2), -1 for an error. Nothing comes once it is to stop, however long
 * the other end of a pipe stays silent. */
static ssize_t
read_file(struct wp_input *input, void *bytes, size_t size)
{
    struct pollfd ready = {.fd = input->file, .events = POLLIN};
    while (input->stop == NULL || !*input->stop) {
        int count = input->mark.is_file ? 1 : poll(&ready, 1, PATIENCE_MS);
        if (count == 0 || (count < 0 && errno == EINTR))
            continue;
        ssize_t length = read(input->file, bytes, size);
        if (length >= 0 || (errno != EINTR && errno != EAGAIN))
            return length;
    }
    return 0;
}

/* More bytes behind those of the buffer. */
static void
add_bytes(struct wp_input *input)
{
    ssize_t count = read_file(input, input->buffer + input->length, CHUNK - input->length);
    input->ended = count <= 0;
    input->is_damaged = input->is_damaged || count < 0;
    input->length += count > 0 ? (size_t)count : 0;
    input->taken += count > 0 ? (size_t)count : 0;
}

/* More bytes into an empty buffer. */
static void
refill(struct wp_input *input)
{
    if (input->at < input->length || input->ended)
        return;
    input->at = input->length = 0;
    add_bytes(input);
}

static bool
find_packing(struct wp_input *input)
{
    while (input->length < MAGIC && !input->ended) /* a pipe may bring them one by one */
        add_bytes(input);
    if (input->length >= 2 && memcmp(input->buffer, "\x1f\x8b", 2) == 0) {
        input->packing = GZIP;
        return inflateInit2(&input->gzip, 15 + 16) == Z_OK;
    }
    if (input->length >= 4 && memcmp(input->buffer, "\x28\xb5\x2f\xfd", 4) == 0) {
        input->packing = ZSTD;
        input->zstd = ZSTD_createDStream();
        return input->zstd != NULL && !ZSTD_isError(ZSTD_DCtx_setParameter(
                                          input->zstd, ZSTD_d_windowLogMax, ZSTD_WINDOW_LOG));
    }
    return true;
}

static void
look_at(struct wp_input *input)
{
    struct stat found;
    if (fstat(input->file, &found) != 0)
        return;
    input->mark.is_file = S_ISREG(found.st_mode);
    input->mark.size = (uint64_t)found.st_size;
    input->mark.changed = (int64_t)found.st_mtim.tv_sec * 1000000000 + found.st_mtim.tv_nsec;
}

struct wp_input *
wp_input_open(const char *path, const volatile sig_atomic_t *stop)
{
    struct wp_input *input = calloc(1, sizeof *input);
    if (input == NULL)
        return NULL;
    input->stop = stop;
    input->file = strcmp(path, "-") == 0 ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    if (input->file >= 0)
        look_at(input);
    if (input->file >= 0 && find_packing(input))
        return input;
    int error = input->file < 0 ? errno : ENOMEM;
    wp_input_close(input);
    errno = error;
    return NULL;
}

void
wp_input_close(struct wp_input *input)
{
    if (input == NULL)
        return;
    if (input->packing == GZIP)
        (void)inflateEnd(&input->gzip);
    ZSTD_freeDStream(input->zstd);
    wp_utf16_free(input->wide);
    if (input->file > STDERR_FILENO)
        close(input->file);
    free(input);
}

/* From the file to where it is wanted, without a copy between. */
static size_t
read_through(struct wp_input *input, char *bytes, size_t size)
{
    ssize_t count = read_file(input, bytes, size);
    input->ended = count <= 0;
    input->is_damaged = input->is_damaged || count < 0;
    input->taken += count > 0 ? (size_t)count : 0;
    return count > 0 ? (size_t)count : 0;
}

static size_t
read_plain(struct wp_input *input, char *bytes, size_t size)
{
    size_t count = input->length - input->at;
    if (count == 0 && !input->ended)
        return read_through(input, bytes, size);
    if (count > size)
        count = size;
    memcpy(bytes, input->buffer + input->at, count);
    input->at += count;
    return count;
}

/* Ends for good: what follows is not to be trusted. */
static size_t
stop(struct wp_input *input, size_t made)
{
    input->is_damaged = input->ended = true;
    input->at = input->length = 0;
    return made;
}

static size_t
read_gzip(struct wp_input *input, char *bytes, size_t size)
{
    z_stream *stream = &input->gzip;
    unsigned room = size > (1u << 30) ? 1u << 30 : (unsigned)size;
    stream->next_in = input->buffer + input->at;
    stream->avail_in = (unsigned)(input->length - input->at);
    stream->next_out = (unsigned char *)bytes;
    stream->avail_out = room;
    int status = inflate(stream, Z_NO_FLUSH);
    input->at = input->length - stream->avail_in;
    input->in_frame = status != Z_STREAM_END;
    if (status == Z_STREAM_END)
        (void)inflateReset(stream);
    else if (status != Z_OK && status != Z_BUF_ERROR)
        return stop(input, room - stream->avail_out);
    return room - stream->avail_out;
}

static size_t
read_zstd(struct wp_input *input, char *bytes, size_t size)
{
    ZSTD_inBuffer from = {input->buffer, input->length, input->at};
    ZSTD_outBuffer to = {bytes, size, 0};
    size_t status = ZSTD_decompressStream(input->zstd, &to, &from);
    input->at = from.pos;
    if (ZSTD_isError(status))
        return stop(input, to.pos);
    input->in_frame = status != 0;
    return to.pos;
}

static size_t
read_some(struct wp_input *input, char *bytes, size_t size)
{
    switch (input->packing) {
    case GZIP:
        return read_gzip(input, bytes, size);
    case ZSTD:
        return read_zstd(input, bytes, size);
    case PLAIN:
        break;
    }
    return read_plain(input, bytes, size);
}

static size_t
read_all(struct wp_input *input, char *bytes, size_t size)
{
    size_t made = 0;
    while (made < size) {
        if (input->packing != PLAIN)
            refill(input);
        bool is_over = input->ended && input->at == input->length;
        /* A decoder may still hold bytes when the file has none left. */
        if (is_over && (input->packing == PLAIN || !input->in_frame))
            break;
        size_t count = read_some(input, bytes + made, size - made);
        made += count;
        if (is_over && count == 0) {
            input->is_damaged = input->stop == NULL || !*input->stop;
            break;
        }
    }
    return made;
}

/* ---- encodings ------------------------------------------------------------------- */

/* By its mark; without one, by a zero in the first character, as of any brace or digit. */
static void
find_encoding(struct wp_input *input)
{
    const unsigned char *first = (const unsigned char *)input->first;
    size_t length = read_all(input, input->first, sizeof input->first);
    input->is_known = true;
    input->first_length = length;
    if (length >= 3 && memcmp(first, "\xef\xbb\xbf", 3) == 0)
        input->first_at = input->skipped = 3;
    if (length < 2)
        return;
    bool is_little = first[0] == 0xff && first[1] == 0xfe;
    bool is_marked = is_little || (first[0] == 0xfe && first[1] == 0xff);
    if (!is_marked && (first[0] == 0) == (first[1] == 0))
        return;
    input->wide = wp_utf16_new(is_little || (!is_marked && first[1] == 0));
    if (is_marked)
        input->first_at = 2;
    if (input->wide == NULL) /* memory ran out */
        input->is_damaged = input->ended = true;
}

/* Bytes as they are in the file, unpacked. */
static size_t
read_bytes(struct wp_input *input, char *bytes, size_t size)
{
    size_t count = input->first_length - input->first_at;
    if (count > size)
        count = size;
    memcpy(bytes, input->first + input->first_at, count);
    input->first_at += count;
    return count + read_all(input, bytes + count, size - count);
}

static size_t
read_text(struct wp_input *input, char *bytes, size_t size)
{
    size_t made = 0;
    if (!input->is_known)
        find_encoding(input);
    if (input->wide == NULL)
        return read_bytes(input, bytes, size);
    while (made < size) {
        if (wp_utf16_is_empty(input->wide)) {
            char raw[WP_UTF16_PIECE];
            size_t length = read_bytes(input, raw, sizeof raw);
            wp_utf16_put(input->wide, raw, length, length < sizeof raw);
            if (wp_utf16_is_empty(input->wide))
                break;
        }
        made += wp_utf16_take(input->wide, bytes + made, size - made);
    }
    return made;
}

size_t
wp_input_read(struct wp_input *input, char *bytes, size_t size)
{
    size_t made = read_text(input, bytes, size);
    input->mark.made += made;
    if (input->is_checked)
        input->mark.check =
            (uint32_t)crc32_z(input->mark.check, (const unsigned char *)bytes, made);
    return made;
}

bool
wp_input_is_damaged(const struct wp_input *input)
{
    return input->is_damaged;
}

uint64_t
wp_input_taken(const struct wp_input *input)
{
    return input->taken;
}

/* ---- marks ---------------------------------------------------------------------- */

void
wp_input_check(struct wp_input *input)
{
    input->is_checked = true;
}

void
wp_input_mark(const struct wp_input *input, struct wp_input_mark *mark)
{
    *mark = input->mark;
}

/* Reads as far as the mark, at the start of the file. */
static bool
read_to(struct wp_input *input, const struct wp_input_mark *mark)
{
    char *bytes = malloc(CHUNK);
    bool done = bytes != NULL;
    wp_input_check(input);
    while (done && input->mark.made < mark->made) {
        uint64_t left = mark->made - input->mark.made;
        size_t want = left < CHUNK ? (size_t)left : CHUNK;
        done = wp_input_read(input, bytes, want) == want;
    }
    free(bytes);
    return done && input->mark.check == mark->check;
}

bool
wp_input_return(struct wp_input *input, const struct wp_input_mark *mark, bool is_whole)
{
    bool is_untouched = input->mark.is_file && mark->is_file && input->mark.size == mark->size &&
                        input->mark.changed == mark->changed;
    char next;
    if (is_untouched && is_whole)
        return true;
    if (!input->is_known)
        find_encoding(input);
    if (!is_untouched || input->packing != PLAIN || input->wide != NULL)
        return read_to(input, mark) && (!is_whole || wp_input_read(input, &next, 1) == 0);
    uint64_t place = mark->made + input->skipped;
    if (place > mark->size || lseek(input->file, (off_t)place, SEEK_SET) == -1)
        return false;
    input->at = input->length = input->first_at = input->first_length = 0;
    input->ended = false;
    input->taken = place;
    input->mark.made = mark->made;
    input->mark.check = mark->check;
    input->is_checked = true;
    return true;
}
