/* Makes an explanation: the walk over the model says what holds, the image what
 * is decided, and both must agree. */
#include "compiler/cli/explanation.h"

#include <inttypes.h>
#include <string.h>

#include "compiler/decide/request_model.h"
#include "compiler/network.h"

/* What is needed to explain one request. */
struct maker {
    struct wp_arena *arena;
    struct wp_model *model;
    const struct wp_request_facts *facts;
    const struct wp_request *request;
};

const char *
wp_truth_word(enum wp_truth truth)
{
    switch (truth) {
    case WP_TRUE:
        return "yes";
    case WP_UNKNOWN:
        return "unknown";
    case WP_FALSE:
        break;
    }
    return "no";
}

/* ---- the text of conditions ------------------------------------------------------ */

static bool
is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* The end of a comment that starts at `at`, or `at` when none does. */
static const char *
skip_comment(const char *at, const char *end)
{
    if (end - at < 2 || at[0] != '/' || (at[1] != '/' && at[1] != '*'))
        return at;
    bool is_line = at[1] == '/';
    for (at += 2; at < end; at++)
        if (is_line ? *at == '\n' : at[0] == '*' && end - at > 1 && at[1] == '/')
            return is_line ? at : at + 2;
    return end;
}

const char *
wp_span_text(struct wp_arena *arena, const struct wp_sources *sources, struct wp_span span)
{
    if (span.file == WP_NO_FILE)
        return "";
    const char *source = sources->files[span.file].text;
    const char *at = source + span.start, *end = source + span.end;
    char *text = wp_alloc(arena, (size_t)(end - at) + 1), *out = text;
    bool in_string = false;
    while (at < end) {
        const char *after = in_string ? at : skip_comment(at, end);
        if (after != at || (!in_string && is_space(*at))) {
            if (out > text && out[-1] != ' ')
                *out++ = ' ';
            at = after != at ? after : at + 1;
            continue;
        }
        if (*at == '"')
            in_string = !in_string;
        else if (in_string && *at == '\\' && at + 1 < end)
            *out++ = *at++;
        *out++ = *at++;
    }
    while (out > text && out[-1] == ' ')
        out--;
    *out = '\0';
    return text;
}

const char *
wp_span_place(struct wp_arena *arena, struct wp_sources *sources, struct wp_span span)
{
    if (span.file == WP_NO_FILE)
        return NULL;
    struct wp_position position = wp_locate(sources, span.file, span.start);
    return wp_format(arena, "%s:%" PRIu32 ":%" PRIu32, sources->files[span.file].name,
                     position.line, position.column);
}

/* ---- why ---------------------------------------------------------------------------- */

static const char *
name_why(const struct maker *maker, const char *kind, struct woapol_text text, bool is_known)
{
    if (text.text == NULL)
        return wp_format(maker->arena, "there is no %s", kind);
    return wp_format(maker->arena, "%s %.*s%s", kind, (int)text.length, text.text,
                     is_known ? "" : ", which the policy does not name");
}

static bool
network_holds(const struct wp_network *network, const struct wp_request *request)
{
    if (!request->has_address)
        return network->absent;
    return request->address.is_v6 ? wp_network_has6(network, request->address.v6)
                                  : wp_network_has4(network, request->address.v4);
}

static const char *
address_why(const struct maker *maker)
{
    const struct wp_model *model = maker->model;
    if (maker->facts->ip.text == NULL)
        return "there is no ip";
    const char *text =
        wp_format(maker->arena, "ip %.*s", (int)maker->facts->ip.length, maker->facts->ip.text);
    uint32_t found = 0;
    for (uint32_t i = 0; i < model->named_network_count && found < 5; i++) {
        const struct wp_named_network *named = &model->named_networks[i];
        if (!network_holds(&model->networks[named->network], maker->request))
            continue;
        text = wp_format(maker->arena, "%s%s %s", text, found == 0 ? " lies in" : ",", named->name);
        found++;
    }
    if (found == 0)
        return wp_format(maker->arena, "%s lies in no named network", text);
    return text;
}

static const char *
group_why(const struct maker *maker, const struct wp_test *test, enum wp_truth truth)
{
    const struct wp_model *model = maker->model;
    const struct wp_request *request = maker->request;
    for (uint32_t i = 0; truth == WP_TRUE && i < test->ids.count; i++)
        for (uint32_t g = 0; g < request->groups.count; g++)
            if (request->groups.ids[g] == test->ids.ids[i])
                return wp_format(maker->arena, "the user is in %s",
                                 model->groups[test->ids.ids[i]].name);
    if (truth == WP_UNKNOWN)
        return "not among the groups, but those are incomplete";
    if (maker->facts->group_count == 0)
        return "there are no groups";
    const char *text = "groups";
    for (size_t i = 0; i < maker->facts->group_count && i < 8; i++)
        text = wp_format(maker->arena, "%s%s %.*s", text, i == 0 ? "" : ",",
                         (int)maker->facts->groups[i].length, maker->facts->groups[i].text);
    return text;
}

static const char *
posture_why(const struct maker *maker, const struct wp_test *test)
{
    static const char *const levels[] = {"risk low", "risk medium", "risk high"};
    const struct wp_request_facts *facts = maker->facts;
    enum wp_condition_kind kind = test->source == NULL ? WP_CONDITION_MANAGED : test->source->kind;
    if (kind == WP_CONDITION_ENTRY)
        return name_why(maker, "entry", facts->entry, true);
    if (kind == WP_CONDITION_RISK)
        return levels[facts->risk];
    if (kind == WP_CONDITION_COMPLIANT)
        return facts->compliant ? "compliant" : "not compliant";
    return facts->managed ? "managed" : "not managed";
}

static const char *
leaf_why(const struct maker *maker, const struct wp_test *test, enum wp_truth truth)
{
    const struct wp_request_facts *facts = maker->facts;
    const struct wp_request *request = maker->request;
    switch (test->kind) {
    case WP_TEST_NETWORK:
        return address_why(maker);
    case WP_TEST_DEVICE:
        return name_why(maker, "device", facts->device, request->device != 0);
    case WP_TEST_POSTURE:
        return posture_why(maker, test);
    case WP_TEST_APP:
        return name_why(maker, "app", facts->app, request->app != WP_NONE);
    case WP_TEST_USER:
        return name_why(maker, "user", facts->user, true);
    case WP_TEST_GROUP:
        return group_why(maker, test, truth);
    case WP_TEST_TRUE:
        return "always";
    case WP_TEST_FALSE:
        return "never";
    case WP_TEST_AND:
    case WP_TEST_OR:
    case WP_TEST_NOT:
        break;
    }
    return NULL;
}

/* ---- conditions and rules --------------------------------------------------------------- */

static bool
is_leaf(const struct wp_test *test)
{
    return test->kind != WP_TEST_AND && test->kind != WP_TEST_OR && test->kind != WP_TEST_NOT;
}

static const char *
joint_text(const struct maker *maker, const struct wp_test *test)
{
    const char *joint = test->kind == WP_TEST_AND  ? "all of"
                        : test->kind == WP_TEST_OR ? "any of"
                                                   : "not";
    if (test->named == 0)
        return joint;
    return wp_format(maker->arena, "%s, which is %s",
                     maker->model->conditions[test->named - 1].name, joint);
}

static void
explain_test(const struct maker *maker, const struct wp_test *test, struct wp_explained *explained)
{
    explained->truth = wp_walk_test(maker->model, test, maker->request);
    /* One line does for a fact and for the lack of one. */
    bool is_plain_not = test->kind == WP_TEST_NOT && test->named == 0 && is_leaf(test->parts[0]);
    if (is_leaf(test) || is_plain_not) {
        const struct wp_test *leaf = is_plain_not ? test->parts[0] : test;
        explained->text = wp_span_text(maker->arena, maker->model->sources, test->span);
        explained->why = leaf_why(maker, leaf, wp_walk_test(maker->model, leaf, maker->request));
        return;
    }
    explained->text = joint_text(maker, test);
    explained->part_count = test->part_count;
    explained->parts = wp_alloc_array(maker->arena, test->part_count, sizeof *explained->parts);
    for (uint32_t i = 0; i < test->part_count; i++)
        explain_test(maker, test->parts[i], &explained->parts[i]);
}

static void
explain_rule(const struct maker *maker, const struct wp_model_rule *rule, bool *is_decided,
             struct wp_explained_rule *explained)
{
    explained->rule = rule;
    explained->place = wp_span_place(maker->arena, maker->model->sources, rule->span);
    explained->truth = wp_walk_test(maker->model, rule->when, maker->request);
    if (rule->source != NULL && rule->source->when != NULL) {
        explained->condition = wp_alloc(maker->arena, sizeof *explained->condition);
        explain_test(maker, rule->when, explained->condition);
    }
    if (rule->report)
        explained->fate = explained->truth == WP_TRUE ? WP_FATE_REPORTED : WP_FATE_NOT_REPORTED;
    else if (*is_decided)
        explained->fate = WP_FATE_NOT_REACHED;
    else if (explained->truth == WP_FALSE)
        explained->fate = WP_FATE_PASSED_OVER;
    else
        explained->fate = WP_FATE_DECIDES;
    *is_decided |= explained->fate == WP_FATE_DECIDES;
}

static void
explain_policy(struct wp_explanation *explanation, const struct maker *maker,
               const struct wp_policy *policy)
{
    bool is_decided = false;
    explanation->policy = policy;
    explanation->place = wp_span_place(maker->arena, maker->model->sources, policy->span);
    explanation->rule_count = policy->rule_count + 1;
    explanation->rules =
        wp_alloc_array(maker->arena, explanation->rule_count, sizeof *explanation->rules);
    for (uint32_t i = 0; i < policy->rule_count; i++)
        explain_rule(maker, &policy->rules[i], &is_decided, &explanation->rules[i]);
    explain_rule(maker, &policy->otherwise, &is_decided, &explanation->rules[policy->rule_count]);
}

/* ---- the request, and the whole -------------------------------------------------------- */

struct wp_explained *
wp_explain_condition(struct wp_arena *arena, struct wp_model *model,
                     const struct wp_model_rule *rule, const struct wp_request_facts *facts)
{
    struct wp_request request;
    const struct maker maker = {
        .arena = arena, .model = model, .facts = facts, .request = &request};
    if (rule->source == NULL || rule->source->when == NULL)
        return NULL;
    wp_request_from_facts(arena, model, facts, &request);
    struct wp_explained *explained = wp_alloc(arena, sizeof *explained);
    explain_test(&maker, rule->when, explained);
    return explained;
}

static bool
is_named(const struct woapol_image *image, enum woapol_kind kind, uint32_t number, const char *name)
{
    const char *found = number == WOAPOL_NONE ? NULL : woapol_name(image, kind, number, NULL);
    return found == NULL || name == NULL ? found == name : strcmp(found, name) == 0;
}

/* Whether the image decides what its sources say. */
static bool
agrees(const struct wp_explanation *explanation, const struct wp_model *model,
       const struct wp_request *request)
{
    const struct woapol_decision *decision = &explanation->decision;
    struct wp_verdict verdict;
    wp_walk(model, request, &verdict);
    const struct wp_policy *policy =
        verdict.policy == WP_NONE ? NULL : &model->policies[verdict.policy];
    const char *rule =
        policy == NULL || verdict.rule == WP_NONE ? NULL : policy->rules[verdict.rule].name;
    return (unsigned)verdict.effect == (unsigned)decision->effect &&
           verdict.groups_incomplete == (decision->reason == WOAPOL_REASON_GROUPS_INCOMPLETE) &&
           is_named(explanation->image, WOAPOL_POLICY, decision->policy,
                    policy == NULL ? NULL : policy->name) &&
           is_named(explanation->image, WOAPOL_RULE, decision->rule, rule);
}

enum wp_explain_end
wp_explain(struct wp_explanation *explanation, struct wp_opened *policy, struct wp_decider *decider,
           const struct wp_request_facts *facts)
{
    struct wp_model *model = policy->compilation.model;
    struct wp_request request;
    const struct maker maker = {
        .arena = policy->arena, .model = model, .facts = facts, .request = &request};
    *explanation =
        (struct wp_explanation){.policy_file = policy, .image = &policy->image, .facts = facts};
    wp_request_from_facts(policy->arena, model, facts, &request);
    if (!wp_decide(decider, facts, &explanation->decision))
        return WP_EXPLAIN_NO_MEMORY;
    if (!agrees(explanation, model, &request))
        return WP_EXPLAIN_DISAGREES;
    uint32_t *reports = wp_alloc_array(policy->arena, decider->report_count + 1, sizeof *reports);
    memcpy(reports, decider->reports, decider->report_count * sizeof *reports);
    explanation->reports = reports;
    explanation->report_count = decider->report_count;
    uint32_t number = wp_walk_policy(model, &request);
    if (number != WP_NONE)
        explain_policy(explanation, &maker, &model->policies[number]);
    explanation->variant_count =
        wp_nearest(model, decider, facts, &explanation->decision, policy->arena,
                   explanation->variants, WP_MAX_VARIANTS, &explanation->is_search_cut);
    return WP_EXPLAIN_DONE;
}
