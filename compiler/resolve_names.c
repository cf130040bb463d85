/* Every name in a tree, looked up in the kind that its place wants. */
#include "compiler/resolver.h"

#include <string.h>

const char *
wp_place_text(enum wp_place place)
{
    static const char *const texts[] = {
        [WP_PLACE_UNKNOWN] = "nothing",
        [WP_PLACE_NETWORK] = "a network",
        [WP_PLACE_DEVICE] = "a device type",
        [WP_PLACE_GROUP] = "a group",
        [WP_PLACE_APP] = "an app",
        [WP_PLACE_USER] = "a user",
        [WP_PLACE_ENTRY] = "an entry",
        [WP_PLACE_CHAIN] = "a method or chain",
        [WP_PLACE_CONDITION] = "a condition",
    };

    return texts[place];
}

enum wp_symbol_kind
wp_place_symbol(enum wp_place place)
{
    static const unsigned char kinds[] = {
        [WP_PLACE_UNKNOWN] = WP_SYMBOL_KIND_COUNT,
        [WP_PLACE_NETWORK] = WP_SYMBOL_NETWORK,
        [WP_PLACE_DEVICE] = WP_SYMBOL_DEVICE,
        [WP_PLACE_GROUP] = WP_SYMBOL_GROUP,
        [WP_PLACE_APP] = WP_SYMBOL_APP,
        [WP_PLACE_USER] = WP_SYMBOL_KIND_COUNT,
        [WP_PLACE_ENTRY] = WP_SYMBOL_KIND_COUNT,
        [WP_PLACE_CHAIN] = WP_SYMBOL_CHAIN,
        [WP_PLACE_CONDITION] = WP_SYMBOL_CONDITION,
    };

    return kinds[place];
}

struct wp_parameter *
wp_find_parameter(const struct wp_template *within, const char *name)
{
    for (uint32_t i = 0; within && i < within->parameter_count; i++)
        if (strcmp(within->parameters[i].name, name) == 0)
            return &within->parameters[i];
    return NULL;
}

static void
add_edge(struct wp_resolver *resolver, uint32_t to)
{
    if (resolver->current == WP_NONE)
        return;
    if (resolver->edge_count == resolver->edge_room) {
        uint32_t room = resolver->edge_room == 0 ? 256 : resolver->edge_room * 2;
        struct wp_edge *edges = wp_alloc_array(resolver->arena, room, sizeof *edges);

        if (resolver->edge_count > 0)
            memcpy(edges, resolver->edges, resolver->edge_count * sizeof *edges);
        resolver->edges = edges;
        resolver->edge_room = room;
    }
    resolver->edges[resolver->edge_count++] = (struct wp_edge){resolver->current, to};
}

/* What a parameter is follows from its uses, which must agree. */
static void
use_parameter(struct wp_resolver *resolver, struct wp_parameter *parameter, enum wp_place place,
              struct wp_span span)
{
    if (place == WP_PLACE_UNKNOWN || parameter->place == place)
        return;
    if (parameter->place == WP_PLACE_UNKNOWN) {
        parameter->place = place;
        parameter->used = span;
        return;
    }
    struct wp_diagnostic *finding =
        wp_report(resolver->list, WP_E_BAD_ARGUMENT, span, "'%s' is used as %s and as %s",
                  parameter->name, wp_place_text(parameter->place), wp_place_text(place));
    wp_add_label(resolver->list, finding, parameter->used, "as %s here",
                 wp_place_text(parameter->place));
    wp_add_help(resolver->list, finding, "give the template a parameter for each");
}

static void
resolve_entry(struct wp_resolver *resolver, const char *name, struct wp_span span)
{
    const char *names[WP_ENTRY_COUNT - 1];

    if (wp_entry_number(name) != WP_NONE)
        return;
    for (uint32_t i = WP_ENTRY_BROWSER; i < WP_ENTRY_COUNT; i++)
        names[i - 1] = wp_entry_name(i);
    const char *near = wp_suggest(name, names, WP_ENTRY_COUNT - 1);
    struct wp_diagnostic *finding =
        wp_report(resolver->list, WP_E_UNKNOWN_NAME, span, "there is no entry '%s'", name);
    if (near)
        wp_add_fix(resolver->list, finding, WP_FIX_CHANGES_DECISIONS, span, near, "write '%s'",
                   near);
    else
        wp_add_help(resolver->list, finding,
                    "entries are browser, native_app, hub and okta_mobile");
}

static void
resolve_risk(struct wp_resolver *resolver, const struct wp_name *level)
{
    const char *names[WP_RISK_COUNT];

    if (wp_risk_number(level->text) != WP_NONE)
        return;
    for (uint32_t i = 0; i < WP_RISK_COUNT; i++)
        names[i] = wp_risk_name(i);
    const char *near = wp_suggest(level->text, names, WP_RISK_COUNT);
    struct wp_diagnostic *finding = wp_report(resolver->list, WP_E_UNKNOWN_NAME, level->span,
                                              "there is no risk '%s'", level->text);
    if (near)
        wp_add_fix(resolver->list, finding, WP_FIX_CHANGES_DECISIONS, level->span, near,
                   "write '%s'", near);
    else
        wp_add_help(resolver->list, finding, "risks are low, medium and high");
}

static void
resolve_name(struct wp_resolver *resolver, enum wp_place place, const char *name,
             struct wp_span span)
{
    struct wp_parameter *parameter = wp_find_parameter(resolver->within, name);
    enum wp_symbol_kind kind = wp_place_symbol(place);

    if (parameter) {
        use_parameter(resolver, parameter, place, span);
    } else if (place == WP_PLACE_ENTRY) {
        resolve_entry(resolver, name, span);
    } else if (kind == WP_SYMBOL_KIND_COUNT) {
        struct wp_diagnostic *finding =
            wp_report(resolver->list, WP_E_WRONG_KIND, span, "users are written in quotes");
        wp_add_fix(resolver->list, finding, WP_FIX_CHANGES_DECISIONS, span,
                   wp_format(resolver->arena, "\"%s\"", name), "write \"%s\"", name);
    } else {
        const struct wp_symbol *found =
            wp_symbols_require(resolver->symbols, resolver->list, kind, name, span);

        if (found)
            add_edge(resolver, (uint32_t)(found - resolver->symbols->all));
    }
}

/* ---- sets ---------------------------------------------------------------------------- */

static bool
has_algebra(enum wp_place place)
{
    return place == WP_PLACE_NETWORK || place == WP_PLACE_DEVICE;
}

/* `+` may join what can only be listed; `-` and `&` need sets. */
static void
check_operator(struct wp_resolver *resolver, const struct wp_set *set, enum wp_place place)
{
    const struct wp_set *bad = set->kind == WP_SET_PRODUCT ? set->parts : NULL;

    for (const struct wp_set *at = set->parts; !bad && at; at = at->next)
        if (at->join == WP_JOIN_DIFFERENCE)
            bad = at;
    if (has_algebra(place) || !bad)
        return;
    const char *operator= set->kind == WP_SET_PRODUCT ? "&" : "-";
    struct wp_diagnostic *finding =
        wp_report(resolver->list, WP_E_SYNTAX, set->span,
                  "'%s' joins networks and device types only", operator);
    wp_add_help(resolver->list, finding, "write two conditions, joined by '%s'",
                set->kind == WP_SET_PRODUCT ? "and" : "and not");
}

static void
report_address(struct wp_resolver *resolver, const struct wp_set *set, enum wp_place place)
{
    wp_report(resolver->list, WP_E_WRONG_KIND, set->span, "an address, where %s is wanted",
              wp_place_text(place));
}

void
wp_resolve_set(struct wp_resolver *resolver, const struct wp_set *set, enum wp_place place)
{
    switch (set->kind) {
    case WP_SET_NAME:
        resolve_name(resolver, place, set->text, set->span);
        break;
    case WP_SET_STRING:
        if (place != WP_PLACE_USER)
            resolve_name(resolver, place, set->text, set->span);
        break;
    case WP_SET_ADDRESS:
    case WP_SET_RANGE:
        if (place != WP_PLACE_NETWORK)
            report_address(resolver, set, place);
        break;
    case WP_SET_SUM:
    case WP_SET_PRODUCT:
        check_operator(resolver, set, place);
        for (const struct wp_set *at = set->parts; at; at = at->next)
            wp_resolve_set(resolver, at, place);
        break;
    case WP_SET_LIST:
        for (const struct wp_set *at = set->parts; at; at = at->next)
            wp_resolve_set(resolver, at, place);
        break;
    }
}

/* ---- conditions, chains, rules ----------------------------------------------------------- */

static void
resolve_condition(struct wp_resolver *resolver, const struct wp_condition *condition)
{
    switch (condition->kind) {
    case WP_CONDITION_AND:
    case WP_CONDITION_OR:
    case WP_CONDITION_NOT:
        for (const struct wp_condition *at = condition->parts; at; at = at->next)
            resolve_condition(resolver, at);
        break;
    case WP_CONDITION_NETWORK:
        wp_resolve_set(resolver, condition->set, WP_PLACE_NETWORK);
        break;
    case WP_CONDITION_DEVICE:
        wp_resolve_set(resolver, condition->set, WP_PLACE_DEVICE);
        break;
    case WP_CONDITION_GROUP:
        wp_resolve_set(resolver, condition->set, WP_PLACE_GROUP);
        break;
    case WP_CONDITION_APP:
        wp_resolve_set(resolver, condition->set, WP_PLACE_APP);
        break;
    case WP_CONDITION_USER:
        wp_resolve_set(resolver, condition->set, WP_PLACE_USER);
        break;
    case WP_CONDITION_ENTRY:
        wp_resolve_set(resolver, condition->set, WP_PLACE_ENTRY);
        break;
    case WP_CONDITION_MANAGED:
    case WP_CONDITION_COMPLIANT:
        break;
    case WP_CONDITION_RISK:
        resolve_risk(resolver, condition->name);
        break;
    case WP_CONDITION_NAMED:
        resolve_name(resolver, WP_PLACE_CONDITION, condition->name->text, condition->name->span);
        break;
    }
}

void
wp_resolve_chain(struct wp_resolver *resolver, const struct wp_chain *chain)
{
    if (chain->kind == WP_CHAIN_NAME)
        resolve_name(resolver, WP_PLACE_CHAIN, chain->name->text, chain->name->span);
    for (const struct wp_chain *at = chain->parts; at; at = at->next)
        wp_resolve_chain(resolver, at);
}

static void
resolve_rules(struct wp_resolver *resolver, const struct wp_rule *rules)
{
    for (const struct wp_rule *rule = rules; rule; rule = rule->next) {
        if (rule->when)
            resolve_condition(resolver, rule->when);
        if (rule->action && rule->action->chain)
            wp_resolve_chain(resolver, rule->action->chain);
        if (rule->kind == WP_INCLUDE) {
            const struct wp_symbol *found =
                wp_symbols_require(resolver->symbols, resolver->list, WP_SYMBOL_TEMPLATE,
                                   rule->name->text, rule->name->span);
            if (found)
                add_edge(resolver, (uint32_t)(found - resolver->symbols->all));
        }
    }
}

static void
resolve_outcomes(struct wp_resolver *resolver, const struct wp_outcome *outcomes)
{
    for (const struct wp_outcome *at = outcomes; at; at = at->next) {
        if (at->chain)
            wp_resolve_chain(resolver, at->chain);
        if (at->kind == WP_OUTCOME_METHOD)
            resolve_name(resolver, WP_PLACE_CHAIN, at->name->text, at->name->span);
    }
}

static void
resolve_test(struct wp_resolver *resolver, const struct wp_declaration *declaration)
{
    for (const struct wp_case *at = declaration->cases; at; at = at->next)
        for (const struct wp_expectation *e = at->expectations; e; e = e->next)
            resolve_outcomes(resolver, e->outcome);
    for (const struct wp_claim *at = declaration->claims; at; at = at->next) {
        resolve_outcomes(resolver, at->outcomes);
        if (at->when)
            resolve_condition(resolver, at->when);
    }
}

static void
resolve_policy(struct wp_resolver *resolver, const struct wp_declaration *declaration)
{
    for (const struct wp_name *at = declaration->apps; at; at = at->next)
        resolve_name(resolver, WP_PLACE_APP, at->text, at->span);
    resolve_rules(resolver, declaration->rules);
}

void
wp_resolve_declaration(struct wp_resolver *resolver, const struct wp_declaration *declaration)
{
    if (declaration->set)
        wp_resolve_set(resolver, declaration->set,
                       declaration->kind == WP_DECL_DEVICE ? WP_PLACE_DEVICE : WP_PLACE_NETWORK);
    if (declaration->chain)
        wp_resolve_chain(resolver, declaration->chain);
    if (declaration->condition)
        resolve_condition(resolver, declaration->condition);
    if (declaration->conclusion)
        resolve_condition(resolver, declaration->conclusion);
    if (declaration->kind == WP_DECL_POLICY)
        resolve_policy(resolver, declaration);
    if (declaration->kind == WP_DECL_TEMPLATE)
        resolve_rules(resolver, declaration->rules);
    if (declaration->kind == WP_DECL_TEST || declaration->kind == WP_DECL_PROVE)
        resolve_test(resolver, declaration);
}
