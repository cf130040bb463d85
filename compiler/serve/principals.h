/*
 * People whose groups and name have been bound lately.
 *
 * Binding costs more than deciding, and the same people come again. Entries are
 * found by all that binding looks at, compared byte by byte. For one thread and
 * one image; the memory is bounded.
 */
#ifndef WP_SERVE_PRINCIPALS_H
#define WP_SERVE_PRINCIPALS_H

#include "woapol.h"

struct wp_principals;

/* NULL when memory runs out. The image is borrowed. */
struct wp_principals *wp_principals_new(const struct woapol_image *image);
void wp_principals_free(struct wp_principals *principals);

/* The identity, bound; good until the next call. NULL when memory runs out. */
struct woapol_principal *wp_principals_bind(struct wp_principals *principals,
                                            const struct woapol_identity *identity);

#endif
