/* Sending one call, and writing it down. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "compiler/emit/compare.h"
#include "compiler/emit/push_parts.h"

uint64_t
wp_push_now(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

bool
wp_push_look(struct wp_pushing *push, const char *key, const struct wp_object **found)
{
    struct wp_object *object = NULL;

    if (!push->session->kind->look(push->session, push->held, key, &object, push->problem))
        return false;
    if (object == NULL)
        wp_state_remove(push->held, key);
    else
        object->read_at = wp_push_now();
    *found = object;
    return true;
}

/* ---- the journal --------------------------------------------------------------------- */

bool
wp_push_state(struct wp_journal *journal, const char *word, const char *why,
              struct wp_problem *problem)
{
    return wp_journal_add(journal, json_pack("{s:s, s:s}", "state", word, "why", why), problem);
}

bool
wp_push_record(struct wp_pushing *push, size_t number, bool happened, bool as_sent,
               const struct wp_attempt *attempt)
{
    const struct wp_object *object = wp_state_find(push->held, push->plan->calls[number].key);
    json_t *line = json_pack("{s:i, s:s, s:i, s:s}", "call", (int)number, "state",
                             happened ? "done" : "not done", "status", (int)attempt->status,
                             "request", attempt->request_id);

    if (happened && object != NULL && object->id != NULL)
        (void)json_object_set_new(line, "id", json_string(object->id));
    if (happened && !as_sent)
        (void)json_object_set_new(line, "seen",
                                  object == NULL ? json_null() : json_deep_copy(object->body));
    return wp_journal_add(push->options->journal, line, push->problem);
}

/* ---- the request ----------------------------------------------------------------------- */

/* Puts secrets in the place of {"$secret": key}, in a copy that only this call has. */
static bool
put_secrets(struct wp_pushing *push, json_t *value, struct wp_problem *problem)
{
    const char *name;
    json_t *part;
    void *next;
    size_t i;

    json_object_foreach_safe(value, next, name, part)
    {
        const char *key = json_object_size(part) == 1
                              ? json_string_value(json_object_get(part, "$secret"))
                              : NULL;
        if (key == NULL) {
            if (!put_secrets(push, part, problem))
                return false;
            continue;
        }
        char *secret = push->session->kind->secret == NULL
                           ? NULL
                           : push->session->kind->secret(push->session, key, problem);
        if (secret == NULL)
            return wp_problem_set(problem, WP_PROBLEM_FAILED, "there is no secret for %s",
                                  wp_key_label(push->arena, key));
        (void)json_object_set_new(value, name, json_string(secret));
        explicit_bzero(secret, strlen(secret));
        free(secret);
    }
    json_array_foreach(value, i, part) if (!put_secrets(push, part, problem)) return false;
    return true;
}

/* Looks for objects that came into being without our making. */
static const char *
path_of(struct wp_pushing *push, const struct wp_call *call, struct wp_problem *problem)
{
    const char *missing = NULL, *last = NULL;

    for (;;) {
        const char *path = wp_resolve_path(push->arena, push->held, call->path, &missing);
        const struct wp_object *found;
        if (path != NULL)
            return path;
        if (last != NULL && strcmp(last, missing) == 0)
            break;
        last = missing;
        if (!wp_push_look(push, missing, &found))
            return NULL;
    }
    (void)wp_problem_set(problem, WP_PROBLEM_FAILED, "%s is needed, and is not there",
                         wp_key_label(push->arena, missing));
    return NULL;
}

static bool
body_of(struct wp_pushing *push, const struct wp_call *call, json_t **body,
        struct wp_problem *problem)
{
    const char *missing = NULL, *last = NULL;

    *body = NULL;
    while (call->send != NULL) {
        const struct wp_object *found;
        *body = wp_resolve_references(push->held, call->send, &missing);
        if (*body != NULL)
            break;
        if (last != NULL && strcmp(last, missing) == 0)
            return wp_problem_set(problem, WP_PROBLEM_FAILED, "%s is needed, and is not there",
                                  wp_key_label(push->arena, missing));
        last = missing;
        if (!wp_push_look(push, missing, &found))
            return false;
    }
    if (*body == NULL || put_secrets(push, *body, problem))
        return true;
    json_decref(*body);
    *body = NULL;
    return false;
}

static void
wipe(char *text)
{
    if (text != NULL)
        explicit_bzero(text, strlen(text));
    free(text);
}

static enum wp_step_end
send(struct wp_pushing *push, const struct wp_call *call, const char *path, char *body,
     struct wp_attempt *attempt, struct wp_problem *why)
{
    const struct wp_writer *writer = &push->options->writer;
    struct wp_http_answer answer = {.body = "", .request_id = ""};
    const struct wp_http_request request = {.method = call->method,
                                            .path = path,
                                            .accept = call->media,
                                            .content_type = call->media,
                                            .body = body,
                                            .body_size = body == NULL ? 0 : strlen(body)};

    attempt->answered = writer->send(writer->context, &request, &answer, why);
    attempt->status = attempt->answered ? answer.status : 0;
    wp_problem_escape(attempt->request_id, sizeof attempt->request_id, answer.request_id,
                      strlen(answer.request_id));
    json_decref(attempt->answer);
    attempt->answer = NULL;
    if (attempt->answered && (answer.status < 200 || answer.status > 299))
        writer->complain(writer->context, &request, &answer, why);
    else if (attempt->answered && push->session->kind->take != NULL && answer.size > 0)
        attempt->answer = json_loadb(answer.body, answer.size, JSON_DECODE_ANY, NULL);
    return attempt->answered || answer.was_sent ? WP_STEP_DONE : WP_STEP_AGAIN;
}

enum wp_step_end
wp_push_send(struct wp_pushing *push, size_t number, struct wp_attempt *attempt,
             struct wp_problem *why)
{
    const struct wp_call *call = &push->plan->calls[number];
    enum wp_step_end step = WP_STEP_BROKEN;
    json_t *body = NULL;
    const char *path = path_of(push, call, why);

    if (path == NULL || !body_of(push, call, &body, why))
        return WP_STEP_BROKEN;
    if (wp_journal_add(push->options->journal,
                       json_pack("{s:i, s:s}", "call", (int)number, "state", "sending"), why)) {
        char *text = body == NULL ? NULL : json_dumps(body, JSON_COMPACT | JSON_ENCODE_ANY);
        step = send(push, call, path, text, attempt, why);
        wipe(text);
    }
    json_decref(body);
    return step;
}
