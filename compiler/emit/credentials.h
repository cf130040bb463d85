/*
 * Who we are to a tenant, and the proof of it.
 *
 * Okta:   an API token (SSWS), or a client with a private key: OAuth client
 *         credentials by private_key_jwt (RS256 or ES256), with DPoP where the org
 *         demands it.
 * Access: a client with a secret: OAuth client credentials.
 *
 * They come from a file, from what a command prints, or from the environment; the
 * first that is named is the only one that is asked. A file and a command's
 * output hold lines NAME=VALUE with the environment's names:
 *
 *     WOAPOL_OKTA_TOKEN            an API token
 *     WOAPOL_OKTA_CLIENT_ID        or a client,
 *     WOAPOL_OKTA_KEY              its private key: a PEM file, which only its owner
 *                                  can read. In a file or a command's output the
 *                                  value may be missing; the PEM text then follows
 *     WOAPOL_OKTA_KEY_ID           the key's "kid", when the client has several
 *     WOAPOL_OKTA_SCOPES           other scopes than those that the task needs
 *     WOAPOL_ACCESS_CLIENT_ID
 *     WOAPOL_ACCESS_CLIENT_SECRET
 *
 * Empty lines and lines that begin with "#" are passed over. A secret is never
 * in a problem's text, in a log, or in an argument of a command; memory that held
 * one is wiped. Not thread-safe: one transport, one thread.
 */
#ifndef WP_EMIT_CREDENTIALS_H
#define WP_EMIT_CREDENTIALS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "compiler/emit/problem.h"

struct wp_credentials;

struct wp_credentials_source {
    const char *kind;    /* the tenant kind's name: "okta" or "access" */
    const char *file;    /* --credentials FILE; NULL: none */
    const char *command; /* --credentials-command CMD, run by /bin/sh; NULL: none */
    bool writes;         /* asks for scopes that may change the tenant, not only read it */
};

/* Reads and checks them; the network is not touched. NULL with a problem, which
 * names what is missing and where it was looked for. */
struct wp_credentials *wp_credentials_new(const struct wp_credentials_source *source,
                                          struct wp_problem *problem);
void wp_credentials_free(struct wp_credentials *credentials);

/* ---- for the transport ------------------------------------------------------ */

/* One POST of a form to the tenant's token endpoint. */
struct wp_form {
    const char *body;
    const char *authorization, *dpop; /* NULL: none */
};

struct wp_form_answer {
    unsigned status;
    const char *body;
    size_t size;
    const char *nonce; /* DPoP-Nonce, or NULL */
};

/* How credentials reach the network: `post` asks `make` for the form anew before
 * every attempt, since an assertion and a proof are good for one. */
struct wp_credentials_door {
    void *context;
    const char *base;              /* "https://acme.okta.com" */
    int64_t (*now)(void *context); /* seconds since 1970, by the tenant's clock if known */
    bool (*post)(void *context, const char *url,
                 bool (*make)(void *making, struct wp_form *form, struct wp_problem *problem),
                 void *making, struct wp_form_answer *answer, struct wp_problem *problem);
    bool (*add_line)(void *context, const char *name, const char *value);
};

/* Adds the lines that authorize one attempt of a request; gets a token first when
 * there is none, or it is about to expire. */
bool wp_credentials_authorize(struct wp_credentials *credentials,
                              const struct wp_credentials_door *door, const char *method,
                              const char *url, struct wp_problem *problem);

/* What the tenant said to a request. True when it was refused only because a
 * token had run out or a nonce was missing, so that trying once more with new
 * ones makes sense. */
bool wp_credentials_refused(struct wp_credentials *credentials, unsigned status,
                            const char *authenticate, const char *nonce);

/* Puts "*" in place of every part of `text` that is a part of a secret: servers
 * may say what they were sent. */
void wp_credentials_hide(const struct wp_credentials *credentials, char *text);

#endif
