/* Findings as JSON (docs/json.md) and as SARIF 2.1.0. */
#ifndef WP_CLI_FINDINGS_JSON_H
#define WP_CLI_FINDINGS_JSON_H

#include <jansson.h>

#include "lang/diagnostics.h"

/* {"findings": [...]}. The caller owns the value; NULL when memory ran out. */
json_t *wp_findings_json(const struct wp_diagnostics *list);

/* The same findings as a SARIF log. */
json_t *wp_findings_sarif(const struct wp_diagnostics *list);

/* A JSON string of the text; bytes that are not UTF-8 become U+FFFD. NULL gives
 * null. */
json_t *wp_json_text(const char *text);

/* "WOA2001" */
json_t *wp_json_code(const struct wp_diagnostic_info *info);

/* A request kept as JSON text, as a value; null when there is none. */
json_t *wp_json_witness(const char *witness);

#endif
