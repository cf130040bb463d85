/*
 * Names to what they stand for.
 *
 * Checks that every name in every declaration is one of the kind that its place
 * wants, that no definition leads back to itself, and that the arguments of
 * includes fit what templates do with their parameters. Afterwards lowering may
 * take names for granted: one that is not found was reported here.
 */
#ifndef WP_COMPILER_RESOLVE_H
#define WP_COMPILER_RESOLVE_H

#include "compiler/symbols.h"

/* What a name, a parameter or an argument stands for in its place. */
enum wp_place {
    WP_PLACE_UNKNOWN, /* a parameter that nothing uses */
    WP_PLACE_NETWORK,
    WP_PLACE_DEVICE,
    WP_PLACE_GROUP,
    WP_PLACE_APP,
    WP_PLACE_USER,
    WP_PLACE_ENTRY,
    WP_PLACE_CHAIN,
    WP_PLACE_CONDITION
};

/* The kind of symbol that stands in a place; KIND_COUNT for users and entries. */
enum wp_symbol_kind wp_place_symbol(enum wp_place place);

struct wp_parameter {
    const char *name;
    struct wp_span span;
    enum wp_place place;
    struct wp_span used; /* where that was seen */
};

struct wp_template {
    struct wp_symbol *symbol;
    struct wp_parameter *parameters;
    uint32_t parameter_count;
};

struct wp_resolved {
    struct wp_symbols *symbols;
    uint32_t *order; /* indices of all symbols; what is needed comes before what needs it */
    struct wp_template *templates; /* by the symbol's number */
    uint32_t template_count;
};

void wp_resolve(struct wp_diagnostics *list, struct wp_names *names, const struct wp_loaded *loaded,
                struct wp_resolved *resolved);

/* The number of an entry ("native_app") or a risk ("medium") by its name; WP_NONE
 * for any other text. */
uint32_t wp_entry_number(const char *name);
uint32_t wp_risk_number(const char *name);
const char *wp_entry_name(uint32_t entry);
const char *wp_risk_name(uint32_t risk);

#endif
