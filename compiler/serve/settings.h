/* What a running service was asked to be. */
#ifndef WP_SERVE_SETTINGS_H
#define WP_SERVE_SETTINGS_H

#include <sys/socket.h>

#include "compiler/serve/facts.h"
#include "compiler/serve/remote.h"
#include "woapol_host.h"

/* As many networks may be trusted. */
#define WP_TRUSTED_MAX 64

/* What is spoken on a socket. */
enum wp_service {
    WP_SERVICE_HTTP, /* forward-auth: every path is a question */
    WP_SERVICE_API,  /* decisions as JSON, health, metrics */
    WP_SERVICE_GRPC, /* Envoy's ext_authz */
    WP_SERVICE_SPOP, /* HAProxy's agent protocol */
    WP_SERVICE_COUNT
};

/* "http", "api", "grpc", "spop" */
const char *wp_service_name(enum wp_service service);

/* Where to listen. */
struct wp_listen {
    enum wp_service service;
    struct sockaddr_storage address;
    socklen_t length;
};

/* Which of the decisions are logged, where to, and how people are hidden. */
struct wp_log_settings {
    const char *path;     /* "-" is standard output; NULL: none are */
    double allowed_share; /* of those that are no deny, 0 to 1 */
    unsigned char key[32];
    bool shows_people; /* neither addresses nor names are masked */
};

struct wp_serve_settings {
    const char *image;                    /* the file; NULL with a source */
    const char *name;                     /* what to call it */
    const struct wp_image_source *source; /* of images from another machine, or NULL */
    const struct woapol_handle_options *handle;
    const struct wp_listen *listens;
    size_t listen_count;
    size_t threads;
    unsigned socket_mode; /* of unix sockets */
    size_t connections;   /* at most, of all threads together */
    unsigned drain_seconds;

    /* Peers whose header fields are believed. */
    const struct woapol_prefix *trusted;
    size_t trusted_count;
    bool trusts_unix; /* whoever may open the unix socket */
    struct woapol_text address_field;
    enum woapol_forwarded address_kind;
    struct woapol_text fact_fields[WP_FACT_COUNT]; /* text NULL: no field tells it */
    char separator;                                /* between groups */

    bool report_only; /* everybody passes */
    bool explains;    /* ?explain=1 is answered */
    struct wp_log_settings log;

    /* Says something to whoever runs the service; from one thread only. */
    void (*say)(void *context, const char *text);
    /* Called on SIGHUP before the image is looked at; may be NULL. */
    void (*refresh)(void *context);
    void *context;
};

#endif
