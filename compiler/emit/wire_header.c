/* Header fields that libcurl leaves to us: numbers, dates, links. They come from
 * a server that may mean ill; nothing here reads beyond the NUL. */
#include "compiler/emit/wire.h"

#include <string.h>
#include <strings.h>

static bool
is_blank(char byte)
{
    return byte == ' ' || byte == '\t';
}

static const char *
skip_blanks(const char *text)
{
    while (is_blank(*text))
        text++;
    return text;
}

/* The digits at *text, `least` to `most` of them. */
static bool
read_digits(const char **text, unsigned least, unsigned most, int64_t *value)
{
    unsigned count = 0;
    *value = 0;
    while (count < most && **text >= '0' && **text <= '9') {
        *value = *value * 10 + (**text - '0');
        ++*text;
        count++;
    }
    return count >= least;
}

int64_t
wp_header_number(const char *text)
{
    int64_t value;
    text = skip_blanks(text);
    if (!read_digits(&text, 1, 15, &value))
        return -1;
    return *skip_blanks(text) == '\0' ? value : -1;
}

/* Days from 1970 to a date of the Gregorian calendar; the year begins in March,
 * so that the leap day is the last of it. */
static int64_t
days_to(int64_t year, int64_t month, int64_t day)
{
    int64_t y = month <= 2 ? year - 1 : year;
    int64_t m = month <= 2 ? month + 9 : month - 3;
    return y * 365 + y / 4 - y / 100 + y / 400 + (m * 153 + 2) / 5 + day - 1 - 719468;
}

static bool
read_word(const char **text, const char *word)
{
    size_t length = strlen(word);
    if (strncmp(*text, word, length) != 0)
        return false;
    *text += length;
    return true;
}

static bool
read_clock(const char **text, int64_t *seconds)
{
    int64_t hour, minute, second;
    if (!read_digits(text, 2, 2, &hour) || !read_word(text, ":") ||
        !read_digits(text, 2, 2, &minute) || !read_word(text, ":") ||
        !read_digits(text, 2, 2, &second) || hour > 23 || minute > 59 || second > 60)
        return false;
    *seconds = hour * 3600 + minute * 60 + second;
    return true;
}

int64_t
wp_header_date(const char *text)
{
    static const char days[] = "SunMonTueWedThuFriSat";
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    char name[4] = {0};
    int64_t day, year, seconds;

    text = skip_blanks(text);
    if (strnlen(text, 4) < 4)
        return -1;
    memcpy(name, text, 3);
    const char *found = strstr(days, name);
    if (found == NULL || (found - days) % 3 != 0)
        return -1;
    text += 3;
    if (!read_word(&text, ", ") || !read_digits(&text, 2, 2, &day) || !read_word(&text, " ") ||
        strnlen(text, 4) < 4)
        return -1;
    memcpy(name, text, 3);
    found = strstr(months, name);
    if (found == NULL || (found - months) % 3 != 0)
        return -1;
    int64_t month = (found - months) / 3 + 1;
    text += 3;
    if (!read_word(&text, " ") || !read_digits(&text, 4, 4, &year) || !read_word(&text, " ") ||
        !read_clock(&text, &seconds) || !read_word(&text, " GMT") || *skip_blanks(text) != '\0' ||
        day < 1 || day > 31 || year < 1970)
        return -1;
    return days_to(year, month, day) * 86400 + seconds;
}

/* The end of a token or a quoted string at `text`. */
static const char *
value_end(const char *text)
{
    if (*text != '"')
        return text + strcspn(text, " \t;,");
    for (text++; *text != '\0' && *text != '"'; text++)
        if (*text == '\\' && text[1] != '\0')
            text++;
    return *text == '"' ? text + 1 : text;
}

/* Whether the blank-separated words from `from` to `to` hold `relation`. */
static bool
holds_word(const char *from, const char *to, const char *relation)
{
    size_t length = strlen(relation);
    while (from < to) {
        const char *end = from;
        while (end < to && !is_blank(*end))
            end++;
        if ((size_t)(end - from) == length && strncasecmp(from, relation, length) == 0)
            return true;
        from = end < to ? end + 1 : end;
    }
    return false;
}

/* Reads the parameters behind a link's target; *text is then at the "," behind
 * them or at the end. Only the first `rel` counts (RFC 8288, 3.3). */
static bool
read_parameters(const char **text, const char *relation)
{
    bool found = false, seen = false;
    const char *at = skip_blanks(*text);

    while (*at == ';') {
        at = skip_blanks(at + 1);
        const char *name = at;
        size_t length = strcspn(at, " \t=;,");
        at = skip_blanks(at + length);
        if (*at != '=')
            continue;
        const char *value = skip_blanks(at + 1);
        const char *end = value_end(value);
        at = skip_blanks(end);
        if (length != 3 || strncasecmp(name, "rel", 3) != 0 || seen)
            continue;
        seen = true;
        bool quoted = *value == '"' && end - value >= 2;
        found = holds_word(value + quoted, end - quoted, relation);
    }
    *text = at;
    return found;
}

bool
wp_header_link(const char *text, const char *relation, const char **target, size_t *size)
{
    for (;;) {
        text += strspn(text, " \t,");
        if (*text != '<')
            return false;
        const char *start = text + 1;
        const char *end = strchr(start, '>');
        if (end == NULL)
            return false;
        text = end + 1;
        if (read_parameters(&text, relation)) {
            *target = start;
            *size = (size_t)(end - start);
            return true;
        }
        /* What is neither a parameter nor the next link: pass over it. */
        text += strcspn(text, ",");
    }
}
