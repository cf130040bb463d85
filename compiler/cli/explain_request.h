/* `woapol explain FILE --request JSON`. */
#ifndef WP_CLI_EXPLAIN_REQUEST_H
#define WP_CLI_EXPLAIN_REQUEST_H

#include "compiler/cli/cli.h"

int wp_explain_request(const struct wp_invocation *invocation, const char *path,
                       const char *request);

#endif
