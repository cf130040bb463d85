/* What was expected and what was got, in the words of `expect`. */
#ifndef WP_COMPILER_TEST_TEXT_H
#define WP_COMPILER_TEST_TEXT_H

#include "compiler/tests_run.h"

/* The expectation as it is written, on one line; with `only_first` false all
 * those after it, too. */
const char *wp_expected_text(struct wp_arena *arena, const struct wp_model *model,
                             const struct wp_expectation *expectation, bool only_first);

const char *wp_got_text(struct wp_arena *arena, const struct wp_got *got);

#endif
