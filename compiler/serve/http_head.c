/* A request's head, line by line. */
#include "compiler/serve/http_head.h"

#include <string.h>

/* What may stand in a token (RFC 9110 5.6.2). */
static bool
is_token(unsigned char c)
{
    static const char table[256] = {
        ['!'] = 1, ['#'] = 1, ['$'] = 1, ['%'] = 1, ['&'] = 1, ['\''] = 1, ['*'] = 1, ['+'] = 1,
        ['-'] = 1, ['.'] = 1, ['^'] = 1, ['_'] = 1, ['`'] = 1, ['|'] = 1,  ['~'] = 1, ['0'] = 1,
        ['1'] = 1, ['2'] = 1, ['3'] = 1, ['4'] = 1, ['5'] = 1, ['6'] = 1,  ['7'] = 1, ['8'] = 1,
        ['9'] = 1, ['a'] = 1, ['b'] = 1, ['c'] = 1, ['d'] = 1, ['e'] = 1,  ['f'] = 1, ['g'] = 1,
        ['h'] = 1, ['i'] = 1, ['j'] = 1, ['k'] = 1, ['l'] = 1, ['m'] = 1,  ['n'] = 1, ['o'] = 1,
        ['p'] = 1, ['q'] = 1, ['r'] = 1, ['s'] = 1, ['t'] = 1, ['u'] = 1,  ['v'] = 1, ['w'] = 1,
        ['x'] = 1, ['y'] = 1, ['z'] = 1, ['A'] = 1, ['B'] = 1, ['C'] = 1,  ['D'] = 1, ['E'] = 1,
        ['F'] = 1, ['G'] = 1, ['H'] = 1, ['I'] = 1, ['J'] = 1, ['K'] = 1,  ['L'] = 1, ['M'] = 1,
        ['N'] = 1, ['O'] = 1, ['P'] = 1, ['Q'] = 1, ['R'] = 1, ['S'] = 1,  ['T'] = 1, ['U'] = 1,
        ['V'] = 1, ['W'] = 1, ['X'] = 1, ['Y'] = 1, ['Z'] = 1,
    };
    return table[c] != 0;
}

static unsigned char
lower(char c)
{
    return (unsigned char)(c >= 'A' && c <= 'Z' ? c | 32 : c);
}

bool
wp_http_names_match(const char *name, const char *other, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (lower(name[i]) != lower(other[i]))
            return false;
    return true;
}

/* ---- the request line ------------------------------------------------------ */

static enum wp_http_state
read_version(struct wp_http_head *head, const char *text, size_t length)
{
    if (length != 8 || memcmp(text, "HTTP/", 5) != 0 || text[6] != '.')
        return WP_HTTP_MALFORMED;
    if (text[5] != '1' || text[7] < '0' || text[7] > '1')
        return WP_HTTP_VERSION;
    head->minor = (unsigned)(text[7] - '0');
    head->keeps_alive = head->minor == 1;
    return WP_HTTP_COMPLETE;
}

static enum wp_http_state
read_request_line(struct wp_http_head *head, const char *line, size_t length)
{
    size_t at = 0;
    while (at < length && is_token((unsigned char)line[at]))
        at++;
    if (at == 0 || at == length || line[at] != ' ')
        return WP_HTTP_MALFORMED;
    head->method = (struct woapol_text){line, at};
    size_t start = ++at;
    while (at < length && (unsigned char)line[at] > ' ' && line[at] != 0x7f)
        at++;
    if (at == start || at == length || line[at] != ' ')
        return WP_HTTP_MALFORMED;
    head->target = (struct woapol_text){line + start, at - start};
    return read_version(head, line + at + 1, length - at - 1);
}

/* ---- fields ---------------------------------------------------------------- */

/* What the fields that the head itself is about have said so far. */
struct framing {
    bool has_length, has_host, closes, stays;
};

static bool
read_number(struct woapol_text text, uint64_t *number)
{
    if (text.length == 0 || text.length > 18)
        return false;
    *number = 0;
    for (size_t i = 0; i < text.length; i++) {
        if (text.text[i] < '0' || text.text[i] > '9')
            return false;
        *number = *number * 10 + (unsigned)(text.text[i] - '0');
    }
    return true;
}

/* Whether a list of tokens has that one. */
static bool
has_word(struct woapol_text list, const char *word)
{
    size_t at = 0;
    while (at < list.length) {
        size_t start = at;
        while (at < list.length && is_token((unsigned char)list.text[at]))
            at++;
        if (wp_http_name_is((struct woapol_text){list.text + start, at - start}, word,
                            strlen(word)))
            return true;
        if (at == start)
            at++;
    }
    return false;
}

#define IS(name, word) wp_http_name_is(name, word, sizeof word - 1)

/* Looks at the fields that say where the request ends. */
static enum wp_http_state
read_framing(struct wp_http_head *head, struct framing *framing, const struct wp_http_field *field)
{
    switch (field->name.length) {
    case 4:
        if (!IS(field->name, "host"))
            break;
        if (framing->has_host)
            return WP_HTTP_MALFORMED;
        framing->has_host = true;
        break;
    case 6:
        if (IS(field->name, "expect") && IS(field->value, "100-continue"))
            head->expects_continue = true;
        break;
    case 10:
        if (!IS(field->name, "connection"))
            break;
        framing->closes |= has_word(field->value, "close");
        framing->stays |= has_word(field->value, "keep-alive");
        break;
    case 14:
        if (!IS(field->name, "content-length"))
            break;
        if (framing->has_length || !read_number(field->value, &head->body_size))
            return WP_HTTP_MALFORMED;
        framing->has_length = true;
        break;
    case 17:
        if (IS(field->name, "transfer-encoding"))
            return WP_HTTP_CODING;
        break;
    default:
        break;
    }
    return WP_HTTP_COMPLETE;
}

static bool
is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* Whether one of eight bytes may be below a blank, or 0x7f; surely none is when not. */
static bool
may_have_control(const char *text)
{
    uint64_t word, ones = UINT64_MAX / 255;
    memcpy(&word, text, sizeof word);
    uint64_t no_delete = word ^ (ones * 0x7f);
    return (((word - ones * ' ') & ~word) | ((no_delete - ones) & ~no_delete)) & (ones * 0x80);
}

/* Control characters other than a tab have no place in a value. */
static bool
is_value(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        while (length - i >= 8 && !may_have_control(text + i))
            i += 8;
        if (i == length)
            break;
        unsigned char c = (unsigned char)text[i];
        if ((c < ' ' && c != '\t') || c == 0x7f)
            return false;
    }
    return true;
}

static bool
read_field(struct wp_http_field *field, const char *line, size_t length)
{
    size_t at = 0;
    while (at < length && is_token((unsigned char)line[at]))
        at++;
    if (at == 0 || at == length || line[at] != ':')
        return false;
    field->name = (struct woapol_text){line, at};
    size_t start = at + 1, end = length;
    while (start < end && is_blank(line[start]))
        start++;
    while (end > start && is_blank(line[end - 1]))
        end--;
    field->value = (struct woapol_text){line + start, end - start};
    return is_value(line + start, end - start);
}

/* ---- the whole ------------------------------------------------------------- */

/* The length of the line at the start of the bytes, without its CRLF. */
static enum wp_http_state
find_line(const char *bytes, size_t length, size_t *line)
{
    const char *end = memchr(bytes, '\n', length);
    if (end == NULL)
        return WP_HTTP_INCOMPLETE;
    if (end == bytes || end[-1] != '\r')
        return WP_HTTP_MALFORMED;
    *line = (size_t)(end - bytes) - 1;
    return WP_HTTP_COMPLETE;
}

static enum wp_http_state
finish(struct wp_http_head *head, const struct framing *framing, size_t size)
{
    if (head->minor == 1 && !framing->has_host)
        return WP_HTTP_MALFORMED;
    head->size = size;
    if (framing->closes)
        head->keeps_alive = false;
    else if (framing->stays)
        head->keeps_alive = true;
    return WP_HTTP_COMPLETE;
}

static enum wp_http_state
read_lines(struct wp_http_head *head, const char *bytes, size_t length)
{
    struct framing framing = {0};
    size_t line;
    enum wp_http_state state = find_line(bytes, length, &line);
    if (state == WP_HTTP_COMPLETE)
        state = read_request_line(head, bytes, line);
    if (state != WP_HTTP_COMPLETE)
        return state;
    for (size_t at = line + 2;; at += line + 2) {
        state = find_line(bytes + at, length - at, &line);
        if (state != WP_HTTP_COMPLETE)
            return state;
        if (line == 0)
            return finish(head, &framing, at + 2);
        if (head->field_count == WP_HTTP_FIELDS_MAX)
            return WP_HTTP_TOO_LARGE;
        struct wp_http_field *field = &head->fields[head->field_count++];
        if (!read_field(field, bytes + at, line))
            return WP_HTTP_MALFORMED;
        state = read_framing(head, &framing, field);
        if (state != WP_HTTP_COMPLETE)
            return state;
    }
}

enum wp_http_state
wp_http_head_read(struct wp_http_head *head, const char *bytes, size_t length)
{
    head->field_count = 0;
    head->body_size = 0;
    head->expects_continue = false;
    size_t seen = length < WP_HTTP_HEAD_MAX ? length : WP_HTTP_HEAD_MAX;
    enum wp_http_state state = read_lines(head, bytes, seen);
    if (state == WP_HTTP_INCOMPLETE && length >= WP_HTTP_HEAD_MAX)
        return WP_HTTP_TOO_LARGE;
    return state;
}
