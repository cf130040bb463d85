/* Problems are shown on terminals and in logs, so nothing in them may move a
 * cursor, turn text round or end a line, whoever wrote it. */
#include "compiler/emit/problem.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* How many bytes the UTF-8 character at `text` has and its code point; 0 when it
 * is none. */
static size_t
decode(const unsigned char *text, size_t size, uint32_t *code)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    unsigned char lead = text[0];
    size_t length = lead < 0x80 ? 1 : lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    if (length == 0 || lead > 0xf4 || length > size)
        return 0;
    *code = length == 1 ? lead : (uint32_t)lead & (0xffu >> (length + 1));
    for (size_t i = 1; i < length; i++) {
        if ((text[i] & 0xc0) != 0x80)
            return 0;
        *code = *code << 6 | (text[i] & 0x3f);
    }
    if (*code < least[length] || *code > 0x10ffff || (*code >= 0xd800 && *code <= 0xdfff))
        return 0;
    return length;
}

/* Control characters, line ends of Unicode, and what changes the direction of
 * text or cannot be seen. */
static bool
is_harmful(uint32_t code)
{
    return code < 0x20 || (code >= 0x7f && code < 0xa0) || (code >= 0x200b && code <= 0x200f) ||
           (code >= 0x2028 && code <= 0x202e) || (code >= 0x2060 && code <= 0x206f) ||
           code == 0xfeff;
}

void
wp_problem_escape(char *out, size_t room, const char *text, size_t size)
{
    size_t used = 0;

    for (size_t at = 0; at < size;) {
        uint32_t code = 0;
        size_t length = decode((const unsigned char *)text + at, size - at, &code);
        char written[16];
        int count;
        if (length == 0)
            count = snprintf(written, sizeof written, "\\x%02x", (unsigned char)text[at++]);
        else if (is_harmful(code))
            count = snprintf(written, sizeof written, code < 0x100 ? "\\x%02x" : "\\u%04x", code);
        else
            count = snprintf(written, sizeof written, "%.*s", (int)length, text + at);
        at += length;
        if (used + (size_t)count + sizeof "…" > room) {
            memcpy(out + used, "…", sizeof "…" - 1);
            used += sizeof "…" - 1;
            break;
        }
        memcpy(out + used, written, (size_t)count);
        used += (size_t)count;
    }
    out[used] = '\0';
}

bool
wp_problem_set(struct wp_problem *problem, enum wp_problem_kind kind, const char *format, ...)
{
    if (problem->kind != WP_PROBLEM_NONE)
        return false;
    char raw[sizeof problem->text];
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(raw, sizeof raw, format, arguments);
    va_end(arguments);
    size_t size = length < 0 ? 0 : (size_t)length < sizeof raw ? (size_t)length : sizeof raw - 1;
    /* A character that was cut in two is none: leave it out. */
    while (size == sizeof raw - 1 && size > 0 && ((unsigned char)raw[size - 1] & 0xc0) == 0x80)
        size--;
    problem->kind = kind;
    wp_problem_escape(problem->text, sizeof problem->text, raw, size);
    return false;
}
