/* The sandbox's sockets: four on 127.0.0.1, three of them TLS. */
#ifndef WP_SANDBOX_HTTP_H
#define WP_SANDBOX_HTTP_H

#include "compiler/sandbox/box.h"

struct wp_box_server;

/* Listens and answers in threads of its own until it is stopped; fills in
 * box->urls. NULL after writing the reason. */
struct wp_box_server *wp_box_serve(struct wp_box *box, char *why, size_t size);

/* Requests under way are answered; then the sockets are closed. */
void wp_box_stop(struct wp_box_server *server);

#endif
