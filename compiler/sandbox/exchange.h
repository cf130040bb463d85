/*
 * One request to the sandbox and its answer, free of sockets, so that tests can
 * make their own. What is read comes from anybody: handlers take nothing of it
 * for granted. Everything lives in the exchange's arena.
 */
#ifndef WP_SANDBOX_EXCHANGE_H
#define WP_SANDBOX_EXCHANGE_H

#include "compiler/sandbox/box.h"

#define WP_EXCHANGE_HEADERS 64
#define WP_EXCHANGE_ARGUMENTS 64
#define WP_EXCHANGE_CAPTURES 4

struct wp_box_pair {
    const char *name, *value;
};

struct wp_exchange {
    struct wp_box *box;
    struct wp_arena *arena;
    enum wp_box_port port;
    const char *method;
    const char *path; /* decoded by segments, in `segments`; this is as sent */
    struct wp_box_pair headers[WP_EXCHANGE_HEADERS];
    size_t header_count;
    struct wp_box_pair arguments[WP_EXCHANGE_ARGUMENTS]; /* of the query, decoded */
    size_t argument_count;
    const char *body; /* with a NUL behind it */
    size_t body_size;
    const char *base; /* where the client sees the tenant: https://localhost:4711 */
    const char *captures[WP_EXCHANGE_CAPTURES]; /* the {} of the route, decoded */
    const json_t *grant; /* the OAuth token's, once authorized; NULL: an API token */

    /* the answer */
    unsigned status;
    const char *type;
    char *text; /* malloc'ed; NULL: no body */
    size_t size;
    struct wp_box_pair answer[16];
    size_t answer_count;
    bool is_cut; /* the connection ends without an answer */
};

/* Splits and decodes a request target, "/api/v1/zones?limit=20": path, arguments.
 * False when it is none: a % without two digits, a NUL, too many arguments. */
bool wp_exchange_read_target(struct wp_exchange *x, const char *target);

/* The body, application/x-www-form-urlencoded, as arguments of `form`, which is
 * the caller's; false when it is malformed. */
bool wp_exchange_read_form(const struct wp_exchange *x, struct wp_exchange *form);

/* A header or query argument by its name, or NULL. */
const char *wp_exchange_header(const struct wp_exchange *x, const char *name);
const char *wp_exchange_argument(const struct wp_exchange *x, const char *name);
/* A whole number from the query, `otherwise` without one or when it is none. */
long wp_exchange_number(const struct wp_exchange *x, const char *name, long otherwise);

/* The body as JSON, or NULL when it is none; given back with json_decref. */
json_t *wp_exchange_json(const struct wp_exchange *x);

/* Answers. `body` is taken over; NULL: without a body. */
void wp_exchange_answer(struct wp_exchange *x, unsigned status, json_t *body);
void wp_exchange_text(struct wp_exchange *x, unsigned status, const char *type, const char *text,
                      size_t size);
void wp_exchange_add(struct wp_exchange *x, const char *name, const char *value);

typedef void (*wp_box_handler)(struct wp_exchange *x);

/* A call that a tenant has. `pattern` is "/api/v1/zones/{}"; {} is one segment.
 * `need` is the scope, or the media type, that the tenant asks for. */
struct wp_box_route {
    const char *method, *pattern;
    wp_box_handler handler;
    const char *need;
};

/* The route that fits, with x->captures set; NULL: *has_path says whether another
 * method would have fit. */
const struct wp_box_route *wp_box_route_find(struct wp_exchange *x,
                                             const struct wp_box_route *routes, size_t count,
                                             bool *has_path);

/* ---- JSON --------------------------------------------------------------------- */

/* The text of a key, or NULL when there is none or it is no text. */
const char *wp_box_text(const json_t *object, const char *key);
/* Whether the value at the key is `true`. */
bool wp_box_yes(const json_t *object, const char *key);
/* Copies the keys of the list ("a b c") that are there; what is not in the list
 * is dropped. Never NULL; `from` may be anything. */
json_t *wp_box_pick(const json_t *from, const char *keys);
/* Whether the array holds that text. */
bool wp_box_holds(const json_t *array, const char *text);

#endif
