/* Wording of what prove --same finds. */
#ifndef WP_CLI_SAME_TEXT_H
#define WP_CLI_SAME_TEXT_H

#include <jansson.h>

#include "compiler/cli/cli.h"
#include "compiler/emit/same.h"

/* "Portal (Workspace ONE Access)". */
const char *wp_same_side_text(const struct wp_same *same, int side);

bool wp_same_is_proved(const struct wp_same *same);

void wp_same_print(const struct wp_invocation *invocation, const struct wp_same *same);
json_t *wp_same_json(const struct wp_same *same);

/* The failure of a JUnit case; NULL when it is proved. */
const char *wp_same_failure(const struct wp_same *same);

#endif
