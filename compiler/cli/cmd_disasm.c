/* woapol disasm: the instructions of an image. */
#include <stdio.h>

#include "compiler/cli/output.h"
#include "compiler/cli/policy.h"
#include "compiler/image_read.h"

int
wp_cmd_disasm(struct wp_invocation *invocation)
{
    struct wp_opened policy;
    int status = wp_policy_open(&policy, invocation, invocation->operands[0],
                                WP_NEED_IMAGE | WP_NEED_IMAGE_FILE);
    if (status == WP_EXIT_DONE)
        wp_disassemble(policy.bytes, policy.size, policy.arena, wp_write_stream, stdout);
    wp_policy_close(&policy);
    return status;
}
