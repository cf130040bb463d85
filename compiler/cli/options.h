/* The command table (commands.def) and the parsing of command lines by it. */
#ifndef WP_CLI_OPTIONS_H
#define WP_CLI_OPTIONS_H

#include "compiler/cli/cli.h"

/* One option. `argument` is NULL for a flag; else it names what follows: "FILE",
 * "N"; with bars a choice of words, "human|json"; with dots at the end the option
 * may be given again and again, "FILE..."; with a space it wants two, "TENANT TENANT". */
struct wp_option_info {
    const char *name;
    char letter; /* or 0 */
    const char *argument;
    const char *help;
};

enum wp_command_group {
    WP_GROUP_WRITE,
    WP_GROUP_SHIP,
    WP_GROUP_DECIDE,
    WP_GROUP_COMPARE,
    WP_GROUP_TENANT,
    WP_GROUP_OTHER,
    WP_GROUP_COUNT
};

struct wp_command {
    const char *name;
    enum wp_command_group group;
    const char *operands; /* "FILE", "OLD NEW", "FILE [LOG...]": brackets need not be there */
    const char *brief;    /* one line, no full stop */
    const char *help;     /* paragraphs, an empty line between two */
    const char *examples; /* command lines, one a line, with a # comment */
    int (*run)(struct wp_invocation *invocation);
    const struct wp_option_info *options; /* ends with a NULL name */
};

struct wp_environment_info {
    const char *name;
    const char *help;
};

extern const struct wp_command wp_commands[];
extern const size_t wp_command_count;
extern const char *const wp_group_titles[WP_GROUP_COUNT];
/* The options that every command has; ends with a NULL name. */
extern const struct wp_option_info wp_common_options[];
/* The environment variables that commands look at; ends with a NULL name. */
extern const struct wp_environment_info wp_environment[];

/* The command of that name, or NULL. */
const struct wp_command *wp_find_command(const char *name);

/* The option of the command or common one of that name, or NULL. */
const struct wp_option_info *wp_find_option(const struct wp_command *command, const char *name);

/*
 * Fills in *invocation from what stands behind the command's name. Options may
 * stand among the operands: --name value, --name=value, -n value, -nvalue, -ab
 * for two flags; "--" ends them. Returns WP_EXIT_DONE, or WP_EXIT_USAGE after a
 * message. The arrays in *invocation must hold `count` entries. With --help or
 * --version anything goes.
 */
int wp_parse_options(struct wp_invocation *invocation, const char *const *arguments, size_t count);

#endif
