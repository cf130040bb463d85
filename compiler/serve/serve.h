/* The decision service, from its start to its end. */
#ifndef WP_SERVE_SERVE_H
#define WP_SERVE_SERVE_H

#include "compiler/serve/settings.h"

enum wp_serve_result {
    WP_SERVE_DONE,     /* it was told to end, and has */
    WP_SERVE_FAILED,   /* it could not start; `say` has told why */
    WP_SERVE_SIGNATURE /* the image's signatures are not acceptable */
};

/*
 * Serves until SIGTERM or SIGINT. Follows the image once a second; SIGHUP looks at
 * it at once and opens the log anew. Blocks these signals in the calling thread
 * and those it makes. Tells a service manager (NOTIFY_SOCKET) when it is ready
 * and when it is about to end.
 */
enum wp_serve_result wp_serve(const struct wp_serve_settings *settings);

#endif
