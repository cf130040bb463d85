/*
 * One exchange with a server, as libcurl does it: no retries, no redirects, no
 * credentials. What transport.h promises is made of these. Also the small parsers
 * of what servers say in headers.
 */
#ifndef WP_EMIT_WIRE_H
#define WP_EMIT_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "compiler/emit/curl.h"
#include "compiler/emit/problem.h"

/* Where a server is: what every URL that is asked must have in common. */
struct wp_origin {
    char *scheme, *host, *port; /* host in lower case, "443" where none is written */
};

/* Takes https:// URLs, and http:// for loopback addresses; no user, no fragment.
 * What is set must be given back by wp_origin_free in either case. */
bool wp_origin_read(struct wp_origin *origin, const char *url, struct wp_problem *problem);
void wp_origin_free(struct wp_origin *origin);

/* `link`, relative to `base` or absolute, as an absolute URL that the caller
 * frees with curl_free; NULL when it is none, or leads elsewhere than `origin`. */
char *wp_origin_resolve(const struct wp_origin *origin, const char *base, const char *link);

/* One line of the request's head; wiped when freed, since it may be a secret. */
struct curl_slist *wp_line_add(struct curl_slist *lines, const char *name, const char *value);
void wp_lines_free(struct curl_slist *lines);

struct wp_wire_request {
    const char *method, *url;
    struct curl_slist *lines;
    const void *body; /* NULL: none */
    size_t body_size;
    bool is_write; /* goes over a connection of its own, so that libcurl never sends it twice */
};

enum wp_wire_end {
    WP_WIRE_ANSWERED,
    WP_WIRE_UNREACHABLE, /* nothing was sent; may work later */
    WP_WIRE_UNTRUSTED,   /* nothing was sent; will not work later either */
    WP_WIRE_LOST,        /* sent, in part or whole, but no whole answer came */
    WP_WIRE_TOO_LARGE,   /* sent; the answer goes beyond the limit */
    WP_WIRE_STOPPED      /* given up because stopped() said so */
};

struct wp_wire {
    CURL *curl;
    size_t largest;
    bool (*stopped)(void *context);
    void *stopped_context;

    /* The last answer. */
    char *body;
    size_t size, capacity, head_size;
    bool is_too_large, was_stopped;
    bool was_sent;
    unsigned status;
    char error[CURL_ERROR_SIZE + 64];
};

/* False when there is no memory. */
bool wp_wire_init(struct wp_wire *wire, const char *scheme, const char *ca_file, unsigned seconds);
void wp_wire_end(struct wp_wire *wire);

enum wp_wire_end wp_wire_exchange(struct wp_wire *wire, const struct wp_wire_request *request);

/* Gives the last answer's memory back; its head stays. */
void wp_wire_drop(struct wp_wire *wire);

/* The `index`th field of that name in the last answer's head, or NULL. */
const char *wp_wire_header(const struct wp_wire *wire, const char *name, size_t index);

/* A field that is a number without a sign; -1 when it is missing or something else. */
int64_t wp_wire_number(const struct wp_wire *wire, const char *name);

/* ---- what is parsed by hand ------------------------------------------------ */

/* The digits at `text`, all of it but blanks around them; -1 for anything else
 * and for numbers above 10^15. */
int64_t wp_header_number(const char *text);

/* "Sun, 22 Nov 2026 00:29:00 GMT" as seconds since 1970; -1 for anything else. */
int64_t wp_header_date(const char *text);

/* The target of the link whose relations hold `relation` in a Link field (RFC
 * 8288): where it starts and how long it is. False when there is none. */
bool wp_header_link(const char *text, const char *relation, const char **target, size_t *size);

#endif
