/*
 * How strong an authentication is: a chain is as strong as its weakest path that
 * succeeds, for whoever wants the weak one can fail the others.
 *
 * Factors on a path: knowledge counts once, however many secrets are asked for;
 * each different thing possessed counts; inherence counts once. Methods say what
 * they prove (`factors`); those that prove nothing are signals and count nothing.
 */
#ifndef WP_ANALYSIS_STRENGTH_H
#define WP_ANALYSIS_STRENGTH_H

#include "compiler/model.h"

struct wp_strength {
    unsigned factors;        /* on the weakest path */
    bool beyond_knowledge;   /* every path asks for something possessed or inherent */
    bool device_bound;       /* every path proves a device */
    bool phishing_resistant; /* every path has a method that a forged site cannot relay */
};

/* Of a whole chain, and of one of its alternatives alone. */
struct wp_strength wp_chain_strength(const struct wp_model *model, uint32_t chain);
struct wp_strength wp_alternative_strength(const struct wp_model *model,
                                           const struct wp_alternative *alternative);

/* Can the chain be passed with the method, and is it asked for on every path? */
bool wp_chain_may_use(const struct wp_model *model, uint32_t chain, uint32_t method);
bool wp_chain_must_use(const struct wp_model *model, uint32_t chain, uint32_t method);

/* MIXED is stricter in one way and looser in another; OTHER is neither, but not
 * the same. */
enum wp_order {
    WP_ORDER_EQUAL,
    WP_ORDER_STRICTER,
    WP_ORDER_LOOSER,
    WP_ORDER_MIXED,
    WP_ORDER_OTHER
};

/* What becomes of who signs in when `before` becomes `after`: deny is strictest,
 * allow loosest, authentication between them by strength, then by how often it is
 * asked for. The decisions may be of two models. */
enum wp_order wp_compare_decisions(const struct wp_model *old_model,
                                   const struct wp_decision *before,
                                   const struct wp_model *new_model,
                                   const struct wp_decision *after);

#endif
