/*
 * Checks of a model against what its tenants, methods and clients are said to
 * be. Each reads the model and adds findings.
 */
#ifndef WP_COMPILER_CHECK_H
#define WP_COMPILER_CHECK_H

#include "compiler/model.h"

/* Attributes of every declaration against attributes.def and the facts of its
 * kind: unknown, twice, missing, of the wrong type (WOA1040 to WOA1043). The
 * other checks rely on nothing it finds wrong. Needs the files alone, so that
 * it can run where other errors left no model. */
void wp_check_attributes(struct wp_diagnostics *list, struct wp_arena *arena,
                         struct wp_file *const *files, uint32_t file_count);

/* What methods, devices and postures demand where rules use them (WOA3001 to
 * WOA3029). */
void wp_check_demands(struct wp_diagnostics *list, const struct wp_model *model);

/* Known issues whose pattern the policy meets (WOA3030 to WOA3099). */
void wp_check_issues(struct wp_diagnostics *list, const struct wp_model *model);

/* Names in the blocks of tenants that say what identity providers and directories
 * offer: methods and networks that there are not (WOA1041). */
void wp_check_providers(struct wp_diagnostics *list, const struct wp_model *model);

/* OAuth clients (WOA5xxx); of the files alone, too. */
void wp_check_clients(struct wp_diagnostics *list, struct wp_arena *arena,
                      struct wp_file *const *files, uint32_t file_count);

#endif
