/* libmicrohttpd by name. Its table is the process's, as the library itself is. */
#define WP_MHD_LOADER
#include "compiler/sandbox/microhttpd.h"

#include <pthread.h>
#include <stddef.h>

#include "compiler/library.h"

static struct wp_mhd table;
static const struct wp_mhd *loaded;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void
load(void)
{
    static const struct wp_symbol symbols[] = {
#define NAME_AND_PLACE(name) {#name, offsetof(struct wp_mhd, name)},
        WP_MHD_FUNCTIONS(NAME_AND_PLACE)
#undef NAME_AND_PLACE
    };
    if (wp_load_library("libmicrohttpd.so.12", symbols, sizeof symbols / sizeof *symbols, &table))
        loaded = &table;
}

const struct wp_mhd *
wp_mhd(void)
{
    (void)pthread_once(&once, load);
    return loaded;
}
