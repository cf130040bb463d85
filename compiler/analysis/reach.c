/*
 * Which rules can decide, and which matter.
 *
 * For each rule one question: is there a request in its condition that no
 * earlier rule takes? "No" comes with the rules that take everything, "yes" with
 * a request. A rule that decides may still not matter, when whatever it decides
 * would be decided alike without it.
 */
#include "compiler/analysis/study.h"

/* How many later rules are looked at one by one before the index is asked. */
#define NEAR 12
/* How many questions it may take to tell whether a rule matters. */
#define ENOUGH 4000

/* ---- WOA2009 -------------------------------------------------------------------- */

void
wp_study_undecided(struct wp_study *study, const struct wp_view *view, uint32_t rule,
                   const char *question)
{
    struct wp_diagnostic *finding =
        wp_study_report(study, WP_WARNING, WP_E_UNDECIDED, view, rule,
                        "it is undecided within the budget %s", question);
    wp_add_help(study->list, finding, "a larger --budget may decide it; simpler conditions do");
}

/* ---- WOA2001 and WOA2002 ---------------------------------------------------------- */

/* The cover's rules, ascending, into an array of their own. */
static uint32_t *
sorted_rules(struct wp_study *study, uint32_t *count)
{
    uint32_t members;
    const struct wp_culprit *cover = wp_ask_cover(study->asker, &members);
    uint32_t *rules = wp_alloc_array(study->arena, (size_t)members + 1, sizeof *rules);

    *count = 0;
    for (uint32_t i = 0; i < members; i++) {
        if (cover[i].avoided == WP_NONE)
            continue;
        uint32_t place = (*count)++;
        for (; place > 0 && rules[place - 1] > cover[i].number; place--)
            rules[place] = rules[place - 1];
        rules[place] = cover[i].number;
    }
    return rules;
}

static void
blame_assumptions(struct wp_study *study, struct wp_diagnostic *finding)
{
    uint32_t members;
    const struct wp_culprit *cover = wp_ask_cover(study->asker, &members);

    for (uint32_t i = 0; i < members; i++) {
        if (cover[i].avoided == WP_NONE && cover[i].number < study->model->assumption_count)
            wp_add_label(study->list, finding, study->model->assumptions[cover[i].number].span,
                         "as is assumed here");
    }
}

static void
report_empty(struct wp_study *study, const struct wp_view *view, uint32_t rule)
{
    struct wp_diagnostic *finding = wp_study_report(
        study, WP_WARNING, WP_E_EMPTY_CONDITION, view, rule,
        "no request meets the condition of rule '%s'", view->policy->rules[rule].name);
    uint32_t members;
    (void)wp_ask_cover(study->asker, &members);
    if (members)
        finding->label = "nothing is left of it under what the source assumes";
    else if (view->policy->rules[rule].when->part_count == 0)
        finding->label = "no request that comes to this policy lies in what it names";
    else
        finding->label = "its parts exclude each other";
    blame_assumptions(study, finding);
}

static void
name_cover(struct wp_study *study, const struct wp_view *view, struct wp_diagnostic *finding,
           uint32_t rule, const uint32_t *rules, uint32_t count)
{
    bool differs = false;

    finding->by = wp_alloc_array(study->arena, (size_t)count + 1, sizeof *finding->by);
    finding->by_count = count;
    for (uint32_t i = 0; i < count; i++) {
        bool same = view->kinds[rules[i]] == view->kinds[rule];
        finding->by[i] = view->policy->rules[rules[i]].name;
        differs = differs || !same;
        if (i < 8)
            wp_add_label(study->list, finding, view->policy->rules[rules[i]].span,
                         count == 1 ? "takes all of its requests" : "takes some of its requests");
    }
    if (differs)
        wp_add_note(study->list, finding,
                    "%s otherwise than '%s' would: what it says never comes true",
                    count == 1 ? "that rule decides" : "some of them decide",
                    view->policy->rules[rule].name);
}

/* A request that the rule would decide if the earlier ones let it. */
static void
show_taken(struct wp_study *study, const struct wp_view *view, struct wp_diagnostic *finding,
           uint32_t rule)
{
    struct wp_wanted wanted = wp_view_wanted(view, rule);
    struct wp_question question = {&wanted, 1, NULL, 0, &view->apps, &view->traits};
    const struct wp_point *point;

    if (wp_ask(study->asker, &question, &point) != WP_ANSWER_YES)
        return;
    wp_study_witness(study, view, finding, point);
    wp_add_note(study->list, finding, "for instance %s: decided by '%s'",
                wp_witness_sentence(study->arena, study->model, &view->traits, point),
                wp_view_rule_name(view, wp_view_decider(view, point, 0)));
}

static void
report_dead(struct wp_study *study, const struct wp_view *view, uint32_t rule)
{
    bool sure = wp_ask_shrink_cover(study->asker);
    uint32_t count;
    uint32_t *rules = sorted_rules(study, &count);

    if (count == 0) {
        report_empty(study, view, rule);
        return;
    }
    struct wp_diagnostic *finding =
        wp_study_report(study, WP_WARNING, WP_E_SHADOWED, view, rule, "rule '%s' can never decide",
                        view->policy->rules[rule].name);
    finding->label = wp_format(study->arena, "%s %s every request it would match",
                               wp_study_names(study, view, rules, count),
                               count == 1 ? "takes" : "together take");
    blame_assumptions(study, finding);
    name_cover(study, view, finding, rule, rules, count);
    if (!sure)
        wp_add_note(study->list, finding, "fewer rules may do: the budget ended first");
    show_taken(study, view, finding, rule);
    wp_add_help(study->list, finding, "move it up, narrow what stands before it, or remove it");
}

/* ---- WOA2003 ------------------------------------------------------------------------ */

/* Asks for a request that the rule decides and that would, without it, fall to
 * `later`: with only rules that decide like it in between. */
static enum wp_answer
ask_difference(struct wp_study *study, struct wp_view *view, uint32_t rule, uint32_t later)
{
    uint32_t count = view->policy->rule_count;
    const uint64_t *alike = wp_view_rules_of_kind(view, view->kinds[rule]);
    struct wp_wanted wanted[2] = {wp_view_wanted(view, rule)};
    struct wp_avoided avoided[2] = {{view->index, 0, rule, NULL},
                                    {view->index, rule + 1, later, alike}};
    struct wp_question question = {wanted, 1, avoided, 2, &view->apps, &view->traits};

    if (later < count)
        wanted[question.wanted_count++] = wp_view_wanted(view, later);
    return wp_ask(study->asker, &question, NULL);
}

static bool
may_meet(const struct wp_view *view, const uint64_t *near, uint32_t rule, uint32_t later)
{
    if (view->policy->rules[later].report || view->kinds[later] == view->kinds[rule])
        return false;
    return !near || (near[later / 64] >> later % 64 & 1);
}

/* Is there, before `end`, a later rule with another decision that would get a
 * request of this one? Nearest first; the index is asked only when it takes long. */
static enum wp_answer
search_difference(struct wp_study *study, struct wp_view *view, uint32_t rule, uint32_t end)
{
    uint64_t *near = NULL;
    uint32_t asked = 0;

    for (uint32_t later = rule + 1; later < end; later++) {
        if (!may_meet(view, near, rule, later))
            continue;
        if (++asked > ENOUGH)
            return WP_ANSWER_UNDECIDED;
        enum wp_answer answer = ask_difference(study, view, rule, later);
        if (answer != WP_ANSWER_NO)
            return answer;
        if (asked == NEAR) {
            near = wp_alloc_array(study->arena, (size_t)view->policy->rule_count / 64 + 1,
                                  sizeof *near);
            wp_index_overlaps(view->index, wp_index_bounds(view->index, rule), near);
        }
    }
    return WP_ANSWER_NO;
}

/* Does the rule change any decision? `live` is a request that it decides. After
 * NO, *heirs are the later rules that take its requests. */
static enum wp_answer
ask_matters(struct wp_study *study, struct wp_view *view, uint32_t rule,
            const struct wp_point *live, uint32_t **heirs, uint32_t *heir_count)
{
    uint32_t count = view->policy->rule_count, end = count, kind = view->kinds[rule];
    struct wp_wanted wanted = wp_view_wanted(view, rule);
    struct wp_avoided avoided[2] = {
        {view->index, 0, rule, NULL},
        {view->index, rule + 1, count, wp_view_rules_of_kind(view, kind)}};
    struct wp_question question = {&wanted, 1, avoided, 2, &view->apps, &view->traits};
    const struct wp_point *point;

    *heir_count = 0;
    if (view->kinds[wp_view_decider(view, live, rule + 1)] != kind)
        return WP_ANSWER_YES;
    enum wp_answer answer = wp_ask(study->asker, &question, &point);
    if (answer == WP_ANSWER_UNDECIDED)
        return answer;
    if (answer == WP_ANSWER_YES) {
        if (view->kinds[wp_view_decider(view, point, rule + 1)] != kind)
            return WP_ANSWER_YES;
    } else {
        (void)wp_ask_shrink_cover(study->asker);
        uint32_t all;
        uint32_t *rules = sorted_rules(study, &all);
        *heirs = rules;
        for (uint32_t i = 0; i < all; i++) {
            if (rules[i] > rule)
                rules[(*heir_count)++] = rules[i];
        }
        end = *heir_count ? rules[*heir_count - 1] : rule + 1;
    }
    return search_difference(study, view, rule, end);
}

static void
report_redundant(struct wp_study *study, struct wp_view *view, uint32_t rule,
                 const struct wp_point *live, const uint32_t *heirs, uint32_t count)
{
    struct wp_diagnostic *finding =
        wp_study_report(study, WP_WARNING, WP_E_REDUNDANT, view, rule,
                        "removing rule '%s' changes no decision", view->policy->rules[rule].name);
    uint32_t heir = wp_view_decider(view, live, rule + 1);

    if (count == 0) {
        finding->label = "what it decides is decided alike below";
    } else {
        finding->label =
            wp_format(study->arena, "%s decide%s its requests alike",
                      wp_study_names(study, view, heirs, count), count == 1 ? "s" : "");
        finding->by = wp_alloc_array(study->arena, count, sizeof *finding->by);
        finding->by_count = count;
    }
    for (uint32_t i = 0; i < count; i++) {
        finding->by[i] = view->policy->rules[heirs[i]].name;
        if (i < 8)
            wp_add_label(study->list, finding, view->policy->rules[heirs[i]].span, "decides alike");
    }
    wp_study_witness(study, view, finding, live);
    wp_add_note(study->list, finding, "for instance %s: without it decided by '%s'",
                wp_witness_sentence(study->arena, study->model, &view->traits, live),
                wp_view_rule_name(view, heir));
}

static void
study_use(struct wp_study *study, struct wp_view *view, uint32_t rule, const struct wp_point *live)
{
    uint32_t *heirs = NULL, count;

    switch (ask_matters(study, view, rule, live, &heirs, &count)) {
    case WP_ANSWER_NO:
        report_redundant(study, view, rule, live, heirs, count);
        break;
    case WP_ANSWER_UNDECIDED:
        wp_study_undecided(study, view, rule, "whether removing the rule would change anything");
        break;
    case WP_ANSWER_YES:
        break;
    }
}

/* ---- all rules --------------------------------------------------------------------------- */

static void
study_rule(struct wp_study *study, struct wp_view *view, uint32_t rule)
{
    bool report = view->policy->rules[rule].report;
    struct wp_wanted wanted = wp_view_wanted(view, rule);
    struct wp_avoided avoided = {view->index, 0, report ? 0 : rule, NULL};
    struct wp_question question = {&wanted, 1, &avoided, 1, &view->apps, &view->traits};
    const struct wp_point *point;

    switch (wp_ask(study->asker, &question, &point)) {
    case WP_ANSWER_NO:
        report_dead(study, view, rule);
        return;
    case WP_ANSWER_UNDECIDED:
        wp_study_undecided(study, view, rule, "whether the rule can ever decide");
        return;
    case WP_ANSWER_YES:
        break;
    }
    if (report) {
        wp_study_report_rule(study, view, rule);
        return;
    }
    struct wp_point *live = wp_point_copy(study->arena, point);
    study_use(study, view, rule, live);
    wp_study_parts(study, view, rule, live);
    wp_study_order(study, view, rule);
}

void
wp_study_rules(struct wp_study *study, struct wp_view *view)
{
    for (uint32_t i = 0; i < view->policy->rule_count; i++) {
        if (i % 64 == 0)
            wp_study_progress(study, "asking of each rule whether it can decide", i,
                              view->policy->rule_count);
        study_rule(study, view, i);
    }
    wp_study_gap(study, view);
}
