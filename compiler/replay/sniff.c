/* Keys that only one format has, in the first bytes. */
#include "compiler/replay/sniff.h"

#include <string.h>

static const char *
skip_space(const char *at, const char *end)
{
    while (at < end && strchr(" \t\r\n", *at) != NULL && *at != '\0')
        at++;
    return at;
}

static bool
has(const char *head, size_t length, const char *text)
{
    return memmem(head, length, text, strlen(text)) != NULL;
}

static bool
has_all(const char *head, size_t length, const char *const *keys)
{
    for (; *keys != NULL; keys++)
        if (!has(head, length, *keys))
            return false;
    return true;
}

static enum wp_log_format
sniff_json(const char *head, size_t length)
{
    static const struct {
        enum wp_log_format format;
        const char *keys[4];
    } formats[] = {
        {WP_LOG_OKTA, {"\"eventType\"", "\"published\"", NULL}},
        {WP_LOG_ACCESS, {"\"header\"", "\"data\"", NULL}},
        {WP_LOG_ACCESS, {"\"objectType\"", "\"actorUserName\"", NULL}},
        {WP_LOG_DECISIONS, {"\"by\"", "\"effect\"", "\"generation\"", NULL}},
        {WP_LOG_JSON, {"\"remote_addr\"", NULL}},
    };
    static const char *const requests[] = {"\"ip\"", "\"device\"", "\"groups\"", "\"user\"",
                                           "\"app\""};
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
        if (has_all(head, length, formats[i].keys))
            return formats[i].format;
    for (size_t i = 0; i < sizeof requests / sizeof *requests; i++)
        if (has(head, length, requests[i]))
            return WP_LOG_REQUESTS;
    return WP_LOG_UNKNOWN;
}

static bool
is_combined(const char *line, size_t length)
{
    struct woapol_request request;
    const char *space = memchr(line, ' ', length);
    woapol_request_init(&request);
    return space != NULL && has(line, length, " [") && has(line, length, "] \"") &&
           woapol_set_address(&request, line, (size_t)(space - line));
}

enum wp_log_format
wp_sniff_format(const char *head, size_t length)
{
    const char *end = head + length, *at = skip_space(head, end);
    if (at == end)
        return WP_LOG_REQUESTS; /* nothing, of whatever kind */
    if (*at == '{' || *at == '[')
        return sniff_json(at, (size_t)(end - at));
    const char *line_end = memchr(at, '\n', (size_t)(end - at));
    size_t line = (size_t)((line_end == NULL ? end : line_end) - at);
    if (is_combined(at, line))
        return WP_LOG_NGINX;
    return memchr(at, ',', line) || memchr(at, ';', line) || memchr(at, '\t', line)
               ? WP_LOG_CSV
               : WP_LOG_UNKNOWN;
}

/* Whether the first line is a whole object by its brackets. */
static bool
is_one_line(const char *at, const char *end)
{
    struct wp_splitter splitter = {.mode = WP_SPLIT_OBJECTS};
    char out[2];
    size_t taken;
    for (; at < end; at++) {
        if (*at == '\n')
            return splitter.depth == 0;
        (void)wp_split(&splitter, at, 1, &taken, out, sizeof out);
    }
    return true; /* a long line, or the only one */
}

enum wp_split_mode
wp_sniff_split(enum wp_log_format format, const char *head, size_t length)
{
    const char *end = head + length, *at = skip_space(head, end);
    if (format == WP_LOG_CSV)
        return WP_SPLIT_QUOTED;
    if (format == WP_LOG_NGINX || at == end)
        return WP_SPLIT_LINES;
    if (format == WP_LOG_ACCESS && *at == '{' && has(at, (size_t)(end - at), "\"header\""))
        return WP_SPLIT_ROWS;
    if (*at == '[' && !(format == WP_LOG_ACCESS && skip_space(at + 1, end) < end &&
                        memchr("0123456789", *skip_space(at + 1, end), 10)))
        return WP_SPLIT_ARRAY;
    return is_one_line(at, end) ? WP_SPLIT_LINES : WP_SPLIT_OBJECTS;
}
