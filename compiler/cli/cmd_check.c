/* woapol check FILE */
#include <stdio.h>

#include "compiler/cli/analysis_options.h"
#include "compiler/cli/findings_json.h"
#include "compiler/cli/output.h"
#include "compiler/cli/policy.h"
#include "compiler/emit/targets.h"

static int
print_findings(const struct wp_invocation *invocation, struct wp_diagnostics *list)
{
    wp_diagnostics_sort(list);
    if (wp_option_is(invocation, "format", "json"))
        return wp_print_json(invocation, wp_findings_json(list));
    if (wp_option_is(invocation, "format", "sarif"))
        return wp_print_json(invocation, wp_findings_sarif(list));
    wp_print_findings(invocation, stdout, list);
    return WP_EXIT_DONE;
}

static int
check(const struct wp_invocation *invocation, struct wp_compilation *compilation,
      struct wp_analysis_options *options, struct wp_progress_line *line)
{
    struct wp_diagnostics *list = &compilation->diagnostics;

    options->all_notes = wp_has_option(invocation, "all-notes");
    if (compilation->model != NULL)
        wp_analyse(list, compilation->model, options);
    if (compilation->model != NULL)
        wp_targets_check(list, compilation->model, false);
    wp_progress_end(line);
    if (wp_has_option(invocation, "deny"))
        wp_diagnostics_raise(list);
    int status = print_findings(invocation, list);
    return status == WP_EXIT_DONE && list->errors > 0 ? WP_EXIT_WRONG : status;
}

int
wp_cmd_check(struct wp_invocation *invocation)
{
    struct wp_analysis_options options;
    struct wp_progress_line line;
    struct wp_opened policy;
    if (!wp_read_analysis_options(invocation, &options, &line))
        return WP_EXIT_USAGE;
    int status = wp_policy_open(&policy, invocation, invocation->operands[0],
                                WP_NEED_MODEL | WP_NEED_FINDINGS);
    if (status == WP_EXIT_DONE)
        status = check(invocation, &policy.compilation, &options, &line);
    wp_policy_close(&policy);
    return status;
}
