/* Identity providers and the certificates that they sign with. */
#include "compiler/sandbox/okta.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <openssl/x509.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "compiler/sandbox/authority.h"
#include "compiler/sandbox/jwt.h"

/* ---- keys ------------------------------------------------------------------------------------ */

/* The certificate of a text of base64, line breaks and all; NULL when it is none. */
static X509 *
read_certificate(struct wp_arena *arena, const char *text)
{
    size_t length = strlen(text), used = 0;
    char *dense = wp_alloc(arena, length + 1);
    unsigned char *der = wp_alloc(arena, length + 4);
    const unsigned char *at = der;
    int size;
    for (; *text != '\0'; text++)
        if (!isspace((unsigned char)*text))
            dense[used++] = *text;
    if (used == 0 || used % 4 != 0 || used > 1 << 20)
        return NULL;
    size = EVP_DecodeBlock(der, (const unsigned char *)dense, (int)used);
    return size > 0 ? d2i_X509(NULL, &at, size) : NULL;
}

static char *
number_text(const EVP_PKEY *key, const char *name)
{
    BIGNUM *number = NULL;
    unsigned char bytes[1024];
    char *text = NULL;
    int size;
    if (EVP_PKEY_get_bn_param(key, name, &number) == 1 &&
        BN_num_bytes(number) <= (int)sizeof bytes) {
        size = BN_bn2bin(number, bytes);
        text = wp_box_base64url(bytes, (size_t)size);
    }
    BN_free(number);
    return text;
}

static const char *
time_of(struct wp_arena *arena, const ASN1_TIME *when)
{
    struct tm parts;
    if (when == NULL || ASN1_TIME_to_tm(when, &parts) != 1)
        return NULL;
    return wp_box_time(arena, (int64_t)timegm(&parts));
}

/* The key as Okta shows it, or NULL when it is not RSA. */
static json_t *
describe(struct wp_exchange *x, X509 *certificate, const char *x5c)
{
    unsigned char digest[SHA256_DIGEST_LENGTH];
    unsigned size = sizeof digest;
    EVP_PKEY *public = X509_get0_pubkey(certificate);
    json_t *key = NULL;
    char *n, *e, *print;
    if (public == NULL || EVP_PKEY_get_base_id(public) != EVP_PKEY_RSA ||
        X509_digest(certificate, EVP_sha256(), digest, &size) != 1)
        return NULL;
    n = number_text(public, OSSL_PKEY_PARAM_RSA_N);
    e = number_text(public, OSSL_PKEY_PARAM_RSA_E);
    print = wp_box_base64url(digest, sizeof digest);
    if (n != NULL && e != NULL && print != NULL)
        key = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:[s], s:s?}", "kid",
                        wp_box_uuid(x->box, x->arena), "kty", "RSA", "alg", "RSA", "use", "sig",
                        "e", e, "n", n, "x5t#S256", print, "x5c", x5c, "expiresAt",
                        time_of(x->arena, X509_get0_notAfter(certificate)));
    free(n);
    free(e);
    free(print);
    return key;
}

static const json_t *
find_print(struct wp_exchange *x, const char *print)
{
    const char *id;
    json_t *key;
    json_object_foreach(wp_store_all(x->box->store, WP_OKTA_IDP_KEY), id,
                        key) if (strcmp(wp_box_text(key, "x5t#S256"), print) == 0) return key;
    return NULL;
}

void
wp_box_okta_key_post(struct wp_exchange *x)
{
    json_t *sent = wp_box_okta_body(x), *key;
    const char *x5c = json_string_value(json_array_get(json_object_get(sent, "x5c"), 0));
    X509 *certificate = x5c != NULL ? read_certificate(x->arena, x5c) : NULL;
    const json_t *known;
    if (sent == NULL)
        return;
    key = certificate != NULL ? describe(x, certificate, x5c) : NULL;
    if (key == NULL) {
        wp_box_okta_invalid(x, "x5c", "Invalid X.509 certificate: an RSA one is required");
    } else if ((known = find_print(x, wp_box_text(key, "x5t#S256"))) != NULL) {
        wp_box_okta_error(
            x, 409, "E0000096",
            wp_format(x->arena, "Key already exists with kid=\"%s\".", wp_box_text(known, "kid")),
            NULL);
        json_decref(key);
    } else {
        wp_box_okta_stamp(x, key, NULL);
        wp_store_put(x->box->store, WP_OKTA_IDP_KEY, wp_box_text(key, "kid"), key);
        wp_exchange_answer(x, 200, wp_box_okta_show(key, NULL));
    }
    X509_free(certificate);
    json_decref(sent);
}

void
wp_box_okta_key_list(struct wp_exchange *x)
{
    json_t *list = json_array(), *key;
    const char *id;
    json_object_foreach(wp_store_all(x->box->store, WP_OKTA_IDP_KEY), id, key)
        json_array_append_new(list, wp_box_okta_show(key, NULL));
    wp_box_okta_page(x, list, 20, 200);
}

void
wp_box_okta_key_get(struct wp_exchange *x)
{
    json_t *key = wp_box_okta_find(x, WP_OKTA_IDP_KEY, "IdpKey");
    if (key != NULL)
        wp_exchange_answer(x, 200, wp_box_okta_show(key, NULL));
}

static const json_t *
trust_of(const json_t *idp)
{
    return json_object_get(json_object_get(json_object_get(idp, "protocol"), "credentials"),
                           "trust");
}

void
wp_box_okta_key_delete(struct wp_exchange *x)
{
    const char *id, *kid;
    json_t *idp;
    if (wp_box_okta_find(x, WP_OKTA_IDP_KEY, "IdpKey") == NULL)
        return;
    json_object_foreach(wp_store_all(x->box->store, WP_OKTA_IDP), id,
                        idp) if ((kid = wp_box_text(trust_of(idp), "kid")) != NULL &&
                                 strcmp(kid, x->captures[0]) == 0)
    {
        wp_box_okta_invalid(x, "kid", "The key is used by the identity provider %.100s",
                            wp_box_text(idp, "name"));
        return;
    }
    wp_store_remove(x->box->store, WP_OKTA_IDP_KEY, x->captures[0]);
    wp_exchange_answer(x, 204, NULL);
}

/* ---- identity providers -------------------------------------------------------------------------
 */

static json_t *
show_idp(const struct wp_exchange *x, const json_t *idp)
{
    const char *id = wp_box_text(idp, "id");
    bool is_active = strcmp(wp_box_text(idp, "status"), "ACTIVE") == 0;
    json_t *links = json_object();
    json_object_set_new(links, "metadata",
                        wp_box_okta_link(x, "GET", "/api/v1/idps/%s/metadata.xml", id));
    json_object_set_new(links, "acs", wp_box_okta_link(x, "POST", "/sso/saml2/%s", id));
    json_object_set_new(links, is_active ? "deactivate" : "activate",
                        wp_box_okta_link(x, "POST", "/api/v1/idps/%s/lifecycle/%s", id,
                                         is_active ? "deactivate" : "activate"));
    return wp_box_okta_show(idp, links);
}

static bool
check_saml(struct wp_exchange *x, const json_t *protocol)
{
    const json_t *trust = json_object_get(json_object_get(protocol, "credentials"), "trust");
    const json_t *sso = json_object_get(json_object_get(protocol, "endpoints"), "sso");
    const char *kid = wp_box_text(trust, "kid");
    if (wp_box_text(trust, "issuer") == NULL || kid == NULL)
        return wp_box_okta_invalid(x, "credentials.trust", "issuer and kid are required");
    if (wp_store_get(x->box->store, WP_OKTA_IDP_KEY, kid) == NULL)
        return wp_box_okta_invalid(x, "credentials.trust.kid", "Invalid key %.60s", kid);
    return wp_box_text(sso, "url") != NULL ||
           wp_box_okta_invalid(x, "endpoints.sso.url", "The field is required");
}

/* What Okta assigns itself stays whatever is sent. */
static void
add_own(struct wp_exchange *x, json_t *idp, const char *id, const json_t *old)
{
    json_t *credentials = json_object_get(json_object_get(idp, "protocol"), "credentials");
    const json_t *signing = json_object_get(
        json_object_get(json_object_get(old, "protocol"), "credentials"), "signing");
    json_object_set_new(json_object_get(credentials, "trust"), "audience",
                        json_sprintf("https://www.okta.com/saml2/service-provider/sp%s", id + 3));
    json_object_set_new(credentials, "signing",
                        signing != NULL ? json_deep_copy(signing)
                                        : json_pack("{s:s}", "kid", wp_box_uuid(x->box, x->arena)));
}

static json_t *
shape_idp(struct wp_exchange *x, const json_t *sent, const json_t *old)
{
    const char *name = wp_box_text(sent, "name"), *type = wp_box_text(sent, "type"), *id;
    const json_t *protocol = json_object_get(sent, "protocol");
    json_t *idp, *other;
    if (name == NULL || *name == '\0' || strlen(name) > 100) {
        wp_box_okta_invalid(x, "name", "The field must have 1 to 100 characters");
        return NULL;
    }
    if (type == NULL || json_object_size(protocol) == 0) {
        wp_box_okta_invalid(x, "type", "type and protocol are required");
        return NULL;
    }
    json_object_foreach(wp_store_all(x->box->store, WP_OKTA_IDP), id,
                        other) if (other != old && strcmp(wp_box_text(other, "name"), name) == 0)
    {
        wp_box_okta_invalid(x, "name", "An identity provider with this name already exists");
        return NULL;
    }
    if (strcmp(type, "SAML2") == 0 && !check_saml(x, protocol))
        return NULL;
    idp = wp_box_pick(sent, "type name issuerMode protocol policy properties");
    json_object_set_new(idp, "status", json_string("ACTIVE"));
    if (old != NULL)
        json_object_set(idp, "status", json_object_get(old, "status"));
    if (json_object_get(idp, "issuerMode") == NULL)
        json_object_set_new(idp, "issuerMode", json_string("ORG_URL"));
    return idp;
}

void
wp_box_okta_idp_post(struct wp_exchange *x)
{
    json_t *sent = wp_box_okta_body(x), *idp = sent != NULL ? shape_idp(x, sent, NULL) : NULL;
    if (idp != NULL) {
        const char *id = wp_box_okta_id(x->box, x->arena, "0oa");
        json_object_set_new(idp, "id", json_string(id));
        add_own(x, idp, id, NULL);
        wp_box_okta_stamp(x, idp, NULL);
        wp_store_put(x->box->store, WP_OKTA_IDP, id, idp);
        wp_exchange_answer(x, 200, show_idp(x, idp));
    }
    json_decref(sent);
}

void
wp_box_okta_idp_put(struct wp_exchange *x)
{
    json_t *old = wp_box_okta_find(x, WP_OKTA_IDP, "IdentityProvider"), *sent, *idp, *shown;
    if (old == NULL || (sent = wp_box_okta_body(x)) == NULL)
        return;
    idp = shape_idp(x, sent, old);
    if (idp != NULL) {
        json_object_set_new(idp, "id", json_string(x->captures[0]));
        add_own(x, idp, x->captures[0], old);
        wp_box_okta_stamp(x, idp, old);
        wp_store_put(x->box->store, WP_OKTA_IDP, x->captures[0], idp);
        shown = show_idp(x, idp);
        json_object_set_new(shown, "created", json_null());
        wp_exchange_answer(x, 200, shown);
    }
    json_decref(sent);
}

void
wp_box_okta_idp_list(struct wp_exchange *x)
{
    const char *type = wp_exchange_argument(x, "type"), *prefix = wp_exchange_argument(x, "q"), *id;
    json_t *list = json_array(), *idp;
    json_object_foreach(
        wp_store_all(x->box->store, WP_OKTA_IDP), id,
        idp) if ((type == NULL || strcmp(wp_box_text(idp, "type"), type) == 0) &&
                 (prefix == NULL || strncmp(wp_box_text(idp, "name"), prefix, strlen(prefix)) == 0))
        json_array_append_new(list, show_idp(x, idp));
    wp_box_okta_page(x, list, 20, 200);
}

void
wp_box_okta_idp_get(struct wp_exchange *x)
{
    json_t *idp = wp_box_okta_find(x, WP_OKTA_IDP, "IdentityProvider");
    if (idp != NULL)
        wp_exchange_answer(x, 200, show_idp(x, idp));
}

/* The name of a routing rule that sends people there, or NULL. */
static const char *
routing_rule(struct wp_exchange *x, const char *idp)
{
    const char *id;
    json_t *rule, *provider;
    size_t i;
    json_object_foreach(wp_store_all(x->box->store, WP_OKTA_RULE), id, rule)
    {
        const json_t *action = json_object_get(json_object_get(rule, "actions"), "idp");
        json_array_foreach(json_object_get(action, "providers"), i,
                           provider) if (wp_box_text(provider, "id") != NULL &&
                                         strcmp(wp_box_text(provider, "id"), idp) ==
                                             0) return wp_box_text(rule, "name");
    }
    return NULL;
}

void
wp_box_okta_idp_delete(struct wp_exchange *x)
{
    json_t *idp = wp_box_okta_find(x, WP_OKTA_IDP, "IdentityProvider");
    const char *rule;
    if (idp == NULL)
        return;
    rule = routing_rule(x, x->captures[0]);
    if (rule != NULL) {
        wp_box_okta_error(x, 400, "E0000250",
                          "Cannot delete an identity provider that a routing rule uses", rule);
        return;
    }
    if (strcmp(wp_box_text(idp, "status"), "ACTIVE") == 0) {
        wp_box_okta_invalid(x, "identityProvider", "An active identity provider cannot be deleted");
        return;
    }
    wp_store_remove(x->box->store, WP_OKTA_IDP, x->captures[0]);
    wp_exchange_answer(x, 204, NULL);
}

static void
set_status(struct wp_exchange *x, const char *status)
{
    json_t *idp = wp_box_okta_find(x, WP_OKTA_IDP, "IdentityProvider");
    const char *rule;
    if (idp == NULL)
        return;
    rule = status[0] == 'I' ? routing_rule(x, x->captures[0]) : NULL;
    if (rule != NULL) {
        wp_box_okta_error(x, 400, "E0000251",
                          "Cannot deactivate an identity provider that a routing rule uses", rule);
        return;
    }
    json_object_set_new(idp, "status", json_string(status));
    wp_box_okta_stamp(x, idp, idp);
    wp_store_changed(x->box->store, WP_OKTA_IDP, x->captures[0]);
    wp_exchange_answer(x, 200, show_idp(x, idp));
}

void
wp_box_okta_idp_activate(struct wp_exchange *x)
{
    set_status(x, "ACTIVE");
}

void
wp_box_okta_idp_deactivate(struct wp_exchange *x)
{
    set_status(x, "INACTIVE");
}

void
wp_box_okta_idp_metadata(struct wp_exchange *x)
{
    json_t *idp = wp_box_okta_find(x, WP_OKTA_IDP, "IdentityProvider");
    const char *text;
    if (idp == NULL)
        return;
    text = wp_format(
        x->arena,
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        "<md:EntityDescriptor xmlns:md=\"urn:oasis:names:tc:SAML:2.0:metadata\" entityID=\"%s\">"
        "<md:SPSSODescriptor AuthnRequestsSigned=\"true\" WantAssertionsSigned=\"true\" "
        "protocolSupportEnumeration=\"urn:oasis:names:tc:SAML:2.0:protocol\">"
        "<md:AssertionConsumerService Binding=\"urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST\" "
        "Location=\"%s/sso/saml2/%s\" index=\"0\" isDefault=\"true\"/>"
        "</md:SPSSODescriptor></md:EntityDescriptor>\n",
        wp_box_text(trust_of(idp), "audience"), x->base, x->captures[0]);
    wp_exchange_text(x, 200, "application/xml", text, strlen(text));
}
