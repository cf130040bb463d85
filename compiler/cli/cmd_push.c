/* woapol push: bring a tenant to the policy. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "compiler/cli/analysis_options.h"
#include "compiler/cli/duration.h"
#include "compiler/cli/output.h"
#include "compiler/cli/push_session.h"

#define LARGEST_PLAN ((size_t)1 << 30)
#define LONGEST_WAIT (7 * 86400) /* for a confirmation */

/* ---- a new push -------------------------------------------------------------------- */

/* A push that was never finished is finished by this one, which plans from what
 * there is. One that is under way is not. */
static int
leave_last(struct wp_tenant_run *run, const char *folder)
{
    struct wp_journal journal;
    struct wp_story story;
    struct wp_problem problem = {0};
    const char *path = wp_journal_find(run->arena, folder, run->url, true);

    if (path == NULL)
        return WP_EXIT_DONE;
    bool ours = wp_journal_open(&journal, &story, run->arena, path, &problem);
    if (ours) {
        wp_warn(run->invocation,
                "an earlier push was not finished (%s); this one starts from what is there", path);
        (void)wp_journal_add(&journal, json_pack("{s:s}", "state", "left"), &problem);
    }
    wp_story_end(&story);
    if (ours)
        wp_journal_close(&journal);
    return problem.kind == WP_PROBLEM_NONE ? WP_EXIT_DONE : wp_tenant_fail(run, &problem);
}

static int
carry_out(struct wp_tenant_run *run, struct wp_deploy *deploy, int64_t confirm_within)
{
    struct wp_guarded_list list;
    struct wp_problem problem = {0};
    int status = wp_push_agree(run, deploy);

    if (status != WP_EXIT_DONE)
        return status;
    if (deploy->file.plan.count == 0)
        return wp_push_say_nothing(run, deploy);
    deploy->folder = wp_push_folder(run);
    if (deploy->folder == NULL)
        return WP_EXIT_USAGE;
    status = leave_last(run, deploy->folder);
    if (status != WP_EXIT_DONE)
        return status;
    if (!wp_push_guarded(run, &list, &deploy->guarded, &problem))
        return wp_tenant_fail(run, &problem);
    enum wp_deploy_end end = wp_deploy_push(deploy, &problem);
    if (end == WP_DEPLOY_DONE && confirm_within > 0)
        return wp_push_await(run, deploy, confirm_within);
    return wp_push_say(run, deploy, end, "pushed", &problem);
}

/* From what is wanted to the end; `saved` is the plan that it must be, or NULL. */
static int
push(struct wp_tenant_run *run, const struct wp_plan_options *options,
     const struct wp_plan_file *saved, int64_t confirm_within)
{
    struct wp_problem problem = {0};
    struct wp_deploy deploy;
    int status = wp_tenant_run_desire(run, options);

    if (status == WP_EXIT_DONE)
        status = wp_push_settle_unconfirmed(run);
    if (status != WP_EXIT_DONE)
        return status;
    status = wp_tenant_deploy(run, &deploy);
    deploy.options = *options;
    if (status == WP_EXIT_DONE && (!wp_deploy_plan(&deploy, &problem) ||
                                   (saved != NULL && !wp_deploy_compare(&deploy, saved, &problem))))
        status = wp_tenant_fail(run, &problem);
    wp_progress_end(&run->line);
    if (status == WP_EXIT_DONE)
        status = carry_out(run, &deploy, confirm_within);
    wp_deploy_end(&deploy);
    return status;
}

/* ---- a saved plan ------------------------------------------------------------------------ */

static int
read_plan(const struct wp_invocation *invocation, struct wp_arena *arena, const char *path,
          struct wp_plan_file *file)
{
    struct wp_problem problem = {0};
    json_error_t error;
    size_t size;
    char *text = wp_read_input(invocation, arena, path, LARGEST_PLAN, &size);

    if (text == NULL)
        return WP_EXIT_FAILED;
    json_t *document = json_loadb(text, size, 0, &error);
    if (document == NULL)
        return wp_fail(invocation, "%s:%d: it is no JSON: %s", path, error.line, error.text);
    bool right = wp_plan_file_read(file, arena, document, &problem);
    json_decref(document);
    return right ? WP_EXIT_DONE : wp_fail(invocation, "%s: %s", path, problem.text);
}

/* The policy that was named must be the one that was planned. */
static int
open_planned(struct wp_tenant_run *run, const struct wp_invocation *invocation,
             const struct wp_plan_file *file)
{
    struct wp_deploy deploy;
    int status;

    if (invocation->operand_count == 0 &&
        (wp_has_option(invocation, "key") || wp_has_option(invocation, "require-signature")))
        return wp_misuse(invocation, "a plan is not signed: name the image that it is of, too");
    if (invocation->operand_count == 0)
        return wp_tenant_run_open_saved(run, invocation, file, WP_TENANT_WRITES);
    status = wp_tenant_run_open(run, invocation, invocation->operands[0], WP_TENANT_WRITES);
    if (status != WP_EXIT_DONE)
        return status;
    status = wp_tenant_deploy(run, &deploy);
    if (status == WP_EXIT_DONE && strcmp(deploy.file.source_digest, file->source_digest) != 0) {
        (void)wp_fail(invocation, "the plan is of another version of %s; plan anew",
                      invocation->operands[0]);
        status = WP_EXIT_REFUSED;
    }
    if (status == WP_EXIT_DONE && strcmp(run->url, file->plan.url) != 0) {
        (void)wp_fail(invocation, "the plan is of %s, not of %s", file->plan.url, run->url);
        status = WP_EXIT_REFUSED;
    }
    return status;
}

static int
push_plan(const struct wp_invocation *invocation, const char *path, int64_t confirm_within)
{
    struct wp_arena *arena = wp_arena_new(wp_exit_out_of_memory, NULL);
    struct wp_plan_file file = {0};
    struct wp_tenant_run run = {0};
    int status = read_plan(invocation, arena, path, &file);

    if (status == WP_EXIT_DONE) {
        status = open_planned(&run, invocation, &file);
        if (status == WP_EXIT_DONE)
            status = push(&run, &file.options, &file, confirm_within);
        wp_tenant_run_close(&run);
    }
    wp_plan_file_end(&file);
    wp_arena_free(arena);
    return status;
}

/* ---- going on ----------------------------------------------------------------------------------
 */

/* The journal that is named, or the newest unfinished one. NULL after a message. */
static const char *
find_journal(const struct wp_invocation *invocation, struct wp_arena *arena)
{
    const char *operand = invocation->operand_count > 0 ? invocation->operands[0] : NULL;
    struct wp_tenant_run run = {.invocation = invocation, .arena = arena};
    const char *url = NULL;

    if (operand != NULL && wp_is_journal(operand))
        return operand;
    const char *folder = wp_push_folder(&run);
    if (folder == NULL)
        return NULL;
    if (operand != NULL) {
        int status = wp_tenant_run_open(&run, invocation, operand, WP_TENANT_OFFLINE);
        url = status == WP_EXIT_DONE && run.url != NULL
                  ? wp_copy_text(arena, run.url, strlen(run.url))
                  : NULL;
        wp_tenant_run_close(&run);
        if (url == NULL)
            return NULL;
    }
    const char *path = wp_journal_find(arena, folder, url, true);
    if (path == NULL)
        (void)wp_fail(invocation, "there is no unfinished push in %s", folder);
    return path;
}

static int
resume(struct wp_tenant_run *run, const char *path, int64_t confirm_within)
{
    struct wp_problem problem = {0};
    struct wp_guarded_list list;
    struct wp_deploy deploy;
    int status = wp_tenant_deploy(run, &deploy);

    if (status != WP_EXIT_DONE)
        return status;
    if (!wp_push_guarded(run, &list, &deploy.guarded, &problem))
        return wp_tenant_fail(run, &problem);
    enum wp_deploy_end end = wp_deploy_resume(&deploy, path, &problem);
    if (end == WP_DEPLOY_DONE && confirm_within > 0)
        status = wp_push_await(run, &deploy, confirm_within);
    else
        status = wp_push_say(run, &deploy, end, "finished", &problem);
    wp_deploy_end(&deploy);
    return status;
}

static int
push_on(const struct wp_invocation *invocation, int64_t confirm_within)
{
    struct wp_arena *arena = wp_arena_new(wp_exit_out_of_memory, NULL);
    const char *path = find_journal(invocation, arena);
    struct wp_problem problem = {0};
    struct wp_tenant_run run = {0};
    struct wp_story story = {0};
    int status = WP_EXIT_FAILED;

    if (path != NULL && !wp_story_read(&story, arena, path, &problem))
        (void)wp_fail(invocation, "%s", problem.text);
    else if (path != NULL) {
        status = wp_tenant_run_open_saved(&run, invocation, &story.head, WP_TENANT_WRITES);
        if (status == WP_EXIT_DONE)
            status = wp_tenant_run_desire(&run, &story.head.options);
        if (status == WP_EXIT_DONE)
            status = resume(&run, path, confirm_within);
        wp_tenant_run_close(&run);
    }
    wp_story_end(&story);
    wp_arena_free(arena);
    return status;
}

/* ---- the command -------------------------------------------------------------------------------
 */

static int
confirm(const struct wp_invocation *invocation, const char *path)
{
    struct wp_arena *arena = wp_arena_new(wp_exit_out_of_memory, NULL);
    struct wp_problem problem = {0};
    int status = WP_EXIT_DONE;

    if (!wp_journal_confirm(arena, path, &problem)) {
        (void)wp_fail(invocation, "%s", problem.text);
        status = problem.kind == WP_PROBLEM_REFUSED ? WP_EXIT_REFUSED : WP_EXIT_FAILED;
    } else {
        (void)printf("confirmed\n");
    }
    wp_arena_free(arena);
    return status;
}

static int
push_policy(const struct wp_invocation *invocation, int64_t confirm_within)
{
    const struct wp_plan_options options = {.prune = wp_has_option(invocation, "prune"),
                                            .allow_narrowing =
                                                wp_has_option(invocation, "allow-narrowing")};
    struct wp_tenant_run run;
    int status;

    if (invocation->operand_count == 0)
        return wp_misuse(invocation, "FILE is missing");
    status = wp_tenant_run_open(&run, invocation, invocation->operands[0], WP_TENANT_WRITES);
    if (status == WP_EXIT_DONE)
        status = push(&run, &options, NULL, confirm_within);
    wp_tenant_run_close(&run);
    return status;
}

int
wp_cmd_push(struct wp_invocation *invocation)
{
    const char *confirmed = wp_option(invocation, "confirm", NULL);
    const char *plan = wp_option(invocation, "plan", NULL);
    const char *within = wp_option(invocation, "confirm-within", NULL);
    uint64_t wait = 0;

    if (within != NULL && (!wp_read_duration(within, &wait) || wait == 0 || wait > LONGEST_WAIT))
        return wp_misuse(invocation,
                         "--confirm-within wants a time such as 90s, 10m or 1h, at "
                         "most 7 days, not '%s'",
                         within);
    const int64_t confirm_within = (int64_t)wait;
    if (confirmed != NULL)
        return confirm(invocation, confirmed);
    if (wp_has_option(invocation, "resume"))
        return push_on(invocation, confirm_within);
    if (plan != NULL)
        return push_plan(invocation, plan, confirm_within);
    return push_policy(invocation, confirm_within);
}
