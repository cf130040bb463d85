/*
 * The network: requests to one tenant over HTTPS. libcurl's one door.
 *
 * A transport keeps to its base address: an absolute URL in an answer (a page's
 * next link, a redirect) is followed only on the same scheme, host and port.
 * TLS is verified always; plain http:// is taken for loopback addresses alone.
 * Answers are bounded in size and time. What a tenant may ask for, waiting
 * (429, 503) and trying again, is done here where doing it twice does no harm:
 * for GET always, for writes only when the tenant said that it did nothing.
 *
 * Not thread-safe: one transport, one thread.
 */
#ifndef WP_EMIT_TRANSPORT_H
#define WP_EMIT_TRANSPORT_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

#include "compiler/emit/problem.h"

struct wp_credentials;
struct wp_transport;

/* What the transport does between requests, for a progress bar and the log:
 * waiting so many seconds because of `why`, or nothing (seconds 0). */
typedef void (*wp_transport_notice)(void *context, const char *what, unsigned seconds);

struct wp_transport_options {
    const char *url;                    /* https://acme.okta.com, without a path's end */
    const char *ca_file;                /* NULL: the system's authorities */
    struct wp_credentials *credentials; /* NULL: none are sent; not taken over */
    size_t largest_answer;              /* bytes; 0: 64 MiB */
    unsigned timeout_seconds;           /* one request, from first to last byte; 0: 60 */
    unsigned patience_seconds;          /* waiting for one request in all; 0: 600 */
    unsigned most_pages;                /* of one list; 0: 10000 */
    bool once;                          /* nothing is sent again: the caller comes back by itself */
    wp_transport_notice notice;         /* NULL: silent */
    void *notice_context;

    bool read_only; /* refuses every request but GET and searches */

    /* Turns an error's JSON into one line (wp_tenant_kind.explain_error); NULL:
     * what Okta, Access and OAuth usually send is understood. */
    bool (*explain)(const json_t *answer, char *text, size_t size);
    /* Asked often while sending and waiting; true gives up. NULL: never. */
    bool (*stopped)(void *context);
    void *stopped_context;
    /* Waits instead of sleeping, for tests; NULL: sleeps. */
    void (*pause)(void *context, uint64_t milliseconds);
    void *pause_context;
};

struct wp_transport *wp_transport_new(const struct wp_transport_options *options,
                                      struct wp_problem *problem);
void wp_transport_free(struct wp_transport *transport);

/* A request: GET, POST, PUT, PATCH or DELETE. `path` begins with "/" and is escaped already; `body`
 * is sent as `content_type` (NULL: application/json). */
struct wp_http_request {
    const char *method;
    const char *path;
    const char *accept;       /* NULL: application/json */
    const char *content_type; /* NULL: application/json */
    const void *body;
    size_t body_size;
    const char *if_none_match; /* NULL: none */
    const char *authorization; /* where there are no credentials; NULL: none */
    bool asks; /* a POST that changes nothing: a search with its question in the body */
};

/* The answer of the last request; owned by the transport, valid until the next. */
struct wp_http_answer {
    unsigned status;
    const char *body; /* never NULL; a NUL behind it that is not counted */
    size_t size;
    const char *request_id; /* X-Okta-Request-Id and its like; "" without */
    bool was_sent;          /* the request may have reached the tenant */
};

/*
 * Sends and receives. True when there was an answer of any status. On false
 * nothing is known of the request's effect if answer->was_sent, and it had none
 * otherwise.
 */
bool wp_transport_send(struct wp_transport *transport, const struct wp_http_request *request,
                       struct wp_http_answer *answer, struct wp_problem *problem);

/* The answer's header field, or NULL. Valid until the next request. */
const char *wp_transport_header(const struct wp_transport *transport, const char *name);

/*
 * The common case: JSON to a path, JSON back. Any status but 2xx is a problem
 * that says what the tenant said; *answer still has the status. *json is NULL
 * for an empty body (204). `body` is NULL for none.
 */
bool wp_transport_json(struct wp_transport *transport, const char *method, const char *path,
                       const json_t *body, json_t **json, struct wp_http_answer *answer,
                       struct wp_problem *problem);

/* All pages of a list that is linked by Link: <…>; rel="next", as one array. */
bool wp_transport_list(struct wp_transport *transport, const char *path, json_t **array,
                       struct wp_problem *problem);

/* How many requests were sent, and how often one was sent again. */
struct wp_transport_counts {
    uint64_t requests, retries, waited_seconds;
};
struct wp_transport_counts wp_transport_counts(const struct wp_transport *transport);

#endif
