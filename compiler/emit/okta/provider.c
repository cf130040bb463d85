/* An identity provider's facts, and whether its certificate can be trusted. */
#include "compiler/emit/okta/provider.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "compiler/emit/saml.h"
#include "compiler/facts.h"

/* ---- certificates ------------------------------------------------------------------- */

enum { LEAST_BITS = 2048 };

static X509 *
decode(const char *base64)
{
    size_t length = strlen(base64);
    unsigned char *bytes = malloc(length + 1);
    X509 *certificate = NULL;

    if (bytes == NULL || length == 0 || length % 4 != 0 || length > (1u << 20)) {
        free(bytes);
        return NULL;
    }
    int size = EVP_DecodeBlock(bytes, (const unsigned char *)base64, (int)length);
    for (size_t i = length; size > 0 && i > 0 && base64[i - 1] == '='; i--)
        size--;
    if (size > 0) {
        const unsigned char *from = bytes;
        certificate = d2i_X509(NULL, &from, size);
        if (certificate != NULL && from != bytes + size) {
            X509_free(certificate);
            certificate = NULL;
        }
    }
    free(bytes);
    return certificate;
}

static const char *
fault_of(X509 *certificate, time_t now)
{
    EVP_PKEY *key = X509_get0_pubkey(certificate);
    int digest = NID_undef;

    if (key == NULL || EVP_PKEY_base_id(key) != EVP_PKEY_RSA)
        return "has no RSA key, and Okta takes no other";
    if (EVP_PKEY_bits(key) < LEAST_BITS)
        return "has a key of fewer than 2048 bits";
    (void)X509_get_signature_info(certificate, &digest, NULL, NULL, NULL);
    if (digest == NID_md5 || digest == NID_sha1)
        return "is signed with MD5 or SHA-1";
    if (X509_cmp_time(X509_get0_notBefore(certificate), &now) > 0)
        return "is not valid yet";
    if (X509_cmp_time(X509_get0_notAfter(certificate), &now) < 0)
        return "has expired";
    return NULL;
}

const char *
wp_okta_certificate_fault(const char *base64, int64_t now)
{
    X509 *certificate = decode(base64);
    const char *fault = certificate == NULL ? "cannot be read" : fault_of(certificate, (time_t)now);

    X509_free(certificate);
    return fault;
}

/* ---- the block -------------------------------------------------------------------------- */

static struct wp_desire_place
place_of(const struct wp_attribute *block, const char *key)
{
    const struct wp_attribute *attribute = wp_attribute_find(block->attributes, key);
    return (struct wp_desire_place){attribute == NULL ? block->key->span : attribute->value->span,
                                    NULL, NULL};
}

static bool
take(struct wp_desire *desire, const struct wp_attribute *block, const char *key, const char **text)
{
    const struct wp_desire_place place = place_of(block, key);

    *text = wp_attribute_text(block->attributes, key, NULL);
    if (*text != NULL && **text != '\0')
        return true;
    wp_desire_fail(desire, WP_E_OKTA_PROVIDER, &place,
                   "give issuer, sso and certificate as the metadata of Access has them",
                   "what is known of Workspace ONE lacks '%s'", key);
    return false;
}

static bool
is_https(struct wp_desire *desire, const struct wp_attribute *block, const char *key,
         const char *text)
{
    const struct wp_desire_place place = place_of(block, key);

    if (strncmp(text, "https://", 8) == 0)
        return true;
    wp_desire_fail(desire, WP_E_OKTA_PROVIDER, &place, "write an address that begins with https://",
                   "'%s' of Workspace ONE is no https address", key);
    return false;
}

/* ---- metadata --------------------------------------------------------------------------- */

/* The file's bytes in the arena, or NULL with a reason. */
static void *
read_bytes(struct wp_arena *arena, const char *path, size_t *size, const char **reason)
{
    FILE *file = fopen(path, "rb");
    char *bytes = NULL;

    *reason = file == NULL ? strerror(errno) : "it is larger than metadata may be";
    if (file == NULL)
        return NULL;
    bytes = wp_alloc(arena, WP_SAML_LARGEST + 1);
    *size = fread(bytes, 1, WP_SAML_LARGEST + 1, file);
    if (ferror(file)) {
        *reason = strerror(errno);
        bytes = NULL;
    } else if (*size > WP_SAML_LARGEST) {
        bytes = NULL;
    }
    (void)fclose(file);
    return bytes;
}

/* The path of a file that a source names: beside it. */
static const char *
beside(const struct wp_desire *desire, struct wp_span span, const char *name)
{
    const char *source = desire->model->sources->files[span.file].name;
    const char *slash = strrchr(source, '/');

    if (*name == '/' || slash == NULL)
        return name;
    return wp_format(desire->arena, "%.*s/%s", (int)(slash - source), source, name);
}

/* Okta's keys are RSA: the first such, and the next for when it is replaced. */
static void
take_certificates(const struct wp_saml *saml, struct wp_okta_provider *provider)
{
    for (size_t i = 0; i < saml->certificate_count; i++) {
        if (!saml->certificates[i].is_rsa)
            continue;
        if (provider->certificate == NULL)
            provider->certificate = saml->certificates[i].base64;
        else if (provider->next == NULL)
            provider->next = saml->certificates[i].base64;
    }
}

static bool
read_metadata(struct wp_desire *desire, const struct wp_attribute *attribute,
              struct wp_okta_provider *provider)
{
    const struct wp_desire_place place = {attribute->value->span, NULL, NULL};
    const char *path = beside(desire, place.span, attribute->value->text), *reason = NULL;
    const struct wp_saml_options options = {.name = path, .now = (int64_t)time(NULL)};
    struct wp_saml *saml = wp_alloc(desire->arena, sizeof *saml);
    struct wp_problem problem = {0};
    size_t size = 0;
    void *bytes = read_bytes(desire->arena, path, &size, &reason);

    if (bytes != NULL && !wp_saml_read(desire->arena, bytes, size, &options, saml, &problem))
        reason = problem.text;
    else if (bytes != NULL)
        reason = NULL;
    if (reason == NULL) {
        const struct wp_saml_endpoint *sso =
            wp_saml_endpoint(saml->sso, saml->sso_count, "HTTP-POST");
        provider->issuer = saml->entity_id;
        provider->sso = sso == NULL ? NULL : sso->url;
        take_certificates(saml, provider);
        if (provider->sso == NULL)
            reason = "it takes no sign-ins by HTTP-POST";
        else if (provider->certificate == NULL)
            reason = "no certificate that signs is RSA, and Okta takes no other";
    }
    if (reason != NULL)
        wp_desire_fail(desire, WP_E_OKTA_PROVIDER, &place,
                       "take the file anew: Access console, Resources > Web Apps > Settings > SAML "
                       "Metadata > Identity Provider (IdP) metadata",
                       "the metadata of Workspace ONE, '%s', is not to be used: %s", path, reason);
    return reason == NULL;
}

bool
wp_okta_provider_read(struct wp_desire *desire, const struct wp_attribute *block,
                      struct wp_okta_provider *provider)
{
    const struct wp_desire_place place = place_of(block, "certificate");
    const struct wp_attribute *metadata = wp_attribute_find(block->attributes, "metadata");

    *provider = (struct wp_okta_provider){0};
    if (metadata != NULL)
        return read_metadata(desire, metadata, provider);
    if (!take(desire, block, "issuer", &provider->issuer) ||
        !take(desire, block, "sso", &provider->sso) ||
        !take(desire, block, "certificate", &provider->certificate) ||
        !is_https(desire, block, "issuer", provider->issuer) ||
        !is_https(desire, block, "sso", provider->sso))
        return false;
    const char *fault = wp_okta_certificate_fault(provider->certificate, (int64_t)time(NULL));
    if (fault != NULL)
        wp_desire_fail(desire, WP_E_OKTA_PROVIDER, &place,
                       "take the certificate that Access signs with now: Access console, Resources "
                       "> Web Apps > Settings > SAML Metadata",
                       "the certificate of Workspace ONE %s", fault);
    return fault == NULL;
}
