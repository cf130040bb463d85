#include "compiler/analysis/study.h"
#include "compiler/analysis/text.h"

#include <stdarg.h>
#include <stdio.h>

#define FEW_NOTES 5
#define FEW_NAMES 6

void
wp_study_init(struct wp_study *study, struct wp_diagnostics *list, const struct wp_model *model,
              const struct wp_analysis_options *options)
{
    static const struct wp_analysis_options usual = {0};

    *study = (struct wp_study){.arena = list->arena, .model = model, .list = list};
    study->options = options ? options : &usual;
    study->asker = wp_asker_new(study->arena, model,
                                study->options->each ? study->options->each : WP_USUAL_EACH,
                                study->options->all ? study->options->all : WP_USUAL_ALL);
}

bool
wp_study_has_room(struct wp_study *study, enum wp_diagnostic_kind kind)
{
    return ++study->notes[kind] <= FEW_NOTES || study->options->all_notes;
}

struct wp_diagnostic *
wp_study_report(struct wp_study *study, enum wp_severity severity, enum wp_diagnostic_kind kind,
                const struct wp_view *view, uint32_t rule, const char *format, ...)
{
    const struct wp_policy *policy = view->policy;
    struct wp_span span = rule < policy->rule_count ? policy->rules[rule].span : policy->span;
    struct wp_text text = {.arena = study->arena};
    char message[1024];
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    wp_text_add(&text, message);
    struct wp_diagnostic *finding =
        wp_report_as(study->list, severity, kind, span, "%s", text.bytes);
    finding->policy = policy->name;
    if (rule < policy->rule_count) {
        finding->rule = policy->rules[rule].name;
        if (policy->rules[rule].included_from.file != WP_NO_FILE)
            wp_add_label(study->list, finding, policy->rules[rule].included_from, "included here");
    }
    study->last_note[kind] = finding;
    return finding;
}

void
wp_study_witness(struct wp_study *study, const struct wp_view *view, struct wp_diagnostic *finding,
                 const struct wp_point *point)
{
    finding->witness = wp_witness_json(study->arena, study->model, &view->traits, point);
}

const char *
wp_study_names(struct wp_study *study, const struct wp_view *view, const uint32_t *rules,
               uint32_t count)
{
    struct wp_text text = {.arena = study->arena};
    uint32_t shown = count > FEW_NAMES ? FEW_NAMES - 1 : count;

    for (uint32_t i = 0; i < shown; i++) {
        const char *before = i == 0 ? "" : i + 1 == count ? " and " : ", ";
        wp_text_printf(&text, "%s'%s'", before, wp_view_rule_name(view, rules[i]));
    }
    if (shown < count)
        wp_text_printf(&text, " and %u others", count - shown);
    wp_text_add(&text, "");
    return text.bytes;
}

void
wp_study_finish(struct wp_study *study)
{
    for (size_t kind = 0; kind < WP_DIAGNOSTIC_COUNT; kind++) {
        size_t hidden = study->notes[kind] > FEW_NOTES ? study->notes[kind] - FEW_NOTES : 0;
        if (hidden && !study->options->all_notes && study->last_note[kind])
            wp_add_help(study->list, study->last_note[kind],
                        "%zu more like this: --all-notes shows them", hidden);
    }
}

void
wp_study_progress(const struct wp_study *study, const char *what, size_t done, size_t total)
{
    if (study->options->progress)
        study->options->progress(study->options->progress_context, what, done, total);
}
