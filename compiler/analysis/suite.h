/* The tests that a source declares, as points of its model. */
#ifndef WP_ANALYSIS_SUITE_H
#define WP_ANALYSIS_SUITE_H

#include "compiler/analysis/outcome.h"
#include "compiler/analysis/point.h"

struct wp_suite_case {
    const char *test; /* its name */
    const struct wp_case *source;
    struct wp_point point;
    struct wp_source_of_decision from; /* who decides it */
};
struct wp_suite {
    struct wp_suite_case *cases;
    size_t count;
    size_t incomplete; /* cases left out since their groups are incomplete */
};

/* Collects the tests of all files, in their order. */
void wp_suite_init(struct wp_suite *suite, struct wp_arena *arena, const struct wp_model *model);

/* Are the case's expectations met by that decision? */
bool wp_suite_is_met(struct wp_arena *arena, const struct wp_model *model,
                     const struct wp_suite_case *test, struct wp_source_of_decision from);

#endif
