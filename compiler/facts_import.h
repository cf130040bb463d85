/*
 * Facts of tenants from a file instead of from the source: what an administrator
 * exported from a tenant, or wrote down, as JSON.
 *
 * Two forms, which one file may mix:
 *
 *     {"uem": {"version": "23.6", "registration_token": true}}
 *
 * an object for a tenant, called by its name or its kind, that holds facts of the
 * kind under their names; and a tenant's answers as they came, on their own, in an
 * array, or within such an object: what a fact of stdlib/ calls its `export` is
 * taken from them, the rest is passed over.
 *
 * A fact becomes an attribute of the tenant's declaration, with its place in the
 * file, so that all that reads declarations reads it, too. Where the declaration
 * says the same, nothing is added; where it says otherwise, that is a finding.
 */
#ifndef WP_COMPILER_FACTS_IMPORT_H
#define WP_COMPILER_FACTS_IMPORT_H

#include "compiler/compile.h"

struct wp_names;

/* Adds the facts of one file to the tenants of those files: WOA1044 for what cannot
 * be read, WOA3006 for what contradicts. */
void wp_facts_import(struct wp_diagnostics *list, struct wp_names *names,
                     struct wp_file *const *files, uint32_t file_count,
                     const struct wp_facts_file *facts);

/* Is it such a file, and no source? No source begins with a bracket. */
bool wp_facts_are_in(const char *text, size_t length);

#endif
