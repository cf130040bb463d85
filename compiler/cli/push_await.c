/* Waiting for somebody to say that all is well: who has locked himself out cannot,
 * and then everything goes back by itself. */
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "compiler/cli/push_session.h"

#define HALF_A_SECOND 500

static bool
is_confirmed(const struct wp_deploy *deploy)
{
    struct wp_story story;
    struct wp_problem ignored = {0};
    struct wp_arena *arena = wp_arena_new(NULL, NULL);
    bool confirmed = arena != NULL &&
                     wp_story_read(&story, arena, deploy->journal.path, &ignored) &&
                     story.state == WP_JOURNAL_CONFIRMED;

    if (arena != NULL)
        wp_story_end(&story);
    wp_arena_free(arena);
    return confirmed;
}

/* What was typed, if anything: only "confirm" confirms. */
static bool
is_typed(bool *open)
{
    struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
    char line[64] = "";

    if (!*open) {
        (void)poll(NULL, 0, HALF_A_SECOND);
        return false;
    }
    if (poll(&input, 1, HALF_A_SECOND) <= 0)
        return false;
    *open = fgets(line, sizeof line, stdin) != NULL;
    return *open && strcmp(line, "confirm\n") == 0;
}

static bool
is_well(struct wp_tenant_run *run, struct wp_deploy *deploy, int64_t until)
{
    bool open = isatty(STDIN_FILENO) == 1;
    struct wp_problem ignored = {0};

    (void)run;
    while (wp_tenant_interrupts() == 0) {
        if (is_confirmed(deploy))
            return true;
        if ((int64_t)time(NULL) >= until)
            return false;
        if (is_typed(&open))
            return wp_journal_add(&deploy->journal, json_pack("{s:s}", "state", "confirmed"),
                                  &ignored);
    }
    return is_confirmed(deploy);
}

/* By a deploy of its own, in the same journal. */
static int
go_back(struct wp_tenant_run *run, struct wp_deploy *deploy)
{
    struct wp_deploy back = *deploy;
    struct wp_problem problem = {0};
    struct wp_story story;
    enum wp_deploy_end end = WP_DEPLOY_FAILED;

    back.file = (struct wp_plan_file){0};
    back.guarded = NULL;
    back.push.stopped = NULL;
    if (wp_story_read(&story, run->arena, deploy->journal.path, &problem) &&
        wp_deploy_plan_back(&back, &story, false, &problem))
        end = wp_deploy_back(&back, "nobody confirmed", &problem);
    wp_story_end(&story);
    if (end == WP_DEPLOY_DONE) {
        end = WP_DEPLOY_RETURNED;
        (void)wp_problem_set(&problem, WP_PROBLEM_REFUSED,
                             "nobody confirmed: rolled back, the tenant is as it was before");
    }
    int status = wp_push_say(run, &back, end, "", &problem);
    back.journal.fd = -1; /* it is the other one's */
    wp_deploy_end(&back);
    return status;
}

int
wp_push_await(struct wp_tenant_run *run, struct wp_deploy *deploy, int64_t seconds)
{
    int64_t until = (int64_t)time(NULL) + seconds;
    struct wp_problem problem = {0};

    wp_progress_end(&run->line);
    if (!wp_journal_add(&deploy->journal,
                        json_pack("{s:s, s:I}", "state", "waiting", "until", (json_int_t)until),
                        &problem))
        return wp_tenant_fail(run, &problem);
    (void)fprintf(wp_push_is_json(run) ? stderr : stdout,
                  "Everything is sent. Sign in somewhere, and then%s\n"
                  "    woapol push --confirm %s\n"
                  "within %lld s, or it all goes back.\n",
                  isatty(STDIN_FILENO) == 1 ? " type 'confirm', or say elsewhere" : "",
                  deploy->journal.path, (long long)seconds);
    (void)fflush(stdout);
    if (!is_well(run, deploy, until))
        return go_back(run, deploy);
    return wp_push_say(run, deploy, WP_DEPLOY_DONE, "confirmed", &problem);
}
