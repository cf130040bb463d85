/*
 * Source files and the places in them.
 *
 * A place is a file number and two byte offsets; lines and columns are worked
 * out only when a person has to read them.
 */
#ifndef WP_LANG_SOURCE_H
#define WP_LANG_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct wp_arena;

/* Bytes [start, end) of file number `file`. A span without a file (the command
 * line, a tenant) has file == WP_NO_FILE. */
struct wp_span {
    uint32_t file;
    uint32_t start;
    uint32_t end;
};
#define WP_NO_FILE UINT32_MAX

/* One file. `name` is how messages and images call it: the path as the user
 * gave it, a path relative to the importing file's, or "std/access" for a
 * module of the standard library. `text` has `length` bytes and a NUL after
 * them. */
struct wp_source {
    const char *name;
    const char *text;
    uint32_t length;
    const uint32_t *line_starts; /* made on first use */
    uint32_t line_count;
    /* The place that wp_locate worked out last; a column of 0 is none yet. */
    uint32_t known_offset, known_column;
};

/* All files of one compilation, numbered from 0 in the order of loading. */
struct wp_sources {
    struct wp_arena *arena;
    struct wp_source *files;
    uint32_t count;
    uint32_t capacity;
};

void wp_sources_init(struct wp_sources *sources, struct wp_arena *arena);

/* Adds a file; the text is borrowed for as long as the arena lives. Returns its
 * number. */
uint32_t wp_sources_add(struct wp_sources *sources, const char *name, const char *text,
                        uint32_t length);

/* Blots out what stands at `span`, so that no message shows it: a secret. Its
 * file's text is another one afterwards, of the same length. */
void wp_sources_hide(struct wp_sources *sources, struct wp_span span);

/* Line and column of a byte, both from 1; the column counts bytes' code points
 * (UTF-8), so that an editor finds it. */
struct wp_position {
    uint32_t line;
    uint32_t column;
};
struct wp_position wp_locate(struct wp_sources *sources, uint32_t file, uint32_t offset);

/* The text of a line (from 1) without its end, and its length in `*length`. */
const char *wp_line_text(struct wp_sources *sources, uint32_t file, uint32_t line,
                         uint32_t *length);

/* The smallest span that holds both; they must be of one file. */
struct wp_span wp_span_join(struct wp_span a, struct wp_span b);

#endif
