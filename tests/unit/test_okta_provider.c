/* Workspace ONE as identity provider of Okta: certificates that are refused, and what
 * becomes of metadata. */
#include <criterion/criterion.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "compiler/compile.h"
#include "compiler/emit/okta/provider.h"
#include "compiler/facts.h"

#define NOW 1800000000
#define DAY 86400

/* A certificate in base64; the key is given back with it. */
static char *
make_certificate(EVP_PKEY *key, const EVP_MD *digest, time_t now, long from, long to)
{
    X509 *x509 = X509_new();
    X509_NAME *name = X509_get_subject_name(x509);
    unsigned char *der = NULL;

    cr_assert(X509_set_version(x509, 2) == 1);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const unsigned char *)"Access", -1, -1,
                               0);
    X509_set_issuer_name(x509, name);
    ASN1_TIME_set(X509_getm_notBefore(x509), now + from);
    ASN1_TIME_set(X509_getm_notAfter(x509), now + to);
    X509_set_pubkey(x509, key);
    cr_assert(X509_sign(x509, key, digest) > 0);
    int size = i2d_X509(x509, &der);
    char *text = malloc((size_t)(size + 2) / 3 * 4 + 1);
    EVP_EncodeBlock((unsigned char *)text, der, size);
    OPENSSL_free(der);
    X509_free(x509);
    EVP_PKEY_free(key);
    return text;
}

static void
expect_fault(char *certificate, const char *fault)
{
    const char *is = wp_okta_certificate_fault(certificate, NOW);

    if (fault == NULL)
        cr_expect(is == NULL, "%s", is);
    else
        cr_expect_str_eq(is == NULL ? "" : is, fault);
    free(certificate);
}

Test(okta_provider, certificates)
{
    expect_fault(make_certificate(EVP_RSA_gen(2048u), EVP_sha256(), NOW, -DAY, DAY), NULL);
    expect_fault(make_certificate(EVP_RSA_gen(2048u), EVP_sha256(), NOW, -2 * DAY, -1),
                 "has expired");
    expect_fault(make_certificate(EVP_RSA_gen(2048u), EVP_sha256(), NOW, 1, DAY),
                 "is not valid yet");
    expect_fault(make_certificate(EVP_RSA_gen(1024u), EVP_sha256(), NOW, -DAY, DAY),
                 "has a key of fewer than 2048 bits");
    expect_fault(make_certificate(EVP_RSA_gen(2048u), EVP_sha1(), NOW, -DAY, DAY),
                 "is signed with MD5 or SHA-1");
    expect_fault(make_certificate(EVP_EC_gen("P-256"), EVP_sha256(), NOW, -DAY, DAY),
                 "has no RSA key, and Okta takes no other");
    expect_fault(strdup(""), "cannot be read");
    expect_fault(strdup("MIIC"), "cannot be read");
    expect_fault(strdup("not base64!!"), "cannot be read");
    char *longer = make_certificate(EVP_RSA_gen(2048u), EVP_sha256(), NOW, -DAY, DAY);
    longer = realloc(longer, strlen(longer) + 5);
    (void)strcat(longer, "AAAA");
    expect_fault(longer, "cannot be read");
}

/* ---- metadata -------------------------------------------------------------------------- */

static char folder[] = "/tmp/woapol-provider-XXXXXX";

static void
write_file(const char *name, const char *text)
{
    char path[128];
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "wb");
    cr_assert(file != NULL);
    (void)fputs(text, file);
    (void)fclose(file);
}

static char *
metadata(const char *binding, const char *first, const char *second)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    const char *const certificates[] = {first, second};

    (void)fputs("<md:EntityDescriptor xmlns:md=\"urn:oasis:names:tc:SAML:2.0:metadata\" "
                "xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\" "
                "entityID=\"https://t.example/SAAS/API/1.0/GET/metadata/idp.xml\">"
                "<md:IDPSSODescriptor protocolSupportEnumeration="
                "\"urn:oasis:names:tc:SAML:2.0:protocol\">",
                out);
    for (size_t i = 0; i < 2; i++)
        if (certificates[i] != NULL)
            (void)fprintf(out,
                          "<md:KeyDescriptor use=\"signing\"><ds:KeyInfo><ds:X509Data>"
                          "<ds:X509Certificate>%s</ds:X509Certificate></ds:X509Data></ds:KeyInfo>"
                          "</md:KeyDescriptor>",
                          certificates[i]);
    (void)fprintf(out,
                  "<md:SingleSignOnService Binding=\"urn:oasis:names:tc:SAML:2.0:bindings:%s\" "
                  "Location=\"https://t.example/SAAS/auth/federation/sso\"/>"
                  "</md:IDPSSODescriptor></md:EntityDescriptor>",
                  binding);
    (void)fclose(out);
    return text;
}

/* What a source in the folder comes to: its objects, or the first finding. */
struct result {
    struct wp_compilation compilation;
    struct wp_state state;
    const char *finding;
};

static void
run(struct result *result)
{
    char path[128];
    const struct wp_compile_options options = {.today = 20000};
    const struct wp_plan_options plan = {0};
    struct wp_declaration_walk walk = {0};

    write_file("policy.woapol", "tenant Corp {\n  kind = okta\n  engine = identity\n"
                                "  workspace_one { metadata = \"idp.xml\" }\n}\n"
                                "policy P is default { otherwise deny }\n");
    (void)snprintf(path, sizeof path, "%s/policy.woapol", folder);
    *result = (struct result){0};
    cr_assert(wp_compile(&result->compilation, path, &options));
    const struct wp_session session = {
        .arena = result->compilation.arena,
        .model = result->compilation.model,
        .tenant = wp_declaration_next(result->compilation.model, WP_DECL_TENANT, &walk)};
    wp_state_init(&result->state, session.arena);
    (void)wp_okta_desire(&session, &plan, &result->state, &result->compilation.diagnostics);
    for (struct wp_diagnostic *f = result->compilation.diagnostics.first; f != NULL; f = f->next)
        if (f->kind == WP_E_OKTA_PROVIDER)
            result->finding = f->message;
}

static void
end(struct result *result)
{
    wp_state_end(&result->state);
    wp_compilation_end(&result->compilation);
}

Test(okta_provider, metadata)
{
    time_t now = time(NULL);
    char *first = make_certificate(EVP_RSA_gen(2048u), EVP_sha256(), now, -DAY, DAY);
    char *second = make_certificate(EVP_RSA_gen(3072u), EVP_sha256(), now, -DAY, 2 * DAY);
    struct result result;
    char *text;

    cr_assert(mkdtemp(folder) != NULL);
    run(&result);
    cr_expect(result.finding != NULL && strstr(result.finding, "No such file") != NULL, "%s",
              result.finding);
    end(&result);

    text = metadata("HTTP-POST", first, second);
    write_file("idp.xml", text);
    run(&result);
    cr_expect(result.finding == NULL, "%s", result.finding);
    const struct wp_object *idp = wp_state_find(&result.state, "idp/Workspace ONE");
    cr_assert(idp != NULL);
    const json_t *protocol = json_object_get(idp->body, "protocol");
    const json_t *trust = json_object_get(json_object_get(protocol, "credentials"), "trust");
    cr_expect_str_eq(json_string_value(json_object_get(trust, "issuer")),
                     "https://t.example/SAAS/API/1.0/GET/metadata/idp.xml");
    const struct wp_object *key =
        wp_state_find(&result.state, wp_reference_key(json_object_get(trust, "kid")));
    cr_assert(key != NULL);
    cr_expect_str_eq(json_string_value(json_array_get(json_object_get(key->body, "x5c"), 0)),
                     first);
    key = wp_state_find(&result.state, wp_reference_key(json_array_get(
                                           json_object_get(trust, "additionalKids"), 0)));
    cr_assert(key != NULL);
    cr_expect_str_eq(json_string_value(json_array_get(json_object_get(key->body, "x5c"), 0)),
                     second);
    end(&result);
    free(text);

    text = metadata("HTTP-Redirect", first, NULL);
    write_file("idp.xml", text);
    run(&result);
    cr_expect(result.finding != NULL && strstr(result.finding, "HTTP-POST") != NULL, "%s",
              result.finding);
    cr_expect(wp_state_find(&result.state, "idp/Workspace ONE") == NULL);
    end(&result);
    free(text);

    write_file("idp.xml", "<!DOCTYPE x [<!ENTITY e \"e\">]><x>&e;</x>");
    run(&result);
    cr_expect(result.finding != NULL);
    end(&result);

    char command[128];
    (void)snprintf(command, sizeof command, "rm -r %s", folder);
    cr_expect_eq(system(command), 0);
    free(first);
    free(second);
}
