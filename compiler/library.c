/* From a library's name to a table of what is in it. */
#include "compiler/library.h"

#include <dlfcn.h>
#include <string.h>

bool
wp_load_library(const char *library, const struct wp_symbol *symbols, size_t count, void *table)
{
    /* Never closed: libraries keep what they have set up, and other threads call them. */
    void *handle = dlopen(library, RTLD_NOW | RTLD_LOCAL);
    for (size_t i = 0; handle != NULL && i < count; i++) {
        void *found = dlsym(handle, symbols[i].name);
        if (found == NULL)
            return false;
        memcpy((char *)table + symbols[i].place, &found, sizeof found);
    }
    return handle != NULL;
}
