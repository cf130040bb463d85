/* What the parts of resolving share: resolve.c, resolve_names.c, resolve_order.c
 * and resolve_include.c. Nothing else includes this. */
#ifndef WP_COMPILER_RESOLVER_H
#define WP_COMPILER_RESOLVER_H

#include "compiler/resolve.h"

/* `from` needs `to`; both are indices of symbols. */
struct wp_edge {
    uint32_t from, to;
};

struct wp_resolver {
    struct wp_arena *arena;
    struct wp_diagnostics *list;
    struct wp_symbols *symbols;
    struct wp_resolved *resolved;
    struct wp_edge *edges;
    uint32_t edge_count, edge_room;
    uint32_t current;           /* the symbol whose declaration is walked, or WP_NONE */
    struct wp_template *within; /* the template whose parameters are in scope, or NULL */
};

/* resolve_names.c: every name in a tree. */
void wp_resolve_set(struct wp_resolver *resolver, const struct wp_set *set, enum wp_place place);
void wp_resolve_chain(struct wp_resolver *resolver, const struct wp_chain *chain);
void wp_resolve_declaration(struct wp_resolver *resolver, const struct wp_declaration *declaration);
/* The template's parameter of that name, or NULL. */
struct wp_parameter *wp_find_parameter(const struct wp_template *within, const char *name);
/* "a network", "an app", ... */
const char *wp_place_text(enum wp_place place);

/* resolve_order.c: fills in resolved->order and reports circles. */
void wp_resolve_order(struct wp_resolver *resolver);

/* resolve_include.c: the includes among `rules`. */
void wp_resolve_includes(struct wp_resolver *resolver, const struct wp_rule *rules);

#endif
