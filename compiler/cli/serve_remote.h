/* woapol serve --image URL: the options, and the bridge between the service, which
 * knows no network but its own, and the transport. */
#ifndef WP_CLI_SERVE_REMOTE_H
#define WP_CLI_SERVE_REMOTE_H

#include "compiler/cli/cli.h"
#include "compiler/emit/image_fetch.h"
#include "compiler/serve/remote.h"

struct wp_serve_remote {
    struct wp_image_fetch *fetch; /* NULL: the image is a file */
    struct wp_image_source source;
};

/* Finds what is to be served, --image or the operand; NULL after a message. */
const char *wp_serve_subject(const struct wp_invocation *invocation);

/* Prepares to fetch `url`. Returns WP_EXIT_DONE or the status after a message. */
int wp_serve_remote_open(const struct wp_invocation *invocation, const char *url,
                         struct wp_serve_remote *remote);
void wp_serve_remote_close(struct wp_serve_remote *remote);

#endif
