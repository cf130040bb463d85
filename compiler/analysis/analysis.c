#include "compiler/analysis/study.h"

void
wp_analyse(struct wp_diagnostics *list, const struct wp_model *model,
           const struct wp_analysis_options *options)
{
    struct wp_study study;
    uint8_t *seen = wp_alloc_array(list->arena, (size_t)model->chain_count + 1, sizeof *seen);

    wp_study_init(&study, list, model, options);
    for (uint32_t i = 0; i < model->policy_count; i++) {
        struct wp_view view;
        wp_view_init(&view, study.arena, model, i);
        wp_study_rules(&study, &view);
        wp_study_fallbacks(&study, &view, seen);
        wp_study_lockout(&study, &view);
    }
    wp_study_observation(&study);
    wp_study_finish(&study);
}

void
wp_analyse_errors(struct wp_diagnostics *list, const struct wp_model *model)
{
    struct wp_study study;

    if (!wp_has_administrators(model))
        return;
    wp_study_init(&study, list, model, NULL);
    for (uint32_t i = 0; i < model->policy_count; i++) {
        struct wp_view view;
        if (!model->policies[i].is_default)
            continue;
        wp_view_init(&view, study.arena, model, i);
        wp_study_administrators(&study, &view);
    }
}
