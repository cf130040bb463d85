#include "compiler/analysis/proof_check.h"
#include "compiler/analysis/vector.h"

struct step {
    enum wp_proof_step kind;
    uint32_t *literals;
    uint32_t count;
};
struct wp_proof {
    struct wp_arena *arena;
    struct step *steps;
    size_t count, room;
    uint32_t highest; /* literal */
};

struct wp_proof *
wp_proof_new(struct wp_arena *arena)
{
    struct wp_proof *proof = wp_alloc(arena, sizeof *proof);
    proof->arena = arena;
    return proof;
}

void
wp_proof_record(void *context, enum wp_proof_step step, const uint32_t *literals, uint32_t count)
{
    struct wp_proof *proof = context;

    proof->steps = wp_vector_reserve(proof->arena, proof->steps, &proof->room, proof->count + 1,
                                     sizeof *proof->steps);
    struct step *fresh = &proof->steps[proof->count++];
    fresh->kind = step;
    fresh->count = count;
    fresh->literals = wp_alloc_array(proof->arena, (size_t)count + 1, sizeof *literals);
    for (uint32_t i = 0; i < count; i++) {
        fresh->literals[i] = literals[i];
        if (literals[i] > proof->highest)
            proof->highest = literals[i];
    }
}

size_t
wp_proof_length(const struct wp_proof *proof)
{
    return proof->count;
}

/* Looks at one clause under the assignment `is_true` (by literal). Sets the one
 * literal it leaves, if so; returns false when all its literals are false. */
static bool
look_at(const struct step *clause, bool *is_true, bool *changed)
{
    uint32_t open = 0, last = 0;

    for (uint32_t i = 0; i < clause->count; i++) {
        if (is_true[clause->literals[i]])
            return true;
        if (!is_true[clause->literals[i] ^ 1]) {
            open++;
            last = clause->literals[i];
        }
    }
    if (open == 0)
        return false;
    if (open == 1) {
        is_true[last] = true;
        *changed = true;
    }
    return true;
}

/* Do the steps before `index`, with all literals of that step false, lead to a
 * clause without a true literal by unit propagation? */
static bool
follows(const struct wp_proof *proof, size_t index, bool *is_true)
{
    const struct step *claim = &proof->steps[index];
    bool changed = true;

    memset(is_true, 0, (size_t)proof->highest + 2);
    for (uint32_t i = 0; i < claim->count; i++) {
        if (is_true[claim->literals[i]])
            return true; /* it holds a literal and its negation */
        is_true[claim->literals[i] ^ 1] = true;
    }
    while (changed) {
        changed = false;
        for (size_t i = 0; i < index; i++) {
            if (!look_at(&proof->steps[i], is_true, &changed))
                return true;
        }
    }
    return false;
}

/* Is the step nothing but negated assumptions? */
static bool
refutes(const struct step *step, const uint32_t *assumptions, uint32_t count)
{
    for (uint32_t i = 0; i < step->count; i++) {
        bool found = false;
        for (uint32_t k = 0; k < count; k++)
            found = found || assumptions[k] == (step->literals[i] ^ 1);
        if (!found)
            return false;
    }
    return true;
}

bool
wp_proof_check(const struct wp_proof *proof, const uint32_t *assumptions, uint32_t count,
               wp_proof_theory theory, void *context, size_t *failed)
{
    bool *is_true = wp_alloc_array(proof->arena, (size_t)proof->highest + 2, sizeof *is_true);
    const struct step *last = NULL;

    for (size_t i = 0; i < proof->count; i++) {
        const struct step *step = &proof->steps[i];
        bool right = true;
        *failed = i;
        if (step->kind == WP_PROOF_THEORY)
            right = theory && theory(context, step->literals, step->count);
        else if (step->kind == WP_PROOF_DERIVED)
            right = follows(proof, i, is_true);
        if (!right)
            return false;
        last = step->kind == WP_PROOF_DERIVED ? step : last;
    }
    *failed = proof->count;
    return last && refutes(last, assumptions, count);
}
