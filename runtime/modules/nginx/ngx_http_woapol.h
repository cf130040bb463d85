/*
 * woapol in nginx: an access-phase module.
 *
 *   ngx_http_woapol_module.c     directives, merging, the access handler
 *   ngx_http_woapol_decide.c     from an nginx request to a decision
 *   ngx_http_woapol_image.c      images: opening, following, cached principals
 *   ngx_http_woapol_keys.c       whose signatures count
 *   ngx_http_woapol_variables.c  $woapol_effect and its kin
 *
 * A worker is one thread, so nothing here locks. An image can change only in a
 * timer, between requests' events; whatever outlives an event is copied out of
 * it.
 */
#ifndef NGX_HTTP_WOAPOL_H
#define NGX_HTTP_WOAPOL_H

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "woapol_host.h"

#define NGX_HTTP_WOAPOL_OFF 0
#define NGX_HTTP_WOAPOL_REPORT 1
#define NGX_HTTP_WOAPOL_ON 2

/* What few requests need is kept out of the way of those that do not. */
#define NGX_HTTP_WOAPOL_APART __attribute__((noinline))

/* People whose groups were bound lately are kept, so that binding costs nothing
 * for the requests that follow. */
#define NGX_HTTP_WOAPOL_PRINCIPALS 64
#define NGX_HTTP_WOAPOL_KEY_MAX 1024

typedef struct {
    bool taken, incomplete;
    uint16_t group_size, user_size;
} ngx_http_woapol_slot_t;

/* One image file, shared by all locations that name it. */
typedef struct {
    ngx_str_t path; /* absolute, NUL-terminated */
    struct woapol_handle *handle;
    struct woapol_reader *reader; /* in workers only */
    ngx_event_t timer;
    ngx_msec_t poll;
    ngx_http_woapol_slot_t slots[NGX_HTTP_WOAPOL_PRINCIPALS];
    u_char *memory; /* for each slot groups and name as they came, then a principal */
    size_t stride;
} ngx_http_woapol_image_t;

/* An Ed25519 key whose signature counts. */
typedef struct {
    u_char raw[32];
    u_char id[8]; /* the first of SHA-256 of the raw key, as `woapol keygen` shows it */
} ngx_http_woapol_key_t;

typedef struct {
    ngx_array_t images; /* ngx_http_woapol_image_t * */
    ngx_array_t keys;   /* ngx_http_woapol_key_t; none: signatures are not asked for */
    ngx_uint_t threshold;
    struct woapol_options trust; /* of the keys; its context is this configuration */
    ngx_msec_t poll;             /* how often images are looked at */
    ngx_int_t access_handler;    /* the access handler's place among all phases' */
    ngx_flag_t variables_used;   /* some variable of this module is used */
    ngx_flag_t names_used;       /* a variable is used that needs names from the image */
    ngx_flag_t reports_used;
} ngx_http_woapol_main_conf_t;

/* The request's facts that come from configured values; the order is that of the
 * directives. */
enum {
    NGX_HTTP_WOAPOL_DEVICE,
    NGX_HTTP_WOAPOL_GROUPS,
    NGX_HTTP_WOAPOL_GROUPS_COMPLETE,
    NGX_HTTP_WOAPOL_USER,
    NGX_HTTP_WOAPOL_APP,
    NGX_HTTP_WOAPOL_ENTRY,
    NGX_HTTP_WOAPOL_MANAGED,
    NGX_HTTP_WOAPOL_COMPLIANT,
    NGX_HTTP_WOAPOL_RISK,
    NGX_HTTP_WOAPOL_FACTS
};

/* Where a fact comes from: nowhere (NULL), one request header, one variable, or text
 * with variables. */
typedef struct {
    ngx_http_complex_value_t *text;
    ngx_str_t header; /* in lower case; empty: it is none */
    ngx_uint_t header_hash;
    ngx_int_t variable; /* its index, or NGX_ERROR */
} ngx_http_woapol_fact_t;

typedef struct {
    ngx_http_woapol_image_t *image; /* NULL: none is configured here */
    ngx_uint_t mode;
    ngx_http_woapol_fact_t *facts[NGX_HTTP_WOAPOL_FACTS];
    uint32_t used; /* a bit for each fact that is there */
} ngx_http_woapol_loc_conf_t;

/* A decision, and what it was made from: it holds while neither the location nor
 * the client's address has changed (realip in a location changes it late). */
typedef struct {
    ngx_http_woapol_loc_conf_t *conf;
    struct woapol_address address;
    enum woapol_effect effect;
    enum woapol_reason reason;
    uint64_t generation;
    ngx_str_t policy, rule, chain, message, reports;
    unsigned settled : 1; /* made in the access phase or later: facts are as they stay */
} ngx_http_woapol_ctx_t;

extern ngx_module_t ngx_http_woapol_module;

/* Whether two texts of `length` bytes are the same: a call would take longer. */
static ngx_inline ngx_flag_t
ngx_http_woapol_same(const u_char *a, const u_char *b, size_t length)
{
    uint64_t x, y;

    if (length < sizeof x)
        return ngx_memcmp(a, b, length) == 0;
    for (size_t at = 0; at + sizeof x < length; at += sizeof x) {
        ngx_memcpy(&x, a + at, sizeof x);
        ngx_memcpy(&y, b + at, sizeof y);
        if (x != y)
            return 0;
    }
    /* Some of the last eight bytes may have been looked at before. */
    ngx_memcpy(&x, a + length - sizeof x, sizeof x);
    ngx_memcpy(&y, b + length - sizeof y, sizeof y);
    return x == y;
}

/* The decision for this request in this location, made anew when `anew` says so or
 * what it rests on may have changed. NULL when memory runs out, or when no image is
 * configured. */
ngx_http_woapol_ctx_t *ngx_http_woapol_decision(ngx_http_request_t *r, ngx_flag_t anew);

/* Decides into *ctx, which need not be kept; false when no image is configured. */
ngx_flag_t ngx_http_woapol_decide(ngx_http_request_t *r, ngx_http_woapol_loc_conf_t *conf,
                                  ngx_http_woapol_ctx_t *ctx);

/* What a configured value means: 0 or 1, a risk from 0 to 2 (absent: 2), or
 * NGX_ERROR when it is no answer. */
ngx_int_t ngx_http_woapol_flag(ngx_str_t *value);
ngx_int_t ngx_http_woapol_risk(ngx_str_t *value);

/* Finds the image with that path, or adds it; NULL when memory runs out. */
ngx_http_woapol_image_t *
ngx_http_woapol_image_add(ngx_conf_t *cf, ngx_http_woapol_main_conf_t *main, ngx_str_t *path);

/* Opens it when the configuration has been read; logs why it is no good. */
ngx_int_t ngx_http_woapol_image_open(ngx_conf_t *cf, ngx_http_woapol_main_conf_t *main,
                                     ngx_http_woapol_image_t *image);

/* Reads a public key, PEM; logs why it is no good. */
ngx_int_t ngx_http_woapol_key_add(ngx_conf_t *cf, ngx_http_woapol_main_conf_t *main,
                                  ngx_str_t *path);

/* For woapol_options: whether enough of the configuration's keys have signed. */
bool ngx_http_woapol_signed(void *context, const void *signed_bytes, size_t signed_size,
                            const void *signatures, size_t signature_size);

/* Starts following the image in this worker, with a look every `poll` milliseconds. */
ngx_int_t ngx_http_woapol_image_follow(ngx_http_woapol_image_t *image, ngx_msec_t poll,
                                       ngx_cycle_t *cycle);

/* Who asks: groups as they came (`A, "B, C"`) and a name, either of which may be empty. */
typedef struct {
    ngx_str_t groups, user;
    bool incomplete;
} ngx_http_woapol_person_t;

/* The person from the cache or bound now; NULL when memory runs out or a quote does not
 * end. Good until the event ends. */
struct woapol_principal *ngx_http_woapol_bind(ngx_http_woapol_image_t *image,
                                              const struct woapol_image *open, ngx_pool_t *pool,
                                              ngx_http_woapol_person_t *person);

ngx_int_t ngx_http_woapol_add_variables(ngx_conf_t *cf);

/* Fills in which variables the configuration uses. */
void ngx_http_woapol_note_variables(ngx_conf_t *cf, ngx_http_woapol_main_conf_t *main);

#endif
