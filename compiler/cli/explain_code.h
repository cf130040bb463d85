/* What a diagnostic means, from the table, without a policy at hand. */
#ifndef WP_CLI_EXPLAIN_CODE_H
#define WP_CLI_EXPLAIN_CODE_H

#include "compiler/cli/cli.h"

/* Whether an operand of `explain` asks for a code ("WOA2001", "woa2001", "2001")
 * or for "all" of them, rather than naming a file. */
bool wp_is_code(const char *operand);

/* Prints what the operand asks for, in the format of --format (human, markdown,
 * json); wrong usage when there is no such code. */
int wp_explain_code(const struct wp_invocation *invocation, const char *operand);

#endif
