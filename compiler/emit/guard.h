/*
 * Nobody who has to be able to cure things is locked out, not even for a moment.
 *
 * For each such person or group, each app, and each state that a plan leads
 * through in which decisions differ: whoever can get in now from somewhere (some
 * address, device, posture) must still be able to. Asked twice, of somebody in
 * just these groups and of somebody in these and any others, since both can be.
 */
#ifndef WP_EMIT_GUARD_H
#define WP_EMIT_GUARD_H

#include "compiler/emit/plan_make.h"

/* Somebody to be kept. `groups` are names as in the source or the directory,
 * NULL-terminated. */
struct wp_guarded {
    const char *label; /* "break-glass group Admins" */
    const char *user;  /* or NULL */
    const char *const *groups;
    bool is_at_work; /* it is whose credentials are used */
};

struct wp_guarded_list {
    struct wp_guarded *items;
    size_t count;
};

/* Whom to keep: what the tenant's `breakglass` and `breakglass_users` name, and who
 * the session says is at work. A name that is no group is a problem. */
bool wp_guard_list(struct wp_guarded_list *list, struct wp_arena *arena, struct wp_session *session,
                   struct wp_problem *problem);

/* Walks through the plan; the problem is WP_PROBLEM_REFUSED and names the step, the
 * person and the app. */
bool wp_guard_check(const struct wp_guarded_list *list, const struct wp_plan *plan,
                    const struct wp_session *session, const struct wp_state *current,
                    struct wp_problem *problem);

#endif
