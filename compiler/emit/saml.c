/* SAML metadata: from bytes to a document without tricks, and from its root to
 * what is needed of it. */
#include "compiler/emit/saml_parts.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PROTOCOL "urn:oasis:names:tc:SAML:2.0:protocol"
#define BINDING "urn:oasis:names:tc:SAML:2.0:bindings:"
#define LONGEST_NAME 1024
#define LONGEST_URL 2048
#define DEEPEST 64

bool
wp_saml_refuse(struct wp_saml_reader *reader, const char *format, ...)
{
    char text[800];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    return wp_problem_set(reader->problem, WP_PROBLEM_FAILED, "%s: %s", reader->options->name,
                          text);
}

/* ---- the document ------------------------------------------------------------------ */

bool
wp_xml_is(const xmlNode *node, const char *space, const char *name)
{
    return node->type == XML_ELEMENT_NODE && node->ns != NULL && node->ns->href != NULL &&
           strcmp((const char *)node->ns->href, space) == 0 &&
           strcmp((const char *)node->name, name) == 0;
}

static xmlNode *
find_from(xmlNode *node, const char *space, const char *name)
{
    while (node != NULL && !wp_xml_is(node, space, name))
        node = node->next;
    return node;
}

xmlNode *
wp_xml_child(const xmlNode *parent, const char *space, const char *name)
{
    return find_from(parent->children, space, name);
}

xmlNode *
wp_xml_next(const xmlNode *node, const char *space, const char *name)
{
    return find_from(node->next, space, name);
}

/* A copy in the arena, without blanks at its ends. */
static const char *
trimmed(struct wp_arena *arena, const char *text)
{
    static const char blanks[] = " \t\r\n";
    text += strspn(text, blanks);
    size_t size = strlen(text);
    while (size > 0 && strchr(blanks, text[size - 1]) != NULL)
        size--;
    return wp_copy_text(arena, text, size);
}

const char *
wp_xml_attribute(struct wp_saml_reader *reader, const xmlNode *node, const char *name)
{
    xmlChar *value = xmlGetNoNsProp(node, (const xmlChar *)name);
    const char *text = value == NULL ? NULL : trimmed(reader->arena, (const char *)value);
    xmlFree(value);
    return text;
}

/* The text of an element, which must hold nothing else: a comment within it is
 * read in different ways by different readers. NULL with a problem. */
static const char *
xml_text(struct wp_saml_reader *reader, const xmlNode *node)
{
    for (const xmlNode *child = node->children; child != NULL; child = child->next)
        if (child->type != XML_TEXT_NODE && child->type != XML_CDATA_SECTION_NODE) {
            (void)wp_saml_refuse(reader, "line %ld: something else than text stands within %s",
                                 xmlGetLineNo(node), (const char *)node->name);
            return NULL;
        }
    xmlChar *value = xmlNodeGetContent(node);
    const char *text = trimmed(reader->arena, value == NULL ? "" : (const char *)value);
    xmlFree(value);
    return text;
}

/* Called where <!DOCTYPE starts, before anything in it is read. */
static void
stop_at_doctype(void *context, const xmlChar *name, const xmlChar *external, const xmlChar *system)
{
    xmlParserCtxt *parser = context;
    (void)name;
    (void)external;
    (void)system;
    *(bool *)parser->_private = true;
    xmlStopParser(parser);
}

static bool
is_too_deep(const xmlNode *root)
{
    unsigned depth = 0;
    const xmlNode *node = root;
    for (;;) {
        if (node->type == XML_ELEMENT_NODE && node->children != NULL) {
            node = node->children;
            if (++depth > DEEPEST)
                return true;
            continue;
        }
        while (node != root && node->next == NULL) {
            node = node->parent;
            depth--;
        }
        if (node == root)
            return false;
        node = node->next;
    }
}

static xmlDoc *
parse(struct wp_saml_reader *reader, const void *bytes, size_t size)
{
    bool has_doctype = false;
    if (size > WP_SAML_LARGEST) {
        (void)wp_saml_refuse(reader, "metadata has at most %u bytes", WP_SAML_LARGEST);
        return NULL;
    }
    xmlParserCtxt *parser = xmlNewParserCtxt();
    if (parser == NULL) {
        (void)wp_saml_refuse(reader, "out of memory");
        return NULL;
    }
    parser->_private = &has_doctype;
    parser->sax->internalSubset = stop_at_doctype;
    xmlDoc *document = xmlCtxtReadMemory(parser, bytes, (int)size, NULL, "UTF-8",
                                         XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING |
                                             XML_PARSE_NOCDATA);
    bool is_whole = document != NULL && parser->wellFormed && !has_doctype;
    const char *why = parser->lastError.message == NULL ? "" : parser->lastError.message;
    if (has_doctype)
        (void)wp_saml_refuse(reader, "there is a DOCTYPE, which metadata does not have");
    else if (!is_whole)
        (void)wp_saml_refuse(reader, "line %d: this is no XML in UTF-8: %.*s",
                             parser->lastError.line, (int)strcspn(why, "\n"), why);
    xmlFreeParserCtxt(parser);
    if (!is_whole || is_too_deep(xmlDocGetRootElement(document))) {
        if (is_whole)
            (void)wp_saml_refuse(reader, "elements are nested more than %d deep", DEEPEST);
        xmlFreeDoc(document);
        return NULL;
    }
    return document;
}

/* ---- what it says -------------------------------------------------------------------- */

static bool
read_digits(const char **text, unsigned count, int64_t *value)
{
    *value = 0;
    for (unsigned i = 0; i < count; i++, ++*text) {
        if (**text < '0' || **text > '9')
            return false;
        *value = *value * 10 + (**text - '0');
    }
    return true;
}

static bool
skip(const char **text, char byte)
{
    bool there = **text == byte;
    *text += there;
    return there;
}

/* The offset behind the time: "Z", "+01:00", or none, which is UTC in SAML. */
static bool
read_zone(const char *at, int64_t *seconds)
{
    int64_t hours = 0, minutes = 0;
    int sign = *at == '-' ? -1 : 1;
    *seconds = 0;
    if (*at == '\0' || strcmp(at, "Z") == 0)
        return true;
    if (*at != '+' && *at != '-')
        return false;
    at++;
    if (!read_digits(&at, 2, &hours) || !skip(&at, ':') || !read_digits(&at, 2, &minutes) ||
        *at != '\0' || hours > 14 || minutes > 59)
        return false;
    *seconds = sign * (hours * 3600 + minutes * 60);
    return true;
}

int64_t
wp_saml_time(const char *at)
{
    int64_t year, month, day, hour, minute, second, zone;
    if (!read_digits(&at, 4, &year) || !skip(&at, '-') || !read_digits(&at, 2, &month) ||
        !skip(&at, '-') || !read_digits(&at, 2, &day) || !skip(&at, 'T') ||
        !read_digits(&at, 2, &hour) || !skip(&at, ':') || !read_digits(&at, 2, &minute) ||
        !skip(&at, ':') || !read_digits(&at, 2, &second))
        return -1;
    if (skip(&at, '.'))
        at += strspn(at, "0123456789");
    if (!read_zone(at, &zone) || year < 1970 || month < 1 || month > 12 || day < 1 || day > 31 ||
        hour > 23 || minute > 59 || second > 60)
        return -1;
    struct tm parts = {.tm_year = (int)year - 1900,
                       .tm_mon = (int)month - 1,
                       .tm_mday = (int)day,
                       .tm_hour = (int)hour,
                       .tm_min = (int)minute,
                       .tm_sec = (int)second};
    int64_t seconds = (int64_t)timegm(&parts) - zone;
    return seconds < 0 ? -1 : seconds;
}

/* Until when `node` is good, if it says so. */
static bool
check_validity(struct wp_saml_reader *reader, const xmlNode *node)
{
    const char *text = wp_xml_attribute(reader, node, "validUntil");
    int64_t until = text == NULL ? 0 : wp_saml_time(text);
    if (text == NULL)
        return true;
    if (until < 0)
        return wp_saml_refuse(reader, "validUntil “%.60s” is no time", text);
    if (until <= reader->options->now)
        return wp_saml_refuse(reader, "the metadata was valid until %.60s; fetch it anew", text);
    if (reader->saml->valid_until == 0 || until < reader->saml->valid_until)
        reader->saml->valid_until = until;
    return true;
}

static bool
is_true(const char *text)
{
    return text != NULL && (strcmp(text, "true") == 0 || strcmp(text, "1") == 0);
}

/* https:// to somewhere, or http:// to this machine. */
static bool
is_url(const char *url)
{
    size_t length = strlen(url);
    for (size_t i = 0; i < length; i++)
        if ((unsigned char)url[i] <= 0x20 || (unsigned char)url[i] >= 0x7f ||
            strchr("\"<>\\^`{|}", url[i]) != NULL)
            return false;
    if (length > LONGEST_URL)
        return false;
    if (strncmp(url, "http://127.0.0.1:", 17) == 0 || strncmp(url, "http://localhost:", 17) == 0)
        return true;
    size_t host = strcspn(url + (length < 8 ? length : 8), "/?#");
    return strncmp(url, "https://", 8) == 0 && host > 0 && memchr(url + 8, '@', host) == NULL;
}

static bool
take_endpoints(struct wp_saml_reader *reader, const xmlNode *role, const char *name,
               struct wp_saml_endpoint *endpoints, size_t *count)
{
    for (const xmlNode *node = wp_xml_child(role, WP_NS_METADATA, name); node != NULL;
         node = wp_xml_next(node, WP_NS_METADATA, name)) {
        const char *binding = wp_xml_attribute(reader, node, "Binding");
        const char *url = wp_xml_attribute(reader, node, "Location");
        const char *index = wp_xml_attribute(reader, node, "index");
        if (*count == WP_SAML_MOST)
            return wp_saml_refuse(reader, "there are more than %d of %s", WP_SAML_MOST, name);
        if (binding == NULL || url == NULL || !is_url(url))
            return wp_saml_refuse(reader, "line %ld: %s has no https:// address: “%.200s”",
                                  xmlGetLineNo(node), name, url == NULL ? "" : url);
        if (strncmp(binding, BINDING, strlen(BINDING)) == 0)
            binding += strlen(BINDING);
        endpoints[(*count)++] = (struct wp_saml_endpoint){
            .binding = binding,
            .url = url,
            .index = index == NULL ? 0 : (unsigned)strtoul(index, NULL, 10) & 0xffff,
            .is_default = is_true(wp_xml_attribute(reader, node, "isDefault"))};
    }
    return true;
}

static bool
take_key(struct wp_saml_reader *reader, const xmlNode *descriptor)
{
    const char *use = wp_xml_attribute(reader, descriptor, "use");
    if (use != NULL && strcmp(use, "signing") != 0)
        return true;
    const xmlNode *info = wp_xml_child(descriptor, WP_NS_SIGNATURE, "KeyInfo");
    const xmlNode *data = info == NULL ? NULL : wp_xml_child(info, WP_NS_SIGNATURE, "X509Data");
    for (; data != NULL; data = wp_xml_next(data, WP_NS_SIGNATURE, "X509Data"))
        for (const xmlNode *node = wp_xml_child(data, WP_NS_SIGNATURE, "X509Certificate");
             node != NULL; node = wp_xml_next(node, WP_NS_SIGNATURE, "X509Certificate")) {
            const char *text = xml_text(reader, node);
            if (text == NULL || !wp_saml_take_certificate(reader, text))
                return false;
        }
    return true;
}

/* The one role of that name which speaks SAML 2.0; NULL without one. */
static bool
find_role(struct wp_saml_reader *reader, const xmlNode *root, const char *name,
          const xmlNode **role)
{
    *role = NULL;
    for (const xmlNode *node = wp_xml_child(root, WP_NS_METADATA, name); node != NULL;
         node = wp_xml_next(node, WP_NS_METADATA, name)) {
        const char *protocols = wp_xml_attribute(reader, node, "protocolSupportEnumeration");
        if (protocols == NULL || strstr(protocols, PROTOCOL) == NULL)
            continue;
        if (*role != NULL)
            return wp_saml_refuse(reader, "there are two of %s", name);
        *role = node;
    }
    return *role == NULL || check_validity(reader, *role);
}

static bool
take_keys(struct wp_saml_reader *reader, const xmlNode *role)
{
    for (const xmlNode *node = wp_xml_child(role, WP_NS_METADATA, "KeyDescriptor"); node != NULL;
         node = wp_xml_next(node, WP_NS_METADATA, "KeyDescriptor"))
        if (!take_key(reader, node))
            return false;
    const struct wp_saml *saml = reader->saml;
    if (saml->certificate_count > 0)
        return true;
    return wp_saml_refuse(reader, "there is no certificate that signs%s%s",
                          saml->refused_count == 0 ? "" : ": ",
                          saml->refused_count == 0 ? "" : saml->refused[0]);
}

static bool
read_entity(struct wp_saml_reader *reader, const xmlNode *root)
{
    struct wp_saml *saml = reader->saml;
    const xmlNode *idp, *sp;
    const char *id = wp_xml_attribute(reader, root, "entityID");

    if (id == NULL || id[0] == '\0' || strlen(id) > LONGEST_NAME)
        return wp_saml_refuse(reader, "there is no entityID of at most %d characters",
                              LONGEST_NAME);
    for (const char *at = id; *at != '\0'; at++)
        if ((unsigned char)*at <= 0x20 || *at == 0x7f)
            return wp_saml_refuse(reader,
                                  "the entityID “%.200s” holds a blank or control "
                                  "character",
                                  id);
    saml->entity_id = id;
    if (!check_validity(reader, root) || !find_role(reader, root, "IDPSSODescriptor", &idp) ||
        !find_role(reader, root, "SPSSODescriptor", &sp))
        return false;
    if (idp == NULL && sp == NULL)
        return wp_saml_refuse(reader, "it describes neither an identity provider nor a service "
                                      "provider of SAML 2.0");
    if (sp != NULL &&
        !take_endpoints(reader, sp, "AssertionConsumerService", saml->acs, &saml->acs_count))
        return false;
    if (idp == NULL)
        return wp_xml_child(sp, WP_NS_METADATA, "KeyDescriptor") == NULL || take_keys(reader, sp);
    saml->wants_signed_requests = is_true(wp_xml_attribute(reader, idp, "WantAuthnRequestsSigned"));
    return take_endpoints(reader, idp, "SingleSignOnService", saml->sso, &saml->sso_count) &&
           take_keys(reader, idp);
}

bool
wp_saml_read(struct wp_arena *arena, const void *bytes, size_t size,
             const struct wp_saml_options *options, struct wp_saml *saml,
             struct wp_problem *problem)
{
    struct wp_saml_reader reader = {
        .arena = arena, .options = options, .saml = saml, .problem = problem};
    *saml = (struct wp_saml){.entity_id = ""};
    if (wp_xml() == NULL)
        return wp_saml_refuse(&reader, "libxml2 and xmlsec1, which read metadata, are not there");
    xmlDoc *document = parse(&reader, bytes, size);
    if (document == NULL)
        return false;
    xmlNode *root = xmlDocGetRootElement(document);
    bool good = wp_xml_is(root, WP_NS_METADATA, "EntityDescriptor")
                    ? read_entity(&reader, root) && wp_saml_check_signature(&reader, root)
                    : wp_saml_refuse(&reader,
                                     "this is no SAML metadata of one entity: its root is "
                                     "%.100s",
                                     (const char *)root->name);
    for (size_t i = 0; i < WP_SAML_MOST; i++)
        X509_free(reader.parsed[i]);
    xmlFreeDoc(document);
    if (!good)
        *saml = (struct wp_saml){.entity_id = ""};
    return good;
}

const struct wp_saml_endpoint *
wp_saml_endpoint(const struct wp_saml_endpoint *endpoints, size_t count, const char *binding)
{
    const struct wp_saml_endpoint *first = NULL;
    for (size_t i = 0; i < count; i++) {
        if (strcmp(endpoints[i].binding, binding) != 0)
            continue;
        if (endpoints[i].is_default)
            return &endpoints[i];
        if (first == NULL)
            first = &endpoints[i];
    }
    return first;
}
