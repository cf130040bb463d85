/*
 * SAML 2.0 metadata of one entity: where an identity provider takes requests, or a
 * service provider assertions, and which certificates sign for it.
 *
 * How it is used. An emitter that finds `metadata = "access-idp.xml"` at a tenant
 * reads that file through its reader and calls wp_saml_read with its bytes. Of the
 * result an Okta identity provider takes `entity_id` as the issuer, the "HTTP-POST"
 * endpoint of `sso` as URL and destination, and certificates[0].base64 as "x5c" of
 * its key; further certificates (a rollover) are its additional keys.
 *
 * What is read is the root element alone, which must be an EntityDescriptor. When
 * there is a signature, it must be the only one, a child of the root, and sign the
 * root as a whole, by nothing weaker than SHA-256; so nothing that is read is not
 * signed. Whose signature it must be: `signer`, when that is given; else one of
 * the certificates in the metadata itself, which only shows that it is undamaged.
 * Then trust comes from how the file was obtained.
 *
 * No network, no DTD, no entities, no XInclude; a bounded size. xmlsec1 keeps
 * state of its own: not for several threads at once.
 */
#ifndef WP_EMIT_SAML_H
#define WP_EMIT_SAML_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "compiler/emit/problem.h"
#include "lang/arena.h"

#define WP_SAML_LARGEST (4u << 20) /* bytes of metadata */
#define WP_SAML_MOST 32            /* endpoints of a kind, certificates */

struct wp_saml_endpoint {
    const char *binding; /* "HTTP-POST", "HTTP-Redirect", …; the whole URN if it is another */
    const char *url;     /* https://, absolute */
    unsigned index;      /* of an assertion consumer; 0 elsewhere */
    bool is_default;
};

/* One that is good now: valid, RSA of at least 2048 bits or EC of at least 256,
 * and signed by nothing weaker than SHA-256. */
struct wp_saml_certificate {
    const char *base64;            /* DER, on one line */
    const char *subject;           /* for people, escaped */
    char fingerprint[65];          /* SHA-256, hexadecimal */
    int64_t not_before, not_after; /* seconds since 1970 */
    bool is_rsa;
    unsigned bits;
};

struct wp_saml {
    const char *entity_id;
    int64_t valid_until; /* seconds since 1970; 0: no limit */
    bool was_signed;
    bool wants_signed_requests;                /* of an identity provider */
    struct wp_saml_endpoint sso[WP_SAML_MOST]; /* of an identity provider */
    size_t sso_count;
    struct wp_saml_endpoint acs[WP_SAML_MOST]; /* of a service provider */
    size_t acs_count;
    /* Those that sign, of the identity provider if it is one; in their order. */
    struct wp_saml_certificate certificates[WP_SAML_MOST];
    size_t certificate_count;
    /* Why others were left out, one sentence each: a rollover that is under way. */
    const char *refused[WP_SAML_MOST];
    size_t refused_count;
};

struct wp_saml_options {
    const char *name;       /* of the file, for problems */
    int64_t now;            /* seconds since 1970 */
    const char *signer;     /* a certificate in PEM that must have signed; NULL: see above */
    bool require_signature; /* implied by signer */
};

/* Reads `size` bytes; what *saml points to lives in the arena. False with a problem
 * when anything is wrong, or no certificate that signs is good. */
bool wp_saml_read(struct wp_arena *arena, const void *bytes, size_t size,
                  const struct wp_saml_options *options, struct wp_saml *saml,
                  struct wp_problem *problem);

/* The endpoint of that binding that is the default, or comes first; NULL: none. */
const struct wp_saml_endpoint *wp_saml_endpoint(const struct wp_saml_endpoint *endpoints,
                                                size_t count, const char *binding);

/* "2026-11-22T00:29:00Z" as seconds since 1970; -1 for anything else. */
int64_t wp_saml_time(const char *text);

#endif
