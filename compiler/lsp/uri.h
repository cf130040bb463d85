/* Addresses of documents, as editors write them, and paths. */
#ifndef WP_LSP_URI_H
#define WP_LSP_URI_H

#include "lang/arena.h"

/* The path of "file:///etc/a%20b", else (a document that was never saved) the
 * address as it is. */
const char *wp_lsp_path_of_uri(struct wp_arena *arena, const char *uri);

/* The address of a path: an absolute one becomes file://..., another stays. */
const char *wp_lsp_uri_of_path(struct wp_arena *arena, const char *path);

#endif
