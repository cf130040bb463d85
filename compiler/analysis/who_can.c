#include "compiler/analysis/who_can.h"

#include <string.h>

/* Boxes that are left out of further questions need networks of their own: a copy
 * of the model has room for some. */
#define SPARE_NETWORKS (WP_WHO_BOXES + 1)

struct search {
    struct wp_who_can *who;
    struct wp_arena *arena;
    struct wp_model *model; /* with spare networks at the end */
    uint32_t spare;         /* the first of them */
    struct wp_prover prover;
    const struct wp_test *when;
    /* the rule at hand */
    struct wp_view *view;
    uint32_t policy, rule;
    struct wp_wanted boxes[WP_WHO_BOXES + 1]; /* found so far, to be left out */
    uint32_t box_count;
};

static struct wp_model *
copy_with_room(struct wp_arena *arena, const struct wp_model *model)
{
    struct wp_model *copy = wp_alloc(arena, sizeof *copy);

    *copy = *model;
    copy->network_count = model->network_count + SPARE_NETWORKS;
    copy->networks = wp_alloc_array(arena, copy->network_count, sizeof *copy->networks);
    if (model->network_count)
        memcpy(copy->networks, model->networks, model->network_count * sizeof *copy->networks);
    return copy;
}

/* ---- one box --------------------------------------------------------------------------- */

static bool
is_wanted(void *context, const struct wp_point *point)
{
    const struct search *search = context;
    uint32_t policy = wp_point_policy(search->model, point);

    return policy == search->policy && wp_view_decider(search->view, point, 0) == search->rule &&
           (!search->when || wp_point_meets(search->model, search->when, point));
}

/* The same of a request that is in no box so far. */
static bool
is_new(void *context, const struct wp_point *point)
{
    const struct search *search = context;

    for (uint32_t i = 0; i < search->box_count; i++) {
        if (wp_point_meets(search->model, search->boxes[i].test, point))
            return false;
    }
    return is_wanted(context, point);
}

static struct wp_test *
new_test(struct search *search, enum wp_test_kind kind)
{
    struct wp_test *test = wp_alloc(search->arena, sizeof *test);
    test->kind = kind;
    return test;
}

/* The box as a condition; users in more groups than its witness are in it, too,
 * so that the next box needs other groups or other traits. */
static struct wp_test *
box_condition(struct search *search, const struct wp_box *box, uint32_t number)
{
    const struct wp_point *witness = box->witness;
    struct wp_test *all = new_test(search, WP_TEST_AND);
    struct wp_test *test;

    all->parts =
        wp_alloc_array(search->arena, (size_t)witness->group_count + 5, sizeof *all->parts);
    test = all->parts[all->part_count++] = new_test(search, WP_TEST_DEVICE);
    test->mask = box->devices;
    test = all->parts[all->part_count++] = new_test(search, WP_TEST_POSTURE);
    test->mask = box->postures;
    search->model->networks[search->spare + number] = box->addresses;
    test = all->parts[all->part_count++] = new_test(search, WP_TEST_NETWORK);
    test->network = search->spare + number;
    test = all->parts[all->part_count++] = new_test(search, WP_TEST_USER);
    if (witness->user == WP_NONE)
        test->others = true;
    else
        test->ids = (struct wp_ids){&witness->user, 1};
    for (uint32_t i = 0; i < witness->group_count; i++) {
        test = all->parts[all->part_count++] = new_test(search, WP_TEST_GROUP);
        test->ids = (struct wp_ids){&witness->groups[i], 1};
    }
    return all;
}

/* ---- one rule --------------------------------------------------------------------------- */

static void
find_takers(struct search *search, struct wp_who_rule *found)
{
    const struct wp_policy *policy = search->view->policy;
    uint64_t *near =
        wp_alloc_array(search->arena, (size_t)policy->rule_count / 64 + 1, sizeof *near);

    found->takers = wp_alloc_array(search->arena, (size_t)search->rule + 1, sizeof *found->takers);
    if (search->rule == policy->rule_count)
        return;
    wp_index_overlaps(search->view->index, wp_index_bounds(search->view->index, search->rule),
                      near);
    for (uint32_t i = 0; i < search->rule; i++) {
        struct wp_wanted wanted[2] = {wp_view_wanted(search->view, search->rule),
                                      wp_view_wanted(search->view, i)};
        struct wp_avoided avoided = {search->view->index, 0, i, NULL};
        struct wp_question question = {wanted, 2, &avoided, 1, &search->view->apps, NULL};
        if (!(near[i / 64] >> i % 64 & 1) || policy->rules[i].report)
            continue;
        if (wp_ask(search->prover.asker, &question, NULL) == WP_ANSWER_YES)
            found->takers[found->taker_count++] = i;
    }
}

/* Asks for a request that the rule decides and that is in no box so far. */
static enum wp_answer
ask_next(struct search *search)
{
    struct wp_wanted wanted[WP_WHO_BOXES + 3];
    struct wp_avoided avoided = {search->view->index, 0, search->rule, NULL};
    struct wp_question question = {
        wanted, 0, &avoided, 1, &search->view->apps, &search->view->traits};

    if (search->rule < search->view->policy->rule_count)
        wanted[question.wanted_count++] = wp_view_wanted(search->view, search->rule);
    if (search->when)
        wanted[question.wanted_count++] = (struct wp_wanted){search->when, false};
    for (uint32_t i = 0; i < search->box_count; i++)
        wanted[question.wanted_count++] = search->boxes[i];
    return wp_ask(search->prover.asker, &question, NULL);
}

static void
search_rule(struct search *search)
{
    struct wp_who_can *who = search->who;
    struct wp_who_rule found = {.from = {search->policy, search->rule}};
    const struct wp_view *view = search->view;
    enum wp_answer answer;

    found.boxes = wp_alloc_array(search->arena, WP_WHO_BOXES, sizeof *found.boxes);
    search->box_count = 0;
    for (uint32_t i = 0; i < SPARE_NETWORKS; i++)
        search->model->networks[search->spare + i] = (struct wp_network){0};
    while ((answer = ask_next(search)) == WP_ANSWER_YES) {
        if (found.box_count == WP_WHO_BOXES) {
            found.has_more = true;
            break;
        }
        const struct wp_point *point =
            wp_point_copy(search->arena, wp_ask_simplify(search->prover.asker, is_new, search));
        struct wp_box *box = &found.boxes[found.box_count];
        wp_box_grow(box, search->arena, search->model, &view, 1, &search->when,
                    search->when ? 1 : 0, point, is_wanted, search);
        search->boxes[search->box_count++] =
            (struct wp_wanted){box_condition(search, box, found.box_count), true};
        found.box_count++;
        if (!box->is_whole) {
            found.has_more = true;
            break;
        }
    }
    who->undecided += answer == WP_ANSWER_UNDECIDED;
    if (found.box_count == 0)
        return;
    find_takers(search, &found);
    who->rules[who->count++] = found;
}

static void
start(struct search *search, struct wp_who_can *who, struct wp_arena *arena,
      const struct wp_model *model, const struct wp_test *when,
      const struct wp_analysis_options *options)
{
    *search = (struct search){.who = who, .arena = arena, .when = when};
    search->model = copy_with_room(arena, model);
    search->spare = model->network_count;
    *who = (struct wp_who_can){.model = search->model};
    wp_prover_init(&search->prover, arena, search->model, options);
}

void
wp_who_gets(struct wp_who_can *who, struct wp_arena *arena, const struct wp_model *model,
            struct wp_source_of_decision from, const struct wp_test *when,
            const struct wp_analysis_options *options)
{
    struct search search;

    start(&search, who, arena, model, when, options);
    who->rules = wp_alloc_array(arena, 1, sizeof *who->rules);
    search.policy = from.policy;
    search.rule = from.rule;
    search.view = wp_prover_view(&search.prover, from.policy);
    search_rule(&search);
}

void
wp_who_can(struct wp_who_can *who, struct wp_arena *arena, const struct wp_model *model,
           const struct wp_outcome *outcome, const struct wp_test *when,
           const struct wp_analysis_options *options)
{
    struct search search;
    size_t total = 0;

    start(&search, who, arena, model, when, options);
    for (uint32_t i = 0; i < model->policy_count; i++)
        total += (size_t)model->policies[i].rule_count + 1;
    who->rules = wp_alloc_array(arena, total + 1, sizeof *who->rules);
    for (search.policy = 0; search.policy < model->policy_count; search.policy++) {
        search.view = wp_prover_view(&search.prover, search.policy);
        uint32_t count = search.view->policy->rule_count;
        for (search.rule = 0; search.rule <= count; search.rule++) {
            struct wp_source_of_decision from = {search.policy, search.rule};
            if (search.rule < count && search.view->policy->rules[search.rule].report)
                continue;
            if (wp_outcome_holds(arena, model, outcome, from, WP_SOME_WAY))
                search_rule(&search);
        }
    }
}
