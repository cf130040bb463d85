/* How good are the tests? test --coverage, --mutate and --generate. */
#ifndef WP_CLI_TEST_QUALITY_H
#define WP_CLI_TEST_QUALITY_H

#include "compiler/cli/policy.h"

/* Whether one of the three options was given. */
bool wp_asks_test_quality(const struct wp_invocation *invocation);

/* Prints what the options ask for, for a person or, with --format json, as a
 * document. The exit status: 4 when mutants survive or a threshold is missed. */
int wp_test_quality(const struct wp_invocation *invocation, struct wp_opened *policy);

#endif
