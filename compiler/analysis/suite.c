#include "compiler/analysis/suite.h"
#include "compiler/request.h"

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

static struct wp_point
point_of(struct wp_arena *arena, const struct wp_request *request)
{
    struct wp_point point = {
        .device = request->device,
        .posture = wp_posture(request->entry, request->risk, request->compliant, request->managed),
        .app = request->app,
        .user = request->user,
        .group_count = request->groups.count};

    if (request->has_address) {
        point.family = request->address.is_v6 ? WP_FAMILY_V6 : WP_FAMILY_V4;
        point.v4 = request->address.v4;
        point.v6 = request->address.v6;
    }
    point.groups = wp_alloc_array(arena, (size_t)request->groups.count + 1, sizeof *point.groups);
    if (request->groups.count)
        memcpy(point.groups, request->groups.ids, request->groups.count * sizeof *point.groups);
    return point;
}

static void
add_case(struct wp_suite *suite, struct wp_arena *arena, const struct wp_model *model,
         const struct wp_declaration *test, const struct wp_case *source)
{
    struct wp_suite_case *made = &suite->cases[suite->count];
    struct wp_request request;

    wp_request_init(&request);
    for (const struct wp_given *given = source->givens; given; given = given->next)
        add_given(arena, model, given, &request);
    if (!request.groups_complete) {
        suite->incomplete++;
        return;
    }
    suite->count++;
    *made = (struct wp_suite_case){test->name->text, source, point_of(arena, &request), {0, 0}};
    made->from.policy = wp_point_policy(model, &made->point);
    made->from.rule =
        made->from.policy == WP_NONE
            ? WP_NONE
            : wp_point_rule(model, &model->policies[made->from.policy], &made->point, 0);
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

static bool
meets(struct wp_arena *arena, const struct wp_model *model, const struct wp_expectation *expected,
      struct wp_source_of_decision from)
{
    const struct wp_decision *decision = wp_decision_from(model, from);

    if (expected->outcome && !wp_outcome_holds(arena, model, expected->outcome, from, WP_SOME_WAY))
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
                const struct wp_suite_case *test, struct wp_source_of_decision from)
{
    for (const struct wp_expectation *at = test->source->expectations; at; at = at->next) {
        if (!meets(arena, model, at, from))
            return false;
    }
    return true;
}
