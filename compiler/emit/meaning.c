/* From objects to a model, and what a call makes of a state. */
#include "compiler/emit/meaning.h"

#include <string.h>

#define NAME "tenant.woapol"

static const char *
read_lifted(void *context, struct wp_arena *arena, const char *path, size_t *length,
            const char **reason)
{
    const struct wp_meaning *meaning = context;

    (void)arena;
    if (strcmp(path, NAME) != 0) {
        *reason = "No such file or directory";
        return NULL;
    }
    *length = meaning->length;
    return meaning->source;
}

bool
wp_meaning_lift(struct wp_meaning *meaning, struct wp_arena *arena,
                const struct wp_session *session, const struct wp_state *state,
                struct wp_problem *problem)
{
    struct wp_buffer buffer = {.arena = arena};

    *meaning = (struct wp_meaning){0};
    bool whole = session->kind->lift(session, state, &buffer, problem);
    meaning->length = buffer.size;
    wp_buffer_add(&buffer, "", 1);
    meaning->source = (const char *)buffer.bytes;
    return whole || wp_problem_set(problem, WP_PROBLEM_FAILED, "what %s decides cannot be told",
                                   session->kind->label);
}

static bool
complain(struct wp_meaning *meaning, struct wp_problem *problem)
{
    struct wp_diagnostics *list = &meaning->compilation.diagnostics;
    const struct wp_diagnostic *first = list->first;

    while (first != NULL && first->severity != WP_ERROR)
        first = first->next;
    if (first == NULL)
        return wp_problem_set(problem, WP_PROBLEM_FAILED,
                              "what the tenant decides does not compile");
    struct wp_position place =
        wp_locate(&meaning->compilation.sources, first->span.file, first->span.start);
    return wp_problem_set(problem, WP_PROBLEM_FAILED,
                          "what the tenant decides does not compile as a policy: line %u: %s "
                          "(WOA%04d)",
                          place.line, first->message, wp_diagnostic_infos[first->kind].code);
}

bool
wp_meaning_compile(struct wp_meaning *meaning, struct wp_problem *problem)
{
    const struct wp_reader reader = {.read = read_lifted, .context = meaning};
    const struct wp_compile_options options = {.reader = &reader, .today = -1};

    meaning->has_model = true;
    return wp_compile(&meaning->compilation, NAME, &options) || complain(meaning, problem);
}

bool
wp_meaning_make(struct wp_meaning *meaning, struct wp_arena *arena,
                const struct wp_session *session, const struct wp_state *state,
                struct wp_problem *problem)
{
    return wp_meaning_lift(meaning, arena, session, state, problem) &&
           wp_meaning_compile(meaning, problem);
}

void
wp_meaning_end(struct wp_meaning *meaning)
{
    if (meaning->has_model)
        wp_compilation_end(&meaning->compilation);
    meaning->has_model = false;
}

void
wp_call_apply(const struct wp_session *session, struct wp_state *state, const struct wp_call *call)
{
    struct wp_object *object = wp_state_find(state, call->key);

    if (call->after == NULL) {
        wp_state_remove(state, call->key);
    } else if (object != NULL) {
        json_decref(object->body);
        object->body = json_deep_copy(call->after);
    } else {
        (void)wp_state_add_key(state, call->key, call->kind, call->name, NULL,
                               json_deep_copy(call->after));
    }
    if (session->kind->effect != NULL)
        session->kind->effect(session, state, call);
}
