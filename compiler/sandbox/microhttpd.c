/* libmicrohttpd by name. Its table is the process's, as the library itself is. */
#define WP_MHD_LOADER
#include "compiler/sandbox/microhttpd.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stddef.h>

static struct wp_mhd table;
static const struct wp_mhd *loaded;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void
load(void)
{
    static const struct {
        const char *name;
        size_t place;
    } functions[] = {
#define NAME_AND_PLACE(name) {#name, offsetof(struct wp_mhd, name)},
        WP_MHD_FUNCTIONS(NAME_AND_PLACE)
#undef NAME_AND_PLACE
    };
    void *library = dlopen("libmicrohttpd.so.12", RTLD_NOW | RTLD_LOCAL);
    if (library == NULL)
        return;
    for (size_t i = 0; i < sizeof functions / sizeof functions[0]; i++) {
        void *found = dlsym(library, functions[i].name);
        if (found == NULL)
            return;
        *(void **)(void *)((char *)&table + functions[i].place) = found;
    }
    loaded = &table;
}

const struct wp_mhd *
wp_mhd(void)
{
    (void)pthread_once(&once, load);
    return loaded;
}
