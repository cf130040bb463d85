/*
 * Conditions folded: negation normal form with one leaf a known dimension.
 *
 * What is known of every request (address, device, posture, app, user) may be
 * joined and simplified freely. Whether a user is in a group may be unknown, so
 * groups obey the laws of a lattice only: `G or not G` is not true, and a group
 * disappears only beside something known that settles the matter. Hence folded
 * and written conditions agree in three-valued logic.
 */
#ifndef WP_COMPILER_FOLD_H
#define WP_COMPILER_FOLD_H

#include "compiler/network_pool.h"

struct wp_folder;

/* Folds conditions of one model. Networks that come about are put into `pool`. */
struct wp_folder *wp_folder_new(const struct wp_model *model, struct wp_network_pool *pool);

/* The folded form of a condition as written, or of its opposite. */
struct wp_test *wp_fold(struct wp_folder *folder, const struct wp_test *test, bool negated);

/* Whether what was folded together takes too much room (WOA1034). */
bool wp_fold_too_large(const struct wp_folder *folder);

#endif
