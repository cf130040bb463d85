/*
 * What the tenants of a source cannot hold, found without asking them.
 */
#ifndef WP_EMIT_TARGETS_H
#define WP_EMIT_TARGETS_H

#include "compiler/model.h"

/*
 * Works out what each tenant would have to hold and reports what it cannot
 * (WOA6xxx), as warnings: the source decides all the same, `plan` and `push` refuse.
 * Only tenants that are reached (with a `url`) count, or all of them.
 */
void wp_targets_check(struct wp_diagnostics *list, const struct wp_model *model, bool all);

#endif
