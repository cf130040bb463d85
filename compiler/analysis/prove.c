#include "compiler/analysis/prove.h"

#include <stdlib.h>

void
wp_prover_init(struct wp_prover *prover, struct wp_arena *arena, const struct wp_model *model,
               const struct wp_analysis_options *options)
{
    uint64_t each = options && options->each ? options->each : WP_USUAL_EACH;
    uint64_t all = options && options->all ? options->all : WP_USUAL_ALL;
    uint32_t *loose;

    *prover = (struct wp_prover){.arena = arena, .model = model};
    prover->asker = wp_asker_new(arena, model, each, all);
    prover->views = wp_alloc_array(arena, (size_t)model->policy_count + 1, sizeof *prover->views);
    loose = wp_alloc_array(arena, (size_t)model->app_count + 1, sizeof *loose);
    prover->loose = (struct wp_members){{loose, 0}, true};
    prover->has_loose = model->default_policy == WP_NONE;
    for (uint32_t i = 0; i < model->app_count; i++) {
        if (model->app_policy[i] == WP_NONE)
            loose[prover->loose.ids.count++] = i;
    }
}

struct wp_view *
wp_prover_view(struct wp_prover *prover, uint32_t policy)
{
    if (!prover->views[policy]) {
        prover->views[policy] = wp_alloc(prover->arena, sizeof *prover->views[policy]);
        wp_view_init(prover->views[policy], prover->arena, prover->model, policy);
    }
    return prover->views[policy];
}

/* ---- one claim -------------------------------------------------------------------- */

struct proof {
    struct wp_prover *prover;
    const struct wp_model_claim *claim;
    struct wp_claim_result *result;
    size_t room;
    /* while a witness is made smaller */
    const struct wp_view *view;
    uint32_t rule;
    struct wp_traits traits;
};

static bool
breaks(const struct proof *proof, struct wp_source_of_decision from)
{
    bool always = proof->claim->source->always, any = false;
    enum wp_reading reading = always ? WP_EVERY_WAY : WP_SOME_WAY;

    for (const struct wp_outcome *outcome = proof->claim->source->outcomes; outcome && !any;
         outcome = outcome->next)
        any = wp_outcome_holds(proof->prover->arena, proof->prover->model, outcome, from, reading);
    return any != always;
}

/* Is the smaller request still in C and decided by the same rule? */
static bool
is_still_guilty(void *context, const struct wp_point *point)
{
    const struct proof *proof = context;
    const struct wp_model *model = proof->prover->model;

    if (!wp_point_meets(model, proof->claim->folded, point))
        return false;
    uint32_t policy = wp_point_policy(model, point);
    if (!proof->view)
        return policy == WP_NONE;
    return policy != WP_NONE && &model->policies[policy] == proof->view->policy &&
           wp_view_decider(proof->view, point, 0) == proof->rule;
}

static void
add_violation(struct proof *proof, struct wp_source_of_decision from)
{
    struct wp_claim_result *result = proof->result;
    const struct wp_point *small = wp_ask_simplify(proof->prover->asker, is_still_guilty, proof);

    if (result->count == proof->room) {
        size_t room = proof->room ? proof->room * 2 : 8;
        struct wp_violation *more =
            wp_alloc_array(proof->prover->arena, room, sizeof *result->violations);
        for (uint32_t i = 0; i < result->count; i++)
            more[i] = result->violations[i];
        result->violations = more;
        proof->room = room;
    }
    result->violations[result->count++] =
        (struct wp_violation){from, wp_point_copy(proof->prover->arena, small), proof->traits};
}

static void
ask_about(struct proof *proof, const struct wp_question *question,
          struct wp_source_of_decision from)
{
    switch (wp_ask(proof->prover->asker, question, NULL)) {
    case WP_ANSWER_NO:
        break;
    case WP_ANSWER_YES:
        add_violation(proof, from);
        break;
    case WP_ANSWER_UNDECIDED:
        proof->result->undecided++;
        break;
    }
}

/* May any request at all meet both, as far as single dimensions tell? Saves most
 * of the questions. */
static bool
could_meet(const struct wp_bounds *a, const struct wp_bounds *b)
{
    return (a->devices & b->devices) && (a->postures & b->postures);
}

static void
prove_policy(struct proof *proof, uint32_t policy)
{
    struct wp_view *view = wp_prover_view(proof->prover, policy);
    uint32_t count = view->policy->rule_count;
    struct wp_wanted wanted[2] = {{proof->claim->folded, false}};
    struct wp_bounds bounds, rule_bounds;

    wp_bounds_of(proof->prover->arena, view->model, proof->claim->folded, &bounds);
    proof->view = view;
    proof->traits = view->traits;
    wp_traits_add(proof->claim->folded, &proof->traits);
    for (uint32_t i = 0; i <= count; i++) {
        struct wp_source_of_decision from = {policy, i};
        struct wp_avoided avoided = {view->index, 0, i, NULL};
        struct wp_question question = {wanted, 1, &avoided, 1, &view->apps, &proof->traits};
        if ((i < count && view->policy->rules[i].report) || !breaks(proof, from))
            continue;
        if (i < count) {
            wp_bounds_of(proof->prover->arena, view->model, view->policy->rules[i].folded,
                         &rule_bounds);
            if (!could_meet(&bounds, &rule_bounds))
                continue;
            wanted[question.wanted_count++] = wp_view_wanted(view, i);
        }
        proof->rule = i;
        ask_about(proof, &question, from);
    }
}

static void
prove_without_policy(struct proof *proof)
{
    struct wp_source_of_decision from = {WP_NONE, WP_NONE};
    struct wp_wanted wanted = {proof->claim->folded, false};
    struct wp_question question = {&wanted, 1, NULL, 0, &proof->prover->loose, &proof->traits};

    proof->view = NULL;
    proof->traits = (struct wp_traits){false};
    wp_traits_add(proof->claim->folded, &proof->traits);
    if (proof->prover->has_loose && breaks(proof, from))
        ask_about(proof, &question, from);
}

/* How much a reader has to take in. */
static unsigned
size_of(const struct wp_point *point)
{
    return point->group_count * 4 + (point->user != WP_NONE ? 2u : 0u) + (point->app != WP_NONE) +
           wp_posture_managed(point->posture) + wp_posture_compliant(point->posture) +
           (wp_posture_entry(point->posture) != WP_ENTRY_NONE) + (point->family == WP_FAMILY_V6);
}

static int
compare_violations(const void *a, const void *b)
{
    const struct wp_violation *x = a, *y = b;
    unsigned p = size_of(x->point), q = size_of(y->point);

    if (p != q)
        return p < q ? -1 : 1;
    if (x->from.policy != y->from.policy)
        return x->from.policy < y->from.policy ? -1 : 1;
    return (x->from.rule > y->from.rule) - (x->from.rule < y->from.rule);
}

void
wp_prove_claim(struct wp_prover *prover, const struct wp_model_claim *claim,
               struct wp_claim_result *result)
{
    struct proof proof = {.prover = prover, .claim = claim, .result = result};

    *result = (struct wp_claim_result){.broken = WP_ANSWER_NO};
    for (uint32_t i = 0; i < prover->model->policy_count; i++)
        prove_policy(&proof, i);
    prove_without_policy(&proof);
    if (result->count)
        result->broken = WP_ANSWER_YES;
    else if (result->undecided)
        result->broken = WP_ANSWER_UNDECIDED;
    if (result->count > 1)
        qsort(result->violations, result->count, sizeof *result->violations, compare_violations);
}
