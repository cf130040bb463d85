/*
 * Checks a solver's proof, knowing nothing of how it was found.
 *
 * Given clauses are believed, the theory's are put to `theory`, derived ones
 * must follow from those before by unit propagation alone. Written for clarity,
 * not speed: the tests use it to take the solver out of what has to be trusted.
 */
#ifndef WP_ANALYSIS_PROOF_CHECK_H
#define WP_ANALYSIS_PROOF_CHECK_H

#include "compiler/analysis/sat.h"

struct wp_proof;

/* An empty proof, in the arena. */
struct wp_proof *wp_proof_new(struct wp_arena *arena);

/* A wp_proof_log; `context` is a struct wp_proof. */
void wp_proof_record(void *context, enum wp_proof_step step, const uint32_t *literals,
                     uint32_t count);

size_t wp_proof_length(const struct wp_proof *proof);

/* Is it right that one of these literals is always true? */
typedef bool (*wp_proof_theory)(void *context, const uint32_t *literals, uint32_t count);

/*
 * Checks every step, and that the last derived clause holds nothing but
 * negations of `assumptions`: then these cannot hold together. On false
 * *failed is the number of the step that does not follow, or the length.
 */
bool wp_proof_check(const struct wp_proof *proof, const uint32_t *assumptions, uint32_t count,
                    wp_proof_theory theory, void *context, size_t *failed);

#endif
