/*
 * libxml2 and xmlsec1, loaded when metadata is first read: with the libraries behind
 * them they are a tenth of what the daemon would keep in memory, and only commands
 * that read metadata call them. Include this in place of their headers.
 */
#ifndef WP_EMIT_XML_H
#define WP_EMIT_XML_H

#include <libxml/parser.h>
#include <libxml/tree.h>
#include <xmlsec/crypto.h>
#include <xmlsec/errors.h>
#include <xmlsec/openssl/evp.h>
#include <xmlsec/xmldsig.h>
#include <xmlsec/xmlsec.h>

#define WP_XML_FUNCTIONS(FUNCTION)                                                                 \
    FUNCTION(xmlAddID)                                                                             \
    FUNCTION(xmlCtxtReadMemory)                                                                    \
    FUNCTION(xmlDocGetRootElement)                                                                 \
    FUNCTION(xmlFreeDoc)                                                                           \
    FUNCTION(xmlFreeParserCtxt)                                                                    \
    FUNCTION(xmlGetLineNo)                                                                         \
    FUNCTION(xmlGetNoNsProp)                                                                       \
    FUNCTION(xmlHasProp)                                                                           \
    FUNCTION(xmlNewParserCtxt)                                                                     \
    FUNCTION(xmlNodeGetContent)                                                                    \
    FUNCTION(xmlNodeListGetString)                                                                 \
    FUNCTION(xmlSecDSigCtxCreate)                                                                  \
    FUNCTION(xmlSecDSigCtxDestroy)                                                                 \
    FUNCTION(xmlSecDSigCtxVerify)                                                                  \
    FUNCTION(xmlSecErrorsSetCallback)                                                              \
    FUNCTION(xmlSecInit)                                                                           \
    FUNCTION(xmlSecKeyCreate)                                                                      \
    FUNCTION(xmlSecKeyDataDestroy)                                                                 \
    FUNCTION(xmlSecKeyDestroy)                                                                     \
    FUNCTION(xmlSecKeySetValue)                                                                    \
    FUNCTION(xmlSecOpenSSLEvpKeyAdopt)                                                             \
    FUNCTION(xmlSecOpenSSLInit)                                                                    \
    FUNCTION(xmlSecOpenSSLShutdown)                                                                \
    FUNCTION(xmlSecShutdown)                                                                       \
    FUNCTION(xmlStopParser)                                                                        \
    FUNCTION(xmlStrcasecmp)                                                                        \
    FUNCTION(xmlStrcmp)

struct wp_xml {
#define WP_XML_PLACE(name) __typeof__ (&(name))(name);
    WP_XML_FUNCTIONS(WP_XML_PLACE)
#undef WP_XML_PLACE
    xmlFreeFunc *xmlFree; /* a variable of libxml2's */
};

/* Loads them at the first call; any thread. NULL when they are not there: then nothing
 * of them may be called. */
const struct wp_xml *wp_xml(void);

#ifndef WP_XML_LOADER
#define xmlAddID wp_xml()->xmlAddID
#define xmlCtxtReadMemory wp_xml()->xmlCtxtReadMemory
#define xmlDocGetRootElement wp_xml()->xmlDocGetRootElement
#define xmlFreeDoc wp_xml()->xmlFreeDoc
#define xmlFreeParserCtxt wp_xml()->xmlFreeParserCtxt
#define xmlGetLineNo wp_xml()->xmlGetLineNo
#define xmlGetNoNsProp wp_xml()->xmlGetNoNsProp
#define xmlHasProp wp_xml()->xmlHasProp
#define xmlNewParserCtxt wp_xml()->xmlNewParserCtxt
#define xmlNodeGetContent wp_xml()->xmlNodeGetContent
#define xmlNodeListGetString wp_xml()->xmlNodeListGetString
#define xmlSecDSigCtxCreate wp_xml()->xmlSecDSigCtxCreate
#define xmlSecDSigCtxDestroy wp_xml()->xmlSecDSigCtxDestroy
#define xmlSecDSigCtxVerify wp_xml()->xmlSecDSigCtxVerify
#define xmlSecErrorsSetCallback wp_xml()->xmlSecErrorsSetCallback
#define xmlSecInit wp_xml()->xmlSecInit
#define xmlSecKeyCreate wp_xml()->xmlSecKeyCreate
#define xmlSecKeyDataDestroy wp_xml()->xmlSecKeyDataDestroy
#define xmlSecKeyDestroy wp_xml()->xmlSecKeyDestroy
#define xmlSecKeySetValue wp_xml()->xmlSecKeySetValue
#define xmlSecOpenSSLEvpKeyAdopt wp_xml()->xmlSecOpenSSLEvpKeyAdopt
#define xmlSecOpenSSLInit wp_xml()->xmlSecOpenSSLInit
#define xmlSecOpenSSLShutdown wp_xml()->xmlSecOpenSSLShutdown
#define xmlSecShutdown wp_xml()->xmlSecShutdown
#define xmlStopParser wp_xml()->xmlStopParser
#define xmlStrcasecmp wp_xml()->xmlStrcasecmp
#define xmlStrcmp wp_xml()->xmlStrcmp
#undef xmlFree
#define xmlFree (*wp_xml()->xmlFree)
#endif

#endif
