/*
 * From trees and symbols to the model.
 *
 * Networks become sets of addresses, device sets masks, chains their normal
 * form, conditions trees of tests, and policies lists of rules with templates
 * expanded in place. Conditions are as written afterwards; fold.h does the rest.
 */
#ifndef WP_COMPILER_LOWER_H
#define WP_COMPILER_LOWER_H

#include "compiler/network_pool.h"
#include "compiler/resolve.h"

/* Limits (WOA1034, WOA1035). */
enum {
    WP_MAX_RULES = 1000000,        /* in all policies, with templates expanded */
    WP_MAX_INCLUDE_DEPTH = 64,     /* templates that include templates */
    WP_MAX_CHAIN_METHODS = 4096,   /* in all steps of a chain */
    WP_MAX_CONDITION_SIZE = 65536, /* tests, with named conditions written out */
    WP_MAX_CONDITION_DEPTH = 1000
};

/* The model, with everything but folded conditions and terms. What it holds of
 * networks is in `pool` until wp_model_finish. */
struct wp_model *wp_lower(struct wp_diagnostics *list, const struct wp_loaded *loaded,
                          const struct wp_resolved *resolved, struct wp_network_pool *pool);

#endif
