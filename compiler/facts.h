/*
 * Reading what declarations say: attributes by name and type, versions, and
 * the facts of tenants.
 *
 * What there can be is listed once in attributes.def; check/attributes.c has
 * held every declaration to it, so these readers take a wrong or missing value
 * for an absent one and say nothing.
 */
#ifndef WP_COMPILER_FACTS_H
#define WP_COMPILER_FACTS_H

#include "compiler/model.h"

/* ---- attributes --------------------------------------------------------------- */

/* The attribute `key = value` of a list, or NULL. */
const struct wp_attribute *wp_attribute_find(const struct wp_attribute *list, const char *key);
/* The block `key { }` (name NULL) or `key name { }`, or NULL. */
const struct wp_attribute *wp_block_find(const struct wp_attribute *list, const char *key,
                                         const char *name);
/* Its text (a name, string, version or date), or `absent`. */
const char *wp_attribute_text(const struct wp_attribute *list, const char *key, const char *absent);
/* Its number (an integer, or a duration's seconds), or `absent`. */
uint64_t wp_attribute_number(const struct wp_attribute *list, const char *key, uint64_t absent);
/* Whether it is `yes`. */
bool wp_attribute_is_yes(const struct wp_attribute *list, const char *key);

/* Whether a value is that word, or is a list that holds it. */
bool wp_value_holds(const struct wp_value *value, const char *word);

/* ---- versions ------------------------------------------------------------------ */

#define WP_VERSION_PARTS 4
struct wp_version {
    uint32_t parts[WP_VERSION_PARTS]; /* 22.10 is {22, 10, 0, 0} */
};

/* Reads "22.10"; with `compact` also "2210". False for anything else. */
bool wp_version_read(const char *text, bool compact, struct wp_version *version);
/* Below, at or above 0 as `a` is older, equal or newer. */
int wp_version_compare(const struct wp_version *a, const struct wp_version *b);

/* ---- declarations and tenants ----------------------------------------------------- */

/* The declaration of that kind and name in any loaded file, or NULL. */
const struct wp_declaration *wp_declaration_find(const struct wp_model *model,
                                                 enum wp_declaration_kind kind, const char *name);

/* All declarations of a kind, in the order of the files and their text: start
 * with a zeroed walk, go on until NULL. */
struct wp_declaration_walk {
    uint32_t file;
    const struct wp_declaration *next;
    bool started;
};
const struct wp_declaration *wp_declaration_next(const struct wp_model *model,
                                                 enum wp_declaration_kind kind,
                                                 struct wp_declaration_walk *walk);

/*
 * Fills in *view: the model, with files that hold its tenants, kinds, device
 * types, methods, postures, issues and clients alone. Looking them up in a view does not slow down
 * with the groups and networks of a large source.
 */
void wp_facts_view(struct wp_arena *arena, const struct wp_model *model, struct wp_model *view);

/* The same where there is no model: only the files of *view are set. */
void wp_facts_view_of_files(struct wp_arena *arena, struct wp_file *const *files,
                            uint32_t file_count, struct wp_model *view);

/* A tenant's kind ("okta"), or "". */
const char *wp_tenant_kind(const struct wp_declaration *tenant);
/* The `fact name { }` block of a kind, or NULL. */
const struct wp_attribute *wp_fact_find(const struct wp_model *model, const char *kind,
                                        const char *fact);
/* A device type's block `seen` for that tenant: as what the tenant takes it where that is
 * not the truth; NULL when it sees it as it is. A tenant that does not say its release is
 * taken to be of a current one. */
const struct wp_attribute *wp_seen_find(const struct wp_attribute *list,
                                        const struct wp_declaration *tenant, const char *kind);
/* What a group, app or method is called in a tenant: its attribute named after
 * the tenant, else after the tenant's kind, else `absent`. */
const char *wp_name_in_tenant(const struct wp_declaration *thing,
                              const struct wp_declaration *tenant, const char *absent);

/* ---- methods ------------------------------------------------------------------------ */

/* Kinds of factors, as a mask. */
enum wp_factor { WP_FACTOR_KNOWLEDGE = 1, WP_FACTOR_POSSESSION = 2, WP_FACTOR_INHERENCE = 4 };

/* The kinds of factors that passing a method proves; 0 for a signal. */
unsigned wp_method_factors(const struct wp_declaration *method);

#endif
