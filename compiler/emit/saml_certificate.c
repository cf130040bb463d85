/* Certificates of SAML metadata: which of them may sign for an entity now. */
#include "compiler/emit/saml_parts.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <string.h>
#include <time.h>

#define LARGEST_DER (16u << 10)

/* Base64 with blanks anywhere, as DER; the size, or 0 when it is none. */
static size_t
decode(struct wp_arena *arena, const char *text, unsigned char **der)
{
    size_t length = strlen(text), count = 0;
    if (length > 2 * LARGEST_DER)
        return 0;
    char *packed = wp_alloc(arena, length + 1);
    for (const char *at = text; *at != '\0'; at++)
        if (strchr(" \t\r\n", *at) == NULL)
            packed[count++] = *at;
    if (count == 0 || count % 4 != 0)
        return 0;
    *der = wp_alloc(arena, count / 4 * 3);
    int size = EVP_DecodeBlock(*der, (const unsigned char *)packed, (int)count);
    size_t padding = count - strcspn(packed, "=");
    return size < 0 || padding > 2 ? 0 : (size_t)size - padding;
}

static int64_t
seconds_of(const ASN1_TIME *time)
{
    int days = 0, seconds = 0;
    ASN1_TIME *epoch = ASN1_TIME_set(NULL, 0);
    bool known = epoch != NULL && ASN1_TIME_diff(&days, &seconds, epoch, time) == 1;
    ASN1_TIME_free(epoch);
    return known ? (int64_t)days * 86400 + seconds : INT64_MIN;
}

static const char *
day(struct wp_arena *arena, int64_t seconds)
{
    struct tm parts;
    char text[40] = "a day that is none";
    time_t then = (time_t)seconds;
    if (gmtime_r(&then, &parts) != NULL)
        (void)strftime(text, sizeof text, "%Y-%m-%d", &parts);
    return wp_copy_text(arena, text, strlen(text));
}

static const char *
subject_of(struct wp_arena *arena, X509 *x509)
{
    char *text = NULL, escaped[200];
    BIO *memory = BIO_new(BIO_s_mem());
    long size = 0;
    if (memory != NULL && X509_NAME_print_ex(memory, X509_get_subject_name(x509), 0,
                                             XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB) >= 0)
        size = BIO_get_mem_data(memory, &text);
    wp_problem_escape(escaped, sizeof escaped, size > 0 ? text : "", size > 0 ? (size_t)size : 0);
    BIO_free(memory);
    return wp_copy_text(arena, escaped, strlen(escaped));
}

/* The digest under the certificate's own signature is strong enough. */
static bool
is_signed_well(X509 *x509)
{
    int digest = NID_undef, algorithm = X509_get_signature_nid(x509);
    if (algorithm == NID_ED25519 || algorithm == NID_ED448)
        return true;
    if (algorithm == NID_rsassaPss) {
        int bits = 0;
        uint32_t flags = 0;
        return X509_get_signature_info(x509, &digest, NULL, &bits, &flags) == 1 && bits >= 128;
    }
    if (OBJ_find_sigid_algs(algorithm, &digest, NULL) != 1)
        return false;
    return digest == NID_sha256 || digest == NID_sha384 || digest == NID_sha512;
}

/* Why the certificate is not good now; NULL when it is. */
static const char *
judge(const struct wp_saml_reader *reader, const struct wp_saml_certificate *certificate,
      X509 *x509)
{
    struct wp_arena *arena = reader->arena;
    EVP_PKEY *key = X509_get0_pubkey(x509);
    if (certificate->not_after < reader->options->now)
        return wp_format(arena, "it expired on %s", day(arena, certificate->not_after));
    if (certificate->not_before > reader->options->now)
        return wp_format(arena, "it is valid from %s only", day(arena, certificate->not_before));
    if (key == NULL || !(EVP_PKEY_is_a(key, "RSA") || EVP_PKEY_is_a(key, "EC")))
        return "its key is neither RSA nor on a curve";
    if (certificate->bits < (certificate->is_rsa ? 2048u : 256u))
        return wp_format(arena, "its key of %u bits is too short", certificate->bits);
    if (!is_signed_well(x509))
        return "it is signed by a digest weaker than SHA-256";
    return NULL;
}

static void
describe(struct wp_saml_reader *reader, X509 *x509, const unsigned char *der, size_t size,
         struct wp_saml_certificate *certificate)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    char *base64 = wp_alloc(reader->arena, (size + 2) / 3 * 4 + 1);
    EVP_PKEY *key = X509_get0_pubkey(x509);
    int bits = key == NULL ? 0 : EVP_PKEY_get_bits(key);

    EVP_EncodeBlock((unsigned char *)base64, der, (int)size);
    certificate->base64 = base64;
    certificate->subject = subject_of(reader->arena, x509);
    if (EVP_Digest(der, size, digest, NULL, EVP_sha256(), NULL) == 1)
        for (size_t i = 0; i < 32; i++)
            (void)snprintf(certificate->fingerprint + 2 * i, 3, "%02x", digest[i]);
    certificate->not_before = seconds_of(X509_get0_notBefore(x509));
    certificate->not_after = seconds_of(X509_get0_notAfter(x509));
    certificate->is_rsa = key != NULL && EVP_PKEY_is_a(key, "RSA");
    certificate->bits = bits < 0 ? 0 : (unsigned)bits;
}

bool
wp_saml_take_certificate(struct wp_saml_reader *reader, const char *text)
{
    struct wp_saml *saml = reader->saml;
    unsigned char *der = NULL;
    size_t size = decode(reader->arena, text, &der);
    const unsigned char *at = der;
    X509 *x509 = size == 0 ? NULL : d2i_X509(NULL, &at, (long)size);
    ERR_clear_error();
    if (x509 == NULL || at != der + size) {
        X509_free(x509);
        return wp_saml_refuse(reader, "an X509Certificate is no certificate in base64");
    }
    struct wp_saml_certificate certificate = {.base64 = NULL};
    describe(reader, x509, der, size, &certificate);
    for (size_t i = 0; i < saml->certificate_count; i++)
        if (strcmp(saml->certificates[i].fingerprint, certificate.fingerprint) == 0) {
            X509_free(x509);
            return true; /* once is enough */
        }
    const char *why = judge(reader, &certificate, x509);
    bool is_full = saml->certificate_count == WP_SAML_MOST || saml->refused_count == WP_SAML_MOST;
    if (why != NULL || is_full) {
        X509_free(x509);
        if (is_full)
            return wp_saml_refuse(reader, "there are more than %d certificates", WP_SAML_MOST);
        saml->refused[saml->refused_count++] =
            wp_format(reader->arena, "the certificate of “%s” (%.16s…) is refused: %s",
                      certificate.subject, certificate.fingerprint, why);
        return true;
    }
    reader->parsed[saml->certificate_count] = x509;
    saml->certificates[saml->certificate_count++] = certificate;
    return true;
}
