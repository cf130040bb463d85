/*
 * A push that nobody confirmed goes back by itself, unless what waits for the word is
 * killed, or its machine dies. Its journal still says that it waits; nobody holds it.
 */
#include <string.h>
#include <time.h>

#include "compiler/cli/output.h"
#include "compiler/cli/push_session.h"

/* The newest journal of a push to this tenant that has not ended, while no woapol is at
 * work with it; what it waits for, and until when. NULL: there is none. */
static const char *
find_left(struct wp_tenant_run *run, enum wp_journal_state *state, int64_t *until)
{
    const char *folder = wp_option(run->invocation, "journal", NULL);
    struct wp_problem ignored = {0};
    struct wp_journal journal;
    struct wp_story story;

    if (folder == NULL)
        folder = wp_journal_folder(run->arena);
    const char *path = folder == NULL ? NULL : wp_journal_find(run->arena, folder, run->url, true);
    if (path == NULL)
        return NULL;
    bool ours = wp_journal_open(&journal, &story, run->arena, path, &ignored);
    *state = story.state;
    *until = story.until;
    wp_story_end(&story);
    if (ours)
        wp_journal_close(&journal);
    return ours ? path : NULL;
}

static bool
is_over(int64_t until)
{
    return until < (int64_t)time(NULL);
}

void
wp_push_warn_unconfirmed(struct wp_tenant_run *run)
{
    enum wp_journal_state state = WP_JOURNAL_OPEN;
    int64_t until = 0;
    const char *path = find_left(run, &state, &until);

    if (path != NULL && state == WP_JOURNAL_WAITING)
        wp_warn(run->invocation,
                "the last push was to be confirmed and was not, and nothing waits for that any "
                "more, so it has not gone back: 'woapol rollback %s'%s",
                path,
                is_over(until) ? ""
                               : wp_format(run->arena, ", or 'woapol push --confirm %s'", path));
    else if (path != NULL)
        wp_warn(run->invocation,
                "the last push was not finished: 'woapol push --resume %s' goes on, 'woapol "
                "rollback %s' goes back",
                path, path);
}

int
wp_push_settle_unconfirmed(struct wp_tenant_run *run)
{
    struct wp_problem problem = {0};
    int64_t until = 0;
    enum wp_journal_state state = WP_JOURNAL_OPEN;
    const char *path = find_left(run, &state, &until);

    if (path == NULL || state != WP_JOURNAL_WAITING)
        return WP_EXIT_DONE;
    if (is_over(until)) {
        wp_progress_end(&run->line);
        wp_warn(run->invocation,
                "the last push was never confirmed, and nothing waited for that any more: it is "
                "rolled back first");
        return wp_roll_back(run->invocation, run->arena, path);
    }
    (void)wp_problem_set(&problem, WP_PROBLEM_REFUSED,
                         "the last push was never confirmed: 'woapol push --confirm %s', or "
                         "'woapol rollback %s'",
                         path, path);
    return wp_tenant_fail(run, &problem);
}
