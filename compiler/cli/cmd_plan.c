/* woapol plan: what a push would do, without doing it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compiler/cli/analysis_options.h"
#include "compiler/cli/output.h"
#include "compiler/cli/plan_print.h"
#include "compiler/cli/push_session.h"

/* The whole plan to a file that only its owner reads. */
static int
save(const struct wp_tenant_run *run, const struct wp_deploy *deploy, const char *path)
{
    json_t *document = wp_plan_file_json(&deploy->file, run->session.model->sources);
    char *text = document == NULL ? NULL : json_dumps(document, JSON_INDENT(1));
    bool done =
        text != NULL && wp_write_file(run->invocation, path, wp_format(run->arena, "%s\n", text),
                                      strlen(text) + 1, 0600);

    if (text == NULL)
        (void)wp_fail(run->invocation, "the plan holds a name that is no UTF-8 text");
    free(text);
    json_decref(document);
    return done ? WP_EXIT_DONE : WP_EXIT_FAILED;
}

/* What a push would refuse for is said now. */
static void
warn_of_lockout(struct wp_tenant_run *run, const struct wp_deploy *deploy)
{
    struct wp_guarded_list list;
    struct wp_problem problem = {0};

    if (!wp_guard_list(&list, run->arena, &run->session, &problem) ||
        !wp_guard_check(&list, &deploy->file.plan, &run->session, &deploy->file.read, &problem))
        wp_warn(run->invocation, "a push would be refused: %s", problem.text);
}

static bool
wants_runbook(const struct wp_invocation *invocation)
{
    return wp_has_option(invocation, "runbook") || wp_option_is(invocation, "format", "html");
}

static int
show(const struct wp_plan_view *view)
{
    const struct wp_invocation *invocation = view->run->invocation;

    if (wants_runbook(invocation)) {
        (void)fputs(wp_plan_runbook(view, wp_option_is(invocation, "format", "html")), stdout);
        return WP_EXIT_DONE;
    }
    if (wp_option_is(invocation, "format", "json"))
        return wp_print_json(invocation, wp_plan_view_json(view));
    wp_plan_print(view);
    return WP_EXIT_DONE;
}

/* There is no plan for what the problem says. Where that is for people to do first, their
 * steps are shown all the same, as long as the tenant could be read. */
static int
show_refused(struct wp_tenant_run *run, struct wp_deploy *deploy, const struct wp_problem *problem)
{
    struct wp_plan_view view = {0};
    int status = wp_tenant_fail(run, problem);

    if (!wants_runbook(run->invocation) || deploy->file.plan.tenant_kind == NULL)
        return status;
    deploy->file.plan.count = 0;
    wp_plan_view_make(&view, run, deploy);
    (void)show(&view);
    wp_plan_view_end(&view);
    return status;
}

static int
plan(struct wp_tenant_run *run)
{
    const struct wp_invocation *invocation = run->invocation;
    const struct wp_plan_options options = {.prune = wp_has_option(invocation, "prune"),
                                            .allow_narrowing =
                                                wp_has_option(invocation, "allow-narrowing")};
    const char *out = wp_option(invocation, "out", NULL);
    struct wp_problem problem = {0};
    struct wp_deploy deploy;
    struct wp_plan_view view = {0};
    int status = wp_tenant_run_desire(run, &options);

    if (status != WP_EXIT_DONE)
        return status;
    status = wp_tenant_deploy(run, &deploy);
    deploy.options = options;
    if (status == WP_EXIT_DONE && !wp_deploy_plan(&deploy, &problem))
        status = show_refused(run, &deploy, &problem);
    if (status == WP_EXIT_DONE) {
        warn_of_lockout(run, &deploy);
        wp_push_remark(run, &deploy);
        wp_plan_view_make(&view, run, &deploy);
        status = show(&view);
    }
    if (status == WP_EXIT_DONE && out != NULL)
        status = save(run, &deploy, out);
    if (status == WP_EXIT_DONE && deploy.file.plan.count > 0)
        status = WP_EXIT_DIFFERENT;
    wp_plan_view_end(&view);
    wp_deploy_end(&deploy);
    return status;
}

int
wp_cmd_plan(struct wp_invocation *invocation)
{
    struct wp_tenant_run run;
    int status = wp_tenant_run_open(&run, invocation, invocation->operands[0], WP_TENANT_READS);

    if (status == WP_EXIT_DONE)
        wp_push_warn_unconfirmed(&run);
    if (status == WP_EXIT_DONE)
        status = plan(&run);
    wp_tenant_run_close(&run);
    return status;
}
