/*
 * Rules as a table: names, conditions and actions each in a column.
 */
#ifndef WP_LANG_FORMAT_RULES_H
#define WP_LANG_FORMAT_RULES_H

#include "format_tree.h"

void wp_format_rules(struct wp_layout *l, const struct wp_rule *rules);

/* Annotations, each on a line of its own. */
void wp_format_annotations(struct wp_layout *l, const struct wp_annotation *annotations);

/* Where a thing begins, its annotations included. */
uint32_t wp_start_of(const struct wp_annotation *annotations, struct wp_span span);

#endif
