/* woapol eval: decides requests, one given or as many as stand in the input. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "compiler/decide/decide.h"
#include "compiler/decide/decision_json.h"
#include "compiler/cli/line_stream.h"
#include "compiler/cli/policy.h"

struct evaluation {
    const struct wp_invocation *invocation;
    struct wp_decider decider;
    struct wp_request_reader *reader;
    struct wp_decision_writer *writer;
    bool has_errors;
    bool is_first_line;
    bool is_denied; /* one of them was */
};

static void
write_error(struct evaluation *evaluation, struct woapol_text id, const char *error,
            struct wp_json_text *output)
{
    evaluation->has_errors = true;
    wp_decision_write_error(output, id, error);
    wp_json_put(output, "\n", 1);
}

static bool
evaluate(struct evaluation *evaluation, const char *text, size_t length,
         struct wp_json_text *output)
{
    struct wp_request_facts facts;
    struct woapol_decision decision;
    if (!wp_request_read(evaluation->reader, text, length, &facts)) {
        write_error(evaluation, facts.id, facts.error, output);
        return true;
    }
    if (!wp_decide(&evaluation->decider, &facts, &decision))
        return false;
    evaluation->is_denied |= decision.effect == WOAPOL_DENY;
    wp_decision_write(evaluation->writer, output, facts.id, &decision, evaluation->decider.reports,
                      evaluation->decider.report_count);
    wp_json_put(output, "\n", 1);
    return !output->failed;
}

static bool
is_blank(const char *line, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (line[i] != ' ' && line[i] != '\t' && line[i] != '\r')
            return false;
    return true;
}

/* Lines without anything in them are passed over. */
static bool
evaluate_line(void *context, const char *line, size_t length, struct wp_json_text *output)
{
    struct evaluation *evaluation = context;
    if (evaluation->is_first_line && length >= 3 && memcmp(line, "\xef\xbb\xbf", 3) == 0) {
        line += 3;
        length -= 3;
    }
    evaluation->is_first_line = false;
    if (is_blank(line, length))
        return true;
    return evaluate(evaluation, line, length, output);
}

static bool
refuse_long_line(void *context, struct wp_json_text *output)
{
    char error[64];
    (void)snprintf(error, sizeof error, "the line is longer than %u MiB", WP_REQUEST_MAX >> 20);
    write_error(context, (struct woapol_text){"null", 4}, error, output);
    return !output->failed;
}

static int
out_of_memory(const struct evaluation *evaluation)
{
    return wp_fail(evaluation->invocation, "out of memory");
}

static int
status_of(const struct evaluation *evaluation)
{
    if (evaluation->has_errors)
        return WP_EXIT_FAILED;
    return evaluation->is_denied && wp_has_option(evaluation->invocation, "exit-code")
               ? WP_EXIT_DENIED
               : WP_EXIT_DONE;
}

static int
evaluate_stream(struct evaluation *evaluation)
{
    const struct wp_line_handler handler = {.line = evaluate_line,
                                            .too_long = refuse_long_line,
                                            .context = evaluation,
                                            .longest = WP_REQUEST_MAX,
                                            .padding = WP_REQUEST_PADDING};
    switch (wp_stream_lines(STDIN_FILENO, STDOUT_FILENO, &handler)) {
    case WP_STREAM_DONE:
        return status_of(evaluation);
    case WP_STREAM_NO_MEMORY:
        return out_of_memory(evaluation);
    case WP_STREAM_READ_ERROR:
        return wp_fail(evaluation->invocation, "standard input: %s", strerror(errno));
    case WP_STREAM_WRITE_ERROR:
        break;
    }
    return wp_fail(evaluation->invocation, "standard output: %s", strerror(errno));
}

static int
evaluate_one(struct evaluation *evaluation, const char *request)
{
    struct wp_json_text output = {0};
    struct wp_json_text padded = {0};
    size_t length = strlen(request);
    wp_json_put(&padded, request, length);
    wp_json_put(&padded, (const char[WP_REQUEST_PADDING]){0}, WP_REQUEST_PADDING);
    bool done = !padded.failed && evaluate(evaluation, padded.bytes, length, &output);
    int status;
    if (!done)
        status = out_of_memory(evaluation);
    else if (!wp_write_all(STDOUT_FILENO, output.bytes, output.length))
        status = wp_fail(evaluation->invocation, "standard output: %s", strerror(errno));
    else
        status = status_of(evaluation);
    wp_json_text_free(&padded);
    wp_json_text_free(&output);
    return status;
}

static int
run(const struct wp_invocation *invocation, const struct woapol_image *image)
{
    struct evaluation evaluation = {.invocation = invocation, .is_first_line = true};
    const char *request = wp_option(invocation, "request", NULL);
    evaluation.reader = wp_request_reader_new();
    evaluation.writer = wp_decision_writer_new(image);
    int status;
    if (!wp_decider_init(&evaluation.decider, image) || evaluation.reader == NULL ||
        evaluation.writer == NULL)
        status = out_of_memory(&evaluation);
    else if (request != NULL)
        status = evaluate_one(&evaluation, request);
    else
        status = evaluate_stream(&evaluation);
    wp_decider_fini(&evaluation.decider);
    wp_decision_writer_free(evaluation.writer);
    wp_request_reader_free(evaluation.reader);
    return status;
}

int
wp_cmd_eval(struct wp_invocation *invocation)
{
    const char *path = invocation->operands[0];
    bool has_request = wp_has_option(invocation, "request");
    if (strcmp(path, "-") == 0 && !has_request)
        return wp_misuse(invocation, "standard input holds the requests; name the policy's file");
    struct wp_opened policy;
    int status = wp_policy_open(&policy, invocation, path, WP_NEED_IMAGE);
    if (status == WP_EXIT_DONE)
        status = run(invocation, &policy.image);
    wp_policy_close(&policy);
    return status;
}
