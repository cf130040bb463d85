/*
 * Outcomes, and chains as instructions. Equal outcomes are one record, equal chains one
 * number; the first outcome is a plain deny.
 */
#include "compiler/codegen.h"
#include "runtime/opcodes.h"
#include "woapol.h"

static void
emit(struct wp_codegen *g, enum wp_opcode opcode, uint32_t operand)
{
    wp_buffer_add32(wp_section_of(g, WP_SECTION_CODE), wp_instruction(opcode, operand));
}

static uint32_t
code_words(struct wp_codegen *g)
{
    return (uint32_t)(wp_section_of(g, WP_SECTION_CODE)->size / sizeof(uint32_t));
}

/* ---- operands ------------------------------------------------------------------- */

static bool
is_message(const void *context, uint32_t number, const void *key)
{
    const struct wp_codegen *g = context;
    return strcmp(((const char **)(void *)g->message_texts.bytes)[number], key) == 0;
}

static uint32_t
message_number(struct wp_codegen *g, const char *text)
{
    const uint64_t hash = wp_hash_text(text);
    uint32_t number = wp_map_find(&g->messages, hash, is_message, g, text);
    if (number != UINT32_MAX)
        return number;
    number = g->messages.count;
    wp_buffer_add(&g->message_texts, &text, sizeof text);
    wp_map_add(&g->messages, hash, number);
    return number;
}

/* ---- chains ------------------------------------------------------------------------ */

static bool
equal_steps(const struct wp_alternative *a, const struct wp_alternative *b)
{
    if (a->count != b->count)
        return false;
    for (uint32_t i = 0; i < a->count; i++)
        if (a->steps[i].count != b->steps[i].count ||
            memcmp(a->steps[i].methods, b->steps[i].methods,
                   a->steps[i].count * sizeof *a->steps[i].methods) != 0)
            return false;
    return true;
}

static bool
is_chain(const void *context, uint32_t number, const void *key)
{
    const struct wp_codegen *g = context;
    const struct wp_model_chain *a = key;
    const struct wp_model_chain *b = &g->model->chains[wp_buffer_words(&g->chain_numbers)[number]];
    if (a->count != b->count)
        return false;
    for (uint32_t i = 0; i < a->count; i++)
        if (!equal_steps(&a->alternatives[i], &b->alternatives[i]))
            return false;
    return true;
}

static uint64_t
hash_chain(const struct wp_model_chain *chain)
{
    uint64_t hash = chain->count;
    for (uint32_t i = 0; i < chain->count; i++)
        for (uint32_t j = 0; j < chain->alternatives[i].count; j++) {
            const struct wp_step *step = &chain->alternatives[i].steps[j];
            hash = wp_hash_bytes(hash + j, step->methods, step->count * sizeof *step->methods);
        }
    return hash;
}

static uint32_t
chain_number(struct wp_codegen *g, uint32_t chain)
{
    if (g->chain_of[chain] != WP_NONE)
        return g->chain_of[chain];
    const struct wp_model_chain *wanted = &g->model->chains[chain];
    const uint64_t hash = hash_chain(wanted);
    uint32_t number = wp_map_find(&g->chains, hash, is_chain, g, wanted);
    if (number == UINT32_MAX) {
        number = g->chains.count;
        wp_buffer_add32(&g->chain_numbers, chain);
        wp_map_add(&g->chains, hash, number);
    }
    g->chain_of[chain] = number;
    return number;
}

static void
emit_step(struct wp_codegen *g, const struct wp_step *step)
{
    for (uint32_t i = 0; i < step->count; i++)
        emit(g, i == 0 ? WP_OP_METHOD : WP_OP_OR, step->methods[i] + 1);
}

static void
emit_chain(struct wp_codegen *g, const struct wp_model_chain *chain)
{
    for (uint32_t i = 0; i < chain->count; i++) {
        if (i > 0)
            emit(g, WP_OP_ELSE, 0);
        for (uint32_t j = 0; j < chain->alternatives[i].count; j++) {
            if (j > 0)
                emit(g, WP_OP_THEN, 0);
            emit_step(g, &chain->alternatives[i].steps[j]);
        }
    }
    emit(g, WP_OP_END, 0);
}

/* ---- outcomes ------------------------------------------------------------------------- */

static bool
is_outcome(const void *context, uint32_t number, const void *key)
{
    const struct wp_codegen *g = context;
    const struct wp_outcome_record *outcomes = (const void *)g->sections[WP_SECTION_OUTCOMES].bytes;
    return memcmp(&outcomes[number], key, sizeof *outcomes) == 0;
}

static const uint32_t effects[] = {
    [WP_DENY] = WOAPOL_DENY, [WP_ALLOW] = WOAPOL_ALLOW, [WP_AUTHENTICATE] = WOAPOL_AUTHENTICATE};

uint32_t
wp_code_outcome(struct wp_codegen *g, const struct wp_decision *decision)
{
    const bool has_chain = decision->effect == WP_AUTHENTICATE;
    const struct wp_outcome_record wanted = {
        .effect = effects[decision->effect],
        .chain = has_chain ? chain_number(g, decision->chain) : WP_NO_NUMBER,
        .message = decision->message == NULL ? WP_NO_NUMBER : message_number(g, decision->message),
        .reauth_seconds = decision->reauth_seconds,
    };
    const uint64_t hash = wp_hash_bytes(0, &wanted, sizeof wanted);
    uint32_t number = wp_map_find(&g->outcomes, hash, is_outcome, g, &wanted);
    if (number != UINT32_MAX)
        return number;
    number = g->outcomes.count;
    wp_buffer_add(wp_section_of(g, WP_SECTION_OUTCOMES), &wanted, sizeof wanted);
    wp_map_add(&g->outcomes, hash, number);
    return number;
}

void
wp_code_begin(struct wp_codegen *g)
{
    static const struct wp_decision deny = {
        .effect = WP_DENY, .chain = WP_NONE, .reauth_seconds = WP_NO_REAUTH};
    struct wp_map *maps[] = {&g->outcomes, &g->chains, &g->messages};
    for (size_t i = 0; i < sizeof maps / sizeof *maps; i++)
        wp_map_init(maps[i], g->arena);
    g->chain_numbers.arena = g->arena;
    g->message_texts.arena = g->arena;
    g->chain_of = wp_alloc_array(g->arena, (size_t)g->model->chain_count + 1, sizeof *g->chain_of);
    for (uint32_t i = 0; i < g->model->chain_count; i++)
        g->chain_of[i] = WP_NONE;
    (void)wp_code_outcome(g, &deny);
}

bool
wp_code_finish(struct wp_codegen *g)
{
    struct wp_shape *shape = &g->shape;
    const struct wp_span nowhere = {.file = WP_NO_FILE};
    shape->outcomes = g->outcomes.count;
    shape->chains = g->chains.count;
    for (uint32_t i = 0; i < shape->chains; i++) {
        wp_buffer_add32(wp_section_of(g, WP_SECTION_CHAINS), code_words(g));
        emit_chain(g, &g->model->chains[wp_buffer_words(&g->chain_numbers)[i]]);
    }
    shape->code_words = code_words(g);
    if (g->model->method_count >= WP_OPERAND_MAX)
        return wp_too_many(g, nowhere, "the methods");
    return true;
}
