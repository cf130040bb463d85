/*
 * The solver's view of one question: a variable for each group, each set and
 * each compound condition that the question has come to know.
 *
 * Sets are opaque to the clauses. That two of one dimension exclude each other is
 * found by intersecting them when the solver proposes that both hold.
 */
#ifndef WP_ANALYSIS_SLICE_H
#define WP_ANALYSIS_SLICE_H

#include "compiler/analysis/point.h"
#include "compiler/analysis/sat.h"
#include "compiler/analysis/traits.h"

struct wp_slice;

struct wp_slice *wp_slice_new(struct wp_arena *arena, const struct wp_model *model);

/* Forgets everything; from now on about requests for `apps` (NULL: any), proposed
 * with those traits (NULL: what the model tests). */
void wp_slice_reset(struct wp_slice *slice, const struct wp_members *apps,
                    const struct wp_traits *traits);

struct wp_sat *wp_slice_sat(struct wp_slice *slice);

/* Makes the test hold (negated: fail) whenever `guard` is true; WP_NONE: always. */
void wp_slice_assert(struct wp_slice *slice, const struct wp_test *test, bool negated,
                     uint32_t guard);

/* After the solver said yes: the request it proposes, borrowed until the next. */
struct wp_point *wp_slice_point(struct wp_slice *slice);

/* What a variable stands for, if it is a set: the leaf goes into *test. */
bool wp_slice_meaning(const struct wp_slice *slice, uint32_t variable, struct wp_test *test);

/* Is one of these literals true whatever the request? A second look at what the
 * slice claimed of its sets, by trying every address, type and member that could
 * tell them apart; for proofs. Defined in slice_verify.c. */
bool wp_slice_verify(const struct wp_slice *slice, const struct wp_model *model,
                     const uint32_t *literals, uint32_t count, const struct wp_members *apps);

#endif
