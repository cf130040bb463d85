/*
 * The head of an HTTP/1 request, read strictly.
 *
 * What two readers could take for two different things is refused: line ends
 * other than CRLF, folded lines, blanks before a colon, a Content-Length that
 * stands twice, any Transfer-Encoding, control characters. No memory is taken
 * and nothing is copied: what is found points into the bytes handed over.
 */
#ifndef WP_SERVE_HTTP_HEAD_H
#define WP_SERVE_HTTP_HEAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "woapol.h"

/* A head with its blank line is at most so long, and has so many fields. */
#define WP_HTTP_HEAD_MAX 8192
#define WP_HTTP_FIELDS_MAX 100

enum wp_http_state {
    WP_HTTP_COMPLETE,
    WP_HTTP_INCOMPLETE, /* so far it is well formed, but the blank line is not there */
    WP_HTTP_MALFORMED,  /* 400 */
    WP_HTTP_TOO_LARGE,  /* 431 */
    WP_HTTP_CODING,     /* 501: a transfer coding */
    WP_HTTP_VERSION     /* 505: neither HTTP/1.0 nor HTTP/1.1 */
};

struct wp_http_field {
    struct woapol_text name, value; /* the value without blanks around it */
};

struct wp_http_head {
    struct woapol_text method, target;
    struct wp_http_field fields[WP_HTTP_FIELDS_MAX];
    size_t field_count;
    size_t size;        /* of the head, its blank line included */
    uint64_t body_size; /* how many bytes follow it */
    unsigned minor;     /* HTTP/1.minor */
    bool keeps_alive;   /* the connection stays open after the answer */
    bool expects_continue;
};

/* Reads a head from the start of the bytes. Unless the state is
 * WP_HTTP_COMPLETE, *head is not to be used. */
enum wp_http_state wp_http_head_read(struct wp_http_head *head, const char *bytes, size_t length);

/* Whether two names of fields are the same, whatever their case. */
bool wp_http_names_match(const char *name, const char *other, size_t length);

static inline bool
wp_http_name_is(struct woapol_text name, const char *other, size_t length)
{
    return name.length == length && wp_http_names_match(name.text, other, length);
}

#endif
