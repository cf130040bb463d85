/*
 * Which policies a tenant decides: those that its `decides` names, all of the source
 * without one.
 */
#ifndef WP_EMIT_DECIDES_H
#define WP_EMIT_DECIDES_H

#include "compiler/model.h"

bool wp_tenant_decides(const struct wp_declaration *tenant, const struct wp_policy *policy);

/* Reports names that are no policy's (WOA6001); false when there are some. */
bool wp_decides_check(const struct wp_model *model, const struct wp_declaration *tenant,
                      struct wp_diagnostics *diagnostics);

#endif
