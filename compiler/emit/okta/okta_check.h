/* What Okta answers is looked at before any of it is believed: a condition of the
 * wrong type must not be taken for none. */
#ifndef WP_EMIT_OKTA_CHECK_H
#define WP_EMIT_OKTA_CHECK_H

#include "compiler/emit/okta/okta_api.h"

/* Is the answer an object of that kind, with all that woapol reads of it of the right
 * type? Otherwise the problem names the object, the place in it and what is there. */
bool wp_okta_check(const char *kind, const json_t *answer, struct wp_problem *problem);

/* The same of each item of a list that Okta answered with; no two may have one
 * identifier, nor two rules one place. */
bool wp_okta_check_list(const char *kind, const json_t *answers, struct wp_problem *problem);

#endif
