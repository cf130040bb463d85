#include "compiler/replay/utf16.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define WRONG '\xff'

struct wp_utf16 {
    bool is_little;
    bool has_byte; /* half of a unit */
    unsigned char byte;
    uint32_t high; /* the first of a pair, or 0 */
    size_t at, length;
    char made[4 + WP_UTF16_PIECE / 2 * 3]; /* three bytes a unit at most, and what was left */
};

struct wp_utf16 *
wp_utf16_new(bool is_little_endian)
{
    struct wp_utf16 *text = calloc(1, sizeof *text);
    if (text != NULL)
        text->is_little = is_little_endian;
    return text;
}

void
wp_utf16_free(struct wp_utf16 *text)
{
    free(text);
}

static void
put_byte(struct wp_utf16 *text, uint32_t byte)
{
    text->made[text->length++] = (char)byte;
}

static void
put_character(struct wp_utf16 *text, uint32_t code)
{
    if (code < 0x80) {
        put_byte(text, code);
        return;
    }
    unsigned shift = code < 0x800 ? 6 : code < 0x10000 ? 12 : 18;
    put_byte(text, (shift == 6 ? 0xc0u : shift == 12 ? 0xe0u : 0xf0u) | code >> shift);
    while (shift > 0) {
        shift -= 6;
        put_byte(text, 0x80u | (code >> shift & 0x3fu));
    }
}

static void
put_unit(struct wp_utf16 *text, uint32_t unit)
{
    bool is_high = unit >> 10 == 0xd800 >> 10, is_low = unit >> 10 == 0xdc00 >> 10;
    uint32_t high = text->high;
    text->high = is_high ? unit : 0;
    if (high != 0 && is_low) {
        put_character(text, 0x10000 + ((high & 0x3ff) << 10 | (unit & 0x3ff)));
        return;
    }
    if (high != 0 || is_low)
        put_byte(text, (unsigned char)WRONG);
    if (!is_high && !is_low)
        put_character(text, unit);
}

void
wp_utf16_put(struct wp_utf16 *text, const char *bytes, size_t length, bool is_last)
{
    text->at = text->length = 0;
    for (size_t i = 0; i < length; i++) {
        unsigned char byte = (unsigned char)bytes[i];
        if (text->has_byte)
            put_unit(text, text->is_little ? (uint32_t)byte << 8 | text->byte
                                           : (uint32_t)text->byte << 8 | byte);
        text->has_byte = !text->has_byte;
        text->byte = byte;
    }
    if (is_last && (text->has_byte || text->high != 0)) {
        put_byte(text, (unsigned char)WRONG);
        text->has_byte = false;
        text->high = 0;
    }
}

size_t
wp_utf16_take(struct wp_utf16 *text, char *bytes, size_t size)
{
    size_t count = text->length - text->at;
    if (count > size)
        count = size;
    memcpy(bytes, text->made + text->at, count);
    text->at += count;
    return count;
}

bool
wp_utf16_is_empty(const struct wp_utf16 *text)
{
    return text->at == text->length;
}
