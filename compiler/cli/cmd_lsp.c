/* woapol lsp */
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "compiler/cli/cli.h"
#include "compiler/cli/output.h"
#include "compiler/emit/targets.h"
#include "compiler/lsp/lsp.h"
#include "woapol.h"

/* What one answer may cost: somebody is typing. */
#define BUDGET_EACH 5000
#define BUDGET_ALL 400000

static long
read_input(void *context, void *bytes, size_t size)
{
    ssize_t got;
    (void)context;
    do
        got = read(STDIN_FILENO, bytes, size);
    while (got < 0 && errno == EINTR);
    return (long)got;
}

/* Each answer goes out at once: the editor waits for it. */
static bool
write_output(void *context, const char *bytes, size_t size)
{
    (void)context;
    return fwrite(bytes, 1, size, stdout) == size && fflush(stdout) == 0;
}

static void
check_targets(struct wp_diagnostics *list, const struct wp_model *model)
{
    wp_targets_check(list, model, false);
}

int
wp_cmd_lsp(struct wp_invocation *invocation)
{
    const struct wp_lsp_options options = {
        .read = read_input,
        .write = write_output,
        .check = check_targets,
        .analysis = {.each = BUDGET_EACH, .all = BUDGET_ALL},
        .out_of_memory = wp_exit_out_of_memory,
        .version = woapol_version(),
    };
    const char *reason = NULL;
    switch (wp_lsp_run(&options, &reason)) {
    case WP_LSP_DONE:
        return WP_EXIT_DONE;
    case WP_LSP_DROPPED:
        return wp_fail(invocation, "the editor left without a shutdown");
    case WP_LSP_BROKEN:
        return wp_fail(invocation, "standard input is not the Language Server Protocol: %s",
                       reason);
    case WP_LSP_MUTE:
        break;
    }
    return WP_EXIT_FAILED;
}
