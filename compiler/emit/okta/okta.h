/*
 * Okta orgs: the objects that woapol speaks of, and the one canonical body of each.
 *
 * desire (desire*.c) makes these bodies from a model, reading (okta_read.c) from
 * what an org answers; both must come to the same tree where the org does what
 * the source says. So every set is sorted, every default is left out, and what
 * only the org sets (id, created, _links, system, lastUpdated, ...) is no part of
 * a body. A name is never in the body: it is the object's name. "type" is part of
 * a body only where a kind has several. All references are {"$ref": key}.
 *
 * kind           key                         body
 * -------------  --------------------------  -----------------------------------------------
 * zone           zone/Office                 {"type": "IP", "usage": "POLICY",
 *                                             "status": "ACTIVE",
 *                                             "gateways": [{"type": "CIDR", "value":
 * "10.0.0.0/8"}], "proxies": []} gateways and proxies as wp_okta_addresses writes their union: one
 * entry a contiguous run, IPv4 first, rising; CIDR where the run is one prefix of more than one
 * address, else RANGE a-b; a lone address is RANGE a-a. `proxies` is there even when empty. Other
 * zones (DYNAMIC, DYNAMIC_V2, BLOCKLIST) are only ever read: their own keys, lists sorted, nulls
 * left out.
 *
 * policy         policy/Finance              {"description": "... [woapol]", "status": "ACTIVE"}
 *     An access policy. The org's default access policy is system, has the key
 *     policy/Default Policy whatever the org calls it, and the body {}. The
 *     account-management policy is no object.
 *
 * rule           rule/Finance/trusted        {"priority": 0, "status": "ACTIVE",
 *                                             "conditions": {...}, "actions": {"appSignOn": {...}}}
 *     `priority` is the rank among the policy's rules, from 0, gaps closed.
 *     `conditions` is there even when empty ({}) and holds, where they restrict:
 *       "people": {"groups": {"include": [ref...], "exclude": [ref...]}, "users": {same}}
 *       "network": {"connection": "ZONE", "include": [ref...]}, or with "exclude"
 *       "platform": {"include": [{"type": "MOBILE", "os": {"type": "IOS"}}...]}
 *       "device": {"registered": true, "managed": true, "assurance": {"include": [ref...]}}
 *       "riskScore": {"level": "LOW"}
 *       "elCondition", "userType" as read, never made.
 *     Empty lists and objects are left out, as are ANYWHERE, risk ANY and an empty
 *     platform. References are sorted by key; platforms by type, then by os.
 *     `actions.appSignOn` is {"access": "DENY"} alone, or
 *       {"access": "ALLOW", "verificationMethod":
 *          {"type": "AUTH_METHOD_CHAIN", "reauthenticateIn": "PT8H",
 *           "chains": [{"authenticationMethods": [{"key": .., "method": ..}...],
 *                       "next": [{"authenticationMethods": [...]}]}]}}
 *     Methods of a step are sorted by key, method, id; of a method's constraints
 *     only REQUIRED ones are kept (`phishingResistant`, `hardwareProtection`,
 *     `userVerification`); `id` is a ref to an authenticator that has a name of its
 *     own. Chains keep their order. Durations as wp_okta_duration writes them; one
 *     that is absent reads as PT12H. keepMeSignedIn is kept only where it allows.
 *     ASSURANCE and ID_PROOFING are read as they are, never made.
 *     The catch-all rule is system, has the key rule/<policy>/Catch-all Rule and the
 *     body {"actions": {...}}.
 *
 * assurance      assurance/Compliant iOS     {"platform": "IOS",
 *                                             "thirdPartySignalProviders":
 *                                               {"devicePostureIdP": {"compliant": true}}}
 *     displayRemediationMode HIDE is left out; lists sorted.
 *
 * binding        binding/Payroll             {"policy": ref policy/Finance}
 *     An app (by its label) and the access policy that it is assigned.
 *
 * session_policy session_policy/Everyone     {"description": "... [woapol]", "status": "ACTIVE",
 *                                             "priority": 1, "conditions":
 *                                               {"people": {"groups": {"include": [ref...]}}}}
 * session_rule   session_rule/Everyone/rule  {"priority": 1, "status": "ACTIVE",
 *                                             "conditions": {...}, "actions": {"signon": {...}}}
 *     Global session policies (OKTA_SIGN_ON), priorities from 1 without gaps.
 *     Conditions as for rules, besides authContext ANY, identityProvider ANY and an
 *     empty users.exclude, which are left out. The default policy is system, its key
 *     is session_policy/Default Policy and its body {}; its own rule is system, with
 *     the key session_rule/<policy>/Default Rule and the body {"actions": {...}}.
 *
 * idp_key        idp_key/<sha256 of the certificate, hex>
 *                                            {"x5c": ["MIIC..."]}    one line, no armour
 * idp            idp/Workspace ONE           section 4.7's body without what Okta assigns
 *                                            (audience, signing kid); trust.kid is a ref
 *                                            to the idp_key; "type" is "SAML2"
 * routing_rule   routing_rule/Workspace ONE  {"priority": 1, "status": "ACTIVE",
 *                                             "conditions": {...}, "actions": {"idp": {
 *                                               "providers": [{"type": "SAML2", "id": ref}],
 *                                               "idpSelectionType": "SPECIFIC"}}}
 *     A rule of the org's one IDP_DISCOVERY policy; conditions as for rules, apps as
 *     {"app": {"include": [{"type": "APP", "id": ref}...]}}. The default rule is no object.
 *
 * group, app, user, authenticator            {} and for authenticators
 *                                            {"key": "okta_verify", "status": "ACTIVE"}
 * authenticator_method/okta_verify/push      {"status": "ACTIVE"}
 *     References: must be there, and are never changed but for an authenticator's status
 *     and its methods', where the authenticator has several. A group is known by its
 *     name, an app by its label, a user by the login. An authenticator is known by its key
 *     ("authenticator/okta_verify"); those of which an org can have several
 *     (wp_okta_authenticator_is_named) by their name. A desired state holds those that
 *     chains need, active.
 */
#ifndef WP_EMIT_OKTA_H
#define WP_EMIT_OKTA_H

#include "compiler/buffer.h"
#include "compiler/emit/tenant.h"

#define WP_OKTA_MARK "[woapol]" /* ends the description of a policy that woapol keeps */
#define WP_OKTA_DEFAULT_POLICY "Default Policy"
#define WP_OKTA_CATCH_ALL "Catch-all Rule"
#define WP_OKTA_DEFAULT_RULE "Default Rule"

/* What an org holds at most. */
#define WP_OKTA_ZONE_ENTRIES 150
#define WP_OKTA_ALL_ENTRIES 25000 /* over all zones */
#define WP_OKTA_ZONE_NAME 128     /* code points */
#define WP_OKTA_CHAINS 5
#define WP_OKTA_STEPS 3
#define WP_OKTA_RULES 99 /* of a policy, besides the catch-all */
#define WP_OKTA_LAST_PRIORITY 99
#define WP_OKTA_POLICIES 5000
#define WP_OKTA_IDP_NAME 100
#define WP_OKTA_PROVIDERS 10

/* reauthenticateIn without `every`: as long as the session lasts. */
#define WP_OKTA_ONCE_A_SESSION "PT43800H"
#define WP_OKTA_ONCE_A_SESSION_SECONDS UINT64_C(157680000)

/* The part a split has in the name of the first: "Office (2)"; `part` from 1. The first keeps the
 * name. */
const char *wp_okta_split_name(struct wp_arena *arena, const char *name, unsigned part);

/* Seconds as "PT8H", "PT90M", "PT5S", "PT0S": hours, else minutes, else seconds. */
const char *wp_okta_duration(struct wp_arena *arena, uint64_t seconds);
/* Reads any duration that Okta writes (years and months are refused). */
bool wp_okta_duration_read(const char *text, uint64_t *seconds);

/* The entries of a zone for the addresses from entry number `from` on, at most
 * `most` of them; and how many entries there are in all. */
json_t *wp_okta_addresses(const struct wp_network *network, size_t from, size_t most);
size_t wp_okta_address_count(const struct wp_network *network);
/* The addresses that entries cover; false when one cannot be read. Host bits of a
 * prefix are taken for zero, as Okta does. */
bool wp_okta_addresses_read(struct wp_arena *arena, const json_t *entries,
                            struct wp_network *network);

/* Sorts an array of references by key, or of platforms by type and os; removes
 * equal ones. */
void wp_okta_sort_references(json_t *array);
void wp_okta_sort_platforms(json_t *array);
/* Sorts the methods of one step by key, method and id; removes equal ones. */
void wp_okta_sort_methods(json_t *array);

/* Can an org have several authenticators of that key (custom_app, custom_otp,
 * external_idp)? */
bool wp_okta_authenticator_is_named(const char *key);
/* Does an authenticator of that key have several methods (okta_verify, phone_number),
 * each of which can be off? One of a single method is that method. */
bool wp_okta_authenticator_has_methods(const char *key);

/* Is the tenant declared to run the Classic Engine? Its app sign-on policies have
 * no interface: desire leaves policies, rules and bindings out, see runbook.h. */
bool wp_okta_is_classic(const struct wp_session *session);

/* Stands for the apps that a source does not name, where Okta has no default policy. */
#define WP_OKTA_OTHER_APPS "every other app"

/* tenant.h: wp_tenant_kind.desire. */
bool wp_okta_desire(const struct wp_session *session, const struct wp_plan_options *options,
                    struct wp_state *state, struct wp_diagnostics *diagnostics);
/* The same with what people have to make by hand on the Classic Engine, as objects
 * app_rule/<app>/<rule> with the body
 *   {"priority": 1, "conditions": as for rules, "access": "ALLOW", "factor": true,
 *    "reauthenticate_minutes": 480 or null}
 * where "managed" stands for a device that Okta trusts. */
bool wp_okta_desire_manual(const struct wp_session *session, const struct wp_plan_options *options,
                           struct wp_state *state, struct wp_diagnostics *diagnostics);

#endif
