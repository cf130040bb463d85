/*
 * What an Okta org decides, as a policy. The one place where that is written.
 *
 *   - An app has one access policy. Its active rules are tried in the order of their
 *     priorities, the first of which all conditions hold decides; the catch-all rule
 *     is last. Apps without a policy of their own have the org's default one.
 *   - Conditions of different kinds must all hold; of a list, one must; what is
 *     excluded is excluded whatever is included.
 *   - The global session policy decides beside it, chosen by group, rules again in
 *     order, the next policy where none of a policy's rules fits. People must satisfy
 *     both, and either can deny.
 *   - A zone holds a sign-in by okta_zone.h; a request of woapol has one address.
 *   - A platform is what Okta takes a device for. `as_seen` tells which devices the
 *     policy speaks of: those that Okta sees, as sources for Okta do (an iPad's Safari
 *     is a Mac), or the real ones.
 *
 * What woapol cannot say is said in a comment, the rule then denies as much as it
 * could decide, and lifting fails with the first such thing in *problem: the source
 * is whole all the same, and lets nobody in whom the org does not.
 */
#ifndef WP_EMIT_OKTA_LIFT_H
#define WP_EMIT_OKTA_LIFT_H

#include "compiler/compile.h"
#include "compiler/emit/okta/okta_body.h"

struct wp_okta_lift_options {
    bool real_devices; /* speak of the devices there are, not of those that Okta sees */
};

bool wp_okta_lift_as(const struct wp_session *session, const struct wp_state *state,
                     const struct wp_okta_lift_options *options, struct wp_buffer *source,
                     struct wp_problem *problem);

/* ---- within lifting ------------------------------------------------------------------- */

struct wp_okta_lift {
    const struct wp_session *session;
    const struct wp_state *state;
    const struct wp_model *words; /* devices and methods: the session's model, or the prelude */
    struct wp_okta_lift_options options;
    struct wp_arena *arena;
    struct wp_problem *problem;
    struct wp_buffer *out;
    json_t *names;   /* key of an object: its name in the source */
    json_t *taken;   /* "kind name" that are given away */
    json_t *zones;   /* key of a zone: the key of the zone that it is a part of */
    json_t *chains;  /* of each chain of the source: {"name", "chains", "ways", "text"} */
    json_t *assured; /* requirements of assurance: the chains that they come to */
    /* What the global session policy does: names of conditions, joined by or; NULL: to
     * nobody. */
    const char *denied, *password, *two;
    bool asks_password, asks_two; /* of those of whom the rule at hand speaks */
    const char *where;            /* the policy and rule at hand, for messages */
    const char *doubts;           /* of the rule at hand: comment lines, "" for none */
};

/* Text to the end of the source. */
void wp_okta_lift_put(struct wp_okta_lift *lift, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Notes what cannot be said of the rule at hand. */
void wp_okta_lift_cannot(struct wp_okta_lift *lift, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* okta_lift_names.c: the name of an object in the source, and a string literal. */
const char *wp_okta_lift_name(struct wp_okta_lift *lift, const char *kind, const char *key,
                              const char *wanted);
const char *wp_okta_lift_quote(struct wp_okta_lift *lift, const char *text);
/* The thing of the session's model that has this name in the tenant, or NULL. */
const struct wp_thing *wp_okta_lift_thing(const struct wp_okta_lift *lift,
                                          const struct wp_thing *things, uint32_t count,
                                          const char *name);

/* okta_lift_rule.c: a rule's conditions joined by `and`, "" when there are none. What
 * cannot be said is left out and noted. */
const char *wp_okta_lift_conditions(struct wp_okta_lift *lift, const json_t *conditions);
/* Notes all parts of the object at `place` whose names are not among the known ones,
 * which spaces separate: they may decide something. */
void wp_okta_lift_only(struct wp_okta_lift *lift, const json_t *object, const char *place,
                       const char *known);

/* okta_lift_chain.c: "deny", or "authenticate Strong every 8h". */
const char *wp_okta_lift_action(struct wp_okta_lift *lift, const json_t *sign_on);
/* What the source's chains are in Okta, to be recognised. */
void wp_okta_lift_chains(struct wp_okta_lift *lift);

/* okta_lift_assurance.c: the chains that satisfy requirements of that sort, with what the
 * global session policy asks for in addition; NULL when it cannot be told. */
json_t *wp_okta_lift_assurance(struct wp_okta_lift *lift, const json_t *method);
/* The method's authenticator, where the org has it and it is active; NULL else. */
const struct wp_object *wp_okta_lift_authenticator(const struct wp_okta_lift *lift,
                                                   const struct wp_thing *method);

/* okta_lift_session.c: writes conditions for what the global session policy denies. */
void wp_okta_lift_session(struct wp_okta_lift *lift);

/* One Okta method, and the methods that mean it. */
json_t *wp_okta_method_uses(struct wp_okta_lift *lift, const struct wp_thing *method);

/* okta_lift_declare.c: all that stands before the rules, whose text is given. */
void wp_okta_lift_declare(struct wp_okta_lift *lift, const char *rules);

/* Is the app one that the source speaks of and this tenant decides (without a source:
 * any)? And what it is called there. */
bool wp_okta_lift_governs(const struct wp_okta_lift *lift, const struct wp_object *binding);
const char *wp_okta_lift_app_name(struct wp_okta_lift *lift, const struct wp_object *binding);

/* The policy's rules in their order, the system's last; how many. */
size_t wp_okta_rules_of(struct wp_arena *arena, const struct wp_state *state, const char *kind,
                        const char *policy, const struct wp_object ***rules);

#endif
