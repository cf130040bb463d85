/* woapol diff: which requests two versions of a policy decide differently. */
#include <stdio.h>
#include <string.h>

#include "compiler/analysis/diff.h"
#include "compiler/analysis/witness.h"
#include "compiler/cli/analysis_options.h"
#include "compiler/cli/junit.h"
#include "compiler/cli/output.h"
#include "compiler/cli/policy.h"

#define FEW_REGIONS 20

struct run {
    const struct wp_invocation *invocation;
    struct wp_arena *arena;
    struct wp_diff diff;
    uint32_t counts[5]; /* regions by enum wp_order */
};

static const char *const change_words[] = {
    [WP_ORDER_EQUAL] = "equal", [WP_ORDER_STRICTER] = "stricter", [WP_ORDER_LOOSER] = "looser",
    [WP_ORDER_MIXED] = "mixed", [WP_ORDER_OTHER] = "other",
};

/* ---- wording ------------------------------------------------------------------- */

static const char *
decision_text(const struct run *run, const struct wp_decision *decision)
{
    return wp_decision_sentence(run->arena, run->diff.joint.model, decision);
}

/* "'guests' of Workforce", "no policy". */
static const char *
decider_text(const struct run *run, uint32_t policy, uint32_t rule)
{
    const char *name = wp_diff_rule_name(&run->diff, policy, rule);

    if (!name)
        return "no policy";
    return wp_format(run->arena, "'%s' of %s", name, wp_diff_policy_name(&run->diff, policy));
}

static void
traits_of_region(const struct run *run, const struct wp_region *region, struct wp_traits *traits)
{
    const struct wp_model *model = run->diff.joint.model;
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

static void
print_region(const struct run *run, const struct wp_region *region)
{
    static const char *const colours[] = {"", "\033[32m", "\033[1;31m", "\033[33m", "\033[33m"};
    bool colour = wp_use_colour(run->invocation, stdout);
    struct wp_traits traits;
    struct wp_box_words words;

    traits_of_region(run, region, &traits);
    wp_box_describe(&words, run->arena, run->diff.joint.model, &traits, &region->box);
    (void)printf("%s%s%s: %s\n", colour ? colours[region->change] : "",
                 change_words[region->change], colour ? "\033[0m" : "",
                 wp_box_sentence(run->arena, &words));
    (void)printf("  before  %s by %s\n", decision_text(run, wp_region_before(&run->diff, region)),
                 decider_text(run, region->old_policy, region->old_rule));
    (void)printf("  after   %s by %s\n", decision_text(run, wp_region_after(&run->diff, region)),
                 decider_text(run, region->new_policy, region->new_rule));
    (void)printf("  witness %s\n\n",
                 wp_witness_json(run->arena, run->diff.joint.model, &traits, region->witness));
}

static void
print_sum(const struct run *run)
{
    const struct wp_diff *diff = &run->diff;
    const char *edits = diff->edits == 1 ? "edit" : "edits";

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
                     run->counts[WP_ORDER_LOOSER], run->counts[WP_ORDER_STRICTER],
                     run->counts[WP_ORDER_MIXED] + run->counts[WP_ORDER_OTHER]);
    if (diff->undecided)
        (void)printf("%u question%s undecided within the budget: there may be more; a larger "
                     "--budget may tell\n",
                     diff->undecided, diff->undecided == 1 ? "" : "s");
    if (diff->count)
        (void)printf("each region is for a user in exactly the groups it names; further groups "
                     "can lead to other rules\n");
}

static void
print_human(const struct run *run)
{
    uint32_t shown = run->diff.count;

    if (shown > FEW_REGIONS && !wp_has_option(run->invocation, "all"))
        shown = FEW_REGIONS;
    for (uint32_t i = 0; i < shown; i++)
        print_region(run, &run->diff.regions[i]);
    if (shown < run->diff.count)
        (void)printf("and %u more regions: --all shows them\n\n", run->diff.count - shown);
    if (run->diff.joint.other_assumptions)
        (void)printf("assumptions that only one version makes are left out\n");
    print_sum(run);
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
    const char *name = wp_diff_rule_name(&run->diff, policy, rule);
    bool is_rule = name && rule < run->diff.joint.model->policies[policy].rule_count;

    return json_pack("{s:s?, s:s?, s:s}", "policy", wp_diff_policy_name(&run->diff, policy), "rule",
                     is_rule ? name : NULL, "decision", decision_text(run, decision));
}

static json_t *
region_json(const struct run *run, const struct wp_region *region)
{
    struct wp_traits traits;
    struct wp_box_words words;

    traits_of_region(run, region, &traits);
    wp_box_describe(&words, run->arena, run->diff.joint.model, &traits, &region->box);
    return json_pack(
        "{s:s, s:o, s:o, s:s, s:o, s:o, s:o, s:b, s:o, s:o, s:s?, s:s?, s:o, s:o}", "change",
        change_words[region->change], "before",
        side_json(run, region->old_policy, region->old_rule, wp_region_before(&run->diff, region)),
        "after",
        side_json(run, region->new_policy, region->new_rule, wp_region_after(&run->diff, region)),
        "region", wp_box_sentence(run->arena, &words), "devices", list_json(words.devices),
        "networks", list_json(words.networks), "networks_except", list_json(words.but),
        "networks_exact", words.networks_exact, "ranges", list_json(words.ranges), "groups",
        list_json(words.groups), "app", words.app, "user", words.user, "postures",
        list_json(words.postures), "witness",
        wp_point_json(run->arena, run->diff.joint.model, &traits, region->witness));
}

static int
print_json(const struct run *run)
{
    json_t *regions = json_array();

    for (uint32_t i = 0; i < run->diff.count; i++)
        json_array_append_new(regions, region_json(run, &run->diff.regions[i]));
    return wp_print_json(
        run->invocation,
        json_pack("{s:o, s:i, s:i, s:i, s:i, s:i, s:i, s:b}", "regions", regions, "edits",
                  (int)run->diff.edits, "looser", (int)run->counts[WP_ORDER_LOOSER], "stricter",
                  (int)run->counts[WP_ORDER_STRICTER], "mixed", (int)run->counts[WP_ORDER_MIXED],
                  "other", (int)run->counts[WP_ORDER_OTHER], "undecided", (int)run->diff.undecided,
                  "equal", run->diff.is_equal));
}

static bool
is_failure(const struct run *run, enum wp_order change)
{
    const char *on = wp_option(run->invocation, "fail-on", "any");

    if (strcmp(on, "looser") == 0)
        return change == WP_ORDER_LOOSER || change == WP_ORDER_MIXED;
    if (strcmp(on, "stricter") == 0)
        return change == WP_ORDER_STRICTER || change == WP_ORDER_MIXED;
    return true;
}

/* For CI: one case a region, failed if it is of a kind that --fail-on names. */
static int
print_junit(const struct run *run)
{
    struct wp_junit_case *cases =
        wp_alloc_array(run->arena, (size_t)run->diff.count + 2, sizeof *cases);
    size_t count = 0;

    for (uint32_t i = 0; i < run->diff.count; i++) {
        const struct wp_region *region = &run->diff.regions[i];
        struct wp_traits traits;
        struct wp_box_words words;
        traits_of_region(run, region, &traits);
        wp_box_describe(&words, run->arena, run->diff.joint.model, &traits, &region->box);
        const char *text =
            wp_format(run->arena, "%s: %s became %s\n%s", change_words[region->change],
                      decision_text(run, wp_region_before(&run->diff, region)),
                      decision_text(run, wp_region_after(&run->diff, region)),
                      wp_witness_json(run->arena, run->diff.joint.model, &traits, region->witness));
        cases[count++] =
            (struct wp_junit_case){.suite = "diff",
                                   .name = wp_box_sentence(run->arena, &words),
                                   .failure = is_failure(run, region->change) ? text : NULL};
    }
    cases[count++] = (struct wp_junit_case){
        .suite = "diff",
        .name = "the comparison is complete",
        .failure = run->diff.undecided ? "undecided within the budget" : NULL};
    wp_junit_write(stdout, "diff", cases, count);
    return WP_EXIT_DONE;
}

/* ---- the command ------------------------------------------------------------------------ */

static int
report(struct run *run)
{
    int status = WP_EXIT_DONE;
    bool fails = false;

    for (uint32_t i = 0; i < run->diff.count; i++) {
        run->counts[run->diff.regions[i].change]++;
        fails = fails || is_failure(run, run->diff.regions[i].change);
    }
    if (wp_option_is(run->invocation, "format", "json"))
        status = print_json(run);
    else if (wp_option_is(run->invocation, "format", "junit"))
        status = print_junit(run);
    else
        print_human(run);
    if (status != WP_EXIT_DONE)
        return status;
    if (fails)
        return WP_EXIT_DIFFERENT;
    return run->diff.undecided
               ? wp_fail(run->invocation, "undecided within the budget: nothing is proved")
               : WP_EXIT_DONE;
}

static int
compare(const struct wp_invocation *invocation, struct wp_opened *versions)
{
    struct run run = {.invocation = invocation, .arena = versions[1].compilation.arena};
    struct wp_analysis_options options;
    struct wp_progress_line line;

    if (!wp_read_analysis_options(invocation, &options, &line))
        return WP_EXIT_USAGE;
    bool done = wp_diff_models(&run.diff, run.arena, versions[0].compilation.model,
                               versions[1].compilation.model, &options);
    wp_progress_end(&line);
    if (!done)
        return wp_fail(invocation, "together the versions have more than %d device types",
                       WP_MAX_DEVICES);
    return report(&run);
}

int
wp_cmd_diff(struct wp_invocation *invocation)
{
    struct wp_opened versions[2];
    int status = WP_EXIT_DONE;
    size_t opened = 0;

    for (; opened < 2 && status == WP_EXIT_DONE; opened++)
        status = wp_policy_open(&versions[opened], invocation, invocation->operands[opened],
                                WP_NEED_MODEL);
    if (status == WP_EXIT_DONE)
        status = compare(invocation, versions);
    while (opened > 0)
        wp_policy_close(&versions[--opened]);
    return status;
}
