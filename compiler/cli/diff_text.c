/* Wording of differences. */
#include "compiler/cli/diff_text.h"

#include <stdio.h>

#include "compiler/analysis/witness.h"
#include "compiler/cli/analysis_options.h"
#include "compiler/cli/output.h"

struct run {
    const struct wp_invocation *invocation;
    struct wp_arena *arena;
    const struct wp_diff *diff;
};

static const char *const change_words[] = {
    [WP_ORDER_EQUAL] = "equal", [WP_ORDER_STRICTER] = "stricter", [WP_ORDER_LOOSER] = "looser",
    [WP_ORDER_MIXED] = "mixed", [WP_ORDER_OTHER] = "other",
};

const char *
wp_order_word(enum wp_order change)
{
    return change_words[change];
}

/* ---- wording ------------------------------------------------------------------- */

static const char *
decision_text(const struct run *run, const struct wp_decision *decision)
{
    return wp_decision_sentence(run->arena, run->diff->joint.model, decision);
}

/* "'guests' of Workforce", "no policy". */
static const char *
decider_text(const struct run *run, uint32_t policy, uint32_t rule)
{
    const char *name = wp_diff_rule_name(run->diff, policy, rule);

    if (!name)
        return "no policy";
    return wp_format(run->arena, "'%s' of %s", name, wp_diff_policy_name(run->diff, policy));
}

void
wp_region_traits(const struct wp_diff *diff, const struct wp_region *region,
                 struct wp_traits *traits)
{
    const struct wp_model *model = diff->joint.model;
    struct wp_traits other;

    wp_traits_of_policy(model, &model->policies[region->old_policy], traits);
    wp_traits_of_policy(model, &model->policies[region->new_policy], &other);
    traits->network |= other.network;
    traits->device |= other.device;
    traits->entry |= other.entry;
    traits->risk |= other.risk;
    traits->compliant |= other.compliant;
    traits->managed |= other.managed;
}

/* ---- for a person ------------------------------------------------------------------ */

void
wp_print_region(const struct wp_invocation *invocation, struct wp_arena *arena,
                const struct wp_diff *diff, const struct wp_region *region)
{
    const struct run here = {invocation, arena, diff}, *run = &here;
    static const char *const colours[] = {"", "\033[32m", "\033[1;31m", "\033[33m", "\033[33m"};
    bool colour = wp_use_colour(run->invocation, stdout);
    struct wp_traits traits;
    struct wp_box_words words;

    wp_region_traits(run->diff, region, &traits);
    wp_box_describe(&words, run->arena, run->diff->joint.model, &traits, &region->box);
    (void)printf("%s%s%s: %s\n", colour ? colours[region->change] : "",
                 change_words[region->change], colour ? "\033[0m" : "",
                 wp_box_sentence(run->arena, &words));
    (void)printf("  before  %s by %s\n", decision_text(run, wp_region_before(run->diff, region)),
                 decider_text(run, region->old_policy, region->old_rule));
    (void)printf("  after   %s by %s\n", decision_text(run, wp_region_after(run->diff, region)),
                 decider_text(run, region->new_policy, region->new_rule));
    (void)printf("  witness %s\n\n",
                 wp_witness_json(run->arena, run->diff->joint.model, &traits, region->witness));
}

/* How many regions there are of each kind of change, by enum wp_order. */
static void
count_regions(const struct wp_diff *diff, uint32_t counts[5])
{
    for (int i = 0; i < 5; i++)
        counts[i] = 0;
    for (uint32_t i = 0; i < diff->count; i++)
        counts[diff->regions[i].change]++;
}

void
wp_print_diff_sum(const struct wp_diff *diff)
{
    uint32_t counts[5];
    const char *edits = diff->edits == 1 ? "edit" : "edits";

    count_regions(diff, counts);
    if (diff->is_equal) {
        if (diff->edits)
            (void)printf("%u %s, 0 decisions changed: proved\n", diff->edits, edits);
        else
            (void)printf("no rule differs: every request is decided as before\n");
        return;
    }
    if (diff->count)
        (void)printf("%u %s, %u region%s of requests decided otherwise: %u looser, %u stricter, "
                     "%u neither\n",
                     diff->edits, edits, diff->count, diff->count == 1 ? "" : "s",
                     counts[WP_ORDER_LOOSER], counts[WP_ORDER_STRICTER],
                     counts[WP_ORDER_MIXED] + counts[WP_ORDER_OTHER]);
    if (diff->undecided)
        (void)printf("%u question%s undecided within the budget: there may be more; a larger "
                     "--budget may tell\n",
                     diff->undecided, diff->undecided == 1 ? "" : "s");
    if (diff->count)
        (void)printf("each region is for a user in exactly the groups it names; further groups "
                     "can lead to other rules\n");
}

/* ---- for programs --------------------------------------------------------------------- */

static json_t *
list_json(const char *const *list)
{
    json_t *array;

    if (!list)
        return json_null();
    array = json_array();
    for (size_t i = 0; list[i]; i++)
        json_array_append_new(array, json_string(list[i]));
    return array;
}

static json_t *
side_json(const struct run *run, uint32_t policy, uint32_t rule, const struct wp_decision *decision)
{
    const char *name = wp_diff_rule_name(run->diff, policy, rule);
    bool is_rule = name && rule < run->diff->joint.model->policies[policy].rule_count;

    return json_pack("{s:s?, s:s?, s:s}", "policy", wp_diff_policy_name(run->diff, policy), "rule",
                     is_rule ? name : NULL, "decision", decision_text(run, decision));
}

/* A region as JSON (docs/json.md). */
static json_t *
region_json(struct wp_arena *arena, const struct wp_diff *diff, const struct wp_region *region)
{
    const struct run here = {.arena = arena, .diff = diff}, *run = &here;
    struct wp_traits traits;
    struct wp_box_words words;

    wp_region_traits(run->diff, region, &traits);
    wp_box_describe(&words, run->arena, run->diff->joint.model, &traits, &region->box);
    return json_pack(
        "{s:s, s:o, s:o, s:s, s:o, s:o, s:o, s:b, s:o, s:o, s:s?, s:s?, s:o, s:o}", "change",
        change_words[region->change], "before",
        side_json(run, region->old_policy, region->old_rule, wp_region_before(run->diff, region)),
        "after",
        side_json(run, region->new_policy, region->new_rule, wp_region_after(run->diff, region)),
        "region", wp_box_sentence(run->arena, &words), "devices", list_json(words.devices),
        "networks", list_json(words.networks), "networks_except", list_json(words.but),
        "networks_exact", words.networks_exact, "ranges", list_json(words.ranges), "groups",
        list_json(words.groups), "app", words.app, "user", words.user, "postures",
        list_json(words.postures), "witness",
        wp_point_json(run->arena, run->diff->joint.model, &traits, region->witness));
}

json_t *
wp_diff_json(struct wp_arena *arena, const struct wp_diff *diff)
{
    json_t *regions = json_array();
    uint32_t counts[5];

    count_regions(diff, counts);
    for (uint32_t i = 0; i < diff->count; i++)
        (void)json_array_append_new(regions, region_json(arena, diff, &diff->regions[i]));
    return json_pack("{s:o, s:i, s:i, s:i, s:i, s:i, s:i, s:b}", "regions", regions, "edits",
                     (int)diff->edits, "looser", (int)counts[WP_ORDER_LOOSER], "stricter",
                     (int)counts[WP_ORDER_STRICTER], "mixed", (int)counts[WP_ORDER_MIXED], "other",
                     (int)counts[WP_ORDER_OTHER], "undecided", (int)diff->undecided, "equal",
                     diff->is_equal);
}
