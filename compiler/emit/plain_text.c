#include "compiler/emit/plain_text.h"

#include <string.h>

/* A control character at `c`, alone or as the two bytes of UTF-8 that some terminals
 * take for one: how many bytes it has, 0 when it is none. */
static size_t
control_length(const char *c)
{
    unsigned char first = (unsigned char)c[0], second = first ? (unsigned char)c[1] : 0;

    if (first < ' ' || first == 0x7f)
        return 1;
    return first == 0xc2 && second >= 0x80 && second < 0xa0 ? 2 : 0;
}

const char *
wp_plain_text(struct wp_arena *arena, const char *text)
{
    char *plain = wp_alloc(arena, strlen(text) + 1), *to = plain;

    while (*text) {
        size_t control = control_length(text);
        *to++ = control ? '?' : *text;
        text += control ? control : 1;
    }
    return plain;
}

const char *
wp_quoted_text(struct wp_arena *arena, const char *plain)
{
    char *quoted = wp_alloc(arena, 2 * strlen(plain) + 3), *to = quoted;

    *to++ = '"';
    for (; *plain; plain++) {
        if (*plain == '"' || *plain == '\\')
            *to++ = '\\';
        *to++ = *plain;
    }
    *to = '"';
    return quoted;
}
