#include "compiler/replay/csv.h"

#include <string.h>

char
wp_csv_separator(struct woapol_text head)
{
    static const char separators[] = ",;\t";
    size_t most = 0;
    char found = ',';
    for (const char *separator = separators; *separator != '\0'; separator++) {
        size_t count = 0;
        for (size_t i = 0; i < head.length; i++)
            count += head.text[i] == *separator;
        if (count > most) {
            most = count;
            found = *separator;
        }
    }
    return found;
}

/* Unquotes what stands from `at` on; where it ended, or NULL. */
static char *
unquote(char *at, const char *end, struct woapol_text *column)
{
    char *to = ++at;
    column->text = at;
    while (at < end) {
        if (*at == '"') {
            if (at + 1 == end || at[1] != '"') {
                column->length = (size_t)(to - column->text);
                return at + 1;
            }
            at++;
        }
        *to++ = *at++;
    }
    return NULL;
}

size_t
wp_csv_split(char *line, size_t length, char separator,
             struct woapol_text columns[WP_CSV_COLUMNS_MAX])
{
    char *at = line, *end = line + length;
    size_t count = 0;
    while (true) {
        if (count == WP_CSV_COLUMNS_MAX)
            return SIZE_MAX;
        struct woapol_text *column = &columns[count++];
        if (at < end && *at == '"') {
            at = unquote(at, end, column);
            if (at == NULL || (at < end && *at != separator))
                return SIZE_MAX;
        } else {
            char *stop = at < end ? memchr(at, separator, (size_t)(end - at)) : NULL;
            *column = (struct woapol_text){at, (size_t)((stop == NULL ? end : stop) - at)};
            at = stop == NULL ? end : stop;
        }
        if (at == end)
            return count;
        at++;
    }
}
