/*
 * Addresses from text: four decimal numbers, or RFC 4291's hexadecimal groups
 * without a zone. Strict: no leading zeros in IPv4, nothing before or behind.
 */
#include "woapol.h"

#include <string.h>

struct text {
    const char *at, *end;
};

static bool
take(struct text *text, char wanted)
{
    if (text->at == text->end || *text->at != wanted)
        return false;
    text->at++;
    return true;
}

/* Four numbers up to the end of the text. */
static bool
parse_v4(struct text text, uint8_t bytes[4])
{
    unsigned count = 0, digits = 0, value = 0;
    for (;; text.at++) {
        const unsigned digit = text.at < text.end ? (unsigned)(uint8_t)*text.at - '0' : 10;
        if (digit < 10) {
            if (digits > 0 && value == 0) /* a leading zero */
                return false;
            value = value * 10 + digit;
            digits++;
            if (value > 255)
                return false;
            continue;
        }
        if (digits == 0)
            return false;
        bytes[count++] = (uint8_t)value;
        if (text.at == text.end || count == 4)
            return text.at == text.end && count == 4;
        if (*text.at != '.')
            return false;
        digits = value = 0;
    }
}

static int
hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

static bool
parse_group(struct text *text, uint8_t bytes[2])
{
    unsigned value = 0;
    const char *start = text->at;
    while (text->at < text->end && hex_digit(*text->at) >= 0 && text->at - start < 4)
        value = value << 4 | (unsigned)hex_digit(*text->at++);
    bytes[0] = (uint8_t)(value >> 8);
    bytes[1] = (uint8_t)value;
    return text->at > start;
}

/*
 * Groups and colons: up to 16 bytes into `bytes`, with the place of "::" in *gap
 * or -1. Returns how many bytes there are, or -1.
 */
static int
parse_groups(struct text text, uint8_t bytes[16], int *gap)
{
    int size = 0;
    *gap = -1;
    if (take(&text, ':') && (text.at == text.end || *text.at != ':'))
        return -1;
    while (text.at < text.end) {
        if (take(&text, ':')) { /* the second of two */
            if (*gap >= 0)
                return -1;
            *gap = size;
            if (text.at == text.end)
                break;
        }
        if (size <= 12 && parse_v4(text, bytes + size))
            return size + 4;
        if (size == 16 || !parse_group(&text, bytes + size))
            return -1;
        size += 2;
        if (text.at < text.end && (!take(&text, ':') || text.at == text.end))
            return -1;
    }
    return size;
}

static bool
parse_v6(struct text text, uint8_t bytes[16])
{
    uint8_t groups[16] = {0};
    int gap, size = parse_groups(text, groups, &gap);
    if (size < 0 || (gap < 0 ? size != 16 : size > 14))
        return false;
    memset(bytes, 0, 16);
    size_t head = (size_t)(gap < 0 ? size : gap), tail = (size_t)size - head;
    memcpy(bytes, groups, head);
    memcpy(bytes + 16 - tail, groups + head, tail);
    return true;
}

bool
woapol_set_address(struct woapol_request *request, const char *text, size_t length)
{
    static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    uint8_t bytes[16] = {0};
    if (text == NULL || length > 45)
        return false;
    const struct text whole = {text, text + length};
    bool is_v4 = memchr(text, ':', length) == NULL;
    if (!(is_v4 ? parse_v4(whole, bytes) : parse_v6(whole, bytes)))
        return false;
    if (!is_v4 && memcmp(bytes, mapped, sizeof mapped) == 0) {
        is_v4 = true;
        memmove(bytes, bytes + 12, 4);
        memset(bytes + 4, 0, 12);
    }
    memcpy(request->address, bytes, sizeof bytes);
    request->address_family = is_v4 ? 4 : 6;
    return true;
}
