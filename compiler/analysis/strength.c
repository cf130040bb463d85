#include "compiler/analysis/strength.h"
#include "compiler/facts.h"

#include <string.h>

enum { KNOWLEDGE = 1, POSSESSION = 2, INHERENCE = 4 };

static unsigned
kinds_of(const struct wp_model *model, uint32_t method)
{
    const struct wp_declaration *declaration = model->methods[method].declaration;
    const struct wp_attribute *factors =
        declaration ? wp_attribute_find(declaration->attributes, "factors") : NULL;
    unsigned kinds = 0;

    if (!factors || !factors->value)
        return 0;
    kinds |= wp_value_holds(factors->value, "knowledge") ? KNOWLEDGE : 0;
    kinds |= wp_value_holds(factors->value, "possession") ? POSSESSION : 0;
    kinds |= wp_value_holds(factors->value, "inherence") ? INHERENCE : 0;
    return kinds;
}

static bool
is_yes(const struct wp_model *model, uint32_t method, const char *key)
{
    const struct wp_declaration *declaration = model->methods[method].declaration;
    return declaration && wp_attribute_is_yes(declaration->attributes, key);
}

/* ---- the weakest path of an alternative ------------------------------------------ */

/* The methods chosen so far, one a step, and the fewest factors of any choice. */
struct path {
    const struct wp_model *model;
    const struct wp_alternative *alternative;
    uint32_t chosen[64];
    unsigned best;
    uint32_t tries; /* bounds the search; steps with many methods are rare */
};
#define MAX_TRIES 20000

static unsigned
count_factors(const struct path *path, uint32_t steps)
{
    unsigned kinds = 0, things = 0;

    for (uint32_t i = 0; i < steps; i++) {
        unsigned k = kinds_of(path->model, path->chosen[i]);
        bool again = false;
        for (uint32_t j = 0; j < i; j++)
            again = again || path->chosen[j] == path->chosen[i];
        kinds |= k;
        things += (k & POSSESSION) && !again;
    }
    return things + !!(kinds & KNOWLEDGE) + !!(kinds & INHERENCE);
}

/* Goes on to step `step` in every way. Factors only grow along a path, so one
 * that has reached the best is left. */
static void
walk(struct path *path, uint32_t step)
{
    unsigned factors = count_factors(path, step);

    if (factors >= path->best || ++path->tries > MAX_TRIES)
        return;
    if (step == path->alternative->count || step == 64) {
        path->best = factors;
        return;
    }
    for (uint32_t i = 0; i < path->alternative->steps[step].count; i++) {
        path->chosen[step] = path->alternative->steps[step].methods[i];
        walk(path, step + 1);
    }
}

/* Does some step accept only methods with the property? Then every path has it. */
static bool
some_step_demands(const struct wp_model *model, const struct wp_alternative *alternative,
                  bool (*has)(const struct wp_model *model, uint32_t method))
{
    for (uint32_t i = 0; i < alternative->count; i++) {
        bool all = true;
        for (uint32_t k = 0; k < alternative->steps[i].count; k++)
            all = all && has(model, alternative->steps[i].methods[k]);
        if (all)
            return true;
    }
    return false;
}

static bool
goes_beyond_knowledge(const struct wp_model *model, uint32_t method)
{
    return kinds_of(model, method) & (POSSESSION | INHERENCE);
}

static bool
is_device_bound(const struct wp_model *model, uint32_t method)
{
    return is_yes(model, method, "device_bound");
}

static bool
is_phishing_resistant(const struct wp_model *model, uint32_t method)
{
    return is_yes(model, method, "phishing_resistant");
}

struct wp_strength
wp_alternative_strength(const struct wp_model *model, const struct wp_alternative *alternative)
{
    struct path path = {.model = model, .alternative = alternative, .best = 1000};
    struct wp_strength strength;

    walk(&path, 0);
    strength.factors = path.best == 1000 ? 0 : path.best;
    strength.beyond_knowledge = some_step_demands(model, alternative, goes_beyond_knowledge);
    strength.device_bound = some_step_demands(model, alternative, is_device_bound);
    strength.phishing_resistant = some_step_demands(model, alternative, is_phishing_resistant);
    return strength;
}

struct wp_strength
wp_chain_strength(const struct wp_model *model, uint32_t chain)
{
    struct wp_strength weakest = {0, false, false, false};

    if (chain == WP_NONE)
        return weakest;
    const struct wp_model_chain *c = &model->chains[chain];
    for (uint32_t i = 0; i < c->count; i++) {
        struct wp_strength one = wp_alternative_strength(model, &c->alternatives[i]);
        if (i == 0) {
            weakest = one;
            continue;
        }
        weakest.factors = one.factors < weakest.factors ? one.factors : weakest.factors;
        weakest.beyond_knowledge = weakest.beyond_knowledge && one.beyond_knowledge;
        weakest.device_bound = weakest.device_bound && one.device_bound;
        weakest.phishing_resistant = weakest.phishing_resistant && one.phishing_resistant;
    }
    return weakest;
}

/* ---- methods on paths ---------------------------------------------------------------- */

static bool
step_holds(const struct wp_step *step, uint32_t method)
{
    for (uint32_t i = 0; i < step->count; i++) {
        if (step->methods[i] == method)
            return true;
    }
    return false;
}

bool
wp_chain_may_use(const struct wp_model *model, uint32_t chain, uint32_t method)
{
    if (chain == WP_NONE)
        return false;
    for (uint32_t i = 0; i < model->chains[chain].count; i++) {
        const struct wp_alternative *alternative = &model->chains[chain].alternatives[i];
        for (uint32_t k = 0; k < alternative->count; k++) {
            if (step_holds(&alternative->steps[k], method))
                return true;
        }
    }
    return false;
}

bool
wp_chain_must_use(const struct wp_model *model, uint32_t chain, uint32_t method)
{
    if (chain == WP_NONE || model->chains[chain].count == 0)
        return false;
    for (uint32_t i = 0; i < model->chains[chain].count; i++) {
        const struct wp_alternative *alternative = &model->chains[chain].alternatives[i];
        bool asked = false;
        for (uint32_t k = 0; k < alternative->count; k++)
            asked = asked || (alternative->steps[k].count == 1 &&
                              step_holds(&alternative->steps[k], method));
        if (!asked)
            return false;
    }
    return true;
}

/* ---- comparing decisions --------------------------------------------------------------- */

/* What has been found of several aspects so far. */
struct aspects {
    bool stricter, looser;
};

static void
add_aspect(struct aspects *aspects, uint64_t before, uint64_t after)
{
    aspects->stricter = aspects->stricter || after > before;
    aspects->looser = aspects->looser || after < before;
}

static bool
same_step(const struct wp_model *a, const struct wp_step *x, const struct wp_model *b,
          const struct wp_step *y)
{
    if (x->count != y->count)
        return false;
    for (uint32_t i = 0; i < x->count; i++) {
        if (strcmp(a->methods[x->methods[i]].name, b->methods[y->methods[i]].name) != 0)
            return false;
    }
    return true;
}

static bool
same_chain(const struct wp_model *a, uint32_t x, const struct wp_model *b, uint32_t y)
{
    if (x == WP_NONE || y == WP_NONE)
        return x == y;
    const struct wp_model_chain *c = &a->chains[x], *d = &b->chains[y];
    if (c->count != d->count)
        return false;
    for (uint32_t i = 0; i < c->count; i++) {
        if (c->alternatives[i].count != d->alternatives[i].count)
            return false;
        for (uint32_t k = 0; k < c->alternatives[i].count; k++) {
            if (!same_step(a, &c->alternatives[i].steps[k], b, &d->alternatives[i].steps[k]))
                return false;
        }
    }
    return true;
}

static bool
same_message(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

enum wp_order
wp_compare_decisions(const struct wp_model *old_model, const struct wp_decision *before,
                     const struct wp_model *new_model, const struct wp_decision *after)
{
    static const uint64_t severity[] = {[WP_DENY] = 2, [WP_AUTHENTICATE] = 1, [WP_ALLOW] = 0};
    struct aspects aspects = {false, false};
    bool same = same_chain(old_model, before->chain, new_model, after->chain);

    if (before->effect != after->effect)
        return severity[after->effect] > severity[before->effect] ? WP_ORDER_STRICTER
                                                                  : WP_ORDER_LOOSER;
    if (!same) {
        struct wp_strength old = wp_chain_strength(old_model, before->chain);
        struct wp_strength new = wp_chain_strength(new_model, after->chain);
        add_aspect(&aspects, old.factors, new.factors);
        add_aspect(&aspects, old.beyond_knowledge, new.beyond_knowledge);
        add_aspect(&aspects, old.device_bound, new.device_bound);
        add_aspect(&aspects, old.phishing_resistant, new.phishing_resistant);
    }
    add_aspect(&aspects, UINT64_MAX - before->reauth_seconds, UINT64_MAX - after->reauth_seconds);
    if (aspects.stricter != aspects.looser)
        return aspects.stricter ? WP_ORDER_STRICTER : WP_ORDER_LOOSER;
    if (aspects.stricter)
        return WP_ORDER_MIXED;
    if (!same || !same_message(before->message, after->message))
        return WP_ORDER_OTHER;
    return WP_ORDER_EQUAL;
}
