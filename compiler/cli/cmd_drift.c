/* woapol drift: what of a tenant is no longer as the policy says. Nothing in here
 * leads to a write: the plan that is made is only ever read. */
#include <stdio.h>
#include <string.h>

#include "compiler/cli/analysis_options.h"
#include "compiler/cli/diff_text.h"
#include "compiler/cli/output.h"
#include "compiler/cli/plan_print.h"
#include "compiler/cli/push_session.h"
#include "compiler/emit/compare.h"
#include "compiler/emit/drift.h"

#define FEW_REGIONS 10

struct found {
    struct wp_tenant_run *run;
    struct wp_drift drift;
};

/* ---- for a person ------------------------------------------------------------------ */

static void
print_item(const struct found *found, const struct wp_drift_item *item)
{
    static const char *const colours[] = {
        [WP_DRIFT_COSMETIC] = "",         [WP_DRIFT_STRICTER] = "\033[32m",
        [WP_DRIFT_LOOSER] = "\033[1;31m", [WP_DRIFT_OTHER] = "\033[33m",
        [WP_DRIFT_UNTOLD] = "\033[33m",
    };
    struct wp_arena *arena = found->run->arena;
    bool colour = wp_use_colour(found->run->invocation, stdout);
    struct wp_difference *differences;
    size_t count = wp_compare_bodies(arena, item->wanted, item->actual, &differences);

    (void)printf("%s%s%s: %s%s\n", colour ? colours[item->effect] : "", wp_drift_word(item->effect),
                 colour ? "\033[0m" : "", wp_key_label(arena, item->key),
                 item->actual == NULL   ? " is not there"
                 : item->wanted == NULL ? ", which the policy does not know"
                                        : "");
    for (size_t i = 0; i < count && item->actual != NULL; i++)
        (void)printf("  %s: %s -> %s\n", differences[i].path,
                     differences[i].before == NULL ? "none" : differences[i].before,
                     differences[i].after == NULL ? "none" : differences[i].after);
}

static void
print_human(const struct found *found)
{
    const struct wp_drift *drift = &found->drift;

    for (size_t i = 0; i < drift->count; i++)
        print_item(found, &drift->items[i]);
    if (drift->count > 0)
        (void)printf("\n");
    for (uint32_t i = 0; drift->has_diff && i < drift->diff.count && i < FEW_REGIONS; i++)
        wp_print_region(found->run->invocation, found->run->arena, &drift->diff,
                        &drift->diff.regions[i]);
    if (drift->has_diff) {
        (void)printf("decisions, from what the policy says to what the tenant does: ");
        wp_print_diff_sum(&drift->diff);
    }
    if (drift->untold[0] != '\0')
        (void)printf("which decisions differ cannot be told: %s\n", drift->untold);
    if (drift->count == 0)
        (void)printf("no drift: %s is as the policy says\n", found->run->url);
    else
        (void)printf("%zu object%s drifted: %s\n", drift->count, drift->count == 1 ? "" : "s",
                     wp_drift_word(drift->effect));
}

/* ---- for programs ---------------------------------------------------------------------- */

static json_t *
item_json(struct wp_arena *arena, const struct wp_drift_item *item)
{
    struct wp_difference *differences;
    size_t count = wp_compare_bodies(arena, item->wanted, item->actual, &differences);
    json_t *changes = json_array();

    for (size_t i = 0; i < count; i++)
        (void)json_array_append_new(
            changes, json_pack("{s:s, s:s?, s:s?}", "what", differences[i].path, "wanted",
                               differences[i].before, "actual", differences[i].after));
    return json_pack("{s:s, s:s, s:s, s:o}", "key", item->key, "effect",
                     wp_drift_word(item->effect), "state",
                     item->actual == NULL   ? "missing"
                     : item->wanted == NULL ? "unknown"
                                            : "changed",
                     "changes", changes);
}

static json_t *
drift_json(const struct found *found)
{
    const struct wp_drift *drift = &found->drift;
    struct wp_arena *arena = found->run->arena;
    json_t *items = json_array();

    for (size_t i = 0; i < drift->count; i++)
        (void)json_array_append_new(items, item_json(arena, &drift->items[i]));
    return json_pack("{s:s, s:s, s:s?, s:o, s:o}", "url", found->run->url, "effect",
                     drift->count == 0 ? "none" : wp_drift_word(drift->effect), "untold",
                     drift->untold[0] == '\0' ? NULL : drift->untold, "objects", items, "decisions",
                     drift->has_diff ? wp_diff_json(arena, &drift->diff) : json_null());
}

static bool
counts(const struct found *found)
{
    enum wp_drift_effect effect = found->drift.effect;

    if (found->drift.count == 0)
        return false;
    if (wp_option_is(found->run->invocation, "fail-on", "looser"))
        return effect == WP_DRIFT_LOOSER || effect == WP_DRIFT_OTHER || effect == WP_DRIFT_UNTOLD;
    return true;
}

static int
look(struct wp_tenant_run *run)
{
    const struct wp_plan_options options = {.allow_narrowing =
                                                wp_has_option(run->invocation, "allow-narrowing")};
    struct found found = {.run = run};
    struct wp_problem problem = {0};
    int status = wp_tenant_run_desire(run, &options);

    if (status != WP_EXIT_DONE)
        return status;
    if (!wp_drift_find(&found.drift, run->arena, &run->session, run->url, &run->desired, &options,
                       &problem))
        status = wp_tenant_fail(run, &problem);
    wp_progress_end(&run->line);
    if (status == WP_EXIT_DONE && wp_option_is(run->invocation, "format", "json"))
        status = wp_print_json(run->invocation, drift_json(&found));
    else if (status == WP_EXIT_DONE)
        print_human(&found);
    if (status == WP_EXIT_DONE && counts(&found))
        status = WP_EXIT_DIFFERENT;
    wp_drift_end(&found.drift);
    return status;
}

int
wp_cmd_drift(struct wp_invocation *invocation)
{
    struct wp_tenant_run run;
    int status = wp_tenant_run_open(&run, invocation, invocation->operands[0], WP_TENANT_READS);

    if (status == WP_EXIT_DONE)
        wp_push_warn_unconfirmed(&run);
    if (status == WP_EXIT_DONE)
        status = look(&run);
    wp_tenant_run_close(&run);
    return status;
}
