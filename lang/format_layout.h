/*
 * From pieces of text to lines: breaking, aligning, and weaving the comments
 * back in. It knows nothing of the tree.
 *
 * What is printed is a series of items (a declaration's head, a rule, an
 * attribute). An item is a list of pieces, each with the place in the source it
 * came from; comments before that place are put before it. So the layout hangs
 * on the pieces and on what kind each comment is, and both are the same when
 * the result is formatted again.
 */
#ifndef WP_LANG_FORMAT_LAYOUT_H
#define WP_LANG_FORMAT_LAYOUT_H

#include "arena.h"
#include "ast.h"

enum { WP_LINE_WIDTH = 100 };

enum wp_piece_flag {
    WP_SPACE = 1,     /* a blank before it, unless it begins a line */
    WP_BREAK = 2,     /* a line may begin here */
    WP_HARD = 4,      /* a line does begin here */
    WP_HANG = 8,      /* further lines of the item begin at this column */
    WP_TAB = 16,      /* stands at the item's tab stop, on a new line if need be */
    WP_INLINE = 32,   /* a comment that stands between two pieces of a line */
    WP_TRAILING = 64, /* a comment that ends its line */
    WP_OWN_LINE = 128 /* a comment on a line of its own */
};

struct wp_piece {
    const char *text;
    uint32_t width; /* in characters */
    uint32_t flags;
};

struct wp_line {
    const char *text; /* "": a blank line */
    uint32_t width;
    const char *trailing; /* a comment behind the text, or NULL */
};

struct wp_layout {
    struct wp_arena *arena;
    const char *source;
    const struct wp_comment *comment; /* the next one to be printed */
    uint32_t done;                    /* the source is printed up to here */
    unsigned indent;
    bool block_start;     /* no blank line here */
    bool measuring;       /* pieces are only to be measured */
    size_t measured_from; /* the first of those */
    struct wp_piece *pieces;
    size_t piece_count, piece_capacity;
    unsigned tab;
    struct wp_line *lines;
    size_t line_count, line_capacity;
    char *line; /* the line that is being filled */
    size_t line_length, line_room;
};

void wp_layout_init(struct wp_layout *layout, struct wp_arena *arena, const char *source,
                    const struct wp_comment *comments);

/* Characters of UTF-8 text. */
uint32_t wp_text_width(const char *text);

/* Adds a piece that stands at `start` in the source; 0: comments do not part it
 * from what is before it. */
void wp_put(struct wp_layout *layout, const char *text, uint32_t start, unsigned flags);

/* Prints the comments that stand before an item, and one blank line if there was
 * any. */
void wp_begin_item(struct wp_layout *layout, uint32_t start);
/* Lays the pieces out; in the source the item ends at `end`. */
void wp_end_item(struct wp_layout *layout, uint32_t end);

/* The width on one line of the pieces put between the two calls; they are
 * dropped, and no comments are printed meanwhile. */
void wp_begin_measure(struct wp_layout *layout);
uint32_t wp_end_measure(struct wp_layout *layout);

/* After an item that ends with a brace, and before the brace that closes it,
 * which stands at `end` - 1. */
void wp_open_block(struct wp_layout *layout);
void wp_close_block(struct wp_layout *layout, uint32_t end);

/* Whether a comment that is not printed yet begins before `end`. */
bool wp_has_comment(const struct wp_layout *layout, uint32_t end);
/* Whether a blank line lies between two places of the source. */
bool wp_has_blank_line(const struct wp_layout *layout, uint32_t from, uint32_t to);

/* Prints the comments that are left and joins the lines. */
const char *wp_finish_layout(struct wp_layout *layout, size_t *length);

#endif
