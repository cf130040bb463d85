/*
 * The disjunctive terms of folded conditions (struct wp_term).
 *
 * A term whose known part no request can meet is dropped, as is one that another
 * term covers; within a term, a clause that another implies is. Only what holds
 * in three-valued logic is used, so "some term is true" is the condition's value
 * whether groups are complete or not.
 */
#ifndef WP_COMPILER_TERMS_H
#define WP_COMPILER_TERMS_H

#include "compiler/network_pool.h"

/* Makes the terms of one model's conditions; networks that come about are put
 * into `pool`. It remembers those of conditions that many rules share. */
struct wp_term_maker;
struct wp_term_maker *wp_term_maker_new(const struct wp_model *model, struct wp_network_pool *pool);

/* The terms of `folded` in *terms and their number in *count. False when there
 * are more than WP_MAX_TERMS. */
bool wp_terms_of(struct wp_term_maker *maker, const struct wp_test *folded,
                 const struct wp_term **terms, uint32_t *count);

/* Is every request that meets `a` one that meets `b`, going by their parts one by
 * one? */
bool wp_term_within(struct wp_network_pool *pool, const struct wp_term *a, const struct wp_term *b);

#endif
