/*
 * A kind of tenant that woapol can write to: the one list of what an Okta org and
 * an Access tenant have to say for themselves. The engine (plan, push, pull,
 * drift, rollback, prove) knows nothing else of either.
 *
 * `desire`, `order` and `lift` are pure. `read`, `look` and nothing else talk to
 * the tenant, through the session's transport; writes are calls, sent by the
 * engine alone, so what only plans or compares cannot write.
 */
#ifndef WP_EMIT_TENANT_H
#define WP_EMIT_TENANT_H

#include "compiler/buffer.h"
#include "compiler/emit/plan.h"
#include "compiler/emit/state.h"
#include "compiler/emit/transport.h"
#include "compiler/model.h"

/* One tenant of a source, and how it is reached. `transport` is NULL where
 * nothing may be read. */
struct wp_session {
    struct wp_arena *arena;
    const struct wp_model *model;        /* NULL for a pull without a source */
    const struct wp_declaration *tenant; /* its block; NULL for a pull without a source */
    const struct wp_tenant_kind *kind;
    struct wp_transport *transport;
    void *memory; /* the kind's own: an engine found, a wire profile */
    /* Where the secrets of new clients go: a file of mode 0600 that they are added to, or
     * the standard input of a command. NULL: nowhere, so that none can be made. */
    const char *secrets_file, *secrets_command;
};

struct wp_readings;

/* The device types that a tenant can tell, and those that it can learn to be managed or
 * compliant, as masks in the session's model; bit 0: of no type that is named. */
struct wp_sight {
    uint64_t devices, managed, compliant;
};

struct wp_tenant_kind {
    const char *name;  /* "okta": the kind of a `tenant` block */
    const char *label; /* "Okta" */

    /*
     * The objects that the model demands of this tenant: the policies that its
     * `decides` names (all without one) and what they need. Findings WOA6xxx say,
     * at the span, what cannot be held; false when one is an error.
     */
    bool (*desire)(const struct wp_session *session, const struct wp_plan_options *options,
                   struct wp_state *state, struct wp_diagnostics *diagnostics);

    /* Everything that bears on decisions, in canonical form. */
    bool (*read)(struct wp_session *session, struct wp_state *state, struct wp_problem *problem);

    /* One object anew, by its key, given what is known: for reading back, and for
     * finding out what became of a write whose answer was lost. *found is NULL
     * when it is not there; else it is added to or replaced in `state`. */
    bool (*look)(struct wp_session *session, struct wp_state *state, const char *key,
                 struct wp_object **found, struct wp_problem *problem);

    /* Calls from current to desired, in an order in which no intermediate state
     * lets anybody in whom neither end does, where the tenant's interface has one. */
    bool (*order)(const struct wp_session *session, const struct wp_state *desired,
                  const struct wp_state *current, const struct wp_plan_options *options,
                  struct wp_plan *plan, struct wp_problem *problem);

    /*
     * What the objects decide, as a woapol source: the meaning of this kind of
     * tenant, written once. `prove --target` compiles it and compares; `pull`
     * prints it. Names come from the objects, and from the session's model where
     * it calls the same thing otherwise. Things that cannot be said in woapol are
     * findings in comments and in *problem when they bear on decisions.
     */
    bool (*lift)(const struct wp_session *session, const struct wp_state *state,
                 struct wp_buffer *source, struct wp_problem *problem);

    /* Turns an answer of the tenant into one line; for the transport's problems. */
    bool (*explain_error)(const json_t *answer, char *text, size_t size);

    /* ---- what a kind need not have: NULL then ---- */

    /*
     * What a call changes in the tenant besides its own object, done to `state`,
     * where the call's own change is done already: a rule that comes with a new
     * policy, rules that move, what goes with a policy that is removed. Pure. Plans
     * are checked with it, intermediate states judged, and an interrupted push is
     * held against it, so what a tenant does by itself is not taken for a stranger.
     */
    void (*effect)(const struct wp_session *session, struct wp_state *state,
                   const struct wp_call *call);

    /*
     * The secret that stands in a call's `send` as {"$secret": key}: asked for right
     * before the call is sent, at most once for each, and never written anywhere by
     * the engine. The kind has delivered it to whoever needs it when it returns. The
     * text is the caller's to wipe and free.
     */
    char *(*secret)(struct wp_session *session, const char *key, struct wp_problem *problem);

    /*
     * The answer of a call (NULL: it had no body), taken for the object as it is now,
     * where the tenant answers a write with what it holds. *found is NULL when that
     * cannot be told from it: the object is looked at then.
     */
    bool (*take)(struct wp_session *session, struct wp_state *state, const char *key,
                 const json_t *answer, struct wp_object **found, struct wp_problem *problem);

    /* Who is at work: the user's name as requests have it, and the names of the
     * user's groups, NULL-terminated, in the session's arena. *user is NULL when it
     * is nobody who signs in (an API client). */
    bool (*identity)(struct wp_session *session, const char **user, const char *const **groups,
                     struct wp_problem *problem);

    /*
     * The steps that people have to take, since the interface has no call for them, as
     * Markdown: "- [ ] " begins a step; what proves it done stands below. Written
     * behind the plan's own calls. Pure.
     */
    bool (*runbook)(const struct wp_session *session, const struct wp_state *desired,
                    const struct wp_state *current, struct wp_buffer *markdown,
                    struct wp_problem *problem);

    /*
     * Holds an export of the tenant against those steps: a line for each that is not done,
     * naming it and what is there instead; *missing is how many. False with a problem when
     * the export is none. Pure.
     */
    bool (*verify_export)(const struct wp_session *session, const json_t *export,
                          struct wp_buffer *lines, size_t *missing, struct wp_problem *problem);

    /* A copy of a model as far as this kind of tenant can tell requests and decisions
     * apart: what a source is held against what was lifted with. NULL: as it is. */
    struct wp_model *(*as_seen)(struct wp_arena *arena, const struct wp_model *from);

    /* A copy of a model with decisions as far as this kind of tenant can tell them apart.
     * NULL: as it is. */
    const struct wp_model *(*as_told)(struct wp_arena *arena, const struct wp_model *from);

    /* What of a sign-in the tenant can tell at all; NULL: everything. */
    void (*sight)(const struct wp_session *session, struct wp_sight *sight);

    /* Where no document says what the tenant does: as the tenant block settles it, or
     * another reading of readings->model besides (readings.h). Pure. NULL: nothing is open. */
    void (*readings)(const struct wp_session *session, struct wp_arena *arena,
                     struct wp_readings *readings);

    /* What is to be known before anything is written, as a sentence without a full
     * stop: a push is refused for it unless it is accepted. NULL: nothing. */
    const char *(*caution)(const struct wp_session *session);

    /* What there is to know of what is wanted and of the calls, by what was read last, that is
     * no obstacle: a sentence a line. Pure. NULL: nothing. */
    void (*remarks)(const struct wp_session *session, const struct wp_state *desired,
                    const struct wp_plan *plan, struct wp_buffer *lines);

    /* Learns from the tenant's answers how its interface looks: a profile that a tenant
     * block can name, and, a line each, what is new in it. */
    bool (*capture)(struct wp_session *session, json_t **profile, struct wp_buffer *report,
                    struct wp_problem *problem);
};

/* tenants.def: WP_TENANT_KIND(okta) for each; wp_tenant_okta is the struct. */
#define WP_TENANT_KIND(name) extern const struct wp_tenant_kind wp_tenant_##name;
#include "compiler/emit/tenants.def"
#undef WP_TENANT_KIND

/* The kind of that name, or NULL. */
const struct wp_tenant_kind *wp_tenant_kind_find(const char *name);

#endif
