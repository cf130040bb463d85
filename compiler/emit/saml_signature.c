/*
 * The metadata's signature. xmlsec1 says whether some element was signed; that it
 * is the element which is read is ours to see to: the signature is a child of the
 * root and the only one, its one reference is the whole document or the root's own
 * identifier, which nothing else bears, and it is cut out by nothing but the
 * enveloped transform.
 */
#include "compiler/emit/saml_parts.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <stdlib.h>
#include <string.h>

#define ENVELOPED WP_NS_SIGNATURE "enveloped-signature"

static const char *const canonical[] = {
    "http://www.w3.org/2001/10/xml-exc-c14n#",
    "http://www.w3.org/2001/10/xml-exc-c14n#WithComments",
    "http://www.w3.org/TR/2001/REC-xml-c14n-20010315",
    "http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments",
};
static const char *const digests[] = {
    "http://www.w3.org/2001/04/xmlenc#sha256",
    "http://www.w3.org/2001/04/xmldsig-more#sha384",
    "http://www.w3.org/2001/04/xmlenc#sha512",
};
static const char *const signatures[] = {
    "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
    "http://www.w3.org/2001/04/xmldsig-more#rsa-sha384",
    "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512",
    "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256",
    "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384",
    "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha512",
};

/* Whether the child `name` of `parent` names one of the algorithms. */
static bool
names_one(struct wp_saml_reader *reader, const xmlNode *parent, const char *name,
          const char *const *algorithms, size_t count)
{
    const xmlNode *method = wp_xml_child(parent, WP_NS_SIGNATURE, name);
    const char *algorithm = method == NULL ? NULL : wp_xml_attribute(reader, method, "Algorithm");
    if (method == NULL || wp_xml_next(method, WP_NS_SIGNATURE, name) != NULL)
        return wp_saml_refuse(reader, "the signature has not one %s", name);
    for (size_t i = 0; i < count; i++)
        if (algorithm != NULL && strcmp(algorithm, algorithms[i]) == 0)
            return true;
    return wp_saml_refuse(reader,
                          "the signature's %s is “%.100s”, which is not taken: it takes "
                          "SHA-256 or better, with RSA or ECDSA",
                          name, algorithm == NULL ? "" : algorithm);
}

/* Enveloped, and at most one way of making it canonical. */
static bool
check_transforms(struct wp_saml_reader *reader, const xmlNode *reference)
{
    const xmlNode *transforms = wp_xml_child(reference, WP_NS_SIGNATURE, "Transforms");
    bool enveloped = false, made_canonical = false;
    if (transforms == NULL)
        return wp_saml_refuse(reader, "the signature's reference has no transforms");
    for (const xmlNode *node = transforms->children; node != NULL; node = node->next) {
        if (node->type != XML_ELEMENT_NODE)
            continue;
        const char *algorithm = wp_xml_attribute(reader, node, "Algorithm");
        bool known = false;
        for (size_t i = 0; i < sizeof canonical / sizeof *canonical; i++)
            known = known || (algorithm != NULL && strcmp(algorithm, canonical[i]) == 0);
        if (algorithm != NULL && strcmp(algorithm, ENVELOPED) == 0 && !enveloped && !made_canonical)
            enveloped = true;
        else if (known && !made_canonical)
            made_canonical = true;
        else
            return wp_saml_refuse(reader, "the signature's transform “%.100s” is not taken",
                                  algorithm == NULL ? "" : algorithm);
    }
    return enveloped || wp_saml_refuse(reader, "the signature is not enveloped");
}

/* The signature is of the root, by algorithms that are taken. */
static bool
check_form(struct wp_saml_reader *reader, const xmlNode *signature, const char *id)
{
    const xmlNode *info = wp_xml_child(signature, WP_NS_SIGNATURE, "SignedInfo");
    const xmlNode *reference =
        info == NULL ? NULL : wp_xml_child(info, WP_NS_SIGNATURE, "Reference");
    if (reference == NULL || wp_xml_next(info, WP_NS_SIGNATURE, "SignedInfo") != NULL ||
        wp_xml_next(reference, WP_NS_SIGNATURE, "Reference") != NULL)
        return wp_saml_refuse(reader, "the signature has not one reference");
    const char *uri = wp_xml_attribute(reader, reference, "URI");
    bool whole = uri != NULL && uri[0] == '\0';
    bool named = uri != NULL && uri[0] == '#' && id != NULL && strcmp(uri + 1, id) == 0;
    if (!whole && !named)
        return wp_saml_refuse(reader,
                              "the signature is of “%.100s”, not of the metadata as a whole",
                              uri == NULL ? "" : uri);
    return names_one(reader, info, "CanonicalizationMethod", canonical,
                     sizeof canonical / sizeof *canonical) &&
           names_one(reader, info, "SignatureMethod", signatures,
                     sizeof signatures / sizeof *signatures) &&
           names_one(reader, reference, "DigestMethod", digests,
                     sizeof digests / sizeof *digests) &&
           check_transforms(reader, reference);
}

/* It becomes part of an expression in xmlsec1. */
static bool
is_name(const char *id)
{
    for (const char *at = id; *at != '\0'; at++)
        if (!((*at >= 'a' && *at <= 'z') || (*at >= 'A' && *at <= 'Z') ||
              (*at >= '0' && *at <= '9') || strchr("_.-", *at) != NULL))
            return false;
    return id[0] != '\0';
}

/* ---- the document around it ------------------------------------------------------ */

/* The node that comes next in the document, within `root`; NULL at its end. */
static const xmlNode *
step(const xmlNode *node, const xmlNode *root)
{
    if (node->type == XML_ELEMENT_NODE && node->children != NULL)
        return node->children;
    while (node != root && node->next == NULL)
        node = node->parent;
    return node == root ? NULL : node->next;
}

static bool
bears(const xmlNode *node, const char *id)
{
    for (const xmlAttr *attribute = node->properties; attribute != NULL;
         attribute = attribute->next) {
        if (xmlStrcasecmp(attribute->name, BAD_CAST "id") != 0)
            continue;
        xmlChar *value = xmlNodeListGetString(node->doc, attribute->children, 1);
        bool same = value != NULL && xmlStrcmp(value, (const xmlChar *)id) == 0;
        xmlFree(value);
        if (same)
            return true;
    }
    return false;
}

/* Finds the one signature that there may be, and that no other element bears the
 * root's identifier. */
static bool
survey(struct wp_saml_reader *reader, const xmlNode *root, const char *id, const xmlNode **found)
{
    *found = NULL;
    for (const xmlNode *node = root; node != NULL; node = step(node, root)) {
        if (node->type != XML_ELEMENT_NODE)
            continue;
        if (node != root && id != NULL && bears(node, id))
            return wp_saml_refuse(reader, "two elements bear the identifier “%.100s”", id);
        if (!wp_xml_is(node, WP_NS_SIGNATURE, "Signature"))
            continue;
        if (*found != NULL)
            return wp_saml_refuse(reader, "there are two signatures, where one is taken");
        if (node->parent != root)
            return wp_saml_refuse(reader,
                                  "a part is signed (line %ld), not the metadata as a whole",
                                  xmlGetLineNo(node));
        *found = node;
    }
    return true;
}

/* ---- xmlsec1 ---------------------------------------------------------------------- */

static void
say_nothing(const char *file, int line, const char *function, const char *object,
            const char *subject, int reason, const char *message)
{
    (void)file;
    (void)line;
    (void)function;
    (void)object;
    (void)subject;
    (void)reason;
    (void)message;
}

/* Whether `key`, which is taken over, made the signature. */
static bool
is_signed_by(xmlNode *signature, EVP_PKEY *pkey)
{
    xmlSecKeyPtr key = xmlSecKeyCreate();
    xmlSecKeyDataPtr data = xmlSecOpenSSLEvpKeyAdopt(pkey);
    bool good = false;
    if (data == NULL)
        EVP_PKEY_free(pkey);
    if (key == NULL || data == NULL || xmlSecKeySetValue(key, data) < 0) {
        if (data != NULL)
            xmlSecKeyDataDestroy(data);
        if (key != NULL)
            xmlSecKeyDestroy(key);
        return false;
    }
    xmlSecDSigCtxPtr context = xmlSecDSigCtxCreate(NULL);
    if (context != NULL) {
        context->signKey = key; /* no other key is looked for */
        context->enabledReferenceUris =
            xmlSecTransformUriTypeEmpty | xmlSecTransformUriTypeSameDocument;
        good = xmlSecDSigCtxVerify(context, signature) >= 0 &&
               context->status == xmlSecDSigStatusSucceeded;
        xmlSecDSigCtxDestroy(context); /* and the key */
    } else {
        xmlSecKeyDestroy(key);
    }
    return good;
}

static X509 *
read_signer(const char *pem)
{
    BIO *memory = BIO_new_mem_buf(pem, -1);
    X509 *x509 = memory == NULL ? NULL : PEM_read_bio_X509(memory, NULL, NULL, NULL);
    BIO_free(memory);
    ERR_clear_error();
    return x509;
}

/* One of the keys that may have signed did. */
static bool
verify(struct wp_saml_reader *reader, xmlNode *signature)
{
    const char *pem = reader->options->signer;
    if (pem == NULL) {
        for (size_t i = 0; i < reader->saml->certificate_count; i++)
            if (is_signed_by(signature, X509_get_pubkey(reader->parsed[i])))
                return true;
        return wp_saml_refuse(reader, "the signature is by none of the certificates in the "
                                      "metadata, or something was changed since");
    }
    X509 *signer = read_signer(pem);
    if (signer == NULL)
        return wp_saml_refuse(reader, "the certificate that must have signed is none");
    bool good = is_signed_by(signature, X509_get_pubkey(signer));
    X509_free(signer);
    return good || wp_saml_refuse(reader, "the signature is not by the certificate that must have "
                                          "signed, or something was changed since");
}

static bool
verify_with_library(struct wp_saml_reader *reader, const xmlNode *signature)
{
    bool good = false;
    if (xmlSecInit() < 0)
        return wp_saml_refuse(reader, "xmlsec1 cannot be set up");
    if (xmlSecCryptoInit() < 0) {
        (void)wp_saml_refuse(reader, "xmlsec1 cannot be set up");
    } else {
        xmlSecErrorsSetCallback(say_nothing); /* it would print; this is undone by its end */
        good = verify(reader, (xmlNode *)(uintptr_t)signature);
    }
    ERR_clear_error();
    (void)xmlSecCryptoShutdown();
    (void)xmlSecShutdown();
    return good;
}

bool
wp_saml_check_signature(struct wp_saml_reader *reader, xmlNode *root)
{
    const xmlNode *signature = NULL;
    const char *id = wp_xml_attribute(reader, root, "ID");
    if (!survey(reader, root, id, &signature))
        return false;
    if (signature == NULL) {
        bool needed = reader->options->require_signature || reader->options->signer != NULL;
        return !needed || wp_saml_refuse(reader, "the metadata is not signed, as it must be");
    }
    if (id != NULL && !is_name(id))
        return wp_saml_refuse(reader, "its identifier “%.100s” is no name", id);
    if (!check_form(reader, signature, id))
        return false;
    xmlAttr *attribute = xmlHasProp(root, BAD_CAST "ID");
    if (attribute != NULL && id != NULL &&
        xmlAddID(NULL, root->doc, (const xmlChar *)id, attribute) == NULL)
        return wp_saml_refuse(reader, "its identifier cannot be used");
    if (!verify_with_library(reader, signature))
        return false;
    reader->saml->was_signed = true;
    return true;
}
