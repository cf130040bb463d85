/* Chains: walking through one, and where a person stands in one. */
#include "opcodes.h"
#include "view.h"

/* The first instruction of a chain, or NULL. */
static const uint32_t *
chain_start(const struct wp_view *view, uint32_t chain)
{
    return chain < view->shape.chains ? view->code + view->chains[chain] : NULL;
}

void
woapol_chain_walk(const struct woapol_image *image, uint32_t chain,
                  bool (*visit)(void *context, uint32_t alternative, uint32_t step,
                                uint32_t method),
                  void *context)
{
    const uint32_t *word = chain_start(wp_view(image), chain);
    uint32_t alternative = 0, step = 0;
    for (; word != NULL && wp_opcode_of(*word) != WP_OP_END; word++) {
        const uint32_t opcode = wp_opcode_of(*word);
        if (opcode == WP_OP_THEN) {
            step++;
        } else if (opcode == WP_OP_ELSE) {
            alternative++;
            step = 0;
        } else if (!visit(context, alternative, step, wp_operand_of(*word))) {
            return;
        }
    }
}

/* What is known of methods so far. */
struct methods {
    const uint32_t *passed, *failed;
    size_t passed_count, failed_count;
};

static bool
is_in(const uint32_t *numbers, size_t count, uint32_t number)
{
    for (size_t i = 0; i < count; i++)
        if (numbers[i] == number)
            return true;
    return false;
}

static bool
is_method(uint32_t word)
{
    return wp_opcode_of(word) == WP_OP_METHOD || wp_opcode_of(word) == WP_OP_OR;
}

enum step_state { STEP_PASSED, STEP_OPEN, STEP_FAILED };

/* The state of the step at *word, which is left behind it. */
static enum step_state
look_at_step(const uint32_t **word, const struct methods *methods)
{
    bool passed = false, open = false;
    for (; is_method(**word); (*word)++) {
        const uint32_t method = wp_operand_of(**word);
        passed |= is_in(methods->passed, methods->passed_count, method);
        open |= !is_in(methods->failed, methods->failed_count, method);
    }
    return passed ? STEP_PASSED : open ? STEP_OPEN : STEP_FAILED;
}

/*
 * The state of the alternative at *word, which is left at its ELSE or END. The
 * first open step is put into *next.
 */
static enum step_state
look_at_alternative(const uint32_t **word, const struct methods *methods, const uint32_t **next)
{
    enum step_state whole = STEP_PASSED;
    for (;; (*word)++) {
        const uint32_t *step = *word;
        const enum step_state state = look_at_step(word, methods);
        if (state == STEP_OPEN && whole == STEP_PASSED)
            *next = step;
        whole = state > whole ? state : whole;
        if (wp_opcode_of(**word) != WP_OP_THEN)
            return whole;
    }
}

static size_t
list_open(const uint32_t *step, const struct methods *methods, uint32_t *next, size_t room)
{
    size_t count = 0;
    for (; is_method(*step); step++) {
        const uint32_t method = wp_operand_of(*step);
        if (is_in(methods->failed, methods->failed_count, method))
            continue;
        if (count < room)
            next[count] = method;
        count++;
    }
    return count;
}

enum woapol_progress_state
woapol_progress(const struct woapol_image *image, uint32_t chain, const uint32_t *passed,
                size_t passed_count, const uint32_t *failed, size_t failed_count, uint32_t *next,
                size_t room, size_t *count)
{
    const struct methods methods = {passed, failed, passed_count, failed_count};
    const uint32_t *word = chain_start(wp_view(image), chain);
    *count = 0;
    for (; word != NULL; word++) {
        const uint32_t *open = NULL;
        const enum step_state state = look_at_alternative(&word, &methods, &open);
        if (state == STEP_PASSED)
            return WOAPOL_PROGRESS_DONE;
        if (state == STEP_OPEN) {
            *count = list_open(open, &methods, next, room);
            return WOAPOL_PROGRESS_NEXT;
        }
        if (wp_opcode_of(*word) == WP_OP_END)
            break;
    }
    return WOAPOL_PROGRESS_FAILED;
}
