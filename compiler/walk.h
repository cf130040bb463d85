/*
 * The plain meaning: a request against the rules as they are written, one after
 * the other, in Kleene's three-valued logic.
 *
 * This is what the design says, put as simply as it can be; it shares nothing
 * with folding, terms, code generation or the runtime, so that it can be held
 * against them. `explain` shows its values to people.
 */
#ifndef WP_COMPILER_WALK_H
#define WP_COMPILER_WALK_H

#include "compiler/request.h"

/* In this order: `and` is the least of its parts, `or` the greatest. */
enum wp_truth { WP_FALSE, WP_UNKNOWN, WP_TRUE };

/* The value of a condition or of any part of one. Only membership in a group that
 * is not listed can be unknown, and only while groups are incomplete. */
enum wp_truth wp_walk_test(const struct wp_model *model, const struct wp_test *test,
                           const struct wp_request *request);

/* What is decided. */
struct wp_verdict {
    enum wp_effect effect;
    uint32_t policy;         /* WP_NONE: no policy applies */
    uint32_t rule;           /* in the policy; WP_NONE: otherwise, or no policy */
    uint32_t chain;          /* WP_NONE unless the effect is authenticate */
    uint64_t reauth_seconds; /* or WP_NO_REAUTH */
    const char *message;     /* or NULL */
    bool groups_incomplete;  /* the reason of a deny: `rule` is unknown */
};

/* The policy that the request's app selects, or WP_NONE. */
uint32_t wp_walk_policy(const struct wp_model *model, const struct wp_request *request);

void wp_walk(const struct wp_model *model, const struct wp_request *request,
             struct wp_verdict *verdict);

/* The report rules of the policy that are true, in their order: writes up to
 * `room` numbers and returns how many there are. */
size_t wp_walk_reports(const struct wp_model *model, const struct wp_request *request,
                       uint32_t *rules, size_t room);

#endif
