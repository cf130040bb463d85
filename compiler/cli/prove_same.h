/* prove --same: that two tenants decide every real sign-in alike. */
#ifndef WP_CLI_PROVE_SAME_H
#define WP_CLI_PROVE_SAME_H

#include "compiler/cli/cli.h"

/* The exit status; 4 when it is refuted or cannot be told. */
int wp_prove_same(const struct wp_invocation *invocation);

#endif
