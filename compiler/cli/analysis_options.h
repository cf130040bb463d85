/* What the commands that ask exact questions have in common: --budget, progress,
 * and requests as JSON. */
#ifndef WP_CLI_ANALYSIS_OPTIONS_H
#define WP_CLI_ANALYSIS_OPTIONS_H

#include <jansson.h>

#include "compiler/analysis/analysis.h"
#include "compiler/analysis/view.h"
#include "compiler/cli/cli.h"
#include "compiler/cli/progress.h"

/* Fills in *options from the command line; `line` shows progress. False after a
 * message about wrong usage. */
bool wp_read_analysis_options(const struct wp_invocation *invocation,
                              struct wp_analysis_options *options, struct wp_progress_line *line);

/* A witness as a JSON object, and a decision of the model as one. */
json_t *wp_point_json(struct wp_arena *arena, const struct wp_model *model,
                      const struct wp_traits *traits, const struct wp_point *point);

/* The text of the source at a span, its white space made single spaces. */
const char *wp_source_text(struct wp_arena *arena, const struct wp_sources *sources,
                           struct wp_span span);

/* Dumps the document to standard output and gives it back. The exit status. */
int wp_print_json(const struct wp_invocation *invocation, json_t *document);

#endif
