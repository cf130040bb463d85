/* libxml2 and xmlsec1 by name. Their table is the process's, as the libraries are. */
#define WP_XML_LOADER
#include "compiler/emit/xml.h"

#include <pthread.h>

#include "compiler/library.h"

static struct wp_xml table;
static const struct wp_xml *loaded;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void
load(void)
{
    static const struct wp_symbol symbols[] = {
#define NAME_AND_PLACE(name) {#name, offsetof(struct wp_xml, name)},
        WP_XML_FUNCTIONS(NAME_AND_PLACE)
#undef NAME_AND_PLACE
            {"xmlFree", offsetof(struct wp_xml, xmlFree)},
    };
    /* It brings the other two along. */
    if (wp_load_library("libxmlsec1-openssl.so.1", symbols, sizeof symbols / sizeof *symbols,
                        &table))
        loaded = &table;
}

const struct wp_xml *
wp_xml(void)
{
    (void)pthread_once(&once, load);
    return loaded;
}
