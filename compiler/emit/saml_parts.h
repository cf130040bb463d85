/* The reader of SAML metadata, for saml*.c alone. */
#ifndef WP_EMIT_SAML_PARTS_H
#define WP_EMIT_SAML_PARTS_H

#include <openssl/x509.h>

#include "compiler/emit/saml.h"
#include "compiler/emit/xml.h"

#define WP_NS_METADATA "urn:oasis:names:tc:SAML:2.0:metadata"
#define WP_NS_SIGNATURE "http://www.w3.org/2000/09/xmldsig#"

struct wp_saml_reader {
    struct wp_arena *arena;
    const struct wp_saml_options *options;
    struct wp_saml *saml;
    struct wp_problem *problem;
    X509 *parsed[WP_SAML_MOST]; /* saml->certificates, as OpenSSL has them */
};

/* Sets the problem, with the file's name before it; false. */
bool wp_saml_refuse(struct wp_saml_reader *reader, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Takes a certificate as base64 into saml->certificates, or into saml->refused.
 * False when it is none at all. */
bool wp_saml_take_certificate(struct wp_saml_reader *reader, const char *text);

/* Checks the signature of the document that `root` is the root of, if it has one
 * or must have; nothing that is not signed is left then. */
bool wp_saml_check_signature(struct wp_saml_reader *reader, xmlNode *root);

bool wp_xml_is(const xmlNode *node, const char *space, const char *name);

/* The first child, or sibling behind `node`, of that name; NULL. */
xmlNode *wp_xml_child(const xmlNode *parent, const char *space, const char *name);
xmlNode *wp_xml_next(const xmlNode *node, const char *space, const char *name);

/* The attribute without a prefix, in the arena and without blanks at its ends; NULL. */
const char *wp_xml_attribute(struct wp_saml_reader *reader, const xmlNode *node, const char *name);

#endif
