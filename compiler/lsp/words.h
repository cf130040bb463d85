/*
 * A source as words, strings and signs, however broken it is.
 *
 * What an editor asks for while somebody types cannot come from the tree: the
 * place in question is just what does not parse yet.
 */
#ifndef WP_LSP_WORDS_H
#define WP_LSP_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct wp_arena;

enum wp_word_kind { WP_WORD_NAME, WP_WORD_STRING, WP_WORD_NUMBER, WP_WORD_SIGN };

struct wp_word {
    enum wp_word_kind kind;
    bool begins_line; /* stands in column one */
    uint32_t start, end;
};

struct wp_words {
    const char *text;
    struct wp_word *words;
    uint32_t count;
    bool in_comment; /* the end of the text lies within a comment or string */
};

/* The words of the first `length` bytes; comments are left out. */
void wp_words_scan(struct wp_words *words, struct wp_arena *arena, const char *text,
                   uint32_t length);

/* Whether word number `index` is there and says `text`. */
bool wp_word_is(const struct wp_words *words, uint32_t index, const char *text);

/* Whether a byte belongs to a name. */
bool wp_is_name_byte(char c);

#endif
