/*
 * The source lines of a finding with its places marked.
 *
 * A place within one line is underlined: ^^^^ the primary one, ---- the others.
 * A place over several lines gets a lane left of the source, from / to |__^. The
 * label of the rightmost place stands beside it, those of the others hang below.
 */
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "columns.h"
#include "render.h"

#define MOST_LANES 8

struct mark {
    struct wp_span span;
    const char *text; /* or NULL */
    bool primary;
    uint32_t first, last; /* lines */
    unsigned start, end;  /* columns on the first and the last line; end exclusive */
    int lane;             /* -1: within one line */
};

/* The marks of one file. */
struct view {
    struct wp_pen *pen;
    enum wp_ink ink;
    uint32_t file;
    struct mark *marks; /* sorted by place */
    size_t count;
    unsigned lanes;
};

/* The marks that one line underlines, and its row of underlines. */
struct row {
    const struct mark **marks;
    size_t count;
    struct wp_window window;
    char *cells;
    unsigned char *inks;
    unsigned width;
};

/* ---- where the marks are ------------------------------------------------------ */

static unsigned
column_of(struct wp_pen *pen, uint32_t file, uint32_t line, uint32_t offset)
{
    uint32_t length;
    const char *text = wp_line_text(pen->sources, file, line, &length);
    size_t into = (size_t)offset - (size_t)(text - pen->sources->files[file].text);
    if (offset < (size_t)(text - pen->sources->files[file].text))
        into = 0;
    return wp_columns(text, into > length ? length : into);
}

static void
place_mark(struct wp_pen *pen, struct mark *mark)
{
    struct wp_span span = mark->span;
    uint32_t size = pen->sources->files[span.file].length;
    span.start = span.start > size ? size : span.start;
    span.end = span.end > size ? size : span.end;
    /* The line of the last byte: a span that takes in a line's end ends there. */
    uint32_t last = span.end > span.start ? span.end - 1 : span.start;
    mark->first = wp_locate(pen->sources, span.file, span.start).line;
    mark->last = wp_locate(pen->sources, span.file, last).line;
    mark->start = column_of(pen, span.file, mark->first, span.start);
    mark->end = column_of(pen, span.file, mark->last, span.end);
    mark->lane = -1;
    if (mark->first == mark->last && mark->end <= mark->start)
        mark->end = mark->start + 1;
    if (mark->end == 0)
        mark->end = 1;
}

static int
compare_marks(const void *left, const void *right)
{
    const struct mark *a = left, *b = right;
    if (a->span.start != b->span.start)
        return a->span.start < b->span.start ? -1 : 1;
    if (a->span.end != b->span.end)
        return a->span.end > b->span.end ? -1 : 1;
    return (int)b->primary - (int)a->primary;
}

/* Gives each mark of several lines a lane that is free on its lines. With no lane
 * left it is shown by its first line alone. */
static void
assign_lanes(struct view *view)
{
    uint32_t taken[MOST_LANES] = {0}; /* up to this line */
    for (size_t i = 0; i < view->count; i++) {
        struct mark *mark = &view->marks[i];
        if (mark->first == mark->last)
            continue;
        unsigned lane = 0;
        while (lane < MOST_LANES && taken[lane] >= mark->first)
            lane++;
        if (lane == MOST_LANES) {
            mark->last = mark->first;
            mark->end = mark->start + 1;
            continue;
        }
        taken[lane] = mark->last;
        mark->lane = (int)lane;
        if (lane + 1 > view->lanes)
            view->lanes = lane + 1;
    }
}

/* ---- lanes --------------------------------------------------------------------- */

static enum wp_ink
ink_of(const struct view *view, const struct mark *mark)
{
    return mark->primary ? view->ink : WP_INK_GUTTER;
}

static const struct mark *
mark_in_lane(const struct view *view, unsigned lane, uint32_t line)
{
    for (size_t i = 0; i < view->count; i++) {
        const struct mark *mark = &view->marks[i];
        if (mark->lane == (int)lane && mark->first <= line && mark->last >= line)
            return mark;
    }
    return NULL;
}

/* Puts the lanes below `limit` beside a line; `below`: beside a row under it. */
static void
put_lanes(const struct view *view, uint32_t line, unsigned limit, bool below)
{
    for (unsigned lane = 0; lane < limit; lane++) {
        const struct mark *mark = mark_in_lane(view, lane, line);
        if (mark == NULL)
            wp_pen_put(view->pen, WP_INK_PLAIN, "  ");
        else
            wp_pen_put(view->pen, ink_of(view, mark), !below && mark->first == line ? " /" : " |");
    }
}

/* The row below a line on which the mark's lane ends: | |____^ label */
static void
put_lane_end(const struct view *view, const struct mark *mark, uint32_t line,
             struct wp_window window)
{
    struct wp_pen *pen = view->pen;
    enum wp_ink ink = ink_of(view, mark);
    unsigned lane = (unsigned)mark->lane;
    unsigned end = mark->end <= window.left ? 1 : mark->end - window.left;
    if (end > window.right - window.left + 1)
        end = window.right - window.left + 1;
    wp_pen_gutter(pen, 0, "|");
    put_lanes(view, line, lane, true);
    wp_pen_put(pen, ink, " |");
    wp_pen_repeat(pen, ink, '_', (view->lanes - lane - 1) * 2 + end);
    wp_pen_put(pen, ink, mark->primary ? "^" : "-");
    if (mark->text != NULL) {
        wp_pen_put(pen, WP_INK_PLAIN, " ");
        wp_pen_quote(pen, ink, mark->text);
    }
    wp_pen_put(pen, WP_INK_PLAIN, "\n");
}

/* ---- underlines ------------------------------------------------------------------ */

/* The columns of a mark within the row's window. */
static void
clip(const struct row *row, const struct mark *mark, unsigned *from, unsigned *to)
{
    unsigned left = row->window.left;
    unsigned width = row->width;
    *from = mark->start <= left ? 0 : mark->start - left;
    *to = mark->end <= left ? 1 : mark->end - left;
    if (*from >= width)
        *from = width - 1;
    if (*to > width)
        *to = width;
    if (*to <= *from)
        *to = *from + 1;
}

static void
draw(struct row *row, unsigned from, unsigned to, char c, enum wp_ink ink)
{
    memset(row->cells + from, c, to - from);
    memset(row->inks + from, (int)ink, to - from);
}

/* Puts the row's first `width` cells, in runs of one ink, after gutter and lanes. */
static void
put_cells(const struct view *view, const struct row *row, uint32_t line, unsigned width)
{
    while (width > 0 && row->cells[width - 1] == ' ')
        width--;
    wp_pen_gutter(view->pen, 0, "|");
    put_lanes(view, line, view->lanes, true);
    wp_pen_put(view->pen, WP_INK_PLAIN, " ");
    for (unsigned at = 0; at < width;) {
        unsigned end = at + 1;
        while (end < width && row->cells[end] == row->cells[at] && row->inks[end] == row->inks[at])
            end++;
        wp_pen_repeat(view->pen, (enum wp_ink)row->inks[at], row->cells[at], end - at);
        at = end;
    }
}

/* Whether the label of the row's last mark fits beside it. */
static bool
is_label_beside(const struct row *row)
{
    const struct mark *last = row->marks[row->count - 1];
    for (size_t i = 0; i + 1 < row->count; i++)
        if (row->marks[i]->end > last->end)
            return false;
    return last->text != NULL;
}

/* A row with the bars of the hanging labels of marks below `count`, up to and
 * without column `limit`; returns the column behind the last bar. */
static unsigned
draw_bars(const struct view *view, struct row *row, size_t count, unsigned limit)
{
    unsigned width = 0;
    memset(row->cells, ' ', row->width);
    for (size_t i = 0; i < count; i++) {
        unsigned from, to;
        clip(row, row->marks[i], &from, &to);
        if (row->marks[i]->text == NULL || from >= limit)
            continue;
        draw(row, from, from + 1, '|', ink_of(view, row->marks[i]));
        width = from + 1;
    }
    return width;
}

static void
put_hanging_labels(const struct view *view, struct row *row, size_t count, uint32_t line)
{
    struct wp_pen *pen = view->pen;
    unsigned width = draw_bars(view, row, count, row->width);
    if (width == 0)
        return;
    put_cells(view, row, line, width);
    wp_pen_put(pen, WP_INK_PLAIN, "\n");
    for (size_t i = count; i-- > 0;) {
        const struct mark *mark = row->marks[i];
        if (mark->text == NULL)
            continue;
        unsigned from, to;
        clip(row, mark, &from, &to);
        width = draw_bars(view, row, i, from);
        put_cells(view, row, line, width);
        wp_pen_repeat(pen, WP_INK_PLAIN, ' ', from - width);
        wp_pen_quote(pen, ink_of(view, mark), mark->text);
        wp_pen_put(pen, WP_INK_PLAIN, "\n");
    }
}

static void
put_underlines(const struct view *view, struct row *row, uint32_t line)
{
    struct wp_pen *pen = view->pen;
    memset(row->cells, ' ', row->width);
    for (int primary = 0; primary < 2; primary++)
        for (size_t i = 0; i < row->count; i++) {
            const struct mark *mark = row->marks[i];
            unsigned from, to;
            clip(row, mark, &from, &to);
            if (mark->primary == (primary == 1))
                draw(row, from, to, mark->primary ? '^' : '-', ink_of(view, mark));
        }
    put_cells(view, row, line, row->width);
    bool beside = is_label_beside(row);
    if (beside) {
        const struct mark *last = row->marks[row->count - 1];
        wp_pen_put(pen, WP_INK_PLAIN, " ");
        wp_pen_quote(pen, ink_of(view, last), last->text);
    }
    wp_pen_put(pen, WP_INK_PLAIN, "\n");
    put_hanging_labels(view, row, row->count - beside, line);
}

/* ---- lines ----------------------------------------------------------------------- */

static bool
is_blank_before(const char *text, uint32_t length, unsigned column)
{
    unsigned at = 0;
    for (uint32_t i = 0; i < length && at < column; i++) {
        if (text[i] != ' ' && text[i] != '\t')
            return false;
        at += wp_glyph_at(text + i, length - i, at).columns;
    }
    return true;
}

/* Collects what to underline on the line: its marks, and the beginning of a mark
 * of several lines that does not begin with the line. */
static void
collect(const struct view *view, uint32_t line, const char *text, uint32_t length, struct row *row)
{
    struct wp_arena *arena = view->pen->arena;
    row->marks = wp_alloc_array(arena, view->count, sizeof *row->marks);
    for (size_t i = 0; i < view->count; i++) {
        const struct mark *mark = &view->marks[i];
        if (mark->first != line)
            continue;
        if (mark->lane != -1) {
            if (is_blank_before(text, length, mark->start))
                continue;
            struct mark *start = wp_alloc(arena, sizeof *start);
            *start = *mark;
            start->text = NULL;
            start->end = wp_columns(text, length);
            start->end += start->end <= start->start;
            mark = start;
        }
        row->marks[row->count++] = mark;
    }
}

/* The columns that matter on the line: of its underlines, and where lanes end. */
static void
find_extent(const struct view *view, uint32_t line, const struct row *row, unsigned *low,
            unsigned *high)
{
    *low = UINT32_MAX;
    *high = 0;
    for (size_t i = 0; i < row->count; i++) {
        *low = row->marks[i]->start < *low ? row->marks[i]->start : *low;
        *high = row->marks[i]->end > *high ? row->marks[i]->end : *high;
    }
    for (size_t i = 0; i < view->count && row->count == 0; i++)
        if (view->marks[i].lane != -1 && view->marks[i].last == line) {
            *low = view->marks[i].end - 1;
            *high = view->marks[i].end;
        }
    if (*low == UINT32_MAX)
        *low = 0;
}

static void
put_source_line(const struct view *view, uint32_t line, const char *text, uint32_t length,
                struct wp_window window)
{
    wp_pen_gutter(view->pen, line, "|");
    put_lanes(view, line, view->lanes, false);
    if (length > 0)
        wp_pen_put(view->pen, WP_INK_PLAIN, " ");
    wp_pen_line(view->pen, text, length, window);
    wp_pen_put(view->pen, WP_INK_PLAIN, "\n");
}

static void
render_line(const struct view *view, uint32_t line)
{
    struct wp_pen *pen = view->pen;
    uint32_t length;
    const char *text = wp_line_text(pen->sources, view->file, line, &length);
    struct row row = {0};
    collect(view, line, text, length, &row);
    unsigned low, high, taken = pen->gutter + 3 + view->lanes * 2;
    find_extent(view, line, &row, &low, &high);
    unsigned room = pen->width == 0 ? 0 : pen->width > taken + 20 ? pen->width - taken : 20;
    row.window = wp_choose_window(wp_columns(text, length), low, high, room);
    row.width = row.window.right - row.window.left + 1;
    row.cells = wp_alloc(pen->arena, row.width + 1);
    row.inks = wp_alloc(pen->arena, row.width + 1);
    put_source_line(view, line, text, length, row.window);
    if (row.count > 0)
        put_underlines(view, &row, line);
    for (unsigned lane = view->lanes; lane-- > 0;) {
        const struct mark *mark = mark_in_lane(view, lane, line);
        if (mark != NULL && mark->last == line)
            put_lane_end(view, mark, line, row.window);
    }
}

/* The next line after `line` that a mark begins or ends on, or 0. */
static uint32_t
next_line(const struct view *view, uint32_t line)
{
    uint32_t next = 0;
    for (size_t i = 0; i < view->count; i++) {
        uint32_t lines[] = {view->marks[i].first, view->marks[i].last};
        for (size_t j = 0; j < 2; j++)
            if (lines[j] > line && (next == 0 || lines[j] < next))
                next = lines[j];
    }
    return next;
}

static void
render_lines(const struct view *view)
{
    wp_pen_gutter(view->pen, 0, "|\n");
    for (uint32_t line = next_line(view, 0), last = 0; line != 0;
         last = line, line = next_line(view, line)) {
        if (last != 0 && line == last + 2)
            render_line(view, last + 1);
        else if (last != 0 && line > last + 2)
            wp_pen_put(view->pen, WP_INK_GUTTER, "...\n");
        render_line(view, line);
    }
}

static void
put_place(const struct wp_pen *pen, struct wp_span span, const char *arrow)
{
    struct wp_position position = wp_locate(pen->sources, span.file, span.start);
    wp_pen_repeat(pen, WP_INK_PLAIN, ' ', pen->gutter);
    wp_pen_put(pen, WP_INK_GUTTER, arrow);
    wp_pen_put(pen, WP_INK_PLAIN, " ");
    wp_pen_quote(pen, WP_INK_PLAIN, pen->sources->files[span.file].name);
    wp_pen_put(pen, WP_INK_PLAIN,
               wp_format(pen->arena, ":%u:%u\n", position.line, position.column));
}

/* The marks of `all` in that file, as a view of their own. */
static void
render_file(struct wp_pen *pen, enum wp_ink ink, const struct mark *all, size_t count,
            const struct mark *first, const char *arrow)
{
    struct view view = {.pen = pen, .ink = ink, .file = first->span.file};
    view.marks = wp_alloc_array(pen->arena, count, sizeof *view.marks);
    for (size_t i = 0; i < count; i++)
        if (all[i].span.file == view.file) {
            view.marks[view.count] = all[i];
            place_mark(pen, &view.marks[view.count++]);
        }
    qsort(view.marks, view.count, sizeof *view.marks, compare_marks);
    assign_lanes(&view);
    if (first != all)
        wp_pen_gutter(pen, 0, "|\n");
    put_place(pen, first->span, arrow);
    render_lines(&view);
}

void
wp_render_places(struct wp_pen *pen, const struct wp_diagnostic *finding, enum wp_ink ink)
{
    size_t count = 0, room = 1;
    for (const struct wp_label *label = finding->labels; label != NULL; label = label->next)
        room++;
    struct mark *marks = wp_alloc_array(pen->arena, room, sizeof *marks);
    if (finding->span.file < pen->sources->count)
        marks[count++] =
            (struct mark){.span = finding->span, .text = finding->label, .primary = true};
    for (const struct wp_label *label = finding->labels; label != NULL; label = label->next)
        if (label->span.file < pen->sources->count)
            marks[count++] = (struct mark){.span = label->span, .text = label->text};
    for (size_t i = 0; i < count; i++) {
        bool seen = false;
        for (size_t j = 0; j < i && !seen; j++)
            seen = marks[j].span.file == marks[i].span.file;
        if (!seen)
            render_file(pen, ink, marks, count, &marks[i], i == 0 ? "-->" : ":::");
    }
}
