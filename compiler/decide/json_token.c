/* Looking at JSON without a parser. */
#include "compiler/decide/json_token.h"

#include <string.h>

static size_t
skip_digits(const char *text, size_t length, size_t at)
{
    while (at < length && text[at] >= '0' && text[at] <= '9')
        at++;
    return at;
}

/* RFC 8259, section 6. */
bool
wp_json_is_number(const char *text, size_t length)
{
    size_t at = length > 0 && text[0] == '-';
    size_t digits = skip_digits(text, length, at);
    if (digits == at || (text[at] == '0' && digits > at + 1))
        return false;
    at = digits;
    if (at < length && text[at] == '.') {
        digits = skip_digits(text, length, at + 1);
        if (digits == at + 1)
            return false;
        at = digits;
    }
    if (at < length && (text[at] | 0x20) == 'e') {
        at++;
        at += at < length && (text[at] == '+' || text[at] == '-');
        digits = skip_digits(text, length, at);
        if (digits == at)
            return false;
        at = digits;
    }
    return at == length;
}

static bool
is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static const char *
skip_spaces(const char *at, const char *end)
{
    while (at < end && is_space(*at))
        at++;
    return at;
}

/* The end of a scalar that starts at `at`; `end` when it has none. */
static const char *
skip_scalar(const char *at, const char *end)
{
    if (*at != '"') {
        while (at < end && !is_space(*at) && *at != ',' && *at != '}')
            at++;
        return at;
    }
    for (at++; at < end && *at != '"'; at++)
        if (*at == '\\')
            at++;
    return at < end ? at + 1 : end;
}

struct woapol_text
wp_json_first_id(const char *text, size_t length)
{
    static const char *const tokens[] = {"{", "\"id\"", ":"};
    const struct woapol_text none = {NULL, 0};
    const char *at = text, *end = text + length;
    for (size_t i = 0; i < sizeof tokens / sizeof tokens[0]; i++) {
        size_t size = strlen(tokens[i]);
        at = skip_spaces(at, end);
        if ((size_t)(end - at) <= size || memcmp(at, tokens[i], size) != 0)
            return none;
        at += size;
    }
    at = skip_spaces(at, end);
    if (at == end || *at == '{' || *at == '[')
        return none;
    const char *after = skip_scalar(at, end), *next = skip_spaces(after, end);
    if (next == end || (*next != ',' && *next != '}'))
        return none;
    return (struct woapol_text){at, (size_t)(after - at)};
}

/* ---- escapes ------------------------------------------------------------------------- */

/* Four digits of a number to base 16, or UINT32_MAX. */
static uint32_t
read_unit(const char *at, const char *end)
{
    uint32_t unit = 0;
    if (end - at < 4)
        return UINT32_MAX;
    for (unsigned i = 0; i < 4; i++) {
        char c = at[i], lower = (char)(c | 0x20);
        bool is_digit = c >= '0' && c <= '9';
        if (!is_digit && (lower < 'a' || lower > 'f'))
            return UINT32_MAX;
        unit = unit << 4 | (uint32_t)(is_digit ? c - '0' : lower - 'a' + 10);
    }
    return unit;
}

static size_t
put_utf8(uint32_t code, char *out)
{
    size_t length = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    static const unsigned char leads[] = {0, 0, 0xc0, 0xe0, 0xf0};
    for (size_t i = length - 1; i > 0; i--, code >>= 6)
        out[i] = (char)(0x80 | (code & 0x3f));
    out[0] = (char)(leads[length] | code);
    return length;
}

/* What follows "\u"; 0: it is no character. */
static size_t
unescape_unit(const char **at, const char *end, char *out)
{
    uint32_t code = read_unit(*at, end);
    if (code == UINT32_MAX || code >> 10 == 0xdc00 >> 10)
        return 0;
    *at += 4;
    if (code >> 10 != 0xd800 >> 10)
        return put_utf8(code, out);
    if (end - *at < 6 || (*at)[0] != '\\' || (*at)[1] != 'u')
        return 0;
    uint32_t low = read_unit(*at + 2, end);
    if (low == UINT32_MAX || low >> 10 != 0xdc00 >> 10)
        return 0;
    *at += 6;
    return put_utf8(0x10000 + ((code & 0x3ff) << 10 | (low & 0x3ff)), out);
}

bool
wp_json_unescape(const char *text, size_t length, char *out, size_t *made)
{
    static const char letters[] = "\"\\/bfnrt", bytes[] = "\"\\/\b\f\n\r\t";
    const char *at = text, *end = text + length;
    char *to = out;
    while (at < end) {
        const char *slash = memchr(at, '\\', (size_t)(end - at));
        size_t plain = (size_t)((slash == NULL ? end : slash) - at);
        memmove(to, at, plain);
        to += plain;
        at += plain;
        if (slash == NULL)
            break;
        const char *letter = end - at < 2 || at[1] == '\0' ? NULL : strchr(letters, at[1]);
        size_t size = letter != NULL;
        if (letter != NULL)
            *to = bytes[letter - letters];
        at += 2;
        if (letter == NULL && at <= end && at[-1] == 'u')
            size = unescape_unit(&at, end, to);
        if (size == 0)
            return false;
        to += size;
    }
    *made = (size_t)(to - out);
    return true;
}
