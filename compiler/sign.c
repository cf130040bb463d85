/*
 * Signatures over images: the message that is signed, signing, and counting the
 * keys whose signatures are good. Keys and their files are in keys.c.
 */
#include "compiler/sign.h"
#include "compiler/keys.h"

#include <assert.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>

#define CONTEXT "woapol-image-signature-1"
#define CONTEXT_SIZE (sizeof CONTEXT - 1)
#define MESSAGE_SIZE (CONTEXT_SIZE + 8 + 8 + 8 + 32)
#define ALGORITHM_ED25519 1

/* Where the fields of a record stand. */
enum { AT_ID = 0, AT_ALGORITHM = 8, AT_ZERO = 12, AT_BEFORE = 16, AT_AFTER = 24, AT_BYTES = 32 };

static unsigned char *
put_number(unsigned char *at, uint64_t number, unsigned size)
{
    for (unsigned i = 0; i < size; i++)
        at[i] = (unsigned char)(number >> (8 * i));
    return at + size;
}

static uint64_t
get_number(const unsigned char *at, unsigned size)
{
    uint64_t number = 0;
    for (unsigned i = 0; i < size; i++)
        number |= (uint64_t)at[i] << (8 * i);
    return number;
}

/* The message that is signed, its validity still to be put in. */
static bool
make_message(const struct wp_signed_image *image, unsigned char message[MESSAGE_SIZE])
{
    memcpy(message, CONTEXT, CONTEXT_SIZE);
    unsigned char *at = message + CONTEXT_SIZE;
    at = put_number(at, 0, 8);
    at = put_number(at, 0, 8);
    at = put_number(at, image->size, 8);
    assert(at + 32 == message + MESSAGE_SIZE);
    return EVP_Digest(image->bytes, image->size, at, NULL, EVP_sha256(), NULL) == 1;
}

static void
put_validity(unsigned char message[MESSAGE_SIZE], struct wp_validity validity)
{
    unsigned char *at = message + CONTEXT_SIZE;
    at = put_number(at, validity.not_before, 8);
    (void)put_number(at, validity.not_after, 8);
}

static bool
sign_message(EVP_PKEY *key, const unsigned char message[MESSAGE_SIZE], unsigned char *signature)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    size_t length = 64;
    bool done = context != NULL && EVP_DigestSignInit(context, NULL, NULL, NULL, key) == 1 &&
                EVP_DigestSign(context, signature, &length, message, MESSAGE_SIZE) == 1 &&
                length == 64;
    EVP_MD_CTX_free(context);
    return done;
}

bool
wp_sign(const struct wp_signed_image *image, const struct wp_private_key *key,
        struct wp_validity validity, unsigned char record[WP_SIGNATURE_SIZE],
        struct wp_sign_error *error)
{
    unsigned char message[MESSAGE_SIZE];
    struct wp_public_key half;
    wp_private_key_public(key, &half);

    memset(record, 0, WP_SIGNATURE_SIZE);
    memcpy(record + AT_ID, half.id, WP_KEY_ID_SIZE);
    (void)put_number(record + AT_ALGORITHM, ALGORITHM_ED25519, 4);
    (void)put_number(record + AT_BEFORE, validity.not_before, 8);
    (void)put_number(record + AT_AFTER, validity.not_after, 8);
    bool done = make_message(image, message);
    put_validity(message, validity);
    done = done && sign_message(key->key, message, record + AT_BYTES);
    if (!done)
        (void)snprintf(error->text, sizeof error->text, "the image could not be signed");
    return done;
}

size_t
wp_signatures_put(unsigned char *records, size_t size,
                  const unsigned char record[WP_SIGNATURE_SIZE])
{
    assert(size % WP_SIGNATURE_SIZE == 0);
    for (size_t at = 0; at < size; at += WP_SIGNATURE_SIZE) {
        if (memcmp(records + at, record, WP_KEY_ID_SIZE) == 0) {
            memcpy(records + at, record, WP_SIGNATURE_SIZE);
            return size;
        }
    }
    if (size / WP_SIGNATURE_SIZE >= WP_MAX_SIGNATURES)
        return 0;
    memcpy(records + size, record, WP_SIGNATURE_SIZE);
    return size + WP_SIGNATURE_SIZE;
}

const char *
wp_signature_state_text(enum wp_signature_state state)
{
    switch (state) {
    case WP_SIGNATURE_GOOD:
        return "good";
    case WP_SIGNATURE_UNKNOWN_KEY:
        return "by a key that was not asked for";
    case WP_SIGNATURE_BAD:
        return "not a signature of this image";
    case WP_SIGNATURE_NOT_YET:
        return "not valid yet";
    case WP_SIGNATURE_EXPIRED:
        return "expired";
    case WP_SIGNATURE_DUPLICATE:
        return "by a key that has already counted";
    }
    return "unknown";
}

/* ---- verifying ---------------------------------------------------------------- */

struct check {
    unsigned char message[MESSAGE_SIZE];
    const struct wp_public_key *keys;
    size_t key_count;
    uint64_t now;
};

static bool
verify_message(const struct check *check, const struct wp_public_key *key,
               const unsigned char *signature)
{
    EVP_PKEY *public = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, key->raw, 32);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool good = public != NULL && context != NULL &&
                EVP_DigestVerifyInit(context, NULL, NULL, NULL, public) == 1 &&
                EVP_DigestVerify(context, signature, 64, check->message, MESSAGE_SIZE) == 1;
    EVP_MD_CTX_free(context);
    EVP_PKEY_free(public);
    return good;
}

/* The first key that has signed; if none has, one of the record's id; if there is
 * none of those, key_count. Two keys may share an id, so each is tried. */
static size_t
find_signer(const struct check *check, const unsigned char *record, bool *good)
{
    size_t found = check->key_count;
    for (size_t i = 0; i < check->key_count; i++) {
        if (memcmp(check->keys[i].id, record + AT_ID, WP_KEY_ID_SIZE) != 0)
            continue;
        *good = verify_message(check, &check->keys[i], record + AT_BYTES);
        if (*good)
            return i;
        found = i;
    }
    return found;
}

static enum wp_signature_state
judge_record(struct check *check, const unsigned char *record, struct wp_signature_finding *finding)
{
    bool good = false;
    put_validity(check->message, finding->validity);
    finding->key = find_signer(check, record, &good);
    if (finding->key == check->key_count)
        return WP_SIGNATURE_UNKNOWN_KEY;
    if (!good || get_number(record + AT_ALGORITHM, 4) != ALGORITHM_ED25519 ||
        get_number(record + AT_ZERO, 4) != 0)
        return WP_SIGNATURE_BAD;
    if (check->now < finding->validity.not_before)
        return WP_SIGNATURE_NOT_YET;
    if (finding->validity.not_after != 0 && check->now > finding->validity.not_after)
        return WP_SIGNATURE_EXPIRED;
    return WP_SIGNATURE_GOOD;
}

static bool
has_counted(const struct check *check, const struct wp_signature_findings *findings, size_t key)
{
    for (size_t i = 0; i < findings->count; i++) {
        const struct wp_signature_finding *other = &findings->findings[i];
        if (other->state == WP_SIGNATURE_GOOD &&
            memcmp(check->keys[other->key].raw, check->keys[key].raw, 32) == 0)
            return true;
    }
    return false;
}

bool
wp_signatures_check(const struct wp_signed_image *image, const void *records, size_t size,
                    const struct wp_public_key *keys, size_t key_count, uint64_t now,
                    struct wp_signature_findings *findings)
{
    struct check check = {.keys = keys, .key_count = key_count, .now = now};
    findings->count = findings->good = 0;
    if (size % WP_SIGNATURE_SIZE != 0 || size / WP_SIGNATURE_SIZE > WP_MAX_SIGNATURES)
        return false;
    if (!make_message(image, check.message))
        return false;

    const unsigned char *record = records;
    for (size_t at = 0; at < size; at += WP_SIGNATURE_SIZE, record += WP_SIGNATURE_SIZE) {
        struct wp_signature_finding *finding = &findings->findings[findings->count];
        memcpy(finding->id, record + AT_ID, WP_KEY_ID_SIZE);
        finding->validity.not_before = get_number(record + AT_BEFORE, 8);
        finding->validity.not_after = get_number(record + AT_AFTER, 8);
        finding->state = judge_record(&check, record, finding);
        if (finding->state == WP_SIGNATURE_GOOD && has_counted(&check, findings, finding->key))
            finding->state = WP_SIGNATURE_DUPLICATE;
        findings->good += finding->state == WP_SIGNATURE_GOOD;
        findings->count++;
    }
    return true;
}
