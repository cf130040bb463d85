/*
 * Runs the tests that a source holds.
 *
 * What decides is the caller's: the command line hands over the image's
 * evaluator, so that what is tested is what is shipped. Facts and decisions
 * cross that door by their names.
 */
#ifndef WP_COMPILER_TESTS_RUN_H
#define WP_COMPILER_TESTS_RUN_H

#include "compiler/model.h"

/* What a case gives, as a request would say it; NULL: absent. */
struct wp_test_facts {
    const char *ip, *device, *app, *user, *entry;
    const char *const *groups;
    uint32_t group_count;
    bool groups_incomplete;
    bool managed, compliant;
    uint32_t risk; /* enum wp_risk; high when absent */
};

/* A method of a chain, and where in it. They come in order. */
struct wp_got_method {
    uint32_t alternative, step;
    const char *name;
};

/* What was decided. Borrowed until the next decision. */
struct wp_got {
    enum wp_effect effect;
    const char *policy;                /* NULL: none applies */
    const char *rule;                  /* NULL: otherwise, or no policy */
    const struct wp_got_method *chain; /* of an authentication */
    size_t chain_count;
    uint64_t reauth_seconds; /* or WP_NO_REAUTH */
    const char *message;     /* or NULL */
    const char *const *reports;
    size_t report_count;
    bool groups_incomplete;
};

struct wp_test_evaluator {
    /* False when it could not decide; the run ends then. */
    bool (*decide)(void *context, const struct wp_test_facts *facts, struct wp_got *got);
    /* How many factors the model's chain asks for at the least. */
    unsigned (*factors)(void *context, uint32_t chain);
    void *context;
};

/* One `given ... expect ...`. */
struct wp_test_result {
    const struct wp_declaration *test;
    const char *name;    /* of the test */
    uint32_t number;     /* of the case in it, from 1 */
    uint32_t count;      /* of cases in it */
    struct wp_span span; /* of the case */
    bool passed;
    struct wp_span failed; /* the expectation that was not met; otherwise the case's */
    const char *expected;  /* that expectation, or all of them: as written, on one line */
    const char *got;       /* the decision, in the same words */
};

struct wp_test_run {
    uint32_t passed, failed;
    /* reached[policy][rule]: how many cases the rule decided or was reported in. */
    uint32_t **reached;
};

/*
 * Runs every test of the model in order and calls `report` for each case. Memory
 * comes from `arena`. Returns false when the evaluator could not decide.
 */
bool wp_tests_run(struct wp_arena *arena, const struct wp_model *model,
                  const struct wp_test_evaluator *evaluator,
                  void (*report)(void *context, const struct wp_test_result *result), void *context,
                  struct wp_test_run *run);

/* How many cases there are. */
uint32_t wp_tests_count(const struct wp_model *model);

#endif
