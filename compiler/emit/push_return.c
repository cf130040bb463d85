/* Going on with a push, and going back: what a journal leads to expect, held
 * against what the tenant holds. */
#include <string.h>

#include "compiler/emit/compare.h"
#include "compiler/emit/push_parts.h"

/* ---- states ------------------------------------------------------------------------- */

static void
put_object(struct wp_state *state, const struct wp_object *object)
{
    struct wp_object *there = wp_state_find(state, object->key);

    if (there == NULL) {
        there = wp_state_add_key(state, object->key, object->kind, object->name, NULL,
                                 json_deep_copy(object->body));
    } else {
        json_decref(there->body);
        there->body = json_deep_copy(object->body);
    }
    there->system = object->system;
    there->reference = object->reference;
    there->span = object->span;
}

void
wp_target_state(const struct wp_state *wanted, const struct wp_state *expected,
                const struct wp_state *current, struct wp_arena *arena, struct wp_state *target)
{
    const char **keys;
    size_t count = wp_compare_states(arena, wanted, expected, &keys);

    wp_state_copy(target, arena, current);
    for (size_t i = 0; i < count; i++) {
        const struct wp_object *object = wp_state_find(wanted, keys[i]);
        if (object == NULL)
            wp_state_remove(target, keys[i]);
        else
            put_object(target, object);
    }
}

/* The call has been done; what was seen then is what there is. */
static void
redo(const struct wp_session *session, struct wp_state *state, const struct wp_call *call,
     const struct wp_journal_call *done)
{
    wp_call_apply(session, state, call);
    struct wp_object *object = wp_state_find(state, call->key);
    if (done->has_seen && done->seen == NULL)
        wp_state_remove(state, call->key);
    else if (done->has_seen && object != NULL) {
        json_decref(object->body);
        object->body = json_deep_copy(done->seen);
    }
}

/* What the tenant should hold by the journal, the call in flight not counted. */
static void
expected_state(const struct wp_story *story, const struct wp_session *session,
               struct wp_state *state)
{
    wp_state_copy(state, story->arena, &story->head.read);
    for (size_t e = 0; e < story->count; e++) {
        const struct wp_episode *episode = &story->episodes[e];
        for (size_t i = 0; i < episode->done; i++)
            redo(session, state, &episode->plan.calls[i], &episode->calls[i]);
    }
}

/* The first key that differs in a way that matters, or NULL, and how many do. What
 * the tenant made itself, as part of something else, nobody else has written. */
static const char *
strangers(struct wp_arena *arena, const struct wp_state *expected, const struct wp_state *current,
          size_t *count)
{
    const char **keys, *first = NULL;
    size_t all = wp_compare_states(arena, expected, current, &keys);

    *count = 0;
    for (size_t i = 0; i < all; i++) {
        const struct wp_object *found = wp_state_find(current, keys[i]);
        if (found != NULL && wp_state_find(expected, keys[i]) == NULL && found->system)
            continue;
        first = first == NULL ? keys[i] : first;
        (*count)++;
    }
    return first;
}

static bool
refuse(struct wp_arena *arena, const char *key, const struct wp_state *expected,
       const struct wp_state *current, const char *cure, struct wp_problem *problem)
{
    const struct wp_object *was = wp_state_find(expected, key), *is = wp_state_find(current, key);

    return wp_problem_set(
        problem, WP_PROBLEM_REFUSED, "somebody else has changed the tenant since: %s: %s; %s",
        wp_key_label(arena, key),
        wp_compare_sentence(arena, was == NULL ? NULL : was->body, is == NULL ? NULL : is->body),
        cure);
}

/* ---- going on ---------------------------------------------------------------------------- */

static bool
record_flight(const struct wp_episode *episode, struct wp_journal *journal,
              const struct wp_state *current, bool done, struct wp_problem *problem)
{
    const struct wp_call *call = &episode->plan.calls[episode->done];
    const struct wp_object *object = wp_state_find(current, call->key);
    json_t *line = json_pack("{s:i, s:s, s:b}", "call", (int)episode->done, "state",
                             done ? "done" : "not done", "resumed", true);

    if (done && object != NULL && object->id != NULL)
        (void)json_object_set_new(line, "id", json_string(object->id));
    return wp_journal_add(journal, line, problem);
}

bool
wp_resume(const struct wp_story *story, struct wp_journal *journal,
          const struct wp_session *session, const struct wp_state *current, size_t *next,
          struct wp_problem *problem)
{
    const struct wp_episode *episode = &story->episodes[story->count - 1];
    const char *cure = "look at it, then plan and push anew, or roll back";
    struct wp_state before, after;
    size_t undone, done = SIZE_MAX;

    *next = episode->done;
    expected_state(story, session, &before);
    wp_state_copy(&after, story->arena, &before);
    const char *first = strangers(story->arena, &before, current, &undone), *other = NULL;
    if (episode->is_in_flight) {
        wp_call_apply(session, &after, &episode->plan.calls[episode->done]);
        other = strangers(story->arena, &after, current, &done);
    }
    bool right = undone == 0 || done == 0;
    if (done == 0)
        (*next)++;
    if (!right && done < undone)
        (void)refuse(story->arena, other, &after, current, cure, problem);
    else if (!right)
        (void)refuse(story->arena, first, &before, current, cure, problem);
    else if (episode->is_in_flight)
        right = record_flight(episode, journal, current, done == 0, problem);
    wp_state_end(&before);
    wp_state_end(&after);
    return right;
}

/* ---- going back ----------------------------------------------------------------------------- */

bool
wp_way_back(const struct wp_story *story, const struct wp_session *session,
            const struct wp_state *current, bool force, struct wp_state *target,
            struct wp_problem *problem)
{
    const struct wp_episode *episode = &story->episodes[story->count - 1];
    struct wp_state expected;
    size_t count;

    expected_state(story, session, &expected);
    const char *first = strangers(story->arena, &expected, current, &count);
    if (count > 0 && episode->is_in_flight) {
        struct wp_state after;
        size_t less;
        wp_state_copy(&after, story->arena, &expected);
        wp_call_apply(session, &after, &episode->plan.calls[episode->done]);
        const char *other = strangers(story->arena, &after, current, &less);
        if (less < count) {
            const struct wp_state swap = expected;
            expected = after;
            after = swap;
            first = other;
            count = less;
        }
        wp_state_end(&after);
    }
    bool right = count == 0 || force ||
                 refuse(story->arena, first, &expected, current,
                        "--force takes back what the push changed, and leaves the rest", problem);
    wp_target_state(&story->head.read, &expected, current, story->arena, target);
    wp_state_end(&expected);
    return right;
}

bool
wp_begin_return(struct wp_journal *journal, const struct wp_plan *back, const char *why,
                struct wp_problem *problem)
{
    return wp_journal_add(
        journal,
        json_pack("{s:{s:o, s:s}}", "return", "calls", wp_calls_json(back, NULL), "why", why),
        problem);
}
