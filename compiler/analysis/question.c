#include "compiler/analysis/question.h"
#include "compiler/analysis/group_names.h"
#include "compiler/analysis/slice.h"
#include "compiler/analysis/vector.h"

/* How many takers of a proposal are looked at to find the most general. */
#define LOOK 8

struct wp_asker {
    struct wp_arena *arena;
    const struct wp_model *model;
    struct wp_slice *slice;
    struct wp_index *facts; /* by assumption: the requests it says there are none of */
    uint64_t each, all, left;
    struct wp_ask_counts counts;
    wp_proof_log log;
    void *log_context;

    const struct wp_question *question;
    const struct wp_members *apps;
    /* What the solver knows: guards[i] switches culprits[i] on. */
    uint32_t *guards;
    struct wp_culprit *culprits;
    size_t known, guard_room, culprit_room;
    /* The cover: culprits and their guards. */
    struct wp_culprit *cover;
    uint32_t *cover_guards, *trial;
    uint32_t cover_count;
    size_t cover_room, cover_guard_room, trial_room;
    struct wp_point *witness;
};

#define RESERVE(field, room, wanted)                                                               \
    (asker->field = wp_vector_reserve(asker->arena, asker->field, &asker->room, (wanted),          \
                                      sizeof *asker->field))

static struct wp_test *
new_test(struct wp_asker *asker, enum wp_test_kind kind, uint32_t parts)
{
    struct wp_test *test = wp_alloc(asker->arena, sizeof *test);

    test->kind = kind;
    test->part_count = parts;
    if (parts)
        test->parts = wp_alloc_array(asker->arena, parts, sizeof *test->parts);
    return test;
}

static struct wp_test *
group_test(struct wp_asker *asker, uint32_t group)
{
    struct wp_test *test = new_test(asker, WP_TEST_GROUP, 0);
    uint32_t *id = wp_alloc(asker->arena, sizeof *id);

    *id = group;
    test->ids = (struct wp_ids){id, 1};
    return test;
}

/* The requests that "premise implies conclusion" says there are none of. */
static struct wp_test *
ruled_out(struct wp_asker *asker, struct wp_test *premise, struct wp_test *conclusion)
{
    struct wp_test *both = new_test(asker, WP_TEST_AND, 2);

    both->parts[0] = premise;
    both->parts[1] = new_test(asker, WP_TEST_NOT, 1);
    both->parts[1]->parts[0] = conclusion;
    return both;
}

/* What the source assumes, then what names of groups entail: no request can say
 * otherwise. */
static void
index_facts(struct wp_asker *asker)
{
    const struct wp_model *model = asker->model;
    uint32_t pair_count, count = model->assumption_count;
    struct wp_group_pair *pairs = wp_group_pairs(asker->arena, model, &pair_count);
    const struct wp_test **tests =
        wp_alloc_array(asker->arena, (size_t)count + pair_count + 1, sizeof *tests);

    for (uint32_t i = 0; i < count; i++)
        tests[i] = ruled_out(asker, model->assumptions[i].premise_folded,
                             model->assumptions[i].conclusion_folded);
    for (uint32_t i = 0; i < pair_count; i++)
        tests[count + i] =
            ruled_out(asker, group_test(asker, pairs[i].group), group_test(asker, pairs[i].also));
    asker->facts = wp_index_new(asker->arena, model, tests, count + pair_count);
}

struct wp_asker *
wp_asker_new(struct wp_arena *arena, const struct wp_model *model, uint64_t each, uint64_t all)
{
    struct wp_asker *asker = wp_alloc(arena, sizeof *asker);
    asker->arena = arena;
    asker->model = model;
    asker->slice = wp_slice_new(arena, model);
    asker->each = each;
    asker->all = all;
    index_facts(asker);
    return asker;
}

void
wp_ask_set_log(struct wp_asker *asker, wp_proof_log log, void *context)
{
    asker->log = log;
    asker->log_context = context;
}

bool
wp_ask_verify_lemma(void *context, const uint32_t *literals, uint32_t count)
{
    struct wp_asker *asker = context;
    return wp_slice_verify(asker->slice, asker->model, literals, count, asker->apps);
}

const uint32_t *
wp_ask_guards(const struct wp_asker *asker, uint32_t *count)
{
    *count = (uint32_t)asker->known;
    return asker->guards;
}

struct wp_ask_counts
wp_ask_counts(const struct wp_asker *asker)
{
    return asker->counts;
}

/* May the point be, as far as the assumptions go? */
static bool
ask_possible(const struct wp_asker *asker, const struct wp_point *point)
{
    uint32_t found;
    return wp_index_find(asker->facts, point, 0, UINT32_MAX, NULL, &found, 1) == 0;
}

/* ---- proposals -------------------------------------------------------------------- */

/* Makes a culprit known to the solver, behind a new guard. */
static void
make_known(struct wp_asker *asker, struct wp_culprit culprit)
{
    const struct wp_index *index =
        culprit.avoided == WP_NONE ? asker->facts : asker->question->avoided[culprit.avoided].index;
    uint32_t guard = wp_literal(wp_sat_new_variable(wp_slice_sat(asker->slice)), false);

    RESERVE(guards, guard_room, asker->known + 1);
    RESERVE(culprits, culprit_room, asker->known + 1);
    asker->guards[asker->known] = guard;
    asker->culprits[asker->known++] = culprit;
    wp_slice_assert(asker->slice, wp_index_test(index, culprit.number), true, guard);
}

/* Looks for an assumption that rules the point out or an avoided condition that
 * takes it: the most general of the first few. */
static bool
find_culprit(const struct wp_asker *asker, const struct wp_point *point, struct wp_culprit *culprit)
{
    uint32_t found[LOOK], count, best = UINT32_MAX;

    if (wp_index_find(asker->facts, point, 0, UINT32_MAX, NULL, found, 1)) {
        *culprit = (struct wp_culprit){WP_NONE, found[0]};
        return true;
    }
    for (uint32_t a = 0; a < asker->question->avoided_count; a++) {
        const struct wp_avoided *list = &asker->question->avoided[a];
        count = wp_index_find(list->index, point, list->from, list->limit, list->only, found, LOOK);
        for (uint32_t i = 0; i < count; i++) {
            uint32_t weight = wp_index_weight(list->index, found[i]);
            if (weight >= best)
                continue;
            best = weight;
            *culprit = (struct wp_culprit){a, found[i]};
        }
    }
    return best != UINT32_MAX;
}

static void
keep_cover(struct wp_asker *asker)
{
    uint32_t count;
    const uint32_t *core = wp_sat_core(wp_slice_sat(asker->slice), &count);

    RESERVE(cover, cover_room, (size_t)count + 1);
    RESERVE(cover_guards, cover_guard_room, (size_t)count + 1);
    asker->cover_count = 0;
    for (size_t i = 0; i < asker->known; i++) {
        bool in_core = false;
        for (uint32_t k = 0; k < count && !in_core; k++)
            in_core = core[k] == asker->guards[i];
        if (!in_core)
            continue;
        asker->cover[asker->cover_count] = asker->culprits[i];
        asker->cover_guards[asker->cover_count++] = asker->guards[i];
    }
}

/* Lets the solver propose until a proposal stands; whoever takes one becomes
 * known to it. */
static enum wp_answer
propose(struct wp_asker *asker, uint64_t *budget)
{
    struct wp_sat *sat = wp_slice_sat(asker->slice);
    struct wp_culprit culprit;

    for (;;) {
        uint64_t before = *budget;
        enum wp_sat_result result =
            wp_sat_solve(sat, asker->guards, (uint32_t)asker->known, budget);
        asker->counts.conflicts += before - *budget;
        if (result == WP_SAT_NO)
            return WP_ANSWER_NO;
        if (result == WP_SAT_UNDECIDED || *budget == 0)
            return WP_ANSWER_UNDECIDED;
        asker->counts.proposals++;
        --*budget;
        asker->witness = wp_slice_point(asker->slice);
        if (!find_culprit(asker, asker->witness, &culprit))
            return WP_ANSWER_YES;
        make_known(asker, culprit);
    }
}

/* Runs `propose` within what is left of both budgets. */
static enum wp_answer
spend(struct wp_asker *asker)
{
    uint64_t budget = asker->left < asker->all ? asker->left : asker->all;
    uint64_t before = budget;
    enum wp_answer answer = propose(asker, &budget);

    asker->left -= before - budget;
    asker->all -= before - budget;
    return answer;
}

enum wp_answer
wp_ask(struct wp_asker *asker, const struct wp_question *question, const struct wp_point **witness)
{
    asker->question = question;
    asker->apps = question->apps;
    asker->left = asker->each;
    asker->known = 0;
    asker->cover_count = 0;
    asker->counts.questions++;
    wp_slice_reset(asker->slice, question->apps, question->traits);
    if (asker->log)
        wp_sat_set_log(wp_slice_sat(asker->slice), asker->log, asker->log_context);
    for (uint32_t i = 0; i < question->wanted_count; i++)
        wp_slice_assert(asker->slice, question->wanted[i].test, question->wanted[i].negated,
                        WP_NONE);
    enum wp_answer answer = spend(asker);
    if (answer == WP_ANSWER_NO)
        keep_cover(asker);
    if (answer == WP_ANSWER_UNDECIDED)
        asker->counts.undecided++;
    if (witness)
        *witness = answer == WP_ANSWER_YES ? asker->witness : NULL;
    return answer;
}

/* ---- covers ---------------------------------------------------------------------------- */

const struct wp_culprit *
wp_ask_cover(const struct wp_asker *asker, uint32_t *count)
{
    *count = asker->cover_count;
    return asker->cover;
}

/* Is there no request even without member `left_out` of the cover? Keeps to the
 * culprits in the cover, so a proposal needs no check: if the solver has one,
 * the member is needed. */
static enum wp_answer
try_without(struct wp_asker *asker, uint32_t left_out)
{
    uint64_t budget = asker->left < asker->all ? asker->left : asker->all, before = budget;
    uint32_t count = 0;

    RESERVE(trial, trial_room, (size_t)asker->cover_count + 1);
    for (uint32_t i = 0; i < asker->cover_count; i++) {
        if (i != left_out)
            asker->trial[count++] = asker->cover_guards[i];
    }
    enum wp_sat_result result =
        wp_sat_solve(wp_slice_sat(asker->slice), asker->trial, count, &budget);
    asker->left -= before - budget;
    asker->all -= before - budget;
    asker->counts.conflicts += before - budget;
    if (result == WP_SAT_UNDECIDED)
        return WP_ANSWER_UNDECIDED;
    return result == WP_SAT_NO ? WP_ANSWER_NO : WP_ANSWER_YES;
}

/* Facts not yet known could rule the proposal out; then they join the cover, as
 * they hold anyway, and the member goes. */
static bool
bring_in_facts(struct wp_asker *asker)
{
    struct wp_point *point = wp_slice_point(asker->slice);
    uint32_t found;

    if (!wp_index_find(asker->facts, point, 0, UINT32_MAX, NULL, &found, 1))
        return false;
    make_known(asker, (struct wp_culprit){WP_NONE, found});
    RESERVE(cover, cover_room, (size_t)asker->cover_count + 1);
    RESERVE(cover_guards, cover_guard_room, (size_t)asker->cover_count + 1);
    asker->cover[asker->cover_count] = asker->culprits[asker->known - 1];
    asker->cover_guards[asker->cover_count++] = asker->guards[asker->known - 1];
    return true;
}

static void
drop_facts_not_needed(struct wp_asker *asker)
{
    uint32_t count, kept = 0;
    const uint32_t *core = wp_sat_core(wp_slice_sat(asker->slice), &count);

    for (uint32_t i = 0; i < asker->cover_count; i++) {
        bool in_core = false;
        for (uint32_t k = 0; k < count && !in_core; k++)
            in_core = core[k] == asker->cover_guards[i];
        if (!in_core)
            continue;
        asker->cover[kept] = asker->cover[i];
        asker->cover_guards[kept++] = asker->cover_guards[i];
    }
    asker->cover_count = kept;
}

bool
wp_ask_shrink_cover(struct wp_asker *asker)
{
    /* From the last, since earlier rules are the more telling ones; then the
     * assumptions that the remaining rules do not need. */
    for (uint32_t i = asker->cover_count; i-- > 0;) {
        enum wp_answer answer;
        if (i >= asker->cover_count || asker->cover[i].avoided == WP_NONE)
            continue;
        do
            answer = try_without(asker, i);
        while (answer == WP_ANSWER_YES && bring_in_facts(asker));
        if (answer == WP_ANSWER_UNDECIDED)
            return false;
        if (answer == WP_ANSWER_NO)
            drop_facts_not_needed(asker);
    }
    for (uint32_t i = asker->cover_count; i-- > 0;) {
        if (i < asker->cover_count && asker->cover[i].avoided == WP_NONE &&
            try_without(asker, i) == WP_ANSWER_NO)
            drop_facts_not_needed(asker);
    }
    return true;
}

/* ---- witnesses -------------------------------------------------------------------------- */

static bool
is_fine(const struct wp_asker *asker, const struct wp_point *point, wp_still_right still_right,
        void *context)
{
    return ask_possible(asker, point) && still_right(context, point);
}

/* Takes out one group after the other, where that leaves a right point. */
static void
drop_groups(struct wp_asker *asker, struct wp_point *point, wp_still_right still_right,
            void *context)
{
    for (uint32_t i = point->group_count; i-- > 0;) {
        uint32_t group = point->groups[i];
        memmove(&point->groups[i], &point->groups[i + 1],
                (point->group_count - i - 1) * sizeof *point->groups);
        point->group_count--;
        if (is_fine(asker, point, still_right, context))
            continue;
        memmove(&point->groups[i + 1], &point->groups[i],
                (point->group_count - i) * sizeof *point->groups);
        point->groups[i] = group;
        point->group_count++;
    }
}

const struct wp_point *
wp_ask_simplify(struct wp_asker *asker, wp_still_right still_right, void *context)
{
    struct wp_point *point = asker->witness;
    struct wp_point tried;

    drop_groups(asker, point, still_right, context);
    tried = *point;
    tried.user = WP_NONE;
    if (point->user != WP_NONE && is_fine(asker, &tried, still_right, context))
        *point = tried;
    tried = *point;
    tried.app = WP_NONE;
    if (point->app != WP_NONE && is_fine(asker, &tried, still_right, context))
        *point = tried;
    for (uint32_t bit = 1; bit <= 2; bit++) { /* managed, compliant */
        tried = *point;
        tried.posture &= ~bit;
        if (tried.posture != point->posture && is_fine(asker, &tried, still_right, context))
            *point = tried;
    }
    return point;
}
