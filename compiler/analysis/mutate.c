#include "compiler/analysis/mutate.h"
#include "compiler/analysis/diff.h"
#include "compiler/analysis/text.h"
#include "compiler/analysis/witness.h"

#include <stdlib.h>
#include <string.h>

/* A changed policy: a copy of the model with its own rules and chains. */
struct mutation {
    struct wp_mutants *mutants;
    struct wp_arena *arena;
    const struct wp_model *model;
    const struct wp_suite *suite;
    const struct wp_analysis_options *options;
    size_t limit, room;
    uint32_t policy, rule; /* at hand */
    struct wp_model changed;
    struct wp_policy *policies;
    struct wp_model_rule *rules; /* of the policy at hand, rules + 1 */
    struct wp_model_chain *chains;
};

/* ---- what becomes of a mutant ------------------------------------------------------ */

/* A test that fails for the mutant, or NULL. */
static const struct wp_suite_case *
find_failing(struct mutation *m, struct wp_arena *scratch)
{
    for (size_t i = 0; i < m->suite->count; i++) {
        const struct wp_suite_case *test = &m->suite->cases[i];
        if (test->verdict.from.policy == m->policy &&
            wp_suite_is_met(scratch, m->model, test, test->verdict) &&
            !wp_suite_is_met(scratch, &m->changed, test,
                             wp_suite_decide(&m->changed, &test->request)))
            return test;
    }
    return NULL;
}

/* A test that holds now and fails for the mutant. */
static const char *
catching_test(struct mutation *m, const struct wp_diff *diff, const char *change)
{
    const struct wp_region *region = &diff->regions[0];
    struct wp_traits traits;

    wp_traits_of_policy(diff->joint.model, &diff->joint.model->policies[region->old_policy],
                        &traits);
    return wp_witness_test(m->arena, diff->joint.model, &traits,
                           wp_format(m->arena, "%s: not if it %s",
                                     m->model->policies[m->policy].rules[m->rule].name, change),
                           region->witness, &diff->joint.model->policies[region->old_policy],
                           region->old_rule);
}

static enum wp_mutant_fate
judge(struct mutation *m, struct wp_mutant *mutant)
{
    struct wp_arena *scratch = wp_arena_new(NULL, NULL);
    enum wp_mutant_fate fate = WP_MUTANT_CAUGHT;
    struct wp_diff diff;

    if (!scratch)
        return WP_MUTANT_UNDECIDED;
    const struct wp_suite_case *failing = find_failing(m, scratch);
    if (failing) {
        mutant->caught_by = failing->test;
    } else if (!wp_diff_models(&diff, scratch, m->model, &m->changed, NULL)) {
        fate = WP_MUTANT_UNDECIDED;
    } else if (diff.count) {
        fate = WP_MUTANT_SURVIVED;
        mutant->test = catching_test(m, &diff, mutant->change);
    } else {
        fate = diff.undecided ? WP_MUTANT_UNDECIDED : WP_MUTANT_EQUAL;
    }
    wp_arena_free(scratch);
    return fate;
}

static struct wp_mutant *
new_mutant(struct mutation *m)
{
    struct wp_mutants *mutants = m->mutants;

    if (mutants->count == m->room) {
        size_t room = m->room ? m->room * 2 : 64;
        struct wp_mutant *more = wp_alloc_array(m->arena, room, sizeof *more);
        if (mutants->count)
            memcpy(more, mutants->all, mutants->count * sizeof *more);
        mutants->all = more;
        m->room = room;
    }
    return &mutants->all[mutants->count++];
}

/* Tries the model as it has been changed, then changes it back. */
static void
try_mutant(struct mutation *m, const char *change)
{
    const struct wp_policy *policy = &m->model->policies[m->policy];

    if (m->mutants->count < m->limit) {
        struct wp_mutant *mutant = new_mutant(m);
        *mutant = (struct wp_mutant){.policy = m->policy, .rule = m->rule, .change = change};
        mutant->fate = judge(m, mutant);
        m->mutants->counts[mutant->fate]++;
    } else {
        m->mutants->left_out++;
    }
    memcpy(m->rules, policy->rules, policy->rule_count * sizeof *m->rules);
    m->policies[m->policy] = *policy;
    m->policies[m->policy].rules = m->rules;
    memcpy(m->chains, m->model->chains, m->model->chain_count * sizeof *m->chains);
    m->changed.chain_count = m->model->chain_count;
}

/* ---- changes of the decision -------------------------------------------------------- */

static void
change_effect(struct mutation *m)
{
    struct wp_decision *decision = &m->rules[m->rule].decision;
    enum wp_effect was = decision->effect;

    if (was != WP_ALLOW) {
        *decision = (struct wp_decision){
            .effect = WP_ALLOW, .chain = WP_NONE, .reauth_seconds = WP_NO_REAUTH};
        try_mutant(m, was == WP_DENY ? "allows instead of denying"
                                     : "allows instead of authenticating");
    }
    if (was != WP_DENY) {
        *decision = (struct wp_decision){
            .effect = WP_DENY, .chain = WP_NONE, .reauth_seconds = WP_NO_REAUTH};
        try_mutant(m, was == WP_ALLOW ? "denies instead of allowing"
                                      : "denies instead of authenticating");
    }
}

/* Gives the rule a chain of its own. */
static struct wp_model_chain *
own_chain(struct mutation *m)
{
    struct wp_decision *decision = &m->rules[m->rule].decision;
    struct wp_model_chain *chain = &m->chains[m->model->chain_count];

    *chain = m->model->chains[decision->chain];
    chain->name = NULL;
    decision->chain = m->model->chain_count;
    m->changed.chain_count = m->model->chain_count + 1;
    return chain;
}

static void
drop_step(struct mutation *m, uint32_t alternative, uint32_t step)
{
    struct wp_model_chain *chain = own_chain(m);
    struct wp_alternative *alternatives =
        wp_alloc_array(m->arena, chain->count, sizeof *alternatives);
    const struct wp_alternative *from = &chain->alternatives[alternative];
    struct wp_step *steps = wp_alloc_array(m->arena, from->count, sizeof *steps);

    memcpy(alternatives, chain->alternatives, chain->count * sizeof *alternatives);
    for (uint32_t i = 0; i < from->count; i++) {
        if (i != step)
            steps[i - (i > step)] = from->steps[i];
    }
    alternatives[alternative] = (struct wp_alternative){steps, from->count - 1};
    chain->alternatives = alternatives;
    try_mutant(
        m, wp_format(m->arena, "drops step %u of way %u of its chain", step + 1, alternative + 1));
}

static void
change_chain(struct mutation *m)
{
    uint32_t number = m->rules[m->rule].decision.chain;

    if (number == WP_NONE)
        return;
    const struct wp_model_chain *chain = &m->model->chains[number];
    for (uint32_t a = 0; a < chain->count; a++) {
        for (uint32_t s = 0; chain->alternatives[a].count > 1 && s < chain->alternatives[a].count;
             s++)
            drop_step(m, a, s);
    }
    if (chain->count > 1) {
        own_chain(m)->count--;
        try_mutant(m, "drops the last fallback of its chain");
    }
}

/* ---- changes of the condition ---------------------------------------------------------- */

static struct wp_test *
copy_test(struct mutation *m, const struct wp_test *from)
{
    struct wp_test *test = wp_alloc(m->arena, sizeof *test);

    *test = *from;
    if (from->part_count) {
        test->parts = wp_alloc_array(m->arena, from->part_count, sizeof *test->parts);
        memcpy(test->parts, from->parts, from->part_count * sizeof *test->parts);
    }
    return test;
}

static const char *
name_of_part(const struct mutation *m, const struct wp_test *test)
{
    switch (test->kind) {
    case WP_TEST_NETWORK:
        return "the network";
    case WP_TEST_DEVICE:
        return "the device types";
    case WP_TEST_POSTURE:
        return "the posture";
    case WP_TEST_APP:
        return "the apps";
    case WP_TEST_USER:
        return "the users";
    case WP_TEST_GROUP:
        return wp_format(m->arena, "the group%s %s%s", test->ids.count == 1 ? "" : "s",
                         m->model->groups[test->ids.ids[0]].name,
                         test->ids.count == 1 ? "" : " ...");
    case WP_TEST_NOT:
        return wp_format(m->arena, "'not in' %s", name_of_part(m, test->parts[0]));
    case WP_TEST_TRUE:
    case WP_TEST_FALSE:
    case WP_TEST_AND:
    case WP_TEST_OR:
        break;
    }
    return "a part";
}

static void
drop_part(struct mutation *m, uint32_t part)
{
    const struct wp_test *from = m->model->policies[m->policy].rules[m->rule].folded;
    struct wp_test *test = copy_test(m, from);

    for (uint32_t i = part; i + 1 < test->part_count; i++)
        test->parts[i] = test->parts[i + 1];
    test->part_count--;
    m->rules[m->rule].folded = test->part_count == 1 ? test->parts[0] : test;
    try_mutant(
        m, wp_format(m->arena, "drops %s from its condition", name_of_part(m, from->parts[part])));
}

static void
drop_group(struct mutation *m, const struct wp_test *leaf, uint32_t part)
{
    const struct wp_test *from = m->model->policies[m->policy].rules[m->rule].folded;

    for (uint32_t g = 0; leaf->ids.count > 1 && g < leaf->ids.count && g < 8; g++) {
        struct wp_test *fewer = copy_test(m, leaf);
        uint32_t *ids = wp_alloc_array(m->arena, leaf->ids.count, sizeof *ids);
        for (uint32_t i = 0; i < leaf->ids.count; i++) {
            if (i != g)
                ids[i - (i > g)] = leaf->ids.ids[i];
        }
        fewer->ids = (struct wp_ids){ids, leaf->ids.count - 1};
        if (from == leaf) {
            m->rules[m->rule].folded = fewer;
        } else {
            struct wp_test *test = copy_test(m, from);
            test->parts[part] = fewer;
            m->rules[m->rule].folded = test;
        }
        try_mutant(
            m, wp_format(m->arena, "leaves out group %s", m->model->groups[leaf->ids.ids[g]].name));
    }
}

static void
change_condition(struct mutation *m)
{
    const struct wp_test *from = m->model->policies[m->policy].rules[m->rule].folded;

    if (from->kind == WP_TEST_TRUE)
        return;
    if (from->kind != WP_TEST_AND) {
        struct wp_test *all = wp_alloc(m->arena, sizeof *all);
        m->rules[m->rule].folded = all; /* TRUE */
        try_mutant(m, "matches everything");
        if (from->kind == WP_TEST_GROUP)
            drop_group(m, from, 0);
        return;
    }
    for (uint32_t i = 0; i < from->part_count; i++) {
        drop_part(m, i);
        if (from->parts[i]->kind == WP_TEST_GROUP)
            drop_group(m, from->parts[i], i);
    }
}

/* ---- changes of the order ------------------------------------------------------------------ */

static void
change_order(struct mutation *m)
{
    const struct wp_policy *policy = &m->model->policies[m->policy];
    uint32_t next = m->rule + 1;

    while (next < policy->rule_count && policy->rules[next].report)
        next++;
    if (next < policy->rule_count) {
        m->rules[m->rule] = policy->rules[next];
        m->rules[next] = policy->rules[m->rule];
        try_mutant(m, wp_format(m->arena, "changes places with '%s'", policy->rules[next].name));
    }
    memmove(&m->rules[m->rule], &m->rules[m->rule + 1],
            (policy->rule_count - m->rule - 1) * sizeof *m->rules);
    m->policies[m->policy].rule_count--;
    try_mutant(m, "is removed");
}

static void
mutate_policy(struct mutation *m)
{
    const struct wp_policy *policy = &m->model->policies[m->policy];

    m->rules = wp_alloc_array(m->arena, (size_t)policy->rule_count + 1, sizeof *m->rules);
    memcpy(m->rules, policy->rules, policy->rule_count * sizeof *m->rules);
    m->policies[m->policy].rules = m->rules;
    for (m->rule = 0; m->rule < policy->rule_count; m->rule++) {
        if (policy->rules[m->rule].report)
            continue;
        if (m->options && m->options->progress)
            m->options->progress(m->options->progress_context, "trying mutants of rule", m->rule,
                                 policy->rule_count);
        change_effect(m);
        change_chain(m);
        change_condition(m);
        change_order(m);
    }
    m->policies[m->policy] = *policy;
}

void
wp_mutate(struct wp_mutants *mutants, struct wp_arena *arena, const struct wp_model *model,
          const struct wp_suite *suite, size_t limit, const struct wp_analysis_options *options)
{
    struct mutation m = {.mutants = mutants,
                         .arena = arena,
                         .model = model,
                         .suite = suite,
                         .options = options,
                         .limit = limit,
                         .changed = *model};

    *mutants = (struct wp_mutants){0};
    m.policies = wp_alloc_array(arena, (size_t)model->policy_count + 1, sizeof *m.policies);
    m.chains = wp_alloc_array(arena, (size_t)model->chain_count + 1, sizeof *m.chains);
    if (model->policy_count)
        memcpy(m.policies, model->policies, model->policy_count * sizeof *m.policies);
    if (model->chain_count)
        memcpy(m.chains, model->chains, model->chain_count * sizeof *m.chains);
    m.changed.policies = m.policies;
    m.changed.chains = m.chains;
    for (m.policy = 0; m.policy < model->policy_count; m.policy++)
        mutate_policy(&m);
}
