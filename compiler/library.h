/* Libraries that few commands need, loaded when they are first called: until then
 * they cost neither time at the start nor memory. */
#ifndef WP_LIBRARY_H
#define WP_LIBRARY_H

#include <stdbool.h>
#include <stddef.h>

/* What is wanted of a library, and where in a table it goes. */
struct wp_symbol {
    const char *name;
    size_t place; /* of a pointer */
};

/* Loads `library` and fills `table`; false when it, or a symbol, is not there. */
bool wp_load_library(const char *library, const struct wp_symbol *symbols, size_t count,
                     void *table);

#endif
