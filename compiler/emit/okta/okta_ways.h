/*
 * Chains as sets of ways: which methods, in which order, let somebody in. Two lists of
 * chains with the same ways ask for the same, however they are written.
 *
 * Chains are those of Okta's AUTH_METHOD_CHAIN in their canonical form (okta.h). Okta has
 * a second form, ASSURANCE: so many factors, from lists of methods, in the order that the
 * person likes.
 */
#ifndef WP_EMIT_OKTA_WAYS_H
#define WP_EMIT_OKTA_WAYS_H

#include "compiler/emit/okta/okta.h"

/* The set of ways, an object; NULL when there are too many to be listed. */
json_t *wp_okta_ways(const json_t *chains);

/* Joins chains that differ in one step, which changes no way, until there are at most
 * `most` or nothing is left to join. */
void wp_okta_join_chains(json_t *chains, size_t most);

/* {"type": "ASSURANCE", "factorMode", "constraints"} with exactly the same ways; NULL when
 * there is none: other than one or two steps, two that cannot be swapped, or that are not
 * one of knowledge and one of possession. */
json_t *wp_okta_assurance_of(const struct wp_model *model, const json_t *chains);

#endif
