/* SQLite by name. Its table is the process's, as the library itself is. */
#define WP_SQLITE_LOADER
#include "compiler/sandbox/sqlite.h"

#include <pthread.h>

#include "compiler/library.h"

static struct wp_sqlite table;
static const struct wp_sqlite *loaded;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void
load(void)
{
    static const struct wp_symbol symbols[] = {
#define NAME_AND_PLACE(name) {#name, offsetof(struct wp_sqlite, name)},
        WP_SQLITE_FUNCTIONS(NAME_AND_PLACE)
#undef NAME_AND_PLACE
    };
    if (wp_load_library("libsqlite3.so.0", symbols, sizeof symbols / sizeof *symbols, &table))
        loaded = &table;
}

const struct wp_sqlite *
wp_sqlite(void)
{
    (void)pthread_once(&once, load);
    return loaded;
}
