#include "format_tree.h"

#include <inttypes.h>
#include <string.h>

static const char *
quote(struct wp_layout *l, const char *text)
{
    size_t length = strlen(text), used = 0, i;
    char *quoted = wp_alloc(l->arena, 2 * length + 3);

    quoted[used++] = '"';
    for (i = 0; i < length; i++) {
        if (text[i] == '"' || text[i] == '\\')
            quoted[used++] = '\\';
        quoted[used++] = text[i];
    }
    quoted[used] = '"';
    return quoted;
}

/* The text of a name or string, in quotes if it was. */
static const char *
name_source(struct wp_layout *l, const struct wp_name *name)
{
    return name->quoted ? quote(l, name->text) : name->text;
}

void
wp_put_name(struct wp_layout *l, const struct wp_name *name, unsigned flags)
{
    wp_put(l, name_source(l, name), name->span.start, flags);
}

void
wp_put_names(struct wp_layout *l, const struct wp_name *names, unsigned flags)
{
    for (; names; names = names->next) {
        wp_put_name(l, names, flags);
        if (names->next)
            wp_put(l, ",", 0, 0);
        flags = WP_SPACE | WP_BREAK;
    }
}

/* Where the first piece of a part stands: its parentheses, if any, come after the
 * comments before that. */
static uint32_t
start_of_set(const struct wp_set *set)
{
    while (set->kind == WP_SET_SUM || set->kind == WP_SET_PRODUCT)
        set = set->parts;
    return set->span.start;
}

uint32_t
wp_start_of_condition(const struct wp_condition *condition)
{
    while (condition->kind == WP_CONDITION_AND || condition->kind == WP_CONDITION_OR)
        condition = condition->parts;
    return condition->span.start;
}

static uint32_t
start_of_chain(const struct wp_chain *chain)
{
    while (chain->kind != WP_CHAIN_NAME)
        chain = chain->parts;
    return chain->span.start;
}

/* ---- sets ------------------------------------------------------------------------ */

static bool
is_joined(const struct wp_set *set)
{
    return set->kind == WP_SET_SUM || set->kind == WP_SET_PRODUCT;
}

static void
put_operand(struct wp_layout *l, const struct wp_set *set, unsigned flags)
{
    if (!is_joined(set)) {
        wp_put_set(l, set, flags);
        return;
    }
    wp_put(l, "(", 0, flags);
    wp_put_set(l, set, 0);
    wp_put(l, ")", 0, 0);
}

static void
put_joined(struct wp_layout *l, const struct wp_set *set, unsigned flags)
{
    const struct wp_set *part = set->parts;

    put_operand(l, part, flags);
    for (part = part->next; part; part = part->next) {
        const char *sign = set->kind == WP_SET_PRODUCT        ? "&"
                           : part->join == WP_JOIN_DIFFERENCE ? "-"
                                                              : "+";

        wp_put(l, sign, start_of_set(part), WP_SPACE | WP_BREAK);
        put_operand(l, part, WP_SPACE);
    }
}

static void
put_list(struct wp_layout *l, const struct wp_set *set, unsigned flags)
{
    const struct wp_set *part;

    wp_put(l, "{", set->span.start, flags);
    for (part = set->parts; part; part = part->next) {
        wp_put_set(l, part, part == set->parts ? 0 : WP_SPACE | WP_BREAK);
        if (part->next)
            wp_put(l, ",", 0, 0);
    }
    wp_put(l, "}", set->span.end - 1, 0);
}

void
wp_put_set(struct wp_layout *l, const struct wp_set *set, unsigned flags)
{
    switch (set->kind) {
    case WP_SET_NAME:
    case WP_SET_ADDRESS:
        wp_put(l, set->text, set->span.start, flags);
        break;
    case WP_SET_STRING:
        wp_put(l, quote(l, set->text), set->span.start, flags);
        break;
    case WP_SET_RANGE:
        wp_put(l, set->text, set->span.start, flags);
        wp_put(l, "..", 0, WP_SPACE);
        wp_put(l, set->upper, set->span.end - (uint32_t)strlen(set->upper), WP_SPACE);
        break;
    case WP_SET_SUM:
    case WP_SET_PRODUCT:
        put_joined(l, set, flags);
        break;
    case WP_SET_LIST:
        put_list(l, set, flags);
        break;
    }
}

/* ---- conditions -------------------------------------------------------------------- */

static const char *
comparison_text(enum wp_comparison comparison)
{
    switch (comparison) {
    case WP_IS:
        return "is";
    case WP_LESS:
        return "<";
    case WP_AT_MOST:
        return "<=";
    case WP_AT_LEAST:
        return ">=";
    case WP_GREATER:
        return ">";
    }
    return "";
}

static void
put_part(struct wp_layout *l, const struct wp_condition *part, unsigned flags)
{
    if (part->kind != WP_CONDITION_AND && part->kind != WP_CONDITION_OR) {
        wp_put_condition(l, part, flags);
        return;
    }
    wp_put(l, "(", 0, flags);
    wp_put_condition(l, part, 0);
    wp_put(l, ")", 0, 0);
}

static void
put_in(struct wp_layout *l, const char *subject, const struct wp_condition *condition,
       unsigned flags)
{
    wp_put(l, subject, condition->span.start, flags);
    wp_put(l, "in", 0, WP_SPACE);
    wp_put_set(l, condition->set, WP_SPACE);
}

static void
put_conditions(struct wp_layout *l, const struct wp_condition *condition, unsigned flags)
{
    const struct wp_condition *part = condition->parts;

    put_part(l, part, flags);
    for (part = part->next; part; part = part->next) {
        wp_put(l, condition->kind == WP_CONDITION_AND ? "and" : "or", wp_start_of_condition(part),
               WP_SPACE | WP_BREAK);
        put_part(l, part, WP_SPACE);
    }
}

void
wp_put_condition(struct wp_layout *l, const struct wp_condition *condition, unsigned flags)
{
    switch (condition->kind) {
    case WP_CONDITION_AND:
    case WP_CONDITION_OR:
        put_conditions(l, condition, flags);
        break;
    case WP_CONDITION_NOT:
        wp_put(l, "not", condition->span.start, flags);
        put_part(l, condition->parts, WP_SPACE);
        break;
    case WP_CONDITION_NETWORK:
        put_in(l, "network", condition, flags);
        break;
    case WP_CONDITION_DEVICE:
        put_in(l, "device", condition, flags);
        break;
    case WP_CONDITION_GROUP:
        put_in(l, "group", condition, flags);
        break;
    case WP_CONDITION_APP:
        put_in(l, "app", condition, flags);
        break;
    case WP_CONDITION_USER:
        put_in(l, "user", condition, flags);
        break;
    case WP_CONDITION_ENTRY:
        put_in(l, "entry", condition, flags);
        break;
    case WP_CONDITION_MANAGED:
        wp_put(l, "managed", condition->span.start, flags);
        break;
    case WP_CONDITION_COMPLIANT:
        wp_put(l, "compliant", condition->span.start, flags);
        break;
    case WP_CONDITION_RISK:
        wp_put(l, "risk", condition->span.start, flags);
        wp_put(l, comparison_text(condition->comparison), 0, WP_SPACE);
        wp_put_name(l, condition->name, WP_SPACE);
        break;
    case WP_CONDITION_NAMED:
        wp_put_name(l, condition->name, flags);
        break;
    }
}

/* ---- chains ------------------------------------------------------------------------- */

/* `then` within `else` reads well without parentheses; all else gets them. */
static bool
needs_parentheses(const struct wp_chain *outer, const struct wp_chain *part)
{
    if (part->kind == WP_CHAIN_NAME)
        return false;
    return !(outer->kind == WP_CHAIN_ELSE && part->kind == WP_CHAIN_THEN);
}

static void
put_link(struct wp_layout *l, const struct wp_chain *outer, const struct wp_chain *part,
         unsigned flags)
{
    if (!needs_parentheses(outer, part)) {
        wp_put_chain(l, part, false, flags);
        return;
    }
    wp_put(l, "(", 0, flags);
    wp_put_chain(l, part, false, 0);
    wp_put(l, ")", 0, 0);
}

void
wp_put_chain(struct wp_layout *l, const struct wp_chain *chain, bool apart, unsigned flags)
{
    const struct wp_chain *part = chain->parts;
    const char *sign = chain->kind == WP_CHAIN_OR     ? "or"
                       : chain->kind == WP_CHAIN_THEN ? "then"
                                                      : "else";
    unsigned between = WP_SPACE | WP_BREAK;

    if (chain->kind == WP_CHAIN_NAME) {
        wp_put_name(l, chain->name, flags);
        return;
    }
    if (apart && chain->kind == WP_CHAIN_ELSE)
        between |= WP_HARD;
    put_link(l, chain, part, flags);
    for (part = part->next; part; part = part->next) {
        wp_put(l, sign, start_of_chain(part), between);
        put_link(l, chain, part, WP_SPACE);
    }
}

/* ---- values, actions, arguments, outcomes --------------------------------------------- */

void
wp_put_value(struct wp_layout *l, const struct wp_value *value, unsigned flags)
{
    const struct wp_value *item;

    if (value->kind != WP_VALUE_LIST) {
        wp_put(l, value->kind == WP_VALUE_STRING ? quote(l, value->text) : value->text,
               value->span.start, flags);
        return;
    }
    wp_put(l, "{", value->span.start, flags);
    for (item = value->items; item; item = item->next) {
        wp_put_value(l, item, item == value->items ? 0 : WP_SPACE | WP_BREAK);
        if (item->next)
            wp_put(l, ",", 0, 0);
    }
    wp_put(l, "}", value->span.end - 1, 0);
}

void
wp_put_reauth(struct wp_layout *l, struct wp_span written)
{
    wp_put(l, "every", 0, WP_SPACE | WP_BREAK);
    wp_put(l, wp_copy_text(l->arena, l->source + written.start, written.end - written.start),
           written.start, WP_SPACE);
}

void
wp_put_action(struct wp_layout *l, const struct wp_action *action, unsigned flags)
{
    static const char *const effects[] = {"deny", "allow", "authenticate"};

    wp_put(l, effects[action->effect], action->span.start, flags);
    if (action->chain)
        wp_put_chain(l, action->chain, false, WP_SPACE | WP_HANG);
    if (action->has_reauth)
        wp_put_reauth(l, action->reauth_span);
    if (action->message)
        wp_put_name(l, action->message, WP_SPACE | (action->chain ? WP_BREAK : 0));
}

void
wp_put_arguments(struct wp_layout *l, const struct wp_argument *arguments)
{
    unsigned flags = 0;

    wp_put(l, "(", 0, 0);
    for (; arguments; arguments = arguments->next) {
        if (arguments->chain)
            wp_put_chain(l, arguments->chain, false, flags);
        else
            wp_put_set(l, arguments->set, flags);
        if (arguments->next)
            wp_put(l, ",", 0, 0);
        flags = WP_SPACE | WP_BREAK;
    }
    wp_put(l, ")", 0, 0);
}

static void
put_outcome(struct wp_layout *l, const struct wp_outcome *outcome, unsigned flags)
{
    static const char *const words[] = {"deny",    "allow",  "authenticate",
                                        "factors", "method", "rule"};

    wp_put(l, words[outcome->kind], outcome->span.start, flags);
    if (outcome->kind == WP_OUTCOME_FACTORS) {
        wp_put(l, comparison_text(outcome->comparison), 0, WP_SPACE);
        wp_put(l, wp_format(l->arena, "%" PRIu64, outcome->number), 0, WP_SPACE);
    }
    if (outcome->chain)
        wp_put_chain(l, outcome->chain, false, WP_SPACE);
    if (outcome->name)
        wp_put_name(l, outcome->name, WP_SPACE);
}

void
wp_put_outcomes(struct wp_layout *l, const struct wp_outcome *outcomes)
{
    for (; outcomes; outcomes = outcomes->next) {
        put_outcome(l, outcomes, WP_SPACE | WP_BREAK);
        if (outcomes->next)
            wp_put(l, ",", 0, 0);
    }
}
