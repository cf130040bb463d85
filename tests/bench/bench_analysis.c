/*
 * How long the exact analyses take: every rule's verdict with cover or witness
 * over rules, groups and prefixes; an invariant; a comparison of versions that
 * differ by twenty edits; and the same verdicts by z3 in the same run.
 */
#include "bench/record.h"
#include "compiler/analysis/diff.h"
#include "compiler/analysis/prove.h"
#include "tests/smtlib.h"
#include "tests/synthetic_model.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void
out_of_memory(void *context)
{
    (void)context;
    abort();
}

struct subject {
    struct wp_arena *arena;
    struct wp_model *model;
    struct wp_sources sources;
    struct wp_diagnostics list;
};

static void
make_subject(struct subject *subject, const struct synthetic_shape *shape)
{
    subject->arena = wp_arena_new(out_of_memory, NULL);
    subject->model = synthetic_model(subject->arena, shape);
    wp_sources_init(&subject->sources, subject->arena);
    wp_diagnostics_init(&subject->list, subject->arena, &subject->sources);
}

/* ---- check ----------------------------------------------------------------------- */

static double
measure_check(const char *metric, double size, const struct synthetic_shape *shape)
{
    struct subject subject;
    double start, seconds;

    make_subject(&subject, shape);
    size_t before = wp_arena_size(subject.arena);
    start = bench_now();
    wp_analyse(&subject.list, subject.model, NULL);
    seconds = bench_now() - start;
    bench_record("analysis", size, metric, seconds, "s", NULL, 0);
    if (strcmp(metric, "check_by_rules") == 0)
        bench_record("analysis", size, "check_memory",
                     (double)(wp_arena_size(subject.arena) - before) / (1 << 20), "MiB", NULL, 0);
    wp_arena_free(subject.arena);
    return seconds;
}

static void
measure_checks(void)
{
    static const uint32_t rules[] = {1000, 10000, 30000, 100000};
    static const uint32_t groups[] = {100, 1000, 10000, 100000};
    static const uint32_t prefixes[] = {2, 8, 32, 128};

    for (size_t i = 0; i < 4; i++)
        measure_check("check_by_rules", rules[i],
                      &(struct synthetic_shape){rules[i], 100000, 12, 1});
    for (size_t i = 0; i < 4; i++)
        measure_check("check_by_groups", groups[i],
                      &(struct synthetic_shape){10000, groups[i], 12, 2});
    for (size_t i = 0; i < 4; i++)
        measure_check("check_by_prefixes", prefixes[i],
                      &(struct synthetic_shape){10000, 1000, prefixes[i], 3});
}

/* ---- prove ------------------------------------------------------------------------- */

/* Never allow when not managed: half of the rules could break it. */
static void
measure_prove(uint32_t rules)
{
    const struct synthetic_shape shape = {rules, 1000, 12, 4};
    struct wp_outcome allow = {.kind = WP_OUTCOME_ALLOW};
    struct wp_claim source = {.always = false, .outcomes = &allow};
    struct wp_test condition = {.kind = WP_TEST_POSTURE};
    struct wp_model_claim claim = {.source = &source, .when = &condition, .folded = &condition};
    struct wp_claim_result result;
    struct wp_prover prover;
    struct subject subject;

    for (unsigned p = 0; p < WP_POSTURE_COUNT; p++)
        condition.mask |= p & 1 ? 0 : UINT64_C(1) << p;
    make_subject(&subject, &shape);
    double start = bench_now();
    wp_prover_init(&prover, subject.arena, subject.model, NULL);
    wp_prove_claim(&prover, &claim, &result);
    bench_record("analysis", rules, "prove", bench_now() - start, "s", NULL, 0);
    bench_record("analysis", rules, "prove_violators", result.count, "", NULL, 0);
    wp_arena_free(subject.arena);
}

/* ---- diff --------------------------------------------------------------------------- */

static void
edit(struct wp_policy *policy, uint32_t edits)
{
    for (uint32_t i = 0; i < edits; i++) {
        uint32_t at = (uint32_t)((uint64_t)policy->rule_count * (2 * i + 1) / (2 * edits));
        struct wp_model_rule *rule = &policy->rules[at];
        if (i % 2) {
            rule->decision.effect = rule->decision.effect == WP_DENY ? WP_ALLOW : WP_DENY;
        } else {
            struct wp_model_rule kept = rule[1];
            rule[1] = rule[0];
            rule[0] = kept;
        }
    }
}

static void
measure_diff(uint32_t rules, uint32_t edits)
{
    const struct synthetic_shape shape = {rules, rules, 12, 5};
    struct subject old, new;
    struct wp_diff diff;

    make_subject(&old, &shape);
    make_subject(&new, &shape);
    edit(&new.model->policies[0], edits);
    double start = bench_now();
    (void)wp_diff_models(&diff, new.arena, old.model, new.model, NULL);
    bench_record("analysis", rules, edits ? "diff_20_edits" : "diff_0_edits", bench_now() - start,
                 "s", NULL, 0);
    bench_record("analysis", rules, edits ? "diff_20_regions" : "diff_0_regions", diff.count, "",
                 NULL, 0);
    wp_arena_free(old.arena);
    wp_arena_free(new.arena);
}

/* ---- z3 -------------------------------------------------------------------------------- */

static void
measure_z3(uint32_t rules)
{
    const struct synthetic_shape shape = {rules, 1000, 12, 1};
    struct subject subject;
    const char *script = "/tmp/woapol-bench.smt2";
    FILE *file;

    if (system("command -v z3 >/dev/null 2>&1") != 0) {
        (void)fputs("bench_analysis: z3 is not installed, so it is left out\n", stderr);
        return;
    }
    make_subject(&subject, &shape);
    file = fopen(script, "w");
    if (!file)
        return;
    smtlib_write(file, subject.model);
    (void)fclose(file);
    double start = bench_now();
    int status = system("z3 -smt2 /tmp/woapol-bench.smt2 >/dev/null");
    double theirs = bench_now() - start;
    start = bench_now();
    wp_analyse(&subject.list, subject.model, NULL);
    double ours = bench_now() - start;
    (void)remove(script);
    if (status == 0)
        bench_record("analysis", rules, "check_verdicts", ours, "s", "z3", ours / theirs);
    wp_arena_free(subject.arena);
}

int
main(void)
{
    measure_checks();
    measure_prove(1000);
    measure_prove(10000);
    measure_diff(1000, 20);
    measure_diff(10000, 0);
    measure_diff(10000, 20);
    measure_z3(100);
    measure_z3(300);
    return 0;
}
