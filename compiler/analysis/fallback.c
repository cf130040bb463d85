/* Chains whose fallback is weaker than what it stands in for (WOA2007). */
#include "compiler/analysis/strength.h"
#include "compiler/analysis/study.h"

/* Is the later alternative a way around the first? */
static bool
undoes(const struct wp_strength *first, const struct wp_strength *later)
{
    return later->factors < first->factors || (first->beyond_knowledge && !later->beyond_knowledge);
}

static void
report_fallback(struct wp_study *study, const struct wp_view *view, uint32_t rule,
                uint32_t alternative, const struct wp_strength *first,
                const struct wp_strength *later)
{
    const struct wp_decision *decision = wp_policy_decision(view->policy, rule);
    const struct wp_model_chain *chain = &study->model->chains[decision->chain];
    struct wp_diagnostic *finding = wp_report(
        study->list, WP_E_WEAK_FALLBACK, chain->span, "a fallback undoes the strength of %s%s%s",
        chain->name ? "chain '" : "this chain", chain->name ? chain->name : "",
        chain->name ? "'" : "");

    finding->policy = view->policy->name;
    finding->rule = rule < view->policy->rule_count ? view->policy->rules[rule].name : NULL;
    if (later->factors < first->factors)
        finding->label = wp_format(
            study->arena, "%u factor%s by alternative 1, %u by alternative %u", first->factors,
            first->factors == 1 ? "" : "s", later->factors, alternative + 1);
    else
        finding->label =
            wp_format(study->arena, "alternative %u asks only for what can be told to others",
                      alternative + 1);
    wp_add_label(study->list, finding, decision->span, "used here");
    wp_add_note(study->list, finding,
                "whoever wants the weaker way fails the first one: a chain is as strong as its "
                "weakest path");
    wp_add_help(study->list, finding, "add a step to the fallback, or leave it out");
}

/* `seen` has a byte for each chain. */
static void
study_decision(struct wp_study *study, const struct wp_view *view, uint32_t rule, uint8_t *seen)
{
    uint32_t chain = wp_policy_decision(view->policy, rule)->chain;

    if (chain == WP_NONE || seen[chain])
        return;
    seen[chain] = 1;
    const struct wp_model_chain *c = &study->model->chains[chain];
    for (uint32_t i = 1; i < c->count; i++) {
        struct wp_strength first = wp_alternative_strength(study->model, &c->alternatives[0]);
        struct wp_strength later = wp_alternative_strength(study->model, &c->alternatives[i]);
        if (undoes(&first, &later)) {
            report_fallback(study, view, rule, i, &first, &later);
            return;
        }
    }
}

void
wp_study_fallbacks(struct wp_study *study, const struct wp_view *view, uint8_t *seen)
{
    for (uint32_t i = 0; i <= view->policy->rule_count; i++)
        study_decision(study, view, i, seen);
}
