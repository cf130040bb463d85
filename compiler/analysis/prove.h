/*
 * Claims about a model: never OUTCOMES when C, always OUTCOMES when C.
 *
 * A claim is put to every decision there is: those whose outcome would break it
 * are asked whether they decide any request in C. None does: proved, for every
 * request whose groups are complete and that the assumptions allow.
 */
#ifndef WP_ANALYSIS_PROVE_H
#define WP_ANALYSIS_PROVE_H

#include "compiler/analysis/analysis.h"
#include "compiler/analysis/outcome.h"
#include "compiler/analysis/bounds.h"
#include "compiler/analysis/view.h"

/* Asks about all policies of a model; makes what it needs of each when needed. */
struct wp_prover {
    struct wp_arena *arena;
    const struct wp_model *model;
    struct wp_asker *asker;
    struct wp_view **views;  /* by policy */
    struct wp_members loose; /* apps that no policy decides for */
    bool has_loose;
};

void wp_prover_init(struct wp_prover *prover, struct wp_arena *arena, const struct wp_model *model,
                    const struct wp_analysis_options *options);
struct wp_view *wp_prover_view(struct wp_prover *prover, uint32_t policy);

/* A decision that breaks a claim, and a request that it decides so, made as small
 * as can be. */
struct wp_violation {
    struct wp_source_of_decision from;
    const struct wp_point *point;
    struct wp_traits traits; /* that the request should tell */
};

struct wp_claim_result {
    enum wp_answer broken;           /* NO: proved */
    struct wp_violation *violations; /* each guilty decision once; the smallest request first */
    uint32_t count;
    uint32_t undecided; /* decisions of which it could not be told within the budget */
};

void wp_prove_claim(struct wp_prover *prover, const struct wp_model_claim *claim,
                    struct wp_claim_result *result);

#endif
