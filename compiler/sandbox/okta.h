/*
 * The Okta org of the sandbox. What it holds is in the store, by these kinds, as
 * its interface shows it but for `_links`; keys that begin with "_" are the
 * sandbox's own and never shown.
 */
#ifndef WP_SANDBOX_OKTA_H
#define WP_SANDBOX_OKTA_H

#include "compiler/sandbox/exchange.h"

#define WP_OKTA_ZONE "okta/zone"
#define WP_OKTA_POLICY "okta/policy"
#define WP_OKTA_RULE "okta/rule" /* "_policy": id of the policy */
#define WP_OKTA_GROUP "okta/group"
#define WP_OKTA_USER "okta/user" /* "_groups": ids; "_has": see sample.h */
#define WP_OKTA_APP "okta/app"   /* "_policy": id of its access policy */
#define WP_OKTA_IDP "okta/idp"
#define WP_OKTA_IDP_KEY "okta/idpkey"
#define WP_OKTA_ASSURANCE "okta/assurance"
#define WP_OKTA_AUTHENTICATOR "okta/authenticator"
#define WP_OKTA_BEHAVIOR "okta/behavior"
#define WP_OKTA_INTEGRATION "okta/integration"
#define WP_OKTA_LOG "okta/log"

/* ---- errors; each ends the request ---------------------------------------------- */

void wp_box_okta_error(struct wp_exchange *x, unsigned status, const char *code,
                       const char *summary, const char *cause);
/* 400 E0000001; the cause begins with the field. Returns false. */
bool wp_box_okta_invalid(struct wp_exchange *x, const char *field, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void wp_box_okta_missing(struct wp_exchange *x, const char *id, const char *what);

/* The object named by the first capture, or NULL after a 404. */
json_t *wp_box_okta_find(struct wp_exchange *x, const char *kind, const char *what);
/* The body as an object, or NULL after 400 E0000003. */
json_t *wp_box_okta_body(struct wp_exchange *x);

/* A copy without the sandbox's own keys and with `links`, which is taken over. */
json_t *wp_box_okta_show(const json_t *object, json_t *links);
/* {"href": base + path, "hints": {"allow": […]}} */
json_t *wp_box_okta_link(const struct wp_exchange *x, const char *allow, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Sets created and lastUpdated. */
void wp_box_okta_stamp(struct wp_exchange *x, json_t *object, const json_t *old);
/* Answers with one page of `all` (an array; taken over) and its Link headers. */
void wp_box_okta_page(struct wp_exchange *x, json_t *all, long limit, long most);
/* Does the object fit ?filter= (eq, joined by or), where there is one? */
bool wp_box_okta_passes(const struct wp_exchange *x, const json_t *object);
/* Writes an event to the System Log; `target` may be NULL, `detail` is taken over. */
void wp_box_okta_note(struct wp_box *box, struct wp_arena *arena, const char *type,
                      const json_t *target, const char *target_type, json_t *detail);

/* ---- who calls -------------------------------------------------------------------- */

/* False after an answer. `scope` NULL: nobody need be known. */
bool wp_box_okta_authorize(struct wp_exchange *x, const char *scope);

/* ---- rules -------------------------------------------------------------------------- */

enum wp_okta_family { WP_OKTA_FAMILY_1, WP_OKTA_FAMILY_2 };

/* By the policy's type: 2 for ACCESS_POLICY and its kin. */
enum wp_okta_family wp_box_okta_family(const char *policy_type);
/* The type of the rules of a policy of that type, or NULL. */
const char *wp_box_okta_rule_type(const char *policy_type);

/* A policy's rules as an array in their order, the system's last; references. */
json_t *wp_box_okta_rules(struct wp_box *box, const char *policy);

/* A slot of a policy, for okta_priority.c. */
struct wp_okta_slot {
    const char *id;
    int64_t priority;
};

/*
 * Puts `id` at the place `asked` (negative: none was asked for) among the slots
 * of the policy's other rules, sorted, and changes theirs as Okta does. `own` is
 * the rule's place until now, or negative for a new one. The system's rule is not
 * among them. Returns the place that `id` has now.
 */
int64_t wp_okta_place(enum wp_okta_family family, struct wp_okta_slot *others, size_t count,
                      int64_t own, int64_t asked);

/* conditions and actions of a rule as Okta keeps them, from what was sent; false
 * after an answer. `rule` gets them. */
bool wp_box_okta_shape_access(struct wp_exchange *x, const json_t *sent, json_t *rule);
bool wp_box_okta_shape_signon(struct wp_exchange *x, const json_t *sent, json_t *rule);
bool wp_box_okta_shape_routing(struct wp_exchange *x, const json_t *sent, json_t *rule);
bool wp_box_okta_shape_other(struct wp_exchange *x, const json_t *sent, json_t *rule);

/* Parts that rules of several types share; NULL after an answer. */
json_t *wp_box_okta_shape_network(struct wp_exchange *x, const json_t *sent);
json_t *wp_box_okta_shape_people(struct wp_exchange *x, const json_t *sent, bool has_groups);
json_t *wp_box_okta_shape_platform(struct wp_exchange *x, const json_t *sent, const char *mac);
bool wp_box_okta_is_duration(const char *text);
/* Are all ids of the array objects of that kind? False after an answer. */
bool wp_box_okta_knows(struct wp_exchange *x, const json_t *ids, const char *kind,
                       const char *field);
/* Takes a zone out of rules that name it, or disables those that cannot go on
 * without it. */
void wp_box_okta_zone_is_gone(struct wp_exchange *x, const char *zone, bool is_deleted);
/* The name of a rule whose only zone it is, or NULL. */
const char *wp_box_okta_zone_user(struct wp_exchange *x, const char *zone);

/* ---- handlers, by file ------------------------------------------------------------- */

#define WP_OKTA_HANDLER(name) void wp_box_okta_##name(struct wp_exchange *x);
WP_OKTA_HANDLER(zone_list)
WP_OKTA_HANDLER(zone_post)
WP_OKTA_HANDLER(zone_get)
WP_OKTA_HANDLER(zone_put)
WP_OKTA_HANDLER(zone_delete)
WP_OKTA_HANDLER(zone_activate)
WP_OKTA_HANDLER(zone_deactivate)
WP_OKTA_HANDLER(policy_list)
WP_OKTA_HANDLER(policy_post)
WP_OKTA_HANDLER(policy_get)
WP_OKTA_HANDLER(policy_put)
WP_OKTA_HANDLER(policy_delete)
WP_OKTA_HANDLER(policy_activate)
WP_OKTA_HANDLER(policy_deactivate)
WP_OKTA_HANDLER(policy_clone)
WP_OKTA_HANDLER(mapping_list)
WP_OKTA_HANDLER(mapping_post)
WP_OKTA_HANDLER(rule_list)
WP_OKTA_HANDLER(rule_post)
WP_OKTA_HANDLER(rule_get)
WP_OKTA_HANDLER(rule_put)
WP_OKTA_HANDLER(rule_delete)
WP_OKTA_HANDLER(rule_activate)
WP_OKTA_HANDLER(rule_deactivate)
WP_OKTA_HANDLER(group_list)
WP_OKTA_HANDLER(group_get)
WP_OKTA_HANDLER(group_post)
WP_OKTA_HANDLER(group_delete)
WP_OKTA_HANDLER(group_users)
WP_OKTA_HANDLER(member_put)
WP_OKTA_HANDLER(member_delete)
WP_OKTA_HANDLER(user_list)
WP_OKTA_HANDLER(user_get)
WP_OKTA_HANDLER(user_post)
WP_OKTA_HANDLER(user_groups)
WP_OKTA_HANDLER(app_list)
WP_OKTA_HANDLER(app_get)
WP_OKTA_HANDLER(app_post)
WP_OKTA_HANDLER(app_delete)
WP_OKTA_HANDLER(app_assign)
WP_OKTA_HANDLER(idp_list)
WP_OKTA_HANDLER(idp_get)
WP_OKTA_HANDLER(idp_post)
WP_OKTA_HANDLER(idp_put)
WP_OKTA_HANDLER(idp_delete)
WP_OKTA_HANDLER(idp_activate)
WP_OKTA_HANDLER(idp_deactivate)
WP_OKTA_HANDLER(key_list)
WP_OKTA_HANDLER(key_get)
WP_OKTA_HANDLER(key_post)
WP_OKTA_HANDLER(key_delete)
WP_OKTA_HANDLER(idp_metadata)
WP_OKTA_HANDLER(well_known)
WP_OKTA_HANDLER(org_get)
WP_OKTA_HANDLER(feature_list)
WP_OKTA_HANDLER(user_type_list)
WP_OKTA_HANDLER(authenticator_list)
WP_OKTA_HANDLER(authenticator_get)
WP_OKTA_HANDLER(authenticator_methods)
WP_OKTA_HANDLER(authenticator_activate)
WP_OKTA_HANDLER(authenticator_deactivate)
WP_OKTA_HANDLER(method_activate)
WP_OKTA_HANDLER(method_deactivate)
WP_OKTA_HANDLER(assurance_list)
WP_OKTA_HANDLER(assurance_get)
WP_OKTA_HANDLER(assurance_post)
WP_OKTA_HANDLER(assurance_put)
WP_OKTA_HANDLER(assurance_delete)
WP_OKTA_HANDLER(behavior_list)
WP_OKTA_HANDLER(integration_list)
WP_OKTA_HANDLER(integration_get)
WP_OKTA_HANDLER(integration_activate)
WP_OKTA_HANDLER(integration_deactivate)
WP_OKTA_HANDLER(log_list)
WP_OKTA_HANDLER(simulate)
WP_OKTA_HANDLER(token)
#undef WP_OKTA_HANDLER

#endif
