/* woapol sync-check: who differs in three directories, and what that decides. */
#include <openssl/rand.h>
#include <stdio.h>
#include <string.h>

#include "compiler/cli/analysis_options.h"
#include "compiler/cli/output.h"
#include "compiler/cli/policy.h"
#include "compiler/cli/sync_text.h"

#define FEW_PEOPLE 20

struct run {
    struct wp_sync_text text;
    const struct wp_invocation *invocation;
    struct wp_arena *arena;
    size_t directories;
};

/* ---- options ------------------------------------------------------------------- */

static int
read_key(struct run *run)
{
    struct wp_sync_text *text = &run->text;
    const char *path = wp_option(run->invocation, "people-key", NULL);
    size_t length;

    text->hides = path != NULL || wp_has_option(run->invocation, "hide-people");
    if (path == NULL)
        return !text->hides || RAND_bytes(text->key, sizeof text->key) == 1
                   ? WP_EXIT_DONE
                   : wp_fail(run->invocation, "no random bytes can be had");
    const char *bytes = wp_read_input(run->invocation, run->arena, path, sizeof text->key, &length);
    if (bytes == NULL)
        return WP_EXIT_FAILED;
    if (length != sizeof text->key)
        return wp_fail(run->invocation, "%s: a key must be of 32 bytes", path);
    memcpy(text->key, bytes, sizeof text->key);
    return WP_EXIT_DONE;
}

static int
read_directory(struct run *run, enum wp_directory directory, char separator)
{
    const char *option = wp_directory_kind(directory), *path;
    struct wp_people *people = NULL;

    for (size_t i = 0; (path = wp_option_number(run->invocation, option, i)) != NULL; i++) {
        if (people == NULL)
            people = wp_people_new(run->arena);
        const char *error = wp_people_read(people, path, separator);
        if (error != NULL)
            return wp_fail(run->invocation, "%s: %s", path, error);
    }
    if (people == NULL)
        return WP_EXIT_DONE;
    if (wp_people_unreadable(people) > 0)
        return wp_fail(run->invocation,
                       "%zu line%s of the export of %s cannot be read: nothing that is missing "
                       "would be sure",
                       wp_people_unreadable(people), wp_people_unreadable(people) == 1 ? "" : "s",
                       wp_directory_label(directory));
    if (wp_people_count(people) == 0)
        return wp_fail(run->invocation, "the export of %s names nobody",
                       wp_directory_label(directory));
    wp_sync_set(run->text.sync, directory, people);
    run->directories++;
    return WP_EXIT_DONE;
}

/* Names that are spelt in two ways in one export are taken for one; that is said. */
static void
warn_of_spelling(const struct run *run)
{
    for (int d = 0; d < WP_DIRECTORIES; d++) {
        const struct wp_people *people = wp_sync_side(run->text.sync, (enum wp_directory)d)->people;
        size_t respelt = people == NULL ? 0 : wp_people_respelt(people);
        if (respelt > 0)
            wp_warn(run->invocation,
                    "the export of %s writes %zu name%s now with capital letters and now without: "
                    "each is taken for one person",
                    wp_directory_label((enum wp_directory)d), respelt, respelt == 1 ? "" : "s");
    }
}

static enum wp_person_key
key_of(const struct wp_invocation *invocation)
{
    return wp_option_is(invocation, "join", "mail")       ? WP_KEY_MAIL
           : wp_option_is(invocation, "join", "id")       ? WP_KEY_ID
           : wp_option_is(invocation, "join", "employee") ? WP_KEY_EMPLOYEE
                                                          : WP_KEY_NAME;
}

static int
read_directories(struct run *run)
{
    const char *separator = wp_option(run->invocation, "group-separator", ";");
    int status = read_key(run);

    if (strlen(separator) != 1)
        return wp_misuse(run->invocation, "--group-separator wants one character");
    for (int d = 0; d < WP_DIRECTORIES && status == WP_EXIT_DONE; d++)
        status = read_directory(run, (enum wp_directory)d, *separator);
    if (status == WP_EXIT_DONE && run->directories < 2)
        return wp_misuse(run->invocation,
                         "name exports of two directories at least: --access, --okta, --uem");
    wp_sync_join(run->text.sync, key_of(run->invocation));
    warn_of_spelling(run);
    return status;
}

/* ---- comparing ------------------------------------------------------------------- */

static int
check(struct run *run)
{
    bool is_json = wp_option_is(run->invocation, "format", "json");
    bool all = is_json || wp_has_option(run->invocation, "all");
    const struct wp_sync_person *person;
    size_t shown = 0;

    if (is_json)
        wp_sync_json_begin(&run->text);
    while ((person = wp_sync_next(run->text.sync)) != NULL && !wp_output_failed()) {
        if (is_json)
            wp_sync_json_person(&run->text, person);
        else if (all || shown < FEW_PEOPLE)
            wp_sync_print_person(&run->text, person);
        shown++;
    }
    if (is_json)
        wp_sync_json_end(&run->text);
    else
        wp_sync_print_end(&run->text, all ? 0 : FEW_PEOPLE);
    return wp_sync_differs(&run->text) ? WP_EXIT_DIFFERENT : WP_EXIT_DONE;
}

int
wp_cmd_sync_check(struct wp_invocation *invocation)
{
    struct run run = {.invocation = invocation};
    struct wp_analysis_options options;
    struct wp_progress_line line;
    struct wp_opened policy;

    if (!wp_read_analysis_options(invocation, &options, &line))
        return WP_EXIT_USAGE;
    options.progress = NULL; /* each question is a short one */
    wp_progress_end(&line);
    int status = wp_policy_open(&policy, invocation, invocation->operands[0], WP_NEED_MODEL);
    if (status == WP_EXIT_DONE) {
        run.arena = policy.compilation.arena;
        run.text.arena = run.arena;
        run.text.model = policy.compilation.model;
        run.text.sync = wp_sync_new(run.arena, run.text.model, &options);
        status = read_directories(&run);
    }
    if (status == WP_EXIT_DONE)
        status = check(&run);
    wp_policy_close(&policy);
    return status;
}
