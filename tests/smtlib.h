/* A model's reachability questions as SMT-LIB 2, for a solver that shares nothing
 * with ours: addresses are bit-vectors, groups are booleans. */
#ifndef WP_TESTS_SMTLIB_H
#define WP_TESTS_SMTLIB_H

#include "compiler/model.h"

#include <stdio.h>

/* Writes a script that answers sat (can decide) or unsat for each rule of the
 * model's first policy, one line each. */
void smtlib_write(FILE *file, const struct wp_model *model);

#endif
