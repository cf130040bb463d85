/*
 * A kind of tenant that lives in memory, with habits of its own: rules have ranks
 * without gaps and push each other about, a new policy comes with a rule that lets
 * everybody in, and keys that it does not know vanish without a word.
 *
 * zone    {"ranges": ["10.0.0.0/8"]}
 * policy  {"app": null}                         the one without an app is the default
 * rule    {"rank": 0, "when": "managed", "then": "allow"}; "Catch-all" is the system's
 */
#ifndef TESTS_UNIT_TOY_TENANT_H
#define TESTS_UNIT_TOY_TENANT_H

#include "compiler/emit/push.h"

/* What goes wrong at one request, counted from 0. */
enum toy_fault {
    TOY_NO_FAULT,
    TOY_CUT_BEFORE,   /* the connection goes before the request has an effect, */
    TOY_CUT_AFTER,    /* or after it; nothing works until toy_mend */
    TOY_ERROR_BEFORE, /* 503, and it had none; only once */
    TOY_ERROR_AFTER,  /* 500, though it had one; only once */
    TOY_LAG,          /* the next look shows what was there before */
    TOY_STRANGER      /* somebody else changes the object before it is looked at */
};

struct toy {
    struct wp_arena *arena;
    struct wp_state objects; /* as the tenant has them */
    unsigned next_id;
    size_t requests, writes;
    enum toy_fault fault;
    size_t fault_at;
    bool is_cut, lags;
    const char *lagging;
    struct wp_object lagging_object; /* but for its body */
    json_t *lagging_body;
    bool drops;                     /* "then": "deny" is a word that it does not know */
    const char *secret;             /* the last one that it was sent */
    const struct wp_state *desired; /* what `desire` says */
};

extern const struct wp_tenant_kind toy_kind;

void toy_init(struct toy *toy, struct wp_arena *arena);
void toy_end(struct toy *toy);
void toy_mend(struct toy *toy);

/* A door for calls to it. */
struct wp_writer toy_writer(struct toy *toy);

/* An object put there by hand. */
void toy_put(struct toy *toy, const char *kind, const char *owner, const char *name, json_t *body);

/* A state to wish for: `size` zones and policies with rules, each chosen by
 * `random`. */
void toy_random_state(struct wp_state *state, struct wp_arena *arena, uint64_t random,
                      unsigned size);

#endif
