/* woapol check FILE */
#include <stdio.h>

#include "compiler/analysis/analysis.h"
#include "compiler/cli/findings_json.h"
#include "compiler/cli/output.h"
#include "compiler/compile.h"

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

/* A file that cannot be read is no policy that is wrong. */
static bool
is_unreadable(const struct wp_compilation *compilation)
{
    return compilation->sources.count == 0;
}

int
wp_cmd_check(struct wp_invocation *invocation)
{
    const struct wp_compile_options options = {.out_of_memory = wp_exit_out_of_memory};
    struct wp_compilation compilation;
    (void)wp_compile(&compilation, invocation->operands[0], &options);
    struct wp_diagnostics *list = &compilation.diagnostics;
    if (compilation.model != NULL)
        wp_analyse(list, compilation.model, NULL);
    if (wp_has_option(invocation, "deny"))
        raise_warnings(list);
    int status = print_findings(invocation, list);
    if (status == WP_EXIT_DONE && is_unreadable(&compilation))
        status = WP_EXIT_FAILED;
    else if (status == WP_EXIT_DONE && list->errors > 0)
        status = WP_EXIT_WRONG;
    wp_compilation_end(&compilation);
    return status;
}
