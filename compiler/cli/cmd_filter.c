/*
 * woapol filter: a line out for each line in, in constant memory, for engines that
 * hand rows to a process. Whatever stands in a line, its answer is in its place.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "compiler/cli/line_stream.h"
#include "compiler/cli/policy.h"
#include "compiler/decide/decide.h"
#include "compiler/decide/decision_json.h"
#include "compiler/decide/decision_tsv.h"
#include "compiler/decide/request_tsv.h"

struct filter {
    const struct wp_invocation *invocation;
    struct wp_decider decider;
    struct wp_request_reader *json; /* one of them reads */
    struct wp_tsv_reader *tsv;
    struct wp_decision_writer *writer; /* NULL: as columns */
    struct wp_tsv_columns columns;
    struct wp_json_text id; /* of JSON, as a column */
    bool passes_on;         /* the line itself comes first */
    bool is_counted;        /* a line with their number comes before lines */
    bool is_first;
    bool has_errors;
    const char *broken; /* why the stream cannot go on */
    uint64_t expected;  /* lines, of those counted */
};

/* ---- one line ----------------------------------------------------------------------- */

/* An id for a column. JSON has line ends and tabs between tokens only. */
static struct woapol_text
column_id(struct filter *filter, struct woapol_text id)
{
    if (filter->tsv != NULL)
        return wp_tsv_raw_id(filter->tsv);
    filter->id.length = 0;
    for (size_t i = 0; i < id.length; i++) {
        const char c = id.text[i];
        if (c == '\\')
            wp_json_put(&filter->id, "\\\\", 2);
        else
            wp_json_put(&filter->id, c == '\t' || c == '\n' || c == '\r' ? " " : &id.text[i], 1);
    }
    return (struct woapol_text){filter->id.bytes, filter->id.length};
}

static void
write_error(struct filter *filter, struct woapol_text id, const char *error,
            struct wp_json_text *output)
{
    filter->has_errors = true;
    if (filter->writer != NULL)
        wp_decision_write_error(output, id, error);
    else
        wp_decision_write_tsv_error(&filter->columns, output, column_id(filter, id), error);
    wp_json_put(output, "\n", 1);
}

static void
write_decision(struct filter *filter, struct woapol_text id, const struct woapol_decision *decision,
               struct wp_json_text *output)
{
    const struct wp_decider *decider = &filter->decider;
    if (filter->writer != NULL)
        wp_decision_write(filter->writer, output, id, decision, decider->reports,
                          decider->report_count);
    else
        wp_decision_write_tsv(&filter->columns, output, decider->image, column_id(filter, id),
                              decision, decider->reports, decider->report_count);
    wp_json_put(output, "\n", 1);
}

static bool
answer(struct filter *filter, const char *line, size_t length, struct wp_json_text *output)
{
    struct wp_request_facts facts;
    struct woapol_decision decision;
    if (filter->passes_on) {
        wp_json_put(output, line, length);
        wp_json_put(output, "\t", 1);
    }
    const bool is_request = filter->tsv != NULL
                                ? wp_tsv_read(filter->tsv, line, length, &facts)
                                : wp_request_read(filter->json, line, length, &facts);
    if (!is_request) {
        write_error(filter, facts.id, facts.error, output);
        return !output->failed;
    }
    if (!wp_decide(&filter->decider, &facts, &decision))
        return false;
    write_decision(filter, facts.id, &decision, output);
    return !output->failed;
}

/* "1000": so many lines follow. */
static bool
read_count(struct filter *filter, const char *line, size_t length)
{
    uint64_t count = 0;
    if (length > 0 && line[length - 1] == '\r')
        length--;
    bool is_number = length > 0 && length <= 18;
    for (size_t i = 0; i < length && is_number; i++) {
        is_number = line[i] >= '0' && line[i] <= '9';
        count = count * 10 + (uint64_t)(line[i] - '0');
    }
    filter->expected = count;
    if (!is_number)
        filter->broken = "a line that must be a number of lines is none";
    return is_number;
}

static bool
handle_line(void *context, const char *line, size_t length, struct wp_json_text *output)
{
    struct filter *filter = context;
    if (filter->is_first && length >= 3 && memcmp(line, "\xef\xbb\xbf", 3) == 0) {
        line += 3;
        length -= 3;
    }
    filter->is_first = false;
    if (filter->is_counted && filter->expected == 0)
        return read_count(filter, line, length);
    filter->expected -= filter->is_counted;
    return answer(filter, line, length, output);
}

static bool
handle_long_line(void *context, struct wp_json_text *output)
{
    struct filter *filter = context;
    char error[64];
    if (filter->is_counted && filter->expected == 0)
        return read_count(filter, "", 0);
    filter->is_first = false;
    filter->expected -= filter->is_counted;
    (void)snprintf(error, sizeof error, "the line is longer than %u MiB", WP_REQUEST_MAX >> 20);
    if (filter->passes_on)
        wp_json_put(output, "\t", 1);
    if (filter->tsv != NULL)
        (void)wp_tsv_read(filter->tsv, "", 0, &(struct wp_request_facts){0});
    write_error(filter, (struct woapol_text){"null", 4}, error, output);
    return !output->failed;
}

/* ---- the stream ------------------------------------------------------------------------- */

static int
run_stream(struct filter *filter)
{
    const struct wp_invocation *invocation = filter->invocation;
    const struct wp_line_handler handler = {.line = handle_line,
                                            .too_long = handle_long_line,
                                            .context = filter,
                                            .longest = WP_REQUEST_MAX,
                                            .padding = WP_REQUEST_PADDING};
    const enum wp_stream_end end = wp_stream_lines(STDIN_FILENO, STDOUT_FILENO, &handler);
    if (filter->broken != NULL)
        return wp_fail(invocation, "standard input: %s", filter->broken);
    switch (end) {
    case WP_STREAM_DONE:
        break;
    case WP_STREAM_NO_MEMORY:
        return wp_fail(invocation, "out of memory");
    case WP_STREAM_READ_ERROR:
        return wp_fail(invocation, "standard input: %s", strerror(errno));
    case WP_STREAM_WRITE_ERROR:
        return wp_fail(invocation, "standard output: %s", strerror(errno));
    }
    if (filter->expected > 0)
        return wp_fail(invocation, "standard input: it ended before all lines that were announced");
    return filter->has_errors ? WP_EXIT_FAILED : WP_EXIT_DONE;
}

static int
run(struct filter *filter, const struct woapol_image *image)
{
    int status;
    if (wp_option_is(filter->invocation, "format-out", "json"))
        filter->writer = wp_decision_writer_new(image);
    const bool lacks_writer =
        filter->writer == NULL && wp_option_is(filter->invocation, "format-out", "json");
    if (filter->tsv == NULL)
        filter->json = wp_request_reader_new();
    if (!wp_decider_init(&filter->decider, image) || lacks_writer ||
        (filter->tsv == NULL && filter->json == NULL))
        status = wp_fail(filter->invocation, "out of memory");
    else
        status = run_stream(filter);
    wp_decider_fini(&filter->decider);
    wp_decision_writer_free(filter->writer);
    wp_request_reader_free(filter->json);
    wp_json_text_free(&filter->id);
    return status;
}

/* Reads what says how lines look, before anything is opened. */
static int
read_options(struct filter *filter)
{
    const struct wp_invocation *invocation = filter->invocation;
    const char *columns = wp_option(invocation, "columns", NULL), *reason = NULL;
    const bool is_json = wp_option_is(invocation, "format-in", "json");
    if (strcmp(invocation->operands[0], "-") == 0)
        return wp_misuse(invocation, "standard input holds the requests; name the policy's file");
    if (is_json && columns != NULL)
        return wp_misuse(invocation, "JSON has keys, not --columns");
    if (!is_json && columns == NULL)
        return wp_misuse(invocation, "name the --columns of the lines, or say --format-in json");
    if (!wp_tsv_columns_parse(&filter->columns, wp_option(invocation, "print", "effect,rule"),
                              &reason))
        return wp_misuse(invocation, "--print: %s", reason);
    if (wp_has_option(invocation, "print") && wp_option_is(invocation, "format-out", "json"))
        return wp_misuse(invocation, "JSON holds all of a decision; leave --print away");
    if (is_json)
        return WP_EXIT_DONE;
    filter->tsv = wp_tsv_reader_new(columns, &reason);
    return filter->tsv == NULL ? wp_misuse(invocation, "--columns: %s", reason) : WP_EXIT_DONE;
}

int
wp_cmd_filter(struct wp_invocation *invocation)
{
    struct filter filter = {.invocation = invocation,
                            .passes_on = wp_has_option(invocation, "pass"),
                            .is_counted = wp_has_option(invocation, "counted"),
                            .is_first = true};
    struct wp_opened policy;
    int status = read_options(&filter);
    if (status == WP_EXIT_DONE) {
        status = wp_policy_open(&policy, invocation, invocation->operands[0], WP_NEED_IMAGE);
        if (status == WP_EXIT_DONE)
            status = run(&filter, &policy.image);
        wp_policy_close(&policy);
    }
    wp_tsv_reader_free(filter.tsv);
    return status;
}
