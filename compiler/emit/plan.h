/*
 * From what a tenant holds to what it is to hold: calls in the one safe order.
 *
 * A plan is data. Comparing two states gives changes; a tenant kind orders them
 * into calls, each one write of its interface with what must be true after
 * it; pushing (push.h) carries them out one by one, reads back after each, and
 * keeps a journal. A plan can be saved, and is refused when the tenant is no
 * longer what it was made for.
 */
#ifndef WP_EMIT_PLAN_H
#define WP_EMIT_PLAN_H

#include "compiler/emit/problem.h"
#include "compiler/emit/state.h"

enum wp_verb { WP_CREATE, WP_UPDATE, WP_DELETE, WP_ACTIVATE, WP_DEACTIVATE, WP_ASSIGN };

/*
 * One write. `path` may hold {key} for the identifier of an object that an
 * earlier action makes: "/api/v1/policies/{policy/Finance}/rules". `send` may
 * hold references. After it the object `key` has the body `after` (NULL: it is
 * gone); before it had `before` (NULL: it was not there), which is what rollback
 * goes back to.
 */
struct wp_call {
    enum wp_verb verb;
    const char *kind, *key, *name;
    const char *method, *path;
    const char *media; /* content type; NULL: application/json */
    json_t *send;      /* NULL: no body */
    json_t *before, *after;
    const char *summary; /* what changes in the console, one line */
    struct wp_span span; /* what of the source asks for it */
    const char *stage;   /* "networks", "rules beside", "swap": for people */
    bool checkpoint;     /* the tenant decides by one policy, whole, from here on */
};

struct wp_plan {
    struct wp_arena *arena;
    const char *tenant, *tenant_kind, *url; /* tenant: NULL without a block */
    char fingerprint[65];                   /* of the state that was read */
    char desired[65];                       /* of the state that is wanted */
    struct wp_call *calls;
    size_t count, capacity;
    const char **foreign; /* keys of objects that nobody asks for and that stay */
    size_t foreign_count;
};

struct wp_plan_options {
    bool prune;     /* remove policies, zones and apps' bindings that woapol made and the source
                       no longer has */
    bool returning; /* the way back: desired is the whole tenant, and what it lacks is of the
                       push that is taken back */
    bool allow_narrowing; /* where a target cannot hold a part, leave it out and name it */
};

/* Adds a call; what it points to must live in the plan's arena, bodies are
 * taken over. */
struct wp_call *wp_plan_add(struct wp_plan *plan, enum wp_verb verb, const char *key);
void wp_plan_end(struct wp_plan *plan);

#endif
