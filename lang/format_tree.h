/*
 * Names, sets, conditions, chains, values and actions as pieces of text.
 *
 * Each takes the flags of its first piece. Parentheses are written where the
 * tree needs them, and where operators of two kinds meet.
 */
#ifndef WP_LANG_FORMAT_TREE_H
#define WP_LANG_FORMAT_TREE_H

#include "format_layout.h"

void wp_put_name(struct wp_layout *l, const struct wp_name *name, unsigned flags);
/* "A, B, C" */
void wp_put_names(struct wp_layout *l, const struct wp_name *names, unsigned flags);
void wp_put_set(struct wp_layout *l, const struct wp_set *set, unsigned flags);
/* Where its first piece stands. */
uint32_t wp_start_of_condition(const struct wp_condition *condition);
void wp_put_condition(struct wp_layout *l, const struct wp_condition *condition, unsigned flags);
/* `apart`: every alternative on a line of its own. */
void wp_put_chain(struct wp_layout *l, const struct wp_chain *chain, bool apart, unsigned flags);
void wp_put_value(struct wp_layout *l, const struct wp_value *value, unsigned flags);
void wp_put_action(struct wp_layout *l, const struct wp_action *action, unsigned flags);
/* " every 8h", as it was written. */
void wp_put_reauth(struct wp_layout *l, struct wp_span written);
void wp_put_arguments(struct wp_layout *l, const struct wp_argument *arguments);
void wp_put_outcomes(struct wp_layout *l, const struct wp_outcome *outcomes);

#endif
