/*
 * What a state of a tenant decides: its objects lifted to a source, and that
 * compiled in memory to a model that the analyses can ask.
 */
#ifndef WP_EMIT_MEANING_H
#define WP_EMIT_MEANING_H

#include "compiler/compile.h"
#include "compiler/emit/tenant.h"

struct wp_meaning {
    const char *source; /* NUL-terminated, in the arena it was made with */
    size_t length;
    bool has_model;
    struct wp_compilation compilation; /* .model, once it is compiled */
};

/* Lifts the state to a source. On false there may be one all the same, with comments
 * where something cannot be said: for people to read. */
bool wp_meaning_lift(struct wp_meaning *meaning, struct wp_arena *arena,
                     const struct wp_session *session, const struct wp_state *state,
                     struct wp_problem *problem);

/* Compiles it. */
bool wp_meaning_compile(struct wp_meaning *meaning, struct wp_problem *problem);

/* Both. To be ended with wp_meaning_end in any case; a zeroed one may be, too. */
bool wp_meaning_make(struct wp_meaning *meaning, struct wp_arena *arena,
                     const struct wp_session *session, const struct wp_state *state,
                     struct wp_problem *problem);
void wp_meaning_end(struct wp_meaning *meaning);

/* `state` after the call: its object has the body that the call gives it, and what
 * the kind says follows from that has followed. */
void wp_call_apply(const struct wp_session *session, struct wp_state *state,
                   const struct wp_call *call);

#endif
