/* The transport by itself, driven by lines on standard input, for run.mjs:
 *
 *     json METHOD PATH [BODY]    list PATH    send METHOD PATH [BODY]
 *
 * One line of JSON comes out for each. With --fast, waits are noted, not slept. */
#include "compiler/emit/credentials.h"
#include "compiler/emit/transport.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void
note_pause(void *context, uint64_t milliseconds)
{
    json_array_append_new(context, json_integer((json_int_t)milliseconds));
}

static bool
never(void *context)
{
    return *(const bool *)context;
}

static void
answer_line(struct wp_transport *transport, char *line, json_t *waits)
{
    struct wp_problem problem = {.kind = WP_PROBLEM_NONE};
    struct wp_http_answer answer = {.body = "", .request_id = ""};
    char *rest = NULL;
    const char *verb = strtok_r(line, " ", &rest);
    bool is_list = strcmp(verb, "list") == 0;
    const char *method = is_list ? "GET" : strtok_r(NULL, " ", &rest);
    const char *path = strtok_r(NULL, " ", &rest);
    const char *body = *rest == '\0' ? NULL : rest;
    json_t *json = NULL, *sent = body == NULL ? NULL : json_loads(body, JSON_DECODE_ANY, NULL);
    struct wp_transport_counts before = wp_transport_counts(transport);
    bool done;

    if (is_list) {
        done = wp_transport_list(transport, path, &json, &problem);
    } else if (strcmp(verb, "json") == 0) {
        done = wp_transport_json(transport, method, path, sent, &json, &answer, &problem);
    } else {
        struct wp_http_request request = {.method = method,
                                          .path = path,
                                          .body = body,
                                          .body_size = body == NULL ? 0 : strlen(body)};
        done = wp_transport_send(transport, &request, &answer, &problem);
    }
    struct wp_transport_counts after = wp_transport_counts(transport);
    json_t *out =
        json_pack("{s:b, s:i, s:b, s:i, s:s, s:i, s:s, s:I, s:I, s:O, s:o}", "done", done, "status",
                  (int)answer.status, "was_sent", answer.was_sent, "size", (int)answer.size,
                  "request_id", answer.request_id, "problem_kind", (int)problem.kind, "problem",
                  problem.text, "requests", (json_int_t)(after.requests - before.requests),
                  "retries", (json_int_t)(after.retries - before.retries), "waits", waits, "json",
                  json == NULL ? json_null() : json);
    json_dumpf(out, stdout, JSON_COMPACT | JSON_ENCODE_ANY);
    putchar('\n');
    fflush(stdout);
    json_array_clear(waits);
    json_decref(out);
    json_decref(sent);
}

/* The value behind an option's name, or NULL. */
static const char *
option(int count, char **arguments, const char *name)
{
    for (int i = 1; i + 1 < count; i++)
        if (strcmp(arguments[i], name) == 0)
            return arguments[i + 1];
    return NULL;
}

static unsigned
number(int count, char **arguments, const char *name)
{
    const char *text = option(count, arguments, name);
    return text == NULL ? 0 : (unsigned)strtoul(text, NULL, 10);
}

static int
give_up(const struct wp_problem *problem)
{
    json_t *out =
        json_pack("{s:i, s:s}", "problem_kind", (int)problem->kind, "problem", problem->text);
    json_dumpf(out, stdout, JSON_COMPACT);
    putchar('\n');
    json_decref(out);
    return 1;
}

int
main(int count, char **arguments)
{
    struct wp_problem problem = {.kind = WP_PROBLEM_NONE};
    struct wp_credentials *credentials = NULL;
    struct wp_credentials_source source = {.kind = option(count, arguments, "--kind"),
                                           .file = option(count, arguments, "--credentials"),
                                           .command =
                                               option(count, arguments, "--credentials-command"),
                                           .writes = option(count, arguments, "--writes") != NULL};
    bool stop = false;
    json_t *waits = json_array();
    char *line = NULL;
    size_t room = 0;

    if (source.kind != NULL && (credentials = wp_credentials_new(&source, &problem)) == NULL) {
        json_decref(waits);
        return give_up(&problem);
    }
    struct wp_transport_options options = {
        .url = option(count, arguments, "--url"),
        .ca_file = option(count, arguments, "--ca"),
        .credentials = credentials,
        .largest_answer = number(count, arguments, "--largest"),
        .timeout_seconds = number(count, arguments, "--timeout"),
        .patience_seconds = number(count, arguments, "--patience"),
        .most_pages = number(count, arguments, "--pages"),
        .stopped = never,
        .stopped_context = &stop,
        .pause = option(count, arguments, "--fast") != NULL ? note_pause : NULL,
        .pause_context = waits};
    struct wp_transport *transport = wp_transport_new(&options, &problem);
    while (transport != NULL && getline(&line, &room, stdin) > 0) {
        line[strcspn(line, "\n")] = '\0';
        answer_line(transport, line, waits);
    }
    free(line);
    json_decref(waits);
    bool opened = transport != NULL;
    wp_transport_free(transport);
    wp_credentials_free(credentials);
    return opened ? 0 : give_up(&problem);
}
