/* Whether `demands` and `where` lines ask something that there is. */
#ifndef WP_COMPILER_CHECK_LINES_H
#define WP_COMPILER_CHECK_LINES_H

#include "compiler/model.h"

/* Reports a path that means nothing (WOA1040) and a value that such a path
 * cannot have (WOA1041). `view` holds the files' facts: see wp_facts_view. */
void wp_check_line(struct wp_diagnostics *list, const struct wp_model *view,
                   const struct wp_attribute *line);

#endif
