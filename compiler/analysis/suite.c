#include "compiler/analysis/suite.h"
#include "compiler/analysis/traits.h"

#include <string.h>

static void
add_given(struct wp_arena *arena, const struct wp_model *model, const struct wp_given *given,
          struct wp_request *request)
{
    switch (given->kind) {
    case WP_GIVEN_IP:
        (void)wp_request_set_address(request, given->names->text);
        break;
    case WP_GIVEN_DEVICE:
        wp_request_set_device(model, request, given->names->text);
        break;
    case WP_GIVEN_GROUPS:
        for (const struct wp_name *name = given->names; name; name = name->next)
            wp_request_add_group(arena, model, request, name->text);
        break;
    case WP_GIVEN_APP:
        wp_request_set_app(model, request, given->names->text);
        break;
    case WP_GIVEN_USER:
        wp_request_set_user(model, request, given->names->text);
        break;
    case WP_GIVEN_ENTRY:
        wp_request_set_entry(request, given->names->text);
        break;
    case WP_GIVEN_MANAGED:
        request->managed = given->flag;
        break;
    case WP_GIVEN_COMPLIANT:
        request->compliant = given->flag;
        break;
    case WP_GIVEN_RISK:
        (void)wp_request_set_risk(request, given->names->text);
        break;
    case WP_GIVEN_GROUPS_INCOMPLETE:
        request->groups_complete = false;
        break;
    }
}

struct wp_suite_verdict
wp_suite_decide(const struct wp_model *model, const struct wp_request *request)
{
    struct wp_suite_verdict verdict = {{wp_walk_policy(model, request), WP_NONE}, false};

    if (verdict.from.policy == WP_NONE)
        return verdict;
    const struct wp_policy *policy = &model->policies[verdict.from.policy];
    for (uint32_t i = 0; i < policy->rule_count; i++) {
        if (policy->rules[i].report)
            continue;
        enum wp_truth value = wp_walk_test(model, policy->rules[i].folded, request);
        if (value == WP_FALSE)
            continue;
        verdict.from.rule = i;
        verdict.is_unknown = value == WP_UNKNOWN;
        return verdict;
    }
    verdict.from.rule = policy->rule_count;
    return verdict;
}

struct wp_request
wp_suite_request(const struct wp_point *point)
{
    return (struct wp_request){
        .has_address = point->family != WP_FAMILY_ABSENT,
        .address = {point->family == WP_FAMILY_V6, point->v4, point->v6},
        .device = point->device,
        .app = point->app,
        .user = point->user,
        .entry = wp_posture_entry(point->posture),
        .risk = wp_posture_risk(point->posture),
        .managed = wp_posture_managed(point->posture),
        .compliant = wp_posture_compliant(point->posture),
        .groups = {point->groups, point->group_count},
        .groups_complete = true,
    };
}

static void
add_case(struct wp_suite *suite, struct wp_arena *arena, const struct wp_model *model,
         const struct wp_declaration *test, const struct wp_case *source)
{
    struct wp_suite_case *made = &suite->cases[suite->count++];

    *made = (struct wp_suite_case){.test = test->name->text, .source = source};
    wp_request_init(&made->request);
    for (const struct wp_given *given = source->givens; given; given = given->next)
        add_given(arena, model, given, &made->request);
    made->verdict = wp_suite_decide(model, &made->request);
    suite->unknown += made->verdict.is_unknown;
}

void
wp_suite_init(struct wp_suite *suite, struct wp_arena *arena, const struct wp_model *model)
{
    size_t total = 0;

    *suite = (struct wp_suite){0};
    for (int pass = 0; pass < 2; pass++) {
        for (uint32_t f = 0; f < model->file_count; f++) {
            for (const struct wp_declaration *at = model->files[f]->declarations; at;
                 at = at->next) {
                if (at->kind != WP_DECL_TEST)
                    continue;
                for (const struct wp_case *c = at->cases; c; c = c->next) {
                    total += pass == 0;
                    if (pass == 1)
                        add_case(suite, arena, model, at, c);
                }
            }
        }
        if (pass == 0)
            suite->cases = wp_alloc_array(arena, total + 1, sizeof *suite->cases);
    }
}

/* ---- expectations ---------------------------------------------------------------- */

static bool
is_by(const struct wp_model *model, struct wp_source_of_decision from, const struct wp_name *by)
{
    struct wp_name name = *by;
    struct wp_outcome outcome = {.kind = WP_OUTCOME_RULE, .name = &name};
    return wp_outcome_holds(NULL, model, &outcome, from, WP_SOME_WAY);
}

/* Of a rule that is unknown comes a bare deny. */
static bool
has_outcome(struct wp_arena *arena, const struct wp_model *model, const struct wp_outcome *outcome,
            struct wp_suite_verdict verdict)
{
    if (verdict.is_unknown && outcome->kind != WP_OUTCOME_RULE)
        return outcome->kind == WP_OUTCOME_DENY;
    return wp_outcome_holds(arena, model, outcome, verdict.from, WP_SOME_WAY);
}

static bool
meets(struct wp_arena *arena, const struct wp_model *model, const struct wp_expectation *expected,
      struct wp_suite_verdict verdict)
{
    static const struct wp_decision bare = {
        .effect = WP_DENY, .chain = WP_NONE, .reauth_seconds = WP_NO_REAUTH};
    struct wp_source_of_decision from = verdict.from;
    const struct wp_decision *decision = verdict.is_unknown ? &bare : wp_decision_from(model, from);

    if (expected->outcome && !has_outcome(arena, model, expected->outcome, verdict))
        return false;
    if (expected->by && !is_by(model, from, expected->by))
        return false;
    if (expected->policy && (from.policy == WP_NONE || strcmp(model->policies[from.policy].name,
                                                              expected->policy->text) != 0))
        return false;
    if (expected->has_reauth && decision->reauth_seconds != expected->reauth_seconds)
        return false;
    return !expected->message ||
           (decision->message && strcmp(decision->message, expected->message->text) == 0);
}

bool
wp_suite_is_met(struct wp_arena *arena, const struct wp_model *model,
                const struct wp_suite_case *test, struct wp_suite_verdict verdict)
{
    for (const struct wp_expectation *at = test->source->expectations; at; at = at->next) {
        if (!meets(arena, model, at, verdict))
            return false;
    }
    return true;
}
