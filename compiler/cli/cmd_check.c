/* woapol check FILE */
#include <stdio.h>

#include "compiler/analysis/analysis.h"
#include "compiler/cli/findings_json.h"
#include "compiler/cli/output.h"
#include "compiler/cli/policy.h"

/* --deny warnings */
static void
raise_warnings(struct wp_diagnostics *list)
{
    for (struct wp_diagnostic *finding = list->first; finding != NULL; finding = finding->next)
        if (finding->severity == WP_WARNING)
            finding->severity = WP_ERROR;
    list->errors += list->warnings;
    list->warnings = 0;
}

static int
print_json(const struct wp_invocation *invocation, json_t *document)
{
    if (document == NULL)
        wp_exit_out_of_memory(NULL);
    int failed = json_dumpf(document, stdout, JSON_INDENT(2));
    (void)putchar('\n');
    json_decref(document);
    /* main() says why stdout cannot be written. */
    return failed == 0 || wp_output_failed() ? WP_EXIT_DONE
                                             : wp_fail(invocation, "cannot write the findings");
}

static int
print_findings(const struct wp_invocation *invocation, struct wp_diagnostics *list)
{
    wp_diagnostics_sort(list);
    if (wp_option_is(invocation, "format", "json"))
        return print_json(invocation, wp_findings_json(list));
    if (wp_option_is(invocation, "format", "sarif"))
        return print_json(invocation, wp_findings_sarif(list));
    wp_print_findings(invocation, stdout, list);
    return WP_EXIT_DONE;
}

int
wp_cmd_check(struct wp_invocation *invocation)
{
    struct wp_opened policy;
    int status = wp_policy_open(&policy, invocation, invocation->operands[0],
                                WP_NEED_MODEL | WP_NEED_FINDINGS);
    if (status == WP_EXIT_DONE) {
        struct wp_compilation *compilation = &policy.compilation;
        struct wp_diagnostics *list = &compilation->diagnostics;
        if (compilation->model != NULL)
            wp_analyse(list, compilation->model, NULL);
        if (wp_has_option(invocation, "deny"))
            raise_warnings(list);
        status = print_findings(invocation, list);
        if (status == WP_EXIT_DONE && list->errors > 0)
            status = WP_EXIT_WRONG;
    }
    wp_policy_close(&policy);
    return status;
}
