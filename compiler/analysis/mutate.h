/*
 * Would the tests notice? Small changes of the policy, one at a time, each put to
 * the tests. A change that no test notices either decides every request as
 * before, which is proved and the change set aside, or is shown with a test that
 * would notice it.
 */
#ifndef WP_ANALYSIS_MUTATE_H
#define WP_ANALYSIS_MUTATE_H

#include "compiler/analysis/analysis.h"
#include "compiler/analysis/suite.h"

enum wp_mutant_fate {
    WP_MUTANT_CAUGHT,   /* a test fails */
    WP_MUTANT_SURVIVED, /* none does, though decisions differ */
    WP_MUTANT_EQUAL,    /* proved: nothing differs */
    WP_MUTANT_UNDECIDED /* none does; whether anything differs is undecided */
};

struct wp_mutant {
    uint32_t policy, rule;
    const char *change; /* "drops 'managed' from its condition" */
    enum wp_mutant_fate fate;
    const char *caught_by; /* a test's name */
    const char *test;      /* SURVIVED: a test that would catch it, as text */
};

struct wp_mutants {
    struct wp_mutant *all;
    size_t count;
    size_t counts[4]; /* by fate */
    size_t left_out;  /* more than `limit` */
};

/* Makes up to `limit` mutants, spread over the rules, and tries each. */
void wp_mutate(struct wp_mutants *mutants, struct wp_arena *arena, const struct wp_model *model,
               const struct wp_suite *suite, size_t limit,
               const struct wp_analysis_options *options);

#endif
