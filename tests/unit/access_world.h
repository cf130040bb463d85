/* An Access tenant in memory, for tests: what its objects decide, put as plainly as
 * the vendor's documents do, and policies that such a tenant can hold. */
#ifndef TESTS_UNIT_ACCESS_WORLD_H
#define TESTS_UNIT_ACCESS_WORLD_H

#include "compiler/compile.h"
#include "compiler/emit/tenant.h"
#include "compiler/request.h"

/* A random source with one Access tenant. Most of them can be held. */
char *access_random_source(uint64_t seed);

/* A sign-in, as the source and as the tenant see it. */
struct access_sign_in {
    const char *address; /* or NULL */
    const char *device;  /* or NULL */
    const char *app;     /* the tenant's name of it, or NULL */
    const char *groups[4];
    size_t group_count;
    bool in_browser;
    const char *platform; /* under Intelligent Hub; the request does not say */
};
void access_random_sign_in(uint64_t *state, struct access_sign_in *sign_in);

/* The request for wp_walk. */
void access_request(struct wp_arena *arena, const struct wp_model *model,
                    const struct access_sign_in *sign_in, struct wp_request *request);

/* The rule of the tenant's objects that decides; NULL: none does, which denies. */
const json_t *access_decide(const struct wp_state *state, const struct access_sign_in *sign_in);

/* "authenticate UEM Token>Password|Password 28800 message", of either. */
const char *access_rule_text(struct wp_arena *arena, const json_t *rule);
const char *access_walk_text(struct wp_arena *arena, const struct wp_session *session,
                             const struct wp_request *request);

/* The tenant block of the model, and a session for it. */
struct wp_session access_session(struct wp_arena *arena, const struct wp_model *model);

#endif
