/* An explanation for a person. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "compiler/cli/explanation.h"
#include "compiler/decide/json_text.h"

/* Where the facts behind the conditions stand. */
#define WHY_COLUMN 44

static const char *
colour_of(enum wp_truth truth)
{
    switch (truth) {
    case WP_TRUE:
        return "\033[32m";
    case WP_UNKNOWN:
        return "\033[33m";
    case WP_FALSE:
        break;
    }
    return "\033[31m";
}

static void
print_mark(enum wp_truth truth, bool colour)
{
    printf("%s%-7s%s ", colour ? colour_of(truth) : "", wp_truth_word(truth),
           colour ? "\033[0m" : "");
}

static void
print_condition(const struct wp_explained *condition, int indent, bool colour)
{
    printf("%*s", indent, "");
    print_mark(condition->truth, colour);
    if (condition->why == NULL)
        printf("%s\n", condition->text);
    else
        printf("%-*s  %s\n", WHY_COLUMN - indent, condition->text, condition->why);
    for (uint32_t i = 0; i < condition->part_count; i++)
        print_condition(&condition->parts[i], indent + 2, colour);
}

static const char *
fate_text(const struct wp_explained_rule *rule)
{
    switch (rule->fate) {
    case WP_FATE_DECIDES:
        return rule->truth == WP_UNKNOWN ? "decides: whether it holds cannot be told, so deny"
                                         : "decides";
    case WP_FATE_NOT_REACHED:
        return rule->truth == WP_FALSE ? "not reached, and would not hold" : "not reached";
    case WP_FATE_REPORTED:
        return "reported beside the decision";
    case WP_FATE_NOT_REPORTED:
        return "only reports, and does not hold";
    case WP_FATE_PASSED_OVER:
        break;
    }
    return "does not hold";
}

static void
print_rule(const struct wp_explained_rule *rule, bool colour)
{
    print_mark(rule->truth, colour);
    if (rule->rule->name == NULL)
        printf("otherwise");
    else
        printf("rule %s", rule->rule->name);
    if (rule->place != NULL)
        printf(" (%s)", rule->place);
    printf(": %s\n", fate_text(rule));
    if (rule->condition != NULL)
        print_condition(rule->condition, 4, colour);
}

static void
print_text(const char *label, struct woapol_text text)
{
    if (text.text != NULL)
        printf(", %s %.*s", label, (int)text.length, text.text);
}

static void
print_request(const struct wp_request_facts *facts)
{
    static const char *const levels[] = {"low", "medium", "high"};
    printf("request  %s, %s, risk %s", facts->managed ? "managed" : "not managed",
           facts->compliant ? "compliant" : "not compliant", levels[facts->risk]);
    print_text("ip", facts->ip);
    print_text("device", facts->device);
    print_text("app", facts->app);
    print_text("user", facts->user);
    print_text("entry", facts->entry);
    for (size_t i = 0; i < facts->group_count; i++)
        printf("%s%.*s", i == 0 ? ", groups " : ", ", (int)facts->groups[i].length,
               facts->groups[i].text);
    printf("%s\n", facts->groups_incomplete ? ", maybe more groups" : "");
}

static void
print_outcome(const struct wp_explanation *explanation, const struct woapol_decision *decision)
{
    struct wp_arena *arena = explanation->policy_file->arena;
    printf("%s", wp_decision_text(arena, explanation->image, decision));
    if (decision->rule != WOAPOL_NONE)
        printf(", by %s", woapol_name(explanation->image, WOAPOL_RULE, decision->rule, NULL));
    else if (decision->policy != WOAPOL_NONE)
        printf(", by otherwise");
    else
        printf(", since no policy applies");
}

static void
print_variant(const struct wp_explanation *explanation, const struct wp_variant *variant)
{
    printf("  ");
    for (unsigned c = 0; c < variant->change_count; c++) {
        const struct wp_change *change = &variant->changes[c];
        printf("%s", c == 0 ? "" : " and ");
        if (change->from == NULL)
            printf("group %s added", change->to);
        else if (change->to == NULL)
            printf("group %s removed", change->from);
        else
            printf("%s: %s -> %s", change->fact, change->from, change->to);
    }
    printf("\n    ");
    print_outcome(explanation, &variant->decision);
    printf("\n");
}

static void
print_variants(const struct wp_explanation *explanation)
{
    if (explanation->variant_count == 0) {
        printf("\nno change of one or two facts%s changes the outcome\n",
               explanation->is_search_cut ? ", of those that were tried," : "");
        return;
    }
    printf("\nthe nearest requests with another outcome\n");
    for (size_t i = 0; i < explanation->variant_count; i++)
        print_variant(explanation, &explanation->variants[i]);
    struct wp_json_text text = {0};
    wp_facts_json(&text, &explanation->variants[0].facts);
    if (!text.failed)
        printf("the first of them: %.*s\n", (int)text.length, text.bytes);
    wp_json_text_free(&text);
}

void
wp_explanation_print(const struct wp_explanation *explanation, bool colour)
{
    print_request(explanation->facts);
    if (explanation->policy == NULL)
        printf("policy   none: no policy names the app, and there is no default one\n");
    else
        printf("policy   %s (%s)%s\n\n", explanation->policy->name, explanation->place,
               explanation->policy->is_default ? ", the default one" : "");
    for (uint32_t i = 0; i < explanation->rule_count; i++)
        print_rule(&explanation->rules[i], colour);
    printf("\ndecision ");
    print_outcome(explanation, &explanation->decision);
    printf("%s\n", explanation->decision.reason == WOAPOL_REASON_GROUPS_INCOMPLETE
                       ? ": the groups are incomplete"
                       : "");
    print_variants(explanation);
}
