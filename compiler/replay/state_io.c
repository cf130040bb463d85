#include "compiler/replay/state_io.h"

#include <stdlib.h>
#include <string.h>

static void
put(struct wp_state_io *io, const void *bytes, size_t length)
{
    if (io->failed)
        return;
    if (io->room - io->length < length) {
        size_t room = io->room < 4096 ? 4096 : io->room;
        while (room - io->length < length)
            room *= 2;
        unsigned char *grown = realloc(io->bytes, room);
        if (grown == NULL) {
            io->failed = true;
            return;
        }
        io->bytes = grown;
        io->room = room;
    }
    if (length > 0)
        memcpy(io->bytes + io->length, bytes, length);
    io->length += length;
}

static void
take(struct wp_state_io *io, void *bytes, size_t length)
{
    io->failed = io->failed || io->length - io->at < length;
    if (io->failed) {
        memset(bytes, 0, length);
        return;
    }
    memcpy(bytes, io->bytes + io->at, length);
    io->at += length;
}

void
wp_state_bytes(struct wp_state_io *io, void *bytes, size_t length)
{
    if (io->is_reading)
        take(io, bytes, length);
    else
        put(io, bytes, length);
}

/* Seven bits a byte, the lowest first; the highest bit says that more follow. */
uint64_t
wp_state_number(struct wp_state_io *io, uint64_t number, uint64_t most)
{
    unsigned char byte;
    if (!io->is_reading) {
        uint64_t left = number;
        for (; left >= 128; left >>= 7) {
            byte = (unsigned char)(128 | (left & 127));
            put(io, &byte, 1);
        }
        byte = (unsigned char)left;
        put(io, &byte, 1);
        return number;
    }
    uint64_t read = 0;
    unsigned shift = 0;
    do {
        take(io, &byte, 1);
        io->failed = io->failed || (shift == 63 && byte > 1);
        read |= (uint64_t)(byte & 127) << shift;
        shift += 7;
    } while (!io->failed && byte >= 128 && shift < 64);
    io->failed = io->failed || read > most;
    return io->failed ? 0 : read;
}

uint64_t
wp_state_count(struct wp_state_io *io, uint64_t count)
{
    return wp_state_number(io, count, WP_STATE_COUNT_MAX);
}

bool
wp_state_flag(struct wp_state_io *io, bool flag)
{
    return wp_state_number(io, flag, 1) != 0;
}

uint64_t
wp_state_word(struct wp_state_io *io, uint64_t word)
{
    unsigned char bytes[8];
    for (unsigned i = 0; i < 8; i++)
        bytes[i] = (unsigned char)(word >> (8 * i));
    wp_state_bytes(io, bytes, sizeof bytes);
    for (unsigned i = 0; io->is_reading && i < 8; i++)
        word = i == 0 ? bytes[0] : word | (uint64_t)bytes[i] << (8 * i);
    return word;
}

void
wp_state_text(struct wp_state_io *io, char **text, size_t *length, size_t most)
{
    bool is_there = wp_state_flag(io, *text != NULL);
    if (!is_there || io->failed)
        return;
    size_t count = (size_t)wp_state_number(io, *length, most);
    if (!io->is_reading) {
        put(io, *text, count);
        return;
    }
    char *copy = io->failed || io->length - io->at < count ? NULL : malloc(count + 1);
    io->failed = io->failed || copy == NULL;
    if (io->failed) {
        free(copy);
        return;
    }
    take(io, copy, count);
    copy[count] = '\0';
    *text = copy;
    *length = count;
}

void
wp_state_doubt(struct wp_state_io *io, bool is_wrong)
{
    io->failed = io->failed || (io->is_reading && is_wrong);
}
