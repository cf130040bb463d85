/*
 * Chains to normal form: alternatives of steps of methods. `else` lines
 * alternatives up, `then` appends every alternative of the right to every one of
 * the left, `or` joins single steps.
 */
#include "compiler/lowering.h"

#include <assert.h>
#include <string.h>

/* A chain while it is put together; immutable once made, so parts are shared. */
struct form {
    struct wp_alternative *alternatives;
    uint32_t count;
    uint64_t methods; /* in all steps */
    bool is_bad;      /* reported; stands for nothing */
    bool has_repeats; /* WOA2011 was reported of a part */
};

static struct form lower_form(struct wp_lowering *lowering, const struct wp_scope *scope,
                              const struct wp_chain *chain);

static uint64_t
count_methods(const struct wp_alternative *alternative)
{
    uint64_t count = 0;

    for (uint32_t i = 0; i < alternative->count; i++)
        count += alternative->steps[i].count;
    return count;
}

static struct form
form_of_method(struct wp_lowering *lowering, uint32_t method)
{
    uint32_t *methods = wp_alloc(lowering->arena, sizeof *methods);
    struct wp_step *step = wp_alloc(lowering->arena, sizeof *step);
    struct wp_alternative *alternative = wp_alloc(lowering->arena, sizeof *alternative);

    *methods = method;
    *step = (struct wp_step){methods, 1};
    *alternative = (struct wp_alternative){step, 1};
    return (struct form){alternative, 1, 1, false, false};
}

static struct form
form_of_chain(struct wp_lowering *lowering, uint32_t number)
{
    const struct wp_model_chain *chain = &lowering->model->chains[number];
    struct form form = {.count = chain->count,
                        .is_bad = chain->count == 0,
                        .has_repeats = lowering->repeats[number]};

    form.alternatives =
        wp_alloc_array(lowering->arena, (size_t)chain->count + 1, sizeof *form.alternatives);
    for (uint32_t i = 0; i < chain->count; i++) {
        form.alternatives[i] = chain->alternatives[i];
        form.methods += count_methods(&chain->alternatives[i]);
    }
    return form;
}

static struct form
bad_form(void)
{
    return (struct form){.is_bad = true};
}

/* An argument may be a chain, or a set that is a lone name. */
static struct form
form_of_argument(struct wp_lowering *lowering, const struct wp_scope *scope,
                 const struct wp_argument *argument)
{
    if (argument->chain)
        return lower_form(lowering, scope, argument->chain);
    if (!argument->set || argument->set->kind != WP_SET_NAME)
        return bad_form();
    struct wp_name name = {.text = argument->set->text, .span = argument->set->span};
    struct wp_chain chain = {.kind = WP_CHAIN_NAME, .span = name.span, .name = &name};
    return lower_form(lowering, scope, &chain);
}

static struct form
form_of_name(struct wp_lowering *lowering, const struct wp_scope *scope, const char *name)
{
    const struct wp_argument *argument = wp_scope_find(scope, name);

    if (argument)
        return form_of_argument(lowering, scope->outer, argument);
    const struct wp_symbol *symbol = wp_symbols_find(lowering->symbols, WP_SYMBOL_CHAIN, name);
    if (!symbol || symbol->is_broken)
        return bad_form();
    return symbol->kind == WP_SYMBOL_METHOD ? form_of_method(lowering, symbol->number)
                                            : form_of_chain(lowering, symbol->number);
}

/* ---- or, then, else -------------------------------------------------------------------- */

static bool
is_too_large(struct wp_lowering *lowering, uint64_t methods, struct wp_span span)
{
    if (methods <= WP_MAX_CHAIN_METHODS)
        return false;
    struct wp_diagnostic *finding =
        wp_report(lowering->list, WP_E_TOO_MANY, span,
                  "written out, this chain has more than %d methods", WP_MAX_CHAIN_METHODS);
    wp_add_help(lowering->list, finding,
                "every 'then' after chains with 'else' multiplies their alternatives");
    return true;
}

static void
report_not_single(struct wp_lowering *lowering, const struct wp_chain *part)
{
    struct wp_diagnostic *finding = wp_report(
        lowering->list, WP_E_BAD_CHAIN, part->span,
        part->kind == WP_CHAIN_NAME ? "'%s' is a chain of several steps; 'or' joins single steps"
                                    : "'or' joins single steps",
        part->kind == WP_CHAIN_NAME ? part->name->text : "");

    wp_add_help(lowering->list, finding, "'else' joins whole chains");
}

/* Appends a step's methods to those of a wider one, each once. Returns how many
 * there are then. */
static uint32_t
widen_step(struct wp_lowering *lowering, uint32_t *methods, uint32_t count,
           const struct wp_step *step, const struct wp_chain *part, bool *repeats)
{
    for (uint32_t i = 0; i < step->count; i++) {
        uint32_t k = 0;

        while (k < count && methods[k] != step->methods[i])
            k++;
        if (k == count) {
            methods[count++] = step->methods[i];
        } else if (!*repeats) {
            *repeats = true;
            wp_report(lowering->list, WP_E_REPEATED_METHOD, part->span,
                      "'%s' stands twice where once does",
                      lowering->model->methods[step->methods[i]].name);
        }
    }
    return count;
}

static struct form
join_steps(struct wp_lowering *lowering, const struct wp_chain *chain, const struct form *parts,
           uint32_t count)
{
    struct form form = {.count = 1};
    uint64_t total = 0;
    uint32_t kept = 0;

    for (uint32_t i = 0; i < count; i++)
        total += parts[i].methods;
    if (is_too_large(lowering, total, chain->span))
        return bad_form();
    uint32_t *methods = wp_alloc_array(lowering->arena, (size_t)total + 1, sizeof *methods);
    const struct wp_chain *at = chain->parts;
    for (uint32_t i = 0; i < count; i++, at = at->next) {
        if (parts[i].count != 1 || parts[i].alternatives[0].count != 1) {
            report_not_single(lowering, at);
            return bad_form();
        }
        kept = widen_step(lowering, methods, kept, parts[i].alternatives[0].steps, at,
                          &form.has_repeats);
    }
    struct wp_step *step = wp_alloc(lowering->arena, sizeof *step);
    form.alternatives = wp_alloc(lowering->arena, sizeof *form.alternatives);
    *step = (struct wp_step){methods, kept};
    *form.alternatives = (struct wp_alternative){step, 1};
    form.methods = kept;
    return form;
}

static struct wp_alternative
append_steps(struct wp_lowering *lowering, const struct wp_alternative *left,
             const struct wp_alternative *right)
{
    uint32_t count = left->count + right->count;
    struct wp_step *steps = wp_alloc_array(lowering->arena, count, sizeof *steps);

    memcpy(steps, left->steps, left->count * sizeof *steps);
    memcpy(steps + left->count, right->steps, right->count * sizeof *steps);
    return (struct wp_alternative){steps, count};
}

static struct form
append_form(struct wp_lowering *lowering, const struct form *left, const struct form *right,
            struct wp_span span)
{
    struct form form = {.methods = left->methods * right->count + right->methods * left->count};

    if (is_too_large(lowering, form.methods, span))
        return bad_form();
    form.alternatives = wp_alloc_array(lowering->arena, (size_t)left->count * right->count,
                                       sizeof *form.alternatives);
    for (uint32_t i = 0; i < left->count; i++)
        for (uint32_t k = 0; k < right->count; k++)
            form.alternatives[form.count++] =
                append_steps(lowering, &left->alternatives[i], &right->alternatives[k]);
    return form;
}

static struct form
line_up(struct wp_lowering *lowering, const struct form *parts, uint32_t count, struct wp_span span)
{
    struct form form = {0};
    size_t total = 0;

    for (uint32_t i = 0; i < count; i++) {
        total += parts[i].count;
        form.methods += parts[i].methods;
    }
    if (is_too_large(lowering, form.methods, span))
        return bad_form();
    form.alternatives = wp_alloc_array(lowering->arena, total, sizeof *form.alternatives);
    for (uint32_t i = 0; i < count; i++) {
        memcpy(form.alternatives + form.count, parts[i].alternatives,
               parts[i].count * sizeof *form.alternatives);
        form.count += parts[i].count;
    }
    return form;
}

static struct form
combine(struct wp_lowering *lowering, const struct wp_chain *chain, const struct form *parts,
        uint32_t count)
{
    struct form form = parts[0];

    if (chain->kind == WP_CHAIN_OR)
        return join_steps(lowering, chain, parts, count);
    if (chain->kind == WP_CHAIN_ELSE)
        return line_up(lowering, parts, count, chain->span);
    for (uint32_t i = 1; i < count && !form.is_bad; i++)
        form = append_form(lowering, &form, &parts[i], chain->span);
    return form;
}

static struct form
lower_form(struct wp_lowering *lowering, const struct wp_scope *scope, const struct wp_chain *chain)
{
    struct form *parts, form;
    bool is_bad = false, has_repeats = false;
    uint32_t count = 0;

    if (chain->kind == WP_CHAIN_NAME)
        return form_of_name(lowering, scope, chain->name->text);
    for (const struct wp_chain *at = chain->parts; at; at = at->next)
        count++;
    parts = wp_alloc_array(lowering->arena, count, sizeof *parts);
    count = 0;
    for (const struct wp_chain *at = chain->parts; at; at = at->next) {
        parts[count] = lower_form(lowering, scope, at);
        is_bad |= parts[count].is_bad;
        has_repeats |= parts[count++].has_repeats;
    }
    form = is_bad ? bad_form() : combine(lowering, chain, parts, count);
    form.has_repeats |= has_repeats;
    return form;
}

/* ---- methods that stand twice --------------------------------------------------------------- */

static bool
same_steps(const struct wp_alternative *a, const struct wp_alternative *b)
{
    if (a->count != b->count)
        return false;
    for (uint32_t i = 0; i < a->count; i++)
        if (a->steps[i].count != b->steps[i].count ||
            memcmp(a->steps[i].methods, b->steps[i].methods,
                   a->steps[i].count * sizeof(uint32_t)) != 0)
            return false;
    return true;
}

/* A method that stands in two steps of one alternative, so that passing it once
 * passes both; WP_NONE if there is none. */
static uint32_t
find_repeat(struct wp_lowering *lowering, const struct wp_alternative *alternative)
{
    bool *seen = wp_alloc_array(lowering->arena, (size_t)lowering->model->method_count + 1, 1);

    for (uint32_t i = 0; i < alternative->count; i++)
        for (uint32_t k = 0; k < alternative->steps[i].count; k++) {
            uint32_t method = alternative->steps[i].methods[k];

            if (seen[method])
                return method;
            seen[method] = true;
        }
    return WP_NONE;
}

static bool
report_repeats(struct wp_lowering *lowering, const struct form *form, struct wp_span span)
{
    struct wp_diagnostic *finding = NULL;

    if (form->has_repeats || form->is_bad)
        return form->has_repeats;
    for (uint32_t i = 0; i < form->count && !finding; i++) {
        uint32_t method = find_repeat(lowering, &form->alternatives[i]);

        if (method != WP_NONE)
            finding = wp_report(lowering->list, WP_E_REPEATED_METHOD, span,
                                "'%s' stands twice where once does",
                                lowering->model->methods[method].name);
        for (uint32_t k = 0; k < i && !finding; k++)
            if (same_steps(&form->alternatives[i], &form->alternatives[k]))
                finding = wp_report(lowering->list, WP_E_REPEATED_METHOD, span,
                                    "the alternatives %u and %u are the same", k + 1, i + 1);
    }
    return finding != NULL;
}

/* ---- into the model ----------------------------------------------------------------------------
 */

void
wp_lower_named_chain(struct wp_lowering *lowering, const struct wp_symbol *symbol)
{
    const struct wp_chain *chain = symbol->declaration->chain;
    struct form form = lower_form(lowering, NULL, chain);
    struct wp_model_chain *made = &lowering->model->chains[symbol->number];

    lowering->repeats[symbol->number] = report_repeats(lowering, &form, chain->span);
    made->alternatives = form.alternatives;
    made->count = form.is_bad ? 0 : form.count;
}

static uint64_t
hash_form(const struct form *form)
{
    uint64_t hash = form->count;

    for (uint32_t i = 0; i < form->count; i++) {
        hash = wp_hash_bytes(hash, &form->alternatives[i].count, sizeof(uint32_t));
        for (uint32_t k = 0; k < form->alternatives[i].count; k++) {
            const struct wp_step *step = &form->alternatives[i].steps[k];
            hash = wp_hash_bytes(hash, step->methods, step->count * sizeof *step->methods);
        }
    }
    return hash;
}

static bool
is_chain(const void *context, uint32_t number, const void *key)
{
    const struct wp_model *model = context;
    const struct wp_model_chain *chain = &model->chains[number];
    const struct form *form = key;

    if (chain->count != form->count)
        return false;
    for (uint32_t i = 0; i < form->count; i++)
        if (!same_steps(&chain->alternatives[i], &form->alternatives[i]))
            return false;
    return true;
}

static uint32_t
add_chain(struct wp_lowering *lowering, const struct wp_model_chain *chain)
{
    struct wp_model *model = lowering->model;

    if (model->chain_count == lowering->chain_room) {
        uint32_t room = lowering->chain_room * 2 + 16;
        struct wp_model_chain *chains = wp_alloc_array(lowering->arena, room, sizeof *chains);

        if (model->chain_count > 0)
            memcpy(chains, model->chains, model->chain_count * sizeof *chains);
        model->chains = chains;
        lowering->chain_room = room;
    }
    model->chains[model->chain_count] = *chain;
    return model->chain_count++;
}

/* The declared chain that is all there is to an expression, or WP_NONE. */
static uint32_t
lone_chain(struct wp_lowering *lowering, const struct wp_scope *scope, const struct wp_chain *chain)
{
    const char *name = chain->kind == WP_CHAIN_NAME ? chain->name->text : NULL;

    for (const struct wp_argument *at; name && (at = wp_scope_find(scope, name)) != NULL;) {
        if (at->chain)
            return lone_chain(lowering, scope->outer, at->chain);
        name = at->set && at->set->kind == WP_SET_NAME ? at->set->text : NULL;
        scope = scope->outer;
    }
    const struct wp_symbol *symbol =
        name ? wp_symbols_find(lowering->symbols, WP_SYMBOL_CHAIN, name) : NULL;
    return symbol && symbol->kind == WP_SYMBOL_CHAIN ? symbol->number : WP_NONE;
}

uint32_t
wp_lower_chain(struct wp_lowering *lowering, const struct wp_scope *scope,
               const struct wp_chain *chain)
{
    uint32_t number = lone_chain(lowering, scope, chain);

    if (number != WP_NONE)
        return number;
    struct form form = lower_form(lowering, scope, chain);
    if (form.is_bad)
        return WP_NONE;
    uint64_t hash = hash_form(&form);
    uint32_t found = wp_map_find(&lowering->inline_chains, hash, is_chain, lowering->model, &form);
    if (found != WP_NONE)
        return found;
    report_repeats(lowering, &form, chain->span);
    struct wp_model_chain made = {NULL, chain->span, form.alternatives, form.count};
    number = add_chain(lowering, &made);
    wp_map_add(&lowering->inline_chains, hash, number);
    return number;
}
