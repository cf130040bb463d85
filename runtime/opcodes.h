/* The instructions of chains, made of opcodes.def. */
#ifndef WP_RUNTIME_OPCODES_H
#define WP_RUNTIME_OPCODES_H

#include <stdint.h>

/* What an operand counts. */
enum wp_operand {
    WP_OPERAND_NONE, /* must be 0 */
    WP_OPERAND_METHOD
};

enum wp_opcode {
#define WP_OP(name, operand, help) WP_OP_##name,
#include "opcodes.def"
#undef WP_OP
    WP_OP_COUNT
};

struct wp_op_info {
    const char *name;
    enum wp_operand operand;
    const char *help;
};
extern const struct wp_op_info wp_op_info[WP_OP_COUNT];

#define WP_OPERAND_MAX 0xfffffeu

static inline uint32_t
wp_instruction(enum wp_opcode opcode, uint32_t operand)
{
    return (uint32_t)opcode | operand << 8;
}
static inline uint32_t
wp_opcode_of(uint32_t word)
{
    return word & 0xff;
}
static inline uint32_t
wp_operand_of(uint32_t word)
{
    return word >> 8;
}

#endif
