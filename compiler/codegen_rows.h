/* Rows as they are made: a family's lines, stored once a block, and its rows. */
#ifndef WP_COMPILER_CODEGEN_ROWS_H
#define WP_COMPILER_CODEGEN_ROWS_H

#include "compiler/codegen.h"

/* The bits of one block of a row. */
struct wp_block_line {
    uint32_t block;
    struct wp_line line;
};

/* The bits that each literal of a dimension stands for: [first[i], first[i + 1])
 * of `lines` are those of literal i, by block. */
struct wp_literals {
    uint32_t count;
    uint32_t *first;
    struct wp_block_line *lines;
};

/* Runs of line numbers, which families share. */
struct wp_runs {
    struct wp_map map;
    struct wp_buffer places; /* struct wp_run */
};

/* Rows of a narrow image. */
struct wp_narrow_rows {
    uint32_t blocks;
    struct wp_map map;
    struct wp_buffer lines; /* of struct wp_line, `blocks` a row; the first row is empty */
};

struct wp_row_family {
    struct wp_codegen *g;
    struct wp_runs *runs;
    struct wp_narrow_rows *narrow; /* or NULL */
    struct wp_buffer lines;        /* of struct wp_stored_line */
    struct wp_map line_map;
    uint32_t *line_counts; /* a block */
    struct wp_buffer rows; /* of struct wp_row */
    uint32_t row_count;
    bool is_whole; /* narrow rows have lines of their own, in their order */
    bool overflow; /* a block has too many lines */

    /* For sums of literals: a line a block, and which blocks have been touched. */
    struct wp_line *sum;
    bool *is_touched;
    uint32_t *touched, touched_count;
    struct wp_block_line *scratch;
};

/* Adds a row of these lines, rising by block; the other blocks are empty. Returns
 * its number in the family. */
uint32_t wp_family_add_row(struct wp_row_family *family, const struct wp_block_line *lines,
                           uint32_t count);

/* In a family that is whole: makes of a row what it says by itself, where it said what
 * differs from row 1. */
void wp_family_make_whole(struct wp_row_family *family, uint32_t row);

/* The same of row 0, and of row 1 an empty one: the last thing that is done. */
void wp_family_finish_whole(struct wp_row_family *family);

/* Adds the row in which the literals' bits are crossed. */
uint32_t wp_family_add_sum(struct wp_row_family *family, const struct wp_literals *literals,
                           const uint32_t *numbers, uint32_t count);

/* What each of `count` literals stands for, when entry i has the literal of[i] or
 * WP_NONE. */
void wp_literals_make(struct wp_literals *literals, struct wp_codegen *g, const uint32_t *of,
                      uint32_t count);

/* codegen_narrow.c: begins with the empty row. */
void wp_narrow_begin(struct wp_narrow_rows *narrow, struct wp_arena *arena, uint32_t blocks);

/* Adds a row of `blocks` lines; one that is shared may be there already. */
struct wp_row wp_narrow_add(struct wp_narrow_rows *narrow, const struct wp_line *lines,
                            bool is_shared);

/* Crosses what a row that is not shared says with what another says. */
void wp_narrow_cross(struct wp_narrow_rows *narrow, const struct wp_row *row,
                     const struct wp_row *with);

/* The section LINES. */
void wp_narrow_write(const struct wp_narrow_rows *narrow, struct wp_codegen *g);

static inline void
wp_set_bit(struct wp_line *line, uint32_t entry)
{
    line->words[entry / 64 % WP_LINE_WORDS] |= UINT64_C(1) << entry % 64;
}

/* codegen_classes.c: the rows of the family ADDRESS, and for each class of the
 * partition the number that lookups give. */
uint32_t *wp_family_addresses(struct wp_row_family *family, const struct wp_partition *partition,
                              const uint32_t *literals);

#endif
