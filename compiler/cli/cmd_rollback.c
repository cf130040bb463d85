/* woapol rollback: back to what a tenant was before a push. */
#include <stdio.h>
#include <string.h>

#include "compiler/cli/options.h"
#include "compiler/cli/output.h"
#include "compiler/cli/push_session.h"

/* A push that goes back first has no such option. */
static bool
is_forced(const struct wp_invocation *invocation)
{
    return wp_find_option(invocation->command, "force") != NULL &&
           wp_has_option(invocation, "force");
}

static int
go_back(struct wp_tenant_run *run, struct wp_deploy *deploy, const char *path)
{
    struct wp_problem problem = {0};
    struct wp_story story;
    struct wp_guarded_list list;
    int status = WP_EXIT_DONE;

    if (!wp_journal_open(&deploy->journal, &story, run->arena, path, &problem)) {
        wp_story_end(&story);
        return wp_tenant_fail(run, &problem);
    }
    if (story.state == WP_JOURNAL_RETURNED)
        (void)wp_problem_set(&problem, WP_PROBLEM_REFUSED,
                             "%s: that push has gone back already, or another one took over", path);
    else if (wp_deploy_plan_back(deploy, &story, is_forced(run->invocation), &problem))
        (void)wp_push_guarded(run, &list, &deploy->guarded, &problem);
    wp_progress_end(&run->line);
    if (problem.kind != WP_PROBLEM_NONE)
        status = wp_tenant_fail(run, &problem);
    else
        status = wp_push_agree(run, deploy);
    if (status == WP_EXIT_DONE) {
        enum wp_deploy_end end = wp_deploy_back(deploy, "rollback", &problem);
        status = wp_push_say(run, deploy, end, "rolled back", &problem);
    }
    wp_story_end(&story);
    return status;
}

/* The journal that is named, or the newest of the policy's tenant. */
static const char *
find_journal(const struct wp_invocation *invocation, struct wp_arena *arena, int *status)
{
    const char *operand = invocation->operands[0], *path = NULL;
    struct wp_tenant_run run;

    *status = WP_EXIT_FAILED;
    if (wp_is_journal(operand))
        return operand;
    *status = wp_tenant_run_open(&run, invocation, operand, WP_TENANT_OFFLINE);
    const char *folder = *status == WP_EXIT_DONE ? wp_push_folder(&run) : NULL;
    if (folder != NULL && run.url != NULL)
        path = wp_journal_find(arena, wp_copy_text(arena, folder, strlen(folder)), run.url, false);
    if (*status == WP_EXIT_DONE && path == NULL)
        *status = wp_fail(invocation, "there is no journal of a push to %s in %s",
                          run.url == NULL ? "a tenant without an address" : run.url,
                          folder == NULL ? "no folder" : folder);
    wp_tenant_run_close(&run);
    return path;
}

int
wp_roll_back(const struct wp_invocation *invocation, struct wp_arena *arena, const char *path)
{
    struct wp_problem problem = {0};
    struct wp_tenant_run run = {0};
    struct wp_story story = {0};
    struct wp_deploy deploy;
    int status;

    if (!wp_story_read(&story, arena, path, &problem)) {
        status = wp_fail(invocation, "%s", problem.text);
    } else {
        status = wp_tenant_run_open_saved(&run, invocation, &story.head, WP_TENANT_WRITES);
        if (status == WP_EXIT_DONE)
            status = wp_tenant_deploy(&run, &deploy);
        if (status == WP_EXIT_DONE) {
            status = go_back(&run, &deploy, path);
            wp_deploy_end(&deploy);
        }
        wp_tenant_run_close(&run);
    }
    wp_story_end(&story);
    return status;
}

int
wp_cmd_rollback(struct wp_invocation *invocation)
{
    struct wp_arena *arena = wp_arena_new(wp_exit_out_of_memory, NULL);
    int status;
    const char *path = find_journal(invocation, arena, &status);

    if (path != NULL)
        status = wp_roll_back(invocation, arena, path);
    wp_arena_free(arena);
    return status;
}
