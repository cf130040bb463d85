/* Telling a service manager how far we are (sd_notify's protocol). */
#ifndef WP_SERVE_NOTIFY_H
#define WP_SERVE_NOTIFY_H

/* Sends a line like "READY=1" to the socket in NOTIFY_SOCKET, if there is one. */
void wp_notify(const char *state);

#endif
