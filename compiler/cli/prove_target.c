/* What a tenant would hold, or what was pulled from it, is lifted back to a policy and
 * held against the source, for every request that the tenant can tell from others. */
#include "compiler/cli/prove_target.h"

#include <stdio.h>

#include "compiler/analysis/witness.h"
#include "compiler/cli/analysis_options.h"
#include "compiler/cli/diff_text.h"
#include "compiler/cli/junit.h"
#include "compiler/cli/output.h"
#include "compiler/cli/tenant_run.h"
#include "compiler/emit/readings.h"
#include "compiler/emit/scope.h"

#define FEW_REGIONS 10

struct proof {
    struct wp_tenant_run *run;
    const struct wp_invocation *invocation;
    struct wp_scope scope;
    struct wp_diff diff;
    const char *what; /* "the objects for Okta decide", "pulled.woapol decides" */
    struct wp_readings readings;
    bool is_open; /* read the other way, it is not proved */
};

static const char *
scope_text(const struct proof *proof)
{
    if (proof->scope.has_others)
        return "every app that the tenant decides";
    return wp_format(proof->run->arena, "%zu app%s", proof->scope.apps,
                     proof->scope.apps == 1 ? "" : "s");
}

/* Which requests there can be. */
static const char *
seen_text(const struct proof *proof)
{
    const struct wp_tenant_kind *kind = proof->run->session.kind;

    return kind->as_seen == NULL ? "" : wp_format(proof->run->arena, " that %s sees", kind->label);
}

static bool
is_proved(const struct proof *proof)
{
    return proof->diff.is_equal && proof->diff.undecided == 0;
}

static void
print_human(const struct proof *proof)
{
    for (uint32_t i = 0; i < proof->diff.count && i < FEW_REGIONS; i++)
        wp_print_region(proof->invocation, proof->run->arena, &proof->diff,
                        &proof->diff.regions[i]);
    if (proof->diff.count > FEW_REGIONS)
        (void)printf("and %u more regions\n\n", proof->diff.count - FEW_REGIONS);
    if (proof->readings.mistaken != NULL && !is_proved(proof))
        (void)printf("note: %s\n", proof->readings.mistaken);
    if (is_proved(proof))
        (void)printf("proved: %s every request%s as the source does, for %s\n", proof->what,
                     seen_text(proof), scope_text(proof));
    if (is_proved(proof) && proof->is_open)
        (void)printf("not settled: %s\n", proof->readings.open);
    if (is_proved(proof))
        return;
    if (proof->diff.count > 0)
        (void)printf("refuted: %s otherwise than the source (before: the source, after: "
                     "the tenant)\n",
                     proof->what);
    else
        (void)printf("undecided within the budget: nothing is proved\n");
}

static int
print(const struct proof *proof)
{
    if (wp_option_is(proof->invocation, "format", "json")) {
        json_t *document = wp_diff_json(proof->run->arena, &proof->diff);
        (void)json_object_set_new(document, "target", json_string(proof->run->session.kind->name));
        (void)json_object_set_new(document, "proved", json_boolean(is_proved(proof)));
        (void)json_object_set_new(document, "not_settled",
                                  proof->is_open ? json_string(proof->readings.open) : json_null());
        return wp_print_json(proof->invocation, document);
    }
    if (wp_option_is(proof->invocation, "format", "junit")) {
        const struct wp_junit_case one = {
            .suite = proof->run->session.kind->name,
            .name = "decides as the source does",
            .failure = is_proved(proof) ? NULL : "a request is decided otherwise, or undecided"};
        wp_junit_write(stdout, "target", &one, 1);
        return WP_EXIT_DONE;
    }
    print_human(proof);
    return WP_EXIT_DONE;
}

/* False when together they have too many device types. */
static bool
compare_with(struct proof *proof, const struct wp_model *lifted,
             const struct wp_analysis_options *options, struct wp_diff *diff)
{
    struct wp_tenant_run *run = proof->run;

    wp_scope_models(&proof->scope, run->arena, run->session.model, run->session.tenant, lifted);
    const struct wp_model *source = &proof->scope.source, *tenant = &proof->scope.tenant;
    if (run->session.kind->as_seen != NULL) {
        source = run->session.kind->as_seen(run->arena, source);
        tenant = run->session.kind->as_seen(run->arena, tenant);
    }
    return wp_diff_models(diff, run->arena, source, tenant, options);
}

static int
compare(struct proof *proof, const struct wp_model *lifted,
        const struct wp_analysis_options *options)
{
    struct wp_tenant_run *run = proof->run;
    struct wp_readings *readings = &proof->readings;
    struct wp_diff other = {.is_equal = true};

    wp_readings_of(readings, run->arena, &run->session, lifted);
    bool done = compare_with(proof, readings->model, options, &proof->diff);
    if (done && is_proved(proof) && readings->other != NULL)
        done = compare_with(proof, readings->other, options, &other);
    wp_progress_end(&run->line);
    if (!done)
        return wp_fail(proof->invocation, "together they have more than %d device types",
                       WP_MAX_DEVICES);
    proof->is_open = !other.is_equal || other.undecided > 0;
    int status = print(proof);
    return status == WP_EXIT_DONE && !is_proved(proof) ? WP_EXIT_TEST_FAILED : status;
}

static int
prove_pulled(struct proof *proof, const char *path, const struct wp_analysis_options *options)
{
    struct wp_opened pulled;
    int status = wp_policy_open(&pulled, proof->invocation, path, WP_NEED_MODEL);

    proof->what = wp_format(proof->run->arena, "%s decides", path);
    if (status == WP_EXIT_DONE)
        status = compare(proof, pulled.compilation.model, options);
    wp_policy_close(&pulled);
    return status;
}

static int
prove_desired(struct proof *proof, const struct wp_analysis_options *options)
{
    const struct wp_plan_options plain = {0};
    struct wp_problem problem = {0};
    struct wp_meaning meaning = {0};
    struct wp_tenant_run *run = proof->run;
    int status = wp_tenant_run_desire(run, &plain);

    if (status != WP_EXIT_DONE)
        return status;
    proof->what = wp_format(run->arena, "the objects for %s decide", run->session.kind->label);
    if (wp_meaning_make(&meaning, run->arena, &run->session, &run->desired, &problem))
        status = compare(proof, meaning.compilation.model, options);
    else
        status = wp_tenant_fail(run, &problem);
    wp_meaning_end(&meaning);
    return status;
}

int
wp_prove_target(const struct wp_invocation *invocation)
{
    const char *pulled = wp_option(invocation, "pulled", NULL);
    struct wp_analysis_options options;
    struct wp_progress_line line;
    struct wp_tenant_run run;
    struct proof proof = {.run = &run, .invocation = invocation};

    if (!wp_read_analysis_options(invocation, &options, &line))
        return WP_EXIT_USAGE;
    int status = wp_tenant_run_open(&run, invocation, invocation->operands[0], WP_TENANT_OFFLINE);
    if (status == WP_EXIT_DONE)
        status = pulled == NULL ? prove_desired(&proof, &options)
                                : prove_pulled(&proof, pulled, &options);
    wp_tenant_run_close(&run);
    return status;
}
