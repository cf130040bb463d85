/* Sockets to listen on: "http:127.0.0.1:8080", "spop:[::1]:9000", "unix:/run/w.sock",
 * "grpc:unix:/run/w.sock". */
#ifndef WP_SERVE_LISTEN_H
#define WP_SERVE_LISTEN_H

#include "compiler/serve/settings.h"

/* As long as any address that is written. */
#define WP_LISTEN_TEXT_MAX 160

/* Reads a place to listen at. Without a service it is "http". On false *why says
 * what is wrong, as a part of a sentence. */
bool wp_listen_read(struct wp_listen *listen, const char *text, const char **why);

/* Writes it; `text` holds WP_LISTEN_TEXT_MAX bytes. */
void wp_listen_write(const struct wp_listen *listen, char *text);

/*
 * Opens `count` sockets at the same place, which share what arrives; a port 0 in
 * *listen becomes the one that was taken. At a path there is one socket, `count`
 * times: it takes the place of a socket that is there, so that a new service can
 * come before the old one goes. False with errno when it cannot.
 */
bool wp_listen_open(struct wp_listen *listen, unsigned mode, int *sockets, size_t count);

/* Closes them, and removes the path unless another socket has taken it. */
void wp_listen_close(const struct wp_listen *listen, const int *sockets, size_t count);

/* An address as the runtime knows it; family 0 for a unix socket. */
void wp_peer_address(struct woapol_address *address, const struct sockaddr_storage *from);

#endif
