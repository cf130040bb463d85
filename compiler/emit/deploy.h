/*
 * A push from beginning to end: read, plan, guard, journal, push, look whether all
 * is as it should be; and the same for going on and for going back.
 */
#ifndef WP_EMIT_DEPLOY_H
#define WP_EMIT_DEPLOY_H

#include "compiler/emit/guard.h"
#include "compiler/emit/push.h"

struct wp_deploy {
    struct wp_arena *arena;
    struct wp_session *session;
    const char *url;
    const char *folder;             /* of journals */
    const struct wp_state *desired; /* NULL only for going back */
    struct wp_plan_options options;
    struct wp_push_options push;           /* but for the journal */
    const struct wp_guarded_list *guarded; /* NULL: nobody */

    /* what came of it */
    struct wp_plan_file file;  /* the plan, and what it was made from */
    struct wp_journal journal; /* open from the first call on */
    struct wp_state back;      /* what going back leads to */
};

/* How a push ended, for the exit status. */
enum wp_deploy_end {
    WP_DEPLOY_DONE,
    WP_DEPLOY_DIFFERS,  /* all calls are done, and yet the tenant is not as planned */
    WP_DEPLOY_STOPPED,  /* can be resumed */
    WP_DEPLOY_REFUSED,  /* not begun, or somebody else has written */
    WP_DEPLOY_RETURNED, /* it had to go back, and did */
    WP_DEPLOY_STUCK,    /* it had to go back, and could not */
    WP_DEPLOY_FAILED    /* nothing was sent */
};

/* Reads the tenant and makes the plan in deploy->file. The caller fills in what the
 * file tells of sources. */
bool wp_deploy_plan(struct wp_deploy *deploy, struct wp_problem *problem);

/* Is a saved plan still good? The tenant must be as it was read for it, and the plan
 * made anew (deploy->file) must be the same one. WP_PROBLEM_REFUSED otherwise. */
bool wp_deploy_compare(const struct wp_deploy *deploy, const struct wp_plan_file *saved,
                       struct wp_problem *problem);

/* Guards, begins the journal and pushes deploy->file. */
enum wp_deploy_end wp_deploy_push(struct wp_deploy *deploy, struct wp_problem *problem);

/* Goes on with what a journal tells of, which it opens. */
enum wp_deploy_end wp_deploy_resume(struct wp_deploy *deploy, const char *path,
                                    struct wp_problem *problem);

/* Makes, in deploy->file, the plan that leads back to where a story began. */
bool wp_deploy_plan_back(struct wp_deploy *deploy, const struct wp_story *story, bool force,
                         struct wp_problem *problem);

/* Carries that plan out, in the journal that is open. */
enum wp_deploy_end wp_deploy_back(struct wp_deploy *deploy, const char *why,
                                  struct wp_problem *problem);

void wp_deploy_end(struct wp_deploy *deploy);

#endif
