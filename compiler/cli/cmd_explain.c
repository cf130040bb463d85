/* woapol explain: a code, or a request. */
#include "compiler/cli/explain_code.h"
#include "compiler/cli/explain_request.h"

int
wp_cmd_explain(struct wp_invocation *invocation)
{
    const char *operand = invocation->operands[0];
    const char *request = wp_option(invocation, "request", NULL);
    if (request == NULL && wp_is_code(operand))
        return wp_explain_code(invocation, operand);
    if (request == NULL)
        return wp_misuse(invocation,
                         "wants a code such as WOA2001, or a policy and --request, not '%.60s'",
                         operand);
    if (wp_option_is(invocation, "format", "markdown"))
        return wp_misuse(invocation, "--format markdown is for codes");
    return wp_explain_request(invocation, operand, request);
}
