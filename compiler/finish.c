/* Folds rules, claims and assumptions and expands what is matched term by term. */
#include "compiler/finish.h"

#include "compiler/fold.h"
#include "compiler/terms.h"

struct finisher {
    struct wp_diagnostics *list;
    struct wp_folder *folder;
    struct wp_term_maker *maker;
    uint64_t term_count; /* of all conditions */
    bool is_full;
};

/* Terms in all conditions together. */
#define MAX_TERMS UINT64_C(2000000)

static void
report_complex(struct finisher *finisher, struct wp_span span)
{
    struct wp_diagnostic *finding = wp_report(
        finisher->list, WP_E_TOO_COMPLEX, span,
        "written out as alternatives, this condition has more than %d of them", WP_MAX_TERMS);

    wp_add_help(finisher->list, finding, "split the rule into several, one an alternative");
}

static void
expand(struct finisher *finisher, const struct wp_test *folded, struct wp_span span,
       const struct wp_term **terms, uint32_t *count)
{
    if (!wp_terms_of(finisher->maker, folded, terms, count))
        report_complex(finisher, span);
    finisher->term_count += *count;
    if (finisher->term_count <= MAX_TERMS || finisher->is_full)
        return;
    finisher->is_full = true;
    wp_report(finisher->list, WP_E_TOO_MANY, span,
              "all conditions together have more than %u alternatives", (unsigned)MAX_TERMS);
}

static void
finish_rule(struct finisher *finisher, struct wp_model_rule *rule)
{
    rule->folded = wp_fold(finisher->folder, rule->when, false);
    if (!finisher->is_full)
        expand(finisher, rule->folded, rule->when->span, &rule->terms, &rule->term_count);
}

static void
finish_proof(struct finisher *finisher, struct wp_model_proof *proof)
{
    for (uint32_t i = 0; i < proof->claim_count; i++) {
        struct wp_model_claim *claim = &proof->claims[i];

        claim->folded = wp_fold(finisher->folder, claim->when, false);
        if (!finisher->is_full)
            expand(finisher, claim->folded, claim->when->span, &claim->terms, &claim->term_count);
    }
}

void
wp_finish(struct wp_diagnostics *list, struct wp_model *model, struct wp_network_pool *pool)
{
    struct finisher finisher = {.list = list,
                                .folder = wp_folder_new(model, pool),
                                .maker = wp_term_maker_new(model, pool)};

    for (uint32_t p = 0; p < model->policy_count; p++) {
        struct wp_policy *policy = &model->policies[p];

        for (uint32_t r = 0; r < policy->rule_count; r++)
            finish_rule(&finisher, &policy->rules[r]);
        finish_rule(&finisher, &policy->otherwise);
    }
    for (uint32_t i = 0; i < model->proof_count; i++)
        finish_proof(&finisher, &model->proofs[i]);
    for (uint32_t i = 0; i < model->assumption_count; i++) {
        struct wp_assumption *assumption = &model->assumptions[i];

        assumption->premise_folded = wp_fold(finisher.folder, assumption->premise, false);
        assumption->conclusion_folded = wp_fold(finisher.folder, assumption->conclusion, false);
    }
    if (wp_networks_too_large(pool) || wp_fold_too_large(finisher.folder)) {
        struct wp_span nowhere = {WP_NO_FILE, 0, 0};
        struct wp_diagnostic *finding =
            wp_report(list, WP_E_TOO_MANY, nowhere,
                      "the conditions of all rules together take too much room");
        wp_add_help(list, finding, "let rules share networks and conditions by naming them");
    }
    model->networks = pool->networks;
    model->network_count = pool->count;
}
