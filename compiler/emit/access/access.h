/*
 * Workspace ONE Access: the objects that woapol speaks of, and the one canonical
 * body of each.
 *
 * desire (desire.c, lower*.c) makes these bodies from a model, reading (read.c)
 * from what a tenant answers through a wire profile (profile.h); both come to the
 * same tree where the tenant does what the source says. What is at its default is
 * left out. References are {"$ref": key}.
 *
 * kind     key                     body
 * -------  ----------------------  ---------------------------------------------------
 * range    range/Office            {"pairs": [["198.51.100.0", "198.51.100.255"]...]}
 *     IPv4, rising, neither overlapping nor adjacent. The tenant's default range is
 *     system, has the key range/ALL RANGES whatever the tenant calls it, and {}.
 *
 * policy   policy/Finance          {"rules": [{"name": "trusted", "range": ref,
 *                                    "device": "iOS", "groups": [ref...],
 *                                    "action": "authenticate",
 *                                    "chains": [[ref method...]...],
 *                                    "reauth_s": 28800, "message": "..."}...]}
 *     The first rule whose range, device type and groups all match decides; the
 *     first of `chains` is what is asked for, the others are its fallbacks. `groups`
 *     is left out for everybody, `chains` unless action is authenticate, `reauth_s`
 *     and `message` where none is set. Only ever read: "disabled": true, "next":
 *     true (on to the next rule when authentication fails), "link_text", "link_url",
 *     "message_html" (a message with markup).
 *     The default policy is system, has the key policy/default_access_policy_set
 *     whatever the tenant calls it.
 *
 * binding  binding/Salesforce      {"policy": ref}
 *     An app and its policy; an app without one is the default policy's.
 *
 * client   client/nightly-sync     {"scope": ["admin", "openid"], "grants": [...],
 *                                    "redirects": [...], "prompt": false, "access_m": 180,
 *                                    "refresh_m": 129600, "idle_m": 5760}
 *     Lifetimes in minutes; the last two where there are refresh tokens.
 *
 * adapter  adapter/UEM Token       {"enabled": true}
 * idp      idp/Built-in            {"methods": [ref...]}
 *     Only ever read, and ticked off by the runbook.
 *
 * method, group, app               {}
 *     References: must be there, are never changed. A built-in method is known by
 *     the label that the standard library gives its fixed identifier, another by the
 *     tenant's name; a group as name@domain; an app by its name.
 */
#ifndef WP_EMIT_ACCESS_H
#define WP_EMIT_ACCESS_H

#include "compiler/emit/access/profile.h"
#include "compiler/emit/tenant.h"

#define WP_ACCESS_MARK "[woapol]" /* ends the description of what woapol keeps */
#define WP_ACCESS_BASE "default_access_policy_set"
#define WP_ACCESS_ALL_RANGES "ALL RANGES"
#define WP_ACCESS_ANY_DEVICE "All Device Types"

/* ---- device types (types.c) --------------------------------------------------- */

#define WP_ACCESS_MAX_TYPES 31

/* One device type of Access' policies, and the woapol types that it covers. */
struct wp_access_type {
    const char *label;
    uint64_t mask;
    bool cloud_only;
    /* Types, as masks, whose rules match its sign-ins in a browser as well, and ones
     * whose rules may match any of them. */
    uint32_t also, before;
};

struct wp_access_types {
    struct wp_access_type *items;
    uint32_t count;
    uint64_t rest; /* device types that no policy of Access can name, absent ones among them */
};

void wp_access_types_init(struct wp_access_types *types, struct wp_arena *arena,
                          const struct wp_model *model);

/* ---- methods and chains (methods.c) -------------------------------------------- */

/* What the tenant calls a method; NULL when Access has none like it. */
const char *wp_access_method_label(const struct wp_declaration *method,
                                   const struct wp_declaration *tenant);

/*
 * Does an identity provider of the tenant offer the method of that label? NOT_OFFERED only
 * where its answers say what its providers offer, and that is not among it: UNTOLD where
 * the method is none of the tenant's own, or no answer tells.
 */
enum wp_access_offer { WP_ACCESS_UNTOLD, WP_ACCESS_OFFERED, WP_ACCESS_NOT_OFFERED };
enum wp_access_offer wp_access_method_offered(struct wp_arena *arena, const struct wp_state *held,
                                              const char *label);
/* Its fixed identifier, or NULL. */
const char *wp_access_method_uuid(const struct wp_declaration *method);
/* The declared method with that fixed identifier, or else that label; NULL. */
const struct wp_declaration *wp_access_method_find(const struct wp_model *model,
                                                   const struct wp_declaration *tenant,
                                                   const char *uuid, const char *label);

/* How many chains of single methods the chain comes to; stops counting at `most`. */
size_t wp_access_chain_count(const struct wp_model_chain *chain, size_t most);
/* They, in order, as arrays of references to methods. */
json_t *wp_access_chains(const struct wp_session *session, const struct wp_model_chain *chain);

/* ---- policies as rules (lower.c) -------------------------------------------------- */

/* One rule of one device type and one range. */
struct wp_access_rule {
    uint32_t source; /* the rule in the policy; rule_count: otherwise */
    const char *device;
    bool all_ranges;
    struct wp_network network; /* unless all_ranges: IPv4 alone */
    struct wp_ids groups;      /* none: everybody */
};

struct wp_access_lowered {
    struct wp_access_rule *rules;
    uint32_t count, room;
};

/* The apps of one policy that its rules do not tell apart. */
struct wp_access_apps {
    const uint32_t *apps; /* empty: all apps that no policy names */
    uint32_t count;
};

/*
 * The rules of a policy for those apps, in an order in which the first that
 * matches decides as the source does, for every request that Access can see.
 * Findings say what it cannot hold; false when one is an error.
 */
bool wp_access_lower(const struct wp_session *session, const struct wp_plan_options *options,
                     const struct wp_access_profile *profile, uint32_t policy,
                     const struct wp_access_apps *apps, struct wp_access_lowered *lowered,
                     struct wp_diagnostics *diagnostics);

/* ---- the parts of the tenant kind --------------------------------------------------- */

bool wp_access_desire(const struct wp_session *session, const struct wp_plan_options *options,
                      struct wp_state *state, struct wp_diagnostics *diagnostics);
/* The objects of `client` declarations; a part of the above. */
void wp_access_desire_clients(const struct wp_session *session, struct wp_state *state);

/* Does the source give the client with that id a secret? */
bool wp_access_client_has_secret(const struct wp_session *session, const char *id);

bool wp_access_read(struct wp_session *session, struct wp_state *state, struct wp_problem *problem);
bool wp_access_look(struct wp_session *session, struct wp_state *state, const char *key,
                    struct wp_object **found, struct wp_problem *problem);
bool wp_access_capture(struct wp_session *session, json_t **profile, struct wp_buffer *report,
                       struct wp_problem *problem);
bool wp_access_order(const struct wp_session *session, const struct wp_state *desired,
                     const struct wp_state *current, const struct wp_plan_options *options,
                     struct wp_plan *plan, struct wp_problem *problem);
bool wp_access_lift(const struct wp_session *session, const struct wp_state *state,
                    struct wp_buffer *source, struct wp_problem *problem);
bool wp_access_explain_error(const json_t *answer, char *text, size_t size);
char *wp_access_secret(struct wp_session *session, const char *key, struct wp_problem *problem);
bool wp_access_runbook(const struct wp_session *session, const struct wp_state *desired,
                       const struct wp_state *current, struct wp_buffer *markdown,
                       struct wp_problem *problem);

#endif
