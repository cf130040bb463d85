/*
 * Certificates and keys of the sandbox, made anew at each start and kept in
 * memory: an authority that may vouch for this machine's loopback names alone,
 * the tenants' certificate, the one that Access signs assertions with, and the
 * keys of the service app that the Okta org knows.
 */
#ifndef WP_SANDBOX_AUTHORITY_H
#define WP_SANDBOX_AUTHORITY_H

#include <openssl/evp.h>

struct wp_box_authority {
    char *ca;                /* PEM: what clients are to trust */
    char *certificate, *key; /* PEM: the tenants', for TLS */
    char *saml;              /* base64 without line ends: Access' signing certificate */
    char *rsa_key, *ec_key;  /* PEM: for private_key_jwt, RS256 and ES256 */
    EVP_PKEY *rsa, *ec;
};

/* NULL when OpenSSL could not. */
struct wp_box_authority *wp_box_authority_new(void);
void wp_box_authority_free(struct wp_box_authority *authority);

#endif
