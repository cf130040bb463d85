/* woapol diff: which requests two versions of a policy decide differently. */
#include <stdio.h>
#include <string.h>

#include "compiler/analysis/witness.h"
#include "compiler/cli/analysis_options.h"
#include "compiler/cli/diff_text.h"
#include "compiler/cli/junit.h"
#include "compiler/cli/output.h"
#include "compiler/cli/policy.h"

#define FEW_REGIONS 20

struct run {
    const struct wp_invocation *invocation;
    struct wp_arena *arena;
    struct wp_diff diff;
};

static void
print_human(const struct run *run)
{
    uint32_t shown = run->diff.count;

    if (shown > FEW_REGIONS && !wp_has_option(run->invocation, "all"))
        shown = FEW_REGIONS;
    for (uint32_t i = 0; i < shown; i++)
        wp_print_region(run->invocation, run->arena, &run->diff, &run->diff.regions[i]);
    if (shown < run->diff.count)
        (void)printf("and %u more regions: --all shows them\n\n", run->diff.count - shown);
    if (run->diff.joint.other_assumptions)
        (void)printf("assumptions that only one version makes are left out\n");
    wp_print_diff_sum(&run->diff);
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
        wp_region_traits(&run->diff, region, &traits);
        wp_box_describe(&words, run->arena, run->diff.joint.model, &traits, &region->box);
        const char *text =
            wp_format(run->arena, "%s: %s became %s\n%s", wp_order_word(region->change),
                      wp_decision_sentence(run->arena, run->diff.joint.model,
                                           wp_region_before(&run->diff, region)),
                      wp_decision_sentence(run->arena, run->diff.joint.model,
                                           wp_region_after(&run->diff, region)),
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

    for (uint32_t i = 0; i < run->diff.count; i++)
        fails = fails || is_failure(run, run->diff.regions[i].change);
    if (wp_option_is(run->invocation, "format", "json"))
        status = wp_print_json(run->invocation, wp_diff_json(run->arena, &run->diff));
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
