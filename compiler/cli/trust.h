/* Whose signatures a command line trusts. */
#ifndef WP_CLI_TRUST_H
#define WP_CLI_TRUST_H

#include "compiler/cli/cli.h"
#include "compiler/image_sign.h"

struct wp_asked_trust {
    bool is_asked; /* for any signature at all */
    struct wp_trust trust;
    const char **names; /* the files of the keys */
};

/* Reads --key, --threshold and --require-signature, where the command has them.
 * Returns WP_EXIT_DONE or the status after a message. */
int wp_read_trust(const struct wp_invocation *invocation, struct wp_arena *arena,
                  struct wp_asked_trust *asked);

/* Says why the last check said no; returns WP_EXIT_SIGNATURE. */
int wp_refuse_signatures(const struct wp_invocation *invocation, const char *path,
                         const struct wp_asked_trust *asked);

#endif
