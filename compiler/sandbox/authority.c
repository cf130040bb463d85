#include "compiler/sandbox/authority.h"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define DAY (24L * 60 * 60)

/* Base64 in a malloc'ed text, or NULL. */
static char *
base64(const void *bytes, size_t size)
{
    char *text;
    if (size > 1 << 24)
        return NULL;
    text = malloc(4 * ((size + 2) / 3) + 1);
    if (text != NULL)
        EVP_EncodeBlock((unsigned char *)text, bytes, (int)size);
    return text;
}

/* What a memory BIO holds, as a text; frees the BIO. */
static char *
take_text(BIO *bio)
{
    char *bytes, *text;
    long size = bio != NULL ? BIO_get_mem_data(bio, &bytes) : 0;
    text = size > 0 ? malloc((size_t)size + 1) : NULL;
    if (text != NULL) {
        memcpy(text, bytes, (size_t)size);
        text[size] = '\0';
    }
    BIO_free(bio);
    return text;
}

static char *
write_certificate(X509 *certificate)
{
    BIO *bio = BIO_new(BIO_s_mem());
    if (bio != NULL)
        PEM_write_bio_X509(bio, certificate);
    return take_text(bio);
}

static char *
write_key(EVP_PKEY *key)
{
    BIO *bio = BIO_new(BIO_s_mem());
    if (bio != NULL)
        PEM_write_bio_PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL);
    return take_text(bio);
}

static bool
add_extension(X509 *certificate, X509 *issuer, int kind, const char *value)
{
    X509V3_CTX context;
    X509_EXTENSION *extension;
    bool is_added;
    X509V3_set_ctx(&context, issuer, certificate, NULL, NULL, 0);
    extension = X509V3_EXT_conf_nid(NULL, &context, kind, value);
    is_added = extension != NULL && X509_add_ext(certificate, extension, -1) == 1;
    X509_EXTENSION_free(extension);
    return is_added;
}

/* A certificate that still wants its extensions and signature. */
static X509 *
begin_certificate(const char *name, EVP_PKEY *key, X509 *issuer, long days)
{
    X509 *certificate = X509_new();
    X509_NAME *subject;
    BIGNUM *serial = BN_new();
    if (certificate == NULL || serial == NULL || BN_rand(serial, 120, 0, 0) != 1 ||
        BN_to_ASN1_INTEGER(serial, X509_get_serialNumber(certificate)) == NULL)
        goto failed;
    subject = X509_get_subject_name(certificate);
    X509_set_version(certificate, X509_VERSION_3);
    X509_gmtime_adj(X509_getm_notBefore(certificate), -DAY);
    X509_gmtime_adj(X509_getm_notAfter(certificate), days * DAY);
    if (X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, (const unsigned char *)name, -1,
                                   -1, 0) != 1 ||
        X509_set_pubkey(certificate, key) != 1 ||
        X509_set_issuer_name(certificate,
                             issuer != NULL ? X509_get_subject_name(issuer) : subject) != 1)
        goto failed;
    BN_free(serial);
    return certificate;
failed:
    BN_free(serial);
    X509_free(certificate);
    return NULL;
}

/* Whoever gets hold of this authority, and of its key, which nobody stores, can
 * still not vouch for anything but loopback names. */
static X509 *
make_authority(EVP_PKEY *key)
{
    X509 *ca = begin_certificate("woapol sandbox authority", key, NULL, 30);
    if (ca != NULL &&
        !(add_extension(ca, ca, NID_basic_constraints, "critical,CA:TRUE,pathlen:0") &&
          add_extension(ca, ca, NID_key_usage, "critical,keyCertSign,cRLSign") &&
          add_extension(ca, ca, NID_name_constraints,
                        "critical,permitted;DNS:localhost,permitted;IP:127.0.0.0/255.0.0.0,"
                        "permitted;IP:::1/ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff") &&
          add_extension(ca, ca, NID_subject_key_identifier, "hash") &&
          X509_sign(ca, key, EVP_sha256()) > 0)) {
        X509_free(ca);
        return NULL;
    }
    return ca;
}

static bool
make_tls(struct wp_box_authority *authority)
{
    EVP_PKEY *ca_key = EVP_EC_gen("P-256"), *key = EVP_EC_gen("P-256");
    X509 *ca = ca_key != NULL ? make_authority(ca_key) : NULL, *own = NULL;
    bool is_made = false;
    if (ca == NULL || key == NULL)
        goto done;
    own = begin_certificate("localhost", key, ca, 29);
    is_made = own != NULL && add_extension(own, ca, NID_basic_constraints, "critical,CA:FALSE") &&
              add_extension(own, ca, NID_key_usage, "critical,digitalSignature") &&
              add_extension(own, ca, NID_ext_key_usage, "serverAuth") &&
              add_extension(own, ca, NID_subject_alt_name, "DNS:localhost,IP:127.0.0.1,IP:::1") &&
              add_extension(own, ca, NID_subject_key_identifier, "hash") &&
              add_extension(own, ca, NID_authority_key_identifier, "keyid:always") &&
              X509_sign(own, ca_key, EVP_sha256()) > 0;
    if (!is_made)
        goto done;
    authority->ca = write_certificate(ca);
    authority->certificate = write_certificate(own);
    authority->key = write_key(key);
    is_made = authority->ca != NULL && authority->certificate != NULL && authority->key != NULL;
done:
    X509_free(own);
    X509_free(ca);
    EVP_PKEY_free(key);
    EVP_PKEY_free(ca_key);
    return is_made;
}

static bool
make_saml(struct wp_box_authority *authority)
{
    unsigned char *der = NULL;
    int size;
    X509 *certificate = begin_certificate("VMware Identity Manager", authority->rsa, NULL, 3650);
    if (certificate == NULL)
        return false;
    size =
        X509_sign(certificate, authority->rsa, EVP_sha256()) > 0 ? i2d_X509(certificate, &der) : 0;
    if (size > 0)
        authority->saml = base64(der, (size_t)size);
    OPENSSL_free(der);
    X509_free(certificate);
    return authority->saml != NULL;
}

struct wp_box_authority *
wp_box_authority_new(void)
{
    struct wp_box_authority *authority = calloc(1, sizeof *authority);
    if (authority == NULL)
        return NULL;
    authority->rsa = EVP_RSA_gen(2048);
    authority->ec = EVP_EC_gen("P-256");
    if (authority->rsa == NULL || authority->ec == NULL || !make_tls(authority) ||
        !make_saml(authority) || (authority->rsa_key = write_key(authority->rsa)) == NULL ||
        (authority->ec_key = write_key(authority->ec)) == NULL) {
        wp_box_authority_free(authority);
        return NULL;
    }
    return authority;
}

void
wp_box_authority_free(struct wp_box_authority *authority)
{
    if (authority == NULL)
        return;
    char *texts[] = {authority->ca,   authority->certificate, authority->key,
                     authority->saml, authority->rsa_key,     authority->ec_key};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        if (texts[i] != NULL)
            OPENSSL_cleanse(texts[i], strlen(texts[i]));
        free(texts[i]);
    }
    EVP_PKEY_free(authority->rsa);
    EVP_PKEY_free(authority->ec);
    free(authority);
}
