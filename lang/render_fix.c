/* What a fix would change: the changed line with a mark below, or, for several
 * lines or a removal, the old lines and the new ones. */
#include <string.h>

#include "arena.h"
#include "columns.h"
#include "render.h"

#define MOST_LINES 12

/* A text of some lines. */
struct lines {
    const char *text;
    size_t length;
};

/* The lines that the fix touches, as they are and as they would be. */
struct change {
    struct lines old, new;
    uint32_t line;        /* number of the first */
    size_t before, after; /* bytes of them outside the fix */
};

static const char *
applicability_text(enum wp_applicability applicability)
{
    switch (applicability) {
    case WP_FIX_SAFE:
        return "safe";
    case WP_FIX_CHANGES_DECISIONS:
        return "changes decisions";
    case WP_FIX_NEEDS_INPUT:
        return "fill in the blank";
    }
    return "";
}

static void
find_change(struct wp_pen *pen, const struct wp_fix *fix, struct change *change)
{
    const struct wp_source *source = &pen->sources->files[fix->span.file];
    uint32_t end = fix->span.end > source->length ? source->length : fix->span.end;
    uint32_t start = fix->span.start > end ? end : fix->span.start;
    uint32_t length, last = wp_locate(pen->sources, fix->span.file, end).line;
    change->line = wp_locate(pen->sources, fix->span.file, start).line;
    const char *first_text = wp_line_text(pen->sources, fix->span.file, change->line, &length);
    const char *last_text = wp_line_text(pen->sources, fix->span.file, last, &length);
    const char *stop = last_text + length;
    if (stop < source->text + end)
        stop = source->text + end;
    change->before = (size_t)(source->text + start - first_text);
    change->after = (size_t)(stop - (source->text + end));
    change->old = (struct lines){first_text, (size_t)(stop - first_text)};
    size_t added = strlen(fix->replacement);
    char *text = wp_alloc(pen->arena, change->before + added + change->after + 1);
    memcpy(text, first_text, change->before);
    memcpy(text + change->before, fix->replacement, added);
    memcpy(text + change->before + added, source->text + end, change->after);
    change->new = (struct lines){text, change->before + added + change->after};
}

static unsigned
room_for_text(const struct wp_pen *pen)
{
    unsigned taken = pen->gutter + 3;
    return pen->width == 0 ? 0 : pen->width > taken + 20 ? pen->width - taken : 20;
}

/* One line changed within: the new line, and what is new in it marked. */
static void
put_changed_line(struct wp_pen *pen, const struct change *change, const struct wp_fix *fix)
{
    unsigned low = wp_columns(change->new.text, change->before);
    unsigned high = wp_columns(change->new.text, change->new.length - change->after);
    unsigned total = wp_columns(change->new.text, change->new.length);
    struct wp_window window = wp_choose_window(total, low, high, room_for_text(pen));
    low = low < window.left ? window.left : low;
    high = high > window.right ? window.right : high;
    wp_pen_gutter(pen, change->line, "| ");
    wp_pen_line(pen, change->new.text, change->new.length, window);
    wp_pen_put(pen, WP_INK_PLAIN, "\n");
    wp_pen_gutter(pen, 0, "| ");
    wp_pen_repeat(pen, WP_INK_PLAIN, ' ', low - window.left);
    wp_pen_repeat(pen, WP_INK_ADDED, fix->span.start == fix->span.end ? '+' : '~',
                  high > low ? high - low : 1);
    wp_pen_put(pen, WP_INK_PLAIN, "\n");
}

/* The first line of `lines`, which is moved past it; false at the end. */
static bool
take_line(struct lines *lines, struct lines *line)
{
    if (lines->text == NULL)
        return false;
    const char *end = memchr(lines->text, '\n', lines->length);
    *line = *lines;
    if (end == NULL) {
        lines->text = NULL;
        return true;
    }
    line->length = (size_t)(end - lines->text);
    lines->length -= line->length + 1;
    lines->text = end + 1;
    return true;
}

static bool
same_line(struct lines a, struct lines b)
{
    return a.length == b.length && memcmp(a.text, b.text, a.length) == 0;
}

/* Removes the lines at the beginning that both have; returns how many. */
static uint32_t
skip_same_head(struct lines *a, struct lines *b)
{
    uint32_t count = 0;
    for (;;) {
        struct lines rest_a = *a, rest_b = *b, line_a, line_b;
        if (!take_line(&rest_a, &line_a) || !take_line(&rest_b, &line_b) ||
            !same_line(line_a, line_b))
            return count;
        *a = rest_a;
        *b = rest_b;
        count++;
    }
}

/* Removes the lines at the end that both have. */
static void
skip_same_tail(struct lines *a, struct lines *b)
{
    while (a->text != NULL && b->text != NULL) {
        const char *cut_a = memrchr(a->text, '\n', a->length);
        const char *cut_b = memrchr(b->text, '\n', b->length);
        const char *last_a = cut_a == NULL ? a->text : cut_a + 1;
        const char *last_b = cut_b == NULL ? b->text : cut_b + 1;
        struct lines line_a = {last_a, (size_t)(a->text + a->length - last_a)};
        struct lines line_b = {last_b, (size_t)(b->text + b->length - last_b)};
        if (!same_line(line_a, line_b))
            return;
        *a = cut_a == NULL ? (struct lines){0} : (struct lines){a->text, (size_t)(cut_a - a->text)};
        *b = cut_b == NULL ? (struct lines){0} : (struct lines){b->text, (size_t)(cut_b - b->text)};
    }
}

static void
put_lines(const struct wp_pen *pen, struct lines lines, uint32_t number, const char *sign,
          enum wp_ink ink)
{
    struct lines line;
    for (unsigned i = 0; take_line(&lines, &line); i++, number++) {
        if (i == MOST_LINES) {
            wp_pen_gutter(pen, 0, "...\n");
            return;
        }
        unsigned total = wp_columns(line.text, line.length);
        wp_pen_gutter(pen, number, "");
        wp_pen_put(pen, ink, sign);
        if (line.length > 0)
            wp_pen_put(pen, WP_INK_PLAIN, " ");
        wp_pen_line(pen, line.text, line.length,
                    wp_choose_window(total, 0, total, room_for_text(pen)));
        wp_pen_put(pen, WP_INK_PLAIN, "\n");
    }
}

static void
put_change(struct wp_pen *pen, struct change *change, const struct wp_fix *fix)
{
    bool one_line = memchr(change->old.text, '\n', change->old.length) == NULL &&
                    memchr(change->new.text, '\n', change->new.length) == NULL;
    if (one_line && fix->replacement[0] != '\0') {
        put_changed_line(pen, change, fix);
        return;
    }
    uint32_t line = change->line + skip_same_head(&change->old, &change->new);
    skip_same_tail(&change->old, &change->new);
    put_lines(pen, change->old, line, "-", WP_INK_REMOVED);
    /* An empty line that a removal leaves behind is nothing that is added. */
    if (change->new.length > 0 || fix->replacement[0] != '\0')
        put_lines(pen, change->new, line, "+", WP_INK_ADDED);
}

void
wp_render_fix(struct wp_pen *pen, const struct wp_diagnostic *finding, const struct wp_fix *fix)
{
    wp_pen_put(pen, WP_INK_HELP, "help");
    wp_pen_put(pen, WP_INK_PLAIN, ": ");
    wp_pen_quote(pen, WP_INK_PLAIN, fix->title);
    wp_pen_put(pen, WP_INK_PLAIN, " (");
    wp_pen_put(pen, WP_INK_PLAIN, applicability_text(fix->applicability));
    wp_pen_put(pen, WP_INK_PLAIN, ")\n");
    if (fix->span.file >= pen->sources->count)
        return;
    if (fix->span.file != finding->span.file) {
        wp_pen_repeat(pen, WP_INK_PLAIN, ' ', pen->gutter);
        wp_pen_put(pen, WP_INK_GUTTER, "--> ");
        wp_pen_quote(pen, WP_INK_PLAIN, pen->sources->files[fix->span.file].name);
        wp_pen_put(pen, WP_INK_PLAIN, "\n");
    }
    wp_pen_gutter(pen, 0, "|\n");
    struct change change;
    find_change(pen, fix, &change);
    put_change(pen, &change, fix);
}
