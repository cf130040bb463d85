#include "compiler/walk.h"

/* ---- is a value in a set? ---------------------------------------------------------- */

static bool
has_number(const struct wp_ids *ids, uint32_t number)
{
    for (uint32_t i = 0; i < ids->count; i++)
        if (ids->ids[i] == number)
            return true;
    return false;
}

static bool
has_v4(const struct wp_network *network, uint32_t address)
{
    for (uint32_t i = 0; i < network->v4_count; i++)
        if (network->v4[i].low <= address && address <= network->v4[i].high)
            return true;
    return false;
}

static bool
has_v6(const struct wp_network *network, struct wp_address6 address)
{
    for (uint32_t i = 0; i < network->v6_count; i++)
        if (wp_compare6(network->v6[i].low, address) <= 0 &&
            wp_compare6(address, network->v6[i].high) <= 0)
            return true;
    return false;
}

static bool
has_address(const struct wp_network *network, const struct wp_request *request)
{
    if (!request->has_address)
        return network->absent;
    return request->address.is_v6 ? has_v6(network, request->address.v6)
                                  : has_v4(network, request->address.v4);
}

/* ---- conditions -------------------------------------------------------------------------- */

static enum wp_truth
truth(bool value)
{
    return value ? WP_TRUE : WP_FALSE;
}

static enum wp_truth
in_group(const struct wp_ids *wanted, const struct wp_request *request)
{
    if (wanted->count == 0)
        return WP_FALSE;
    for (uint32_t i = 0; i < wanted->count; i++)
        if (has_number(&request->groups, wanted->ids[i]))
            return WP_TRUE;
    return request->groups_complete ? WP_FALSE : WP_UNKNOWN;
}

static enum wp_truth
least(const struct wp_model *model, const struct wp_test *test, const struct wp_request *request)
{
    enum wp_truth result = WP_TRUE;

    for (uint32_t i = 0; i < test->part_count; i++) {
        enum wp_truth part = wp_walk_test(model, test->parts[i], request);
        if (part < result)
            result = part;
    }
    return result;
}

static enum wp_truth
greatest(const struct wp_model *model, const struct wp_test *test, const struct wp_request *request)
{
    enum wp_truth result = WP_FALSE;

    for (uint32_t i = 0; i < test->part_count; i++) {
        enum wp_truth part = wp_walk_test(model, test->parts[i], request);
        if (part > result)
            result = part;
    }
    return result;
}

static bool
is_member(const struct wp_test *test, uint32_t number)
{
    return number == WP_NONE ? test->others : has_number(&test->ids, number);
}

enum wp_truth
wp_walk_test(const struct wp_model *model, const struct wp_test *test,
             const struct wp_request *request)
{
    unsigned posture =
        wp_posture(request->entry, request->risk, request->compliant, request->managed);

    switch (test->kind) {
    case WP_TEST_TRUE:
        return WP_TRUE;
    case WP_TEST_FALSE:
        return WP_FALSE;
    case WP_TEST_AND:
        return least(model, test, request);
    case WP_TEST_OR:
        return greatest(model, test, request);
    case WP_TEST_NOT:
        return (enum wp_truth)(WP_TRUE - wp_walk_test(model, test->parts[0], request));
    case WP_TEST_NETWORK:
        return truth(has_address(&model->networks[test->network], request));
    case WP_TEST_DEVICE:
        return truth(test->mask >> request->device & 1);
    case WP_TEST_POSTURE:
        return truth(test->mask >> posture & 1);
    case WP_TEST_APP:
        return truth(is_member(test, request->app));
    case WP_TEST_USER:
        return truth(is_member(test, request->user));
    case WP_TEST_GROUP:
        return in_group(&test->ids, request);
    }
    return WP_FALSE;
}

/* ---- policies -------------------------------------------------------------------------------- */

uint32_t
wp_walk_policy(const struct wp_model *model, const struct wp_request *request)
{
    if (request->app != WP_NONE && model->app_policy[request->app] != WP_NONE)
        return model->app_policy[request->app];
    return model->default_policy;
}

static void
decide_by(struct wp_verdict *verdict, const struct wp_decision *decision)
{
    verdict->effect = decision->effect;
    verdict->chain = decision->effect == WP_AUTHENTICATE ? decision->chain : WP_NONE;
    verdict->reauth_seconds = decision->reauth_seconds;
    verdict->message = decision->message;
}

void
wp_walk(const struct wp_model *model, const struct wp_request *request, struct wp_verdict *verdict)
{
    *verdict = (struct wp_verdict){.effect = WP_DENY,
                                   .policy = wp_walk_policy(model, request),
                                   .rule = WP_NONE,
                                   .chain = WP_NONE,
                                   .reauth_seconds = WP_NO_REAUTH};
    if (verdict->policy == WP_NONE)
        return;
    const struct wp_policy *policy = &model->policies[verdict->policy];
    for (uint32_t i = 0; i < policy->rule_count; i++) {
        const struct wp_model_rule *rule = &policy->rules[i];
        enum wp_truth value = rule->report ? WP_FALSE : wp_walk_test(model, rule->when, request);

        if (value == WP_FALSE)
            continue;
        verdict->rule = i;
        if (value == WP_TRUE)
            decide_by(verdict, &rule->decision);
        else
            verdict->groups_incomplete = true;
        return;
    }
    decide_by(verdict, &policy->otherwise.decision);
}

size_t
wp_walk_reports(const struct wp_model *model, const struct wp_request *request, uint32_t *rules,
                size_t room)
{
    uint32_t number = wp_walk_policy(model, request);
    size_t count = 0;

    if (number == WP_NONE)
        return 0;
    const struct wp_policy *policy = &model->policies[number];
    for (uint32_t i = 0; i < policy->rule_count; i++) {
        if (!policy->rules[i].report ||
            wp_walk_test(model, policy->rules[i].when, request) != WP_TRUE)
            continue;
        if (count < room)
            rules[count] = i;
        count++;
    }
    return count;
}
