/*
 * A sandbox: three tenants on this machine, to try things against.
 *
 * Everything here is written from what the vendors document of their products
 * and knows nothing of woapol's language, analysis or evaluator; it is meant to
 * disagree when those are wrong. docs/sandbox.md says what is published and what
 * had to be chosen.
 *
 * One lock guards all state: a request is handled whole before the next one.
 */
#ifndef WP_SANDBOX_BOX_H
#define WP_SANDBOX_BOX_H

#include <jansson.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "compiler/sandbox/store.h"
#include "lang/arena.h"

/* Whether ALL RANGES of Access takes a client that comes by IPv6: no document says. */
enum wp_box_ipv6 { WP_BOX_IPV6_UNKNOWN, WP_BOX_IPV6_ALL_RANGES, WP_BOX_IPV6_NO_RANGE };
enum wp_box_media { WP_BOX_MEDIA_ANY, WP_BOX_MEDIA_VENDOR, WP_BOX_MEDIA_JSON };

/* Which tenant a listening socket is. */
enum wp_box_port { WP_BOX_OKTA, WP_BOX_ACCESS, WP_BOX_UEM, WP_BOX_CONTROL, WP_BOX_PORT_COUNT };
extern const char *const wp_box_port_names[WP_BOX_PORT_COUNT];

struct wp_box_settings {
    const char *directory;   /* for the authority's certificate, keys and env; exists */
    const char *keep;        /* a file for SQLite; NULL: memory */
    const json_t *sample;    /* people, devices and apps; NULL: the built-in ones */
    uint16_t first_port;     /* the tenants' ports follow one another; 0: free ones */
    bool is_classic;         /* Okta: Classic Engine */
    bool has_risk;           /* Okta: the org scores risk */
    bool wants_dpop;         /* Okta: tokens are bound to a key */
    bool adds_unknown_keys;  /* Access: objects carry a key that nobody knows */
    unsigned rate;           /* Okta: requests a minute and bucket; 0: never 429 */
    unsigned zone_delay;     /* Okta: seconds until a changed zone counts */
    enum wp_box_media media; /* Access */
    enum wp_box_ipv6 ipv6;   /* Access */
    wp_out_of_memory out_of_memory;
};

/* Secrets that the sandbox makes for its own tenants. */
struct wp_box_secrets {
    char okta_token[64], access_secret[64], uem_key[64];
    char okta_client[32], dpop_nonce[32];
};

struct wp_box_bucket {
    int64_t minute;
    unsigned used;
};

struct wp_box {
    struct wp_box_settings settings;
    struct wp_store *store;
    pthread_mutex_t lock;
    char urls[WP_BOX_PORT_COUNT][64]; /* https://127.0.0.1:4711 */
    struct wp_box_secrets secrets;
    struct wp_box_authority *authority;
    struct wp_box_bucket buckets[16];
    json_t *tokens; /* OAuth: token → {"scope", "expires", "client", "jkt"} */
    json_t *used;   /* OAuth: jti → when it may be forgotten */
    json_t *faults; /* what is to go wrong; see faults.h */
    json_t *log;    /* the last requests */
    uint64_t request_count;
};

/* The sandbox without sockets, with its samples. NULL after writing the reason. */
struct wp_box *wp_box_new(const struct wp_box_settings *settings, char *why, size_t size);
void wp_box_free(struct wp_box *box);

/* Everything as it was at the start. */
void wp_box_reset(struct wp_box *box);

/* Seconds since 1970. */
int64_t wp_box_now(void);
/* "2027-01-31T12:00:00.000Z" into the arena. */
const char *wp_box_time(struct wp_arena *arena, int64_t seconds);
/* A new identifier as Okta has them, "00g1k…", and as Access has them, a UUID. */
const char *wp_box_okta_id(struct wp_box *box, struct wp_arena *arena, const char *prefix);
const char *wp_box_uuid(struct wp_box *box, struct wp_arena *arena);
/* `count` characters that nobody can guess, and a NUL. False without randomness. */
bool wp_box_random(char *text, size_t count);

#endif
