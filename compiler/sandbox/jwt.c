#include "compiler/sandbox/jwt.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/param_build.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PART_MAX 16384

/* ---- base64url ------------------------------------------------------------------------------ */

static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

char *
wp_box_base64url(const void *bytes, size_t size)
{
    const unsigned char *in = bytes;
    char *text = malloc(size / 3 * 4 + 5);
    size_t out = 0;
    unsigned held = 0, bits = 0;
    if (text == NULL)
        return NULL;
    for (size_t i = 0; i < size; i++) {
        held = (held << 8 | in[i]) & 0xffff;
        for (bits += 8; bits >= 6; bits -= 6)
            text[out++] = letters[held >> (bits - 6) & 63];
    }
    if (bits > 0)
        text[out++] = letters[held << (6 - bits) & 63];
    text[out] = '\0';
    return text;
}

long
wp_box_base64url_read(const char *text, size_t length, unsigned char *bytes, size_t room)
{
    unsigned held = 0, bits = 0;
    size_t out = 0;
    if (length % 4 == 1)
        return -1;
    for (size_t i = 0; i < length; i++) {
        const char *at = text[i] != '\0' ? strchr(letters, text[i]) : NULL;
        if (at == NULL)
            return -1;
        held = (held << 6 | (unsigned)(at - letters)) & 0xffff;
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            if (out == room)
                return -1;
            bytes[out++] = (unsigned char)(held >> bits);
        }
    }
    /* What is left over must be nothing, or two texts would mean the same bytes. */
    return (held & ((1u << bits) - 1)) == 0 ? (long)out : -1;
}

/* ---- tokens -----------------------------------------------------------------------------------
 */

static json_t *
read_part(const char *text, size_t length)
{
    unsigned char *bytes;
    json_t *json = NULL;
    long size;
    if (length > PART_MAX)
        return NULL;
    bytes = malloc(length + 1);
    if (bytes == NULL)
        return NULL;
    size = wp_box_base64url_read(text, length, bytes, length);
    if (size > 0)
        json = json_loadb((const char *)bytes, (size_t)size, JSON_REJECT_DUPLICATES, NULL);
    free(bytes);
    if (json_is_object(json))
        return json;
    json_decref(json);
    return NULL;
}

bool
wp_jwt_read(struct wp_jwt *jwt, const char *text)
{
    const char *first = strchr(text, '.'), *second = first != NULL ? strchr(first + 1, '.') : NULL;
    long size;
    *jwt = (struct wp_jwt){.text = text};
    if (second == NULL || strchr(second + 1, '.') != NULL)
        return false;
    jwt->signed_size = (size_t)(second - text);
    size = wp_box_base64url_read(second + 1, strlen(second + 1), jwt->signature,
                                 sizeof jwt->signature);
    if (size <= 0)
        return false;
    jwt->signature_size = (size_t)size;
    jwt->header = read_part(text, (size_t)(first - text));
    jwt->claims = read_part(first + 1, (size_t)(second - first - 1));
    if (jwt->header != NULL && jwt->claims != NULL)
        return true;
    wp_jwt_end(jwt);
    return false;
}

void
wp_jwt_end(struct wp_jwt *jwt)
{
    json_decref(jwt->header);
    json_decref(jwt->claims);
    jwt->header = jwt->claims = NULL;
}

static const EVP_MD *
digest_of(const char *bits)
{
    return strcmp(bits, "256") == 0   ? EVP_sha256()
           : strcmp(bits, "384") == 0 ? EVP_sha384()
           : strcmp(bits, "512") == 0 ? EVP_sha512()
                                      : NULL;
}

/* ECDSA stands in a token as two numbers of the curve's size; OpenSSL wants DER. */
static int
write_der(const struct wp_jwt *jwt, EVP_PKEY *key, unsigned char **der)
{
    size_t half = ((size_t)EVP_PKEY_get_bits(key) + 7) / 8;
    ECDSA_SIG *pair = ECDSA_SIG_new();
    BIGNUM *r, *s;
    int size = -1;
    if (pair == NULL || jwt->signature_size != 2 * half) {
        ECDSA_SIG_free(pair);
        return -1;
    }
    r = BN_bin2bn(jwt->signature, (int)half, NULL);
    s = BN_bin2bn(jwt->signature + half, (int)half, NULL);
    if (r != NULL && s != NULL && ECDSA_SIG_set0(pair, r, s) == 1)
        size = i2d_ECDSA_SIG(pair, der);
    else {
        BN_free(r);
        BN_free(s);
    }
    ECDSA_SIG_free(pair);
    return size;
}

bool
wp_jwt_is_signed(const struct wp_jwt *jwt, EVP_PKEY *key)
{
    const char *alg = json_string_value(json_object_get(jwt->header, "alg"));
    const EVP_MD *digest = alg != NULL && strlen(alg) == 5 ? digest_of(alg + 2) : NULL;
    bool is_rsa = alg != NULL && strncmp(alg, "RS", 2) == 0;
    bool is_ec = alg != NULL && strncmp(alg, "ES", 2) == 0, is_signed = false;
    unsigned char *der = NULL;
    const unsigned char *signature = jwt->signature;
    int size = (int)jwt->signature_size;
    EVP_MD_CTX *context;
    if (digest == NULL || EVP_PKEY_get_base_id(key) != (is_rsa  ? EVP_PKEY_RSA
                                                        : is_ec ? EVP_PKEY_EC
                                                                : EVP_PKEY_NONE))
        return false;
    if (is_ec) {
        size = write_der(jwt, key, &der);
        signature = der;
    }
    context = EVP_MD_CTX_new();
    if (size > 0 && context != NULL && EVP_DigestVerifyInit(context, NULL, digest, NULL, key) == 1)
        is_signed = EVP_DigestVerify(context, signature, (size_t)size,
                                     (const unsigned char *)jwt->text, jwt->signed_size) == 1;
    EVP_MD_CTX_free(context);
    OPENSSL_free(der);
    return is_signed;
}

/* ---- keys
 * ---------------------------------------------------------------------------------------- */

static BIGNUM *
read_number(const json_t *jwk, const char *name)
{
    unsigned char bytes[1024];
    const char *text = json_string_value(json_object_get(jwk, name));
    long size = text != NULL ? wp_box_base64url_read(text, strlen(text), bytes, sizeof bytes) : -1;
    return size > 0 ? BN_bin2bn(bytes, (int)size, NULL) : NULL;
}

static EVP_PKEY *
build_key(const char *type, OSSL_PARAM_BLD *builder)
{
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
    OSSL_PARAM *parameters = OSSL_PARAM_BLD_to_param(builder);
    EVP_PKEY *key = NULL;
    if (context == NULL || parameters == NULL || EVP_PKEY_fromdata_init(context) != 1 ||
        EVP_PKEY_fromdata(context, &key, EVP_PKEY_PUBLIC_KEY, parameters) != 1)
        key = NULL;
    OSSL_PARAM_free(parameters);
    EVP_PKEY_CTX_free(context);
    return key;
}

static EVP_PKEY *
read_rsa(const json_t *jwk, OSSL_PARAM_BLD *builder)
{
    BIGNUM *n = read_number(jwk, "n"), *e = read_number(jwk, "e");
    EVP_PKEY *key = NULL;
    if (n != NULL && e != NULL && BN_num_bits(n) >= 2048 && BN_num_bits(n) <= 8192 &&
        BN_num_bits(e) <= 64 && OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_N, n) == 1 &&
        OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_E, e) == 1)
        key = build_key("RSA", builder);
    BN_free(n);
    BN_free(e);
    return key;
}

static EVP_PKEY *
read_ec(const json_t *jwk, OSSL_PARAM_BLD *builder)
{
    const char *curve = json_string_value(json_object_get(jwk, "crv"));
    const char *x = json_string_value(json_object_get(jwk, "x"));
    const char *y = json_string_value(json_object_get(jwk, "y"));
    unsigned char point[1 + 2 * 66];
    size_t half = curve == NULL                 ? 0
                  : strcmp(curve, "P-256") == 0 ? 32
                  : strcmp(curve, "P-384") == 0 ? 48
                  : strcmp(curve, "P-521") == 0 ? 66
                                                : 0;
    point[0] = 4;
    if (half == 0 || x == NULL || y == NULL ||
        wp_box_base64url_read(x, strlen(x), point + 1, half) != (long)half ||
        wp_box_base64url_read(y, strlen(y), point + 1 + half, half) != (long)half ||
        OSSL_PARAM_BLD_push_utf8_string(builder, OSSL_PKEY_PARAM_GROUP_NAME, curve, 0) != 1 ||
        OSSL_PARAM_BLD_push_octet_string(builder, OSSL_PKEY_PARAM_PUB_KEY, point, 1 + 2 * half) !=
            1)
        return NULL;
    return build_key("EC", builder);
}

EVP_PKEY *
wp_jwk_read(const json_t *jwk)
{
    const char *type = json_string_value(json_object_get(jwk, "kty"));
    OSSL_PARAM_BLD *builder;
    EVP_PKEY *key = NULL;
    if (type == NULL || json_object_get(jwk, "d") != NULL)
        return NULL;
    builder = OSSL_PARAM_BLD_new();
    if (builder != NULL && strcmp(type, "RSA") == 0)
        key = read_rsa(jwk, builder);
    else if (builder != NULL && strcmp(type, "EC") == 0)
        key = read_ec(jwk, builder);
    OSSL_PARAM_BLD_free(builder);
    return key;
}

bool
wp_jwk_thumbprint(const json_t *jwk, char text[64])
{
    const char *type = json_string_value(json_object_get(jwk, "kty"));
    unsigned char digest[SHA256_DIGEST_LENGTH];
    json_t *members = NULL;
    char *written, *encoded;
    if (type != NULL && strcmp(type, "RSA") == 0)
        members = json_pack("{s:O?, s:O?, s:s}", "e", json_object_get(jwk, "e"), "n",
                            json_object_get(jwk, "n"), "kty", type);
    else if (type != NULL && strcmp(type, "EC") == 0)
        members = json_pack("{s:O?, s:O?, s:O?, s:s}", "crv", json_object_get(jwk, "crv"), "x",
                            json_object_get(jwk, "x"), "y", json_object_get(jwk, "y"), "kty", type);
    written = members != NULL ? json_dumps(members, JSON_COMPACT | JSON_SORT_KEYS) : NULL;
    json_decref(members);
    if (written == NULL)
        return false;
    SHA256((const unsigned char *)written, strlen(written), digest);
    free(written);
    encoded = wp_box_base64url(digest, sizeof digest);
    if (encoded == NULL)
        return false;
    snprintf(text, 64, "%s", encoded);
    free(encoded);
    return true;
}
