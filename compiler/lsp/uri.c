#include "compiler/lsp/uri.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

static int
hex(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

const char *
wp_lsp_path_of_uri(struct wp_arena *arena, const char *uri)
{
    if (strncasecmp(uri, "file://", 7) != 0)
        return wp_copy_text(arena, uri, strlen(uri));
    const char *from = strchr(uri + 7, '/'); /* behind the host, which is this one */
    if (from == NULL)
        return wp_copy_text(arena, uri, strlen(uri));
    char *path = wp_copy_text(arena, from, strlen(from)), *to = path;
    for (; *from != '\0'; from++) {
        int high = *from == '%' ? hex(from[1]) : -1, low = high >= 0 ? hex(from[2]) : -1;
        /* A NUL would end the path. */
        bool escape = low >= 0 && high * 16 + low != 0;
        *to++ = escape ? (char)(high * 16 + low) : *from;
        if (escape)
            from += 2;
    }
    *to = '\0';
    return path;
}

static bool
is_plain(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c != '\0' && strchr("/-._~", c) != NULL);
}

const char *
wp_lsp_uri_of_path(struct wp_arena *arena, const char *path)
{
    static const char digits[] = "0123456789ABCDEF";
    if (path[0] != '/')
        return path;
    char *uri = wp_alloc(arena, strlen(path) * 3 + 8), *to = uri + 7;
    memcpy(uri, "file://", 7);
    for (; *path != '\0'; path++) {
        if (is_plain(*path)) {
            *to++ = *path;
            continue;
        }
        *to++ = '%';
        *to++ = digits[(unsigned char)*path >> 4];
        *to++ = digits[(unsigned char)*path & 15];
    }
    return uri;
}
