/*
 * What the grammar wants at a place, judged by the words before it.
 *
 * One answer serves completion (what may be written here) and hovering and going
 * to definitions (which kind of thing a name here is).
 */
#ifndef WP_LSP_PLACE_H
#define WP_LSP_PLACE_H

#include "compiler/lsp/words.h"
#include "compiler/symbols.h"

enum wp_want {
    WP_WANT_NOTHING, /* a new name, a string, a number */
    WP_WANT_DECLARATION,
    WP_WANT_MODULE,
    WP_WANT_NETWORK,
    WP_WANT_DEVICE,
    WP_WANT_GROUP,
    WP_WANT_APP,
    WP_WANT_ENTRY,
    WP_WANT_RISK,
    WP_WANT_CHAIN,
    WP_WANT_CHAIN_MORE, /* then, else, or, every */
    WP_WANT_CONDITION,
    WP_WANT_CONDITION_MORE, /* and, or, an action */
    WP_WANT_IN,
    WP_WANT_IS,
    WP_WANT_TEMPLATE,
    WP_WANT_ARGUMENT,    /* of a template, or of an attribute: any name */
    WP_WANT_POLICY_HEAD, /* is default, for */
    WP_WANT_RULE,        /* rule, otherwise, include */
    WP_WANT_ACTION,      /* when, deny, allow, authenticate */
    WP_WANT_GIVEN,
    WP_WANT_OUTCOME,
    WP_WANT_OUTCOME_MORE, /* by, in, every, ... */
    WP_WANT_CLAIM,        /* never, always */
    WP_WANT_RULE_NAME,
    WP_WANT_POLICY_NAME,
    WP_WANT_METHOD,
    WP_WANT_KEY, /* of an attribute */
    WP_WANT_COUNT
};

/* What is wanted behind all of the words. */
enum wp_want wp_want_after(const struct wp_words *words);

/* The kind of thing that is declared by the word before, or KIND_COUNT. */
enum wp_symbol_kind wp_declared_after(const struct wp_words *words);

/* The kind of thing whose braces are open, or KIND_COUNT. */
enum wp_symbol_kind wp_block_kind(const struct wp_words *words);

/* The keywords that may stand there, with spaces between; never NULL. */
const char *wp_want_keywords(enum wp_want want);

/* The kinds of names that may stand there, as bits of enum wp_symbol_kind. */
unsigned wp_want_kinds(enum wp_want want);

#endif
