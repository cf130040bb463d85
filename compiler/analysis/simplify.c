#include "compiler/analysis/simplify.h"
#include "compiler/analysis/diff.h"

#include <stdlib.h>
#include <string.h>

struct simplifier {
    struct wp_simplified *result;
    struct wp_arena *arena;
    const struct wp_model *model;
    const struct wp_analysis_options *options;
};

/* Builds result->model: the rules that are kept. */
static void
apply(struct simplifier *s)
{
    struct wp_model *made = &s->result->model;

    *made = *s->model;
    made->policies =
        wp_alloc_array(s->arena, (size_t)s->model->policy_count + 1, sizeof *made->policies);
    for (uint32_t p = 0; p < s->model->policy_count; p++) {
        const struct wp_policy *from = &s->model->policies[p];
        struct wp_policy *policy = &made->policies[p];
        *policy = *from;
        policy->rules =
            wp_alloc_array(s->arena, (size_t)from->rule_count + 1, sizeof *policy->rules);
        policy->rule_count = 0;
        for (uint32_t i = 0; i < from->rule_count; i++) {
            if (s->result->removals[p][i] == WP_KEPT)
                policy->rules[policy->rule_count++] = from->rules[i];
        }
    }
}

static bool
is_equal(struct simplifier *s)
{
    struct wp_arena *scratch = wp_arena_new(NULL, NULL);
    struct wp_diff diff;

    if (!scratch)
        return false;
    bool equal =
        wp_diff_models(&diff, scratch, s->model, &s->result->model, s->options) && diff.is_equal;
    wp_arena_free(scratch);
    return equal;
}

/* A rule that a finding is about, in the model as it is now. */
struct candidate {
    uint32_t policy, rule; /* of the original model */
    enum wp_removal removal;
};

static bool
find_rule(const struct simplifier *s, const struct wp_diagnostic *finding,
          struct candidate *candidate)
{
    for (uint32_t p = 0; p < s->model->policy_count; p++) {
        const struct wp_policy *policy = &s->model->policies[p];
        if (!finding->policy || strcmp(policy->name, finding->policy) != 0)
            continue;
        for (uint32_t i = 0; finding->rule && i < policy->rule_count; i++) {
            if (strcmp(policy->rules[i].name, finding->rule) != 0)
                continue;
            candidate->policy = p;
            candidate->rule = i;
            return true;
        }
    }
    return false;
}

static enum wp_removal
removal_of(const struct wp_diagnostic *finding)
{
    switch (finding->kind) {
    case WP_E_SHADOWED:
        return WP_REMOVED_DEAD;
    case WP_E_EMPTY_CONDITION:
        return WP_REMOVED_EMPTY;
    case WP_E_REDUNDANT:
        return WP_REMOVED_IDLE;
    default:
        return WP_KEPT;
    }
}

/* What check says of the present model; the candidates go into a fresh array. */
static struct candidate *
find_candidates(struct simplifier *s, uint32_t *count)
{
    struct wp_diagnostics list;
    struct wp_sources sources;
    struct candidate *candidates;
    uint32_t total = 0;

    wp_sources_init(&sources, s->arena);
    wp_diagnostics_init(&list, s->arena, &sources);
    wp_analyse(&list, &s->result->model, s->options);
    for (const struct wp_diagnostic *at = list.first; at; at = at->next)
        total++;
    candidates = wp_alloc_array(s->arena, (size_t)total + 1, sizeof *candidates);
    *count = 0;
    for (const struct wp_diagnostic *at = list.first; at; at = at->next) {
        candidates[*count].removal = removal_of(at);
        if (at->kind == WP_E_UNDECIDED)
            s->result->undecided++;
        if (candidates[*count].removal != WP_KEPT && find_rule(s, at, &candidates[*count]))
            ++*count;
    }
    return candidates;
}

static void
mark(struct simplifier *s, const struct candidate *candidates, uint32_t count, bool removed)
{
    for (uint32_t i = 0; i < count; i++)
        s->result->removals[candidates[i].policy][candidates[i].rule] =
            (uint8_t)(removed ? candidates[i].removal : WP_KEPT);
}

/* Takes out as many of the candidates together as can go: each may be idle only
 * thanks to another one. Halves until what is taken out is equal. */
static uint32_t
remove_some(struct simplifier *s, const struct candidate *candidates, uint32_t count)
{
    if (count == 0)
        return 0;
    mark(s, candidates, count, true);
    apply(s);
    if (is_equal(s))
        return count;
    mark(s, candidates, count, false);
    if (count == 1)
        return 0;
    uint32_t removed = remove_some(s, candidates, count / 2);
    return removed + remove_some(s, candidates + count / 2, count - count / 2);
}

void
wp_simplify(struct wp_simplified *simplified, struct wp_arena *arena, const struct wp_model *model,
            const struct wp_analysis_options *options)
{
    struct simplifier s = {simplified, arena, model, options};
    uint32_t count, removed;

    *simplified = (struct wp_simplified){0};
    simplified->removals =
        wp_alloc_array(arena, (size_t)model->policy_count + 1, sizeof *simplified->removals);
    for (uint32_t p = 0; p < model->policy_count; p++)
        simplified->removals[p] =
            wp_alloc_array(arena, (size_t)model->policies[p].rule_count + 1, 1);
    do {
        apply(&s);
        simplified->undecided = 0;
        struct candidate *candidates = find_candidates(&s, &count);
        removed = remove_some(&s, candidates, count);
        simplified->count += removed;
    } while (removed > 0);
    apply(&s);
    simplified->is_proved = is_equal(&s);
}

/* ---- text ---------------------------------------------------------------------------- */

/* The bytes that go with a rule: its annotations, and its line if nothing else
 * stands on it. */
static struct wp_span
whole_rule(const struct wp_model *model, const struct wp_model_rule *rule)
{
    struct wp_span span = rule->source->span;
    const char *text = model->sources->files[span.file].text;

    for (const struct wp_annotation *at = rule->source->annotations; at; at = at->next) {
        if (at->span.file == span.file && at->span.start < span.start)
            span.start = at->span.start;
    }
    uint32_t start = span.start, end = span.end;
    while (start > 0 && (text[start - 1] == ' ' || text[start - 1] == '\t'))
        start--;
    while (text[end] == ' ' || text[end] == '\t')
        end++;
    if ((start == 0 || text[start - 1] == '\n') && text[end] == '\n') {
        span.start = start;
        span.end = end + 1;
    }
    return span;
}

const char *
wp_simplified_text(struct wp_arena *arena, const struct wp_simplified *simplified,
                   const struct wp_model *model, uint32_t file, uint32_t *left)
{
    const struct wp_source *source = &model->sources->files[file];
    uint8_t *gone = wp_alloc_array(arena, (size_t)source->length + 1, 1);
    char *text = wp_alloc(arena, (size_t)source->length + 1);
    size_t length = 0;

    *left = 0;
    for (uint32_t p = 0; p < model->policy_count; p++) {
        for (uint32_t i = 0; i < model->policies[p].rule_count; i++) {
            const struct wp_model_rule *rule = &model->policies[p].rules[i];
            if (simplified->removals[p][i] == WP_KEPT)
                continue;
            if (!rule->source || rule->included_from.file != WP_NO_FILE ||
                rule->source->span.file != file) {
                ++*left;
                continue;
            }
            struct wp_span span = whole_rule(model, rule);
            memset(gone + span.start, 1, span.end - span.start);
        }
    }
    for (uint32_t i = 0; i < source->length; i++) {
        if (!gone[i])
            text[length++] = source->text[i];
    }
    text[length] = '\0';
    return text;
}
