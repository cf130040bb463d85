/* woapol replay: decides the sign-ins of logs anew, by one policy or by two. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/rand.h>

#include "compiler/cli/analysis_options.h"
#include "compiler/cli/output.h"
#include "compiler/cli/policy.h"
#include "compiler/cli/progress.h"
#include "compiler/cli/replay_state.h"
#include "compiler/replay/report.h"

#define KEY_SIZE 32

struct run {
    struct wp_invocation *invocation;
    struct wp_arena *arena;
    struct wp_opened policies[2];
    size_t first_log; /* operand */
    struct wp_replay_options options;
    struct wp_mapping mappings[WP_LOG_FORMAT_COUNT];
    struct wp_report_options report;
    unsigned char key[KEY_SIZE];
    struct wp_progress_line line;
    bool is_endless; /* some log is no file: how many bytes there are cannot be told */
    uint64_t total;  /* bytes of the logs */
    struct wp_state_file state;
};

/* Set by a signal: the one thing that a handler may do. */
static volatile sig_atomic_t is_interrupted;

static void
interrupt(int number)
{
    (void)number;
    is_interrupted = 1;
}

static void
catch_interrupts(void)
{
    struct sigaction action = {.sa_handler = interrupt, .sa_flags = (int)SA_RESETHAND};
    sigemptyset(&action.sa_mask);
    (void)sigaction(SIGINT, &action, NULL);
    (void)sigaction(SIGTERM, &action, NULL);
}

/* ---- options ------------------------------------------------------------------ */

static int
read_mapping(struct run *run)
{
    const char *map;
    for (size_t i = 0; (map = wp_option_number(run->invocation, "map", i)) != NULL; i++) {
        const char *equals = strchr(map, '=');
        enum wp_log_fact fact =
            equals == NULL ? WP_FACT_NONE : wp_log_fact_named(map, (size_t)(equals - map));
        if (fact == WP_FACT_NONE)
            return wp_misuse(run->invocation,
                             "--map wants FACT=COLUMN with a fact such as ip, user, device, agent, "
                             "app, groups, time, rule or outcome, not '%s'",
                             map);
        for (unsigned j = 0; j < WP_LOG_FORMAT_COUNT; j++)
            run->mappings[j].from[fact] = equals + 1;
    }
    return WP_EXIT_DONE;
}

static int
read_separator(struct run *run)
{
    const char *separator = wp_option(run->invocation, "group-separator", ";");
    for (unsigned i = 0; i < WP_LOG_FORMAT_COUNT; i++) {
        wp_mapping_init(&run->mappings[i], (enum wp_log_format)i);
        run->mappings[i].group_separator = *separator;
    }
    if (strlen(separator) != 1)
        return wp_misuse(run->invocation, "--group-separator wants one character");
    return WP_EXIT_DONE;
}

static int
read_key(struct run *run)
{
    const char *path = wp_option(run->invocation, "people-key", NULL);
    if (path == NULL && !wp_has_option(run->invocation, "hide-people"))
        return WP_EXIT_DONE;
    run->options.key = run->key;
    run->report.pseudonyms = true;
    if (path == NULL)
        return RAND_bytes(run->key, KEY_SIZE) == 1
                   ? WP_EXIT_DONE
                   : wp_fail(run->invocation, "no random bytes can be had");
    size_t length;
    const char *bytes = wp_read_input(run->invocation, run->arena, path, KEY_SIZE, &length);
    if (bytes == NULL)
        return WP_EXIT_FAILED;
    if (length != KEY_SIZE)
        return wp_fail(run->invocation, "%s: a key must be of 32 bytes", path);
    memcpy(run->key, bytes, KEY_SIZE);
    return WP_EXIT_DONE;
}

static int
read_people(struct run *run)
{
    const char *path;
    struct wp_people *people = NULL;
    for (size_t i = 0; (path = wp_option_number(run->invocation, "people", i)) != NULL; i++) {
        if (people == NULL)
            people = wp_people_new(run->arena);
        const char *error = wp_people_read(people, path, run->mappings[0].group_separator);
        if (error != NULL)
            return wp_fail(run->invocation, "%s: %s", path, error);
    }
    run->options.people = people;
    return WP_EXIT_DONE;
}

static int
read_options(struct run *run)
{
    int64_t threads, floor;
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    if (cores < 1 || cores > WP_REPLAY_THREADS_MAX)
        cores = cores < 1 ? 1 : WP_REPLAY_THREADS_MAX;
    if (!wp_option_integer(run->invocation, "threads", 1, WP_REPLAY_THREADS_MAX, cores, &threads) ||
        !wp_option_integer(run->invocation, "k-anonymity", 0, INT32_MAX, 0, &floor))
        return WP_EXIT_USAGE;
    run->options.threads = (unsigned)threads;
    run->report.floor = (uint64_t)floor;
    run->options.mappings = run->mappings;
    run->options.stop = &is_interrupted;
    int status = read_separator(run);
    if (status == WP_EXIT_DONE)
        status = read_mapping(run);
    if (status == WP_EXIT_DONE)
        status = read_key(run);
    return status == WP_EXIT_DONE ? read_people(run) : status;
}

/* ---- policies ------------------------------------------------------------------- */

static int
open_side(struct run *run, unsigned side, const char *path)
{
    if (strcmp(path, "-") == 0)
        return wp_misuse(run->invocation, "standard input may be a log; name the policy's file");
    int status =
        wp_policy_open(&run->policies[side], run->invocation, path, WP_NEED_IMAGE | WP_NEED_MODEL);
    if (status != WP_EXIT_DONE)
        return status;
    wp_side_init(&run->options.sides[side], run->arena, &run->policies[side].image,
                 run->policies[side].compilation.model);
    run->report.names[side] = path;
    return WP_EXIT_DONE;
}

static int
open_policies(struct run *run)
{
    const char *old = wp_option(run->invocation, "old", NULL);
    const char *new = wp_option(run->invocation, "new", NULL);
    if ((old == NULL) != (new == NULL))
        return wp_misuse(run->invocation, "--old and --new go together");
    run->first_log = old == NULL;
    if (run->invocation->operand_count <= run->first_log)
        return wp_misuse(run->invocation, "LOG is missing; - is standard input");
    int status = old == NULL ? WP_EXIT_DONE : open_side(run, 0, old);
    return status == WP_EXIT_DONE
               ? open_side(run, 1, new == NULL ? run->invocation->operands[0] : new)
               : status;
}

/* ---- the replay ----------------------------------------------------------------------- */

static void
show_progress(void *context, uint64_t taken)
{
    struct run *run = context;
    wp_progress_bytes(&run->line, taken, run->is_endless ? 0 : run->total);
}

static int
check_logs(struct run *run, const char **paths, size_t count)
{
    struct stat found;
    for (size_t i = 0; i < count; i++) {
        run->is_endless |= strcmp(paths[i], "-") == 0;
        if (strcmp(paths[i], "-") == 0)
            continue;
        if (stat(paths[i], &found) != 0 || access(paths[i], R_OK) != 0)
            return wp_fail(run->invocation, "%s: %s", paths[i], strerror(errno));
        if (S_ISDIR(found.st_mode))
            return wp_fail(run->invocation, "%s: %s", paths[i], strerror(EISDIR));
        run->is_endless |= !S_ISREG(found.st_mode);
        run->total += (uint64_t)found.st_size;
    }
    return WP_EXIT_DONE;
}

static int
source_failure(const struct run *run, const struct wp_logs *logs)
{
    const char *path = logs->files[logs->error == 0 ? logs->next - 1 : logs->next].path;
    if (logs->error != 0)
        return wp_fail(run->invocation, "%s: %s", path, strerror(logs->error));
    return wp_fail(run->invocation,
                   "%s: it is no log of a known format; --format-in says which it is", path);
}

static int
check_condition(const struct run *run, const json_t *report)
{
    const char *condition;
    int status = WP_EXIT_DONE;
    for (size_t i = 0; (condition = wp_option_number(run->invocation, "fail-on", i)) != NULL; i++) {
        bool holds = false;
        const char *error = wp_report_condition(report, condition, &holds);
        if (error != NULL)
            return wp_misuse(run->invocation, "--fail-on '%s': %s", condition, error);
        if (holds)
            status = WP_EXIT_DIFFERENT;
    }
    return status;
}

static int
print_report(const struct run *run, json_t *report)
{
    struct wp_json_text text = {0};
    int status = check_condition(run, report);
    if (status == WP_EXIT_USAGE) {
        json_decref(report);
        return status;
    }
    if (wp_option_is(run->invocation, "format", "json")) {
        int printed = wp_print_json(run->invocation, report);
        return printed == WP_EXIT_DONE ? status : printed;
    }
    if (wp_option_is(run->invocation, "format", "html"))
        wp_report_page(report, &text);
    else
        wp_report_print(report, &text, wp_use_colour(run->invocation, stdout));
    json_decref(report);
    if (text.failed)
        status = wp_fail(run->invocation, "out of memory");
    else
        (void)fwrite(text.bytes, 1, text.length, stdout);
    wp_json_text_free(&text);
    return status;
}

static int
replay(struct run *run, struct wp_logs *logs)
{
    struct wp_replay result;
    run->options.progress = show_progress;
    run->options.context = run;
    catch_interrupts();
    wp_progress_begin(&run->line);
    bool done = wp_replay_run(&result, &run->options, logs);
    wp_progress_end(&run->line);
    int status = WP_EXIT_FAILED;
    json_t *report = NULL;
    if (!done)
        (void)wp_fail(run->invocation, "out of memory");
    else if (result.refusal != WP_STATE_DONE)
        status = wp_state_file_refuse(&run->state, &result);
    else if (logs->failed)
        status = source_failure(run, logs);
    else if ((report = wp_report_make(&run->report, &result, logs)) == NULL)
        (void)wp_fail(run->invocation, "out of memory");
    else
        status = print_report(run, report);
    if (done && (result.is_partial || result.is_unsaved) && status == WP_EXIT_DONE)
        status = WP_EXIT_FAILED;
    wp_replay_fini(&result);
    return status;
}

static int
replay_logs(struct run *run)
{
    const char **paths = run->invocation->operands + run->first_log;
    size_t count = run->invocation->operand_count - run->first_log;
    const char *format = wp_option(run->invocation, "format-in", NULL);
    struct wp_logs logs;
    int status = check_logs(run, paths, count);
    if (status == WP_EXIT_DONE && run->is_endless && wp_has_option(run->invocation, "state"))
        status = wp_misuse(run->invocation, "--state wants logs that are files: what comes through "
                                            "a pipe cannot be read again");
    if (status == WP_EXIT_DONE)
        status = wp_state_file_open(&run->state, run->invocation, run->arena, run->policies,
                                    &run->options);
    if (status != WP_EXIT_DONE)
        return status;
    if (wp_logs_init(&logs, paths, count,
                     format == NULL ? WP_LOG_UNKNOWN : wp_log_format_named(format)))
        status = replay(run, &logs);
    else
        status = wp_fail(run->invocation, "out of memory");
    wp_logs_fini(&logs);
    return status;
}

int
wp_cmd_replay(struct wp_invocation *invocation)
{
    struct run run = {.invocation = invocation};
    run.arena = wp_arena_new(wp_exit_out_of_memory, invocation);
    run.report.arena = run.arena;
    run.report.sides = run.options.sides;
    int status = run.arena == NULL ? wp_fail(invocation, "out of memory") : read_options(&run);
    if (status == WP_EXIT_DONE)
        status = open_policies(&run);
    if (status == WP_EXIT_DONE)
        status = replay_logs(&run);
    for (unsigned i = 0; i < 2; i++)
        if (run.policies[i].invocation != NULL)
            wp_policy_close(&run.policies[i]);
    wp_arena_free(run.arena);
    return status;
}
