/* The kinds of tenants there are. */
#include "compiler/emit/tenant.h"

#include <string.h>

static const struct wp_tenant_kind *const kinds[] = {
#define WP_TENANT_KIND(name) &wp_tenant_##name,
#include "compiler/emit/tenants.def"
#undef WP_TENANT_KIND
    NULL};

const struct wp_tenant_kind *
wp_tenant_kind_find(const char *name)
{
    for (size_t i = 0; kinds[i] != NULL; i++)
        if (strcmp(kinds[i]->name, name) == 0)
            return kinds[i];
    return NULL;
}
