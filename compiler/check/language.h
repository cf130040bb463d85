/* Checks of what the language itself promises or forbids. */
#ifndef WP_COMPILER_CHECK_LANGUAGE_H
#define WP_COMPILER_CHECK_LANGUAGE_H

#include "compiler/symbols.h"

/* Annotations: unknown ones, wrong values, those that have expired (WOA1050,
 * WOA1051). `today` in days since 1970-01-01; below 0 nothing has expired. */
void wp_check_annotations(struct wp_diagnostics *list, const struct wp_loaded *loaded, long today);

/* What is given and expected in tests and proofs (WOA1010, WOA1060). */
void wp_check_tests(struct wp_diagnostics *list, const struct wp_model *model,
                    struct wp_symbols *symbols);

/* Rules that an absent fact opens (WOA2010). */
void wp_check_absent(struct wp_diagnostics *list, const struct wp_model *model);

/* A group's name that means another group, too (WOA1038). */
void wp_check_groups(struct wp_diagnostics *list, const struct wp_model *model);

#endif
