/* Whether the devices that a rule lets through can pass its chain. */
#ifndef WP_COMPILER_CHECK_DEVICES_H
#define WP_COMPILER_CHECK_DEVICES_H

#include "compiler/check/predicate.h"

/* Demands on `device` of all methods in the chain of the site's rule: a method
 * that none of the rule's devices can use, and devices that no alternative
 * serves. */
void wp_check_devices(struct wp_diagnostics *list, const struct wp_model *model,
                      const struct wp_site *site);

#endif
