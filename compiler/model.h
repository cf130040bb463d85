/*
 * The policy model: what a source means, with all names resolved.
 *
 * Resolving and lowering make it; every later pass (analysis, code generation,
 * emitters) reads it and changes nothing. Things are numbered, and the numbers
 * are indices into the arrays below; every entry knows its place in the source.
 *
 * A request is a point in eight dimensions: address, device type, posture
 * (entry x risk x compliant x managed, one number), app, user, and the groups
 * the user is in. All but the groups are always known.
 */
#ifndef WP_COMPILER_MODEL_H
#define WP_COMPILER_MODEL_H

#include "lang/arena.h"
#include "lang/ast.h"
#include "lang/diagnostics.h"

struct wp_symbols;

/* An index that is none. */
#define WP_NONE UINT32_MAX

/* ---- addresses -------------------------------------------------------------- */

/* Inclusive ranges in host order, sorted, disjoint and not adjacent. */
struct wp_range4 {
    uint32_t low, high;
};
struct wp_address6 {
    uint64_t high, low; /* the upper and the lower 64 bits */
};
struct wp_range6 {
    struct wp_address6 low, high;
};

/* A set of addresses; `absent` says whether a request without an address counts
 * as inside (only complements have it). IPv4-mapped IPv6 addresses are in
 * `v4`, never in `v6`. Canonical: equal sets have equal arrays. */
struct wp_network {
    const struct wp_range4 *v4;
    const struct wp_range6 *v6;
    uint32_t v4_count, v6_count;
    bool absent;
};

/* ---- things with names -------------------------------------------------------- */

/* Declared things. `attributes` leads to what the declaration says beyond the
 * name (per-tenant names, factors, demands); see facts.h for reading them. */
struct wp_thing {
    const char *name;
    const char *directory; /* a group's or app's name in the directory, else NULL */
    struct wp_span span;   /* the name where it is declared */
    const struct wp_declaration *declaration;
};

/* A named network or device set, for naming regions in messages. */
struct wp_named_network {
    const char *name;
    struct wp_span span;
    uint32_t network; /* index into networks */
};
struct wp_named_devices {
    const char *name;
    struct wp_span span;
    uint64_t mask;
};

/* ---- the small dimensions ------------------------------------------------------ */

/* Device types are numbered from 1; 0 is an absent or unknown one. A set of
 * them is a mask; bit 0 stands for "none of the named". */
#define WP_MAX_DEVICES 63

/* Entries: 0 absent or unknown, then as here. */
enum wp_entry {
    WP_ENTRY_NONE,
    WP_ENTRY_BROWSER,
    WP_ENTRY_NATIVE_APP,
    WP_ENTRY_HUB,
    WP_ENTRY_OKTA_MOBILE,
    WP_ENTRY_COUNT
};
enum wp_risk { WP_RISK_LOW, WP_RISK_MEDIUM, WP_RISK_HIGH, WP_RISK_COUNT };

/* A posture is one number below WP_POSTURE_COUNT, a set of them a mask. */
#define WP_POSTURE_COUNT (WP_ENTRY_COUNT * WP_RISK_COUNT * 4)
#define WP_POSTURE_ALL ((UINT64_C(1) << WP_POSTURE_COUNT) - 1)
static inline unsigned
wp_posture(unsigned entry, unsigned risk, bool compliant, bool managed)
{
    return ((entry * WP_RISK_COUNT + risk) * 2 + compliant) * 2 + managed;
}

/* ---- conditions ------------------------------------------------------------------ */

/* A sorted set of numbers (apps, users, groups). */
struct wp_ids {
    const uint32_t *ids;
    uint32_t count;
};

/*
 * A condition, as written (`rule->when`): NOT has one part, AND and OR two or
 * more. Folded (`rule->folded`): negation normal form in which every
 * subcondition on one known dimension alone is a single leaf; NOT remains only
 * above GROUP. Both mean the same for every request, whether its groups are
 * complete or not: folding joins known dimensions only.
 */
enum wp_test_kind {
    WP_TEST_TRUE,
    WP_TEST_FALSE,
    WP_TEST_AND,
    WP_TEST_OR,
    WP_TEST_NOT,
    WP_TEST_NETWORK, /* networks[network] holds the address */
    WP_TEST_DEVICE,  /* mask has the device's bit */
    WP_TEST_POSTURE, /* mask has the posture's bit */
    WP_TEST_APP,     /* ids has the app; `others`: or it is none of the named */
    WP_TEST_USER,    /* as APP */
    WP_TEST_GROUP    /* the user is in any of ids */
};

struct wp_test {
    enum wp_test_kind kind;
    struct wp_span span;
    const struct wp_condition *source; /* the condition it came from, or NULL in folded trees */
    uint32_t network;
    uint64_t mask;
    struct wp_ids ids;
    bool others;
    struct wp_test **parts;
    uint32_t part_count;
    uint32_t named; /* as written: it stands for named condition number `named` - 1; else 0 */
};

/* A condition with a name. */
struct wp_named_test {
    const char *name;
    struct wp_span span;
    struct wp_test *test;
};

/* ---- outcomes ------------------------------------------------------------------------ */

/* A chain in normal form: alternatives, each a sequence of steps, each a set of
 * methods of which one suffices, in the order written. */
struct wp_step {
    const uint32_t *methods;
    uint32_t count;
};
struct wp_alternative {
    const struct wp_step *steps;
    uint32_t count;
};
struct wp_model_chain {
    const char *name; /* NULL for one written in a rule */
    struct wp_span span;
    const struct wp_alternative *alternatives;
    uint32_t count;
};

struct wp_decision {
    enum wp_effect effect;
    uint32_t chain;          /* index into chains, or WP_NONE */
    uint64_t reauth_seconds; /* or WP_NO_REAUTH */
    const char *message;     /* or NULL */
    struct wp_span span;
};
#define WP_NO_REAUTH UINT64_MAX

/* ---- terms ------------------------------------------------------------------------------ */

/* A set of apps or of users: those in `ids`, and with `others` whoever is none
 * of the named ones (or absent). */
struct wp_members {
    struct wp_ids ids;
    bool others;
};

/*
 * One disjunctive term of a folded condition: all of its parts hold. A condition
 * is true (or unknown) when one of its terms is; a FALSE one has no terms.
 */
struct wp_term {
    uint32_t network; /* index into networks, or WP_NONE: any address, or none */
    uint64_t devices; /* masks as in WP_TEST_DEVICE and WP_TEST_POSTURE; never 0 */
    uint64_t postures;
    const struct wp_members *apps;  /* NULL: any, or none */
    const struct wp_members *users; /* the same */
    const struct wp_ids *any;       /* the user is in some group of each of these */
    uint32_t any_count;
    struct wp_ids none; /* and in none of these */
};
#define WP_MAX_TERMS 4096 /* a condition */

/* ---- policies -------------------------------------------------------------------------- */

struct wp_model_rule {
    const char *name; /* NULL for otherwise, written or not */
    struct wp_span span;
    struct wp_span included_from; /* the include that brought it; file == WP_NO_FILE if none */
    bool report;
    struct wp_test *when; /* never NULL: TRUE without `when` */
    struct wp_test *folded;
    const struct wp_term *terms; /* of `folded` */
    uint32_t term_count;
    struct wp_decision decision;
    const struct wp_annotation *annotations;
    const struct wp_rule *source;
};

struct wp_policy {
    const char *name;
    struct wp_span span;
    bool is_default;
    struct wp_ids apps;          /* that select it */
    struct wp_model_rule *rules; /* in order, report rules among them */
    uint32_t rule_count;
    struct wp_model_rule otherwise; /* deny when none is written */
    bool has_otherwise;             /* one is written */
    const struct wp_annotation *annotations;
};

/* What the source declares to be true of the world, for analyses only: in every
 * request `premise` implies `conclusion`. */
struct wp_assumption {
    struct wp_span span;
    struct wp_test *premise; /* TRUE when none is written */
    struct wp_test *conclusion;
    struct wp_test *premise_folded;
    struct wp_test *conclusion_folded;
};

/* One line of a proof: never OUTCOMES when C, always OUTCOMES when C. */
struct wp_model_claim {
    struct wp_span span;
    const struct wp_claim *source; /* the outcomes, as written */
    struct wp_test *when;          /* never NULL: TRUE without `when` */
    struct wp_test *folded;
    const struct wp_term *terms;
    uint32_t term_count;
};
struct wp_model_proof {
    const char *name;
    struct wp_span span;
    const struct wp_declaration *declaration;
    struct wp_model_claim *claims;
    uint32_t claim_count;
};

/* A chain that a test or a proof speaks of: `authenticate Chain`. */
struct wp_expected_chain {
    const struct wp_chain *source;
    uint32_t chain; /* index into chains */
};

/* ---- the whole ------------------------------------------------------------------------------ */

struct wp_model {
    struct wp_arena *arena;
    struct wp_sources *sources;

    struct wp_thing *devices; /* base types; devices[0] is unused */
    uint32_t device_count;    /* types + 1 */
    struct wp_named_devices *device_sets;
    uint32_t device_set_count;
    struct wp_thing *groups;
    uint32_t group_count;
    struct wp_thing *apps;
    uint32_t app_count;
    struct wp_thing *methods;
    uint32_t method_count;
    const char **users; /* those that conditions name, sorted */
    uint32_t user_count;

    struct wp_network *networks; /* distinct sets; equal sets share one index */
    uint32_t network_count;
    struct wp_named_network *named_networks;
    uint32_t named_network_count;
    struct wp_named_test *conditions; /* those declared by `condition` */
    uint32_t condition_count;

    struct wp_model_chain *chains;
    uint32_t chain_count;
    struct wp_policy *policies;
    uint32_t policy_count;
    uint32_t *app_policy;    /* for each app its policy, or WP_NONE: the default one */
    uint32_t default_policy; /* or WP_NONE */

    struct wp_assumption *assumptions;
    uint32_t assumption_count;
    struct wp_model_proof *proofs;
    uint32_t proof_count;
    struct wp_expected_chain *expected_chains; /* in the order of files and places */
    uint32_t expected_chain_count;
    const struct wp_symbols *symbols; /* every declared name: symbols.h */

    /* The parsed files in the order of loading: tests, proofs, tenants, clients
     * and demands are read from there. files[0] is the one that was named. */
    struct wp_file **files;
    uint32_t file_count;
};

/* The chain of an outcome in `expect`, `never` or `always`, as an index into
 * chains; WP_NONE when `source` is none of those. */
uint32_t wp_expected_chain(const struct wp_model *model, const struct wp_chain *source);

#endif
