/* prove --target: that a tenant decides what the source says. */
#ifndef WP_CLI_PROVE_TARGET_H
#define WP_CLI_PROVE_TARGET_H

#include "compiler/cli/cli.h"

/* The exit status; 4 when it is refuted or cannot be told. */
int wp_prove_target(const struct wp_invocation *invocation);

#endif
