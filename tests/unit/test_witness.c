/* Witnesses of generated policies, as JSON, read as `eval` reads them and decided by
 * the plain walk: each decides as its finding says. */
#include "compiler/analysis/analysis.h"
#include "compiler/analysis/diff.h"
#include "compiler/analysis/witness.h"
#include "compiler/decide/request_json.h"
#include "compiler/walk.h"
#include "tests/generate.h"
#include "tests/unit/compile_text.h"

#include <criterion/criterion.h>
#include <string.h>

static struct wp_request_reader *reader;

static char *
text_of(struct wp_arena *arena, struct woapol_text text)
{
    return text.text ? wp_copy_text(arena, text.text, text.length) : NULL;
}

static void
read_request(struct wp_arena *arena, const struct wp_model *model, const char *json,
             struct wp_request *request)
{
    struct wp_request_facts facts;
    size_t length = strlen(json);
    char *padded = wp_alloc(arena, length + WP_REQUEST_PADDING);

    memcpy(padded, json, length);
    cr_assert(wp_request_read(reader, padded, length, &facts), "%s: %s", json, facts.error);
    wp_request_init(request);
    if (facts.ip.text)
        cr_assert(wp_request_set_address(request, text_of(arena, facts.ip)));
    if (facts.device.text)
        wp_request_set_device(model, request, text_of(arena, facts.device));
    if (facts.app.text)
        wp_request_set_app(model, request, text_of(arena, facts.app));
    if (facts.user.text)
        wp_request_set_user(model, request, text_of(arena, facts.user));
    if (facts.entry.text)
        wp_request_set_entry(request, text_of(arena, facts.entry));
    for (size_t i = 0; i < facts.group_count; i++)
        wp_request_add_group(arena, model, request, text_of(arena, facts.groups[i]));
    request->managed = facts.managed;
    request->compliant = facts.compliant;
    request->risk = facts.risk;
}

static const struct wp_model_rule *
rule_of(const struct wp_model *model, const struct wp_diagnostic *finding)
{
    for (uint32_t p = 0; p < model->policy_count; p++) {
        for (uint32_t i = 0; i < model->policies[p].rule_count; i++) {
            if (strcmp(model->policies[p].name, finding->policy) == 0 &&
                strcmp(model->policies[p].rules[i].name, finding->rule) == 0)
                return &model->policies[p].rules[i];
        }
    }
    return NULL;
}

static size_t
check_finding(struct wp_arena *arena, const struct wp_model *model,
              const struct wp_diagnostic *finding)
{
    struct wp_request request;
    struct wp_verdict verdict;

    if (!finding->witness || !finding->rule || !finding->policy)
        return 0;
    const struct wp_model_rule *rule = rule_of(model, finding);
    cr_assert_not_null(rule);
    read_request(arena, model, finding->witness, &request);
    wp_walk(model, &request, &verdict);
    bool decides = verdict.policy != WP_NONE && verdict.rule != WP_NONE &&
                   &model->policies[verdict.policy].rules[verdict.rule] == rule;
    switch (finding->kind) {
    case WP_E_SHADOWED:
        cr_assert_eq(wp_walk_test(model, rule->when, &request), WP_TRUE, "%s", finding->witness);
        cr_assert_not(decides, "%s", finding->witness);
        return 1;
    case WP_E_REDUNDANT:
    case WP_E_ORDER_MATTERS:
        cr_assert(decides, "%s: %s", finding->message, finding->witness);
        return 1;
    case WP_E_ENFORCEABLE:
        cr_assert_eq(wp_walk_test(model, rule->when, &request), WP_TRUE, "%s", finding->witness);
        return 1;
    default:
        return 0;
    }
}

static char *
generate_source(struct wp_arena *arena, uint64_t seed)
{
    struct wp_generated generated;

    wp_generate(&generated, arena, seed, &wp_generate_usual);
    return wp_copy_text(arena, generated.source, generated.length);
}

Test(witness, decides_as_the_finding_says)
{
    const struct wp_analysis_options options = {.all_notes = true};
    size_t checked = 0;

    reader = wp_request_reader_new();
    for (uint64_t seed = 1; seed <= 150; seed++) {
        struct wp_arena *arena = wp_arena_new(NULL, NULL);
        struct wp_compilation compilation;
        cr_assert(compile_text(&compilation, generate_source(arena, seed)), "seed %lu",
                  (unsigned long)seed);
        wp_analyse(&compilation.diagnostics, compilation.model, &options);
        for (const struct wp_diagnostic *at = compilation.diagnostics.first; at; at = at->next)
            checked += check_finding(arena, compilation.model, at);
        wp_compilation_end(&compilation);
        wp_arena_free(arena);
    }
    wp_request_reader_free(reader);
    cr_assert(checked > 200, "only %zu witnesses", checked);
}

static void
check_region(struct wp_arena *arena, const struct wp_diff *diff, const struct wp_region *region,
             const struct wp_model *old, const struct wp_model *new)
{
    struct wp_request before, after;
    struct wp_verdict first, second;
    struct wp_traits traits;

    wp_traits_of(diff->joint.model, &traits);
    const char *json = wp_witness_json(arena, diff->joint.model, &traits, region->witness);
    read_request(arena, old, json, &before);
    read_request(arena, new, json, &after);
    wp_walk(old, &before, &first);
    wp_walk(new, &after, &second);
    cr_assert_eq(first.effect, wp_region_before(diff, region)->effect, "%s", json);
    cr_assert_eq(second.effect, wp_region_after(diff, region)->effect, "%s", json);
    cr_assert_eq(first.reauth_seconds, wp_region_before(diff, region)->reauth_seconds);
    cr_assert_eq(second.reauth_seconds, wp_region_after(diff, region)->reauth_seconds);
}

/* Two policies that share names, and differ in whatever the seeds make of it. */
Test(witness, decides_as_the_region_says)
{
    size_t checked = 0;

    reader = wp_request_reader_new();
    for (uint64_t seed = 1; seed <= 60; seed++) {
        struct wp_arena *arena = wp_arena_new(NULL, NULL);
        struct wp_compilation old, new;
        struct wp_diff diff;
        cr_assert(compile_text(&old, generate_source(arena, seed)));
        cr_assert(compile_text(&new, generate_source(arena, seed + 1)));
        cr_assert(wp_diff_models(&diff, new.arena, old.model, new.model, NULL));
        for (uint32_t i = 0; i < diff.count; i++)
            check_region(arena, &diff, &diff.regions[i], old.model, new.model);
        checked += diff.count;
        wp_compilation_end(&old);
        wp_compilation_end(&new);
        wp_arena_free(arena);
    }
    wp_request_reader_free(reader);
    cr_assert(checked > 200, "only %zu regions", checked);
}
