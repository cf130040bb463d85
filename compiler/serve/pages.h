/* Memory of which only what is touched takes room: for tables that stay nearly empty. */
#ifndef WP_SERVE_PAGES_H
#define WP_SERVE_PAGES_H

#include <stddef.h>

/* At least `size` bytes, all zero; NULL with errno when there are none. */
void *wp_pages_new(size_t size);

/* NULL is allowed. */
void wp_pages_free(void *pages, size_t size);

#endif
