/* Making plans and checking them against the states that they lead through. */
#include "compiler/emit/plan_make.h"

#include <string.h>

#include "compiler/emit/compare.h"

const char *
wp_verb_text(enum wp_verb verb)
{
    static const char *const words[] = {
        [WP_CREATE] = "create",     [WP_UPDATE] = "update",         [WP_DELETE] = "delete",
        [WP_ACTIVATE] = "activate", [WP_DEACTIVATE] = "deactivate", [WP_ASSIGN] = "assign",
    };
    return words[verb];
}

void
wp_plan_apply(const struct wp_plan *plan, const struct wp_session *session,
              const struct wp_state *current, size_t count, struct wp_state *state)
{
    wp_state_copy(state, plan->arena, current);
    for (size_t i = 0; i < count; i++)
        wp_call_apply(session, state, &plan->calls[i]);
}

/* Does the object have the body that the call finds before it? */
static bool
is_as_expected(const struct wp_state *state, const struct wp_call *call)
{
    const struct wp_object *object = wp_state_find(state, call->key);

    if (object == NULL || call->before == NULL)
        return object == NULL && call->before == NULL;
    return json_equal(object->body, call->before);
}

/* Is everything there that is wanted, as it is wanted? What is only referred to is
 * not the plan's to make. */
static bool
reaches(const struct wp_state *state, const struct wp_state *desired, const char **key)
{
    for (size_t i = 0; i < desired->count; i++) {
        const struct wp_object *wanted = desired->items[i];
        const struct wp_object *object = wp_state_find(state, wanted->key);
        *key = wanted->key;
        if (object == NULL || (!wanted->reference && !json_equal(object->body, wanted->body)))
            return false;
    }
    return true;
}

static bool
check(const struct wp_plan *plan, const struct wp_session *session, const struct wp_state *desired,
      const struct wp_state *current, struct wp_problem *problem)
{
    struct wp_state state;
    const char *key = "";
    bool right = true;

    wp_state_copy(&state, plan->arena, current);
    for (size_t i = 0; i < plan->count && right; i++) {
        const struct wp_call *call = &plan->calls[i];
        const struct wp_object *object = wp_state_find(&state, call->key);
        if (!is_as_expected(&state, call)) {
            right = wp_problem_set(
                problem, WP_PROBLEM_FAILED,
                "the plan contradicts itself at step %zu (%s): this is a mistake in woapol: %s",
                i + 1, wp_key_label(plan->arena, call->key),
                wp_compare_sentence(plan->arena, object == NULL ? NULL : object->body,
                                    call->before));
        }
        wp_call_apply(session, &state, call);
    }
    if (right && !reaches(&state, desired, &key)) {
        const struct wp_object *object = wp_state_find(&state, key);
        right = wp_problem_set(
            problem, WP_PROBLEM_FAILED,
            "the plan does not lead to what is wanted of %s: this is a mistake in woapol: %s",
            wp_key_label(plan->arena, key),
            wp_compare_sentence(plan->arena, object == NULL ? NULL : object->body,
                                wp_state_find(desired, key)->body));
    }
    wp_state_end(&state);
    return right;
}

bool
wp_plan_make(struct wp_plan *plan, struct wp_arena *arena, const struct wp_session *session,
             const char *url, const struct wp_state *desired, const struct wp_state *current,
             const struct wp_plan_options *options, struct wp_problem *problem)
{
    *plan = (struct wp_plan){.arena = arena,
                             .tenant = session->tenant == NULL || session->tenant->name == NULL
                                           ? NULL
                                           : session->tenant->name->text,
                             .tenant_kind = session->kind->name,
                             .url = url};
    wp_state_fingerprint(current, plan->fingerprint);
    wp_state_digest(desired, plan->desired);
    if (!session->kind->order(session, desired, current, options, plan, problem))
        return wp_problem_set(problem, WP_PROBLEM_FAILED, "no order of calls was found");
    return check(plan, session, desired, current, problem);
}
