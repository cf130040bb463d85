#include "compiler/analysis/outcome.h"
#include "compiler/analysis/strength.h"
#include "compiler/analysis/text.h"
#include "compiler/symbols.h"

#include <string.h>

/* ---- chains as written --------------------------------------------------------- */

/* A written chain's alternatives. A claim's chain is as small as people write
 * them, so parts are simply copied together. */
struct form {
    struct wp_alternative *alternatives;
    uint32_t count;
};

static struct form expand(struct wp_arena *arena, const struct wp_model *model,
                          const struct wp_chain *chain);

static struct form
expand_name(struct wp_arena *arena, const struct wp_model *model, const char *name)
{
    const struct wp_symbol *symbol = wp_symbols_find(model->symbols, WP_SYMBOL_CHAIN, name);
    struct form form = {NULL, 0};

    if (!symbol || symbol->number == WP_NONE)
        return form;
    if (symbol->kind == WP_SYMBOL_CHAIN) {
        const struct wp_model_chain *chain = &model->chains[symbol->number];
        form.count = chain->count;
        form.alternatives =
            wp_alloc_array(arena, (size_t)chain->count + 1, sizeof *form.alternatives);
        memcpy(form.alternatives, chain->alternatives, chain->count * sizeof *form.alternatives);
        return form;
    }
    uint32_t *method = wp_alloc(arena, sizeof *method);
    struct wp_step *step = wp_alloc(arena, sizeof *step);
    *method = symbol->number;
    *step = (struct wp_step){method, 1};
    form.alternatives = wp_alloc(arena, sizeof *form.alternatives);
    form.alternatives[0] = (struct wp_alternative){step, 1};
    form.count = 1;
    return form;
}

/* `left or right`: single steps become one. */
static struct form
join_steps(struct wp_arena *arena, struct form left, struct form right)
{
    if (left.count != 1 || right.count != 1 || left.alternatives[0].count != 1 ||
        right.alternatives[0].count != 1)
        return (struct form){NULL, 0};
    const struct wp_step *a = left.alternatives[0].steps, *b = right.alternatives[0].steps;
    uint32_t *methods = wp_alloc_array(arena, (size_t)a->count + b->count, sizeof *methods);
    struct wp_step *step = wp_alloc(arena, sizeof *step);
    uint32_t count = a->count;
    memcpy(methods, a->methods, a->count * sizeof *methods);
    for (uint32_t i = 0; i < b->count; i++) {
        uint32_t k = 0;
        while (k < count && methods[k] != b->methods[i])
            k++;
        methods[k] = b->methods[i];
        count += k == count;
    }
    *step = (struct wp_step){methods, count};
    left.alternatives[0] = (struct wp_alternative){step, 1};
    return left;
}

/* `left then right`: each of the left before each of the right. */
static struct form
append(struct wp_arena *arena, struct form left, struct form right)
{
    struct form form = {
        wp_alloc_array(arena, (size_t)left.count * right.count + 1, sizeof *form.alternatives), 0};

    for (uint32_t i = 0; i < left.count; i++) {
        for (uint32_t k = 0; k < right.count; k++) {
            const struct wp_alternative *a = &left.alternatives[i], *b = &right.alternatives[k];
            struct wp_step *steps =
                wp_alloc_array(arena, (size_t)a->count + b->count + 1, sizeof *steps);
            memcpy(steps, a->steps, a->count * sizeof *steps);
            memcpy(steps + a->count, b->steps, b->count * sizeof *steps);
            form.alternatives[form.count++] = (struct wp_alternative){steps, a->count + b->count};
        }
    }
    return form;
}

/* `left else right` */
static struct form
line_up(struct wp_arena *arena, struct form left, struct form right)
{
    struct form form = {
        wp_alloc_array(arena, (size_t)left.count + right.count + 1, sizeof *form.alternatives),
        left.count + right.count};

    memcpy(form.alternatives, left.alternatives, left.count * sizeof *form.alternatives);
    memcpy(form.alternatives + left.count, right.alternatives,
           right.count * sizeof *form.alternatives);
    return form;
}

static struct form
expand(struct wp_arena *arena, const struct wp_model *model, const struct wp_chain *chain)
{
    if (chain->kind == WP_CHAIN_NAME)
        return expand_name(arena, model, chain->name->text);
    struct form form = expand(arena, model, chain->parts);
    for (const struct wp_chain *part = chain->parts->next; part && form.count; part = part->next) {
        struct form right = expand(arena, model, part);
        if (right.count == 0)
            return right;
        if (chain->kind == WP_CHAIN_OR)
            form = join_steps(arena, form, right);
        else if (chain->kind == WP_CHAIN_THEN)
            form = append(arena, form, right);
        else
            form = line_up(arena, form, right);
    }
    return form;
}

static bool
same_alternative(const struct wp_alternative *a, const struct wp_alternative *b)
{
    if (a->count != b->count)
        return false;
    for (uint32_t i = 0; i < a->count; i++) {
        if (a->steps[i].count != b->steps[i].count ||
            memcmp(a->steps[i].methods, b->steps[i].methods,
                   a->steps[i].count * sizeof *a->steps[i].methods) != 0)
            return false;
    }
    return true;
}

/* Does the written chain mean the model's chain? */
static bool
chain_is(struct wp_arena *arena, const struct wp_model *model, const struct wp_chain *written,
         uint32_t chain)
{
    if (chain == WP_NONE)
        return false;
    struct form form = expand(arena, model, written);
    const struct wp_model_chain *c = &model->chains[chain];
    if (form.count != c->count || form.count == 0)
        return false;
    for (uint32_t i = 0; i < form.count; i++) {
        if (!same_alternative(&form.alternatives[i], &c->alternatives[i]))
            return false;
    }
    return true;
}

/* ---- outcomes ---------------------------------------------------------------------- */

const struct wp_decision *
wp_decision_from(const struct wp_model *model, struct wp_source_of_decision from)
{
    static const struct wp_decision none = {.effect = WP_DENY,
                                            .chain = WP_NONE,
                                            .reauth_seconds = WP_NO_REAUTH,
                                            .span = {WP_NO_FILE, 0, 0}};
    if (from.policy == WP_NONE)
        return &none;
    const struct wp_policy *policy = &model->policies[from.policy];
    return from.rule < policy->rule_count ? &policy->rules[from.rule].decision
                                          : &policy->otherwise.decision;
}

static bool
compare(unsigned factors, enum wp_comparison comparison, uint64_t number)
{
    switch (comparison) {
    case WP_IS:
        return factors == number;
    case WP_LESS:
        return factors < number;
    case WP_AT_MOST:
        return factors <= number;
    case WP_AT_LEAST:
        return factors >= number;
    case WP_GREATER:
        return factors > number;
    }
    return false;
}

/* "guests", "Workforce.guests" or "otherwise". */
static bool
is_rule(const struct wp_model *model, struct wp_source_of_decision from, const char *name)
{
    if (from.policy == WP_NONE)
        return false;
    const struct wp_policy *policy = &model->policies[from.policy];
    const char *rule = from.rule < policy->rule_count ? policy->rules[from.rule].name : "otherwise";
    const char *dot = strchr(name, '.');
    if (!dot)
        return strcmp(name, rule) == 0;
    size_t length = (size_t)(dot - name);
    return strlen(policy->name) == length && memcmp(policy->name, name, length) == 0 &&
           strcmp(dot + 1, rule) == 0;
}

static bool
uses_method(const struct wp_model *model, uint32_t chain, const char *name, enum wp_reading reading)
{
    const struct wp_symbol *symbol = wp_symbols_find(model->symbols, WP_SYMBOL_METHOD, name);

    if (!symbol || symbol->kind != WP_SYMBOL_METHOD)
        return false;
    return reading == WP_SOME_WAY ? wp_chain_may_use(model, chain, symbol->number)
                                  : wp_chain_must_use(model, chain, symbol->number);
}

bool
wp_outcome_holds(struct wp_arena *arena, const struct wp_model *model,
                 const struct wp_outcome *outcome, struct wp_source_of_decision from,
                 enum wp_reading reading)
{
    const struct wp_decision *decision = wp_decision_from(model, from);

    switch (outcome->kind) {
    case WP_OUTCOME_DENY:
        return decision->effect == WP_DENY;
    case WP_OUTCOME_ALLOW:
        return decision->effect == WP_ALLOW;
    case WP_OUTCOME_AUTHENTICATE:
        return decision->effect == WP_AUTHENTICATE &&
               (!outcome->chain || chain_is(arena, model, outcome->chain, decision->chain));
    case WP_OUTCOME_FACTORS:
        return decision->effect != WP_DENY &&
               compare(wp_chain_strength(model, decision->chain).factors, outcome->comparison,
                       outcome->number);
    case WP_OUTCOME_METHOD:
        return uses_method(model, decision->chain, outcome->name->text, reading);
    case WP_OUTCOME_RULE:
        return is_rule(model, from, outcome->name->text);
    }
    return false;
}
