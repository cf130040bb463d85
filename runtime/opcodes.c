/* The instruction table, for the verifier and the disassembler. */
#include "opcodes.h"

const struct wp_op_info wp_op_info[WP_OP_COUNT] = {
#define WP_OP(name, operand, help) [WP_OP_##name] = {#name, WP_OPERAND_##operand, help},
#include "opcodes.def"
#undef WP_OP
};
