/*
 * An absent fact is a value that lies in no named set, so `not network in Office`
 * holds of a request that does not say where it comes from. A rule that grants
 * on such terms is pointed at, once for each fact.
 */
#include "compiler/check/language.h"

enum fact { FACT_ADDRESS, FACT_DEVICE, FACT_APP, FACT_USER, FACT_ENTRY, FACT_GROUPS, FACT_COUNT };

static const char *const fact_texts[FACT_COUNT] = {
    [FACT_ADDRESS] = "address", [FACT_DEVICE] = "device type", [FACT_APP] = "app",
    [FACT_USER] = "user",       [FACT_ENTRY] = "entry",        [FACT_GROUPS] = "groups",
};

/* The postures without an entry. */
static uint64_t
absent_entry(void)
{
    return (UINT64_C(1) << (WP_RISK_COUNT * 4)) - 1;
}

/* Does some posture of `mask` without an entry hold, of which one with an entry
 * and all else the same does not? */
static bool
entry_opens(uint64_t mask)
{
    uint64_t open = mask & absent_entry();

    for (unsigned entry = WP_ENTRY_BROWSER; entry < WP_ENTRY_COUNT; entry++)
        if (open & ~(mask >> (entry * WP_RISK_COUNT * 4)))
            return true;
    return false;
}

static bool
opens(const struct wp_model *model, const struct wp_term *term, enum fact fact)
{
    uint64_t all_devices = model->device_count > WP_MAX_DEVICES
                               ? UINT64_MAX
                               : (UINT64_C(1) << model->device_count) - 1;

    switch (fact) {
    case FACT_ADDRESS:
        return term->network != WP_NONE && model->networks[term->network].absent;
    case FACT_DEVICE:
        return (term->devices & 1) != 0 && term->devices != all_devices;
    case FACT_APP:
        return term->apps && term->apps->others;
    case FACT_USER:
        return term->users && term->users->others;
    case FACT_ENTRY:
        return entry_opens(term->postures);
    case FACT_GROUPS:
        return term->none.count > 0;
    case FACT_COUNT:
        break;
    }
    return false;
}

static bool
is_about(const struct wp_test *test, enum fact fact)
{
    switch (fact) {
    case FACT_ADDRESS:
        return test->kind == WP_TEST_NETWORK;
    case FACT_DEVICE:
        return test->kind == WP_TEST_DEVICE;
    case FACT_APP:
        return test->kind == WP_TEST_APP;
    case FACT_USER:
        return test->kind == WP_TEST_USER;
    case FACT_ENTRY:
        return test->kind == WP_TEST_POSTURE && entry_opens(~test->mask & WP_POSTURE_ALL);
    case FACT_GROUPS:
        return test->kind == WP_TEST_GROUP;
    case FACT_COUNT:
        break;
    }
    return false;
}

/* The innermost `not` that turns a test of the fact around, or NULL. `not` is
 * the one that the test stands under, if it is negated there. */
static const struct wp_test *
find_negative(const struct wp_test *test, enum fact fact, const struct wp_test * not )
{
    if (test->kind == WP_TEST_NOT)
        return find_negative(test->parts[0], fact, not ? NULL : test);
    if (is_about(test, fact))
        return not ;
    for (uint32_t i = 0; i < test->part_count; i++) {
        const struct wp_test *found = find_negative(test->parts[i], fact, not );

        if (found)
            return found;
    }
    return NULL;
}

static void
report(struct wp_diagnostics *list, const struct wp_policy *policy,
       const struct wp_model_rule *rule, enum fact fact)
{
    const struct wp_test *negative = find_negative(rule->when, fact, NULL);
    const char *effect =
        rule->decision.effect == WP_ALLOW ? "allows it" : "asks it to authenticate";
    struct wp_diagnostic *finding;

    finding = wp_report(list, WP_E_ABSENT_OPENS, negative ? negative->span : rule->when->span,
                        fact == FACT_GROUPS ? "a request that lists no %s meets this, too"
                                            : "a request without %s %s meets this, too",
                        fact == FACT_GROUPS                                              ? "groups"
                        : fact == FACT_ADDRESS || fact == FACT_APP || fact == FACT_ENTRY ? "an"
                                                                                         : "a",
                        fact_texts[fact]);
    finding->policy = policy->name;
    finding->rule = rule->name;
    wp_add_label(list, finding, rule->decision.span, "and rule '%s' %s", rule->name, effect);
    wp_add_help(list, finding, "say what has to hold, rather than what must not");
}

static void
check_rule(struct wp_diagnostics *list, const struct wp_model *model,
           const struct wp_policy *policy, const struct wp_model_rule *rule)
{
    if (rule->report || rule->decision.effect == WP_DENY)
        return;
    for (int fact = 0; fact < FACT_COUNT; fact++) {
        /* Without an app only the default policy is asked. */
        if (fact == FACT_APP && !policy->is_default)
            continue;
        for (uint32_t i = 0; i < rule->term_count; i++)
            if (opens(model, &rule->terms[i], (enum fact)fact)) {
                report(list, policy, rule, (enum fact)fact);
                break;
            }
    }
}

void
wp_check_absent(struct wp_diagnostics *list, const struct wp_model *model)
{
    for (uint32_t p = 0; p < model->policy_count; p++)
        for (uint32_t r = 0; r < model->policies[p].rule_count; r++)
            check_rule(list, model, &model->policies[p], &model->policies[p].rules[r]);
}
