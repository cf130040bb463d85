/* woapol explain CODE */
#include "compiler/cli/explain_code.h"

int
wp_cmd_explain(struct wp_invocation *invocation)
{
    const char *operand = invocation->operands[0];
    if (wp_is_code(operand))
        return wp_explain_code(invocation, operand);
    return wp_misuse(invocation, "wants a code such as WOA2001, or all, not '%.60s'", operand);
}
