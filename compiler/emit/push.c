/* One call after the other, each judged by what the tenant holds afterwards. */
#include "compiler/emit/push.h"

#include "compiler/analysis/diff.h"
#include "compiler/emit/compare.h"
#include "compiler/emit/push_parts.h"

#define MOST_LOOKS 5
#define FIRST_PAUSE 250 /* milliseconds */
#define MOST_SENDS 3

static bool
same_body(const json_t *a, const json_t *b)
{
    return a == NULL || b == NULL ? a == b : json_equal(a, b);
}

static const json_t *
body_in(const struct wp_state *state, const char *key)
{
    const struct wp_object *object = wp_state_find(state, key);
    return object == NULL ? NULL : object->body;
}

/* ---- before a call -------------------------------------------------------------------- */

/* Is the object as we know it? Looked at again when that was long ago. */
static bool
is_untouched(struct wp_pushing *push, const struct wp_call *call, enum wp_step_end *step)
{
    const struct wp_object *object = wp_state_find(push->held, call->key);

    if (call->before == NULL || object == NULL ||
        wp_push_now() - (object->read_at == 0 ? push->started : object->read_at) <
            push->options->fresh_milliseconds)
        return true;
    json_t *known = json_deep_copy(object->body);
    const struct wp_object *found;
    bool looked = wp_push_look(push, call->key, &found);
    bool same = looked && same_body(found == NULL ? NULL : found->body, known);
    *step = looked ? WP_STEP_FOREIGN : WP_STEP_BROKEN;
    if (looked && !same)
        (void)wp_problem_set(
            push->problem, WP_PROBLEM_REFUSED, "somebody else has changed %s meanwhile: %s",
            wp_key_label(push->arena, call->key),
            wp_compare_sentence(push->arena, known, found == NULL ? NULL : found->body));
    json_decref(known);
    return looked && same;
}

/* ---- after a call ----------------------------------------------------------------------- */

/* Takes the answer for the object, when it is what was sent: anything else is
 * looked at. */
static bool
is_answered_with(struct wp_pushing *push, const struct wp_call *call,
                 const struct wp_attempt *attempt)
{
    struct wp_object *found = NULL;
    struct wp_problem ignored = {0};

    if (attempt->answer == NULL || call->after == NULL || push->session->kind->take == NULL)
        return false;
    if (!push->session->kind->take(push->session, push->held, call->key, attempt->answer, &found,
                                   &ignored) ||
        found == NULL)
        return false;
    found->read_at = wp_push_now();
    return same_body(found->body, call->after);
}

/* Looks until the tenant shows what was done, which may take it a moment: as long
 * as it shows what was there before, when it said that it had done it. */
static bool
look_back(struct wp_pushing *push, const struct wp_call *call, const json_t *known, bool accepted,
          const struct wp_object **found)
{
    for (unsigned i = 0; i < MOST_LOOKS; i++) {
        if (!wp_push_look(push, call->key, found))
            return false;
        const json_t *body = *found == NULL ? NULL : (*found)->body;
        if (same_body(body, call->after) || !accepted || !same_body(body, known))
            return true;
        if (i + 1 < MOST_LOOKS)
            push->options->pause(push->options->context, (uint64_t)FIRST_PAUSE << i);
    }
    return true;
}

/* What a call has changed besides its object has changed in the state, too. */
static void
follow(const struct wp_pushing *push, struct wp_state *state, const struct wp_call *call)
{
    if (push->session->kind->effect != NULL)
        push->session->kind->effect(push->session, state, call);
}

/* Of what the tenant decides now, is any of it looser than it should be, or not to be
 * told? */
static bool
is_harmless(struct wp_pushing *push, const struct wp_call *call)
{
    struct wp_meaning wanted = {0}, actual = {0};
    struct wp_state expected, seen;
    struct wp_problem ignored = {0};
    struct wp_diff diff = {0};

    wp_state_copy(&expected, push->arena, push->held);
    wp_state_copy(&seen, push->arena, push->held);
    wp_call_apply(push->session, &expected, call);
    follow(push, &seen, call);
    bool harmless = wp_meaning_make(&wanted, push->arena, push->session, &expected, &ignored) &&
                    wp_meaning_make(&actual, push->arena, push->session, &seen, &ignored) &&
                    wp_diff_models(&diff, push->arena, wanted.compilation.model,
                                   actual.compilation.model, NULL) &&
                    diff.undecided == 0;
    for (uint32_t i = 0; harmless && i < diff.count; i++)
        harmless = diff.regions[i].change == WP_ORDER_STRICTER;
    wp_meaning_end(&wanted);
    wp_meaning_end(&actual);
    wp_state_end(&expected);
    wp_state_end(&seen);
    return harmless;
}

/* The tenant holds something that was neither there before nor sent. */
static enum wp_step_end
judge(struct wp_pushing *push, const struct wp_call *call, const struct wp_object *found)
{
    const char *what =
        wp_compare_sentence(push->arena, call->after, found == NULL ? NULL : found->body);

    if (is_harmless(push, call)) {
        if (push->options->note != NULL)
            push->options->note(push->options->context,
                                wp_format(push->arena,
                                          "the tenant keeps %s otherwise than it was sent, which "
                                          "lets nobody in: %s",
                                          wp_key_label(push->arena, call->key), what));
        return WP_STEP_DONE;
    }
    (void)wp_problem_set(push->problem, WP_PROBLEM_FAILED,
                         "the tenant keeps %s otherwise than it was sent, and not more strictly: "
                         "%s",
                         wp_key_label(push->arena, call->key), what);
    return WP_STEP_WRONG;
}

static bool
is_accepted(unsigned status)
{
    return status >= 200 && status < 300;
}

/* May trying again help? What the tenant said no to it will say no to again. */
static bool
is_passing(bool answered, unsigned status)
{
    return !answered || status >= 500 || status == 408 || status == 423 || status == 429;
}

/* What came of a call, told from the object. */
static enum wp_step_end
find_out(struct wp_pushing *push, const struct wp_call *call, const struct wp_attempt *attempt)
{
    const struct wp_object *found;
    bool accepted = attempt->answered && is_accepted(attempt->status);

    if (accepted && is_answered_with(push, call, attempt))
        return WP_STEP_DONE;
    if (!look_back(push, call, attempt->known, accepted, &found))
        return WP_STEP_BROKEN;
    const json_t *body = found == NULL ? NULL : found->body;
    if (same_body(body, call->after))
        return WP_STEP_DONE;
    if (!same_body(body, attempt->known))
        return judge(push, call, found);
    if (!accepted && is_passing(attempt->answered, attempt->status))
        return WP_STEP_AGAIN;
    if (accepted)
        (void)wp_problem_set(push->problem, WP_PROBLEM_FAILED,
                             "the tenant said that it did it, but %s is as before",
                             wp_key_label(push->arena, call->key));
    return WP_STEP_WRONG;
}

/* ---- one call ---------------------------------------------------------------------------- */

static json_t *
known_body(const struct wp_state *state, const char *key)
{
    const json_t *body = body_in(state, key);
    return body == NULL ? NULL : json_deep_copy(body);
}

static enum wp_step_end
step(struct wp_pushing *push, size_t number)
{
    const struct wp_call *call = &push->plan->calls[number];
    struct wp_attempt attempt = {0};
    enum wp_step_end step = WP_STEP_BROKEN;

    if (!is_untouched(push, call, &step))
        return step;
    attempt.known = known_body(push->held, call->key);
    for (unsigned i = 0; i < MOST_SENDS; i++) {
        struct wp_problem why = {0};
        if (i > 0)
            push->options->pause(push->options->context, (uint64_t)FIRST_PAUSE << (2 * i));
        step = wp_push_send(push, number, &attempt, &why);
        if (step == WP_STEP_DONE)
            step = find_out(push, call, &attempt);
        if (step != WP_STEP_DONE && why.kind != WP_PROBLEM_NONE)
            *push->problem = why;
        if (step != WP_STEP_AGAIN)
            break;
    }
    if (step == WP_STEP_DONE || step == WP_STEP_WRONG) {
        const json_t *body = body_in(push->held, call->key);
        bool as_sent = same_body(body, call->after);
        bool happened = as_sent || !same_body(body, attempt.known);
        if (happened)
            follow(push, push->held, call);
        push->as_sent = push->as_sent && as_sent;
        if (!wp_push_record(push, number, happened, as_sent, &attempt))
            step = WP_STEP_BROKEN;
    }
    json_decref(attempt.known);
    json_decref(attempt.answer);
    return step == WP_STEP_AGAIN ? WP_STEP_BROKEN : step;
}

/* ---- all of them -------------------------------------------------------------------------- */

static void
tell_progress(const struct wp_pushing *push, size_t done)
{
    const struct wp_plan *plan = push->plan;

    if (push->options->progress != NULL)
        push->options->progress(push->options->context,
                                done < plan->count ? &plan->calls[done] : NULL, done, plan->count);
}

static bool
is_stopped(const struct wp_pushing *push)
{
    return push->options->stopped != NULL && push->options->stopped(push->options->context);
}

/* Runs until something does not go as it should; *at is the call that did not. */
static enum wp_step_end
run(struct wp_pushing *push, size_t from, size_t *at, bool may_stop)
{
    for (*at = from; *at < push->plan->count; (*at)++) {
        tell_progress(push, *at);
        if (may_stop && is_stopped(push)) {
            (void)wp_problem_set(push->problem, WP_PROBLEM_FAILED, "stopped after %zu of %zu calls",
                                 *at, push->plan->count);
            return WP_STEP_BROKEN;
        }
        enum wp_step_end result = step(push, *at);
        if (result != WP_STEP_DONE)
            return result;
    }
    tell_progress(push, push->plan->count);
    return WP_STEP_DONE;
}

/* How many calls lead to the last checkpoint at or before call `at`. */
static size_t
last_checkpoint(const struct wp_plan *plan, size_t at)
{
    while (at > 0 && !plan->calls[at - 1].checkpoint)
        at--;
    return at;
}

/* Takes back what was done since the last checkpoint, by a plan of its own. */
static enum wp_push_end
go_back(struct wp_pushing *push, size_t at)
{
    struct wp_problem why = *push->problem, problem = {0};
    const struct wp_plan_options options = {.prune = true, .returning = true};
    struct wp_pushing back = *push;
    struct wp_plan plan = {.arena = push->arena};
    struct wp_state wanted, current, target;
    size_t reached, to = last_checkpoint(push->plan, at);

    wp_state_init(&current, push->arena);
    wp_plan_apply(push->plan, push->session, push->start, to, &wanted);
    bool done = push->session->kind->read(push->session, &current, &problem);
    wp_target_state(&wanted, push->held, &current, push->arena, &target);
    done = done &&
           wp_plan_make(&plan, push->arena, push->session, push->plan->url, &target, &current,
                        &options, &problem) &&
           wp_begin_return(push->options->journal, &plan, why.text, &problem);
    back.plan = &plan;
    back.held = &current;
    back.problem = &problem;
    back.started = wp_push_now();
    done = done && run(&back, 0, &reached, false) == WP_STEP_DONE &&
           wp_push_state(push->options->journal, "returned", why.text, &problem);
    push->problem->kind = WP_PROBLEM_NONE;
    (void)wp_problem_set(push->problem, why.kind, "%s; %s%s", why.text,
                         done ? (to == 0 ? "the tenant is as it was before"
                                         : "the tenant is as it was at the last checkpoint")
                              : "and going back did not work: ",
                         done ? "" : problem.text);
    wp_plan_end(&plan);
    wp_state_end(&wanted);
    wp_state_end(&target);
    wp_state_end(&current);
    return done ? WP_PUSH_RETURNED : WP_PUSH_STUCK;
}

enum wp_push_end
wp_push(const struct wp_plan *plan, struct wp_session *session, const struct wp_state *start,
        struct wp_state *held, size_t from, const struct wp_push_options *options,
        struct wp_problem *problem)
{
    struct wp_pushing push = {.plan = plan,
                              .session = session,
                              .arena = plan->arena,
                              .start = start,
                              .held = held,
                              .options = options,
                              .problem = problem,
                              .started = wp_push_now(),
                              .as_sent = true};
    struct wp_problem ignored = {0};
    size_t at;

    switch (run(&push, from, &at, true)) {
    case WP_STEP_DONE:
        return push.as_sent ? WP_PUSH_DONE : WP_PUSH_DONE_OTHERWISE;
    case WP_STEP_WRONG:
        return go_back(&push, at);
    case WP_STEP_FOREIGN:
        (void)wp_push_state(options->journal, "stopped", problem->text, &ignored);
        return WP_PUSH_REFUSED;
    case WP_STEP_AGAIN:
    case WP_STEP_BROKEN:
        break;
    }
    (void)wp_push_state(options->journal, "stopped", problem->text, &ignored);
    return WP_PUSH_STOPPED;
}
