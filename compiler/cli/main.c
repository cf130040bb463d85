/* The command line: finds the command in the table, checks the rest against it,
 * runs it, and makes sure that what it printed has been written. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compiler/cli/help.h"
#include "compiler/cli/output.h"
#include "lang/diagnostics.h"

static int
run_command(const struct wp_command *command, const char *const *arguments, size_t count)
{
    struct wp_invocation invocation = {.command = command};
    invocation.operands = calloc(count + 1, sizeof *invocation.operands);
    invocation.options = calloc(count + 1, sizeof *invocation.options);
    if (invocation.operands == NULL || invocation.options == NULL)
        wp_exit_out_of_memory(NULL);
    int status = wp_parse_options(&invocation, arguments, count);
    if (status == WP_EXIT_DONE && wp_has_option(&invocation, "help"))
        wp_print_command_help(stdout, command);
    else if (status == WP_EXIT_DONE)
        status = command->run(&invocation);
    free(invocation.operands);
    free(invocation.options);
    return status;
}

static int
unknown_command(const char *name)
{
    const struct wp_invocation nothing = {0};
    const char **names = calloc(wp_command_count, sizeof *names);
    if (names == NULL)
        wp_exit_out_of_memory(NULL);
    for (size_t i = 0; i < wp_command_count; i++)
        names[i] = wp_commands[i].name;
    const char *meant = wp_suggest(name, names, wp_command_count);
    free(names);
    if (meant != NULL)
        return wp_misuse(&nothing, "there is no command '%.60s'; did you mean '%s'?", name, meant);
    return wp_misuse(&nothing, "there is no %s '%.60s'", name[0] == '-' ? "option" : "command",
                     name);
}

static int
run(const char *const *arguments, size_t count)
{
    if (count == 0) {
        wp_print_overview(stderr);
        return WP_EXIT_USAGE;
    }
    const char *name = arguments[0];
    if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0)
        name = "help";
    if (strcmp(name, "--version") == 0 || strcmp(name, "-V") == 0)
        name = "version";
    const struct wp_command *command = wp_find_command(name);
    if (command == NULL)
        return unknown_command(name);
    return run_command(command, arguments + 1, count - 1);
}

/* So that a JSON document is never silently short of what there was no memory for. */
static void *
allocate_or_exit(size_t size)
{
    void *memory = malloc(size);
    if (memory == NULL)
        wp_exit_out_of_memory(NULL);
    return memory;
}

int
main(int argc, char **argv)
{
    wp_prepare_output();
    json_set_alloc_funcs(allocate_or_exit, free);
    int status = run((const char *const *)argv + 1, argc < 1 ? 0 : (size_t)argc - 1);
    return wp_finish_output() ? status : WP_EXIT_FAILED;
}
