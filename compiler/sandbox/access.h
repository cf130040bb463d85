/*
 * The Access tenant of the sandbox. docs/sandbox.md says what of its shapes is
 * published and what is chosen. Objects are in the store by these kinds; keys
 * that begin with "_" are the sandbox's own.
 */
#ifndef WP_SANDBOX_ACCESS_H
#define WP_SANDBOX_ACCESS_H

#include "compiler/sandbox/exchange.h"

#define WP_ACCESS_BOX_POLICY "access/policy" /* {uuid, name, base, rules} in the older shape */
#define WP_ACCESS_BOX_RANGE "access/range"
#define WP_ACCESS_BOX_METHOD "access/method" /* uuid → {name, uuid, enabled, ownership} */
#define WP_ACCESS_BOX_IDP "access/idp"
#define WP_ACCESS_BOX_APP "access/app"
#define WP_ACCESS_BOX_CLIENT "access/client"
#define WP_ACCESS_BOX_GROUP "access/group"
#define WP_ACCESS_BOX_USER "access/user" /* "_groups": ids; "_has": see sample.h */
#define WP_ACCESS_BOX_ENTITLEMENT "access/entitlement"
#define WP_ACCESS_BOX_EVENT "access/event"

#define WP_ACCESS_JERSEY "/SAAS/jersey/manager/api"

/* {"errors": [{code, message, parameters}]}; returns false. */
bool wp_box_access_error(struct wp_exchange *x, unsigned status, const char *code,
                         const char *format, ...) __attribute__((format(printf, 4, 5)));
/* The object of the first capture, or NULL after a 404. */
json_t *wp_box_access_find(struct wp_exchange *x, const char *kind, const char *what);
/* The body as an object, or NULL after a 400. */
json_t *wp_box_access_body(struct wp_exchange *x);
/* False after a 400 that names the first key that is not in the list ("a b c");
 * "_links" is always let pass. */
bool wp_box_access_knows_keys(struct wp_exchange *x, const json_t *object, const char *keys);
/* A copy without the sandbox's own keys and with _links.self at `path`. */
json_t *wp_box_access_show(const struct wp_exchange *x, const json_t *object, const char *path);
/* Writes an event for the audit report. */
void wp_box_access_note(struct wp_box *box, struct wp_arena *arena, const char *type,
                        const char *action, const json_t *object);

/* The uuid of ALL RANGES, and of the default policy. */
const char *wp_box_access_all_ranges(struct wp_box *box);
json_t *wp_box_access_base(struct wp_box *box);
/* Methods that some identity provider other than the built-in one has: name of
 * the method, or NULL. */
const char *wp_box_access_method_name(struct wp_box *box, const char *uuid);

#define WP_ACCESS_HANDLER(name) void wp_box_access_##name(struct wp_exchange *x);
WP_ACCESS_HANDLER(token)
WP_ACCESS_HANDLER(policy_list)
WP_ACCESS_HANDLER(policy_get)
WP_ACCESS_HANDLER(policy_post)
WP_ACCESS_HANDLER(policy_put)
WP_ACCESS_HANDLER(policy_delete)
WP_ACCESS_HANDLER(ruleset_list)
WP_ACCESS_HANDLER(ruleset_get)
WP_ACCESS_HANDLER(ruleset_post)
WP_ACCESS_HANDLER(ruleset_put)
WP_ACCESS_HANDLER(ruleset_delete)
WP_ACCESS_HANDLER(range_list)
WP_ACCESS_HANDLER(range_get)
WP_ACCESS_HANDLER(range_post)
WP_ACCESS_HANDLER(range_put)
WP_ACCESS_HANDLER(range_delete)
WP_ACCESS_HANDLER(method_list)
WP_ACCESS_HANDLER(method_list_old)
WP_ACCESS_HANDLER(method_put)
WP_ACCESS_HANDLER(idp_list)
WP_ACCESS_HANDLER(idp_get)
WP_ACCESS_HANDLER(idp_post)
WP_ACCESS_HANDLER(idp_put)
WP_ACCESS_HANDLER(idp_delete)
WP_ACCESS_HANDLER(app_search)
WP_ACCESS_HANDLER(app_get)
WP_ACCESS_HANDLER(app_post)
WP_ACCESS_HANDLER(app_put)
WP_ACCESS_HANDLER(app_delete)
WP_ACCESS_HANDLER(client_list)
WP_ACCESS_HANDLER(client_get)
WP_ACCESS_HANDLER(client_post)
WP_ACCESS_HANDLER(client_put)
WP_ACCESS_HANDLER(client_delete)
WP_ACCESS_HANDLER(group_list)
WP_ACCESS_HANDLER(group_get)
WP_ACCESS_HANDLER(group_post)
WP_ACCESS_HANDLER(group_patch)
WP_ACCESS_HANDLER(group_delete)
WP_ACCESS_HANDLER(user_list)
WP_ACCESS_HANDLER(user_get)
WP_ACCESS_HANDLER(user_post)
WP_ACCESS_HANDLER(user_delete)
WP_ACCESS_HANDLER(entitlement_get)
WP_ACCESS_HANDLER(entitlement_put)
WP_ACCESS_HANDLER(entitlement_delete)
WP_ACCESS_HANDLER(audit)
WP_ACCESS_HANDLER(health)
WP_ACCESS_HANDLER(heartbeat)
WP_ACCESS_HANDLER(idp_metadata)
WP_ACCESS_HANDLER(sp_metadata)
#undef WP_ACCESS_HANDLER

#endif
