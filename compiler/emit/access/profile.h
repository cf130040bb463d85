/*
 * Wire profiles: how the neutral objects of access.h look in one tenant's
 * interface. A profile is data, a JSON file of stdlib/ or one that `pull
 * --capture` wrote; what it says is listed in docs/access.md.
 *
 * A tenant block names it: `profile = "acs"`, or `profile = "corp.json"` beside
 * the folder in which woapol runs. Without that the generation is found out when
 * the tenant is read.
 */
#ifndef WP_EMIT_ACCESS_PROFILE_H
#define WP_EMIT_ACCESS_PROFILE_H

#include <jansson.h>

#include "compiler/emit/tenant.h"

/* What a session has found out of its tenant: wp_session.memory. */
struct wp_access_memory {
    const char *generation; /* "jersey" or "acs", or NULL: not known yet */
    bool vendor;            /* it takes vendor media types alone */
};

struct wp_access_profile {
    json_t *root;
    const char *name;
    bool vendor; /* media types of the vendor, or plain JSON */
    size_t most_message, most_chains, most_steps, most_rules;
};

/* The profile of the session's tenant. False when it is not there or is none. */
bool wp_access_profile_open(const struct wp_session *session, struct wp_access_profile *profile,
                            struct wp_problem *problem);
void wp_access_profile_close(struct wp_access_profile *profile);

/* The value at a path of keys joined by dots, or NULL; its text, or `absent`. */
json_t *wp_access_at(const json_t *object, const char *path);
const char *wp_access_text_at(const json_t *object, const char *path, const char *absent);

/* Puts `value`, which is taken over, at a path; makes objects on the way. */
void wp_access_put_at(json_t *object, const char *path, json_t *value);

/* Is it verified against real tenants for writing? */
bool wp_access_profile_is_verified(const struct wp_access_profile *profile);

/* "/SAAS/.../{policy/Finance}" from the pattern ".../{id}". */
const char *wp_access_path(struct wp_arena *arena, const char *pattern, const char *id);

#endif
