/* Decisions as JSON, in the one order of keys that users rely on. */
#ifndef WP_DECIDE_DECISION_JSON_H
#define WP_DECIDE_DECISION_JSON_H

#include "compiler/decide/json_text.h"
#include "woapol.h"

/* Writes decisions of one image. What does not depend on the request is written
 * once for each rule and kept. */
struct wp_decision_writer;

/* NULL when memory runs out. The image is borrowed. */
struct wp_decision_writer *wp_decision_writer_new(const struct woapol_image *image);
void wp_decision_writer_free(struct wp_decision_writer *writer);

/* Adds {"id":...,...,"reason":...} without a line end. `id` is JSON text and put
 * in as it is, but line ends between its tokens become spaces. `reports` are
 * rule numbers. */
void wp_decision_write(struct wp_decision_writer *writer, struct wp_json_text *text,
                       struct woapol_text id, const struct woapol_decision *decision,
                       const uint32_t *reports, size_t report_count);

/* Adds {"id":...,"error":"..."}. */
void wp_decision_write_error(struct wp_json_text *text, struct woapol_text id, const char *error);

/* The word of an effect: "deny", "allow", "authenticate". */
const char *wp_effect_word(enum woapol_effect effect);

/* Adds a chain as alternatives of steps of methods: [[["password"]]]. */
void wp_chain_write(struct wp_json_text *text, const struct woapol_image *image, uint32_t chain);

#endif
