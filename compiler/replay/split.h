/*
 * Records of any shape become lines, so that the rest sees only lines: elements of
 * a JSON array, objects over several lines, rows of an audit report, CSV rows with
 * line ends in quotes. Byte by byte, in no memory to speak of.
 */
#ifndef WP_REPLAY_SPLIT_H
#define WP_REPLAY_SPLIT_H

#include <stdbool.h>
#include <stddef.h>

enum wp_split_mode {
    WP_SPLIT_LINES,   /* they are lines */
    WP_SPLIT_OBJECTS, /* JSON values one after another */
    WP_SPLIT_ARRAY,   /* the elements of a JSON array */
    WP_SPLIT_ROWS,    /* the arrays in the arrays of an object: an audit report */
    WP_SPLIT_QUOTED   /* CSV */
};

struct wp_splitter {
    enum wp_split_mode mode;
    unsigned depth;
    bool in_string, is_escaped;
    bool in_record, in_word; /* a word: what is neither object nor array, nor string */
    bool parent_is_array;    /* what the records stand in */
};

/* Takes bytes from `in` and writes at most `room` to `out`. Returns how many were
 * written; *taken says how many were taken. */
size_t wp_split(struct wp_splitter *splitter, const char *in, size_t length, size_t *taken,
                char *out, size_t room);

#endif
