/* A sign-in that two tenants decide differently: as a sentence, as a test, as steps. */
#include "compiler/cli/same_text.h"

#include <stdio.h>
#include <string.h>

#include "compiler/analysis/text.h"
#include "compiler/analysis/witness.h"
#include "compiler/cli/analysis_options.h"
#include "compiler/cli/device_steps.h"
#include "compiler/cli/diff_text.h"
#include "compiler/cli/output.h"

/* ---- the two tenants --------------------------------------------------------------- */

static const char *
tenant_name(const struct wp_same *same, int side)
{
    const struct wp_session *session = same->sides[side].session;

    return session->tenant == NULL ? session->kind->label : session->tenant->name->text;
}

const char *
wp_same_side_text(const struct wp_same *same, int side)
{
    const struct wp_session *session = same->sides[side].session;

    return session->tenant == NULL
               ? session->kind->label
               : wp_format(same->arena, "%s (%s)", tenant_name(same, side), session->kind->label);
}

bool
wp_same_is_proved(const struct wp_same *same)
{
    return same->diff.count == 0 && same->diff.undecided == 0;
}

static const char *
scope_text(const struct wp_same *same)
{
    const char *apps =
        wp_format(same->arena, "%zu app%s", same->app_count, same->app_count == 1 ? "" : "s");

    if (same->others)
        apps = same->app_count == 0 ? "the default policy"
                                    : wp_format(same->arena, "%s and the default policy", apps);
    return wp_format(same->arena, "%s, methods by %s", apps,
                     same->by_strength ? "strength" : "name");
}

/* ---- one situation ------------------------------------------------------------------ */

static const struct wp_decision *
decision_of(const struct wp_same *same, int side)
{
    return side == 0 ? wp_region_before(&same->diff, same->smallest)
                     : wp_region_after(&same->diff, same->smallest);
}

static const char *
decision_text(const struct wp_same *same, int side)
{
    return wp_decision_sentence(same->arena, same->diff.joint.model, decision_of(same, side));
}

static const char *
policy_name(const struct wp_same *same, int side)
{
    const struct wp_region *region = same->smallest;
    return wp_diff_policy_name(&same->diff, side == 0 ? region->old_policy : region->new_policy);
}

/* NULL for no policy. */
static const char *
rule_name(const struct wp_same *same, int side)
{
    const struct wp_region *region = same->smallest;
    return side == 0 ? wp_diff_rule_name(&same->diff, region->old_policy, region->old_rule)
                     : wp_diff_rule_name(&same->diff, region->new_policy, region->new_rule);
}

static struct wp_observed
seen_by(const struct wp_same *same, int side)
{
    return wp_observe(&same->sides[side].observer, same->point->device, same->point->posture,
                      same->point->app);
}

/* "takes the iPad for a Mac [D15]"; NULL when it sees what is. */
static const char *
mistake_text(const struct wp_same *same, int side)
{
    struct wp_observed seen = seen_by(same, side);
    const char *is = wp_device_label(same->model, same->point->device);
    const char *as = wp_device_label(same->model, seen.device);

    if (is == NULL || seen.device == same->point->device)
        return NULL;
    if (as == NULL)
        return wp_format(same->arena, "knows no device type for %s", is);
    return wp_format(same->arena, "takes the %s for %s %s%s%s%s", is, wp_indefinite_article(as), as,
                     seen.mistake->cite != NULL ? " [" : "",
                     seen.mistake->cite != NULL ? seen.mistake->cite : "",
                     seen.mistake->cite != NULL ? "]" : "");
}

/* "is not told that it is managed [D14]". */
static const char *
loss_text(const struct wp_same *same, int side)
{
    struct wp_observed seen = seen_by(same, side);
    uint32_t posture = same->point->posture;
    bool managed = wp_posture_managed(posture) && !wp_posture_managed(seen.posture);
    bool compliant = wp_posture_compliant(posture) && !wp_posture_compliant(seen.posture);

    if (!managed && !compliant)
        return NULL;
    return wp_format(same->arena, "is not told that the device is %s%s%s%s%s%s",
                     managed ? "managed" : "", managed && compliant ? " and " : "",
                     compliant ? "compliant" : "", seen.loss != NULL ? " [" : "",
                     seen.loss != NULL && seen.loss->cite != NULL ? seen.loss->cite : "",
                     seen.loss != NULL ? "]" : "");
}

static void
traits_of(const struct wp_same *same, struct wp_traits *traits)
{
    wp_region_traits(&same->diff, same->smallest, traits);
    traits->network = true;
}

/* ---- as a test ---------------------------------------------------------------------------- */

/* What the source decides for it. */
static const struct wp_policy *
source_policy(const struct wp_same *same, uint32_t *rule)
{
    uint32_t policy = wp_point_policy(same->model, same->point);

    if (policy == WP_NONE)
        return NULL;
    *rule = wp_point_rule(same->model, &same->model->policies[policy], same->point, 0);
    return &same->model->policies[policy];
}

static const char *
test_text(const struct wp_same *same)
{
    const struct wp_point *point = same->point;
    const char *device = wp_device_label(same->model, point->device);
    const char *app = point->app == WP_NONE ? NULL : same->model->apps[point->app].name;
    struct wp_traits traits;
    uint32_t rule = 0;

    traits_of(same, &traits);
    const struct wp_policy *policy = source_policy(same, &rule);
    const char *name =
        wp_format(same->arena, "%s and %s decide differently: %s%s%s", tenant_name(same, 0),
                  tenant_name(same, 1), device == NULL ? "another device" : device,
                  app == NULL ? "" : " to ", app == NULL ? "" : app);
    return wp_format(same->arena, "// %s: %s\n// %s: %s\n%s", wp_same_side_text(same, 0),
                     decision_text(same, 0), wp_same_side_text(same, 1), decision_text(same, 1),
                     wp_witness_test(same->arena, same->model, &traits, name, point, policy, rule));
}

/* ---- as steps ---------------------------------------------------------------------------------
 */

static const char *const *
steps_of(const struct wp_same *same)
{
    const struct wp_model *joint = same->diff.joint.model;
    const struct wp_point *witness = same->smallest->witness;
    struct wp_traits traits;
    const char **groups =
        wp_alloc_array(same->arena, (size_t)witness->group_count + 1, sizeof *groups);

    traits_of(same, &traits);
    for (uint32_t i = 0; i < witness->group_count; i++)
        groups[i] = joint->groups[witness->groups[i]].name;
    struct wp_real_sign_in sign_in = {.arena = same->arena,
                                      .model = same->model,
                                      .point = same->point,
                                      .traits = &traits,
                                      .groups = (const char *const *)groups};
    for (int i = 0; i < 2; i++)
        sign_in.eyes[i] = &same->sides[i].observer;
    return wp_device_steps(&sign_in);
}

static const char *
sentence(const struct wp_same *same)
{
    struct wp_traits traits;

    traits_of(same, &traits);
    return wp_witness_sentence(same->arena, same->diff.joint.model, &traits,
                               same->smallest->witness);
}

/* ---- for a person
 * -------------------------------------------------------------------------------- */

static void
print_side(const struct wp_same *same, int side)
{
    const char *rule = rule_name(same, side), *mistake = mistake_text(same, side);
    const char *loss = loss_text(same, side);

    (void)printf("  %s: %s, ", wp_same_side_text(same, side), decision_text(same, side));
    if (rule == NULL)
        (void)printf("no policy applies\n");
    else
        (void)printf("by '%s' of %s\n", rule, policy_name(same, side));
    if (mistake != NULL)
        (void)printf("    it %s\n", mistake);
    if (loss != NULL)
        (void)printf("    it %s\n", loss);
}

static void
print_situation(const struct wp_same *same)
{
    const char *const *steps = steps_of(same);
    int number = 1;

    (void)printf("for %s\n", sentence(same));
    for (int i = 0; i < 2; i++)
        print_side(same, i);
    (void)printf("\nas a test, of what the source decides:\n%s\n\non a real device:\n",
                 test_text(same));
    for (; *steps != NULL; steps++)
        (void)printf("  %d. %s\n", number++, *steps);
    for (int i = 0; i < 2; i++)
        (void)printf("  %d. %s should come to: %s.\n", number++, wp_same_side_text(same, i),
                     decision_text(same, i));
    (void)printf("\n");
}

void
wp_same_print(const struct wp_invocation *invocation, const struct wp_same *same)
{
    const char *first = wp_same_side_text(same, 0), *second = wp_same_side_text(same, 1);
    bool colour = wp_use_colour(invocation, stdout);

    if (same->smallest != NULL)
        print_situation(same);
    if (same->diff.count > 1)
        (void)printf("%u regions of sign-ins differ; this one is the easiest to see\n",
                     same->diff.count);
    if (same->diff.undecided > 0)
        (void)printf("%u questions undecided within the budget: there may be more\n",
                     same->diff.undecided);
    if (wp_same_is_proved(same))
        (void)printf("%sproved%s: %s and %s decide every real sign-in alike, for %s\n",
                     colour ? "\033[32m" : "", colour ? "\033[0m" : "", first, second,
                     scope_text(same));
    if (wp_same_is_proved(same) && same->open != NULL)
        (void)printf("not settled: %s\n", same->open);
    if (wp_same_is_proved(same))
        return;
    if (same->diff.count > 0)
        (void)printf("%srefuted%s: %s and %s do not decide every real sign-in alike, for %s\n",
                     colour ? "\033[1;31m" : "", colour ? "\033[0m" : "", first, second,
                     scope_text(same));
    else
        (void)printf("undecided within the budget: nothing is proved\n");
}

/* ---- for programs
 * ----------------------------------------------------------------------------------- */

static json_t *
side_json(const struct wp_same *same, int side)
{
    struct wp_observed seen = seen_by(same, side);
    const char *rule = rule_name(same, side);
    const struct wp_region *region = same->smallest;
    uint32_t number = side == 0 ? region->old_rule : region->new_rule;
    uint32_t policy = side == 0 ? region->old_policy : region->new_policy;
    bool is_rule = rule != NULL && number < same->diff.joint.model->policies[policy].rule_count;
    const char *device = seen.device == 0 || seen.device >= same->model->device_count
                             ? NULL
                             : same->model->devices[seen.device].name;
    json_t *because = json_array();

    if (mistake_text(same, side) != NULL)
        (void)json_array_append_new(because, json_string(mistake_text(same, side)));
    if (loss_text(same, side) != NULL)
        (void)json_array_append_new(because, json_string(loss_text(same, side)));
    return json_pack("{s:s, s:s?, s:s?, s:s, s:{s:s?, s:b, s:b}, s:o}", "tenant",
                     tenant_name(same, side), "policy", policy_name(same, side), "rule",
                     is_rule ? rule : NULL, "decision", decision_text(same, side), "sees", "device",
                     device, "managed", (int)wp_posture_managed(seen.posture), "compliant",
                     (int)wp_posture_compliant(seen.posture), "because", because);
}

static json_t *
source_json(const struct wp_same *same)
{
    static const struct wp_decision none = {
        .effect = WP_DENY, .chain = WP_NONE, .reauth_seconds = WP_NO_REAUTH};
    uint32_t rule = 0;
    const struct wp_policy *policy = source_policy(same, &rule);
    bool is_rule = policy != NULL && rule < policy->rule_count;

    return json_pack(
        "{s:s?, s:s?, s:s}", "policy", policy == NULL ? NULL : policy->name, "rule",
        is_rule ? policy->rules[rule].name : NULL, "decision",
        wp_decision_sentence(same->arena, same->model,
                             policy == NULL ? &none : wp_policy_decision(policy, rule)));
}

static json_t *
situation_json(const struct wp_same *same)
{
    struct wp_traits traits;
    json_t *steps = json_array();

    if (same->smallest == NULL) {
        json_decref(steps);
        return json_null();
    }
    traits_of(same, &traits);
    for (const char *const *step = steps_of(same); *step != NULL; step++)
        (void)json_array_append_new(steps, json_string(*step));
    return json_pack("{s:s, s:o, s:[o, o], s:o, s:s, s:o}", "sentence", sentence(same), "witness",
                     wp_point_json(same->arena, same->model, &traits, same->point), "decisions",
                     side_json(same, 0), side_json(same, 1), "source", source_json(same), "test",
                     test_text(same), "steps", steps);
}

static json_t *
tenant_json(const struct wp_same *same, int side)
{
    return json_pack("{s:s, s:s}", "name", tenant_name(same, side), "kind",
                     same->sides[side].session->kind->name);
}

json_t *
wp_same_json(const struct wp_same *same)
{
    return json_pack(
        "{s:[o, o], s:i, s:b, s:s, s:b, s:s?, s:i, s:i, s:o}", "tenants", tenant_json(same, 0),
        tenant_json(same, 1), "apps", (int)same->app_count, "default_policy", (int)same->others,
        "methods", same->by_strength ? "strength" : "name", "proved", (int)wp_same_is_proved(same),
        "not_settled", same->open, "regions", (int)same->diff.count, "undecided",
        (int)same->diff.undecided, "situation", situation_json(same));
}

const char *
wp_same_failure(const struct wp_same *same)
{
    if (wp_same_is_proved(same))
        return NULL;
    if (same->smallest == NULL)
        return "undecided within the budget";
    return wp_format(same->arena, "for %s\n%s: %s\n%s: %s", sentence(same),
                     wp_same_side_text(same, 0), decision_text(same, 0), wp_same_side_text(same, 1),
                     decision_text(same, 1));
}
