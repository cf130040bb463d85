/* Growing JSON text: the escaping, and nothing else. */
#include "compiler/decide/json_text.h"

#include <stdlib.h>
#include <string.h>

void
wp_json_text_free(struct wp_json_text *text)
{
    free(text->bytes);
    *text = (struct wp_json_text){0};
}

static bool
make_room(struct wp_json_text *text, size_t more)
{
    if (text->failed)
        return false;
    if (more <= text->capacity - text->length)
        return true;
    size_t capacity = text->capacity < 256 ? 256 : text->capacity;
    while (capacity - text->length < more) {
        if (capacity > SIZE_MAX / 2) {
            text->failed = true;
            return false;
        }
        capacity *= 2;
    }
    char *bytes = realloc(text->bytes, capacity);
    if (bytes == NULL) {
        text->failed = true;
        return false;
    }
    text->bytes = bytes;
    text->capacity = capacity;
    return true;
}

void
wp_json_put(struct wp_json_text *text, const char *bytes, size_t length)
{
    if (length == 0 || !make_room(text, length))
        return;
    memcpy(text->bytes + text->length, bytes, length);
    text->length += length;
}

void
wp_json_puts(struct wp_json_text *text, const char *string)
{
    wp_json_put(text, string, strlen(string));
}

void
wp_json_number(struct wp_json_text *text, uint64_t number)
{
    char digits[20];
    size_t at = sizeof digits;
    do {
        digits[--at] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    wp_json_put(text, digits + at, sizeof digits - at);
}

/* The length of the UTF-8 character at `bytes`, 0 when it is none (RFC 3629:
 * shortest form, no surrogates, at most U+10FFFF). */
static size_t
utf8_length(const unsigned char *bytes, size_t length)
{
    unsigned char lead = bytes[0];
    if (lead < 0x80)
        return 1;
    if (lead < 0xc2 || lead > 0xf4)
        return 0;
    size_t size = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    if (size > length)
        return 0;
    for (size_t i = 1; i < size; i++)
        if ((bytes[i] & 0xc0) != 0x80)
            return 0;
    bool is_bad = (lead == 0xe0 && bytes[1] < 0xa0) || (lead == 0xed && bytes[1] > 0x9f) ||
                  (lead == 0xf0 && bytes[1] < 0x90) || (lead == 0xf4 && bytes[1] > 0x8f);
    return is_bad ? 0 : size;
}

static void
put_escape(struct wp_json_text *text, unsigned char byte)
{
    static const char hex[] = "0123456789abcdef";
    static const char letters[] = "btn\0fr";
    if (byte == '"' || byte == '\\') {
        wp_json_put(text, (char[]){'\\', (char)byte}, 2);
    } else if (byte >= '\b' && byte <= '\r' && letters[byte - '\b'] != '\0') {
        wp_json_put(text, (char[]){'\\', letters[byte - '\b']}, 2);
    } else {
        char escape[6] = {'\\', 'u', '0', '0', hex[byte >> 4], hex[byte & 15]};
        wp_json_put(text, escape, sizeof escape);
    }
}

static bool
is_plain(unsigned char byte)
{
    return byte >= 0x20 && byte < 0x80 && byte != '"' && byte != '\\';
}

void
wp_json_string(struct wp_json_text *text, const char *bytes, size_t length)
{
    const unsigned char *at = (const unsigned char *)bytes, *end = at + length;
    wp_json_put(text, "\"", 1);
    while (at < end) {
        const unsigned char *run = at;
        while (at < end && is_plain(*at))
            at++;
        wp_json_put(text, (const char *)run, (size_t)(at - run));
        if (at == end)
            break;
        size_t size = utf8_length(at, (size_t)(end - at));
        if (size == 1)
            put_escape(text, *at);
        else if (size == 0)
            wp_json_put(text, "\xef\xbf\xbd", 3);
        else
            wp_json_put(text, (const char *)at, size);
        at += size == 0 ? 1 : size;
    }
    wp_json_put(text, "\"", 1);
}

void
wp_json_string_or_null(struct wp_json_text *text, const char *string)
{
    if (string == NULL)
        wp_json_puts(text, "null");
    else
        wp_json_string(text, string, strlen(string));
}
