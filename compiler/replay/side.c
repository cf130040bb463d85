#include "compiler/replay/side.h"

#include "compiler/analysis/outcome.h"

void
wp_side_init(struct wp_side *side, struct wp_arena *arena, const struct woapol_image *image,
             const struct wp_model *model)
{
    *side = (struct wp_side){.image = image, .model = model, .policies = model->policy_count};
    side->first_rules =
        wp_alloc_array(arena, (size_t)model->policy_count + 1, sizeof *side->first_rules);
    for (uint32_t i = 0; i < model->policy_count; i++) {
        side->first_rules[i] = side->rules;
        side->rules += model->policies[i].rule_count;
    }
    side->forecast = wp_forecast_new(arena, image, model);
    side->app_names = wp_app_names_new(arena, model);
}

uint32_t
wp_outcome_of(const struct wp_side *side, const struct woapol_decision *decision)
{
    if (decision->reason != WOAPOL_REASON_NONE)
        return wp_outcome_unknown(side);
    if (decision->policy >= side->policies)
        return side->rules + side->policies;
    return decision->rule < side->rules ? decision->rule : side->rules + decision->policy;
}

void
wp_outcome_place(const struct wp_side *side, uint32_t outcome, uint32_t *policy, uint32_t *rule)
{
    *policy = *rule = WP_NONE;
    if (outcome >= side->rules + side->policies)
        return;
    if (outcome >= side->rules) {
        *policy = outcome - side->rules;
        *rule = side->model->policies[*policy].rule_count;
        return;
    }
    uint32_t low = 0, high = side->policies;
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        if (side->first_rules[middle] <= outcome)
            low = middle;
        else
            high = middle;
    }
    *policy = low;
    *rule = outcome - side->first_rules[low];
}

const char *
wp_outcome_policy(const struct wp_side *side, uint32_t outcome)
{
    uint32_t policy, rule;
    wp_outcome_place(side, outcome, &policy, &rule);
    return policy == WP_NONE ? NULL : side->model->policies[policy].name;
}

const char *
wp_outcome_rule(const struct wp_side *side, uint32_t outcome)
{
    uint32_t policy, rule;
    wp_outcome_place(side, outcome, &policy, &rule);
    if (policy == WP_NONE || rule >= side->model->policies[policy].rule_count)
        return NULL;
    return side->model->policies[policy].rules[rule].name;
}

const struct wp_decision *
wp_outcome_decision(const struct wp_side *side, uint32_t outcome)
{
    struct wp_source_of_decision from;
    wp_outcome_place(side, outcome, &from.policy, &from.rule);
    return wp_decision_from(side->model, from);
}
