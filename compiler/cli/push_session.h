/* What push and rollback have in common: asking, going through with it, and saying
 * how it ended. */
#ifndef WP_CLI_PUSH_SESSION_H
#define WP_CLI_PUSH_SESSION_H

#include "compiler/cli/plan_print.h"

/* Warns of what the kind of tenant remarks on what is wanted. */
void wp_push_remark(const struct wp_tenant_run *run, const struct wp_deploy *deploy);

/* Shows the plan and asks whether to go on, unless --yes was given. WP_EXIT_DONE: go
 * on. WP_EXIT_REFUSED after a no, WP_EXIT_USAGE when nobody can be asked. */
int wp_push_agree(struct wp_tenant_run *run, const struct wp_deploy *deploy);

/* Says how it ended; the exit status. `what` is "pushed" or "rolled back". */
int wp_push_say(struct wp_tenant_run *run, const struct wp_deploy *deploy, enum wp_deploy_end end,
                const char *what, const struct wp_problem *problem);

/* The same where no call is needed. */
int wp_push_say_nothing(struct wp_tenant_run *run, const struct wp_deploy *deploy);

/* Whether --format json was given. */
bool wp_push_is_json(const struct wp_tenant_run *run);

/* The folder of journals: --journal, or the user's. NULL after a message. */
const char *wp_push_folder(struct wp_tenant_run *run);

/* Whether the file is a journal, by what it begins with. */
bool wp_is_journal(const char *path);

/* Whom the guard keeps; *list is NULL with --allow-lockout. */
bool wp_push_guarded(struct wp_tenant_run *run, struct wp_guarded_list *room,
                     const struct wp_guarded_list **list, struct wp_problem *problem);

/* --confirm-within: waits for a word on the terminal or in the journal, else goes
 * back. Returns the exit status. */
int wp_push_await(struct wp_tenant_run *run, struct wp_deploy *deploy, int64_t seconds);

/* Rolls back what the journal tells of, as `rollback` does. Returns the exit status. */
int wp_roll_back(const struct wp_invocation *invocation, struct wp_arena *arena, const char *path);

/* A push to the run's tenant that was to be confirmed, while what waited for it is gone
 * (killed, or the machine died): warns of it, for what only reads. Of a push that was
 * not finished, too. */
void wp_push_warn_unconfirmed(struct wp_tenant_run *run);
/* The same before a push: rolls it back when its time is over; before that, refuses to go
 * on. Returns WP_EXIT_DONE when there is none (any more). */
int wp_push_settle_unconfirmed(struct wp_tenant_run *run);

#endif
