/* Where demands are met, and how messages put it. */
#include "compiler/check/collect.h"
#include "compiler/facts.h"

#include <string.h>

/* ---- places ------------------------------------------------------------------- */

/* Names of chains lead to one another at most this deep; resolving refuses
 * circles. */
#define MAX_CHAIN_DEPTH 64

static bool
find_in_chain(const struct wp_model *model, const struct wp_chain *chain, const char *method,
              unsigned depth, struct wp_span *span)
{
    const struct wp_declaration *named;

    if (depth == MAX_CHAIN_DEPTH)
        return false;
    if (chain->kind == WP_CHAIN_NAME) {
        if (strcmp(chain->name->text, method) == 0) {
            *span = chain->name->span;
            return true;
        }
        named = wp_declaration_find(model, WP_DECL_CHAIN, chain->name->text);
        return named && named->chain && find_in_chain(model, named->chain, method, depth + 1, span);
    }
    for (const struct wp_chain *part = chain->parts; part; part = part->next)
        if (find_in_chain(model, part, method, depth + 1, span))
            return true;
    return false;
}

static const struct wp_condition *
find_leaf(const struct wp_test *test, enum wp_condition_kind kind)
{
    for (uint32_t i = 0; i < test->part_count; i++) {
        const struct wp_condition *found = find_leaf(test->parts[i], kind);
        if (found)
            return found;
    }
    return test->source && test->source->kind == kind ? test->source : NULL;
}

static enum wp_condition_kind
posture_condition(const char *posture)
{
    if (strcmp(posture, "compliant") == 0)
        return WP_CONDITION_COMPLIANT;
    return strcmp(posture, "risk") == 0 ? WP_CONDITION_RISK : WP_CONDITION_MANAGED;
}

struct wp_span
wp_use_span(const struct wp_model *model, const struct wp_use *use)
{
    const struct wp_model_rule *rule = use->site->rule;
    const struct wp_condition *leaf = NULL;
    struct wp_span span = rule->span;

    switch (use->kind) {
    case WP_USE_METHOD:
        span = rule->decision.span;
        if (rule->source && rule->source->action && rule->source->action->chain)
            (void)find_in_chain(model, rule->source->action->chain, use->user->name->text, 0,
                                &span);
        return span;
    case WP_USE_POSTURE:
        leaf = find_leaf(rule->when, posture_condition(use->user->name->text));
        break;
    case WP_USE_DEVICE:
        leaf = find_leaf(rule->when, WP_CONDITION_DEVICE);
        break;
    }
    return leaf ? leaf->span : span;
}

/* ---- words --------------------------------------------------------------------- */

const char *
wp_use_text(struct wp_arena *arena, const struct wp_use *use)
{
    static const char *const kinds[] = {
        [WP_USE_METHOD] = "method", [WP_USE_POSTURE] = "posture", [WP_USE_DEVICE] = "device type"};

    return wp_format(arena, "%s '%s'", kinds[use->kind], use->user->name->text);
}

const char *
wp_rule_text(struct wp_arena *arena, const struct wp_policy *policy,
             const struct wp_model_rule *rule)
{
    if (!rule->name)
        return wp_format(arena, "'otherwise' of policy '%s'", policy->name);
    return wp_format(arena, "rule '%s' of policy '%s'", rule->name, policy->name);
}

static const char *
value_text(struct wp_arena *arena, const struct wp_value *value)
{
    const char *text = "{";

    if (value->kind != WP_VALUE_LIST)
        return value->text ? value->text
                           : wp_format(arena, "%llu", (unsigned long long)value->number);
    for (const struct wp_value *item = value->items; item; item = item->next)
        text = wp_format(arena, "%s%s%s", text, item == value->items ? "" : ", ",
                         value_text(arena, item));
    return wp_format(arena, "%s}", text);
}

const char *
wp_line_text_of(struct wp_arena *arena, const struct wp_attribute *line)
{
    static const char *const operators[] = {
        [WP_DEMAND_IS] = "is",      [WP_DEMAND_IN] = "in",       [WP_DEMAND_LESS] = "<",
        [WP_DEMAND_AT_MOST] = "<=", [WP_DEMAND_AT_LEAST] = ">=", [WP_DEMAND_GREATER] = ">"};
    static const char *const negated[] = {[WP_DEMAND_IS] = "is not", [WP_DEMAND_IN] = "not in"};
    const char *operator= line->negated && line->op <= WP_DEMAND_IN ? negated[line->op]
                                                                    : operators[line->op];

    return wp_format(arena, "%s %s %s", line->key->text, operator, value_text(arena, line->value));
}

void
wp_add_cure(struct wp_diagnostics *list, struct wp_diagnostic *finding,
            const struct wp_attribute *attributes, const char *console)
{
    const char *cure = wp_attribute_text(attributes, "cure", NULL);
    const char *cite = wp_attribute_text(attributes, "cite", NULL);

    if (cite)
        wp_add_note(list, finding, "this rests on [%s]", cite);
    if (cure)
        wp_add_help(list, finding, "%s", cure);
    if (console)
        wp_add_help(list, finding, "where: %s", console);
}

enum wp_severity
wp_said_severity(const struct wp_attribute *attributes, enum wp_severity absent)
{
    const char *said = wp_attribute_text(attributes, "severity", "");

    if (strcmp(said, "error") == 0)
        return WP_ERROR;
    if (strcmp(said, "warning") == 0)
        return WP_WARNING;
    return strcmp(said, "note") == 0 ? WP_NOTE : absent;
}

enum wp_diagnostic_kind
wp_said_kind(const struct wp_attribute *attributes, enum wp_diagnostic_kind absent)
{
    int code = (int)wp_attribute_number(attributes, "code", 0);

    for (unsigned i = 0; code != 0 && i < WP_DIAGNOSTIC_COUNT; i++)
        if (wp_diagnostic_infos[i].code == code)
            return (enum wp_diagnostic_kind)i;
    return absent;
}
