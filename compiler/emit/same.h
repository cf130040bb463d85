/*
 * Do two tenants decide every real sign-in alike?
 *
 * What each holds is a policy: lifted from its objects. A real sign-in (the device as
 * it is, how it began, the address, the user's groups) is turned by each tenant's
 * observation map into what that tenant takes it for. So the conditions of each policy
 * are rewritten to speak of the real sign-in, and the exact comparison of versions
 * does the rest: it proves that they are the same, or finds a sign-in where they are not.
 */
#ifndef WP_EMIT_SAME_H
#define WP_EMIT_SAME_H

#include "compiler/analysis/diff.h"
#include "compiler/emit/observe.h"

struct wp_same_side {
    const struct wp_session *session; /* both of the same model */
    const struct wp_model *lifted;    /* what the tenant's objects decide */
    struct wp_observer observer;
};

struct wp_same {
    struct wp_arena *arena;
    const struct wp_model *model; /* the source */
    struct wp_same_side sides[2];
    bool whole; /* compare for every app, whatever the tenants' `decides` */
    /* which apps are compared: of the source's, and those that it does not name */
    bool *apps;
    size_t app_count;
    bool others;
    struct wp_diff diff; /* before: the first side, after: the second */
    bool by_strength;
    const char *open; /* what is not settled, and bears on it; NULL: nothing */
    /* The region whose sign-in says least, or NULL; that sign-in in the numbers of the
     * source, as far as it has them. */
    const struct wp_region *smallest;
    const struct wp_point *point;
};

/* Fills in what is compared, from the sessions' tenants. False when the tenants have
 * nothing in common to decide. */
bool wp_same_scope(struct wp_same *same);

/* Compares. False when there are too many device types. With `by_strength` what asks for
 * other methods of the same strength is alike. */
bool wp_same_compare(struct wp_same *same, bool by_strength,
                     const struct wp_analysis_options *options);

/* How much a person has to arrange to see a sign-in: the less, the smaller it is. */
unsigned wp_point_effort(const struct wp_point *point);

#endif
