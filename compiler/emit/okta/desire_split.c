/* One line as rules: a rule asks for one level of risk or for any, and for a device
 * that is managed, compliant, both, or either way. */
#include "compiler/emit/okta/desire.h"

#include <string.h>

static struct wp_okta_rule *
add(struct wp_desire *desire, const struct wp_okta_line *line, int risk,
    struct wp_okta_rules *rules)
{
    if (rules->count == rules->capacity) {
        uint32_t capacity = rules->capacity == 0 ? 32 : rules->capacity * 2;
        struct wp_okta_rule *larger = wp_alloc_array(desire->arena, capacity, sizeof *larger);
        if (rules->count > 0)
            memcpy(larger, rules->items, rules->count * sizeof *larger);
        rules->items = larger;
        rules->capacity = capacity;
    }
    struct wp_okta_rule *rule = &rules->items[rules->count++];
    struct wp_okta_line *copy = wp_alloc(desire->arena, sizeof *copy);
    *copy = *line;
    *rule = (struct wp_okta_rule){.line = copy, .risk = risk};
    return rule;
}

/* Rules for devices that are managed: those that Okta can learn to be. */
static struct wp_okta_rule *
add_managed(struct wp_desire *desire, const struct wp_okta_line *line, int risk,
            struct wp_okta_rules *rules)
{
    struct wp_okta_line trusted = *line;

    trusted.term.devices &= desire->devices.trusted;
    struct wp_okta_rule *rule = add(desire, &trusted, risk, rules);
    rule->managed = true;
    return rule;
}

/* `states` holds with each state those above it. */
static void
add_states(struct wp_desire *desire, const struct wp_okta_line *line, int risk, unsigned states,
           struct wp_okta_rules *rules)
{
    if (states == 15) {
        (void)add(desire, line, risk, rules);
        return;
    }
    if ((states & 2) != 0)
        (void)add_managed(desire, line, risk, rules);
    if ((states & 4) != 0)
        add(desire, line, risk, rules)->compliant = true;
    if (states == 8)
        add_managed(desire, line, risk, rules)->compliant = true;
}

void
wp_desire_split(struct wp_desire *desire, const struct wp_okta_line *line,
                struct wp_okta_rules *rules)
{
    unsigned states[WP_RISK_COUNT];
    bool same = true;

    for (unsigned risk = 0; risk < WP_RISK_COUNT; risk++) {
        states[risk] = wp_okta_states(line->term.postures, risk);
        same = same && states[risk] == states[0];
    }
    if (same) {
        add_states(desire, line, -1, states[0], rules);
    } else {
        for (unsigned risk = 0; risk < WP_RISK_COUNT; risk++)
            add_states(desire, line, (int)risk, states[risk], rules);
    }
}
