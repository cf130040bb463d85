/* The wire format: varints, and lengths before what has one. */
#include "compiler/serve/protobuf.h"

#include <string.h>

enum wire { VARINT = 0, FIXED64 = 1, DELIMITED = 2, FIXED32 = 5 };

/* Lengths of messages are written with so many bytes, whatever they are, so that
 * a message can be begun before its length is known. */
#define LENGTH_SIZE 4

static uint64_t
read_varint(struct wp_cursor *cursor)
{
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
        uint8_t byte = wp_cursor_byte(cursor);
        value |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80)
            return cursor->failed ? 0 : value;
    }
    cursor->failed = true;
    return 0;
}

bool
wp_pb_next(struct wp_cursor *cursor, struct wp_pb_field *field)
{
    if (wp_cursor_rest(cursor) == 0)
        return false;
    uint64_t tag = read_varint(cursor);
    *field = (struct wp_pb_field){.number = (uint32_t)(tag >> 3)};
    if (tag >> 3 == 0 || tag >> 3 > UINT32_MAX >> 3)
        cursor->failed = true;
    switch ((enum wire)(tag & 7)) {
    case VARINT:
        field->value = read_varint(cursor);
        break;
    case FIXED64:
        (void)wp_cursor_take(cursor, 8);
        break;
    case FIXED32:
        (void)wp_cursor_take(cursor, 4);
        break;
    case DELIMITED:
        field->has_text = true;
        field->value = read_varint(cursor);
        field->text.text = (const char *)wp_cursor_take(cursor, field->value);
        field->text.length = cursor->failed ? 0 : (size_t)field->value;
        break;
    default:
        /* Groups went out of use before any of this was thought of. */
        cursor->failed = true;
    }
    return !cursor->failed;
}

struct wp_cursor
wp_pb_message(struct woapol_text text)
{
    const uint8_t *at = (const uint8_t *)text.text;
    return (struct wp_cursor){.at = at, .end = at == NULL ? NULL : at + text.length};
}

bool
wp_pb_pair(struct woapol_text entry, struct woapol_text *key, struct woapol_text *value)
{
    struct wp_cursor cursor = wp_pb_message(entry);
    struct wp_pb_field field;
    *key = *value = (struct woapol_text){"", 0};
    while (wp_pb_next(&cursor, &field)) {
        if (field.number == 1 && field.has_text)
            *key = field.text;
        else if (field.number == 2 && field.has_text)
            *value = field.text;
    }
    return !cursor.failed;
}

/* ---- writing --------------------------------------------------------------- */

static void
put_varint(struct wp_json_text *output, uint64_t value)
{
    char bytes[10];
    size_t count = 0;
    for (; value >= 0x80; value >>= 7)
        bytes[count++] = (char)(value | 0x80);
    bytes[count++] = (char)value;
    wp_json_put(output, bytes, count);
}

void
wp_pb_put_number(struct wp_json_text *output, uint32_t field, uint64_t value)
{
    put_varint(output, (uint64_t)field << 3 | VARINT);
    put_varint(output, value);
}

void
wp_pb_put_text(struct wp_json_text *output, uint32_t field, struct woapol_text text)
{
    put_varint(output, (uint64_t)field << 3 | DELIMITED);
    put_varint(output, text.length);
    wp_json_put(output, text.text, text.length);
}

size_t
wp_pb_begin(struct wp_json_text *output, uint32_t field)
{
    put_varint(output, (uint64_t)field << 3 | DELIMITED);
    wp_json_put(output, (const char[LENGTH_SIZE]){0}, LENGTH_SIZE);
    return output->length;
}

void
wp_pb_end(struct wp_json_text *output, size_t start)
{
    if (output->failed)
        return;
    size_t length = output->length - start;
    char *bytes = output->bytes + start - LENGTH_SIZE;
    for (unsigned i = 0; i < LENGTH_SIZE; i++)
        bytes[i] = (char)((length >> 7 * i & 0x7f) | (i + 1 < LENGTH_SIZE ? 0x80 : 0));
}
