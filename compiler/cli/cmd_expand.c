/* woapol expand FILE */
#include "compiler/cli/output.h"
#include "compiler/cli/policy.h"
#include "compiler/expand.h"
#include "lang/formatter.h"
#include "lang/parse.h"

static int
print_expanded(const struct wp_invocation *invocation, const struct wp_compilation *compilation)
{
    struct wp_arena *arena = compilation->arena;
    struct wp_sources sources;
    struct wp_diagnostics findings;
    size_t length;
    const char *text = wp_expand(arena, compilation->model, &length);

    wp_sources_init(&sources, arena);
    wp_diagnostics_init(&findings, arena, &sources);
    uint32_t number = wp_sources_add(&sources, invocation->operands[0], text, (uint32_t)length);
    const struct wp_file *file = wp_parse(&findings, wp_names_new(arena), number);
    if (file->has_errors) /* written out, it nests too deep */
        return wp_fail(invocation, "%s cannot be written out: %s", invocation->operands[0],
                       findings.first->message);
    text = wp_format_file(arena, &sources, file, &length);
    return wp_write_file(invocation, "-", text, length, 0666) ? WP_EXIT_DONE : WP_EXIT_FAILED;
}

int
wp_cmd_expand(struct wp_invocation *invocation)
{
    struct wp_opened policy;
    int status = wp_policy_open(&policy, invocation, invocation->operands[0], WP_NEED_MODEL);

    if (status == WP_EXIT_DONE)
        status = print_expanded(invocation, &policy.compilation);
    wp_policy_close(&policy);
    return status;
}
