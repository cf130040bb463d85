/*
 * JSON Web Tokens that prove who sends them: OAuth's client assertions (RFC 7523)
 * and DPoP proofs (RFC 9449), signed RS256 or ES256 by OpenSSL.
 */
#ifndef WP_EMIT_JWT_H
#define WP_EMIT_JWT_H

#include <jansson.h>
#include <openssl/evp.h>
#include <stdbool.h>
#include <stddef.h>

/* "RS256" for RSA of at least 2048 bits, "ES256" for the curve P-256, else NULL. */
const char *wp_jwt_algorithm(EVP_PKEY *key);

/* The token for `header` and `claims`; "alg" is added to the header. Freed with
 * wp_secret_free; NULL when there is no memory or the key cannot sign. */
char *wp_jwt_sign(EVP_PKEY *key, json_t *header, const json_t *claims);

/* The public half of an RSA or P-256 key as a JSON Web Key; NULL on failure. */
json_t *wp_jwk_public(EVP_PKEY *key);

/* Base64url without padding. Freed with wp_secret_free. */
char *wp_base64url(const void *bytes, size_t size);

/* 32 hexadecimal digits of chance and a NUL. False when there is no chance. */
#define WP_JTI_SIZE 33
bool wp_jwt_id(char text[WP_JTI_SIZE]);

#endif
