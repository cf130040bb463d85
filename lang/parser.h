/*
 * What the scanner, the grammar, recovery and messages share while one file is
 * parsed. Nothing outside lang/ includes this.
 *
 *   lexer.l        text -> tokens                       wp_scan
 *   tokens.c       tokens -> tokens: nesting, recovery  wp_yylex
 *   grammar.y      tokens -> tree                       wp_yyparse
 *   ast_build.c    constructors for the grammar
 *   syntax_error.c what is said when a token does not fit
 *   habits.c       and its cure, where it is a habit of other languages
 */
#ifndef WP_LANG_PARSER_H
#define WP_LANG_PARSER_H

#include "arena.h"
#include "ast.h"
#include "diagnostics.h"
#include "parse.h"

/* Brackets and `not`s inside one another; passes recurse that deep at most. */
enum { WP_NESTING_LIMIT = 200 };

/* The longest name or string, in bytes. */
enum { WP_NAME_LIMIT = 4096 };

/* What an open bracket holds. Only blocks hold things that parsing can go on
 * with after an error; a group is a pair within one of those. */
enum wp_bracket_kind { WP_IN_GROUP, WP_IN_ATTRIBUTES, WP_IN_RULES, WP_IN_CASES, WP_IN_CLAIMS };

struct wp_bracket {
    enum wp_bracket_kind kind;
    int open;      /* '{' or '(' */
    unsigned nots; /* `not`s right before it */
    struct wp_span span;
};

/* A token as the scanner gave it. */
struct wp_token {
    int code;
    bool first_on_line;
    struct wp_span span;
    const char *text; /* of a word, a string, an address, a number */
    uint64_t number;
};

/* The scanner's place in the text. */
struct wp_scan_state {
    const char *text;
    uint32_t length;
    uint32_t fed;    /* bytes handed to flex */
    uint32_t offset; /* end of the last token */
    bool line_start; /* nothing but blanks since the line's start */
    uint32_t string_start, comment_start;
};

struct wp_parser {
    struct wp_arena *arena;
    struct wp_names *names;
    struct wp_diagnostics *list;
    uint32_t file;
    struct wp_file *out;
    struct wp_declaration *last_declaration;
    struct wp_comment *last_comment;
    struct wp_name *last_group; /* of the `groups A, B` that is being read */
    struct wp_scan_state scan;
    void *scanner;

    /* tokens.c */
    struct wp_token last;          /* handed to the grammar last */
    struct wp_token before;        /* the one before that */
    struct wp_token before_that;   /* and the one before both */
    bool held;                     /* `last` is to be handed out once more */
    bool recovering;               /* the grammar waits for SYNC */
    bool declared;                 /* `before` began a declaration */
    unsigned closers;              /* braces still to be made up */
    bool made_up;                  /* the last token was such a brace */
    enum wp_bracket_kind declares; /* what the declaration's braces hold */
    uint32_t synced_at;            /* where recovery ended last */
    unsigned nots;                 /* in a row up to here */
    unsigned nesting;
    unsigned depth;
    struct wp_bracket brackets[WP_NESTING_LIMIT];
};

/* Reports and makes the file one with errors. */
#define wp_complain(parser, kind, ...)                                                             \
    ((parser)->out->has_errors = true, wp_report((parser)->list, WP_E_##kind, __VA_ARGS__))

/* Reports that the token handed out last is none of the expected ones, named as
 * the grammar names them, and begins recovery. */
void wp_syntax_error(struct wp_parser *parser, const char *const *expected, size_t count);

/* The tokens that would have fitted, as the grammar names them. */
struct wp_expected {
    const char *const *names;
    size_t count;
};
bool wp_would_fit(const struct wp_expected *expected, const char *name);

/* Adds the cure if the token that was handed out last is written from habit. */
void wp_add_habit(struct wp_parser *parser, struct wp_diagnostic *finding,
                  const struct wp_expected *expected);

/* Remembers the words that lie in what an error and recovery passed over. */
void wp_lose(struct wp_parser *parser, struct wp_span lost);

/* Whether a token is a word that begins a declaration. */
bool wp_begins_declaration(int code);

/* Whether something has to be named or listed after it. */
bool wp_wants_operand(int code);

#endif
