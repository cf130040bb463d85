/* SPOP's encoding. */
#include "compiler/serve/spop_frame.h"

#include <string.h>

#define FLAG_FINAL 1u
#define LENGTH_SIZE 4
#define HEAD_MIN 7 /* type, flags, two numbers of a byte each */

enum wire {
    W_NULL,
    W_BOOL,
    W_INT32,
    W_UINT32,
    W_INT64,
    W_UINT64,
    W_IPV4,
    W_IPV6,
    W_STRING,
    W_BINARY
};

/* ---- reading --------------------------------------------------------------- */

static uint32_t
read_big(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

uint64_t
wp_spop_read_varint(struct wp_cursor *cursor)
{
    uint64_t number = wp_cursor_byte(cursor);
    if (number < 240)
        return number;
    for (unsigned shift = 4; shift < 64; shift += 7) {
        uint64_t byte = wp_cursor_byte(cursor);
        number += byte << shift;
        if (byte < 128)
            return cursor->failed ? 0 : number;
    }
    cursor->failed = true;
    return 0;
}

struct woapol_text
wp_spop_read_text(struct wp_cursor *cursor)
{
    uint64_t length = wp_spop_read_varint(cursor);
    const uint8_t *bytes = wp_cursor_take(cursor, length);
    if (bytes == NULL)
        return (struct woapol_text){NULL, 0};
    return (struct woapol_text){(const char *)bytes, (size_t)length};
}

static struct woapol_text
read_bytes(struct wp_cursor *cursor, size_t length)
{
    const uint8_t *bytes = wp_cursor_take(cursor, length);
    return (struct woapol_text){(const char *)bytes, bytes == NULL ? 0 : length};
}

void
wp_spop_read_value(struct wp_cursor *cursor, struct wp_spop_value *value)
{
    uint8_t type = wp_cursor_byte(cursor);
    *value = (struct wp_spop_value){.kind = WP_SPOP_NULL};
    switch ((enum wire)(type & 0x0f)) {
    case W_NULL:
        break;
    case W_BOOL:
        value->kind = WP_SPOP_BOOL;
        value->number = (type & 0x10) != 0;
        break;
    case W_INT32:
    case W_UINT32:
    case W_INT64:
    case W_UINT64:
        value->kind = WP_SPOP_INT;
        value->number = wp_spop_read_varint(cursor);
        break;
    case W_IPV4:
        value->kind = WP_SPOP_IPV4;
        value->text = read_bytes(cursor, 4);
        break;
    case W_IPV6:
        value->kind = WP_SPOP_IPV6;
        value->text = read_bytes(cursor, 16);
        break;
    case W_STRING:
    case W_BINARY:
        value->kind = WP_SPOP_TEXT;
        value->text = wp_spop_read_text(cursor);
        break;
    default:
        cursor->failed = true;
    }
}

size_t
wp_spop_read_frame(const char *bytes, size_t length, struct wp_spop_frame *frame,
                   enum wp_spop_status *status)
{
    const uint8_t *at = (const uint8_t *)bytes;
    *status = WP_SPOP_NORMAL;
    if (length < LENGTH_SIZE)
        return 0;
    uint32_t size = read_big(at);
    if (size > WP_SPOP_FRAME_MAX || size < HEAD_MIN) {
        *status = size < HEAD_MIN ? WP_SPOP_INVALID : WP_SPOP_TOO_BIG;
        return 0;
    }
    if (length - LENGTH_SIZE < size)
        return 0;
    struct wp_cursor cursor = {.at = at + LENGTH_SIZE, .end = at + LENGTH_SIZE + size};
    frame->type = wp_cursor_byte(&cursor);
    frame->is_final = (read_big(wp_cursor_take(&cursor, 4)) & FLAG_FINAL) != 0;
    frame->stream = wp_spop_read_varint(&cursor);
    frame->frame = wp_spop_read_varint(&cursor);
    frame->payload = cursor;
    if (cursor.failed)
        *status = WP_SPOP_INVALID;
    return LENGTH_SIZE + size;
}

/* ---- writing --------------------------------------------------------------- */

static void
put_byte(struct wp_json_text *output, unsigned byte)
{
    wp_json_put(output, &(const char){(char)byte}, 1);
}

void
wp_spop_put_varint(struct wp_json_text *output, uint64_t number)
{
    if (number < 240) {
        put_byte(output, (unsigned)number);
        return;
    }
    put_byte(output, (unsigned)(number & 0xff) | 240);
    for (number = (number - 240) >> 4; number >= 128; number = (number - 128) >> 7)
        put_byte(output, (unsigned)(number & 0xff) | 128);
    put_byte(output, (unsigned)number);
}

void
wp_spop_put_text(struct wp_json_text *output, struct woapol_text text)
{
    wp_spop_put_varint(output, text.length);
    wp_json_put(output, text.text, text.length);
}

void
wp_spop_put_string(struct wp_json_text *output, struct woapol_text text)
{
    put_byte(output, W_STRING);
    wp_spop_put_text(output, text);
}

void
wp_spop_put_uint32(struct wp_json_text *output, uint32_t number)
{
    put_byte(output, W_UINT32);
    wp_spop_put_varint(output, number);
}

void
wp_spop_put_uint64(struct wp_json_text *output, uint64_t number)
{
    put_byte(output, W_UINT64);
    wp_spop_put_varint(output, number);
}

size_t
wp_spop_begin(struct wp_json_text *output, enum wp_spop_type type, uint64_t stream, uint64_t frame)
{
    size_t start = output->length;
    wp_json_put(output, (const char[LENGTH_SIZE]){0}, LENGTH_SIZE);
    put_byte(output, (unsigned)type);
    wp_json_put(output, (const char[]){0, 0, 0, FLAG_FINAL}, 4);
    wp_spop_put_varint(output, stream);
    wp_spop_put_varint(output, frame);
    return start;
}

void
wp_spop_end(struct wp_json_text *output, size_t start)
{
    if (output->failed)
        return;
    size_t size = output->length - start - LENGTH_SIZE;
    for (unsigned i = 0; i < LENGTH_SIZE; i++)
        output->bytes[start + i] = (char)(size >> (24 - 8 * i));
}
