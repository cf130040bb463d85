/* woapol help [COMMAND] */
#include <stdio.h>

#include "compiler/cli/help.h"
#include "lang/diagnostics.h"

int
wp_cmd_help(struct wp_invocation *invocation)
{
    if (wp_option_is(invocation, "format", "mdoc")) {
        wp_print_manual(stdout);
        return WP_EXIT_DONE;
    }
    if (invocation->operand_count == 0) {
        wp_print_overview(stdout);
        return WP_EXIT_DONE;
    }
    const char *name = invocation->operands[0];
    const struct wp_command *command = wp_find_command(name);
    if (command == NULL)
        return wp_misuse(invocation, "there is no command '%.60s'", name);
    wp_print_command_help(stdout, command);
    return WP_EXIT_DONE;
}
