/*
 * What every command has in common that speaks with a tenant: which tenant of the
 * source, where it is, who we are to it, and what is said while it takes its time.
 */
#ifndef WP_CLI_TENANT_RUN_H
#define WP_CLI_TENANT_RUN_H

#include "compiler/cli/policy.h"
#include "compiler/cli/progress.h"
#include "compiler/emit/credentials.h"
#include "compiler/emit/deploy.h"

struct wp_tenant_run {
    const struct wp_invocation *invocation;
    struct wp_arena *arena;
    bool has_policy;
    struct wp_opened policy; /* the source or image that was named */
    const char *url;
    struct wp_credentials *credentials;
    struct wp_transport *transport;
    struct wp_session session;
    bool has_desired;
    struct wp_state desired;
    struct wp_progress_line line;
    const char *busy_with; /* the call under way, for the line */
    size_t done, total;
};

/* What a command needs of it. */
enum wp_tenant_need {
    WP_TENANT_OFFLINE, /* nothing is read: no address, no credentials */
    WP_TENANT_READS,   /* cannot write, by what its transport and credentials may */
    WP_TENANT_WRITES
};

/*
 * Opens the policy at `path` (NULL: none; --kind and --url say it all) and chooses
 * the tenant. Returns WP_EXIT_DONE or the status after messages; to be ended with
 * wp_tenant_run_close in any case.
 */
int wp_tenant_run_open(struct wp_tenant_run *run, const struct wp_invocation *invocation,
                       const char *path, enum wp_tenant_need need);

/* The same for what a saved plan or a journal holds: the sources in it, the tenant
 * that it is of. */
int wp_tenant_run_open_saved(struct wp_tenant_run *run, const struct wp_invocation *invocation,
                             const struct wp_plan_file *file, enum wp_tenant_need need);
void wp_tenant_run_close(struct wp_tenant_run *run);

/* Fills in run->desired from the model. WP_EXIT_WRONG after the findings when the
 * tenant cannot hold it. */
int wp_tenant_run_desire(struct wp_tenant_run *run, const struct wp_plan_options *options);

/* Prints the problem; the exit status that it is. */
int wp_tenant_fail(struct wp_tenant_run *run, const struct wp_problem *problem);

/* A deploy for this run; the sources are in its file. `desired` must be there. */
int wp_tenant_deploy(struct wp_tenant_run *run, struct wp_deploy *deploy);

/* Whether somebody pressed Ctrl-C, or the like: how often. Set up by
 * wp_tenant_run_open for what writes. */
unsigned wp_tenant_interrupts(void);

#endif
