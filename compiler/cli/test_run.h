/* The tests of a policy, run on its image, with what people want to know of them. */
#ifndef WP_CLI_TEST_RUN_H
#define WP_CLI_TEST_RUN_H

#include "compiler/cli/policy.h"

/* One `given ... expect ...`: what came of it. */
struct wp_tested_case {
    const char *place; /* "policy.woapol:40:3" */
    const char *given; /* as written */
    bool has_passed;
    /* Of the first expectation that was not met; otherwise of the last one. */
    const char *expected; /* as written */
    const char *got;      /* "authenticate password, by trusted" */
    const char *by_place; /* where the rule that decided stands, or NULL */
    const char *because;  /* the first condition that turned out otherwise, or NULL */
};

struct wp_tested {
    const char *name;
    const char *place;
    bool has_passed;
    struct wp_tested_case *cases;
    uint32_t case_count;
};

/* A rule, or a written `otherwise`, that no test came to. */
struct wp_unreached {
    const char *policy, *rule; /* rule NULL: otherwise */
    const char *place;
};

struct wp_test_results {
    struct wp_tested *tests;
    uint32_t test_count, passed, case_count;
    uint32_t skipped; /* by the filter */
    struct wp_unreached *unreached;
    uint32_t unreached_count;
};

/*
 * Runs the tests whose names hold `filter` (NULL: all of them), in the order of
 * the source. Everything is in the policy's arena. False when memory runs out.
 */
bool wp_run_tests(struct wp_opened *policy, const char *filter, struct wp_test_results *results);

#endif
