/*
 * Notes about rules that do decide: which of the values that a rule names never
 * get to it, whether it matters that it stands before the next one, and what
 * would come of enforcing a report rule.
 */
#include "compiler/analysis/study.h"
#include "compiler/analysis/text.h"

/* ---- values that never get to a rule (WOA2005) ----------------------------------- */

/* One value of a dimension as a condition, and how it is called. */
struct value {
    struct wp_test test;
    const char *name;
};

struct lost {
    struct wp_text names;
    uint32_t count, of;
    uint32_t *rules; /* that take them, ascending */
    uint32_t rule_count;
};

/* Quick look: the live request with the value put in its place. */
static bool
is_plainly_live(const struct wp_view *view, uint32_t rule, const struct wp_point *live,
                const struct value *value)
{
    struct wp_point tried = *live;
    uint32_t group;

    if (value->test.kind == WP_TEST_DEVICE)
        tried.device = (uint32_t)__builtin_ctzll(value->test.mask);
    if (value->test.kind == WP_TEST_APP)
        tried.app = value->test.ids.ids[0];
    if (value->test.kind == WP_TEST_GROUP) {
        group = value->test.ids.ids[0];
        tried.groups = &group;
        tried.group_count = 1;
    }
    return wp_point_meets(view->model, &value->test, &tried) &&
           wp_point_meets(view->model, view->policy->rules[rule].folded, &tried) &&
           wp_view_decider(view, &tried, 0) == rule;
}

static void
add_rules(struct wp_study *study, struct lost *lost)
{
    uint32_t members;
    const struct wp_culprit *cover = wp_ask_cover(study->asker, &members);
    uint32_t *rules =
        wp_alloc_array(study->arena, (size_t)lost->rule_count + members + 1, sizeof *rules);
    uint32_t count = lost->rule_count;

    for (uint32_t i = 0; i < count; i++)
        rules[i] = lost->rules[i];
    for (uint32_t i = 0; i < members; i++) {
        uint32_t place = count;
        if (cover[i].avoided == WP_NONE)
            continue;
        while (place > 0 && rules[place - 1] > cover[i].number)
            place--;
        if (place > 0 && rules[place - 1] == cover[i].number)
            continue;
        for (uint32_t k = count++; k > place; k--)
            rules[k] = rules[k - 1];
        rules[place] = cover[i].number;
    }
    lost->rules = rules;
    lost->rule_count = count;
}

/* Is the value lost: in the rule's condition, but never decided by it? */
static void
study_value(struct wp_study *study, const struct wp_view *view, uint32_t rule,
            const struct wp_point *live, const struct value *value, struct lost *lost)
{
    struct wp_wanted wanted[2] = {wp_view_wanted(view, rule), {&value->test, false}};
    struct wp_avoided avoided = {view->index, 0, rule, NULL};
    struct wp_question question = {wanted, 2, &avoided, 1, &view->apps, &view->traits};
    uint32_t members;

    lost->of++;
    if (is_plainly_live(view, rule, live, value) ||
        wp_ask(study->asker, &question, NULL) != WP_ANSWER_NO)
        return;
    (void)wp_ask_shrink_cover(study->asker);
    const struct wp_culprit *cover = wp_ask_cover(study->asker, &members);
    bool by_rules = false, otherwise = false;
    for (uint32_t i = 0; i < members; i++) {
        by_rules = by_rules || cover[i].avoided != WP_NONE;
        otherwise = otherwise || (cover[i].avoided != WP_NONE &&
                                  view->kinds[cover[i].number] != view->kinds[rule]);
    }
    if (!by_rules) { /* the condition does not hold for the value to begin with */
        lost->of--;
        return;
    }
    if (!otherwise) /* it is decided alike */
        return;
    wp_text_printf(&lost->names, "%s%s", lost->count++ ? ", " : "", value->name);
    add_rules(study, lost);
}

static void
report_lost(struct wp_study *study, const struct wp_view *view, uint32_t rule,
            const struct lost *lost, const char *what)
{
    const struct wp_model_rule *r = &view->policy->rules[rule];

    if (lost->count == 0 || !wp_study_has_room(study, WP_E_PARTLY_SHADOWED))
        return;
    struct wp_diagnostic *finding =
        wp_study_report(study, WP_NOTE, WP_E_PARTLY_SHADOWED, view, rule,
                        "rule '%s' never decides for %u of the %u %s it names: %s", r->name,
                        lost->count, lost->of, what, lost->names.bytes);
    finding->label = wp_format(study->arena, "%s take%s them",
                               wp_study_names(study, view, lost->rules, lost->rule_count),
                               lost->rule_count == 1 ? "s" : "");
    finding->by = wp_alloc_array(study->arena, (size_t)lost->rule_count + 1, sizeof *finding->by);
    finding->by_count = lost->rule_count;
    for (uint32_t i = 0; i < lost->rule_count; i++)
        finding->by[i] = view->policy->rules[lost->rules[i]].name;
}

/* The devices of a leaf of the condition as written, unless it is a complement. */
static void
study_devices(struct wp_study *study, const struct wp_view *view, uint32_t rule,
              const struct wp_point *live, const struct wp_test *leaf)
{
    struct lost lost = {.names = {.arena = study->arena}};

    if ((leaf->mask & 1) || __builtin_popcountll(leaf->mask) < 2)
        return;
    for (uint64_t left = leaf->mask; left; left &= left - 1) {
        uint32_t device = (uint32_t)__builtin_ctzll(left);
        struct value value = {{.kind = WP_TEST_DEVICE, .mask = UINT64_C(1) << device},
                              view->model->devices[device].name};
        study_value(study, view, rule, live, &value, &lost);
    }
    report_lost(study, view, rule, &lost, "device types");
}

/* The groups or apps of a leaf, one by one; of very many only the first. */
#define MANY 64

static void
study_members(struct wp_study *study, const struct wp_view *view, uint32_t rule,
              const struct wp_point *live, const struct wp_test *leaf,
              const struct wp_thing *things, const char *what)
{
    struct lost lost = {.names = {.arena = study->arena}};

    if (leaf->ids.count < 2 || leaf->others)
        return;
    for (uint32_t i = 0; i < leaf->ids.count && i < MANY; i++) {
        struct value value = {{.kind = leaf->kind, .ids = {&leaf->ids.ids[i], 1}},
                              things[leaf->ids.ids[i]].name};
        study_value(study, view, rule, live, &value, &lost);
    }
    report_lost(study, view, rule, &lost, what);
}

/* Leaves that every request of the rule meets: the parts of a conjunction. */
static void
study_leaf(struct wp_study *study, const struct wp_view *view, uint32_t rule,
           const struct wp_point *live, const struct wp_test *test)
{
    const struct wp_model *model = view->model;

    for (uint32_t i = 0; test->kind == WP_TEST_AND && i < test->part_count; i++)
        study_leaf(study, view, rule, live, test->parts[i]);
    if (test->kind == WP_TEST_DEVICE)
        study_devices(study, view, rule, live, test);
    if (test->kind == WP_TEST_GROUP)
        study_members(study, view, rule, live, test, model->groups, "groups");
    if (test->kind == WP_TEST_APP)
        study_members(study, view, rule, live, test, model->apps, "apps");
}

void
wp_study_parts(struct wp_study *study, const struct wp_view *view, uint32_t rule,
               const struct wp_point *live)
{
    if (rule > 0 && !view->policy->rules[rule].report)
        study_leaf(study, view, rule, live, view->policy->rules[rule].folded);
}

/* ---- neighbours whose order matters (WOA2006) ---------------------------------------- */

static uint32_t
next_deciding(const struct wp_policy *policy, uint32_t rule)
{
    do
        rule++;
    while (rule < policy->rule_count && policy->rules[rule].report);
    return rule;
}

/* Is there a request that the rule would get and its neighbour would not? */
static bool
has_more(struct wp_study *study, const struct wp_view *view, uint32_t rule, uint32_t neighbour,
         uint32_t limit)
{
    struct wp_wanted wanted[2] = {wp_view_wanted(view, rule), wp_view_wanted(view, neighbour)};
    struct wp_avoided avoided = {view->index, 0, limit, NULL};
    struct wp_question question = {wanted, 2, &avoided, 1, &view->apps, &view->traits};

    wanted[1].negated = true;
    return wp_ask(study->asker, &question, NULL) == WP_ANSWER_YES;
}

void
wp_study_order(struct wp_study *study, const struct wp_view *view, uint32_t rule)
{
    const struct wp_policy *policy = view->policy;
    uint32_t next = next_deciding(policy, rule);
    struct wp_wanted wanted[2];
    struct wp_avoided avoided = {view->index, 0, rule, NULL};
    struct wp_question question = {wanted, 2, &avoided, 1, &view->apps, &view->traits};
    const struct wp_point *point;

    if (next == policy->rule_count || view->kinds[rule] == view->kinds[next] ||
        (study->notes[WP_E_ORDER_MATTERS] > 1000 && !study->options->all_notes))
        return;
    wanted[0] = wp_view_wanted(view, rule);
    wanted[1] = wp_view_wanted(view, next);
    if (wp_ask(study->asker, &question, &point) != WP_ANSWER_YES || point->group_count > 1)
        return;
    point = wp_point_copy(study->arena, point);
    if (!has_more(study, view, rule, next, rule) || !has_more(study, view, next, rule, rule))
        return;
    if (!wp_study_has_room(study, WP_E_ORDER_MATTERS))
        return;
    struct wp_diagnostic *finding =
        wp_study_report(study, WP_NOTE, WP_E_ORDER_MATTERS, view, rule,
                        "it matters that rule '%s' stands before '%s'", policy->rules[rule].name,
                        policy->rules[next].name);
    wp_add_label(study->list, finding, policy->rules[next].span,
                 "would decide some of the same requests otherwise");
    wp_study_witness(study, view, finding, point);
    wp_add_note(study->list, finding, "both match %s",
                wp_witness_sentence(study->arena, study->model, &view->traits, point));
}

/* ---- report rules that could be enforced (WOA2008) -------------------------------------- */

/* Looks for a request that the report rule, if it decided, would decide otherwise
 * than now: among the later rules in turn, then otherwise. */
static enum wp_answer
ask_change(struct wp_study *study, const struct wp_view *view, uint32_t rule,
           const struct wp_point **point)
{
    uint32_t count = view->policy->rule_count;
    struct wp_wanted wanted[2] = {wp_view_wanted(view, rule)};
    enum wp_answer worst = WP_ANSWER_NO;

    for (uint32_t later = next_deciding(view->policy, rule); later <= count;
         later = later == count ? count + 1 : next_deciding(view->policy, later)) {
        struct wp_avoided avoided = {view->index, 0, later, NULL};
        struct wp_question question = {wanted, 1, &avoided, 1, &view->apps, &view->traits};
        if (view->kinds[later] == view->kinds[rule])
            continue;
        if (later < count)
            wanted[question.wanted_count++] = wp_view_wanted(view, later);
        enum wp_answer answer = wp_ask(study->asker, &question, point);
        if (answer == WP_ANSWER_YES)
            return answer;
        if (answer == WP_ANSWER_UNDECIDED)
            worst = answer;
    }
    return worst;
}

void
wp_study_report_rule(struct wp_study *study, const struct wp_view *view, uint32_t rule)
{
    const struct wp_model_rule *r = &view->policy->rules[rule];
    const struct wp_point *point = NULL;
    enum wp_answer answer = ask_change(study, view, rule, &point);

    if (answer == WP_ANSWER_UNDECIDED || !wp_study_has_room(study, WP_E_ENFORCEABLE))
        return;
    if (answer == WP_ANSWER_NO) {
        struct wp_diagnostic *idle = wp_study_report(
            study, WP_NOTE, WP_E_ENFORCEABLE, view, rule,
            "report rule '%s' could be enforced without changing any decision", r->name);
        wp_add_help(study->list, idle, "leave out 'report', or remove the rule");
        return;
    }
    struct wp_diagnostic *finding =
        wp_study_report(study, WP_NOTE, WP_E_ENFORCEABLE, view, rule,
                        "report rule '%s' would change decisions if it were enforced", r->name);
    uint32_t decider = wp_view_decider(view, point, 0);
    wp_study_witness(study, view, finding, point);
    wp_add_note(
        study->list, finding, "%s: '%s' decides %s, '%s' would decide %s",
        wp_witness_sentence(study->arena, study->model, &view->traits, point),
        wp_view_rule_name(view, decider),
        wp_decision_sentence(study->arena, study->model, wp_policy_decision(view->policy, decider)),
        r->name, wp_decision_sentence(study->arena, study->model, &r->decision));
}
