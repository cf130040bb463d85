/* Decisions as lines of columns, with backslash escapes and \N for null. */
#ifndef WP_DECIDE_DECISION_TSV_H
#define WP_DECIDE_DECISION_TSV_H

#include "compiler/decide/json_text.h"
#include "woapol.h"

#define WP_TSV_COLUMNS_MAX 32

/* Which fields of a decision a line has. */
struct wp_tsv_columns {
    uint8_t field[WP_TSV_COLUMNS_MAX];
    size_t count;
};

/* "effect,rule": the keys of a decision as JSON, and error. False with a reason. */
bool wp_tsv_columns_parse(struct wp_tsv_columns *columns, const char *text, const char **reason);

/* Adds a line without its end. `id` is put in as it is, so has its escapes; a chain is
 * written as JSON, and commas stand between reports. */
void wp_decision_write_tsv(const struct wp_tsv_columns *columns, struct wp_json_text *text,
                           const struct woapol_image *image, struct woapol_text id,
                           const struct woapol_decision *decision, const uint32_t *reports,
                           size_t report_count);

/* The same for what could not be decided: the effect is "error". */
void wp_decision_write_tsv_error(const struct wp_tsv_columns *columns, struct wp_json_text *text,
                                 struct woapol_text id, const char *error);

#endif
