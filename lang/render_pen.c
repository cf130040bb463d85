/* The pen of the text renderer: colour, quoting, windows on long lines. */
#include <stdio.h>
#include <string.h>

#include "columns.h"
#include "render.h"

#define LONGEST_TEXT 2000
#define CUT "..."
#define CUT_COLUMNS 3

static void
put(const struct wp_pen *pen, const char *text, size_t length)
{
    if (length > 0)
        pen->write(pen->context, text, length);
}

static void
start_ink(const struct wp_pen *pen, enum wp_ink ink)
{
    static const char *const codes[] = {
        [WP_INK_PLAIN] = "",
        [WP_INK_BOLD] = "\033[1m",
        [WP_INK_ERROR] = "\033[1;31m",
        [WP_INK_WARNING] = "\033[1;33m",
        [WP_INK_NOTE] = "\033[1;32m",
        [WP_INK_HELP] = "\033[1;36m",
        [WP_INK_GUTTER] = "\033[1;34m",
        [WP_INK_ADDED] = "\033[32m",
        [WP_INK_REMOVED] = "\033[31m",
    };
    if (pen->colour)
        put(pen, codes[ink], strlen(codes[ink]));
}

static void
end_ink(const struct wp_pen *pen, enum wp_ink ink)
{
    if (pen->colour && ink != WP_INK_PLAIN)
        put(pen, "\033[0m", 4);
}

void
wp_pen_put(const struct wp_pen *pen, enum wp_ink ink, const char *text)
{
    start_ink(pen, ink);
    put(pen, text, strlen(text));
    end_ink(pen, ink);
}

void
wp_pen_repeat(const struct wp_pen *pen, enum wp_ink ink, char c, unsigned count)
{
    char piece[64];
    memset(piece, c, sizeof piece);
    if (count == 0)
        return;
    start_ink(pen, ink);
    for (; count > sizeof piece; count -= (unsigned)sizeof piece)
        put(pen, piece, sizeof piece);
    put(pen, piece, count);
    end_ink(pen, ink);
}

void
wp_pen_quote(const struct wp_pen *pen, enum wp_ink ink, const char *text)
{
    size_t length = strlen(text);
    bool cut = length > LONGEST_TEXT;
    if (cut)
        length = LONGEST_TEXT;
    start_ink(pen, ink);
    for (size_t at = 0; at < length;) {
        struct wp_glyph glyph = wp_glyph_at(text + at, length - at, 0);
        if (text[at] == '\t' || text[at] == '\n')
            put(pen, " ", 1);
        else if (!glyph.printable)
            put(pen, "\xef\xbf\xbd", 3);
        else
            put(pen, text + at, glyph.bytes);
        at += glyph.bytes;
    }
    if (cut)
        put(pen, CUT, CUT_COLUMNS);
    end_ink(pen, ink);
}

void
wp_pen_gutter(const struct wp_pen *pen, uint32_t line, const char *bar)
{
    char text[64];
    if (line == 0)
        (void)snprintf(text, sizeof text, "%*s %s", (int)pen->gutter, "", bar);
    else
        (void)snprintf(text, sizeof text, "%*u %s", (int)pen->gutter, line, bar);
    wp_pen_put(pen, WP_INK_GUTTER, text);
}

struct wp_window
wp_choose_window(unsigned total, unsigned low, unsigned high, unsigned room)
{
    if (room == 0 || total <= room)
        return (struct wp_window){0, total};
    unsigned left = 0;
    if (high + CUT_COLUMNS > room) {
        /* What matters in the middle if it fits, else its beginning near the left. */
        unsigned extent = high - low;
        unsigned before = extent + 2 * CUT_COLUMNS + 2 < room ? (room - extent) / 2 : room / 4;
        left = low > before ? low - before : 0;
    }
    if (left > total - room)
        left = total - room;
    return (struct wp_window){left, left + room};
}

/* Puts the glyphs from column `from` up to column `to`, of which blanks are those
 * that do not fit whole. */
static void
put_columns(const struct wp_pen *pen, const char *text, size_t length, unsigned from, unsigned to)
{
    unsigned column = 0;
    for (size_t at = 0; at < length && column < to;) {
        struct wp_glyph glyph = wp_glyph_at(text + at, length - at, column);
        unsigned end = column + glyph.columns;
        if (end > from && (text[at] == '\t' || column < from || end > to)) {
            unsigned left = column < from ? from : column, right = end > to ? to : end;
            wp_pen_repeat(pen, WP_INK_PLAIN, ' ', right - left);
        } else if (column >= from && !glyph.printable) {
            put(pen, "\xef\xbf\xbd", 3);
        } else if (column >= from) {
            put(pen, text + at, glyph.bytes);
        }
        column = end;
        at += glyph.bytes;
    }
}

/* The length without the blanks at the end. */
static size_t
trim(const char *text, size_t length)
{
    while (length > 0 && (text[length - 1] == ' ' || text[length - 1] == '\t'))
        length--;
    return length;
}

void
wp_pen_line(const struct wp_pen *pen, const char *text, size_t length, struct wp_window window)
{
    length = trim(text, length);
    unsigned total = wp_columns(text, length);
    unsigned from = window.left, to = window.right;
    if (from > 0) {
        put(pen, CUT, CUT_COLUMNS);
        from += CUT_COLUMNS;
    }
    if (to < total) {
        put_columns(pen, text, length, from, to - CUT_COLUMNS);
        put(pen, CUT, CUT_COLUMNS);
        return;
    }
    put_columns(pen, text, length, from, total);
}
