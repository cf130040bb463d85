/*
 * Devices that a tenant takes for others: Safari on an iPad tells Okta that it is
 * a Mac (WOA4003, WOA4004; guide D15).
 *
 * What each tenant sees is data: `seen okta { as = macos entry = {browser} }` in a
 * device type's declaration. The policy as meant for the device and the policy as
 * it comes out for what the tenant sees are two versions of one policy, so the
 * exact comparison of versions finds who slips through.
 */
#include "compiler/analysis/diff.h"
#include "compiler/analysis/study.h"
#include "compiler/facts.h"

#include <string.h>

/* A device type that a tenant takes for another. */
struct sight {
    struct wp_study *study;
    const struct wp_declaration *tenant;
    uint32_t device, seen_as;
    uint64_t postures; /* in which it does */
};

static uint32_t
find_device(const struct wp_model *model, const char *name)
{
    for (uint32_t i = 1; name && i < model->device_count; i++) {
        if (strcmp(model->devices[i].name, name) == 0)
            return i;
    }
    return 0;
}

static uint64_t
postures_of(const struct wp_attribute *seen)
{
    static const char *const entries[WP_ENTRY_COUNT] = {NULL, "browser", "native_app", "hub",
                                                        "okta_mobile"};
    const struct wp_attribute *entry = wp_attribute_find(seen->attributes, "entry");
    uint64_t postures = 0;

    if (!entry)
        return WP_POSTURE_ALL;
    for (unsigned p = 0; p < WP_POSTURE_COUNT; p++) {
        unsigned e = wp_posture_entry(p);
        if (e != WP_ENTRY_NONE && wp_value_holds(entry->value, entries[e]))
            postures |= UINT64_C(1) << p;
    }
    return postures;
}

/* ---- the policy for one device type ------------------------------------------------- */

/* The condition with the device type put in. */
static struct wp_test *
put_in(struct wp_arena *arena, const struct wp_test *from, uint32_t device)
{
    struct wp_test *test = wp_alloc(arena, sizeof *test);

    *test = *from;
    if (from->kind == WP_TEST_DEVICE)
        *test = (struct wp_test){.kind = from->mask >> device & 1 ? WP_TEST_TRUE : WP_TEST_FALSE,
                                 .span = from->span};
    if (from->part_count)
        test->parts = wp_alloc_array(arena, from->part_count, sizeof *test->parts);
    for (uint32_t i = 0; i < from->part_count; i++)
        test->parts[i] = put_in(arena, from->parts[i], device);
    return test;
}

/* The model as it is for one device type: its devices are all alike. With
 * `denied`, a rule that denies these device types stands last in each policy. */
static struct wp_model *
model_for(const struct sight *sight, uint32_t device, uint64_t denied)
{
    struct wp_arena *arena = sight->study->arena;
    const struct wp_model *model = sight->study->model;
    struct wp_model *made = wp_alloc(arena, sizeof *made);

    *made = *model;
    made->policies = wp_alloc_array(arena, (size_t)model->policy_count + 1, sizeof *made->policies);
    for (uint32_t p = 0; p < model->policy_count; p++) {
        struct wp_policy *policy = &made->policies[p];
        *policy = model->policies[p];
        policy->rules =
            wp_alloc_array(arena, (size_t)policy->rule_count + 1, sizeof *policy->rules);
        for (uint32_t i = 0; i < policy->rule_count; i++) {
            policy->rules[i] = model->policies[p].rules[i];
            policy->rules[i].folded = put_in(arena, policy->rules[i].folded, device);
        }
        if (denied >> device & 1) {
            struct wp_model_rule *last = &policy->rules[policy->rule_count++];
            *last = (struct wp_model_rule){.name = "catch", .span = policy->span};
            last->folded = wp_alloc(arena, sizeof *last->folded);
            last->decision = (struct wp_decision){
                .effect = WP_DENY, .chain = WP_NONE, .reauth_seconds = WP_NO_REAUTH};
        }
    }
    struct wp_test *premise = wp_alloc(arena, sizeof *premise);
    struct wp_test *conclusion = wp_alloc(arena, sizeof *conclusion);
    conclusion->kind = WP_TEST_POSTURE;
    conclusion->mask = sight->postures;
    made->assumptions =
        wp_alloc_array(arena, (size_t)model->assumption_count + 1, sizeof *made->assumptions);
    for (uint32_t i = 0; i < model->assumption_count; i++) {
        made->assumptions[i] = model->assumptions[i];
        made->assumptions[i].premise_folded =
            put_in(arena, model->assumptions[i].premise_folded, device);
        made->assumptions[i].conclusion_folded =
            put_in(arena, model->assumptions[i].conclusion_folded, device);
    }
    made->assumptions[made->assumption_count++] = (struct wp_assumption){
        .span = {WP_NO_FILE, 0, 0}, .premise_folded = premise, .conclusion_folded = conclusion};
    return made;
}

/* ---- WOA4003 --------------------------------------------------------------------------- */

/* Does the device get in more easily? Being asked again less often is not it. */
static bool
is_slip(const struct wp_diff *diff, const struct wp_region *region)
{
    struct wp_decision before = *wp_region_before(diff, region);
    struct wp_decision after = *wp_region_after(diff, region);

    before.reauth_seconds = after.reauth_seconds = WP_NO_REAUTH;
    enum wp_order change =
        wp_compare_decisions(diff->joint.model, &before, diff->joint.model, &after);
    return change == WP_ORDER_LOOSER || change == WP_ORDER_MIXED;
}

/* Would a rule that denies both device types, last in each policy, leave nobody
 * who slips through? Asked, not guessed. */
static bool
catch_all_cures(const struct sight *sight)
{
    uint64_t both = UINT64_C(1) << sight->device | UINT64_C(1) << sight->seen_as;
    struct wp_diff diff;

    if (!wp_diff_models(&diff, sight->study->arena, model_for(sight, sight->device, both),
                        model_for(sight, sight->seen_as, both), sight->study->options) ||
        diff.undecided)
        return false;
    for (uint32_t i = 0; i < diff.count; i++) {
        if (is_slip(&diff, &diff.regions[i]))
            return false;
    }
    return true;
}

static void
offer_catch_all(const struct sight *sight, struct wp_diagnostic *finding,
                const struct wp_policy *policy)
{
    struct wp_study *study = sight->study;
    const char *device = study->model->devices[sight->device].name;
    const char *seen_as = study->model->devices[sight->seen_as].name;
    const struct wp_rule *otherwise = policy->otherwise.source;

    if (!policy->has_otherwise || !otherwise || !catch_all_cures(sight))
        return;
    struct wp_span place = otherwise->span;
    place.end = place.start;
    wp_add_fix(study->list, finding, WP_FIX_CHANGES_DECISIONS, place,
               wp_format(study->arena, "rule catch_%s when device in %s + %s deny\n  ", device,
                         seen_as, device),
               "deny %s and %s last, above 'otherwise': proved to leave none that slips through",
               seen_as, device);
}

static void
report_slip(const struct sight *sight, const struct wp_diff *diff, const struct wp_region *region)
{
    struct wp_study *study = sight->study;
    const struct wp_model *model = study->model;
    const struct wp_policy *policy = &model->policies[region->old_policy];
    const char *device = model->devices[sight->device].name;
    const char *seen_as = model->devices[sight->seen_as].name;
    const char *kind = wp_tenant_kind(sight->tenant);
    uint32_t answers = region->new_rule;
    struct wp_point point = *region->witness;
    struct wp_diagnostic *finding;
    struct wp_traits traits;
    struct wp_view view = {.policy = policy, .model = model};

    point.device = sight->device;
    wp_traits_of_policy(diff->joint.model, &diff->joint.model->policies[region->old_policy],
                        &traits);
    traits.device = true;
    finding = wp_study_report(study, WP_WARNING, WP_E_SEEN_AS_OTHER, &view, answers,
                              "'%s' slips through policy '%s' where %s takes it for '%s'", device,
                              policy->name, kind, seen_as);
    finding->label = wp_format(
        study->arena, "answers for %s, too: %s", device,
        wp_decision_sentence(study->arena, diff->joint.model, wp_region_after(diff, region)));
    if (region->old_rule < policy->rule_count)
        wp_add_label(
            study->list, finding, policy->rules[region->old_rule].span, "is meant for it: %s",
            wp_decision_sentence(study->arena, diff->joint.model, wp_region_before(diff, region)));
    wp_add_label(study->list, finding, sight->tenant->span, "this tenant");
    finding->witness = wp_witness_json(study->arena, diff->joint.model, &traits, &point);
    wp_add_note(study->list, finding, "for instance %s",
                wp_witness_sentence(study->arena, diff->joint.model, &traits, &point));
    wp_add_help(study->list, finding,
                "turn Request Desktop Website off on these devices, for all sites or this one, or "
                "let them use the native app or Okta Mobile [D15]");
    offer_catch_all(sight, finding, policy);
}

static void
study_sight(const struct sight *sight)
{
    const struct wp_model *model = sight->study->model;
    bool *reported =
        wp_alloc_array(sight->study->arena, (size_t)model->policy_count + 1, sizeof *reported);
    struct wp_diff diff;

    if (!wp_diff_models(&diff, sight->study->arena, model_for(sight, sight->device, 0),
                        model_for(sight, sight->seen_as, 0), sight->study->options))
        return;
    for (uint32_t i = 0; i < diff.count; i++) {
        const struct wp_region *region = &diff.regions[i];
        if (!is_slip(&diff, region) || region->old_policy >= model->policy_count ||
            reported[region->old_policy])
            continue;
        reported[region->old_policy] = true;
        report_slip(sight, &diff, region);
    }
}

/* ---- WOA4004 ----------------------------------------------------------------------------- */

/* Does some part of the condition name the device type, and not all of them? */
static bool
names(const struct wp_test *test, uint32_t device)
{
    if (test->kind == WP_TEST_DEVICE)
        return (test->mask >> device & 1) && !(test->mask & 1);
    for (uint32_t i = 0; i < test->part_count; i++) {
        if (names(test->parts[i], device))
            return true;
    }
    return false;
}

static void
report_blocked(const struct sight *sight, const struct wp_view *view, uint32_t rule, uint32_t later,
               const struct wp_point *point)
{
    struct wp_study *study = sight->study;
    const char *seen_as = study->model->devices[sight->seen_as].name;
    struct wp_diagnostic *finding =
        wp_study_report(study, WP_WARNING, WP_E_BLOCKED_BY_CATCH, view, rule,
                        "rule '%s' stops '%s' that '%s' would let in",
                        view->policy->rules[rule].name, seen_as, view->policy->rules[later].name);

    finding->label = wp_format(study->arena, "meant to catch %s that pass for %s",
                               study->model->devices[sight->device].name, seen_as);
    wp_add_label(study->list, finding, view->policy->rules[later].span, "is not reached");
    wp_study_witness(study, view, finding, point);
    wp_add_help(study->list, finding,
                "move the rule down, to the last place above 'otherwise' [D15]");
}

/* A rule that denies both device types, above one that lets the second in. */
static void
study_catch(const struct sight *sight, const struct wp_view *view, uint32_t rule)
{
    const struct wp_policy *policy = view->policy;
    struct wp_test device = {.kind = WP_TEST_DEVICE, .mask = UINT64_C(1) << sight->seen_as};

    for (uint32_t later = rule + 1; later < policy->rule_count; later++) {
        struct wp_wanted wanted[3] = {
            wp_view_wanted(view, rule), wp_view_wanted(view, later), {&device, false}};
        struct wp_avoided avoided = {view->index, 0, rule, NULL};
        struct wp_question question = {wanted, 3, &avoided, 1, &view->apps, &view->traits};
        const struct wp_point *point;
        if (policy->rules[later].report || policy->rules[later].decision.effect == WP_DENY ||
            !names(policy->rules[later].folded, sight->seen_as))
            continue;
        if (wp_ask(sight->study->asker, &question, &point) != WP_ANSWER_YES)
            continue;
        report_blocked(sight, view, rule, later, point);
        return;
    }
}

static void
study_catches(const struct sight *sight)
{
    for (uint32_t p = 0; p < sight->study->model->policy_count; p++) {
        struct wp_view view;
        wp_view_init(&view, sight->study->arena, sight->study->model, p);
        for (uint32_t i = 0; i < view.policy->rule_count; i++) {
            const struct wp_model_rule *rule = &view.policy->rules[i];
            if (!rule->report && rule->decision.effect == WP_DENY &&
                names(rule->folded, sight->device) && names(rule->folded, sight->seen_as))
                study_catch(sight, &view, i);
        }
    }
}

/* ---- all devices, all tenants --------------------------------------------------------------- */

static bool
names_anywhere(const struct wp_model *model, uint32_t device)
{
    for (uint32_t p = 0; p < model->policy_count; p++) {
        for (uint32_t i = 0; i < model->policies[p].rule_count; i++) {
            if (names(model->policies[p].rules[i].folded, device))
                return true;
        }
    }
    return false;
}

static void
study_tenant(struct wp_study *study, const struct wp_declaration *tenant)
{
    const struct wp_model *model = study->model;

    for (uint32_t i = 1; i < model->device_count; i++) {
        const struct wp_declaration *device = model->devices[i].declaration;
        const struct wp_attribute *seen =
            device ? wp_seen_find(device->attributes, tenant, wp_tenant_kind(tenant)) : NULL;
        if (!seen)
            continue;
        struct sight sight = {study, tenant, i,
                              find_device(model, wp_attribute_text(seen->attributes, "as", "")),
                              postures_of(seen)};
        if (!sight.seen_as || (!names_anywhere(model, i) && !names_anywhere(model, sight.seen_as)))
            continue;
        study_sight(&sight);
        study_catches(&sight);
    }
}

/* Two tenants of a kind and a release do. */
static bool
see_alike(const struct wp_declaration *a, const struct wp_declaration *b)
{
    return strcmp(wp_tenant_kind(a), wp_tenant_kind(b)) == 0 &&
           strcmp(wp_attribute_text(a->attributes, "version", ""),
                  wp_attribute_text(b->attributes, "version", "")) == 0;
}

void
wp_study_observation(struct wp_study *study)
{
    struct wp_declaration_walk walk = {0};
    const struct wp_declaration *tenant, *seen[8];
    uint32_t count = 0;

    while ((tenant = wp_declaration_next(study->model, WP_DECL_TENANT, &walk)) != NULL) {
        bool again = false;
        for (uint32_t i = 0; i < count; i++)
            again = again || see_alike(seen[i], tenant);
        if (again || count == 8)
            continue;
        seen[count++] = tenant;
        study_tenant(study, tenant);
    }
}
