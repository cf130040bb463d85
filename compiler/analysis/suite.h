/* The tests that a source declares, as requests to its model. */
#ifndef WP_ANALYSIS_SUITE_H
#define WP_ANALYSIS_SUITE_H

#include "compiler/analysis/outcome.h"
#include "compiler/analysis/point.h"
#include "compiler/walk.h"

/* Where a test's decision comes from. When its groups are incomplete a rule can
 * be unknown, and then it is denied there whatever the rule says. */
struct wp_suite_verdict {
    struct wp_source_of_decision from;
    bool is_unknown;
};
struct wp_suite_case {
    const char *test; /* its name */
    const struct wp_case *source;
    struct wp_request request;
    struct wp_suite_verdict verdict;
};
struct wp_suite {
    struct wp_suite_case *cases;
    size_t count;
    size_t unknown; /* cases that are denied since their groups are incomplete */
};

/* Collects the tests of all files, in their order. */
void wp_suite_init(struct wp_suite *suite, struct wp_arena *arena, const struct wp_model *model);

/* Who decides the request: the model's rules as they are folded, one after the
 * other, in three-valued logic. */
struct wp_suite_verdict wp_suite_decide(const struct wp_model *model,
                                        const struct wp_request *request);

/* The point as a request. */
struct wp_request wp_suite_request(const struct wp_point *point);

/* Are the case's expectations met by that verdict? */
bool wp_suite_is_met(struct wp_arena *arena, const struct wp_model *model,
                     const struct wp_suite_case *test, struct wp_suite_verdict verdict);

#endif
