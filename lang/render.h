/* What the parts of the text renderer share: a pen that writes, and the drawing
 * of source lines with marks. Only render_*.c include this. */
#ifndef WP_LANG_RENDER_H
#define WP_LANG_RENDER_H

#include "diagnostics.h"

enum wp_ink {
    WP_INK_PLAIN,
    WP_INK_BOLD,
    WP_INK_ERROR,
    WP_INK_WARNING,
    WP_INK_NOTE,
    WP_INK_HELP,
    WP_INK_GUTTER,
    WP_INK_ADDED,
    WP_INK_REMOVED
};

struct wp_pen {
    wp_write write;
    void *context;
    bool colour;
    unsigned width;  /* 0: no limit */
    unsigned gutter; /* digits of the largest line number */
    struct wp_sources *sources;
    struct wp_arena *arena;
};

/* A columns' range of a long line that is shown. */
struct wp_window {
    unsigned left, right; /* right exclusive */
};

/* Puts `length` bytes as they are: for our own words. */
void wp_pen_put(const struct wp_pen *pen, enum wp_ink ink, const char *text);

/* Puts text that came from outside: what would steer a terminal is replaced, a
 * very long text is cut. */
void wp_pen_quote(const struct wp_pen *pen, enum wp_ink ink, const char *text);

/* Puts the part of a source line that the window shows; tabs become blanks. */
void wp_pen_line(const struct wp_pen *pen, const char *text, size_t length,
                 struct wp_window window);

/* Puts one character again and again. */
void wp_pen_repeat(const struct wp_pen *pen, enum wp_ink ink, char c, unsigned count);

/* Puts " 12 | ", or "    | " for line 0, with `bar` for the bar. */
void wp_pen_gutter(const struct wp_pen *pen, uint32_t line, const char *bar);

/* The part of a line of `total` columns to show when columns from `low` to `high`
 * matter most and `room` columns are there (0: no limit). */
struct wp_window wp_choose_window(unsigned total, unsigned low, unsigned high, unsigned room);

/* Draws the finding's places, file by file. `ink` is its severity's. */
void wp_render_places(struct wp_pen *pen, const struct wp_diagnostic *finding, enum wp_ink ink);

/* Draws what a fix would change. */
void wp_render_fix(struct wp_pen *pen, const struct wp_diagnostic *finding,
                   const struct wp_fix *fix);

#endif
