/* Straight from the system: what malloc hands out anew it has to make zero. */
#include "compiler/serve/pages.h"

#include <sys/mman.h>

void *
wp_pages_new(size_t size)
{
    void *pages = mmap(NULL, size, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return pages == MAP_FAILED ? NULL : pages;
}

void
wp_pages_free(void *pages, size_t size)
{
    if (pages != NULL)
        (void)munmap(pages, size);
}
