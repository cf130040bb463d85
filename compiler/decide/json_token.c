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
