/*
 * A small conflict-driven SAT solver with a theory beside it.
 *
 * Made for many short questions: starting afresh costs as much as the last
 * question had variables, and nothing is allocated anew once the largest
 * question has been seen. Clauses can be added between calls, calls can be made
 * under assumptions, and an unsatisfiable call tells which assumptions it rests
 * on. Unassigned variables are tried false first.
 *
 * The theory knows what the clauses do not say (that no address lies in two
 * disjoint networks): it is shown each complete assignment and either accepts
 * it or names literals that cannot all be false.
 */
#ifndef WP_ANALYSIS_SAT_H
#define WP_ANALYSIS_SAT_H

#include "lang/arena.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A literal is twice its variable's number, plus one if negated. */
static inline uint32_t
wp_literal(uint32_t variable, bool negated)
{
    return variable * 2 + negated;
}
static inline uint32_t
wp_negate(uint32_t literal)
{
    return literal ^ 1;
}

enum wp_sat_result { WP_SAT_NO, WP_SAT_YES, WP_SAT_UNDECIDED };

/* Where a clause of a proof comes from: given by the caller, claimed by the
 * theory, or derived (each follows from those before it by unit propagation). */
enum wp_proof_step { WP_PROOF_GIVEN, WP_PROOF_THEORY, WP_PROOF_DERIVED };
typedef void (*wp_proof_log)(void *context, enum wp_proof_step step, const uint32_t *literals,
                             uint32_t count);

struct wp_sat;

/* Judges a complete assignment. True: it stands. False: `lemma` holds *count
 * literals, all false now, of which one must be true; `room` is what fits. */
typedef bool (*wp_sat_theory)(void *context, const struct wp_sat *sat, uint32_t *lemma,
                              uint32_t *count);

/* A solver without variables; it lives in the arena. `theory` may be NULL. */
struct wp_sat *wp_sat_new(struct wp_arena *arena, wp_sat_theory theory, void *context);

/* Forgets all variables and clauses, and the proof log. */
void wp_sat_reset(struct wp_sat *sat);

/* From now on every clause goes to `log`, until the next reset. */
void wp_sat_set_log(struct wp_sat *sat, wp_proof_log log, void *context);

/* A new variable's number; they count from 0. */
uint32_t wp_sat_new_variable(struct wp_sat *sat);
uint32_t wp_sat_variable_count(const struct wp_sat *sat);

/* Adds a clause: one of the literals must be true. */
void wp_sat_add(struct wp_sat *sat, const uint32_t *literals, uint32_t count);

/*
 * Is there an assignment that makes all assumptions true? Each conflict takes
 * one from *budget; undecided when it is used up. After YES wp_sat_is_true reads
 * the assignment; after NO wp_sat_core lists assumptions that cannot hold
 * together (none: the clauses alone contradict each other).
 */
enum wp_sat_result wp_sat_solve(struct wp_sat *sat, const uint32_t *assumptions, uint32_t count,
                                uint64_t *budget);
bool wp_sat_is_true(const struct wp_sat *sat, uint32_t literal);
const uint32_t *wp_sat_core(const struct wp_sat *sat, uint32_t *count);

#endif
