/*
 * A policy's rules with its templates expanded in place. Expanding copies no
 * tree: the template's rules are lowered once more, in the scope of the include.
 */
#include "compiler/lowering.h"

#include <string.h>

/* One policy's rules while they are made. */
struct rules {
    struct wp_lowering *lowering;
    struct wp_policy *policy;
    uint32_t room;
    struct wp_map by_name;
    const struct wp_rule *otherwise; /* the first one met */
    bool reported_after;
};

/* Where rules come from: the policy itself, or an include. */
struct origin {
    const struct wp_scope *scope;
    const char *prefix;     /* "" or "name_" */
    struct wp_span include; /* in the policy; file WP_NO_FILE: none */
    unsigned depth;
};

static void expand(struct rules *rules, const struct wp_rule *list, const struct origin *origin);

/* ---- names ------------------------------------------------------------------------------ */

static bool
is_rule(const void *context, uint32_t number, const void *key)
{
    const struct wp_policy *policy = context;

    return strcmp(policy->rules[number].name, key) == 0;
}

static void
check_name(struct rules *rules, const struct wp_model_rule *rule)
{
    struct wp_diagnostics *list = rules->lowering->list;
    uint64_t hash = wp_hash_text(rule->name);
    uint32_t found = wp_map_find(&rules->by_name, hash, is_rule, rules->policy, rule->name);
    bool is_included = rule->included_from.file != WP_NO_FILE;

    if (found == WP_NONE) {
        wp_map_add(&rules->by_name, hash, rules->policy->rule_count);
        return;
    }
    const struct wp_model_rule *first = &rules->policy->rules[found];
    struct wp_diagnostic *finding =
        wp_report(list, WP_E_DUPLICATE_NAME, is_included ? rule->included_from : rule->span,
                  "the rule '%s' stands twice in the policy '%s'", rule->name, rules->policy->name);
    wp_add_label(list, finding, first->span, "first here");
    if (is_included) {
        wp_add_label(list, finding, rule->span, "and again from here");
        wp_add_help(list, finding, "give the include a name: include ... as name");
    }
}

/* ---- rules -------------------------------------------------------------------------------- */

static struct wp_decision
lower_action(struct wp_lowering *lowering, const struct wp_scope *scope,
             const struct wp_action *action)
{
    return (struct wp_decision){
        .effect = action->effect,
        .chain = action->chain ? wp_lower_chain(lowering, scope, action->chain) : WP_NONE,
        .reauth_seconds = action->has_reauth ? action->reauth_seconds : WP_NO_REAUTH,
        .message = action->message ? action->message->text : NULL,
        .span = action->span,
    };
}

static const char *
name_of(struct wp_lowering *lowering, const struct wp_rule *rule, const struct origin *origin)
{
    if (!rule->name || origin->prefix[0] == '\0')
        return rule->name ? rule->name->text : NULL;
    return wp_format(lowering->arena, "%s%s", origin->prefix, rule->name->text);
}

static struct wp_model_rule
lower_rule(struct rules *rules, const struct wp_rule *rule, const struct origin *origin)
{
    struct wp_lowering *lowering = rules->lowering;
    struct wp_span span = rule->name ? rule->name->span : rule->span;

    return (struct wp_model_rule){
        .name = name_of(lowering, rule, origin),
        .span = span,
        .included_from = origin->include,
        .report = rule->report,
        .when = wp_lower_when(lowering, origin->scope, rule->when, span),
        .decision = lower_action(lowering, origin->scope, rule->action),
        .annotations = rule->annotations,
        .source = rule,
    };
}

/* `otherwise` ends a policy: what follows can never decide. */
static void
check_order(struct rules *rules, const struct wp_rule *rule)
{
    struct wp_diagnostics *list = rules->lowering->list;

    if (!rules->otherwise || rules->reported_after)
        return;
    struct wp_diagnostic *finding =
        wp_report(list, WP_E_AFTER_OTHERWISE, rule->span, "nothing can follow 'otherwise'");
    wp_add_label(list, finding, rules->otherwise->span, "this decides whatever is left");
    wp_add_help(list, finding, "put 'otherwise' last");
    rules->reported_after = true;
}

/* False when there are more rules than woapol holds. Includes count like rules:
 * templates without rules could include each other without end, too. */
static bool
count_rule(struct rules *rules, const struct wp_rule *rule)
{
    struct wp_lowering *lowering = rules->lowering;

    if (lowering->rule_count < WP_MAX_RULES) {
        lowering->rule_count++;
        return true;
    }
    if (!lowering->reported_rules)
        wp_report(lowering->list, WP_E_TOO_MANY, rule->span, "more than %d rules", WP_MAX_RULES);
    lowering->reported_rules = true;
    return false;
}

static void
add_rule(struct rules *rules, const struct wp_model_rule *rule)
{
    struct wp_policy *policy = rules->policy;

    if (policy->rule_count == rules->room) {
        uint32_t room = rules->room == 0 ? 8 : rules->room * 2;
        struct wp_model_rule *array = wp_alloc_array(rules->lowering->arena, room, sizeof *array);

        if (policy->rule_count > 0)
            memcpy(array, policy->rules, policy->rule_count * sizeof *array);
        policy->rules = array;
        rules->room = room;
    }
    policy->rules[policy->rule_count++] = *rule;
}

/* ---- includes ------------------------------------------------------------------------------- */

static void
expand_include(struct rules *rules, const struct wp_rule *include, const struct origin *origin)
{
    struct wp_lowering *lowering = rules->lowering;
    const struct wp_symbol *symbol =
        wp_symbols_find(lowering->symbols, WP_SYMBOL_TEMPLATE, include->name->text);

    if (!symbol || symbol->is_broken)
        return;
    if (origin->depth == WP_MAX_INCLUDE_DEPTH) {
        if (!lowering->reported_depth)
            wp_report(lowering->list, WP_E_TOO_MANY, include->span,
                      "templates that include templates, more than %d deep", WP_MAX_INCLUDE_DEPTH);
        lowering->reported_depth = true;
        return;
    }
    const struct wp_scope scope = {&lowering->resolved->templates[symbol->number],
                                   include->arguments, origin->scope};
    const struct wp_scope *kept =
        memcpy(wp_alloc(lowering->arena, sizeof scope), &scope, sizeof scope);
    const struct origin inner = {
        .scope = kept,
        .prefix = include->prefix
                      ? wp_format(lowering->arena, "%s%s_", origin->prefix, include->prefix->text)
                      : origin->prefix,
        .include = origin->depth == 0 ? include->span : origin->include,
        .depth = origin->depth + 1,
    };
    expand(rules, symbol->declaration->rules, &inner);
}

static void
expand(struct rules *rules, const struct wp_rule *list, const struct origin *origin)
{
    for (const struct wp_rule *rule = list; rule; rule = rule->next) {
        if (!count_rule(rules, rule))
            return;
        if (rule->kind == WP_INCLUDE) {
            expand_include(rules, rule, origin);
            continue;
        }
        check_order(rules, rule);
        struct wp_model_rule made = lower_rule(rules, rule, origin);
        if (rule->kind == WP_RULE) {
            check_name(rules, &made);
            add_rule(rules, &made);
        } else if (!rules->otherwise) {
            rules->otherwise = rule;
            rules->policy->otherwise = made;
            rules->policy->has_otherwise = true;
        }
    }
}

/* What decides where no `otherwise` is written. */
static struct wp_model_rule
implicit_otherwise(struct wp_lowering *lowering, struct wp_span span)
{
    return (struct wp_model_rule){
        .span = span,
        .included_from = {WP_NO_FILE, 0, 0},
        .when = wp_lower_when(lowering, NULL, NULL, span),
        .decision = {.effect = WP_DENY,
                     .chain = WP_NONE,
                     .reauth_seconds = WP_NO_REAUTH,
                     .span = span},
    };
}

void
wp_lower_rules(struct wp_lowering *lowering, const struct wp_declaration *declaration,
               struct wp_policy *policy)
{
    struct rules rules = {.lowering = lowering, .policy = policy};
    const struct origin origin = {.prefix = "", .include = {WP_NO_FILE, 0, 0}};

    wp_map_init(&rules.by_name, lowering->arena);
    policy->otherwise = implicit_otherwise(lowering, policy->span);
    expand(&rules, declaration->rules, &origin);
}
