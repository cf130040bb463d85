/*
 * From a model to the objects of an Okta org: the parts that desire.c puts
 * together.
 *
 *   desire.c            policies, their apps, the org's default policy
 *   desire_line.c       a policy as lines that Okta's rules can hold, in order
 *   desire_split.c      one line as rules: risk, posture
 *   desire_check.c      what of a rule Okta cannot tell
 *   desire_term.c       what Okta can see of a term, and the algebra of terms
 *   desire_rule.c       a rule's body
 *   desire_zone.c       networks as zones
 *   desire_chain.c      decisions as verification methods
 *   desire_classic.c    app sign-on rules of the Classic Engine
 *   desire_identity.c   Workspace ONE as identity provider, routing, sessions
 *
 * docs/okta.md says why lowering is exact.
 */
#ifndef WP_EMIT_OKTA_DESIRE_H
#define WP_EMIT_OKTA_DESIRE_H

#include "compiler/emit/okta/okta.h"
#include "compiler/network_pool.h"

/* ---- what Okta sees ------------------------------------------------------------ */

/* A device type as Okta's policies call it; `type` is NULL when Okta has none. */
struct wp_okta_platform {
    const char *type, *os, *routing;
    const char *assurance; /* the platform of device assurance, or NULL */
};

struct wp_okta_devices {
    struct wp_okta_platform platforms[WP_MAX_DEVICES + 1];
    uint64_t seen;    /* those that Okta can see, and bit 0: of no kind that it knows */
    uint64_t assured; /* those whose compliance it can learn */
    uint64_t trusted; /* those that it can learn to be managed */
};

/* ---- a policy being lowered ------------------------------------------------------ */

/* One line: who meets the term gets the decision. */
struct wp_okta_line {
    struct wp_term term;
    const struct wp_model_rule *rule;  /* where it comes from; a policy's otherwise too */
    const struct wp_model_rule *ahead; /* the rule before which it had to be put, or NULL */
    bool denies;                       /* narrowed: deny whatever the rule says */
    struct wp_okta_line *next;
};

/* One rule of an org: its conditions are those of `term` (address, devices, users,
 * groups) and these. */
struct wp_okta_rule {
    const char *name;
    const struct wp_okta_line *line;
    int risk; /* enum wp_risk, or -1: any */
    bool managed, compliant;
};

struct wp_okta_rules {
    struct wp_okta_rule *items;
    uint32_t count, capacity;
};

/* ---- a run ------------------------------------------------------------------------- */

struct wp_okta_zone_set;
struct wp_desire_said;

struct wp_desire {
    const struct wp_session *session;
    const struct wp_plan_options *options;
    const struct wp_model *model;
    struct wp_arena *arena;
    struct wp_state *state;
    struct wp_diagnostics *diagnostics;
    bool classic; /* the Classic Engine */
    struct wp_okta_devices devices;
    struct wp_network_pool pool;
    uint32_t *pooled; /* a model's network to one of the pool */
    struct wp_okta_zone_set *zones;
    size_t zone_entries;
    uint32_t policies;
    struct wp_desire_said *said; /* the findings so far */
    bool failed;
    bool noted_message;
};

/* Where a finding belongs; `rule` may be NULL. */
struct wp_desire_place {
    struct wp_span span;
    const struct wp_policy *policy;
    const struct wp_model_rule *rule;
};

/*
 * Reports, once for each place, that the org cannot hold something. With
 * --allow-narrowing it is a warning, and the caller puts something stricter in its
 * place; else the run fails. `cure` is what to write instead.
 */
void wp_desire_refuse(struct wp_desire *desire, enum wp_diagnostic_kind kind,
                      const struct wp_desire_place *place, const char *cure, const char *format,
                      ...) __attribute__((format(printf, 5, 6)));
/* The same where there is nothing stricter to put: the run fails. */
void wp_desire_fail(struct wp_desire *desire, enum wp_diagnostic_kind kind,
                    const struct wp_desire_place *place, const char *cure, const char *format, ...)
    __attribute__((format(printf, 5, 6)));
/* Something to know that changes no decision. */
void wp_desire_note(struct wp_desire *desire, enum wp_diagnostic_kind kind,
                    const struct wp_desire_place *place, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Adds an object that the source asks for at `span`; `body` is taken over. */
struct wp_object *wp_desire_add(struct wp_desire *desire, const char *kind, const char *owner,
                                const char *name, json_t *body, struct wp_span span);
/* A reference to an object that must be there; adds it once. */
json_t *wp_desire_need(struct wp_desire *desire, const char *kind, const char *name,
                       struct wp_span span);

/* ---- desire_term.c ---- */

/*
 * Terms as Okta sees requests: every one has an address, entries are never told,
 * devices are those that Okta knows. A posture is then one of three risks and one
 * of four states, numbered compliant * 2 + managed.
 */
void wp_okta_devices_read(const struct wp_model *model, bool classic,
                          struct wp_okta_devices *devices);
/* Is the set the same whatever the entry? */
bool wp_okta_ignores_entry(uint64_t postures);
/* The states, as a mask, that go with a risk; and the postures of such masks. */
unsigned wp_okta_states(uint64_t postures, unsigned risk);
uint64_t wp_okta_postures(const unsigned states[WP_RISK_COUNT]);
/* With a state also those in which the device is managed or compliant as well: what
 * conditions without `not` can tell. */
uint64_t wp_okta_upwards(uint64_t postures);
/* Brings a term into a form in which equal ones look alike; false when Okta never
 * sees a request that meets it. */
bool wp_okta_term_see(struct wp_desire *desire, struct wp_term *term);
/* What both share, seen; false when that is nothing. */
bool wp_okta_term_meet(struct wp_desire *desire, const struct wp_term *a, const struct wp_term *b,
                       struct wp_term *both);

/* desire_line.c: the rules, with their names, that decide as the policy does for
 * `app` (WP_NONE: an app that the source does not name); who meets none gets the
 * policy's otherwise. */
void wp_desire_lines(struct wp_desire *desire, const struct wp_policy *policy, uint32_t app,
                     struct wp_okta_rules *rules);

/* ---- desire_check.c ---- */

/* Takes what depends on the entry out of a line: where the lines behind say the same
 * of `some` (is_same tells), nothing is lost; else it is reported. False when
 * nothing is left of the line. */
typedef bool (*wp_desire_same)(void *context, const struct wp_okta_line *line,
                               const struct wp_term *some);
bool wp_desire_check_entry(struct wp_desire *desire, const struct wp_policy *policy,
                           struct wp_okta_line *line, wp_desire_same is_same, void *context);

/* Reports what else of a rule's term Okta cannot tell, and narrows the term, or makes
 * it deny. False when nothing is left of it. */
bool wp_desire_check(struct wp_desire *desire, const struct wp_policy *policy,
                     struct wp_okta_line *line);

/* The device types of a mask, and those that Okta takes for one of them. */
uint64_t wp_okta_alike(const struct wp_desire *desire, uint64_t mask);
void wp_desire_refuse_alike(struct wp_desire *desire, const struct wp_policy *policy,
                            struct wp_okta_line *line);

/* desire_split.c: appends the rules of one line that Okta can hold. */
void wp_desire_split(struct wp_desire *desire, const struct wp_okta_line *line,
                     struct wp_okta_rules *rules);

/* desire_rule.c */
json_t *wp_desire_conditions(struct wp_desire *desire, const struct wp_policy *policy,
                             const struct wp_okta_rule *rule);

/* desire_zone.c, once the pool holds the model's networks. */
void wp_desire_zones_init(struct wp_desire *desire);
/* A network condition, NULL for any address. */
json_t *wp_desire_network(struct wp_desire *desire, const struct wp_policy *policy,
                          const struct wp_okta_line *line);

/* desire_chain.c: {"appSignOn": ...}. */
json_t *wp_desire_actions(struct wp_desire *desire, const struct wp_policy *policy,
                          const struct wp_model_rule *rule, bool denies);

/* Notes, once for a tenant, that the rule's message is not shown. */
void wp_desire_note_message(struct wp_desire *desire, const struct wp_policy *policy,
                            const struct wp_model_rule *rule);

/* desire_classic.c: the body of an app_rule (runbook.h). */
json_t *wp_desire_classic_rule(struct wp_desire *desire, const struct wp_policy *policy,
                               const struct wp_okta_rule *rule, uint32_t position);

/* desire_identity.c */
void wp_desire_identity(struct wp_desire *desire);

#endif
