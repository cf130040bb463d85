/* Reading an Access tenant, kind by kind. `only` limits a list to what has that
 * name; NULL: all. What is there already is replaced. */
#ifndef WP_EMIT_ACCESS_READ_H
#define WP_EMIT_ACCESS_READ_H

#include "compiler/emit/access/reader.h"

bool wp_access_read_ranges(struct wp_access_reader *reader, const char *only);
bool wp_access_read_methods(struct wp_access_reader *reader);
bool wp_access_read_policies(struct wp_access_reader *reader, const char *only);

/* The group of that name@domain, if the tenant has it. */
bool wp_access_find_group(struct wp_access_reader *reader, const char *name);

/* ---- read_apps.c ------------------------------------------------------------------ */

/* All apps and what they are bound to. */
bool wp_access_read_apps(struct wp_access_reader *reader);
/* One app whole, so that its binding can be written. */
bool wp_access_read_app(struct wp_access_reader *reader, const char *name);
bool wp_access_read_client(struct wp_access_reader *reader, const char *id);
/* All clients that are not the tenant's own. */
bool wp_access_read_clients(struct wp_access_reader *reader);
/* The identity providers and their methods, where the tenant tells. */
bool wp_access_read_idps(struct wp_access_reader *reader);

#endif
