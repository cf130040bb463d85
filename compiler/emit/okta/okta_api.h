/*
 * Okta's interface: reading an org, writing to it in order, and what it means.
 *
 *   okta_read.c         lists, and nothing but lists: the whole org
 *   okta_look.c         one object anew
 *   okta_check.c        the types of all that is read
 *   okta_body.c         an answer's object to its canonical body (okta.h)
 *   okta_slots.c        the two priority models
 *   okta_order*.c       from one state to another, safely
 *   okta_enroll.c       authenticators that nobody may enroll in
 *   okta_effect.c       what Okta does by itself besides
 *   okta_lift*.c        the meaning, as a source
 */
#ifndef WP_EMIT_OKTA_API_H
#define WP_EMIT_OKTA_API_H

#include "compiler/emit/okta/okta.h"

/* What a session remembers of its org. */
struct wp_okta_memory {
    bool is_known; /* the engine was asked for */
    bool is_classic;
    /* Keys of authenticators that all enrollment policies keep people out of; NULL ends them,
     * and NULL alone stands for none. */
    const char *const *closed;
};

/* ---- bodies ------------------------------------------------------------------------- */

/*
 * The canonical body of an object as Okta answers it; references take the names
 * that `state` knows, other identifiers stay as they are. `rank` is for rules, which
 * have their place among their policy's rules for a priority. NULL when it is no
 * JSON object. The caller owns it.
 */
json_t *wp_okta_body(const struct wp_state *state, const char *kind, const json_t *answer,
                     size_t rank);

/* The policy kind of a kind of rules: "rule" is of "policy"; NULL for others. */
const char *wp_okta_policy_kind(const char *rule_kind);

/* The name of an answered object, as its key has it: a label, a login, "Default
 * Policy" for a default one, a certificate's digest. In the arena; NULL: it has
 * none. */
const char *wp_okta_name(struct wp_arena *arena, const char *kind, const json_t *answer);

/* Is it the tenant's own: a default policy, a catch-all or default rule? */
bool wp_okta_is_system(const json_t *answer);

/* SHA-256 of a certificate in base64 as 64 hex digits; false when it is not one. */
bool wp_okta_certificate_digest(const char *base64, char digits[65]);

/* ---- keys ---------------------------------------------------------------------------- */

/* The parts of a key, unescaped, in the arena; owner is NULL where there is none. */
struct wp_okta_key {
    const char *kind, *owner, *name;
};
struct wp_okta_key wp_okta_key_read(struct wp_arena *arena, const char *key);

/* ---- tenant.h ------------------------------------------------------------------------- */

bool wp_okta_read(struct wp_session *session, struct wp_state *state, struct wp_problem *problem);
bool wp_okta_look(struct wp_session *session, struct wp_state *state, const char *key,
                  struct wp_object **found, struct wp_problem *problem);
bool wp_okta_take(struct wp_session *session, struct wp_state *state, const char *key,
                  const json_t *answer, struct wp_object **found, struct wp_problem *problem);
bool wp_okta_identity(struct wp_session *session, const char **user, const char *const **groups,
                      struct wp_problem *problem);
bool wp_okta_order(const struct wp_session *session, const struct wp_state *desired,
                   const struct wp_state *current, const struct wp_plan_options *options,
                   struct wp_plan *plan, struct wp_problem *problem);
void wp_okta_effect(const struct wp_session *session, struct wp_state *state,
                    const struct wp_call *call);
void wp_okta_remarks(const struct wp_session *session, const struct wp_state *desired,
                     const struct wp_plan *plan, struct wp_buffer *lines);
bool wp_okta_lift(const struct wp_session *session, const struct wp_state *state,
                  struct wp_buffer *source, struct wp_problem *problem);
bool wp_okta_explain_error(const json_t *answer, char *text, size_t size);

#endif
