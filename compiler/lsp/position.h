/*
 * Places as editors count them: lines and UTF-16 units, both from 0.
 *
 * A line ends at LF, CR LF or CR. What lies beyond a line or the text counts as
 * its end, what lies within a character as its beginning; bytes that are no UTF-8
 * count one unit each.
 */
#ifndef WP_LSP_POSITION_H
#define WP_LSP_POSITION_H

#include <stddef.h>
#include <stdint.h>

struct wp_arena;

struct wp_lsp_position {
    uint32_t line, character;
};

/* A text and where its lines begin. */
struct wp_lsp_text {
    const char *text;
    uint32_t length;
    const uint32_t *starts;
    uint32_t line_count;
};

/* Finds the lines; the text is borrowed. */
void wp_lsp_text_init(struct wp_lsp_text *lines, struct wp_arena *arena, const char *text,
                      uint32_t length);

struct wp_lsp_position wp_lsp_position(const struct wp_lsp_text *lines, uint32_t offset);
uint32_t wp_lsp_offset(const struct wp_lsp_text *lines, struct wp_lsp_position position);

#endif
