/*
 * Every declared name: one table a kind, except that methods and chains share
 * one, since both stand where a chain may stand.
 */
#ifndef WP_COMPILER_SYMBOLS_H
#define WP_COMPILER_SYMBOLS_H

#include "compiler/load.h"
#include "compiler/map.h"

enum wp_symbol_kind {
    WP_SYMBOL_NETWORK,
    WP_SYMBOL_DEVICE, /* base types and sets of them */
    WP_SYMBOL_GROUP,
    WP_SYMBOL_APP,
    WP_SYMBOL_CHAIN,
    WP_SYMBOL_METHOD,
    WP_SYMBOL_POLICY,
    WP_SYMBOL_CONDITION,
    WP_SYMBOL_TEMPLATE,
    WP_SYMBOL_TENANT,
    WP_SYMBOL_CLIENT,
    WP_SYMBOL_KIND,
    WP_SYMBOL_POSTURE,
    WP_SYMBOL_ISSUE,
    WP_SYMBOL_TEST,
    WP_SYMBOL_PROOF,
    WP_SYMBOL_KIND_COUNT
};

struct wp_symbol {
    const char *name;
    enum wp_symbol_kind kind;
    struct wp_span span; /* of the name where it is declared */
    const struct wp_declaration *declaration;
    uint32_t number; /* a base device, group, app, method, chain or policy: its index in the
                        model; a network: its index among the named networks; a device set:
                        among the sets; a condition: among the conditions; else WP_NONE */
    bool is_broken;  /* part of a circle: reported, means nothing */
};

struct wp_symbols {
    struct wp_arena *arena;
    struct wp_symbol *all; /* in the order of declaration, the prelude's first */
    uint32_t count, room;
    struct wp_map by_name;
    struct wp_hints *hints; /* what modules that are not used declare */
};

/* "network", "device type or set", ... with no article. */
const char *wp_symbol_kind_text(enum wp_symbol_kind kind);

/* Collects what the loaded files declare; reports names declared twice. */
void wp_symbols_collect(struct wp_symbols *symbols, struct wp_diagnostics *list,
                        struct wp_names *names, const struct wp_loaded *loaded);

/* The symbol with that name, or NULL. For CHAIN and METHOD either may come back. */
struct wp_symbol *wp_symbols_find(const struct wp_symbols *symbols, enum wp_symbol_kind kind,
                                  const char *name);

/*
 * As wp_symbols_find; when there is none, reports the unknown name at `span`
 * (WOA1010, with what may have been meant; WOA1012 when another kind has it).
 * Further uses of a name that was reported are labels of the first report.
 */
struct wp_symbol *wp_symbols_require(struct wp_symbols *symbols, struct wp_diagnostics *list,
                                     enum wp_symbol_kind kind, const char *name,
                                     struct wp_span span);

#endif
