#include "format_layout.h"

#include <string.h>

enum { DEEPEST_HANG = 60, CONTINUATION = 4, WIDEST_ALIGNED = 80 };

void
wp_layout_init(struct wp_layout *layout, struct wp_arena *arena, const char *source,
               const struct wp_comment *comments)
{
    memset(layout, 0, sizeof *layout);
    layout->arena = arena;
    layout->source = source;
    layout->comment = comments;
    layout->block_start = true;
}

uint32_t
wp_text_width(const char *text)
{
    uint32_t width = 0;

    for (; *text; text++)
        width += ((unsigned char)*text & 0xc0) != 0x80;
    return width;
}

/* An array of `count` things with room for one more. */
static void *
make_room(struct wp_arena *arena, void *array, size_t count, size_t *capacity, size_t size)
{
    size_t wider = *capacity ? *capacity * 2 : 64;
    void *copy;

    if (count < *capacity)
        return array;
    copy = wp_alloc_array(arena, wider, size);
    if (count)
        memcpy(copy, array, count * size);
    *capacity = wider;
    return copy;
}

/* ---- lines ---------------------------------------------------------------------- */

static void
add_line(struct wp_layout *l, const char *text)
{
    struct wp_line *line;

    l->lines = make_room(l->arena, l->lines, l->line_count, &l->line_capacity, sizeof *l->lines);
    line = &l->lines[l->line_count++];
    line->text = text;
    line->width = wp_text_width(text);
}

static void
append(struct wp_layout *l, const char *text, size_t length)
{
    while (l->line_room - l->line_length < length + 1)
        l->line = make_room(l->arena, l->line, l->line_room, &l->line_room, 1);
    memcpy(l->line + l->line_length, text, length);
    l->line_length += length;
    l->line[l->line_length] = '\0';
}

static void
append_blanks(struct wp_layout *l, size_t count)
{
    while (count--)
        append(l, " ", 1);
}

static void
end_line(struct wp_layout *l)
{
    if (l->line_length)
        add_line(l, wp_copy_text(l->arena, l->line, l->line_length));
    l->line_length = 0;
}

/* ---- comments -------------------------------------------------------------------- */

/* The comment's text with plain line ends and nothing behind a // comment. */
static const char *
comment_text(const struct wp_layout *l, const struct wp_comment *comment)
{
    const char *from = l->source + comment->span.start;
    size_t length = comment->span.end - comment->span.start, kept = 0, i;
    char *text;

    if (from[1] == '/')
        while (from[length - 1] == ' ' || from[length - 1] == '\t' || from[length - 1] == '\r')
            length--;
    text = wp_copy_text(l->arena, from, length);
    for (i = 0; i < length; i++)
        if (text[i] != '\r' || text[i + 1] != '\n')
            text[kept++] = text[i];
    text[kept] = '\0';
    return text;
}

static bool
is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

/* Whether code follows the comment on the line where it ends. */
static bool
code_follows(const struct wp_layout *l, const struct wp_comment *comment)
{
    const char *at = l->source + comment->span.end;

    if (l->source[comment->span.start + 1] == '/')
        return false;
    for (;;) {
        const char *end;

        while (is_blank(*at))
            at++;
        if (at[0] != '/' || at[1] != '*')
            return *at && *at != '\n' && !(at[0] == '/' && at[1] == '/');
        end = strstr(at + 2, "*/");
        if (!end || memchr(at, '\n', (size_t)(end - at)))
            return false;
        at = end + 2;
    }
}

/* Whether nothing but blanks stands before the comment on its line. */
static bool
begins_line(const struct wp_layout *l, const struct wp_comment *comment)
{
    uint32_t at = comment->span.start;

    while (at > 0 && is_blank(l->source[at - 1]))
        at--;
    return at == 0 || l->source[at - 1] == '\n' ||
           (at == 3 && memcmp(l->source, "\xef\xbb\xbf", 3) == 0);
}

static bool
is_inline(const struct wp_layout *l, const struct wp_comment *comment)
{
    const char *text = l->source + comment->span.start;

    return !memchr(text, '\n', comment->span.end - comment->span.start) && code_follows(l, comment);
}

static const char *
take_comment(struct wp_layout *l)
{
    const char *text = comment_text(l, l->comment);

    if (l->comment->span.end > l->done)
        l->done = l->comment->span.end;
    l->comment = l->comment->next;
    return text;
}

bool
wp_has_comment(const struct wp_layout *l, uint32_t end)
{
    return l->comment && l->comment->span.start < end;
}

bool
wp_has_blank_line(const struct wp_layout *l, uint32_t from, uint32_t to)
{
    unsigned ends = 0;

    for (; from < to; from++)
        if (l->source[from] == '\n' && ++ends == 2)
            return true;
        else if (!is_blank(l->source[from]) && l->source[from] != '\n')
            ends = 0;
    return false;
}

static void
keep_blank_line(struct wp_layout *l, uint32_t start)
{
    if (!l->block_start && wp_has_blank_line(l, l->done, start))
        add_line(l, "");
    l->block_start = false;
}

/* Prints the comments before `start` that stand outside an item: the first ends
 * the line before if it did so in the source, the others stand by themselves. */
static void
print_comments(struct wp_layout *l, uint32_t start)
{
    if (wp_has_comment(l, start) && l->line_count && !begins_line(l, l->comment) &&
        !l->lines[l->line_count - 1].trailing)
        l->lines[l->line_count - 1].trailing = take_comment(l);
    while (wp_has_comment(l, start)) {
        const char *text;

        keep_blank_line(l, l->comment->span.start);
        text = take_comment(l);
        append_blanks(l, l->indent);
        append(l, text, strlen(text));
        end_line(l);
    }
}

/* ---- pieces ----------------------------------------------------------------------- */

static void
add_piece(struct wp_layout *l, const char *text, unsigned flags)
{
    struct wp_piece *piece;

    l->pieces =
        make_room(l->arena, l->pieces, l->piece_count, &l->piece_capacity, sizeof *l->pieces);
    piece = &l->pieces[l->piece_count++];
    piece->text = text;
    piece->width = wp_text_width(text);
    piece->flags = flags;
}

/* Puts the comments that stand before a piece. If all of them can stay within
 * the line, they take the piece's place and hold on to it, and the flags left
 * for the piece are returned. Otherwise the first ends the line if it did so in
 * the source, and the others stand by themselves. */
static unsigned
put_comments(struct wp_layout *l, uint32_t start, unsigned flags)
{
    const struct wp_comment *comment;
    bool within = true;
    unsigned kind;

    for (comment = l->comment; comment && comment->span.start < start; comment = comment->next)
        within = within && is_inline(l, comment);
    kind = begins_line(l, l->comment) ? WP_OWN_LINE : WP_TRAILING;
    while (wp_has_comment(l, start)) {
        if (within) {
            add_piece(l, take_comment(l), WP_INLINE | WP_SPACE | (flags & ~(unsigned)WP_HANG));
            flags = (flags & WP_HANG) | WP_SPACE;
        } else {
            add_piece(l, take_comment(l), kind);
            kind = WP_OWN_LINE;
        }
    }
    return flags;
}

void
wp_put(struct wp_layout *l, const char *text, uint32_t start, unsigned flags)
{
    if (!l->measuring && wp_has_comment(l, start))
        flags = put_comments(l, start, flags);
    add_piece(l, text, flags);
}

void
wp_begin_measure(struct wp_layout *l)
{
    l->measuring = true;
    l->measured_from = l->piece_count;
}

uint32_t
wp_end_measure(struct wp_layout *l)
{
    uint32_t width = 0;
    size_t first = l->measured_from, i;

    for (i = first; i < l->piece_count; i++)
        width += l->pieces[i].width + (i > first && (l->pieces[i].flags & WP_SPACE));
    l->piece_count = first;
    l->measuring = false;
    return width;
}

/* The width up to the next place where the line may be broken. */
static uint32_t
measure_chunk(const struct wp_layout *l, size_t from)
{
    uint32_t width = l->pieces[from].width;
    size_t i;

    for (i = from + 1; i < l->piece_count; i++) {
        if (l->pieces[i].flags & (WP_BREAK | WP_HARD | WP_TAB | WP_TRAILING | WP_OWN_LINE))
            break;
        width += l->pieces[i].width + (l->pieces[i].flags & WP_SPACE);
    }
    return width;
}

struct place {
    uint32_t column; /* where the next character stands */
    uint32_t hang;
};

static void
lay_text(struct wp_layout *l, size_t at, struct place *place)
{
    const struct wp_piece *piece = &l->pieces[at];
    uint32_t begin = place->hang;
    bool filled = l->line_length > 0;

    if (piece->flags & WP_TAB) {
        begin = l->tab;
        if (filled && place->column + 2 > l->tab) {
            end_line(l);
            filled = false;
        }
        if (filled)
            append_blanks(l, l->tab - place->column);
        place->column = filled ? l->tab : 0;
    } else if (filled && ((piece->flags & WP_HARD) ||
                          ((piece->flags & WP_BREAK) &&
                           place->column + 1 + measure_chunk(l, at) > WP_LINE_WIDTH))) {
        end_line(l);
        filled = false;
    }
    if (!filled) {
        append_blanks(l, begin);
        place->column = begin;
    } else if ((piece->flags & (WP_SPACE | WP_TAB)) == WP_SPACE) {
        append(l, " ", 1);
        place->column++;
    }
    if (piece->flags & WP_HANG)
        place->hang = place->column <= DEEPEST_HANG ? place->column : l->indent + CONTINUATION;
    append(l, piece->text, strlen(piece->text));
    place->column += piece->width;
}

static void
lay_pieces(struct wp_layout *l)
{
    struct place place = {l->indent, l->indent};
    size_t i;

    for (i = 0; i < l->piece_count; i++) {
        const struct wp_piece *piece = &l->pieces[i];

        if (piece->flags & WP_TRAILING) {
            end_line(l);
            l->lines[l->line_count - 1].trailing = piece->text;
        } else if (piece->flags & WP_OWN_LINE) {
            end_line(l);
            append_blanks(l, place.hang);
            append(l, piece->text, strlen(piece->text));
            end_line(l);
        } else {
            lay_text(l, i, &place);
        }
        if (i == 0 && place.hang == l->indent)
            place.hang = l->indent + CONTINUATION;
    }
    end_line(l);
    l->piece_count = 0;
}

void
wp_begin_item(struct wp_layout *l, uint32_t start)
{
    print_comments(l, start);
    keep_blank_line(l, start);
}

void
wp_end_item(struct wp_layout *l, uint32_t end)
{
    lay_pieces(l);
    if (end > l->done)
        l->done = end;
}

void
wp_open_block(struct wp_layout *l)
{
    l->indent += 2;
    l->block_start = true;
}

void
wp_close_block(struct wp_layout *l, uint32_t end)
{
    print_comments(l, end - 1);
    l->indent -= 2;
    l->block_start = false;
    append_blanks(l, l->indent);
    append(l, "}", 1);
    end_line(l);
    l->done = end;
}

/* ---- the text ------------------------------------------------------------------------ */

/* The column for the comments behind the lines [from, to), all of which have
 * one; 0 when the lines are too long for that. */
static uint32_t
find_column(const struct wp_layout *l, size_t from, size_t to)
{
    uint32_t column = 0;

    for (; from < to; from++)
        if (l->lines[from].width <= WIDEST_ALIGNED && l->lines[from].width + 2 > column)
            column = l->lines[from].width + 2;
    return column;
}

static void
join_line(struct wp_layout *l, const struct wp_line *line, uint32_t column)
{
    append(l, line->text, strlen(line->text));
    if (line->trailing) {
        append_blanks(l, line->width + 2 <= column ? column - line->width : 2);
        append(l, line->trailing, strlen(line->trailing));
    }
    append(l, "\n", 1);
}

const char *
wp_finish_layout(struct wp_layout *l, size_t *length)
{
    size_t i, end;

    print_comments(l, UINT32_MAX);
    for (i = 0; i < l->line_count; i = end) {
        uint32_t column;

        for (end = i; end < l->line_count && l->lines[end].trailing; end++)
            ;
        column = find_column(l, i, end);
        if (end == i)
            end++;
        for (; i < end; i++)
            join_line(l, &l->lines[i], column);
    }
    append(l, "", 0);
    *length = l->line_length;
    return l->line;
}
