/* Prometheus' text format. As many lines as the image has rules at most, however
 * the requests look. */
#ifndef WP_SERVE_METRICS_H
#define WP_SERVE_METRICS_H

#include "compiler/serve/engine.h"
#include "compiler/serve/remote.h"

/* What is known of the service as a whole. */
struct wp_metrics_source {
    struct wp_engine *const *engines;
    size_t engine_count;
    struct wp_engine *own; /* of the thread that asks, within a batch */
    const struct woapol_handle *handle;
    const struct wp_log *log;
    const struct wp_remote *remote; /* NULL when the image is a file */
    int64_t loaded_at;              /* when the image came into use, seconds since 1970 */
};

/* Adds the page. False when memory runs out. */
bool wp_metrics_write(const struct wp_metrics_source *source, struct wp_json_text *text);

#endif
