#include "format_rules.h"

/* How far the columns of names and of actions may be moved to the right. */
enum { WIDEST_HEAD = 32, LAST_ACTION_COLUMN = 72 };

/* The columns of one policy's table. */
struct table {
    uint32_t head;   /* width of the widest head */
    uint32_t action; /* column of the actions */
};

void
wp_format_annotations(struct wp_layout *l, const struct wp_annotation *annotations)
{
    for (; annotations; annotations = annotations->next) {
        wp_begin_item(l, annotations->span.start);
        wp_put(l, "@", annotations->span.start, 0);
        wp_put_name(l, annotations->name, 0);
        if (annotations->value)
            wp_put_value(l, annotations->value, WP_SPACE);
        wp_end_item(l, annotations->span.end);
    }
}

uint32_t
wp_start_of(const struct wp_annotation *annotations, struct wp_span span)
{
    return annotations ? annotations->span.start : span.start;
}

static const char *
head_of(struct wp_layout *l, const struct wp_rule *rule)
{
    return wp_format(l->arena, rule->report ? "rule report %s" : "rule %s", rule->name->text);
}

/* Chooses the columns so that most rules fit on a line. */
static struct table
plan_table(struct wp_layout *l, const struct wp_rule *rules)
{
    struct table table = {0, 0};
    const struct wp_rule *rule;
    uint32_t width, end;

    for (rule = rules; rule; rule = rule->next) {
        if (rule->kind != WP_RULE)
            continue;
        width = wp_text_width(rule->name->text) + (rule->report ? 12 : 5);
        if (width > table.head && width <= WIDEST_HEAD)
            table.head = width;
    }
    for (rule = rules; rule; rule = rule->next) {
        if (rule->kind != WP_RULE)
            continue;
        end = l->indent + table.head;
        if (rule->when) {
            wp_begin_measure(l);
            wp_put_condition(l, rule->when, 0);
            end += 6 + wp_end_measure(l);
        }
        if (end + 2 > table.action && end + 2 <= LAST_ACTION_COLUMN)
            table.action = end + 2;
    }
    if (table.action < l->indent + table.head + 2)
        table.action = l->indent + table.head + 2;
    return table;
}

static uint32_t
measure_action(struct wp_layout *l, const struct wp_action *action)
{
    wp_begin_measure(l);
    wp_put_action(l, action, 0);
    return wp_end_measure(l);
}

/* An action that is too wide for its column stands below `when`. */
static void
put_rule(struct wp_layout *l, const struct wp_rule *rule, const struct table *table)
{
    const char *head = head_of(l, rule);
    uint32_t width = wp_text_width(head);

    /* The head is padded as a text, so that `when` stands in its column. */
    if (rule->when && width < table->head)
        head = wp_format(l->arena, "%s%*s", head, (int)(table->head - width), "");
    wp_put(l, head, rule->span.start, 0);
    if (rule->when) {
        wp_put(l, "when", wp_start_of_condition(rule->when), WP_SPACE);
        wp_put_condition(l, rule->when, WP_SPACE | WP_HANG);
    }
    l->tab = table->action;
    if (l->tab + measure_action(l, rule->action) > WP_LINE_WIDTH)
        l->tab = l->indent + table->head + 1;
    wp_put_action(l, rule->action, WP_TAB);
}

static void
put_include(struct wp_layout *l, const struct wp_rule *rule)
{
    wp_put(l, "include", rule->span.start, 0);
    wp_put_name(l, rule->name, WP_SPACE);
    wp_put_arguments(l, rule->arguments);
    if (rule->prefix) {
        wp_put(l, "as", 0, WP_SPACE | WP_BREAK);
        wp_put_name(l, rule->prefix, WP_SPACE);
    }
}

void
wp_format_rules(struct wp_layout *l, const struct wp_rule *rules)
{
    struct table table = plan_table(l, rules);

    for (; rules; rules = rules->next) {
        wp_format_annotations(l, rules->annotations);
        wp_begin_item(l, rules->span.start);
        switch (rules->kind) {
        case WP_RULE:
            put_rule(l, rules, &table);
            break;
        case WP_OTHERWISE:
            wp_put(l, "otherwise", rules->span.start, 0);
            wp_put_action(l, rules->action, WP_SPACE);
            break;
        case WP_INCLUDE:
            put_include(l, rules);
            break;
        }
        wp_end_item(l, rules->span.end);
    }
}
