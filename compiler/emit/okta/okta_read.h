/* Reading an org through a door: the transport's, or a test's. */
#ifndef WP_EMIT_OKTA_READ_H
#define WP_EMIT_OKTA_READ_H

#include "compiler/emit/okta/okta_body.h"

/*
 * `get` answers with the status as well: *json is NULL unless it is 200. False means
 * that there was no answer, or one that is neither 200 nor 404; *problem says why.
 */
struct wp_okta_door {
    bool (*list)(void *context, const char *path, json_t **array, struct wp_problem *problem);
    bool (*get)(void *context, const char *path, json_t **json, unsigned *status,
                struct wp_problem *problem);
    void *context;
};
struct wp_okta_door wp_okta_transport_door(struct wp_transport *transport);

/* A list of objects of that kind, looked over (okta_check.h); NULL on false. */
bool wp_okta_list(const struct wp_okta_door *door, const char *kind, const char *path,
                  json_t **array, struct wp_problem *problem);

bool wp_okta_read_through(struct wp_session *session, const struct wp_okta_door *door,
                          struct wp_state *state, struct wp_problem *problem);
bool wp_okta_look_through(struct wp_session *session, const struct wp_okta_door *door,
                          struct wp_state *state, const char *key, struct wp_object **found,
                          struct wp_problem *problem);

/* Puts an answered object into the state under that name, its references named as
 * far as they are known. NULL, with a problem, when it is none of that kind. */
struct wp_object *wp_okta_put(struct wp_state *state, const struct wp_okta_key *key,
                              const json_t *answer, size_t rank, struct wp_problem *problem);
/* The same under the name that it has. Where another object has that name, this one
 * is known by name and identifier: "Staff (00g1)". */
struct wp_object *wp_okta_put_new(struct wp_state *state, const char *kind, const char *owner,
                                  const json_t *answer, size_t rank, struct wp_problem *problem);
/* An answer's identifier, "" without. */
const char *wp_okta_id(const char *kind, const json_t *answer);

/* Puts a policy's rules into the state, ranked by their priorities; those of that
 * policy that are not in the list are taken out. */
bool wp_okta_put_rules(struct wp_state *state, const char *kind, const struct wp_object *policy,
                       const json_t *answers, struct wp_problem *problem);

/* Puts the methods of the authenticator of that name into the state. */
bool wp_okta_put_methods(struct wp_state *state, const char *authenticator, const json_t *answers,
                         struct wp_problem *problem);
/* Reads them, where the authenticator has several. */
bool wp_okta_read_methods(const struct wp_okta_door *door, struct wp_state *state,
                          const struct wp_object *authenticator, struct wp_problem *problem);

/* okta_enroll.c: reads who may enroll in what, for wp_okta_remarks. */
bool wp_okta_read_enrollment(struct wp_session *session, const struct wp_okta_door *door,
                             struct wp_problem *problem);

/* The groups and users that are named by identifier in the conditions of a policy
 * or rule are added as keys of the two objects. */
void wp_okta_gather_people(const json_t *answer, json_t *groups, json_t *users);

/* Reads those groups and users, and the groups and users of the session's model, and
 * adds them. */
bool wp_okta_read_people(struct wp_session *session, const struct wp_okta_door *door,
                         struct wp_state *state, const json_t *groups, const json_t *users,
                         struct wp_problem *problem);

/* `text` escaped for an URL, in the arena. */
const char *wp_okta_escape(struct wp_arena *arena, const char *text);

#endif
