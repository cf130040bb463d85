#include "compiler/analysis/diff.h"
#include "compiler/analysis/align.h"

#include <stdlib.h>
#include <string.h>

/* One old and one new policy that decide for the same apps. */
struct pair {
    uint32_t old_policy, new_policy; /* numbers in the joint model; the last is "none" */
    struct wp_members apps;
    uint32_t *ids; /* of the apps */
};

struct differ {
    struct wp_diff *diff;
    struct wp_arena *arena;
    struct wp_model *model;
    struct wp_asker *asker;
    const struct wp_analysis_options *options;
    struct wp_view **views; /* by policy, made when needed */
    uint32_t nobody;        /* the policy that stands for none: denies */
    uint8_t *counted;       /* by policy and side: its edits are counted */
    size_t room;
    /* the pair at hand */
    const struct pair *pair;
    struct wp_view *old_view, *new_view;
    struct wp_alignment alignment;
    struct wp_traits traits;
    uint32_t old_kind, new_kind; /* of the region whose box grows */
};

/* ---- pairs of policies ------------------------------------------------------------ */

/* Stands for requests that no policy decides. */
static void
add_nobody(struct differ *differ)
{
    struct wp_model *model = differ->model;
    struct wp_policy *policies =
        wp_alloc_array(differ->arena, (size_t)model->policy_count + 1, sizeof *policies);

    memcpy(policies, model->policies, model->policy_count * sizeof *policies);
    differ->nobody = model->policy_count;
    struct wp_policy *nobody = &policies[differ->nobody];
    *nobody = (struct wp_policy){.span = {WP_NO_FILE, 0, 0}};
    nobody->rules = wp_alloc(differ->arena, sizeof *nobody->rules);
    nobody->otherwise.folded = wp_alloc(differ->arena, sizeof *nobody->otherwise.folded);
    nobody->otherwise.decision =
        (struct wp_decision){.effect = WP_DENY, .chain = WP_NONE, .reauth_seconds = WP_NO_REAUTH};
    model->policies = policies;
}

static struct wp_view *
view_of(struct differ *differ, uint32_t policy)
{
    if (!differ->views[policy]) {
        differ->views[policy] = wp_alloc(differ->arena, sizeof *differ->views[policy]);
        wp_view_init(differ->views[policy], differ->arena, differ->model, policy);
    }
    return differ->views[policy];
}

/* All pairs, each with the apps that it is about. */
static struct pair *
find_pairs(struct differ *differ, uint32_t *count)
{
    const struct wp_joint *joint = &differ->diff->joint;
    uint32_t apps = differ->model->app_count;
    struct pair *pairs = wp_alloc_array(differ->arena, (size_t)apps + 1, sizeof *pairs);

    *count = 0;
    for (uint32_t i = 0; i <= apps; i++) { /* the last: all other apps, or none */
        uint32_t old = joint->old_policy[i], new = joint->new_policy[i], at = 0;
        old = old == WP_NONE ? differ->nobody : old;
        new = new == WP_NONE ? differ->nobody : new;
        while (at < *count && (pairs[at].old_policy != old || pairs[at].new_policy != new))
            at++;
        if (at == *count) {
            uint32_t *ids = wp_alloc_array(differ->arena, (size_t)apps + 1, sizeof *ids);
            pairs[(*count)++] = (struct pair){old, new, {{ids, 0}, false}, ids};
        }
        if (i == apps)
            pairs[at].apps.others = true;
        else
            pairs[at].ids[pairs[at].apps.ids.count++] = i;
    }
    return pairs;
}

/* ---- edits ------------------------------------------------------------------------------ */

static bool
has_rule(const struct wp_policy *policy, const struct wp_model_rule *like)
{
    for (uint32_t i = 0; i < policy->rule_count; i++) {
        if (strcmp(policy->rules[i].name, like->name) == 0)
            return true;
    }
    return false;
}

/* A rule that stands under the same name in both versions is one edit. */
static void
count_edits(struct differ *differ)
{
    const struct wp_policy *old = differ->old_view->policy, *new = differ->new_view->policy;
    uint32_t edits = 0;

    if (differ->counted[differ->pair->old_policy] && differ->counted[differ->pair->new_policy])
        return;
    differ->counted[differ->pair->old_policy] = differ->counted[differ->pair->new_policy] = 1;
    for (uint32_t i = 0; i < new->rule_count; i++)
        edits += !new->rules[i].report && differ->alignment.new_partners[i] == WP_NONE;
    for (uint32_t i = 0; i < old->rule_count; i++)
        edits += !old->rules[i].report && differ->alignment.old_partners[i] == WP_NONE &&
                 !has_rule(new, &old->rules[i]);
    edits += differ->alignment.old_kinds[old->rule_count] !=
             differ->alignment.new_kinds[new->rule_count];
    differ->diff->edits += edits;
}

/* ---- regions -------------------------------------------------------------------------------- */

static bool
is_in_region(void *context, const struct wp_point *point)
{
    const struct differ *differ = context;
    uint32_t old = wp_view_decider(differ->old_view, point, 0);
    uint32_t new = wp_view_decider(differ->new_view, point, 0);

    return differ->alignment.old_kinds[old] == differ->old_kind &&
           differ->alignment.new_kinds[new] == differ->new_kind;
}

/* What may be left out of a witness: it must stay with the rule that is the
 * cause, and with the app. */
struct keeping {
    struct differ *differ;
    bool old_is_cause;
    uint32_t rule, app;
};

static bool
is_kept(void *context, const struct wp_point *point)
{
    struct keeping *keeping = context;
    struct differ *differ = keeping->differ;
    const struct wp_view *view = keeping->old_is_cause ? differ->old_view : differ->new_view;
    const struct wp_members *apps = &differ->pair->apps;
    bool in_pair = point->app == WP_NONE ? apps->others : wp_ids_have(&apps->ids, point->app);

    return in_pair && wp_view_decider(view, point, 0) == keeping->rule &&
           is_in_region(differ, point);
}

static struct wp_region *
new_region(struct differ *differ)
{
    struct wp_diff *diff = differ->diff;

    if (diff->count == differ->room) {
        size_t room = differ->room ? differ->room * 2 : 64;
        struct wp_region *more = wp_alloc_array(differ->arena, room, sizeof *more);
        if (diff->count)
            memcpy(more, diff->regions, diff->count * sizeof *more);
        diff->regions = more;
        differ->room = room;
    }
    return &diff->regions[diff->count++];
}

static void
add_region(struct differ *differ, bool old_is_cause, uint32_t rule, const struct wp_point *point)
{
    const struct wp_view *views[2] = {differ->old_view, differ->new_view};
    struct keeping keeping = {differ, old_is_cause, rule, point->app};
    struct wp_region *region = new_region(differ);

    differ->old_kind = differ->alignment.old_kinds[wp_view_decider(views[0], point, 0)];
    differ->new_kind = differ->alignment.new_kinds[wp_view_decider(views[1], point, 0)];
    point = wp_ask_simplify(differ->asker, is_kept, &keeping);
    region->witness = wp_point_copy(differ->arena, point);
    region->old_policy = differ->pair->old_policy;
    region->new_policy = differ->pair->new_policy;
    region->old_rule = wp_view_decider(views[0], point, 0);
    region->new_rule = wp_view_decider(views[1], point, 0);
    region->old_is_cause = old_is_cause;
    region->change =
        wp_compare_decisions(differ->model, wp_policy_decision(views[0]->policy, region->old_rule),
                             differ->model, wp_policy_decision(views[1]->policy, region->new_rule));
    wp_box_grow(&region->box, differ->arena, differ->model, views, 2, NULL, 0, region->witness,
                is_in_region, differ);
}

/* ---- searching ----------------------------------------------------------------------------------
 */

/* A changed rule, and the other version, whose rules are the candidates. */
struct search {
    struct differ *differ;
    bool old_is_cause;
    uint32_t rule;
    struct wp_view *mine, *theirs;
    const uint32_t *my_kinds, *their_kinds, *their_partners;
    uint8_t *found; /* by kind of the other version's decision */
};

static enum wp_answer
ask(struct search *search, uint32_t candidate, bool with_candidate, const struct wp_point **point)
{
    struct wp_view *mine = search->mine, *theirs = search->theirs;
    struct wp_wanted wanted[2];
    struct wp_avoided avoided[2] = {{mine->index, 0, search->rule, NULL},
                                    {theirs->index, 0, with_candidate ? candidate : 0, NULL}};
    struct wp_question question = {
        wanted, 0, avoided, 2, &search->differ->pair->apps, &search->differ->traits};

    if (search->rule < mine->policy->rule_count)
        wanted[question.wanted_count++] = wp_view_wanted(mine, search->rule);
    if (with_candidate && candidate < theirs->policy->rule_count)
        wanted[question.wanted_count++] = wp_view_wanted(theirs, candidate);
    return wp_ask(search->differ->asker, &question, point);
}

/* Differences whose old rule is unchanged are found from the new side; all
 * others from the old side. So each is found once. */
static bool
is_candidate(const struct search *search, uint32_t candidate)
{
    const struct wp_policy *policy = search->theirs->policy;
    uint32_t kind = search->their_kinds[candidate];

    if (candidate < policy->rule_count && policy->rules[candidate].report)
        return false;
    if (!search->old_is_cause && candidate < policy->rule_count &&
        search->their_partners[candidate] == WP_NONE)
        return false;
    if (!search->old_is_cause && candidate == policy->rule_count &&
        kind != search->my_kinds[search->mine->policy->rule_count])
        return false;
    return kind != search->my_kinds[search->rule] && !search->found[kind];
}

static uint64_t *
near_rules(struct search *search)
{
    uint32_t count = search->theirs->policy->rule_count;
    uint64_t *near = wp_alloc_array(search->differ->arena, (size_t)count / 64 + 1, sizeof *near);

    if (search->rule == search->mine->policy->rule_count)
        memset(near, 0xff, (count / 64 + 1) * sizeof *near);
    else
        wp_index_overlaps(search->theirs->index, wp_index_bounds(search->mine->index, search->rule),
                          near);
    return near;
}

static void
search_rule(struct search *search)
{
    uint32_t count = search->theirs->policy->rule_count;
    const struct wp_point *point;
    enum wp_answer answer = ask(search, 0, false, &point);
    struct wp_diff *diff = search->differ->diff;

    diff->undecided += answer == WP_ANSWER_UNDECIDED;
    if (answer == WP_ANSWER_NO) /* it decides nothing */
        return;
    uint64_t *near = near_rules(search);
    memset(search->found, 0, search->differ->alignment.kind_count);
    for (uint32_t i = 0; i <= count; i++) {
        if (i < count && !(near[i / 64] >> i % 64 & 1))
            continue;
        if (!is_candidate(search, i))
            continue;
        answer = ask(search, i, true, &point);
        diff->undecided += answer == WP_ANSWER_UNDECIDED;
        if (answer != WP_ANSWER_YES)
            continue;
        search->found[search->their_kinds[i]] = 1;
        add_region(search->differ, search->old_is_cause, search->rule, point);
    }
}

static void
search_side(struct differ *differ, bool old_is_cause)
{
    const struct wp_alignment *a = &differ->alignment;
    struct search search = {.differ = differ,
                            .old_is_cause = old_is_cause,
                            .mine = old_is_cause ? differ->old_view : differ->new_view,
                            .theirs = old_is_cause ? differ->new_view : differ->old_view,
                            .my_kinds = old_is_cause ? a->old_kinds : a->new_kinds,
                            .their_kinds = old_is_cause ? a->new_kinds : a->old_kinds,
                            .their_partners = old_is_cause ? a->new_partners : a->old_partners,
                            .found = wp_alloc_array(differ->arena, (size_t)a->kind_count + 1, 1)};
    const uint32_t *partners = old_is_cause ? a->old_partners : a->new_partners;
    uint32_t count = search.mine->policy->rule_count;
    uint32_t theirs = search.theirs->policy->rule_count;

    for (uint32_t i = 0; i <= count; i++) {
        bool is_changed = i < count
                              ? partners[i] == WP_NONE && !search.mine->policy->rules[i].report
                              : search.my_kinds[count] != search.their_kinds[theirs];
        if (!is_changed)
            continue;
        if (differ->options && differ->options->progress)
            differ->options->progress(differ->options->progress_context, "comparing", i, count);
        search.rule = i;
        search_rule(&search);
    }
}

static void
compare_pair(struct differ *differ, const struct pair *pair)
{
    differ->pair = pair;
    differ->old_view = view_of(differ, pair->old_policy);
    differ->new_view = view_of(differ, pair->new_policy);
    differ->traits =
        (struct wp_traits){differ->old_view->traits.network || differ->new_view->traits.network,
                           differ->old_view->traits.device || differ->new_view->traits.device,
                           differ->old_view->traits.entry || differ->new_view->traits.entry,
                           differ->old_view->traits.risk || differ->new_view->traits.risk,
                           differ->old_view->traits.compliant || differ->new_view->traits.compliant,
                           differ->old_view->traits.managed || differ->new_view->traits.managed};
    wp_align(&differ->alignment, differ->arena, differ->old_view, differ->new_view);
    count_edits(differ);
    search_side(differ, true);
    search_side(differ, false);
}

static int
compare_regions(const void *a, const void *b)
{
    static const int ranks[] = {[WP_ORDER_LOOSER] = 0,
                                [WP_ORDER_MIXED] = 1,
                                [WP_ORDER_OTHER] = 2,
                                [WP_ORDER_STRICTER] = 3,
                                [WP_ORDER_EQUAL] = 4};
    const struct wp_region *x = a, *y = b;

    if (x->change != y->change)
        return ranks[x->change] - ranks[y->change];
    if (x->new_policy != y->new_policy)
        return x->new_policy < y->new_policy ? -1 : 1;
    if (x->new_rule != y->new_rule)
        return x->new_rule < y->new_rule ? -1 : 1;
    return (x->old_rule > y->old_rule) - (x->old_rule < y->old_rule);
}

bool
wp_diff_models(struct wp_diff *diff, struct wp_arena *arena, const struct wp_model *old_model,
               const struct wp_model *new_model, const struct wp_analysis_options *options)
{
    uint32_t count;

    *diff = (struct wp_diff){0};
    wp_joint_init(&diff->joint, arena, old_model, new_model);
    if (diff->joint.too_many_devices)
        return false;
    struct differ differ = {
        .diff = diff, .arena = arena, .model = diff->joint.model, .options = options};
    add_nobody(&differ);
    differ.views = wp_alloc_array(arena, (size_t)differ.nobody + 1, sizeof *differ.views);
    differ.counted = wp_alloc_array(arena, (size_t)differ.nobody + 1, 1);
    differ.asker =
        wp_asker_new(arena, differ.model, options && options->each ? options->each : WP_USUAL_EACH,
                     options && options->all ? options->all : WP_USUAL_ALL);
    struct pair *pairs = find_pairs(&differ, &count);
    for (uint32_t i = 0; i < count; i++)
        compare_pair(&differ, &pairs[i]);
    if (diff->count > 1)
        qsort(diff->regions, diff->count, sizeof *diff->regions, compare_regions);
    diff->is_equal = diff->count == 0 && diff->undecided == 0;
    return true;
}

/* ---- reading a region ---------------------------------------------------------------------- */

const struct wp_decision *
wp_region_before(const struct wp_diff *diff, const struct wp_region *region)
{
    return wp_policy_decision(&diff->joint.model->policies[region->old_policy], region->old_rule);
}

const struct wp_decision *
wp_region_after(const struct wp_diff *diff, const struct wp_region *region)
{
    return wp_policy_decision(&diff->joint.model->policies[region->new_policy], region->new_rule);
}

const char *
wp_diff_policy_name(const struct wp_diff *diff, uint32_t policy)
{
    return diff->joint.model->policies[policy].name;
}

const char *
wp_diff_rule_name(const struct wp_diff *diff, uint32_t policy, uint32_t rule)
{
    const struct wp_policy *p = &diff->joint.model->policies[policy];

    if (!p->name)
        return NULL;
    return rule < p->rule_count ? p->rules[rule].name : "otherwise";
}
