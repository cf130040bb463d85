/* Signed tokens: what a client proves itself with. Everything in one is hostile
 * until its signature is checked. */
#ifndef WP_SANDBOX_JWT_H
#define WP_SANDBOX_JWT_H

#include <jansson.h>
#include <openssl/evp.h>
#include <stdbool.h>
#include <stddef.h>

struct wp_jwt {
    json_t *header, *claims; /* given back with wp_jwt_end */
    const char *text;
    size_t signed_size; /* of header and claims, with the dot between */
    unsigned char signature[1024];
    size_t signature_size;
};

/* Reads a compact token; false when it is none. The text must outlive it. */
bool wp_jwt_read(struct wp_jwt *jwt, const char *text);
void wp_jwt_end(struct wp_jwt *jwt);

/* Whether RS256…RS512 or ES256…ES512, as its header says, was made by that key. */
bool wp_jwt_is_signed(const struct wp_jwt *jwt, EVP_PKEY *key);

/* A public key from a JWK, RSA or EC; NULL when it is none, or holds a private one. */
EVP_PKEY *wp_jwk_read(const json_t *jwk);
/* RFC 7638: the key's fingerprint; false when it is no JWK. */
bool wp_jwk_thumbprint(const json_t *jwk, char text[64]);

/* Base64url without padding: malloc'ed text; bytes, or -1 when it is malformed or
 * has no room. */
char *wp_box_base64url(const void *bytes, size_t size);
long wp_box_base64url_read(const char *text, size_t length, unsigned char *bytes, size_t room);

#endif
