/* The results of tests, for a person and for machines. */
#ifndef WP_CLI_TEST_REPORT_H
#define WP_CLI_TEST_REPORT_H

#include "compiler/decide/json_text.h"
#include "compiler/cli/test_run.h"

/* Prints to stdout. */
void wp_test_print(const struct wp_test_results *results, bool colour);

/* Adds a JSON object, or a JUnit document for the file at `path`. */
void wp_test_json(struct wp_json_text *text, const struct wp_test_results *results);
void wp_test_junit(struct wp_json_text *text, const struct wp_test_results *results,
                   const char *path);

#endif
