/*
 * What of a rule Okta cannot tell: how the app was opened, device types that it has
 * no word for or takes for each other, compliance of devices that report none. What
 * makes no difference need not be told.
 *
 * Narrowed, a line denies everybody who might be meant: whoever it meant otherwise
 * is worse off at most, and so is whoever was not meant.
 */
#include "compiler/emit/okta/desire.h"

#include <string.h>

struct check {
    struct wp_desire *desire;
    const struct wp_policy *policy;
    struct wp_okta_line *line;
};

/* ---- places ----------------------------------------------------------------------- */

/* The first leaf of a condition that is of the kind and, unless that is -1, came
 * from such a condition. */
static const struct wp_test *
find_leaf(const struct wp_test *test, enum wp_test_kind kind, int source)
{
    if (test->kind == kind &&
        (source < 0 || (test->source != NULL && (int)test->source->kind == source)))
        return test;
    for (uint32_t i = 0; i < test->part_count; i++) {
        const struct wp_test *found = find_leaf(test->parts[i], kind, source);
        if (found != NULL)
            return found;
    }
    return NULL;
}

static struct wp_desire_place
place_of(const struct check *check, enum wp_test_kind kind, int source)
{
    const struct wp_model_rule *rule = check->line->rule;
    const struct wp_test *leaf = find_leaf(rule->when, kind, source);
    return (struct wp_desire_place){leaf != NULL ? leaf->span : rule->span, check->policy, rule};
}

/* ---- entries and compliance ---------------------------------------------------------- */

/* What holds whatever the entry, and what holds with some entry alone. */
static void
part_entries(uint64_t postures, uint64_t *always, uint64_t *sometimes)
{
    unsigned all[WP_RISK_COUNT] = {15, 15, 15}, any[WP_RISK_COUNT] = {0};
    const unsigned width = WP_RISK_COUNT * 4;

    for (unsigned entry = 0; entry < WP_ENTRY_COUNT; entry++)
        for (unsigned risk = 0; risk < WP_RISK_COUNT; risk++) {
            unsigned states = wp_okta_states(postures >> (entry * width), risk);
            all[risk] &= states;
            any[risk] |= states;
        }
    *always = wp_okta_postures(all);
    *sometimes = wp_okta_postures(any) & ~*always;
}

bool
wp_desire_check_entry(struct wp_desire *desire, const struct wp_policy *policy,
                      struct wp_okta_line *line, wp_desire_same is_same, void *context)
{
    struct check check = {desire, policy, line};
    const struct wp_desire_place place = place_of(&check, WP_TEST_POSTURE, (int)WP_CONDITION_ENTRY);
    struct wp_term some = line->term;
    uint64_t always, sometimes;

    if (wp_okta_ignores_entry(line->term.postures))
        return true;
    part_entries(line->term.postures, &always, &sometimes);
    some.postures = sometimes;
    line->term.postures = always;
    if (!wp_okta_term_see(desire, &some) || is_same(context, line, &some))
        return always != 0;
    wp_desire_refuse(desire, WP_E_OKTA_ENTRY, &place,
                     "take 'entry' out of the rule, or name the policies that this tenant is to "
                     "decide: decides = { ... }",
                     "Okta's rules cannot ask how the app was opened");
    line->term.postures = always | sometimes;
    line->denies = true;
    return true;
}

/* Does the line ask for compliant devices alone? */
static bool
needs_compliance(const struct wp_term *term)
{
    for (unsigned risk = 0; risk < WP_RISK_COUNT; risk++)
        if ((wp_okta_states(term->postures, risk) & 3) != 0)
            return false;
    return true;
}

static bool
varies_with(const struct wp_term *term, bool compliance)
{
    for (unsigned risk = 0; risk < WP_RISK_COUNT; risk++) {
        unsigned states = wp_okta_states(term->postures, risk);
        if (compliance ? (states & 3) != states >> 2 : states != wp_okta_states(term->postures, 0))
            return true;
    }
    return false;
}

static void
check_compliance(struct check *check)
{
    const struct wp_desire *desire = check->desire;
    struct wp_term *term = &check->line->term;
    const struct wp_desire_place place =
        place_of(check, WP_TEST_POSTURE, (int)WP_CONDITION_COMPLIANT);

    if (desire->engine.classic || !needs_compliance(term) ||
        (term->devices & desire->devices.seen) == 0 ||
        (term->devices & desire->devices.assured) != 0)
        return;
    wp_desire_refuse(check->desire, WP_E_OKTA_COMPLIANCE, &place,
                     "ask for 'managed', or limit the rule to device types whose compliance Okta "
                     "learns: iOS, iPadOS, Android, macOS, Windows",
                     "Okta never learns whether a device of this rule is compliant");
    term->postures = WP_POSTURE_ALL;
    check->line->denies = true;
}

/* ---- the Classic Engine ----------------------------------------------------------------- */

static void
check_classic(struct check *check)
{
    struct wp_term *term = &check->line->term;
    struct wp_desire_place place = place_of(check, WP_TEST_POSTURE, (int)WP_CONDITION_RISK);

    if (!check->desire->engine.classic)
        return;
    if (varies_with(term, false)) {
        wp_desire_refuse(check->desire, WP_E_OKTA_CLASSIC, &place,
                         "leave risk to the Identity Engine",
                         "app sign-on rules of the Classic Engine cannot ask for the risk");
        term->postures = WP_POSTURE_ALL;
        check->line->denies = true;
    }
    if (varies_with(term, true)) {
        place = place_of(check, WP_TEST_POSTURE, (int)WP_CONDITION_COMPLIANT);
        wp_desire_refuse(check->desire, WP_E_OKTA_CLASSIC, &place, "ask for 'managed'",
                         "the Classic Engine learns whether a device is trusted, not whether it is "
                         "compliant");
        term->postures = WP_POSTURE_ALL;
        check->line->denies = true;
    }
}

/* ---- devices ---------------------------------------------------------------------------- */

/* The first device type of a mask. */
static const char *
first_name(const struct wp_desire *desire, uint64_t mask)
{
    return mask == 0 ? "" : desire->model->devices[__builtin_ctzll(mask)].name;
}

/* A term without bit 0 names each of its device types, one way or another; with it,
 * those that Okta never sees may be among the rest. */
static void
check_unseen(struct check *check)
{
    struct wp_desire *desire = check->desire;
    struct wp_term *term = &check->line->term;
    uint64_t unseen = term->devices & ~desire->devices.seen;
    const struct wp_desire_place place = place_of(check, WP_TEST_DEVICE, -1);

    if ((term->devices & 1) != 0 || unseen == 0)
        return;
    wp_desire_refuse(desire, WP_E_OKTA_DEVICE, &place,
                     "take it out of the rule, or name the policies that this tenant is to decide: "
                     "decides = { ... }",
                     "Okta has no device type for '%s'", first_name(desire, unseen));
}

static bool
same_platform(const struct wp_okta_platform *a, const struct wp_okta_platform *b)
{
    return strcmp(a->type, b->type) == 0 && strcmp(a->os, b->os) == 0;
}

/* The device types that Okta takes for one of the mask. */
static uint64_t
alike(const struct wp_okta_devices *devices, uint64_t mask)
{
    uint64_t all = mask;

    for (uint64_t left = mask; left != 0; left &= left - 1)
        for (uint64_t other = devices->seen & ~all; other != 0; other &= other - 1)
            if (same_platform(&devices->platforms[__builtin_ctzll(left)],
                              &devices->platforms[__builtin_ctzll(other)]))
                all |= other & -other;
    return all;
}

uint64_t
wp_okta_alike(const struct wp_desire *desire, uint64_t mask)
{
    return alike(&desire->devices, mask);
}

void
wp_desire_refuse_alike(struct wp_desire *desire, const struct wp_policy *policy,
                       struct wp_okta_line *line)
{
    struct check check = {desire, policy, line};
    uint64_t mask = line->term.devices, missing = alike(&desire->devices, mask) & ~mask;
    uint64_t twins = alike(&desire->devices, missing & -missing) & mask;
    const struct wp_desire_place place = place_of(&check, WP_TEST_DEVICE, -1);
    const char *named = first_name(desire, twins), *unnamed = first_name(desire, missing);

    wp_desire_refuse(
        desire, WP_E_OKTA_ALIKE, &place,
        wp_format(desire->arena, "let the rule speak of both: %s + %s", named, unnamed),
        "Okta does not tell '%s' from '%s', and this rule is about one of them alone", named,
        unnamed);
}

bool
wp_desire_check(struct wp_desire *desire, const struct wp_policy *policy, struct wp_okta_line *line)
{
    struct check check = {desire, policy, line};

    check_unseen(&check);
    check_compliance(&check);
    check_classic(&check);
    return (line->term.devices & desire->devices.seen) != 0;
}
