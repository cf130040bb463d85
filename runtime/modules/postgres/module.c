/* The extension's settings. */
#include "woapol_pg.h"

#include <limits.h>

#include "utils/guc.h"

PG_MODULE_MAGIC;

char *wpg_directory;
int wpg_cache_size;

void _PG_init(void);

void
_PG_init(void)
{
    DefineCustomStringVariable("woapol.directory",
                               "The directory with the images that policies named file:NAME mean.",
                               "Empty, no image is read from a file.", &wpg_directory, "",
                               PGC_SIGHUP, GUC_SUPERUSER_ONLY, NULL, NULL, NULL);
    DefineCustomIntVariable(
        "woapol.cache_size", "How much memory a backend may keep opened images in.", NULL,
        &wpg_cache_size, 256 * 1024, 8, MAX_KILOBYTES, PGC_SUSET, GUC_UNIT_KB, NULL, NULL, NULL);
    wpg_policy_init();
    MarkGUCPrefixReserved("woapol");
}
