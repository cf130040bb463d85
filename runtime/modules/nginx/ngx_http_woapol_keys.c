/*
 * Whose signatures count: Ed25519 keys (woapol_key) and how many of them must have
 * signed (woapol_threshold). docs/image.md has the record's layout.
 */
#include "ngx_http_woapol.h"

#include <openssl/evp.h>
#include <openssl/pem.h>

#define RECORD_SIZE 96
#define MAX_RECORDS 64
#define AT_ALGORITHM 8
#define AT_NOT_BEFORE 16
#define AT_NOT_AFTER 24
#define AT_SIGNATURE 32
#define ED25519 1

#define PURPOSE "woapol-image-signature-1"
#define PURPOSE_SIZE 24
#define MESSAGE_SIZE (PURPOSE_SIZE + 8 + 8 + 8 + 32)

/* ---- keys ------------------------------------------------------------------------- */

static EVP_PKEY *
read_pem(ngx_str_t *path)
{
    FILE *file = fopen((const char *)path->data, "re");
    EVP_PKEY *key = file ? PEM_read_PUBKEY(file, NULL, NULL, NULL) : NULL;

    if (file != NULL)
        fclose(file);
    ERR_clear_error();
    return key;
}

ngx_int_t
ngx_http_woapol_key_add(ngx_conf_t *cf, ngx_http_woapol_main_conf_t *main, ngx_str_t *path)
{
    EVP_PKEY *pem = read_pem(path);
    u_char digest[32];
    ngx_http_woapol_key_t key;
    size_t length = sizeof key.raw;
    int done = pem != NULL && EVP_PKEY_id(pem) == EVP_PKEY_ED25519 &&
               EVP_PKEY_get_raw_public_key(pem, key.raw, &length) == 1 &&
               EVP_Digest(key.raw, sizeof key.raw, digest, NULL, EVP_sha256(), NULL) == 1;

    EVP_PKEY_free(pem);
    if (!done) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "woapol key \"%V\" is refused: not an Ed25519 public key in PEM", path);
        return NGX_ERROR;
    }
    ngx_memcpy(key.id, digest, sizeof key.id);
    ngx_http_woapol_key_t *keys = main->keys.elts;
    for (ngx_uint_t i = 0; i < main->keys.nelts; i++)
        if (ngx_memcmp(keys[i].raw, key.raw, sizeof key.raw) == 0) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "woapol key \"%V\" is given twice", path);
            return NGX_ERROR;
        }
    ngx_http_woapol_key_t *place = ngx_array_push(&main->keys);
    if (place == NULL)
        return NGX_ERROR;
    *place = key;
    return NGX_OK;
}

/* ---- signatures --------------------------------------------------------------------- */

static uint64_t
read_number(const u_char *bytes)
{
    uint64_t value = 0;

    for (int i = 8; i-- > 0;)
        value = value << 8 | bytes[i];
    return value;
}

static void
write_number(u_char *bytes, uint64_t value)
{
    for (int i = 0; i < 8; i++)
        bytes[i] = (u_char)(value >> 8 * i);
}

static ngx_flag_t
is_current(const u_char *record, uint64_t now)
{
    uint64_t before = read_number(record + AT_NOT_BEFORE);
    uint64_t after = read_number(record + AT_NOT_AFTER);

    return (before == 0 || now >= before) && (after == 0 || now <= after);
}

static ngx_flag_t
is_good(const u_char *record, const ngx_http_woapol_key_t *key, u_char *message)
{
    static const u_char algorithm[8] = {ED25519};

    if (ngx_memcmp(record, key->id, sizeof key->id) != 0 ||
        ngx_memcmp(record + AT_ALGORITHM, algorithm, sizeof algorithm) != 0)
        return 0;
    ngx_memcpy(message + PURPOSE_SIZE, record + AT_NOT_BEFORE, 16);
    EVP_PKEY *public =
        EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, key->raw, sizeof key->raw);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    int good = public != NULL && context != NULL &&
               EVP_DigestVerifyInit(context, NULL, NULL, NULL, public) == 1 &&
               EVP_DigestVerify(context, record + AT_SIGNATURE, 64, message, MESSAGE_SIZE) == 1;

    EVP_MD_CTX_free(context);
    EVP_PKEY_free(public);
    ERR_clear_error();
    return good;
}

bool
ngx_http_woapol_signed(void *context, const void *signed_bytes, size_t signed_size,
                       const void *signatures, size_t signature_size)
{
    ngx_http_woapol_main_conf_t *main = context;
    const ngx_http_woapol_key_t *keys = main->keys.elts;
    u_char message[MESSAGE_SIZE];
    uint64_t now = (uint64_t)time(NULL);
    ngx_uint_t good = 0;

    ngx_memcpy(message, PURPOSE, PURPOSE_SIZE);
    write_number(message + PURPOSE_SIZE + 16, signed_size);
    if (signature_size % RECORD_SIZE != 0 || signature_size / RECORD_SIZE > MAX_RECORDS ||
        EVP_Digest(signed_bytes, signed_size, message + PURPOSE_SIZE + 24, NULL, EVP_sha256(),
                   NULL) != 1)
        return false;
    for (ngx_uint_t i = 0; i < main->keys.nelts; i++)
        for (size_t at = 0; at < signature_size; at += RECORD_SIZE) {
            const u_char *record = (const u_char *)signatures + at;
            if (!is_current(record, now) || !is_good(record, &keys[i], message))
                continue;
            good++;
            break;
        }
    return good >= main->threshold;
}
