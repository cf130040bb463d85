/* Conditions of Okta's rules, held against a sign-in. */
#ifndef WP_SANDBOX_OKTA_MATCH_H
#define WP_SANDBOX_OKTA_MATCH_H

#include "compiler/sandbox/okta.h"
#include "compiler/sandbox/signin.h"

bool wp_box_okta_in_zone(const struct wp_signin *signin, const char *id);

/* NULL when the condition holds, else why not. Whether groups and users that stand in one
 * condition must both fit, or either, is not documented: *is_lost where it matters. */
const char *wp_box_okta_people(struct wp_signin *signin, const json_t *people, bool *is_lost);
const char *wp_box_okta_network(struct wp_signin *signin, const json_t *network);
const char *wp_box_okta_platform(struct wp_signin *signin, const json_t *platform, const char *mac);
const char *wp_box_okta_device(struct wp_signin *signin, const json_t *device);
const char *wp_box_okta_risk(struct wp_signin *signin, const json_t *risk);

/* MOBILE, DESKTOP or OTHER, and IOS, MACOS, … or OTHER: what Okta takes the device
 * for. */
void wp_box_okta_observe(const struct wp_signin *signin, const char **type, const char **os);

/*
 * An expression of a rule, as far as it is understood: comparisons of
 * device.profile.* and user.profile.login with texts and truth values, joined by
 * && and ||, with ! and parentheses. 1 holds, 0 does not, -1 not understood.
 */
int wp_box_okta_expression(struct wp_signin *signin, const char *text);

#endif
