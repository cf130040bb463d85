#include "compiler/analysis/text.h"
#include "compiler/analysis/vector.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>

static void
add_bytes(struct wp_text *text, const char *bytes, size_t length)
{
    text->bytes =
        wp_vector_reserve(text->arena, text->bytes, &text->room, text->length + length + 1, 1);
    memcpy(text->bytes + text->length, bytes, length);
    text->length += length;
    text->bytes[text->length] = '\0';
}

void
wp_text_add(struct wp_text *text, const char *more)
{
    add_bytes(text, more, strlen(more));
}

void
wp_text_printf(struct wp_text *text, const char *format, ...)
{
    va_list arguments, again;

    va_start(arguments, format);
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, arguments);
    if (length > 0) {
        text->bytes = wp_vector_reserve(text->arena, text->bytes, &text->room,
                                        text->length + (size_t)length + 1, 1);
        (void)vsnprintf(text->bytes + text->length, (size_t)length + 1, format, again);
        text->length += (size_t)length;
    }
    va_end(again);
    va_end(arguments);
}

void
wp_text_json(struct wp_text *text, const char *string)
{
    add_bytes(text, "\"", 1);
    for (; *string; string++) {
        unsigned char byte = (unsigned char)*string;
        if (byte < 0x20 || byte == 0x7f)
            wp_text_printf(text, "\\u%04x", byte);
        else if (byte == '"' || byte == '\\')
            wp_text_printf(text, "\\%c", byte);
        else
            add_bytes(text, string, 1);
    }
    add_bytes(text, "\"", 1);
}

void
wp_text_name(struct wp_text *text, const char *name)
{
    const char *at = name;

    while (isalnum((unsigned char)*at) || *at == '_')
        at++;
    if (*name && !*at && !isdigit((unsigned char)*name)) {
        wp_text_add(text, name);
        return;
    }
    add_bytes(text, "\"", 1);
    for (; *name; name++) {
        if (*name == '"' || *name == '\\')
            add_bytes(text, "\\", 1);
        add_bytes(text, name, 1);
    }
    add_bytes(text, "\"", 1);
}
