/* Findings for a person: the frame around the places and the fixes, and the
 * closing lines. */
#include <stdio.h>
#include <string.h>

#include "arena.h"
#include "render.h"

/* More than anybody reads; the rest is counted. */
#define MOST_FINDINGS 500

static enum wp_ink
severity_ink(enum wp_severity severity)
{
    switch (severity) {
    case WP_NOTE:
        return WP_INK_NOTE;
    case WP_WARNING:
        return WP_INK_WARNING;
    case WP_ERROR:
        return WP_INK_ERROR;
    }
    return WP_INK_PLAIN;
}

static uint32_t
larger(uint32_t a, uint32_t b)
{
    return a > b ? a : b;
}

/* The largest line number that the place can make us print. */
static uint32_t
last_line(const struct wp_pen *pen, struct wp_span span, uint32_t end)
{
    return span.file < pen->sources->count ? wp_locate(pen->sources, span.file, end).line : 1;
}

static unsigned
gutter_width(const struct wp_pen *pen, const struct wp_diagnostic *finding)
{
    uint32_t line = last_line(pen, finding->span, finding->span.end);
    for (const struct wp_label *label = finding->labels; label != NULL; label = label->next)
        line = larger(line, last_line(pen, label->span, label->span.end));
    for (const struct wp_fix *fix = finding->fixes; fix != NULL; fix = fix->next) {
        line = larger(line, last_line(pen, fix->span, fix->span.end));
        uint32_t new_line = last_line(pen, fix->span, fix->span.start);
        for (const char *at = fix->replacement; (at = strchr(at, '\n')) != NULL; at++)
            new_line++;
        line = larger(line, new_line);
    }
    unsigned digits = 1;
    for (; line >= 10; line /= 10)
        digits++;
    return digits;
}

static void
put_remark(const struct wp_pen *pen, const char *kind, const char *text)
{
    wp_pen_repeat(pen, WP_INK_PLAIN, ' ', pen->gutter + 1);
    wp_pen_put(pen, WP_INK_GUTTER, "= ");
    wp_pen_put(pen, WP_INK_BOLD, kind);
    wp_pen_put(pen, WP_INK_PLAIN, ": ");
    /* Further lines stand below the first. */
    for (;;) {
        size_t length = strcspn(text, "\n");
        wp_pen_quote(pen, WP_INK_PLAIN, wp_copy_text(pen->arena, text, length));
        wp_pen_put(pen, WP_INK_PLAIN, "\n");
        if (text[length] == '\0')
            return;
        text += length + 1;
        wp_pen_repeat(pen, WP_INK_PLAIN, ' ', pen->gutter + 5 + (unsigned)strlen(kind));
    }
}

static void
put_reasons(const struct wp_pen *pen, const struct wp_diagnostic *finding)
{
    const char *names = "";
    for (size_t i = 0; i < finding->by_count; i++)
        names = wp_format(pen->arena, "%s%s%s", names, i == 0 ? "" : ", ", finding->by[i]);
    if (finding->by_count > 0)
        put_remark(pen, "by", names);
    if (finding->witness != NULL)
        put_remark(pen, "witness", finding->witness);
}

static void
render_finding(struct wp_pen *pen, const struct wp_diagnostic *finding)
{
    enum wp_ink ink = severity_ink(finding->severity);
    pen->gutter = gutter_width(pen, finding);
    wp_pen_put(pen, ink,
               wp_format(pen->arena, "%s[WOA%04d]", wp_severity_text(finding->severity),
                         wp_diagnostic_infos[finding->kind].code));
    wp_pen_put(pen, WP_INK_BOLD, ": ");
    wp_pen_quote(pen, WP_INK_BOLD, finding->message);
    wp_pen_put(pen, WP_INK_PLAIN, "\n");
    wp_render_places(pen, finding, ink);
    bool has_more = finding->remarks != NULL || finding->by_count > 0 || finding->witness != NULL;
    if (has_more && finding->span.file < pen->sources->count)
        wp_pen_gutter(pen, 0, "|\n");
    put_reasons(pen, finding);
    for (const struct wp_remark *remark = finding->remarks; remark != NULL; remark = remark->next)
        put_remark(pen, remark->is_help ? "help" : "note", remark->text);
    for (const struct wp_fix *fix = finding->fixes; fix != NULL; fix = fix->next)
        wp_render_fix(pen, finding, fix);
    wp_pen_put(pen, WP_INK_PLAIN, "\n");
}

static const char *
count_text(const struct wp_pen *pen, size_t count, const char *thing)
{
    return wp_format(pen->arena, "%zu %s%s", count, thing, count == 1 ? "" : "s");
}

static void
put_summary(const struct wp_pen *pen, const struct wp_diagnostics *list, size_t hidden)
{
    size_t notes = 0;
    for (const struct wp_diagnostic *finding = list->first; finding != NULL;
         finding = finding->next)
        notes += finding->severity == WP_NOTE;
    const char *text = "";
    const char *parts[] = {list->errors == 0 ? "" : count_text(pen, list->errors, "error"),
                           list->warnings == 0 ? "" : count_text(pen, list->warnings, "warning"),
                           notes == 0 ? "" : count_text(pen, notes, "note")};
    for (size_t i = 0; i < 3; i++)
        if (parts[i][0] != '\0')
            text = wp_format(pen->arena, "%s%s%s", text, text[0] == '\0' ? "" : ", ", parts[i]);
    if (hidden > 0)
        text = wp_format(pen->arena, "%s (%zu of them not shown)", text, hidden);
    enum wp_severity worst = list->errors > 0     ? WP_ERROR
                             : list->warnings > 0 ? WP_WARNING
                                                  : WP_NOTE;
    const struct wp_diagnostic *first = list->first;
    while (first->severity != worst && first->next != NULL)
        first = first->next;
    wp_pen_put(pen, severity_ink(worst), text);
    wp_pen_put(pen, WP_INK_PLAIN,
               wp_format(pen->arena, "; 'woapol explain WOA%04d' says more\n",
                         wp_diagnostic_infos[first->kind].code));
}

void
wp_render_text(const struct wp_diagnostics *list, bool colour, unsigned width, wp_write write,
               void *context)
{
    struct wp_pen pen = {.write = write,
                         .context = context,
                         .colour = colour,
                         .width = width,
                         .sources = list->sources,
                         .arena = list->arena};
    size_t shown = 0, hidden = 0;
    for (const struct wp_diagnostic *finding = list->first; finding != NULL;
         finding = finding->next) {
        if (shown == MOST_FINDINGS) {
            hidden++;
            continue;
        }
        render_finding(&pen, finding);
        shown++;
    }
    if (shown > 0)
        put_summary(&pen, list, hidden);
}
