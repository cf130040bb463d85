/*
 * Who is in which groups, in three directories: exports of Access, Okta and UEM, each
 * with the groups' names as that tenant has them, held against each other.
 *
 * What matters is what differs in decisions: for whoever is not in the same groups
 * everywhere, the policies that decide some sign-in otherwise with the groups of one
 * directory than with those of another, and the smallest such sign-in.
 */
#ifndef WP_SYNC_SYNC_H
#define WP_SYNC_SYNC_H

#include "compiler/analysis/analysis.h"
#include "compiler/model.h"
#include "compiler/replay/people.h"

enum wp_directory { WP_DIRECTORY_ACCESS, WP_DIRECTORY_OKTA, WP_DIRECTORY_UEM, WP_DIRECTORIES };

/* "access", "Access". */
const char *wp_directory_kind(enum wp_directory directory);
const char *wp_directory_label(enum wp_directory directory);

/* A group of the source by a name that it has in a directory. */
struct wp_group_name {
    const char *name;
    uint32_t group;
};

struct wp_sync_side {
    struct wp_people *people;          /* NULL: there is no export */
    const struct wp_group_name *names; /* sorted by name */
    const char **called;               /* by group: its name there */
    uint32_t *members;                 /* by group: how many have it, once all were compared */
    size_t users;
    size_t keyless; /* that the export has no key of, once all were compared */
};

/* A policy that decides some sign-in of a person otherwise. */
struct wp_sync_effect {
    uint32_t policy;
    enum wp_directory sides[2];
    const char *decisions[2], *rules[2]; /* with the groups of each; a rule is NULL: otherwise */
    const char *request;                 /* JSON; without groups and user */
};

/* A person that differs. Good until the next. */
struct wp_sync_person {
    struct woapol_text name; /* in the first directory that knows the person */
    struct woapol_text key;  /* by which the directories' people were joined */
    struct woapol_text names[WP_DIRECTORIES];
    unsigned doubles;       /* directories in which several people have that key: nothing is sure */
    unsigned present;       /* by directory: a bit */
    const uint32_t *groups; /* that are not alike where the person is */
    const unsigned *in;     /* for each: the directories in which the person has it */
    uint32_t group_count;
    const struct wp_sync_effect *effects;
    uint32_t effect_count;
    bool is_undecided; /* the budget ended before a question did */
    bool is_cut;       /* has more groups somewhere than are kept: nothing is sure */
};

struct wp_sync_totals {
    size_t people, differing, decided_otherwise, undecided, keyless;
};

struct wp_sync;

struct wp_sync *wp_sync_new(struct wp_arena *arena, const struct wp_model *model,
                            const struct wp_analysis_options *options);
void wp_sync_set(struct wp_sync *sync, enum wp_directory directory, struct wp_people *people);
/* People of two directories are one when they have the same key; the name unless said. */
void wp_sync_join(struct wp_sync *sync, enum wp_person_key key);
enum wp_person_key wp_sync_key(const struct wp_sync *sync);
const struct wp_sync_side *wp_sync_side(const struct wp_sync *sync, enum wp_directory directory);

/* The next who differs, in the order of the directories' exports; NULL at the end. */
const struct wp_sync_person *wp_sync_next(struct wp_sync *sync);
const struct wp_sync_totals *wp_sync_totals(const struct wp_sync *sync);

/* Which directories' tenants decide the policy, by the source: bits. */
unsigned wp_sync_deciders(const struct wp_sync *sync, uint32_t policy);

/* Given the totals: has nobody this group in that directory, though some have it in
 * another? */
bool wp_sync_lacks(const struct wp_sync *sync, enum wp_directory directory, uint32_t group);

#endif
