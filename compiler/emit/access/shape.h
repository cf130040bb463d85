/* Between the canonical bodies of access.h and what a tenant's interface speaks,
 * as its wire profile says. Pure. */
#ifndef WP_EMIT_ACCESS_SHAPE_H
#define WP_EMIT_ACCESS_SHAPE_H

#include "compiler/emit/access/access.h"

/* ---- ranges ---------------------------------------------------------------------- */

/* The canonical body of an item of the list of ranges; NULL with a problem when it
 * cannot be read. */
json_t *wp_access_range_read(struct wp_arena *arena, const struct wp_access_profile *profile,
                             const json_t *wire, struct wp_problem *problem);
/* What is sent. `original` is what the tenant has, or NULL. */
json_t *wp_access_range_write(const struct wp_access_profile *profile, const char *name,
                              const json_t *body, const json_t *original);

/* ---- policies --------------------------------------------------------------------- */

/* Identifiers become references to objects that `state` has; others stay texts. */
json_t *wp_access_policy_read(struct wp_arena *arena, const struct wp_access_profile *profile,
                              const struct wp_state *state, const json_t *wire);
json_t *wp_access_policy_write(struct wp_arena *arena, const struct wp_access_profile *profile,
                               const char *name, const json_t *body, const json_t *original);

/* ---- clients ------------------------------------------------------------------------ */

json_t *wp_access_client_read(const json_t *wire);
/* With `key` (a new client that has a secret) the secret is asked for under that
 * key when it is sent; otherwise none is sent, since an empty one would wipe it. */
json_t *wp_access_client_write(const char *id, const json_t *body, const json_t *original,
                               const char *key);

/* ---- both ------------------------------------------------------------------------------ */

/* The first key of a range or policy that the profile does not know, as a path, in
 * the arena; NULL when it knows them all. */
const char *wp_access_unknown_key(struct wp_arena *arena, const struct wp_access_profile *profile,
                                  const char *kind, const json_t *wire);

/* The identifier of an item of a list: at "_links.self.href" its last segment. */
const char *wp_access_id_of(struct wp_arena *arena, const struct wp_access_profile *profile,
                            const char *kind, const json_t *wire);

/* Is it woapol's: does its description end in the mark? */
bool wp_access_is_ours(const struct wp_access_profile *profile, const char *kind,
                       const json_t *wire);

/* Text as HTML and back, in the arena; NULL when there is markup in it. */
const char *wp_access_to_html(struct wp_arena *arena, const char *text);
const char *wp_access_from_html(struct wp_arena *arena, const char *html);

#endif
