/*
 * What an Okta org decides, worked out from its objects as Okta documents it, for
 * tests to hold against the source's decisions. Written from Okta's semantics, not
 * from the emitter: it reads bodies and knows nothing of models.
 */
#ifndef TESTS_UNIT_OKTA_JUDGE_H
#define TESTS_UNIT_OKTA_JUDGE_H

#include "compiler/emit/state.h"

/* A sign-in as Okta sees it. */
struct okta_sign_in {
    const char *app;       /* label; NULL: one that no policy was assigned to */
    const char *address;   /* as text */
    const char *type, *os; /* platform */
    const char *risk;      /* LOW, MEDIUM, HIGH */
    bool registered, managed;
    bool compliant;            /* what the posture provider says */
    const char *user;          /* login */
    const char *const *groups; /* NULL-terminated names */
};

struct okta_verdict {
    const char *policy, *rule; /* of the objects' keys */
    json_t *sign_on;           /* actions.appSignOn; borrowed */
};

/* NULL when all is well, else what cannot be judged. */
const char *okta_judge(const struct wp_state *state, const struct okta_sign_in *sign_in,
                       struct okta_verdict *verdict);

#endif
