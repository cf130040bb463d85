/* SAML metadata: what is read of it, and every way to make a reader take what was
 * not signed, was not good any more, or never ends. */
#include <criterion/criterion.h>
#include <libxml/parser.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <xmlsec/crypto.h>
#include <xmlsec/openssl/evp.h>
#include <xmlsec/xmldsig.h>
#include <xmlsec/xmlsec.h>

#include "compiler/emit/saml.h"

#define NOW 1800000000 /* 2027-01-15 */
#define DAY 86400
#define MD "urn:oasis:names:tc:SAML:2.0:metadata"

/* ---- fixtures -------------------------------------------------------------------- */

struct identity {
    EVP_PKEY *key;
    char *base64, *pem;
};

static char *
base64_of(X509 *x509)
{
    unsigned char *der = NULL;
    int size = i2d_X509(x509, &der);
    char *text = malloc((size_t)(size + 2) / 3 * 4 + 1);
    EVP_EncodeBlock((unsigned char *)text, der, size);
    OPENSSL_free(der);
    return text;
}

static struct identity
identity_of(EVP_PKEY *key, const EVP_MD *digest, long from, long to)
{
    struct identity made = {.key = key};
    X509 *x509 = X509_new();
    X509_NAME *name = X509_get_subject_name(x509);
    cr_assert(X509_set_version(x509, 2) == 1);
    ASN1_INTEGER_set(X509_get_serialNumber(x509), 7);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, (const unsigned char *)"idp\x1b", -1, -1,
                               0);
    X509_set_issuer_name(x509, name);
    ASN1_TIME_set(X509_getm_notBefore(x509), NOW + from);
    ASN1_TIME_set(X509_getm_notAfter(x509), NOW + to);
    X509_set_pubkey(x509, key);
    cr_assert(X509_sign(x509, key, digest) > 0);
    made.base64 = base64_of(x509);
    BIO *memory = BIO_new(BIO_s_mem());
    PEM_write_bio_X509(memory, x509);
    char *text = NULL;
    long size = BIO_get_mem_data(memory, &text);
    made.pem = strndup(text, (size_t)size);
    BIO_free(memory);
    X509_free(x509);
    return made;
}

static struct identity
usual_identity(void)
{
    return identity_of(EVP_RSA_gen(2048u), EVP_sha256(), -DAY, 30 * DAY);
}

static void
forget(struct identity *identity)
{
    EVP_PKEY_free(identity->key);
    free(identity->base64);
    free(identity->pem);
}

#define KEY(use, base64)                                                                           \
    "<md:KeyDescriptor use=\"" use "\"><ds:KeyInfo><ds:X509Data><ds:X509Certificate>" base64       \
    "</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>"
#define SSO                                                                                        \
    "<md:SingleSignOnService Binding=\"urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect\" "      \
    "Location=\"https://t.example/sso/redirect\"/>"                                                \
    "<md:SingleSignOnService Binding=\"urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST\" "          \
    "Location=\" https://t.example/sso \"/>"
#define IDP(content)                                                                               \
    "<md:IDPSSODescriptor protocolSupportEnumeration=\"urn:oasis:names:tc:SAML:2.0:protocol\" "    \
    "WantAuthnRequestsSigned=\"true\">" content "</md:IDPSSODescriptor>"
#define ROOT(attributes, content)                                                                  \
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<md:EntityDescriptor xmlns:md=\"" MD              \
    "\" xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\" " attributes ">" content                   \
    "</md:EntityDescriptor>"
#define SIGNATURE(uri, method, digest, transform)                                                  \
    "<ds:Signature><ds:SignedInfo><ds:CanonicalizationMethod "                                     \
    "Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"/><ds:SignatureMethod "                  \
    "Algorithm=\"" method "\"/><ds:Reference URI=\"" uri "\"><ds:Transforms><ds:Transform "        \
    "Algorithm=\"http://www.w3.org/2000/09/xmldsig#enveloped-signature\"/><ds:Transform "          \
    "Algorithm=\"" transform "\"/></ds:Transforms><ds:DigestMethod Algorithm=\"" digest            \
    "\"/><ds:DigestValue/></ds:Reference></ds:SignedInfo><ds:SignatureValue/></ds:Signature>"
#define RSA256 "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
#define SHA256URI "http://www.w3.org/2001/04/xmlenc#sha256"
#define EXCLUSIVE "http://www.w3.org/2001/10/xml-exc-c14n#"
#define USUAL_SIGNATURE SIGNATURE("#one", RSA256, SHA256URI, EXCLUSIVE)
#define USUAL_ROOT "ID=\"one\" entityID=\"https://t.example/idp.xml\""

/* `format` with the certificate once. */
static char *
fill(const char *format, const char *base64)
{
    char *text = NULL;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    cr_assert(asprintf(&text, format, base64) >= 0);
#pragma GCC diagnostic pop
    return text;
}

static xmlNode *
find(xmlNode *node, const char *name)
{
    for (; node != NULL; node = node->next) {
        if (node->type == XML_ELEMENT_NODE && strcmp((const char *)node->name, name) == 0)
            return node;
        xmlNode *within = find(node->children, name);
        if (within != NULL)
            return within;
    }
    return NULL;
}

/* Signs the template in the document as xmlsec1's own tool would; frees `text`. */
static char *
sign(char *text, EVP_PKEY *key)
{
    cr_assert(xmlSecInit() >= 0 && xmlSecCryptoInit() >= 0);
    xmlDoc *document = xmlReadMemory(text, (int)strlen(text), NULL, NULL, 0);
    cr_assert_not_null(document);
    xmlNode *root = xmlDocGetRootElement(document);
    xmlAttr *id = xmlHasProp(root, BAD_CAST "ID");
    if (id != NULL)
        xmlAddID(NULL, document, id->children->content, id);
    xmlSecDSigCtxPtr context = xmlSecDSigCtxCreate(NULL);
    context->signKey = xmlSecKeyCreate();
    EVP_PKEY_up_ref(key);
    cr_assert(xmlSecKeySetValue(context->signKey, xmlSecOpenSSLEvpKeyAdopt(key)) >= 0);
    cr_assert(xmlSecDSigCtxSign(context, find(root, "Signature")) >= 0);
    xmlSecDSigCtxDestroy(context);
    xmlChar *out = NULL;
    int size = 0;
    xmlDocDumpMemory(document, &out, &size);
    char *copy = strndup((const char *)out, (size_t)size);
    xmlFree(out);
    xmlFreeDoc(document);
    cr_assert(xmlSecCryptoShutdown() >= 0 && xmlSecShutdown() >= 0);
    free(text);
    return copy;
}

/* `text` with the first `from` replaced by `to`; frees text. */
static char *
change(char *text, const char *from, const char *to)
{
    char *at = strstr(text, from), *changed = NULL;
    cr_assert_not_null(at, "there is no “%s” to change", from);
    cr_assert(asprintf(&changed, "%.*s%s%s", (int)(at - text), text, to, at + strlen(from)) >= 0);
    free(text);
    return changed;
}

struct reading {
    struct wp_arena *arena;
    struct wp_saml saml;
    struct wp_problem problem;
    bool good;
};

static void
out_of_memory(void *context)
{
    (void)context;
    abort();
}

static struct reading
read_with(const char *text, size_t size, const char *signer, bool require)
{
    struct reading reading = {.arena = wp_arena_new(out_of_memory, NULL)};
    struct wp_saml_options options = {
        .name = "idp.xml", .now = NOW, .signer = signer, .require_signature = require};
    reading.good =
        wp_saml_read(reading.arena, text, size, &options, &reading.saml, &reading.problem);
    return reading;
}

/* Reads, expects a problem that says `says`, frees text. */
static void
refuses(const char *name, char *text, const char *says)
{
    struct reading reading = read_with(text, strlen(text), NULL, false);
    cr_expect_not(reading.good, "%s was taken", name);
    cr_expect_not_null(strstr(reading.problem.text, says), "%s: %s", name, reading.problem.text);
    cr_expect_eq(strncmp(reading.problem.text, "idp.xml: ", 9), 0, "%s", name);
    cr_expect_eq(reading.saml.certificate_count + reading.saml.sso_count, 0, "%s", name);
    wp_arena_free(reading.arena);
    free(text);
}

static char *
signed_metadata(const struct identity *identity)
{
    return sign(
        fill(ROOT(USUAL_ROOT, USUAL_SIGNATURE IDP(KEY("signing", "%s") SSO)), identity->base64),
        identity->key);
}

/* ---- what is read ------------------------------------------------------------------ */

Test(saml, reads_an_identity_provider)
{
    struct identity one = usual_identity();
    char *text = signed_metadata(&one);
    struct reading got = read_with(text, strlen(text), NULL, true);
    cr_assert(got.good, "%s", got.problem.text);
    cr_expect_str_eq(got.saml.entity_id, "https://t.example/idp.xml");
    cr_expect(got.saml.was_signed && got.saml.wants_signed_requests && got.saml.sso_count == 2);
    const struct wp_saml_endpoint *post =
        wp_saml_endpoint(got.saml.sso, got.saml.sso_count, "HTTP-POST");
    cr_assert_not_null(post);
    cr_expect_str_eq(post->url, "https://t.example/sso");
    cr_expect_null(wp_saml_endpoint(got.saml.sso, got.saml.sso_count, "HTTP-Artifact"));
    cr_assert_eq(got.saml.certificate_count, 1);
    const struct wp_saml_certificate *certificate = &got.saml.certificates[0];
    cr_expect_str_eq(certificate->base64, one.base64);
    cr_expect_str_eq(certificate->subject, "CN=idp\\1B");
    cr_expect(certificate->is_rsa && certificate->bits == 2048);
    cr_expect_eq(certificate->not_before, NOW - DAY);
    cr_expect_eq(certificate->not_after, NOW + 30 * DAY);
    cr_expect_eq(strlen(certificate->fingerprint), 64);
    wp_arena_free(got.arena);
    free(text);
    forget(&one);
}

Test(saml, reads_a_service_provider_without_keys)
{
    static const char text[] = ROOT(
        "entityID=\"sp\"",
        "<md:SPSSODescriptor protocolSupportEnumeration=\"urn:oasis:names:tc:SAML:2.0:protocol\">"
        "<md:AssertionConsumerService Binding=\"urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST\" "
        "Location=\"https://a.example/1\" index=\"0\"/><md:AssertionConsumerService "
        "Binding=\"urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST\" "
        "Location=\"https://a.example/2\" index=\"3\" isDefault=\"true\"/></md:SPSSODescriptor>");
    struct reading got = read_with(text, strlen(text), NULL, false);
    cr_assert(got.good, "%s", got.problem.text);
    const struct wp_saml_endpoint *acs = wp_saml_endpoint(got.saml.acs, 2, "HTTP-POST");
    cr_expect_str_eq(acs->url, "https://a.example/2");
    cr_expect_eq(acs->index, 3);
    cr_expect_not(got.saml.was_signed);
    wp_arena_free(got.arena);
}

/* During a rollover there are certificates that are not good. */
Test(saml, leaves_out_certificates_that_are_not_good)
{
    struct {
        const char *why;
        struct identity identity;
    } rows[] = {
        {"expired on 2027-01-14", identity_of(EVP_RSA_gen(2048u), EVP_sha256(), -9 * DAY, -DAY)},
        {"valid from 2027-01-16", identity_of(EVP_RSA_gen(2048u), EVP_sha256(), DAY, 9 * DAY)},
        {"key of 1024 bits", identity_of(EVP_RSA_gen(1024u), EVP_sha256(), -DAY, DAY)},
        {"weaker than SHA-256", identity_of(EVP_RSA_gen(2048u), EVP_sha1(), -DAY, DAY)},
        {"weaker than SHA-256", identity_of(EVP_RSA_gen(2048u), EVP_md5(), -DAY, DAY)},
        {"key of 192 bits", identity_of(EVP_EC_gen("P-192"), EVP_sha256(), -DAY, DAY)},
        {"neither RSA nor", identity_of(EVP_PKEY_Q_keygen(NULL, NULL, "ED25519"), NULL, -DAY, DAY)},
    };
    struct identity good = usual_identity();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        refuses(rows[i].why,
                fill(ROOT(USUAL_ROOT, IDP(KEY("signing", "%s") SSO)), rows[i].identity.base64),
                rows[i].why);
        char *text = NULL;
        cr_assert(asprintf(&text,
                           ROOT(USUAL_ROOT, IDP(KEY("signing", "%s") KEY("signing", "\n%s\n") SSO)),
                           rows[i].identity.base64, good.base64) >= 0);
        struct reading got = read_with(text, strlen(text), NULL, false);
        cr_assert(got.good, "%s", got.problem.text);
        cr_expect_eq(got.saml.certificate_count, 1);
        cr_expect_str_eq(got.saml.certificates[0].base64, good.base64);
        cr_assert_eq(got.saml.refused_count, 1);
        cr_expect_not_null(strstr(got.saml.refused[0], rows[i].why), "%s", got.saml.refused[0]);
        wp_arena_free(got.arena);
        free(text);
        forget(&rows[i].identity);
    }
    forget(&good);
}

/* ---- signatures -------------------------------------------------------------------- */

Test(saml, a_signer_that_is_named_must_have_signed)
{
    struct identity one = usual_identity(), other = usual_identity();
    char *text = signed_metadata(&one);
    struct reading by_one = read_with(text, strlen(text), one.pem, false);
    struct reading by_other = read_with(text, strlen(text), other.pem, false);
    struct reading by_none = read_with(text, strlen(text), "hello", false);
    cr_expect(by_one.good && by_one.saml.was_signed, "%s", by_one.problem.text);
    cr_expect_not(by_other.good);
    cr_expect_not(by_none.good);
    char *bare = fill(ROOT(USUAL_ROOT, IDP(KEY("signing", "%s") SSO)), one.base64);
    struct reading unsigned_one = read_with(bare, strlen(bare), one.pem, false);
    struct reading required = read_with(bare, strlen(bare), NULL, true);
    struct reading unasked = read_with(bare, strlen(bare), NULL, false);
    cr_expect_not(unsigned_one.good);
    cr_expect_not(required.good);
    cr_expect_not_null(strstr(required.problem.text, "is not signed, as it must be"));
    cr_expect(unasked.good && !unasked.saml.was_signed);
    struct reading all[] = {by_one, by_other, by_none, unsigned_one, required, unasked};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        wp_arena_free(all[i].arena);
    free(text);
    free(bare);
    forget(&one);
    forget(&other);
}

Test(saml, a_signature_of_the_whole_or_by_name)
{
    struct identity rsa = usual_identity();
    struct identity ec = identity_of(EVP_EC_gen("P-256"), EVP_sha256(), -DAY, DAY);
    char *texts[] = {
        sign(fill(ROOT("entityID=\"e\"",
                       SIGNATURE("", RSA256, SHA256URI, EXCLUSIVE) IDP(KEY("signing", "%s") SSO)),
                  rsa.base64),
             rsa.key),
        sign(fill(ROOT(USUAL_ROOT,
                       SIGNATURE("#one", "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256",
                                 "http://www.w3.org/2001/04/xmlenc#sha512",
                                 "http://www.w3.org/TR/2001/REC-xml-c14n-20010315")
                           IDP(KEY("signing", "%s") SSO)),
                  ec.base64),
             ec.key),
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct reading got = read_with(texts[i], strlen(texts[i]), NULL, true);
        cr_expect(got.good && got.saml.was_signed, "%zu: %s", i, got.problem.text);
        wp_arena_free(got.arena);
        free(texts[i]);
    }
    forget(&rsa);
    forget(&ec);
}

Test(saml, what_was_changed_after_signing_is_refused)
{
    static const char *const changes[][2] = {
        {"https://t.example/sso/redirect", "https://evil.example/sso"},
        {"entityID=\"https://t.example/idp.xml\"", "entityID=\"https://evil.example\""},
        {"WantAuthnRequestsSigned=\"true\"", "WantAuthnRequestsSigned=\"false\""},
        {"<md:IDPSSODescriptor", "<md:Extensions/><md:IDPSSODescriptor"},
        {"use=\"signing\"", ""},
    };
    struct identity one = usual_identity();
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++)
        refuses(changes[i][0], change(signed_metadata(&one), changes[i][0], changes[i][1]),
                "something was changed since");
    /* Another certificate, with another key, put in: it did not sign. */
    struct identity other = usual_identity();
    refuses("another certificate", change(signed_metadata(&one), one.base64, other.base64),
            "by none of the certificates");
    forget(&one);
    forget(&other);
}

/* The signed element is moved where nobody reads it, and another put in its place. */
Test(saml, wrapping_is_refused)
{
    struct identity one = usual_identity(), evil = usual_identity();
    char *honest = signed_metadata(&one);
    const char *inner = strstr(honest, "<md:EntityDescriptor");
    const char *at = strstr(honest, "<ds:Signature>"), *behind = strstr(honest, "</ds:Signature>");
    behind += strlen("</ds:Signature>");
    char *signature = strndup(at, (size_t)(behind - at)), *text = NULL;
    char *bare = change(strdup(inner), signature, "");
#define EVIL(id, more)                                                                             \
    asprintf(&text,                                                                                \
             ROOT("%s entityID=\"https://evil.example\"", "%s" IDP(KEY("signing", "%s") SSO)), id, \
             more, evil.base64)
    char *extension = NULL, *object = NULL;
    cr_assert(asprintf(&extension, "%s<md:Extensions>%s</md:Extensions>", signature, bare) >= 0);
    cr_assert(EVIL("ID=\"two\"", extension) >= 0);
    refuses("signature outside, signed part in an extension", text,
            "not of the metadata as a whole");
    cr_assert(EVIL("ID=\"one\"", extension) >= 0);
    refuses("the same identifier twice", text, "two elements bear the identifier");
    free(extension);
    cr_assert(asprintf(&extension, "<md:Extensions>%s</md:Extensions>", inner) >= 0);
    cr_assert(EVIL("ID=\"two\"", extension) >= 0);
    refuses("the whole of it in an extension", text, "a part is signed");
    object = change(strdup(signature), "</ds:Signature>", "<ds:Object>");
    free(extension);
    cr_assert(asprintf(&extension, "%s%s</ds:Object></ds:Signature>", object, bare) >= 0);
    cr_assert(EVIL("ID=\"two\"", extension) >= 0);
    refuses("in an object of the signature", text, "not of the metadata as a whole");
    cr_assert(EVIL("", extension) >= 0);
    refuses("without an identifier", text, "not of the metadata as a whole");
    cr_assert(EVIL("Id=\"one\"", extension) >= 0);
    refuses("an identifier of another name", text, "not of the metadata as a whole");
    cr_assert(asprintf(&text, "<x>%s</x>", inner) >= 0);
    refuses("another root", text, "its root is x");
    cr_assert(asprintf(&text,
                       "<md:EntitiesDescriptor xmlns:md=\"" MD "\">%s</md:EntitiesDescriptor>",
                       inner) >= 0);
    refuses("many entities", text, "its root is EntitiesDescriptor");
    free(extension);
    free(object);
    free(bare);
    free(signature);
    free(honest);
    forget(&one);
    forget(&evil);
}

Test(saml, forms_of_signatures_that_are_refused)
{
    struct identity one = usual_identity();
#define SIGNED(form)                                                                               \
    sign(fill(ROOT(USUAL_ROOT, form IDP(KEY("signing", "%s") SSO)), one.base64), one.key)
    refuses("SHA-1",
            SIGNED(SIGNATURE("#one", "http://www.w3.org/2000/09/xmldsig#rsa-sha1", SHA256URI,
                             EXCLUSIVE)),
            "SignatureMethod is");
    refuses("a digest by SHA-1",
            SIGNED(SIGNATURE("#one", RSA256, "http://www.w3.org/2000/09/xmldsig#sha1", EXCLUSIVE)),
            "DigestMethod is");
    refuses("a transform by base64",
            change(signed_metadata(&one), "<ds:Transform Algorithm=\"" EXCLUSIVE "\"/>",
                   "<ds:Transform Algorithm=\"http://www.w3.org/2000/09/xmldsig#base64\"/>"),
            "is not taken");
    refuses("a transform by XPath",
            change(signed_metadata(&one), "<ds:Transform Algorithm=\"" EXCLUSIVE "\"/>",
                   "<ds:Transform Algorithm=\"http://www.w3.org/TR/1999/REC-xpath-19991116\">"
                   "<ds:XPath>not(ancestor::md:IDPSSODescriptor)</ds:XPath></ds:Transform>"),
            "is not taken");
    refuses("another document",
            change(signed_metadata(&one), "URI=\"#one\"", "URI=\"file:///etc/passwd\""),
            "not of the metadata as a whole");
    refuses("an expression for an identifier",
            change(change(signed_metadata(&one), "URI=\"#one\"", "URI=\"#one')|id('x\""),
                   "ID=\"one\"", "ID=\"one')|id('x\""),
            "is no name");
    refuses("no value",
            change(signed_metadata(&one), "<ds:SignatureValue>", "<ds:SignatureValue>!"),
            "by none");
    char *two = signed_metadata(&one);
    const char *at = strstr(two, "<ds:Signature>"), *end = strstr(two, "</ds:Signature>");
    char *again = NULL;
    cr_assert(asprintf(&again, "%.*s</ds:Signature>%s", (int)(end - two), two, at) >= 0);
    free(two);
    refuses("two signatures", again, "two signatures");
    refuses("two references",
            change(signed_metadata(&one), "</ds:SignedInfo>",
                   "<ds:Reference URI=\"\"><ds:DigestMethod Algorithm=\"" SHA256URI
                   "\"/><ds:DigestValue/></ds:Reference></ds:SignedInfo>"),
            "has not one reference");
    forget(&one);
}

/* ---- documents that are no metadata ------------------------------------------------- */

static const struct {
    const char *name, *text, *says;
} documents[] = {
    {"nothing", "", "no XML"},
    {"text", "hello", "no XML"},
    {"cut short", "<md:EntityDescriptor xmlns:md=\"" MD "\">", "no XML"},
    {"two roots", "<a/><b/>", "no XML"},
    {"JSON", "{\"a\":1}", "no XML"},
    {"another name space", "<EntityDescriptor entityID=\"x\"/>", "its root is EntityDescriptor"},
    {"a prefix that is not declared", "<md:EntityDescriptor entityID=\"x\"/>", "its root is"},
    {"no entityID", ROOT("", ""), "no entityID"},
    {"an empty entityID", ROOT("entityID=\" \"", ""), "no entityID"},
    {"a line end in the entityID", ROOT("entityID=\"a&#10;b\"", ""), "control character"},
    {"no role", ROOT("entityID=\"x\"", ""), "neither an identity provider"},
    {"SAML 1.1",
     ROOT("entityID=\"x\"",
          "<md:IDPSSODescriptor "
          "protocolSupportEnumeration=\"urn:oasis:names:tc:SAML:1.1:protocol\"/>"),
     "neither an identity provider"},
    {"no keys", ROOT("entityID=\"x\"", IDP(SSO)), "no certificate that signs"},
    {"two roles", ROOT("entityID=\"x\"", IDP("") IDP("")), "two of IDPSSODescriptor"},
    {"plain http",
     ROOT("entityID=\"x\"",
          IDP("<md:SingleSignOnService Binding=\"b\" Location=\"http://t.example/\"/>")),
     "no https:// address"},
    {"a script for an address",
     ROOT("entityID=\"x\"",
          IDP("<md:SingleSignOnService Binding=\"b\" Location=\"javascript:alert(1)\"/>")),
     "no https:// address"},
    {"a user in an address",
     ROOT("entityID=\"x\"",
          IDP("<md:SingleSignOnService Binding=\"b\" Location=\"https://a@evil.example/\"/>")),
     "no https:// address"},
    {"no certificate", ROOT("entityID=\"x\"", IDP(KEY("signing", "aGVsbG8="))),
     "no certificate in"},
    {"no base64", ROOT("entityID=\"x\"", IDP(KEY("signing", "!!!!"))), "no certificate in"},
    {"an empty one", ROOT("entityID=\"x\"", IDP(KEY("signing", ""))), "no certificate in"},
    {"past", ROOT("entityID=\"x\" validUntil=\"2027-01-14T00:00:00Z\"", ""), "was valid until"},
    {"no time", ROOT("entityID=\"x\" validUntil=\"tomorrow\"", ""), "is no time"},
    {"a DTD", "<!DOCTYPE a><a/>", "DOCTYPE"},
    {"an external DTD", "<!DOCTYPE a SYSTEM \"file:///etc/passwd\"><a/>", "DOCTYPE"},
    {"an external entity", "<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><a>&x;</a>",
     "DOCTYPE"},
    {"a parameter entity", "<!DOCTYPE a [<!ENTITY % x SYSTEM \"http://127.0.0.1:1/\"> %x;]><a/>",
     "DOCTYPE"},
    {"entities that grow",
     "<!DOCTYPE a [<!ENTITY b \"0123456789\"><!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;\"><!ENTITY d "
     "\"&c;&c;&c;&c;&c;&c;&c;&c;\"><!ENTITY e \"&d;&d;&d;&d;&d;&d;&d;&d;\">]><a b=\"&e;\">&e;</a>",
     "DOCTYPE"},
    {"an entity that nobody declared", ROOT("entityID=\"&x;\"", ""), "no XML"},
    {"UTF-7, in which a DTD hides",
     "<?xml version=\"1.0\" encoding=\"UTF-7\"?>+ADwAIQ-DOCTYPE a+AD4-<a/>", "no XML"},
    {"bytes that are no UTF-8", "<a>\xff</a>", "no XML"},
};

Test(saml, documents_that_are_refused)
{
    for (size_t i = 0; i < sizeof documents / sizeof *documents; i++)
        refuses(documents[i].name, strdup(documents[i].text), documents[i].says);
}

Test(saml, comments_do_not_split_what_is_read)
{
    struct identity one = usual_identity();
    char *text = signed_metadata(&one);
    char *at = strstr(text, one.base64);
    char *split = NULL;
    cr_assert(asprintf(&split, "%.*s<!-- x -->%s", (int)(at + 40 - text), text, at + 40) >= 0);
    free(text);
    refuses("a comment in a certificate", split, "something else than text");
    refuses("a comment in the entityID",
            fill(ROOT("entityID=\"https://t.example<!-- x -->.evil.example\"",
                      IDP(KEY("signing", "%s") SSO)),
                 one.base64),
            "no XML");
    refuses("an instruction in a certificate",
            fill(ROOT(USUAL_ROOT, IDP(KEY("signing", "%s<?x y?>") SSO)), one.base64),
            "something else than text");
    forget(&one);
}

Test(saml, what_is_too_large_is_refused)
{
    char *large = malloc(WP_SAML_LARGEST + 2);
    memset(large, ' ', WP_SAML_LARGEST + 1);
    large[WP_SAML_LARGEST + 1] = '\0';
    refuses("too many bytes", large, "at most");
    char *deep = calloc(1, 80000);
    for (size_t i = 0; i < 200; i++)
        strcpy(deep + 3 * i, "<a>");
    for (size_t i = 0; i < 200; i++)
        strcpy(deep + 600 + 4 * i, "</a>");
    refuses("too deep", deep, "nested more than 64 deep");
    char *many = strdup("%s");
    for (size_t i = 0; i < WP_SAML_MOST + 1; i++)
        many = change(many, "%s",
                      "<md:SingleSignOnService Binding=\"b\" Location=\"https://a.example/\"/>%s");
    many = change(many, "%s", "");
    char *text = fill(ROOT("entityID=\"x\"", IDP("%s")), many);
    free(many);
    refuses("too many endpoints", text, "more than 32 of SingleSignOnService");
}

Test(saml, times)
{
    static const struct {
        const char *text;
        int64_t seconds;
    } rows[] = {{"1970-01-01T00:00:00Z", 0},
                {"2027-01-15T08:00:00Z", NOW},
                {"2027-01-15T08:00:00", NOW},
                {"2027-01-15T08:00:00.123456Z", NOW},
                {"2027-01-15T09:30:00+01:30", NOW},
                {"2027-01-15T03:00:00-05:00", NOW},
                {"2024-02-29T00:00:00Z", 1709164800},
                {"1970-01-01T00:00:00+01:00", -1},
                {"2027-01-15", -1},
                {"2027-1-15T08:00:00Z", -1},
                {"2027-13-15T08:00:00Z", -1},
                {"2027-01-15T24:00:00Z", -1},
                {"2027-01-15T08:00:00ZZ", -1},
                {"2027-01-15T08:00:00+15:00", -1},
                {"", -1}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        cr_expect_eq(wp_saml_time(rows[i].text), rows[i].seconds, "%s", rows[i].text);
}
