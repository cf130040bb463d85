/* Asking before a push, and telling after it. */
#include "compiler/cli/push_session.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "compiler/cli/analysis_options.h"
#include "compiler/cli/findings_json.h"
#include "compiler/cli/options.h"
#include "compiler/cli/output.h"

void
wp_push_remark(const struct wp_tenant_run *run, const struct wp_deploy *deploy)
{
    const struct wp_session *session = deploy->session;
    struct wp_buffer lines = {.arena = deploy->arena};

    if (session->kind->remarks == NULL || deploy->desired == NULL)
        return;
    session->kind->remarks(session, deploy->desired, &deploy->file.plan, &lines);
    for (const char *line = (const char *)lines.bytes, *end; line != NULL && lines.size > 0;
         line = end + 1) {
        size_t left = lines.size - (size_t)(line - (const char *)lines.bytes);
        end = left == 0 ? NULL : memchr(line, '\n', left);
        if (end == NULL)
            break;
        wp_warn(run->invocation, "%.*s", (int)(end - line), line);
    }
}

/* Is what the kind of tenant cautions of accepted? A way back is never stopped. */
static bool
accepts_caution(const struct wp_tenant_run *run)
{
    const char *option = "accept-unverified";
    const char *caution =
        run->session.kind->caution == NULL ? NULL : run->session.kind->caution(&run->session);

    if (caution == NULL)
        return true;
    if (wp_find_option(run->invocation->command, option) == NULL ||
        wp_has_option(run->invocation, option)) {
        wp_warn(run->invocation, "%s", caution);
        return true;
    }
    (void)wp_fail(run->invocation, "%s; look at `woapol plan`, then say --%s", caution, option);
    return false;
}

/* A secret that is made has to go somewhere; that is known before the first call. */
static bool
keeps_secrets(const struct wp_tenant_run *run, const struct wp_plan *plan)
{
    if (run->session.secrets_file != NULL || run->session.secrets_command != NULL)
        return true;
    for (size_t i = 0; i < plan->count; i++)
        if (json_is_object(json_object_get(plan->calls[i].send, "secret")))
            return false;
    return true;
}

int
wp_push_agree(struct wp_tenant_run *run, const struct wp_deploy *deploy)
{
    struct wp_plan_view view;
    char answer[16] = "";

    if (deploy->file.plan.count > 0 && !accepts_caution(run))
        return WP_EXIT_REFUSED;
    if (deploy->file.plan.count > 0)
        wp_push_remark(run, deploy);
    if (!keeps_secrets(run, &deploy->file.plan))
        return wp_misuse(run->invocation, "a new OAuth client gets a secret, which is shown to "
                                          "nobody: say where it goes with --secrets-to FILE or "
                                          "--secrets-command COMMAND");
    if (deploy->file.plan.count == 0 || wp_has_option(run->invocation, "yes"))
        return WP_EXIT_DONE;
    if (isatty(STDIN_FILENO) != 1)
        return wp_misuse(run->invocation, "there is nobody to ask; --yes says yes");
    wp_plan_view_make(&view, run, deploy);
    wp_plan_print(&view);
    wp_plan_view_end(&view);
    (void)printf("Shall this be done? [yes/no] ");
    (void)fflush(stdout);
    if (fgets(answer, sizeof answer, stdin) != NULL && strcmp(answer, "yes\n") == 0)
        return WP_EXIT_DONE;
    (void)wp_fail(run->invocation, "nothing was sent");
    return WP_EXIT_REFUSED;
}

/* {"end", "calls", "journal", "problem"}, for programs. */
static int
print_end(struct wp_tenant_run *run, const struct wp_deploy *deploy, const char *end,
          const struct wp_problem *problem)
{
    const char *journal = deploy->journal.fd == -1 ? NULL : deploy->journal.path;

    return wp_print_json(
        run->invocation,
        json_pack("{s:s, s:s, s:i, s:o, s:o}", "url", run->url, "end", end, "calls",
                  (int)deploy->file.plan.count, "journal", wp_json_text(journal), "problem",
                  wp_json_text(problem->kind == WP_PROBLEM_NONE ? NULL : problem->text)));
}

bool
wp_push_is_json(const struct wp_tenant_run *run)
{
    return wp_option_is(run->invocation, "format", "json");
}

int
wp_push_say_nothing(struct wp_tenant_run *run, const struct wp_deploy *deploy)
{
    const struct wp_problem none = {0};

    if (wp_push_is_json(run))
        return print_end(run, deploy, "nothing", &none);
    (void)printf("nothing to do: %s is as the policy says\n", run->url);
    return WP_EXIT_DONE;
}

static void
say_done(const struct wp_deploy *deploy, const char *what)
{
    size_t count = deploy->file.plan.count;

    if (count > 0)
        (void)printf("%s, %zu call%s; the journal is %s\n", what, count, count == 1 ? "" : "s",
                     deploy->journal.path);
    else
        (void)printf("%s; the journal is %s\n", what, deploy->journal.path);
}

int
wp_push_say(struct wp_tenant_run *run, const struct wp_deploy *deploy, enum wp_deploy_end end,
            const char *what, const struct wp_problem *problem)
{
    static const char *const words[] = {
        [WP_DEPLOY_DONE] = "done",         [WP_DEPLOY_DIFFERS] = "differs",
        [WP_DEPLOY_STOPPED] = "stopped",   [WP_DEPLOY_REFUSED] = "refused",
        [WP_DEPLOY_RETURNED] = "returned", [WP_DEPLOY_STUCK] = "stuck",
        [WP_DEPLOY_FAILED] = "failed",
    };
    const char *journal = deploy->journal.path;

    wp_progress_end(&run->line);
    if (wp_push_is_json(run))
        (void)print_end(run, deploy, words[end], problem);
    else if (end == WP_DEPLOY_DONE)
        say_done(deploy, what);
    if (end == WP_DEPLOY_DONE)
        return WP_EXIT_DONE;
    int status = wp_tenant_fail(run, problem);
    if (end == WP_DEPLOY_STOPPED || end == WP_DEPLOY_STUCK)
        (void)fprintf(stderr,
                      "The journal is %s\nwoapol push --resume %s    goes on\n"
                      "woapol rollback %s         goes back\n",
                      journal, journal, journal);
    return end == WP_DEPLOY_REFUSED ? WP_EXIT_REFUSED : status;
}

const char *
wp_push_folder(struct wp_tenant_run *run)
{
    const char *folder = wp_option(run->invocation, "journal", NULL);

    if (folder == NULL)
        folder = wp_journal_folder(run->arena);
    if (folder == NULL)
        (void)wp_misuse(run->invocation, "there is no home folder for the journal: --journal DIR");
    return folder;
}

bool
wp_is_journal(const char *path)
{
    static const char mark[] = "{\"journal\":1,";
    char start[sizeof mark] = "";
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    bool is = fd != -1 && read(fd, start, sizeof mark - 1) == (ssize_t)sizeof mark - 1 &&
              strcmp(start, mark) == 0;

    if (fd != -1)
        (void)close(fd);
    return is;
}

bool
wp_push_guarded(struct wp_tenant_run *run, struct wp_guarded_list *room,
                const struct wp_guarded_list **list, struct wp_problem *problem)
{
    *list = NULL;
    if (wp_has_option(run->invocation, "allow-lockout"))
        return true;
    *list = room;
    return wp_guard_list(room, run->arena, &run->session, problem);
}
