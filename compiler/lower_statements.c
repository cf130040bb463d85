/* Assumptions, proofs and what tests expect, into the model. */
#include "compiler/lowering.h"

#include <string.h>

static const struct wp_declaration *
next_of_kind(const struct wp_declaration *at, enum wp_declaration_kind kind)
{
    while (at && at->kind != kind)
        at = at->next;
    return at;
}

static uint32_t
count_declarations(const struct wp_loaded *loaded, enum wp_declaration_kind kind)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < loaded->count; i++) {
        const struct wp_declaration *at = next_of_kind(loaded->files[i]->declarations, kind);
        for (; at; at = next_of_kind(at->next, kind))
            count++;
    }
    return count;
}

/* `assume C implies D`; `assume D` alone has no premise. */
static void
lower_assumption(struct wp_lowering *lowering, const struct wp_declaration *declaration)
{
    struct wp_model *model = lowering->model;
    struct wp_assumption *made = &model->assumptions[model->assumption_count++];
    bool has_premise = declaration->conclusion != NULL;

    made->span = declaration->span;
    made->premise = wp_lower_when(lowering, NULL, has_premise ? declaration->condition : NULL,
                                  declaration->span);
    made->conclusion = wp_lower_when(lowering, NULL,
                                     has_premise ? declaration->conclusion : declaration->condition,
                                     declaration->span);
}

static void
lower_proof(struct wp_lowering *lowering, const struct wp_declaration *declaration)
{
    struct wp_model *model = lowering->model;
    struct wp_model_proof *made = &model->proofs[model->proof_count++];
    uint32_t count = 0;

    for (const struct wp_claim *at = declaration->claims; at; at = at->next)
        count++;
    made->name = declaration->name->text;
    made->span = declaration->name->span;
    made->declaration = declaration;
    made->claims = wp_alloc_array(lowering->arena, (size_t)count + 1, sizeof *made->claims);
    for (const struct wp_claim *at = declaration->claims; at; at = at->next) {
        struct wp_model_claim *claim = &made->claims[made->claim_count++];

        claim->span = at->span;
        claim->source = at;
        claim->when = wp_lower_when(lowering, NULL, at->when, at->span);
    }
}

/* ---- chains that tests and proofs speak of ------------------------------------------------ */

static void
lower_outcomes(struct wp_lowering *lowering, const struct wp_outcome *outcomes)
{
    struct wp_model *model = lowering->model;

    for (const struct wp_outcome *at = outcomes; at; at = at->next) {
        if (!at->chain)
            continue;
        if (model->expected_chain_count == lowering->expected_room) {
            uint32_t room = lowering->expected_room * 2 + 16;
            struct wp_expected_chain *chains =
                wp_alloc_array(lowering->arena, room, sizeof *chains);

            if (model->expected_chain_count > 0)
                memcpy(chains, model->expected_chains,
                       model->expected_chain_count * sizeof *chains);
            model->expected_chains = chains;
            lowering->expected_room = room;
        }
        model->expected_chains[model->expected_chain_count++] =
            (struct wp_expected_chain){at->chain, wp_lower_chain(lowering, NULL, at->chain)};
    }
}

static void
lower_expectations(struct wp_lowering *lowering, const struct wp_declaration *declaration)
{
    for (const struct wp_case *test = declaration->cases; test; test = test->next)
        for (const struct wp_expectation *at = test->expectations; at; at = at->next)
            lower_outcomes(lowering, at->outcome);
    for (const struct wp_claim *claim = declaration->claims; claim; claim = claim->next)
        lower_outcomes(lowering, claim->outcomes);
}

static bool
is_before(struct wp_span a, struct wp_span b)
{
    return a.file != b.file ? a.file < b.file : a.start < b.start;
}

uint32_t
wp_expected_chain(const struct wp_model *model, const struct wp_chain *source)
{
    uint32_t low = 0, high = model->expected_chain_count;

    while (source && low < high) {
        uint32_t middle = low + (high - low) / 2;

        if (is_before(model->expected_chains[middle].source->span, source->span))
            low = middle + 1;
        else
            high = middle;
    }
    if (!source || low == model->expected_chain_count ||
        model->expected_chains[low].source != source)
        return WP_NONE;
    return model->expected_chains[low].chain;
}

/* ---- all of them ------------------------------------------------------------------------------
 */

void
wp_lower_statements(struct wp_lowering *lowering, const struct wp_loaded *loaded)
{
    struct wp_model *model = lowering->model;
    uint32_t assumptions = count_declarations(loaded, WP_DECL_ASSUME);
    uint32_t proofs = count_declarations(loaded, WP_DECL_PROVE);

    model->assumptions =
        wp_alloc_array(lowering->arena, (size_t)assumptions + 1, sizeof *model->assumptions);
    model->proofs = wp_alloc_array(lowering->arena, (size_t)proofs + 1, sizeof *model->proofs);
    for (uint32_t i = 0; i < loaded->count; i++)
        for (const struct wp_declaration *at = loaded->files[i]->declarations; at; at = at->next) {
            if (at->kind == WP_DECL_ASSUME)
                lower_assumption(lowering, at);
            else if (at->kind == WP_DECL_PROVE)
                lower_proof(lowering, at);
            lower_expectations(lowering, at);
        }
}
