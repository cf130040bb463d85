/* An explanation as JSON: docs/json.md says what the keys mean. */
#include <string.h>

#include "compiler/decide/decision_json.h"
#include "compiler/cli/explanation.h"

static void
put_key(struct wp_json_text *text, const char *key, bool *is_first)
{
    wp_json_puts(text, *is_first ? "\"" : ",\"");
    wp_json_puts(text, key);
    wp_json_puts(text, "\":");
    *is_first = false;
}

static void
put_text(struct wp_json_text *text, const char *key, struct woapol_text value, bool *is_first)
{
    if (value.text == NULL)
        return;
    put_key(text, key, is_first);
    wp_json_string(text, value.text, value.length);
}

static void
put_flag(struct wp_json_text *text, const char *key, bool value, bool *is_first)
{
    put_key(text, key, is_first);
    wp_json_puts(text, value ? "true" : "false");
}

void
wp_facts_json(struct wp_json_text *text, const struct wp_request_facts *facts)
{
    static const char *const levels[] = {"low", "medium", "high"};
    bool is_first = true;
    wp_json_puts(text, "{");
    put_text(text, "ip", facts->ip, &is_first);
    put_text(text, "device", facts->device, &is_first);
    put_key(text, "groups", &is_first);
    wp_json_puts(text, "[");
    for (size_t i = 0; i < facts->group_count; i++) {
        wp_json_puts(text, i == 0 ? "" : ",");
        wp_json_string(text, facts->groups[i].text, facts->groups[i].length);
    }
    wp_json_puts(text, "]");
    put_text(text, "app", facts->app, &is_first);
    put_text(text, "user", facts->user, &is_first);
    put_text(text, "entry", facts->entry, &is_first);
    put_flag(text, "managed", facts->managed, &is_first);
    put_flag(text, "compliant", facts->compliant, &is_first);
    put_key(text, "risk", &is_first);
    wp_json_string_or_null(text, levels[facts->risk]);
    if (facts->groups_incomplete)
        put_flag(text, "groups_complete", false, &is_first);
    wp_json_puts(text, "}");
}

static void
put_condition(struct wp_json_text *text, const struct wp_explained *condition)
{
    wp_json_puts(text, "{\"text\":");
    wp_json_string_or_null(text, condition->text);
    wp_json_puts(text, ",\"holds\":");
    wp_json_string_or_null(text, wp_truth_word(condition->truth));
    wp_json_puts(text, ",\"why\":");
    wp_json_string_or_null(text, condition->why);
    wp_json_puts(text, ",\"parts\":[");
    for (uint32_t i = 0; i < condition->part_count; i++) {
        wp_json_puts(text, i == 0 ? "" : ",");
        put_condition(text, &condition->parts[i]);
    }
    wp_json_puts(text, "]}");
}

static const char *
fate_word(enum wp_rule_fate fate)
{
    switch (fate) {
    case WP_FATE_DECIDES:
        return "decides";
    case WP_FATE_NOT_REACHED:
        return "not reached";
    case WP_FATE_REPORTED:
        return "reported";
    case WP_FATE_NOT_REPORTED:
        return "not reported";
    case WP_FATE_PASSED_OVER:
        break;
    }
    return "passed over";
}

static void
put_rule(struct wp_json_text *text, const struct wp_explained_rule *rule)
{
    wp_json_puts(text, "{\"rule\":");
    wp_json_string_or_null(text, rule->rule->name);
    wp_json_puts(text, ",\"place\":");
    wp_json_string_or_null(text, rule->place);
    wp_json_puts(text, ",\"report\":");
    wp_json_puts(text, rule->rule->report ? "true" : "false");
    wp_json_puts(text, ",\"holds\":");
    wp_json_string_or_null(text, wp_truth_word(rule->truth));
    wp_json_puts(text, ",\"fate\":");
    wp_json_string_or_null(text, fate_word(rule->fate));
    wp_json_puts(text, ",\"condition\":");
    if (rule->condition == NULL)
        wp_json_puts(text, "null");
    else
        put_condition(text, rule->condition);
    wp_json_puts(text, "}");
}

static void
put_variant(struct wp_json_text *text, const struct wp_explanation *explanation,
            struct wp_decision_writer *writer, const struct wp_variant *variant)
{
    wp_json_puts(text, "{\"changes\":[");
    for (unsigned c = 0; c < variant->change_count; c++) {
        wp_json_puts(text, c == 0 ? "{\"fact\":" : ",{\"fact\":");
        wp_json_string_or_null(text, variant->changes[c].fact);
        wp_json_puts(text, ",\"from\":");
        wp_json_string_or_null(text, variant->changes[c].from);
        wp_json_puts(text, ",\"to\":");
        wp_json_string_or_null(text, variant->changes[c].to);
        wp_json_puts(text, "}");
    }
    wp_json_puts(text, "],\"request\":");
    wp_facts_json(text, &variant->facts);
    wp_json_puts(text, ",\"decision\":");
    wp_decision_write(writer, text, explanation->facts->id, &variant->decision, variant->reports,
                      variant->report_count);
    wp_json_puts(text, "}");
}

static void
put_explanation(struct wp_json_text *text, const struct wp_explanation *explanation,
                struct wp_decision_writer *writer)
{
    wp_json_puts(text, "{\"request\":");
    wp_facts_json(text, explanation->facts);
    wp_json_puts(text, ",\"decision\":");
    wp_decision_write(writer, text, explanation->facts->id, &explanation->decision,
                      explanation->reports, explanation->report_count);
    wp_json_puts(text, ",\"policy\":");
    wp_json_string_or_null(text, explanation->policy == NULL ? NULL : explanation->policy->name);
    wp_json_puts(text, ",\"place\":");
    wp_json_string_or_null(text, explanation->place);
    wp_json_puts(text, ",\"rules\":[");
    for (uint32_t i = 0; i < explanation->rule_count; i++) {
        wp_json_puts(text, i == 0 ? "" : ",");
        put_rule(text, &explanation->rules[i]);
    }
    wp_json_puts(text, "],\"nearest\":[");
    for (size_t i = 0; i < explanation->variant_count; i++) {
        wp_json_puts(text, i == 0 ? "" : ",");
        put_variant(text, explanation, writer, &explanation->variants[i]);
    }
    wp_json_puts(text, "],\"complete_search\":");
    wp_json_puts(text, explanation->is_search_cut ? "false}\n" : "true}\n");
}

void
wp_explanation_json(struct wp_json_text *text, const struct wp_explanation *explanation)
{
    struct wp_decision_writer *writer = wp_decision_writer_new(explanation->image);
    if (writer == NULL)
        text->failed = true;
    else
        put_explanation(text, explanation, writer);
    wp_decision_writer_free(writer);
}
