/* commands.def as data. */
#include "compiler/cli/options.h"

#include <string.h>

#define WP_OPTION(name, letter, argument, help) {name, letter, argument, help},
#define WP_COMMAND(name, group, operands, brief, help, examples, ...)                              \
    static const struct wp_option_info options_of_##name[] = {__VA_ARGS__{NULL, 0, NULL, NULL}};
#include "compiler/cli/commands.def"
#undef WP_COMMAND
#undef WP_OPTION

const struct wp_command wp_commands[] = {
#undef WP_COMMAND_AS
#define WP_COMMAND_AS(name, text, group, operands, brief, help, examples, ...)                     \
    {text, WP_GROUP_##group, operands, brief, help, examples, wp_cmd_##name, options_of_##name},
#define WP_COMMAND(name, ...) WP_COMMAND_AS(name, #name, __VA_ARGS__)
#include "compiler/cli/commands.def"
#undef WP_COMMAND
#undef WP_COMMAND_AS
};
const size_t wp_command_count = sizeof wp_commands / sizeof *wp_commands;

#define WP_COMMAND(name, ...)
const struct wp_option_info wp_common_options[] = {
#define WP_COMMON_OPTION(name, letter, argument, help) {name, letter, argument, help},
#include "compiler/cli/commands.def"
#undef WP_COMMON_OPTION
    {NULL, 0, NULL, NULL}};

const struct wp_environment_info wp_environment[] = {
#define WP_ENVIRONMENT(name, help) {name, help},
#include "compiler/cli/commands.def"
#undef WP_ENVIRONMENT
    {NULL, NULL}};
#undef WP_COMMAND

const char *const wp_group_titles[WP_GROUP_COUNT] = {
    [WP_GROUP_WRITE] = "Write a policy",
    [WP_GROUP_SHIP] = "Compile, sign and look into images",
    [WP_GROUP_DECIDE] = "Decide requests",
    [WP_GROUP_COMPARE] = "Prove and compare",
    [WP_GROUP_TENANT] = "Bring tenants to the policy",
    [WP_GROUP_OTHER] = "About woapol itself",
};

const struct wp_command *
wp_find_command(const char *name)
{
    for (size_t i = 0; i < wp_command_count; i++)
        if (strcmp(wp_commands[i].name, name) == 0)
            return &wp_commands[i];
    return NULL;
}

static const struct wp_option_info *
find_in(const struct wp_option_info *options, const char *name)
{
    for (; options->name != NULL; options++)
        if (strcmp(options->name, name) == 0)
            return options;
    return NULL;
}

const struct wp_option_info *
wp_find_option(const struct wp_command *command, const char *name)
{
    const struct wp_option_info *option = find_in(command->options, name);
    return option != NULL ? option : find_in(wp_common_options, name);
}
