/*
 * From one state of an org to another so that at no moment anybody gets in whom
 * neither end lets in.
 *
 * Decisions change for one app at a time, or for one request at a time from what
 * the one end says to what the other says. Here is why, call by call:
 *
 *   1. What no live rule speaks of can be made, changed and removed freely: new
 *      zones, device assurance, policies that no app is assigned to.
 *   2. A zone that live rules speak of is not changed. It gets another name ("…
 *      (replaced by woapol)"), which changes no decision, and a new one takes its own;
 *      rules that are to speak of the new one are rules that change. Only where the
 *      zone's addresses are all that changes in the whole org it is changed in place:
 *      one call, and nothing between.
 *   3. A policy that changes by more than one call is built beside: the old one gets
 *      another name, the new one its catch-all first, then its rules, ascending. Then
 *      each app is assigned the new policy by one call. So an app is decided by the
 *      old policy, whole, or by the new one, whole. The old one goes when no app has
 *      it.
 *   4. The org's default policy cannot be replaced. Of its rules, in order, those that
 *      stay at the beginning (P) and at the end (Q) are left alone. Between them the
 *      new ones (B) are put behind the old ones (A), ascending; then the old ones are
 *      taken away from the last to the first. While B grows, a request that P or A
 *      takes is decided as before; another one by what there is of B, which is the
 *      first of B that takes it, as afterwards; else by Q, as before. While A
 *      shrinks, what is left of A is its beginning, so whoever it takes is decided as
 *      before, and all others by B and Q, as afterwards. The catch-all changes between
 *      the two: then B is whole, and whoever reaches the catch-all is decided by it
 *      before and afterwards.
 *      Should A and B not fit beside each other, a rule that denies everybody stands
 *      between A and Q meanwhile, in place of A's last where the policy is full, and A
 *      goes before B comes: then requests are decided as at one end, or denied.
 *   5. Apps leave the default policy before it changes and come to it afterwards, so
 *      that they never meet a state of it that is neither of theirs.
 *   6. The global session policy decides beside all of them. What asks for more than
 *      before goes first, all else of it last. Its policies are walked through on paper:
 *      where at some moment anybody would be asked for less than at both ends, nothing is
 *      done (okta_order_between.c).
 *   7. What a chain needs and is inactive, an authenticator or a method of it, is activated
 *      before any rule that asks for it is written, which Okta would refuse else. No chain
 *      gets another way in by that: chains name their methods, and of a method that a
 *      chain of the org names the authenticator is active, since Okta lets none go that is
 *      used. An assurance that names no methods is another thing: it takes whatever is
 *      active, from people who have enrolled. The plan says of each activation which rules
 *      those are, and shows it among the decisions that change; while it goes, such a rule
 *      of a policy that is about to be replaced takes it, too.
 */
#ifndef WP_EMIT_OKTA_ORDER_H
#define WP_EMIT_OKTA_ORDER_H

#include "compiler/emit/okta/okta_body.h"

#define WP_OKTA_REPLACED " (replaced by woapol)"
#define WP_OKTA_NEW " (new)"
/* In the summary of a call that activates what some rules take unasked. */
#define WP_OKTA_CHOICE ": where people choose their factors, as by "

/* Which sessions change before apps: those that ask for more whoever it is; those that ask
 * for a second factor, at their place or, until apps have changed, behind all others; all;
 * or none. */
enum wp_okta_session_way {
    WP_OKTA_SESSION_SURE,
    WP_OKTA_SESSION_SECOND,
    WP_OKTA_SESSION_BEHIND,
    WP_OKTA_SESSION_FIRST,
    WP_OKTA_SESSION_LAST,
    WP_OKTA_SESSION_WAYS
};

struct wp_okta_order {
    const struct wp_session *session;
    const struct wp_state *desired, *current;
    const struct wp_plan_options *options;
    struct wp_plan *plan;
    struct wp_problem *problem;
    struct wp_arena *arena;
    struct wp_state work; /* what the org holds after the calls so far */
    const char *stage;
    size_t last_quiet, last_live; /* calls: before the first that changes a decision; the last */
    bool has_live;
    /* Calls that change what apps' policies decide: the first, and the last. */
    size_t first_app, last_app;
    bool has_app;
    enum wp_okta_session_way session_way;
    bool sessions_fail; /* the only thing that is wrong */
};

/* ---- okta_order_calls.c: calls, done to `work` as they are added ---- */

struct wp_okta_call {
    enum wp_verb verb;
    const char *kind, *key, *name;
    const char *method, *path;
    json_t *send, *after; /* taken over */
    struct wp_span span;
    bool live; /* decisions change by it */
    const char *summary;
};
void wp_okta_order_call(struct wp_okta_order *order, const struct wp_okta_call *call);

/* "/api/v1/zones/nzo1", or with {key} for what has no identifier yet. */
const char *wp_okta_order_path(const struct wp_okta_order *order, const char *base,
                               const char *key);
/* The same for a rule. */
const char *wp_okta_order_rule_path(const struct wp_okta_order *order, const char *policy_key,
                                    const char *rule_key);
/* The body with its name, as it is sent. */
json_t *wp_okta_order_send(const char *name, const char *type, const json_t *body);
/* A name for what is replaced, or new: free in `work`, and not too long. */
const char *wp_okta_order_spare(const struct wp_okta_order *order, const char *kind,
                                const char *owner, const char *name, const char *mark);

/* ---- okta_order_rules.c: a policy's rules in place ---- */

struct wp_okta_rules_edit {
    const char *kind;               /* "rule", "session_rule" or "routing_rule" */
    const struct wp_object *policy; /* in `work` */
    const char *owner;              /* the key's middle, NULL for routing rules */
    bool live;
    bool keep_foreign; /* rules that nobody asks for stay behind those that are asked for */
};
/* How many calls bring the rules of the policy to what is wanted; 1 is one moment. */
size_t wp_okta_edit_cost(struct wp_okta_order *order, const struct wp_okta_rules_edit *edit);
bool wp_okta_edit(struct wp_okta_order *order, const struct wp_okta_rules_edit *edit);

/* ---- okta_order_shared.c: zones and device assurance ---- */

bool wp_okta_order_shared(struct wp_okta_order *order);
void wp_okta_order_sweep(struct wp_okta_order *order);

/* ---- okta_order_identity.c: identity providers, keys, routing ---- */

bool wp_okta_order_identity(struct wp_okta_order *order);

/* ---- okta_order_authenticator.c: what chains need, before there are chains that need it; and
 * back, when there are none any more ---- */

bool wp_okta_order_authenticators(struct wp_okta_order *order, bool before);

/* ---- okta_order_session.c ---- */

bool wp_okta_order_session(struct wp_okta_order *order, bool before_apps);
void wp_okta_place_sessions(struct wp_okta_order *order);

/* ---- okta_order_between.c: are sessions asked for less on the way? Refuses then. ---- */

bool wp_okta_check_sessions(struct wp_okta_order *order);

/* ---- questions about states ---- */

/* Does woapol keep the policy: does its description end with the mark? */
bool wp_okta_is_owned(const struct wp_object *policy);
/* Does any rule of the state speak of the object? With `foreign` only rules of
 * policies that woapol does not keep. Gives the rule's key, or NULL. */
const char *wp_okta_user_of(const struct wp_okta_order *order, const struct wp_state *state,
                            const char *key, bool foreign);
/* Is an app assigned to the policy? */
bool wp_okta_is_bound(const struct wp_state *state, const char *policy_key);
/* Do the rules of a policy, or catch-all, differ from what is wanted? */
bool wp_okta_rules_differ(const struct wp_okta_order *order, const struct wp_state *state,
                          const char *kind, const char *policy);
bool wp_okta_same_but_place(const json_t *a, const json_t *b);

#endif
