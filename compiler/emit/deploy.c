/* Pushes as a whole. */
#include "compiler/emit/deploy.h"

#include <string.h>

#include "compiler/emit/compare.h"

/* So few calls that reading everything again would be most of the work. */
#define MOST_BY_THEMSELVES 8

/* ---- planning ------------------------------------------------------------------------- */

bool
wp_deploy_plan(struct wp_deploy *deploy, struct wp_problem *problem)
{
    struct wp_plan_file *file = &deploy->file;

    file->options = deploy->options;
    wp_state_init(&file->read, deploy->arena);
    return deploy->session->kind->read(deploy->session, &file->read, problem) &&
           wp_plan_make(&file->plan, deploy->arena, deploy->session, deploy->url, deploy->desired,
                        &file->read, &deploy->options, problem);
}

/* What has changed in the tenant since a plan was saved, as a sentence. */
static const char *
change_since(const struct wp_deploy *deploy, const struct wp_plan_file *saved)
{
    const char **keys;
    size_t count = wp_compare_states(deploy->arena, &saved->read, &deploy->file.read, &keys);

    if (count == 0)
        return "something of no consequence for decisions, such as a time or an identifier";
    const struct wp_object *was = wp_state_find(&saved->read, keys[0]);
    const struct wp_object *is = wp_state_find(&deploy->file.read, keys[0]);
    return wp_format(deploy->arena, "%s: %s%s", wp_key_label(deploy->arena, keys[0]),
                     wp_compare_sentence(deploy->arena, was == NULL ? NULL : was->body,
                                         is == NULL ? NULL : is->body),
                     count == 1 ? ""
                                : wp_format(deploy->arena, ", and %zu more objects", count - 1));
}

bool
wp_deploy_compare(const struct wp_deploy *deploy, const struct wp_plan_file *saved,
                  struct wp_problem *problem)
{
    const struct wp_plan *plan = &deploy->file.plan;

    if (strcmp(plan->fingerprint, saved->plan.fingerprint) != 0)
        return wp_problem_set(problem, WP_PROBLEM_REFUSED,
                              "the plan is stale: the tenant has changed since it was made: %s; "
                              "plan anew",
                              change_since(deploy, saved));
    if (strcmp(plan->desired, saved->plan.desired) != 0 || !wp_plans_equal(plan, &saved->plan))
        return wp_problem_set(problem, WP_PROBLEM_REFUSED,
                              "the saved plan is not what this version of woapol makes of its "
                              "sources; plan anew");
    return true;
}

/* ---- afterwards -------------------------------------------------------------------------- */

/* Reads everything once more: is it as it should be? */
static enum wp_deploy_end
look_over(struct wp_deploy *deploy, const struct wp_state *desired,
          const struct wp_plan_options *options, struct wp_problem *problem)
{
    struct wp_state now;
    struct wp_plan rest = {0};
    enum wp_deploy_end end = WP_DEPLOY_DIFFERS;

    wp_state_init(&now, deploy->arena);
    if (!deploy->session->kind->read(deploy->session, &now, problem))
        end = WP_DEPLOY_STOPPED;
    else if (wp_plan_make(&rest, deploy->arena, deploy->session, deploy->url, desired, &now,
                          options, problem)) {
        if (rest.count == 0)
            end = WP_DEPLOY_DONE;
        else
            (void)wp_problem_set(
                problem, WP_PROBLEM_FAILED,
                "everything was sent, but the tenant is not as it should be: %s: "
                "%s",
                wp_key_label(deploy->arena, rest.calls[0].key),
                wp_compare_sentence(deploy->arena, rest.calls[0].before, rest.calls[0].after));
    }
    wp_plan_end(&rest);
    wp_state_end(&now);
    return end;
}

static enum wp_deploy_end
end_of(enum wp_push_end end)
{
    switch (end) {
    case WP_PUSH_DONE:
    case WP_PUSH_DONE_OTHERWISE:
        return WP_DEPLOY_DONE;
    case WP_PUSH_STOPPED:
        return WP_DEPLOY_STOPPED;
    case WP_PUSH_REFUSED:
        return WP_DEPLOY_REFUSED;
    case WP_PUSH_RETURNED:
        return WP_DEPLOY_RETURNED;
    case WP_PUSH_STUCK:
        break;
    }
    return WP_DEPLOY_STUCK;
}

/* Does a call change nothing but its own object? Then having seen all of these is
 * having seen everything. */
static bool
is_by_itself(struct wp_deploy *deploy, const struct wp_plan *plan, const struct wp_state *start)
{
    struct wp_state alone, state;
    const char **keys;
    bool same = true;

    if (deploy->session->kind->effect == NULL)
        return true;
    wp_state_copy(&state, deploy->arena, start);
    for (size_t i = 0; i < plan->count && same; i++) {
        const char *key = plan->calls[i].key;
        wp_state_copy(&alone, deploy->arena, &state);
        wp_call_apply(deploy->session, &state, &plan->calls[i]);
        size_t changed = wp_compare_states(deploy->arena, &alone, &state, &keys);
        same = changed == 0 || (changed == 1 && strcmp(keys[0], key) == 0);
        wp_state_end(&alone);
    }
    wp_state_end(&state);
    return same;
}

/* Sends a plan and looks it over; `word` is what the journal says when it is done. */
static enum wp_deploy_end
carry_out(struct wp_deploy *deploy, const struct wp_plan *plan, const struct wp_state *start,
          struct wp_state *held, size_t from, const char *word, const struct wp_state *desired,
          struct wp_problem *problem)
{
    struct wp_push_options options = deploy->push;
    const struct wp_plan_options back = {.prune = true, .returning = true};
    const struct wp_plan_options *as = desired == deploy->desired ? &deploy->options : &back;

    options.journal = &deploy->journal;
    enum wp_deploy_end looked = WP_DEPLOY_DONE;
    enum wp_push_end end = wp_push(plan, deploy->session, start, held, from, &options, problem);
    if (end != WP_PUSH_DONE && end != WP_PUSH_DONE_OTHERWISE)
        return end_of(end);
    if (from > 0 || end == WP_PUSH_DONE_OTHERWISE || plan->count > MOST_BY_THEMSELVES ||
        !is_by_itself(deploy, plan, start))
        looked = look_over(deploy, desired, as, problem);
    if (looked != WP_DEPLOY_STOPPED &&
        !wp_journal_add(&deploy->journal, json_pack("{s:s}", "state", word), problem))
        return WP_DEPLOY_STOPPED;
    return looked;
}

/* ---- pushing --------------------------------------------------------------------------------- */

static bool
is_safe(struct wp_deploy *deploy, struct wp_problem *problem)
{
    return deploy->guarded == NULL || wp_guard_check(deploy->guarded, &deploy->file.plan,
                                                     deploy->session, &deploy->file.read, problem);
}

static enum wp_deploy_end
not_begun(const struct wp_problem *problem)
{
    return problem->kind == WP_PROBLEM_REFUSED ? WP_DEPLOY_REFUSED : WP_DEPLOY_FAILED;
}

enum wp_deploy_end
wp_deploy_push(struct wp_deploy *deploy, struct wp_problem *problem)
{
    struct wp_plan_file *file = &deploy->file;
    struct wp_state held;

    if (!is_safe(deploy, problem) ||
        !wp_journal_create(&deploy->journal, deploy->arena, deploy->folder,
                           file->plan.tenant == NULL ? file->plan.tenant_kind : file->plan.tenant,
                           wp_plan_file_json(file, NULL), problem))
        return not_begun(problem);
    wp_state_copy(&held, deploy->arena, &file->read);
    enum wp_deploy_end end =
        carry_out(deploy, &file->plan, &file->read, &held, 0, "finished", deploy->desired, problem);
    wp_state_end(&held);
    return end;
}

/* ---- going on ----------------------------------------------------------------------------------
 */

/* The journal's plan is sent only if it is what the sources ask for. */
static bool
is_our_plan(struct wp_deploy *deploy, const struct wp_story *story, struct wp_problem *problem)
{
    struct wp_plan plan = {0};
    bool right = wp_plan_make(&plan, deploy->arena, deploy->session, deploy->url, deploy->desired,
                              &story->head.read, &story->head.options, problem) &&
                 (wp_plans_equal(&plan, &story->head.plan) ||
                  wp_problem_set(problem, WP_PROBLEM_REFUSED,
                                 "the journal's plan is not what this version of woapol makes of "
                                 "its sources: roll back, or push anew"));

    wp_plan_end(&plan);
    return right;
}

static enum wp_deploy_end
go_on(struct wp_deploy *deploy, const struct wp_story *story, struct wp_problem *problem)
{
    const struct wp_episode *episode = &story->episodes[story->count - 1];
    bool is_return = story->count > 1;
    struct wp_state held, target;
    size_t next = 0;

    if (story->state != WP_JOURNAL_OPEN) {
        (void)wp_problem_set(problem, WP_PROBLEM_REFUSED,
                             "there is nothing to resume: that push has ended");
        return WP_DEPLOY_REFUSED;
    }
    wp_state_init(&held, deploy->arena);
    if (!deploy->session->kind->read(deploy->session, &held, problem) ||
        (!is_return && !is_our_plan(deploy, story, problem)) ||
        !wp_resume(story, &deploy->journal, deploy->session, &held, &next, problem)) {
        wp_state_end(&held);
        return not_begun(problem);
    }
    /* What a return leads to is what its own calls lead to. */
    wp_state_copy(&target, deploy->arena, &held);
    for (size_t i = next; i < episode->plan.count; i++)
        wp_call_apply(deploy->session, &target, &episode->plan.calls[i]);
    enum wp_deploy_end end = carry_out(
        deploy, &episode->plan, is_return ? &held : &story->head.read, &held, next,
        is_return ? "returned" : "finished", is_return ? &target : deploy->desired, problem);
    wp_state_end(&target);
    wp_state_end(&held);
    return end;
}

enum wp_deploy_end
wp_deploy_resume(struct wp_deploy *deploy, const char *path, struct wp_problem *problem)
{
    struct wp_story story;
    enum wp_deploy_end end;

    if (wp_journal_open(&deploy->journal, &story, deploy->arena, path, problem)) {
        deploy->options = story.head.options;
        end = go_on(deploy, &story, problem);
    } else {
        end = not_begun(problem);
    }
    wp_story_end(&story);
    return end;
}

/* ---- going back
 * ------------------------------------------------------------------------------------ */

bool
wp_deploy_plan_back(struct wp_deploy *deploy, const struct wp_story *story, bool force,
                    struct wp_problem *problem)
{
    struct wp_state *target = &deploy->back;

    wp_state_init(&deploy->file.read, deploy->arena);
    wp_state_init(target, deploy->arena);
    deploy->desired = target;
    deploy->options = (struct wp_plan_options){.prune = true, .returning = true};
    return deploy->session->kind->read(deploy->session, &deploy->file.read, problem) &&
           wp_way_back(story, deploy->session, &deploy->file.read, force, target, problem) &&
           wp_plan_make(&deploy->file.plan, deploy->arena, deploy->session, deploy->url, target,
                        &deploy->file.read, &deploy->options, problem);
}

enum wp_deploy_end
wp_deploy_back(struct wp_deploy *deploy, const char *why, struct wp_problem *problem)
{
    struct wp_plan_file *file = &deploy->file;
    struct wp_state held;

    if (!is_safe(deploy, problem) || !wp_begin_return(&deploy->journal, &file->plan, why, problem))
        return not_begun(problem);
    wp_state_copy(&held, deploy->arena, &file->read);
    enum wp_deploy_end end =
        carry_out(deploy, &file->plan, &file->read, &held, 0, "returned", deploy->desired, problem);
    wp_state_end(&held);
    return end;
}

void
wp_deploy_end(struct wp_deploy *deploy)
{
    wp_journal_close(&deploy->journal);
    wp_plan_file_end(&deploy->file);
    if (deploy->back.arena != NULL)
        wp_state_end(&deploy->back);
}
