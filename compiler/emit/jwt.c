/* JSON Web Tokens, built by hand from jansson and OpenSSL: three parts in
 * base64url, the last a signature over the first two. */
#include "compiler/emit/jwt.h"

#include "compiler/emit/credentials_parts.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/rand.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define HALF 32 /* bytes of r, s, x or y on P-256 */

const char *
wp_jwt_algorithm(EVP_PKEY *key)
{
    char curve[32] = "";
    if (EVP_PKEY_is_a(key, "RSA"))
        return EVP_PKEY_get_bits(key) >= 2048 ? "RS256" : NULL;
    if (EVP_PKEY_is_a(key, "EC") &&
        EVP_PKEY_get_utf8_string_param(key, OSSL_PKEY_PARAM_GROUP_NAME, curve, sizeof curve,
                                       NULL) == 1 &&
        strcmp(curve, "prime256v1") == 0)
        return "ES256";
    return NULL;
}

char *
wp_base64url(const void *bytes, size_t size)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    const unsigned char *at = bytes;
    char *text = malloc(size / 3 * 4 + 5), *out = text;
    if (text == NULL)
        return NULL;
    for (; size >= 3; size -= 3, at += 3) {
        uint32_t word = (uint32_t)at[0] << 16 | (uint32_t)at[1] << 8 | at[2];
        for (unsigned shift = 24; shift > 0; shift -= 6)
            *out++ = digits[word >> (shift - 6) & 63];
    }
    if (size > 0) {
        uint32_t word = (uint32_t)at[0] << 16 | (size > 1 ? (uint32_t)at[1] << 8 : 0);
        for (unsigned shift = 24; shift > (size == 1 ? 12u : 6u); shift -= 6)
            *out++ = digits[word >> (shift - 6) & 63];
    }
    *out = '\0';
    return text;
}

bool
wp_jwt_id(char text[WP_JTI_SIZE])
{
    static const char digits[] = "0123456789abcdef";
    unsigned char bytes[(WP_JTI_SIZE - 1) / 2];
    if (RAND_bytes(bytes, sizeof bytes) != 1)
        return false;
    for (size_t i = 0; i < sizeof bytes; i++) {
        text[2 * i] = digits[bytes[i] >> 4];
        text[2 * i + 1] = digits[bytes[i] & 15];
    }
    text[WP_JTI_SIZE - 1] = '\0';
    return true;
}

/* OpenSSL writes ECDSA signatures as DER, JWTs as two numbers of equal length. */
static char *
unwrap_ecdsa(const unsigned char *der, size_t size)
{
    unsigned char raw[2 * HALF];
    char *text = NULL;
    ECDSA_SIG *signature = d2i_ECDSA_SIG(NULL, &der, (long)size);
    if (signature != NULL && BN_bn2binpad(ECDSA_SIG_get0_r(signature), raw, HALF) == HALF &&
        BN_bn2binpad(ECDSA_SIG_get0_s(signature), raw + HALF, HALF) == HALF)
        text = wp_base64url(raw, sizeof raw);
    ECDSA_SIG_free(signature);
    return text;
}

static char *
sign_text(EVP_PKEY *key, const char *text)
{
    unsigned char signature[1024];
    size_t size = sizeof signature;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool done =
        context != NULL && EVP_PKEY_get_size(key) <= (int)sizeof signature &&
        EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL, key) == 1 &&
        EVP_DigestSign(context, signature, &size, (const unsigned char *)text, strlen(text)) == 1;
    EVP_MD_CTX_free(context);
    if (!done)
        return NULL;
    return EVP_PKEY_is_a(key, "EC") ? unwrap_ecdsa(signature, size) : wp_base64url(signature, size);
}

static char *
encode_json(const json_t *json)
{
    char *text = json_dumps(json, JSON_COMPACT);
    char *encoded = text == NULL ? NULL : wp_base64url(text, strlen(text));
    wp_secret_free(text);
    return encoded;
}

/* "first.second" */
static char *
join(const char *first, const char *second)
{
    if (first == NULL || second == NULL)
        return NULL;
    size_t before = strlen(first), after = strlen(second);
    char *text = malloc(before + after + 2);
    if (text == NULL)
        return NULL;
    memcpy(text, first, before);
    text[before] = '.';
    memcpy(text + before + 1, second, after + 1);
    return text;
}

char *
wp_jwt_sign(EVP_PKEY *key, json_t *header, const json_t *claims)
{
    const char *algorithm = wp_jwt_algorithm(key);
    if (algorithm == NULL || json_object_set_new(header, "alg", json_string(algorithm)) != 0)
        return NULL;
    char *head = encode_json(header), *body = encode_json(claims);
    char *text = join(head, body);
    char *signature = text == NULL ? NULL : sign_text(key, text);
    char *token = join(text, signature);
    wp_secret_free(head);
    wp_secret_free(body);
    wp_secret_free(text);
    wp_secret_free(signature);
    return token;
}

/* One number of a key, `size` bytes long or as long as it is when that is 0. */
static bool
put_number(json_t *jwk, const char *name, EVP_PKEY *key, const char *parameter, size_t size)
{
    unsigned char bytes[1024];
    BIGNUM *number = NULL;
    bool put = false;
    if (EVP_PKEY_get_bn_param(key, parameter, &number) != 1)
        return false;
    size_t length = size == 0 ? (size_t)BN_num_bytes(number) : size;
    if (length <= sizeof bytes && BN_bn2binpad(number, bytes, (int)length) == (int)length) {
        char *text = wp_base64url(bytes, length);
        put = text != NULL && json_object_set_new(jwk, name, json_string(text)) == 0;
        wp_secret_free(text);
    }
    BN_free(number);
    return put;
}

json_t *
wp_jwk_public(EVP_PKEY *key)
{
    bool is_rsa = EVP_PKEY_is_a(key, "RSA");
    json_t *jwk = is_rsa ? json_pack("{s:s}", "kty", "RSA")
                         : json_pack("{s:s, s:s}", "kty", "EC", "crv", "P-256");
    bool put = jwk != NULL && wp_jwt_algorithm(key) != NULL &&
               (is_rsa ? put_number(jwk, "e", key, OSSL_PKEY_PARAM_RSA_E, 0) &&
                             put_number(jwk, "n", key, OSSL_PKEY_PARAM_RSA_N, 0)
                       : put_number(jwk, "x", key, OSSL_PKEY_PARAM_EC_PUB_X, HALF) &&
                             put_number(jwk, "y", key, OSSL_PKEY_PARAM_EC_PUB_Y, HALF));
    if (!put) {
        json_decref(jwk);
        return NULL;
    }
    return jwk;
}
