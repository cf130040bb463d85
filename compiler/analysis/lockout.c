/*
 * Who can still get in: enrollment from a device that is not enrolled yet, and
 * administrators with a local password (WOA4001, WOA4002).
 *
 * What only an enrolled device can pass, and which methods are the way back in,
 * is said by the methods themselves: needs_enrolled, breakglass.
 */
#include "compiler/analysis/study.h"
#include "compiler/facts.h"

#include <string.h>

struct lockout {
    struct wp_study *study;
    const struct wp_model *model;
    const struct wp_view *view; /* of the policy that decides */
    struct wp_test unenrolled;  /* posture: neither managed nor compliant */
    struct wp_test device;      /* the enrollment device types, or any */
    struct wp_test app;
    bool has_device, has_app;
    /* Each group as a condition: to ask for users who are in no other. */
    const struct wp_index *groups;
    uint64_t *but_one; /* bits of all groups; the one that is asked about is taken out */
    /* By group, then for anybody: a rule that lets it in on enrolled devices only. */
    const struct wp_model_rule **demanding;
};
#define FEW_REPORTS 10

static bool
method_is(const struct wp_model *model, uint32_t method, const char *key)
{
    const struct wp_declaration *declaration = model->methods[method].declaration;
    return declaration && wp_attribute_is_yes(declaration->attributes, key);
}

/* Can someone without an enrolled device pass the decision? With `key`, only ways
 * that use a method with that attribute count. */
static bool
is_passable(const struct wp_model *model, const struct wp_decision *decision, const char *key)
{
    if (decision->effect != WP_AUTHENTICATE)
        return decision->effect == WP_ALLOW;
    const struct wp_model_chain *chain = &model->chains[decision->chain];
    for (uint32_t a = 0; a < chain->count; a++) {
        const struct wp_alternative *alternative = &chain->alternatives[a];
        bool passable = true, uses = key == NULL;
        for (uint32_t s = 0; s < alternative->count; s++) {
            bool step = false;
            for (uint32_t m = 0; m < alternative->steps[s].count; m++) {
                uint32_t method = alternative->steps[s].methods[m];
                step = step || !method_is(model, method, "needs_enrolled");
                uses = uses || method_is(model, method, key);
            }
            passable = passable && step;
        }
        if (passable && uses)
            return true;
    }
    return false;
}

/* ---- asking whether somebody gets in ------------------------------------------------ */

#define MOST_WANTED 4

static void
index_groups(struct lockout *lockout)
{
    struct wp_arena *arena = lockout->study->arena;
    uint32_t count = lockout->model->group_count;
    struct wp_test *tests = wp_alloc_array(arena, (size_t)count + 1, sizeof *tests);
    const struct wp_test **all = wp_alloc_array(arena, (size_t)count + 1, sizeof *all);
    uint32_t *ids = wp_alloc_array(arena, (size_t)count + 1, sizeof *ids);

    for (uint32_t i = 0; i < count; i++) {
        ids[i] = i;
        tests[i] = (struct wp_test){.kind = WP_TEST_GROUP, .ids = {&ids[i], 1}};
        all[i] = &tests[i];
    }
    lockout->groups = wp_index_new(arena, lockout->model, all, count);
    lockout->but_one = wp_alloc_array(arena, (size_t)count / 64 + 1, sizeof *lockout->but_one);
    memset(lockout->but_one, 0xff, ((size_t)count / 64 + 1) * sizeof *lockout->but_one);
}

/* A situation: what is wanted of a request, and what must not take it. */
struct situation {
    struct wp_wanted wanted[MOST_WANTED + 1];
    struct wp_avoided avoided[2];
    struct wp_question question;
};

static uint32_t
want_situation(const struct lockout *lockout, struct wp_wanted *wanted)
{
    uint32_t count = 0;

    wanted[count++] = (struct wp_wanted){&lockout->unenrolled, false};
    if (lockout->has_device)
        wanted[count++] = (struct wp_wanted){&lockout->device, false};
    if (lockout->has_app)
        wanted[count++] = (struct wp_wanted){&lockout->app, false};
    return count;
}

/* A request of someone in this group and in no other, or, where assumptions put
 * its members into others, too, in this group. WP_NONE: of anybody. Entry 0 of
 * the avoided is left to the caller. */
static void
set_up(struct lockout *lockout, struct situation *situation, uint32_t group)
{
    struct wp_question *question = &situation->question;

    *question =
        (struct wp_question){situation->wanted,    want_situation(lockout, situation->wanted),
                             situation->avoided,   1,
                             &lockout->view->apps, &lockout->view->traits};
    situation->avoided[0] = (struct wp_avoided){lockout->view->index, 0, 0, NULL};
    if (group == WP_NONE)
        return;
    if (!lockout->groups)
        index_groups(lockout);
    memset(lockout->but_one, 0xff,
           ((size_t)lockout->model->group_count / 64 + 1) * sizeof *lockout->but_one);
    lockout->but_one[group / 64] &= ~(UINT64_C(1) << group % 64);
    situation->avoided[1] =
        (struct wp_avoided){lockout->groups, 0, lockout->model->group_count, lockout->but_one};
    situation->wanted[question->wanted_count++] =
        (struct wp_wanted){wp_index_test(lockout->groups, group), false};
    question->avoided_count = 2;
    if (wp_ask(lockout->study->asker, question, NULL) == WP_ANSWER_NO)
        question->avoided_count = 1;
}

/* Does a decision that can be passed get a request of the group? */
static enum wp_answer
ask_way_in(struct lockout *lockout, uint32_t group, const char *key)
{
    const struct wp_policy *policy = lockout->view->policy;
    struct situation situation;
    enum wp_answer worst = WP_ANSWER_NO;

    set_up(lockout, &situation, group);
    uint32_t count = situation.question.wanted_count;
    for (uint32_t i = 0; i <= policy->rule_count; i++) {
        if ((i < policy->rule_count && policy->rules[i].report) ||
            !is_passable(lockout->model, wp_policy_decision(policy, i), key))
            continue;
        situation.avoided[0].limit = i;
        situation.question.wanted_count = count;
        if (i < policy->rule_count)
            situation.wanted[situation.question.wanted_count++] = wp_view_wanted(lockout->view, i);
        enum wp_answer answer = wp_ask(lockout->study->asker, &situation.question, NULL);
        if (answer == WP_ANSWER_YES)
            return answer;
        if (answer == WP_ANSWER_UNDECIDED)
            worst = answer;
    }
    return worst;
}

/* Any request of the group in this situation, to be shown. */
static const struct wp_point *
some_request(struct lockout *lockout, uint32_t group)
{
    struct situation situation;
    const struct wp_point *point;

    set_up(lockout, &situation, group);
    return wp_ask(lockout->study->asker, &situation.question, &point) == WP_ANSWER_YES ? point
                                                                                       : NULL;
}

/* A first look: is some request of the group let in? */
static bool
is_plainly_in(struct lockout *lockout, uint32_t group)
{
    const struct wp_point *point = some_request(lockout, group);

    return point && is_passable(lockout->model,
                                wp_policy_decision(lockout->view->policy,
                                                   wp_view_decider(lockout->view, point, 0)),
                                NULL);
}

/* ---- WOA4001: enrollment ------------------------------------------------------------- */

/* Notes the rule for every group that it asks for. */
static void
note_groups(struct lockout *lockout, const struct wp_model_rule *rule, const struct wp_test *test)
{
    for (uint32_t i = 0; test->kind == WP_TEST_GROUP && i < test->ids.count; i++) {
        if (!lockout->demanding[test->ids.ids[i]])
            lockout->demanding[test->ids.ids[i]] = rule;
    }
    for (uint32_t i = 0; test->kind != WP_TEST_NOT && i < test->part_count; i++)
        note_groups(lockout, rule, test->parts[i]);
}

/* Finds the rules that let people in on an enrolled device only. */
static void
note_demands(struct lockout *lockout)
{
    const struct wp_model *model = lockout->model;
    struct wp_bounds bounds;

    lockout->demanding = wp_alloc_array(lockout->study->arena, (size_t)model->group_count + 1,
                                        sizeof *lockout->demanding);
    for (uint32_t p = 0; p < model->policy_count; p++) {
        for (uint32_t i = 0; i < model->policies[p].rule_count; i++) {
            const struct wp_model_rule *rule = &model->policies[p].rules[i];
            if (rule->report || rule->decision.effect == WP_DENY)
                continue;
            wp_bounds_of(lockout->study->arena, model, rule->folded, &bounds);
            if ((bounds.postures & lockout->unenrolled.mask) &&
                is_passable(model, &rule->decision, NULL))
                continue;
            if (!lockout->demanding[model->group_count])
                lockout->demanding[model->group_count] = rule;
            note_groups(lockout, rule, rule->folded);
        }
    }
}

static void
report_locked_out(struct lockout *lockout, uint32_t group, const char *what)
{
    struct wp_study *study = lockout->study;
    const struct wp_model *model = lockout->model;
    const struct wp_point *point = some_request(lockout, group);
    const struct wp_model_rule *trusted =
        lockout->demanding[group == WP_NONE ? model->group_count : group];
    uint32_t rule =
        point ? wp_view_decider(lockout->view, point, 0) : lockout->view->policy->rule_count;
    struct wp_diagnostic *finding;

    if (group == WP_NONE)
        finding = wp_study_report(study, WP_WARNING, WP_E_ENROLLMENT_LOCKOUT, lockout->view, rule,
                                  "nobody whose device is not enrolled yet can %s", what);
    else
        finding = wp_study_report(study, WP_WARNING, WP_E_ENROLLMENT_LOCKOUT, lockout->view, rule,
                                  "members of '%s' whose device is not enrolled yet cannot %s",
                                  model->groups[group].name, what);
    if (trusted)
        wp_add_label(study->list, finding, trusted->span, "asks for an enrolled device");
    if (!point)
        return;
    const struct wp_decision *decision = wp_policy_decision(lockout->view->policy, rule);
    wp_study_witness(study, lockout->view, finding, point);
    wp_add_note(study->list, finding, "for instance %s: '%s' decides %s",
                wp_witness_sentence(study->arena, model, &lockout->view->traits, point),
                wp_view_rule_name(lockout->view, rule),
                wp_decision_sentence(study->arena, model, decision));
    if (decision->effect == WP_AUTHENTICATE)
        wp_add_note(study->list, finding,
                    "every way through that chain asks for a method that only an enrolled device "
                    "passes: to enroll one must be enrolled [D11]");
    wp_add_help(study->list, finding,
                "let devices that are not enrolled through, with uem_token and a second factor "
                "[U8]");
    if (group != WP_NONE)
        wp_add_help(study->list, finding,
                    "if they are all in another group that may, say so: assume group in %s implies "
                    "group in ...",
                    model->groups[group].name);
}

/* Which groups are sent to enrolled devices: they have to be able to enroll. */
static void
study_groups(struct lockout *lockout, const char *what)
{
    uint32_t more = 0;

    for (uint32_t g = 0; g < lockout->model->group_count; g++) {
        if (!lockout->demanding[g] || is_plainly_in(lockout, g) ||
            ask_way_in(lockout, g, NULL) != WP_ANSWER_NO)
            continue;
        if (++more <= FEW_REPORTS)
            report_locked_out(lockout, g, what);
    }
    if (more > FEW_REPORTS)
        wp_add_note(lockout->study->list, lockout->study->list->last,
                    "%u more groups are locked out like this", more - FEW_REPORTS);
}

static bool
names_device(const struct wp_test *test, uint64_t mask)
{
    if (test->kind == WP_TEST_DEVICE)
        return (test->mask & mask) && !(test->mask & 1);
    for (uint32_t i = 0; i < test->part_count; i++) {
        if (names_device(test->parts[i], mask))
            return true;
    }
    return false;
}

static uint64_t
device_mask(const struct wp_model *model, const char *name)
{
    for (uint32_t i = 1; i < model->device_count; i++) {
        if (strcmp(model->devices[i].name, name) == 0)
            return UINT64_C(1) << i;
    }
    return 0;
}

/* Only a policy that names the enrollment device is about enrollment. */
static void
study_enrollment(struct lockout *lockout)
{
    const struct wp_policy *policy = lockout->view->policy;
    uint64_t mask = device_mask(lockout->model, "enrollment");
    bool names = false;

    for (uint32_t i = 0; i < policy->rule_count; i++)
        names = names ||
                (!policy->rules[i].report && mask && names_device(policy->rules[i].folded, mask));
    if (!names)
        return;
    lockout->device = (struct wp_test){.kind = WP_TEST_DEVICE, .mask = mask};
    lockout->has_device = true;
    if (ask_way_in(lockout, WP_NONE, NULL) == WP_ANSWER_NO)
        report_locked_out(lockout, WP_NONE, "enroll");
    else
        study_groups(lockout, "enroll");
    lockout->has_device = false;
}

static void
study_workspace_one(struct lockout *lockout)
{
    const struct wp_model *model = lockout->model;

    for (uint32_t i = 0; i < model->app_count; i++) {
        const struct wp_declaration *app = model->apps[i].declaration;
        uint32_t id = i;
        if (!app || !wp_attribute_is_yes(app->attributes, "workspace_one") ||
            !wp_ids_have(&lockout->view->apps.ids, i))
            continue;
        lockout->app = (struct wp_test){.kind = WP_TEST_APP, .ids = {&id, 1}};
        lockout->has_app = true;
        const char *what =
            wp_format(lockout->study->arena, "open '%s', which enrolls it", model->apps[i].name);
        if (ask_way_in(lockout, WP_NONE, NULL) == WP_ANSWER_NO)
            report_locked_out(lockout, WP_NONE, what);
        else
            study_groups(lockout, what);
        lockout->has_app = false;
    }
}

/* ---- WOA4002: administrators ------------------------------------------------------------ */

static bool
is_local(const struct wp_thing *group)
{
    return group->declaration &&
           strcmp(wp_attribute_text(group->declaration->attributes, "source", ""), "local") == 0;
}

static void
report_admins(struct lockout *lockout, uint32_t group)
{
    struct wp_study *study = lockout->study;
    const struct wp_thing *thing = &lockout->model->groups[group];
    const struct wp_point *point = some_request(lockout, group);
    struct wp_diagnostic *finding =
        wp_report(study->list, WP_E_ADMIN_LOCKOUT, thing->span,
                  "administrators in '%s' are left without a way in", thing->name);

    finding->policy = lockout->view->policy->name;
    finding->label = "its users have local passwords, and no rule that gets them asks for one";
    if (point) {
        uint32_t rule = wp_view_decider(lockout->view, point, 0);
        wp_study_witness(study, lockout->view, finding, point);
        wp_add_note(
            study->list, finding, "for instance %s: '%s' decides %s",
            wp_witness_sentence(study->arena, lockout->model, &lockout->view->traits, point),
            wp_view_rule_name(lockout->view, rule),
            wp_decision_sentence(study->arena, lockout->model,
                                 wp_policy_decision(lockout->view->policy, rule)));
    }
    wp_add_help(study->list, finding,
                "add a rule for '%s' with password_local, before those that shut it out",
                thing->name);
}

static void
study_admins(struct lockout *lockout)
{
    for (uint32_t g = 0; g < lockout->model->group_count; g++) {
        if (is_local(&lockout->model->groups[g]) &&
            ask_way_in(lockout, g, "breakglass") == WP_ANSWER_NO)
            report_admins(lockout, g);
    }
}

static void
begin(struct lockout *lockout, struct wp_study *study, const struct wp_view *view)
{
    *lockout = (struct lockout){.study = study, .model = study->model, .view = view};
    lockout->unenrolled.kind = WP_TEST_POSTURE;
    for (unsigned p = 0; p < WP_POSTURE_COUNT; p++) {
        if (!wp_posture_managed(p) && !wp_posture_compliant(p))
            lockout->unenrolled.mask |= UINT64_C(1) << p;
    }
    index_groups(lockout);
}

void
wp_study_lockout(struct wp_study *study, const struct wp_view *view)
{
    struct lockout lockout;

    begin(&lockout, study, view);
    note_demands(&lockout);
    if (view->policy->is_default) {
        study_enrollment(&lockout);
        study_admins(&lockout);
    }
    study_workspace_one(&lockout);
}

void
wp_study_administrators(struct wp_study *study, const struct wp_view *view)
{
    struct lockout lockout;

    begin(&lockout, study, view);
    study_admins(&lockout);
}

bool
wp_has_administrators(const struct wp_model *model)
{
    bool has = false;

    for (uint32_t g = 0; g < model->group_count; g++)
        has = has || is_local(&model->groups[g]);
    return has;
}
