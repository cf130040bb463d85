/* woapol prove: the claims in a source, proved or refuted by a request. */
#include <stdio.h>

#include "compiler/analysis/prove.h"
#include "compiler/analysis/text.h"
#include "compiler/analysis/witness.h"
#include "compiler/cli/analysis_options.h"
#include "compiler/cli/junit.h"
#include "compiler/cli/output.h"
#include "compiler/cli/policy.h"
#include "compiler/cli/prove_same.h"
#include "compiler/cli/prove_target.h"

/* One claim with what came of it. */
struct entry {
    const struct wp_model_proof *proof;
    const struct wp_model_claim *claim;
    const char *text; /* as written */
    struct wp_claim_result result;
};

struct run {
    const struct wp_invocation *invocation;
    struct wp_opened *policy;
    struct wp_arena *arena;
    const struct wp_model *model;
    struct wp_prover prover;
    struct entry *entries;
    size_t count, refuted, undecided;
};

static void
prove_all(struct run *run, struct wp_progress_line *line)
{
    const struct wp_model *model = run->model;
    size_t total = 0;

    for (uint32_t i = 0; i < model->proof_count; i++)
        total += model->proofs[i].claim_count;
    run->entries = wp_alloc_array(run->arena, total + 1, sizeof *run->entries);
    for (uint32_t i = 0; i < model->proof_count; i++) {
        for (uint32_t k = 0; k < model->proofs[i].claim_count; k++) {
            struct entry *entry = &run->entries[run->count++];
            entry->proof = &model->proofs[i];
            entry->claim = &model->proofs[i].claims[k];
            entry->text = wp_source_text(run->arena, model->sources, entry->claim->span);
            wp_progress_show(line, "proving", run->count, total);
            wp_prove_claim(&run->prover, entry->claim, &entry->result);
            run->refuted += entry->result.broken == WP_ANSWER_YES;
            run->undecided += entry->result.broken == WP_ANSWER_UNDECIDED;
        }
    }
}

/* ---- wording -------------------------------------------------------------------- */

/* "rule 'guests' of policy 'Workforce'" */
static const char *
source_sentence(const struct run *run, struct wp_source_of_decision from)
{
    if (from.policy == WP_NONE)
        return "no policy applies";
    const struct wp_policy *policy = &run->model->policies[from.policy];
    if (from.rule == policy->rule_count)
        return wp_format(run->arena, "'otherwise' of policy '%s'", policy->name);
    return wp_format(run->arena, "rule '%s' of policy '%s'", policy->rules[from.rule].name,
                     policy->name);
}

/* The other guilty decisions, for instance "'a' and 'b'"; NULL if there are none. */
static const char *
others(const struct run *run, const struct wp_claim_result *result)
{
    struct wp_text text = {.arena = run->arena};
    uint32_t shown = result->count > 7 ? 6 : result->count;

    for (uint32_t i = 1; i < shown; i++)
        wp_text_printf(&text, "%s%s", i > 1 ? ", " : "",
                       source_sentence(run, result->violations[i].from));
    if (shown < result->count)
        wp_text_printf(&text, " and %u more", result->count - shown);
    return text.bytes;
}

/* The counterexample as a test to paste: it holds what is decided now. */
static const char *
as_test(const struct run *run, const struct entry *entry)
{
    const struct wp_violation *first = &entry->result.violations[0];
    uint32_t policy = first->from.policy;

    return wp_witness_test(run->arena, run->model, &first->traits, entry->proof->name, first->point,
                           policy == WP_NONE ? NULL : &run->model->policies[policy],
                           first->from.rule);
}

/* What is wrong, in a few lines; NULL when the claim is proved. */
static const char *
failure_text(const struct run *run, const struct entry *entry)
{
    const struct wp_claim_result *result = &entry->result;

    if (result->broken == WP_ANSWER_NO)
        return NULL;
    if (result->broken == WP_ANSWER_UNDECIDED)
        return wp_format(run->arena,
                         "undecided within the budget: %s\n%u decisions could not be told",
                         entry->text, result->undecided);
    const struct wp_violation *first = &result->violations[0];
    return wp_format(
        run->arena, "refuted: %s\n%s decides %s\nfor %s\nrequest: %s", entry->text,
        source_sentence(run, first->from),
        wp_decision_sentence(run->arena, run->model, wp_decision_from(run->model, first->from)),
        wp_witness_sentence(run->arena, run->model, &first->traits, first->point),
        wp_witness_json(run->arena, run->model, &first->traits, first->point));
}

/* ---- for a person ------------------------------------------------------------------ */

static void
print_verdict(const struct run *run, const struct entry *entry)
{
    static const char *const words[] = {"proved", "refuted", "undecided"};
    static const char *const colours[] = {"\033[32m", "\033[1;31m", "\033[33m"};
    bool colour = wp_use_colour(run->invocation, stdout);

    (void)printf("  %s%-9s%s %s\n", colour ? colours[entry->result.broken] : "",
                 words[entry->result.broken], colour ? "\033[0m" : "", entry->text);
}

static void
print_counterexample(const struct run *run, const struct entry *entry)
{
    const struct wp_claim_result *result = &entry->result;
    const struct wp_violation *first = &result->violations[0];
    const char *rest = others(run, result);

    (void)printf(
        "            %s decides %s\n", source_sentence(run, first->from),
        wp_decision_sentence(run->arena, run->model, wp_decision_from(run->model, first->from)));
    (void)printf("            for %s\n",
                 wp_witness_sentence(run->arena, run->model, &first->traits, first->point));
    (void)printf("            request: %s\n",
                 wp_witness_json(run->arena, run->model, &first->traits, first->point));
    if (rest)
        (void)printf("            also broken by %s\n", rest);
    if (result->undecided)
        (void)printf("            undecided within the budget for %u more decisions\n",
                     result->undecided);
    if (wp_has_option(run->invocation, "generate"))
        (void)printf("\n%s\n\n", as_test(run, entry));
}

static void
print_human(const struct run *run)
{
    const struct wp_model_proof *last = NULL;

    for (size_t i = 0; i < run->count; i++) {
        const struct entry *entry = &run->entries[i];
        if (entry->proof != last)
            (void)printf("%s%s\n", i ? "\n" : "", entry->proof->name);
        last = entry->proof;
        print_verdict(run, entry);
        if (entry->result.broken == WP_ANSWER_YES)
            print_counterexample(run, entry);
        if (entry->result.broken == WP_ANSWER_UNDECIDED)
            (void)printf("            %u decisions could not be told; a larger --budget may\n",
                         entry->result.undecided);
    }
    if (run->count == 0)
        (void)printf("nothing to prove: no 'prove \"...\" { }' block makes a claim\n");
    else
        (void)printf("\n%zu proved, %zu refuted, %zu undecided\n",
                     run->count - run->refuted - run->undecided, run->refuted, run->undecided);
}

/* ---- for programs --------------------------------------------------------------------- */

static json_t *
violation_json(const struct run *run, const struct wp_claim_result *result, uint32_t number)
{
    const struct wp_violation *violation = &result->violations[number];
    struct wp_source_of_decision from = violation->from;
    const char *policy = NULL, *rule = NULL;

    if (from.policy != WP_NONE) {
        const struct wp_policy *p = &run->model->policies[from.policy];
        policy = p->name;
        rule = from.rule < p->rule_count ? p->rules[from.rule].name : NULL;
    }
    return json_pack(
        "{s:s?, s:s?, s:s, s:o}", "policy", policy, "rule", rule, "decision",
        wp_decision_sentence(run->arena, run->model, wp_decision_from(run->model, from)), "witness",
        wp_point_json(run->arena, run->model, &violation->traits, violation->point));
}

static json_t *
entry_json(const struct run *run, const struct entry *entry)
{
    static const char *const words[] = {"proved", "refuted", "undecided"};
    const struct wp_claim_result *result = &entry->result;
    json_t *violations = json_array();
    struct wp_span span = entry->claim->span;
    struct wp_position at = wp_locate(run->model->sources, span.file, span.start);

    for (uint32_t i = 0; i < result->count; i++)
        json_array_append_new(violations, violation_json(run, result, i));
    return json_pack("{s:s, s:s, s:s, s:i, s:i, s:s, s:i, s:o, s:s?}", "proof", entry->proof->name,
                     "claim", entry->text, "file", run->model->sources->files[span.file].name,
                     "line", (int)at.line, "column", (int)at.column, "verdict",
                     words[result->broken], "undecided", (int)result->undecided, "counterexamples",
                     violations, "test", result->count ? as_test(run, entry) : NULL);
}

static int
print_json(const struct run *run)
{
    json_t *claims = json_array();

    for (size_t i = 0; i < run->count; i++)
        json_array_append_new(claims, entry_json(run, &run->entries[i]));
    return wp_print_json(run->invocation,
                         json_pack("{s:o, s:i, s:i, s:i}", "claims", claims, "proved",
                                   (int)(run->count - run->refuted - run->undecided), "refuted",
                                   (int)run->refuted, "undecided", (int)run->undecided));
}

static int
print_junit(const struct run *run)
{
    struct wp_junit_case *cases = wp_alloc_array(run->arena, run->count + 1, sizeof *cases);

    for (size_t i = 0; i < run->count; i++) {
        const struct entry *entry = &run->entries[i];
        struct wp_span span = entry->claim->span;
        cases[i] = (struct wp_junit_case){
            .suite = entry->proof->name,
            .name = entry->text,
            .file = run->model->sources->files[span.file].name,
            .line = wp_locate(run->model->sources, span.file, span.start).line,
            .failure = failure_text(run, entry)};
    }
    wp_junit_write(stdout, "proofs", cases, run->count);
    return WP_EXIT_DONE;
}

static int
prove(struct run *run, const struct wp_analysis_options *options, struct wp_progress_line *line)
{
    int status = WP_EXIT_DONE;

    wp_prover_init(&run->prover, run->arena, run->model, options);
    prove_all(run, line);
    wp_progress_end(line);
    if (wp_option_is(run->invocation, "format", "json"))
        status = print_json(run);
    else if (wp_option_is(run->invocation, "format", "junit"))
        status = print_junit(run);
    else
        print_human(run);
    if (status == WP_EXIT_DONE && run->refuted + run->undecided > 0)
        status = WP_EXIT_TEST_FAILED;
    return status;
}

int
wp_cmd_prove(struct wp_invocation *invocation)
{
    struct wp_analysis_options options;
    struct wp_progress_line line;
    struct wp_opened policy;
    int status;

    if (wp_has_option(invocation, "same") || wp_option_number(invocation, "tenant", 1) != NULL)
        return wp_prove_same(invocation);
    if (wp_has_option(invocation, "target") || wp_has_option(invocation, "pulled"))
        return wp_prove_target(invocation);
    if (!wp_read_analysis_options(invocation, &options, &line))
        return WP_EXIT_USAGE;
    status = wp_policy_open(&policy, invocation, invocation->operands[0], WP_NEED_MODEL);
    if (status == WP_EXIT_DONE) {
        struct run run = {.invocation = invocation,
                          .policy = &policy,
                          .arena = policy.compilation.arena,
                          .model = policy.compilation.model};
        status = prove(&run, &options, &line);
    }
    wp_policy_close(&policy);
    return status;
}
