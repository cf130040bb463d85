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

#include "compiler/facts.h"

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

/* ---- what the engine overlooks ------------------------------------------------------- */

/* Is the known issue one of this engine, as far as it says? */
static bool
is_of_engine(const struct wp_desire *desire, const struct wp_declaration *issue)
{
    const char *engine = desire->classic ? "classic" : "identity";

    for (const struct wp_attribute *where = issue->attributes; where != NULL; where = where->next)
        if (where->kind == WP_WHERE && strcmp(where->key->text, "okta.engine") == 0)
            return where->negated != wp_value_holds(where->value, engine);
    return false;
}

/* The state that a known issue makes of one, on an entry. */
static unsigned
observed_state(const struct wp_attribute *observe, const char *entry, unsigned state)
{
    const struct wp_attribute *entries = wp_attribute_find(observe->attributes, "entry");
    const struct wp_attribute *loses = wp_attribute_find(observe->attributes, "loses");

    if (entries == NULL || loses == NULL ||
        wp_attribute_find(observe->attributes, "devices") != NULL ||
        !wp_value_holds(entries->value, entry))
        return state;
    if (wp_value_holds(loses->value, "managed"))
        state &= ~1u;
    return wp_value_holds(loses->value, "compliant") ? state & ~2u : state;
}

/* The states as Okta sees them on an entry: issue D9 has it overlook that a device is
 * managed. */
static unsigned
observed(const struct wp_desire *desire, unsigned entry, unsigned states)
{
    static const char *const names[WP_ENTRY_COUNT] = {"", "browser", "native_app", "hub",
                                                      "okta_mobile"};
    struct wp_declaration_walk walk = {0};
    const struct wp_declaration *issue;

    while ((issue = wp_declaration_next(desire->model, WP_DECL_ISSUE, &walk)) != NULL) {
        const struct wp_attribute *observe = wp_block_find(issue->attributes, "observe", "okta");
        unsigned seen = 0;
        if (observe == NULL || !is_of_engine(desire, issue))
            continue;
        for (unsigned state = 0; state < 4; state++)
            if ((states >> state & 1) != 0)
                seen |= 1u << observed_state(observe, names[entry], state);
        states = seen;
    }
    return states;
}

/* What holds whatever the entry; and what holds with some entry alone, as it is and as
 * Okta sees it. */
struct parted {
    uint64_t always, sometimes, seen;
};

static struct parted
part_entries(const struct wp_desire *desire, uint64_t postures)
{
    unsigned all[WP_RISK_COUNT] = {15, 15, 15}, any[WP_RISK_COUNT] = {0}, seen[WP_RISK_COUNT] = {0};
    const unsigned width = WP_RISK_COUNT * 4;

    for (unsigned entry = 0; entry < WP_ENTRY_COUNT; entry++)
        for (unsigned risk = 0; risk < WP_RISK_COUNT; risk++) {
            unsigned states = wp_okta_states(postures >> (entry * width), risk);
            all[risk] &= states;
            any[risk] |= states;
        }
    for (unsigned entry = 0; entry < WP_ENTRY_COUNT; entry++)
        for (unsigned risk = 0; risk < WP_RISK_COUNT; risk++) {
            unsigned states = wp_okta_states(postures >> (entry * width), risk);
            seen[risk] |= observed(desire, entry, states & ~all[risk]);
        }
    uint64_t always = wp_okta_postures(all);
    return (struct parted){always, wp_okta_postures(any) & ~always, wp_okta_postures(seen)};
}

/* What the source declares of entries: that one is had on certain devices alone. Takes
 * the others out of a term whose postures all have such an entry. */
static void
assume_devices(const struct wp_desire *desire, uint64_t postures, struct wp_term *term)
{
    for (uint32_t i = 0; i < desire->model->assumption_count; i++) {
        const struct wp_test *premise = desire->model->assumptions[i].premise_folded;
        const struct wp_test *conclusion = desire->model->assumptions[i].conclusion_folded;
        if (premise->kind == WP_TEST_POSTURE && conclusion->kind == WP_TEST_DEVICE &&
            (postures & ~premise->mask) == 0)
            term->devices &= conclusion->mask;
    }
}

bool
wp_desire_check_entry(struct wp_desire *desire, const struct wp_policy *policy,
                      struct wp_okta_line *line, wp_desire_same is_same, void *context)
{
    struct check check = {desire, policy, line};
    const struct wp_desire_place place = place_of(&check, WP_TEST_POSTURE, (int)WP_CONDITION_ENTRY);
    struct wp_term some = line->term;

    if (wp_okta_ignores_entry(line->term.postures))
        return true;
    const struct parted parted = part_entries(desire, line->term.postures);
    assume_devices(desire, line->term.postures & ~parted.always, &some);
    some.postures = parted.seen;
    line->term.postures = parted.always;
    if (!wp_okta_term_see(desire, &some) || is_same(context, line, &some))
        return parted.always != 0;
    wp_desire_refuse(desire, WP_E_OKTA_ENTRY, &place,
                     "take 'entry' out of the rule, or name the policies that this tenant is to "
                     "decide: decides = { ... }",
                     "Okta's rules cannot ask how the app was opened");
    line->term.postures = parted.always | parted.sometimes;
    line->denies = true;
    return true;
}

/* Does the line ask for nothing but the states of a mask? */
static bool
asks_for(const struct wp_term *term, unsigned states)
{
    for (unsigned risk = 0; risk < WP_RISK_COUNT; risk++)
        if ((wp_okta_states(term->postures, risk) & ~states) != 0)
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

    if (desire->classic || !asks_for(term, 12) || (term->devices & desire->devices.seen) == 0 ||
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

    if (!check->desire->classic)
        return;
    if (varies_with(term, false)) {
        wp_desire_refuse(check->desire, WP_E_OKTA_CLASSIC, &place,
                         "leave risk to the Identity Engine",
                         "app sign-on rules of the Classic Engine cannot ask for the risk");
        term->postures = WP_POSTURE_ALL;
        check->line->denies = true;
    }
    if (asks_for(term, 10) && (term->devices & check->desire->devices.seen) != 0 &&
        (term->devices & check->desire->devices.trusted) == 0) {
        place = place_of(check, WP_TEST_POSTURE, (int)WP_CONDITION_MANAGED);
        wp_desire_refuse(
            check->desire, WP_E_OKTA_CLASSIC, &place, "limit 'managed' to iOS, iPadOS and Android",
            "Device Trust with Workspace ONE never tells that a device of this rule is "
            "managed");
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
