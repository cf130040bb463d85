/*
 * What of a policy do its tests reach? Rules that decide a test's request,
 * conditions that were true and false when a request came to their rule and that
 * alone settled it, and regions: what of the named devices, groups, apps and
 * networks gets to each decision.
 *
 * Only what some request can reach counts; for everything that no test reaches
 * there is a request that would, as a test to paste. Conditions of tests with
 * incomplete groups count as true or false only where they are known to be.
 */
#ifndef WP_ANALYSIS_COVERAGE_H
#define WP_ANALYSIS_COVERAGE_H

#include "compiler/analysis/analysis.h"
#include "compiler/analysis/suite.h"

/* A deciding rule, or otherwise (rule_count), that can decide. */
struct wp_covered_rule {
    uint32_t policy, rule;
    uint32_t tests;   /* that it decides */
    const char *test; /* one that it would decide; NULL when there are some */
};

enum wp_covered_kind {
    WP_COVERED_VALUE,   /* a condition, true or false when a request came to its rule */
    WP_COVERED_SETTLES, /* and with the other value the rule would have gone the other way */
    WP_COVERED_REGION,  /* a named member among what the rule, or otherwise, decides */
    WP_COVERED_KINDS
};
struct wp_covered_item {
    enum wp_covered_kind kind;
    uint32_t policy, rule;
    const struct wp_test *condition; /* has its place in the source; NULL: REGION */
    bool value;
    const char *member; /* REGION: "device ios" */
    bool is_seen;
    bool is_decided;  /* some test is decided by the rule */
    const char *test; /* when it is not seen; several items can share one */
};

struct wp_coverage {
    struct wp_covered_rule *rules;
    size_t rule_count, rules_hit;
    struct wp_covered_item *items;
    size_t item_count;
    size_t counts[WP_COVERED_KINDS], seen[WP_COVERED_KINDS];
    const char **tests; /* that reach all the rest, each once */
    size_t test_count;
    size_t undecided;
};

void wp_cover(struct wp_coverage *coverage, struct wp_arena *arena, const struct wp_model *model,
              const struct wp_suite *suite, const struct wp_analysis_options *options);

#endif
