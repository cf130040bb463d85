/*
 * What of a policy do its tests reach? Rules that decide a test's request, and
 * conditions that were both true and false when a request came to their rule.
 *
 * Only what some request can reach counts; for everything that no test reaches
 * there is a request that would, as a test to paste.
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

/* A condition within a rule, true or false when a request came to the rule. */
struct wp_covered_value {
    uint32_t policy, rule;
    const struct wp_test *condition; /* has its place in the source */
    bool value;
    bool is_seen;
    const char *test; /* when it is not seen */
};

struct wp_coverage {
    struct wp_covered_rule *rules;
    struct wp_covered_value *values;
    size_t rule_count, rules_hit, value_count, values_seen;
    size_t undecided;
};

void wp_cover(struct wp_coverage *coverage, struct wp_arena *arena, const struct wp_model *model,
              const struct wp_suite *suite, const struct wp_analysis_options *options);

#endif
