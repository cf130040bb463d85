/* Chains as sets of ways, and ASSURANCE where it has the same. */
#include "compiler/emit/okta/okta_ways.h"

#include <stdlib.h>
#include <string.h>

#include "compiler/facts.h"

#define MOST_WAYS 4096

static const json_t *
methods_of(const json_t *step)
{
    return json_object_get(step, "authenticationMethods");
}

static const json_t *
next_of(const json_t *step)
{
    return json_array_get(json_object_get(step, "next"), 0);
}

/* ---- ways ------------------------------------------------------------------------------ */

/* All ways through the step and those behind it, each behind what is in `before`. */
static bool
add_ways(json_t *ways, const json_t *step, const char *before)
{
    const json_t *method;
    size_t i;

    if (step == NULL)
        return json_object_set_new(ways, before, json_true()) == 0 &&
               json_object_size(ways) <= MOST_WAYS;
    json_array_foreach(methods_of(step), i, method)
    {
        char *text = json_dumps(method, JSON_COMPACT | JSON_SORT_KEYS);
        size_t size = text == NULL ? 0 : strlen(before) + strlen(text) + 2;
        char *way = text == NULL ? NULL : malloc(size);
        bool ok = way != NULL;
        if (ok) {
            (void)snprintf(way, size, "%s%s\n", before, text);
            ok = add_ways(ways, next_of(step), way);
        }
        free(way);
        free(text);
        if (!ok)
            return false;
    }
    return true;
}

json_t *
wp_okta_ways(const json_t *chains)
{
    json_t *ways = json_object();
    const json_t *chain;
    size_t i;

    json_array_foreach(chains, i, chain)
    {
        if (!add_ways(ways, chain, "")) {
            json_decref(ways);
            return NULL;
        }
    }
    return ways;
}

/* ---- joining ------------------------------------------------------------------------------ */

/* The one step in which chains of the same length differ; *differ says in how many. */
static json_t *
differing_step(json_t *a, const json_t *b, const json_t **other, unsigned *differ)
{
    json_t *found = NULL;

    for (*differ = 0; a != NULL && b != NULL; a = json_array_get(json_object_get(a, "next"), 0)) {
        if (!json_equal(methods_of(a), methods_of(b))) {
            found = a;
            *other = b;
            *differ += 1;
        }
        b = next_of(b);
        if ((next_of(a) == NULL) != (b == NULL))
            *differ += 2;
    }
    return found;
}

/* Puts b into a where they differ in one step at most. */
static bool
join(json_t *a, const json_t *b)
{
    const json_t *other = NULL;
    unsigned differ;
    json_t *step = differing_step(a, b, &other, &differ);

    if (differ > 1)
        return false;
    if (differ == 1) {
        json_t *methods = json_object_get(step, "authenticationMethods");
        json_t *more = json_deep_copy(methods_of(other));
        (void)json_array_extend(methods, more);
        json_decref(more);
        wp_okta_sort_methods(methods);
    }
    return true;
}

void
wp_okta_join_chains(json_t *chains, size_t most)
{
    bool joined = true;

    while (joined && json_array_size(chains) > most) {
        joined = false;
        for (size_t i = 0; i < json_array_size(chains) && !joined; i++) {
            for (size_t k = i + 1; k < json_array_size(chains) && !joined; k++) {
                joined = join(json_array_get(chains, i), json_array_get(chains, k));
                if (joined)
                    (void)json_array_remove(chains, k);
            }
        }
    }
}

/* ---- assurance ------------------------------------------------------------------------------ */

static const char *const demands[] = {"phishingResistant", "hardwareProtection",
                                      "userVerification"};

/* What only the method's authenticator asks of people: something they know. */
static bool
is_knowledge(const struct wp_model *model, const json_t *use)
{
    for (uint32_t i = 0; i < model->method_count; i++) {
        const struct wp_declaration *method = model->methods[i].declaration;
        const struct wp_attribute *block =
            method == NULL ? NULL : wp_block_find(method->attributes, "okta", NULL);
        if (block != NULL && strcmp(wp_attribute_text(block->attributes, "key", ""),
                                    json_string_value(json_object_get(use, "key"))) == 0)
            return wp_method_factors(method) == WP_FACTOR_KNOWLEDGE;
    }
    return false;
}

/* Are all methods of the step of that sort? */
static bool
is_all(const struct wp_model *model, const json_t *step, bool knowledge)
{
    const json_t *method;
    size_t i;

    json_array_foreach(methods_of(step), i, method)
    {
        if (is_knowledge(model, method) != knowledge)
            return false;
    }
    return true;
}

static json_t *
plain_method(const json_t *method)
{
    json_t *plain = json_deep_copy(method);

    for (size_t i = 0; i < sizeof demands / sizeof *demands; i++)
        (void)json_object_del(plain, demands[i]);
    return plain;
}

static bool
asks_alike(const json_t *a, const json_t *b)
{
    for (size_t i = 0; i < sizeof demands / sizeof *demands; i++) {
        if ((json_object_get(a, demands[i]) == NULL) != (json_object_get(b, demands[i]) == NULL))
            return false;
    }
    return true;
}

/* The part of a step whose methods are asked for as `like` is, as a constraint; what it
 * asks of them is asked of all that the constraint lists. */
static json_t *
constraint_of(const struct wp_model *model, const json_t *step, const json_t *like)
{
    json_t *list = json_array(), *constraint = json_object();
    const json_t *method;
    size_t i;

    json_array_foreach(methods_of(step), i, method)
    {
        if (asks_alike(method, like) && is_knowledge(model, method) == is_knowledge(model, like))
            (void)json_array_append_new(list, plain_method(method));
    }
    wp_okta_sort_methods(list);
    (void)json_object_set_new(constraint, "authenticationMethods", list);
    for (i = 0; i < sizeof demands / sizeof *demands; i++) {
        if (json_object_get(like, demands[i]) != NULL)
            (void)json_object_set_new(constraint, demands[i], json_string("REQUIRED"));
    }
    return constraint;
}

static void
add_once(json_t *list, json_t *item)
{
    const json_t *other;
    size_t i;
    bool is_there = false;

    json_array_foreach(list, i, other) is_there = is_there || json_equal(other, item);
    if (is_there)
        json_decref(item);
    else
        (void)json_array_append_new(list, item);
}

/* One factor: any of these methods. */
static bool
add_single(const struct wp_model *model, json_t *constraints, const json_t *chain)
{
    const json_t *method;
    size_t i;

    if (next_of(chain) != NULL)
        return false;
    json_array_foreach(methods_of(chain), i, method)
    {
        bool knowledge = is_knowledge(model, method);
        if (knowledge && !asks_alike(method, NULL))
            return false;
        add_once(constraints, json_pack("{s:o}", knowledge ? "knowledge" : "possession",
                                        constraint_of(model, chain, method)));
    }
    return true;
}

/* Two factors, knowledge first; those the other way round say the same once more. */
static bool
add_pair(const struct wp_model *model, json_t *constraints, const json_t *first)
{
    const json_t *second = next_of(first), *method, *known = json_array_get(methods_of(first), 0);
    size_t i;

    if (second == NULL || next_of(second) != NULL)
        return false;
    if (is_all(model, first, false) && is_all(model, second, true))
        return true;
    if (!is_all(model, first, true) || !is_all(model, second, false))
        return false;
    json_array_foreach(methods_of(first), i, method)
    {
        if (!asks_alike(method, NULL))
            return false;
    }
    json_array_foreach(methods_of(second), i, method) add_once(
        constraints, json_pack("{s:o, s:o}", "knowledge", constraint_of(model, first, known),
                               "possession", constraint_of(model, second, method)));
    return true;
}

/* Is each way of two there the other way round, too? */
static bool
can_be_swapped(const json_t *chains)
{
    json_t *ways = wp_okta_ways(chains);
    const json_t *value;
    const char *way;
    bool can = ways != NULL;

    json_object_foreach(ways, way, value)
    {
        const char *second = strchr(way, '\n') + 1;
        char *swapped = malloc(strlen(way) + 1);
        if (swapped != NULL)
            (void)sprintf(swapped, "%s%.*s", second, (int)(second - way), way);
        can = can && swapped != NULL && json_object_get(ways, swapped) != NULL;
        free(swapped);
    }
    json_decref(ways);
    return can;
}

json_t *
wp_okta_assurance_of(const struct wp_model *model, const json_t *chains)
{
    bool two = next_of(json_array_get(chains, 0)) != NULL;
    json_t *constraints = json_array();
    const json_t *chain;
    bool can = json_array_size(chains) > 0;
    size_t i;

    json_array_foreach(chains, i, chain) can =
        can && (two ? add_pair : add_single)(model, constraints, chain);
    if (!can || (two && !can_be_swapped(chains))) {
        json_decref(constraints);
        return NULL;
    }
    return json_pack("{s:s, s:s, s:o}", "type", "ASSURANCE", "factorMode", two ? "2FA" : "1FA",
                     "constraints", constraints);
}
