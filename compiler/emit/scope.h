/*
 * Two models made comparable where one speaks only of some apps: of what a tenant
 * decides for a source, both are asked, and of nothing else.
 */
#ifndef WP_EMIT_SCOPE_H
#define WP_EMIT_SCOPE_H

#include "compiler/model.h"

struct wp_scope {
    struct wp_model source, tenant; /* with an assumption about apps that both make */
    bool has_others;                /* apps without a policy of their own are in it */
    size_t apps;                    /* how many of the source's are */
};

/*
 * In scope are the source's apps whose policy the tenant block decides (`decides`;
 * all without it, or without a block), and all other apps if the default policy
 * is among those. Apps that only the tenant's model names are somebody else's. The
 * models are borrowed. Other assumptions of the source are left out.
 */
void wp_scope_models(struct wp_scope *scope, struct wp_arena *arena, const struct wp_model *source,
                     const struct wp_declaration *tenant, const struct wp_model *lifted);

#endif
