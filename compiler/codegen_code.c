/*
 * Outcomes and chains as instructions. Equal outcomes are one program, equal
 * chains one number; the first program is a plain deny.
 */
#include "compiler/codegen.h"
#include "runtime/opcodes.h"

struct outcome {
    uint32_t effect, chain;
    uint32_t message; /* or WP_NONE */
    uint32_t start;
    uint64_t reauth_seconds;
};

static struct outcome *
outcomes_of(const struct wp_codegen *g)
{
    return (struct outcome *)(void *)g->outcome_starts.bytes;
}

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

static bool
is_duration(const void *context, uint32_t number, const void *key)
{
    const struct wp_codegen *g = context;
    return ((const uint64_t *)(const void *)g->sections[WP_SECTION_DURATIONS].bytes)[number] ==
           *(const uint64_t *)key;
}

static uint32_t
duration_number(struct wp_codegen *g, uint64_t seconds)
{
    const uint64_t hash = wp_hash_bytes(0, &seconds, sizeof seconds);
    uint32_t number = wp_map_find(&g->durations, hash, is_duration, g, &seconds);
    if (number != UINT32_MAX)
        return number;
    number = g->durations.count;
    wp_buffer_add64(wp_section_of(g, WP_SECTION_DURATIONS), seconds);
    wp_map_add(&g->durations, hash, number);
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
    const struct outcome *a = &outcomes_of(context)[number], *b = key;
    return a->effect == b->effect && a->chain == b->chain && a->message == b->message &&
           a->reauth_seconds == b->reauth_seconds;
}

static void
emit_outcome(struct wp_codegen *g, const struct outcome *outcome)
{
    emit(g, WP_OP_REAUTH, duration_number(g, outcome->reauth_seconds));
    emit(g, WP_OP_MESSAGE, outcome->message == WP_NONE ? 0 : outcome->message + 1);
    switch ((enum wp_effect)outcome->effect) {
    case WP_DENY:
        emit(g, WP_OP_DENY, 0);
        break;
    case WP_ALLOW:
        emit(g, WP_OP_ALLOW, 0);
        break;
    case WP_AUTHENTICATE:
        emit(g, WP_OP_AUTHENTICATE, outcome->chain + 1);
        break;
    }
}

uint32_t
wp_code_outcome(struct wp_codegen *g, const struct wp_decision *decision)
{
    struct outcome wanted = {
        .effect = (uint32_t)decision->effect,
        .chain = decision->effect == WP_AUTHENTICATE ? chain_number(g, decision->chain) : 0,
        .message = decision->message == NULL ? WP_NONE : message_number(g, decision->message),
        .start = code_words(g),
        .reauth_seconds = decision->reauth_seconds,
    };
    const uint64_t hash = wp_hash_bytes(wanted.reauth_seconds, &wanted, 3 * sizeof(uint32_t));
    const uint32_t number = wp_map_find(&g->outcomes, hash, is_outcome, g, &wanted);
    if (number != UINT32_MAX)
        return outcomes_of(g)[number].start;
    wp_buffer_add(&g->outcome_starts, &wanted, sizeof wanted);
    wp_map_add(&g->outcomes, hash, g->outcomes.count);
    emit_outcome(g, &wanted);
    return wanted.start;
}

void
wp_code_begin(struct wp_codegen *g)
{
    static const struct wp_decision deny = {
        .effect = WP_DENY, .chain = WP_NONE, .reauth_seconds = WP_NO_REAUTH};
    struct wp_map *maps[] = {&g->outcomes, &g->chains, &g->messages, &g->durations};
    for (size_t i = 0; i < sizeof maps / sizeof *maps; i++)
        wp_map_init(maps[i], g->arena);
    g->outcome_starts.arena = g->arena;
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
    shape->outcome_words = code_words(g);
    shape->chains = g->chains.count;
    shape->durations = g->durations.count;
    for (uint32_t i = 0; i < shape->chains; i++) {
        wp_buffer_add32(wp_section_of(g, WP_SECTION_CHAINS), code_words(g));
        emit_chain(g, &g->model->chains[wp_buffer_words(&g->chain_numbers)[i]]);
    }
    shape->code_words = code_words(g);
    if (shape->chains > WP_OPERAND_MAX || shape->durations > WP_OPERAND_MAX ||
        g->messages.count > WP_OPERAND_MAX || g->model->method_count >= WP_OPERAND_MAX)
        return wp_too_many(g, nowhere, "the chains, messages or methods");
    return true;
}
