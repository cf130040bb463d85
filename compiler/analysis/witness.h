/* Points for people: as the JSON of a request, as a test, as a sentence. */
#ifndef WP_ANALYSIS_WITNESS_H
#define WP_ANALYSIS_WITNESS_H

#include "compiler/analysis/point.h"
#include "compiler/analysis/traits.h"

/* The request as one line of JSON, in the arena: `eval` decides it as the model
 * decides the point. What plays no part in the model is left out. */
const char *wp_witness_json(struct wp_arena *arena, const struct wp_model *model,
                            const struct wp_traits *traits, const struct wp_point *point);

/* "a user in Staff, on ios, from 203.0.113.9, managed". */
const char *wp_witness_sentence(struct wp_arena *arena, const struct wp_model *model,
                                const struct wp_traits *traits, const struct wp_point *point);

/* "deny", "allow", "authenticate with Strong", with the time if there is one. */
const char *wp_decision_sentence(struct wp_arena *arena, const struct wp_model *model,
                                 const struct wp_decision *decision);

/* A whole test: its name, the request, what is expected. */
const char *wp_witness_test(struct wp_arena *arena, const struct wp_model *model,
                            const struct wp_traits *traits, const char *name,
                            const struct wp_point *point, const struct wp_policy *policy,
                            uint32_t rule);

#endif
