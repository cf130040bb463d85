/* What the parts of lowering share. Only the lower*.c files include this. */
#ifndef WP_COMPILER_LOWERING_H
#define WP_COMPILER_LOWERING_H

#include "compiler/lower.h"

/*
 * What a template's parameters stand for. Arguments are not copied into the
 * template's rules: they are read where they were written, so spans stay true.
 */
struct wp_scope {
    const struct wp_template *template;
    const struct wp_argument *arguments; /* one a parameter, in their order */
    const struct wp_scope *outer;        /* where the arguments' own names are looked up */
};

/* How large a condition is when its named conditions are written out. */
struct wp_extent {
    uint64_t size;
    uint32_t depth;
};

struct wp_lowering {
    struct wp_arena *arena;
    struct wp_diagnostics *list;
    struct wp_symbols *symbols;
    const struct wp_resolved *resolved;
    struct wp_network_pool *pool;
    struct wp_model *model;
    struct wp_extent *extents; /* of the named conditions */
    bool *repeats;             /* of the named chains: WOA2011 was reported */
    uint32_t chain_room;
    struct wp_map inline_chains;
    struct wp_map user_map; /* while lowering, users are in the order of use */
    uint32_t user_room;
    struct wp_test **user_tests; /* to be renumbered when all users are known */
    uint32_t user_test_count, user_test_room;
    uint32_t expected_room;
    uint32_t rule_count; /* in all policies so far */
    bool reported_rules, reported_depth;
};

/* The argument that the name stands for in the scope, or NULL. */
const struct wp_argument *wp_scope_find(const struct wp_scope *scope, const char *name);

/* lower_sets.c. A name that does not resolve was reported; it stands for the
 * empty set. */
uint32_t wp_lower_network(struct wp_lowering *lowering, const struct wp_scope *scope,
                          const struct wp_set *set);
uint64_t wp_lower_devices(struct wp_lowering *lowering, const struct wp_scope *scope,
                          const struct wp_set *set);
uint64_t wp_lower_entries(struct wp_lowering *lowering, const struct wp_scope *scope,
                          const struct wp_set *set); /* a set of postures */
struct wp_ids wp_lower_ids(struct wp_lowering *lowering, const struct wp_scope *scope,
                           const struct wp_set *set, enum wp_place place);
/* Numbers the users in the order of their names. */
void wp_lower_users(struct wp_lowering *lowering);

/* lower_network.c: a network's address set. */
struct wp_network wp_lower_addresses(struct wp_lowering *lowering, const struct wp_scope *scope,
                                     const struct wp_set *set);

/* lower_idle.c: says which operations of a set do nothing (WOA2012). The set stands in no
 * template and is of networks or devices; names in it are lowered. */
void wp_check_idle(struct wp_lowering *lowering, enum wp_place place, const struct wp_set *set);

/* lower_condition.c */
struct wp_test *wp_lower_condition(struct wp_lowering *lowering, const struct wp_scope *scope,
                                   const struct wp_condition *condition, struct wp_extent *extent);
/* The same with its size checked; TRUE when `condition` is NULL. */
struct wp_test *wp_lower_when(struct wp_lowering *lowering, const struct wp_scope *scope,
                              const struct wp_condition *condition, struct wp_span span);

/* lower_chain.c */
void wp_lower_named_chain(struct wp_lowering *lowering, const struct wp_symbol *symbol);
/* The index of the chain that an action names or spells out. */
uint32_t wp_lower_chain(struct wp_lowering *lowering, const struct wp_scope *scope,
                        const struct wp_chain *chain);

/* lower_policy.c */
void wp_lower_policies(struct wp_lowering *lowering);

/* lower_statements.c */
void wp_lower_statements(struct wp_lowering *lowering, const struct wp_loaded *loaded);

/* lower_rules.c: the rules with templates expanded. */
void wp_lower_rules(struct wp_lowering *lowering, const struct wp_declaration *declaration,
                    struct wp_policy *policy);

#endif
