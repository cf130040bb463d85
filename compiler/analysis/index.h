/*
 * Which of many conditions does a point meet? An index over the conditions, so
 * that asking takes about a microsecond at ten thousand of them.
 *
 * Each condition is bounded by one set in each dimension; a row of bits for each
 * device type, posture and stretch of addresses says which bounds allow it, and
 * lists by group hold the conditions that need one of certain groups. What is
 * left is evaluated.
 */
#ifndef WP_ANALYSIS_INDEX_H
#define WP_ANALYSIS_INDEX_H

#include "compiler/analysis/bounds.h"
#include "compiler/analysis/point.h"

struct wp_index;

/* An index of `count` conditions over the model, in the arena. A NULL condition
 * is met by no point. The conditions are borrowed. */
struct wp_index *wp_index_new(struct wp_arena *arena, const struct wp_model *model,
                              const struct wp_test *const *tests, uint32_t count);

const struct wp_test *wp_index_test(const struct wp_index *index, uint32_t number);

/* How general a condition is: the smaller, the more it takes. */
uint32_t wp_index_weight(const struct wp_index *index, uint32_t number);

/* The first `room` conditions numbered from `from` to below `limit` that the
 * point meets, ascending; returns how many. `only`, unless NULL, has a bit for
 * each condition that counts. */
uint32_t wp_index_find(const struct wp_index *index, const struct wp_point *point, uint32_t from,
                       uint32_t limit, const uint64_t *only, uint32_t *found, uint32_t room);

/* The bounds of a condition. */
const struct wp_bounds *wp_index_bounds(const struct wp_index *index, uint32_t number);

/* Writes a bit for each condition that may have a point in common with what lies
 * within the bounds, as far as single dimensions tell: none that has is missing.
 * `bits` has count / 64 + 1 words. */
void wp_index_overlaps(const struct wp_index *index, const struct wp_bounds *bounds,
                       uint64_t *bits);

#endif
