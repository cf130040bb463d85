#include "ast_build.h"

#include <string.h>

#define NEW(p, type) ((struct type *)wp_alloc((p)->arena, sizeof(struct type)))

struct wp_name *
wp_new_name(struct wp_parser *p, struct wp_span span, const char *text, bool quoted)
{
    struct wp_name *name = NEW(p, wp_name);

    name->text = text;
    name->span = span;
    name->quoted = quoted;
    return name;
}

struct wp_name *
wp_join_names(struct wp_parser *p, const struct wp_name *a, const char *between, const char *b,
              struct wp_span span)
{
    const char *joined = wp_format(p->arena, "%s%s%s", a->text, between, b);

    return wp_new_name(p, span, wp_intern(p->names, joined, strlen(joined)), a->quoted);
}

/* ---- sets, conditions, chains ---------------------------------------------- */

struct wp_set *
wp_new_set(struct wp_parser *p, enum wp_set_kind kind, struct wp_span span, const char *text,
           const char *upper)
{
    struct wp_set *set = NEW(p, wp_set);

    set->kind = upper ? WP_SET_RANGE : kind;
    set->span = span;
    set->text = text;
    set->upper = upper;
    return set;
}

struct wp_set *
wp_new_set_of(struct wp_parser *p, enum wp_set_kind kind, struct wp_span span,
              struct wp_set_list parts)
{
    struct wp_set *set = wp_new_set(p, kind, span, NULL, NULL);

    set->parts = parts.first;
    return set;
}

struct wp_set *
wp_join_set(struct wp_set *set, enum wp_join join)
{
    set->join = join;
    return set;
}

struct wp_condition *
wp_new_condition(struct wp_parser *p, enum wp_condition_kind kind, struct wp_span span,
                 enum wp_comparison comparison, struct wp_name *name)
{
    struct wp_condition *condition = NEW(p, wp_condition);

    condition->kind = kind;
    condition->span = span;
    condition->comparison = comparison;
    condition->name = name;
    return condition;
}

struct wp_condition *
wp_new_condition_of(struct wp_parser *p, enum wp_condition_kind kind, struct wp_span span,
                    struct wp_condition_list parts)
{
    struct wp_condition *condition = wp_new_condition(p, kind, span, WP_IS, NULL);

    condition->parts = parts.first;
    return condition;
}

struct wp_condition *
wp_new_in(struct wp_parser *p, enum wp_condition_kind kind, struct wp_span span, struct wp_set *set)
{
    struct wp_condition *condition = wp_new_condition(p, kind, span, WP_IS, NULL);

    condition->set = set;
    return condition;
}

struct wp_chain *
wp_new_chain(struct wp_parser *p, struct wp_span span, struct wp_name *name)
{
    struct wp_chain *chain = NEW(p, wp_chain);

    chain->kind = WP_CHAIN_NAME;
    chain->span = span;
    chain->name = name;
    return chain;
}

struct wp_chain *
wp_new_chain_of(struct wp_parser *p, enum wp_chain_kind kind, struct wp_span span,
                struct wp_chain_list parts)
{
    struct wp_chain *chain = wp_new_chain(p, span, NULL);

    chain->kind = kind;
    chain->parts = parts.first;
    return chain;
}

/* ---- attributes and annotations ---------------------------------------------- */

struct wp_value *
wp_new_value(struct wp_parser *p, enum wp_value_kind kind, struct wp_span span, const char *text,
             uint64_t number)
{
    struct wp_value *value = NEW(p, wp_value);

    value->kind = kind;
    value->span = span;
    value->text = text;
    value->number = number;
    return value;
}

struct wp_attribute *
wp_new_attribute(struct wp_parser *p, enum wp_attribute_kind kind, struct wp_span span,
                 struct wp_name *key)
{
    struct wp_attribute *attribute = NEW(p, wp_attribute);

    attribute->kind = kind;
    attribute->span = span;
    attribute->key = key;
    return attribute;
}

struct wp_attribute *
wp_new_demand(struct wp_parser *p, enum wp_attribute_kind kind, struct wp_span span,
              struct wp_name *path, struct wp_test test, struct wp_value *value)
{
    struct wp_attribute *attribute = wp_new_attribute(p, kind, span, path);

    attribute->op = test.op;
    attribute->negated = test.negated;
    attribute->value = value;
    return attribute;
}

struct wp_annotation *
wp_new_annotation(struct wp_parser *p, struct wp_span span, struct wp_name *name,
                  struct wp_value *value)
{
    struct wp_annotation *annotation = NEW(p, wp_annotation);

    annotation->span = span;
    annotation->name = name;
    annotation->value = value;
    return annotation;
}

/* ---- rules ------------------------------------------------------------------- */

struct wp_action *
wp_new_action(struct wp_parser *p, enum wp_effect effect, struct wp_span span,
              struct wp_chain *chain, struct wp_name *message)
{
    struct wp_action *action = NEW(p, wp_action);

    action->effect = effect;
    action->span = span;
    action->chain = chain;
    action->message = message;
    return action;
}

struct wp_action *
wp_set_reauth(struct wp_action *action, uint64_t seconds, struct wp_span span)
{
    action->has_reauth = true;
    action->reauth_seconds = seconds;
    action->reauth_span = span;
    return action;
}

struct wp_rule *
wp_new_rule(struct wp_parser *p, struct wp_span span, struct wp_name *name, bool report,
            struct wp_condition *when, struct wp_action *action)
{
    struct wp_rule *rule = NEW(p, wp_rule);

    rule->kind = name ? WP_RULE : WP_OTHERWISE;
    rule->span = span;
    rule->name = name;
    rule->report = report;
    rule->when = when;
    rule->action = action;
    return rule;
}

struct wp_rule *
wp_new_include(struct wp_parser *p, struct wp_span span, struct wp_name *name,
               struct wp_argument_list arguments, struct wp_name *prefix)
{
    struct wp_rule *rule = NEW(p, wp_rule);

    rule->kind = WP_INCLUDE;
    rule->span = span;
    rule->name = name;
    rule->arguments = arguments.first;
    rule->prefix = prefix;
    return rule;
}

struct wp_argument *
wp_new_argument(struct wp_parser *p, struct wp_span span, struct wp_set *set,
                struct wp_chain *chain)
{
    struct wp_argument *argument = NEW(p, wp_argument);

    argument->span = span;
    argument->set = set;
    argument->chain = chain;
    return argument;
}

/* ---- tests and proofs ---------------------------------------------------------- */

struct wp_given *
wp_new_given(struct wp_parser *p, enum wp_given_kind kind, struct wp_span span,
             struct wp_name *names, bool flag)
{
    struct wp_given *given = NEW(p, wp_given);

    given->kind = kind;
    given->span = span;
    given->names = names;
    given->flag = flag;
    return given;
}

struct wp_given *
wp_new_groups(struct wp_parser *p, struct wp_span span, struct wp_name *first)
{
    p->last_group = first;
    return wp_new_given(p, WP_GIVEN_GROUPS, span, first, true);
}

struct wp_given_list
wp_extend_groups(struct wp_parser *p, struct wp_given_list list, struct wp_name *name)
{
    p->last_group->next = name;
    p->last_group = name;
    list.last->span.end = name->span.end;
    return list;
}

struct wp_outcome *
wp_new_outcome(struct wp_parser *p, enum wp_outcome_kind kind, struct wp_span span,
               struct wp_name *name)
{
    struct wp_outcome *outcome = NEW(p, wp_outcome);

    outcome->kind = kind;
    outcome->span = span;
    outcome->name = name;
    return outcome;
}

struct wp_expectation *
wp_new_expectation(struct wp_parser *p, struct wp_span span, struct wp_outcome *outcome)
{
    struct wp_expectation *expectation = NEW(p, wp_expectation);

    expectation->span = span;
    expectation->outcome = outcome;
    return expectation;
}

/* A clause of an expectation ends at `span`; it may stand only once. */
static void
add_clause(struct wp_parser *p, struct wp_expectation *expectation, struct wp_span span,
           const char *clause, bool known)
{
    struct wp_span added = {span.file, expectation->span.end, span.end};

    while (p->scan.text[added.start] == ' ' || p->scan.text[added.start] == '\n')
        added.start++;
    if (known)
        wp_complain(p, SYNTAX, added, "'%s' stands twice in one expectation", clause);
    expectation->span.end = span.end;
}

struct wp_expectation *
wp_expect_by(struct wp_parser *p, struct wp_expectation *e, struct wp_span span,
             struct wp_name *rule)
{
    add_clause(p, e, span, "by", e->by);
    e->by = rule;
    return e;
}

struct wp_expectation *
wp_expect_in(struct wp_parser *p, struct wp_expectation *e, struct wp_span span,
             struct wp_name *policy)
{
    add_clause(p, e, span, "in", e->policy);
    e->policy = policy;
    return e;
}

struct wp_expectation *
wp_expect_every(struct wp_parser *p, struct wp_expectation *e, struct wp_span span,
                uint64_t seconds, struct wp_span written)
{
    add_clause(p, e, span, "every", e->has_reauth);
    e->has_reauth = true;
    e->reauth_seconds = seconds;
    e->reauth_span = written;
    return e;
}

struct wp_expectation *
wp_expect_message(struct wp_parser *p, struct wp_expectation *e, struct wp_span span,
                  struct wp_name *message)
{
    add_clause(p, e, span, "message", e->message);
    e->message = message;
    return e;
}

struct wp_expectation *
wp_expect_report(struct wp_parser *p, struct wp_expectation *e, struct wp_span span,
                 struct wp_name *rules)
{
    add_clause(p, e, span, "report", e->has_report);
    e->has_report = true;
    e->report = rules;
    return e;
}

static struct wp_case_list
begin_case(struct wp_parser *p, struct wp_case_list cases, struct wp_span span)
{
    struct wp_case *added = NEW(p, wp_case);

    added->span = span;
    if (cases.last)
        cases.last->next = added;
    else
        cases.first = added;
    cases.last = added;
    cases.last_given = NULL;
    cases.last_expectation = NULL;
    return cases;
}

struct wp_case_list
wp_add_givens(struct wp_parser *p, struct wp_case_list cases, struct wp_span keyword,
              struct wp_given_list givens, struct wp_span span)
{
    if (!cases.last || cases.last->expectations)
        cases = begin_case(p, cases, keyword);
    givens.first->opens = true;
    givens.first->word = keyword;
    if (cases.last_given)
        cases.last_given->next = givens.first;
    else
        cases.last->givens = givens.first;
    cases.last_given = givens.last;
    cases.last->span.end = span.end;
    return cases;
}

struct wp_case_list
wp_add_expectation(struct wp_parser *p, struct wp_case_list cases,
                   struct wp_expectation *expectation, struct wp_span span)
{
    expectation->span = span;
    if (!cases.last)
        cases = begin_case(p, cases, span);
    if (cases.last_expectation)
        cases.last_expectation->next = expectation;
    else
        cases.last->expectations = expectation;
    cases.last_expectation = expectation;
    cases.last->span.end = span.end;
    return cases;
}

struct wp_claim *
wp_new_claim(struct wp_parser *p, struct wp_span span, bool always, struct wp_outcome_list outcomes,
             struct wp_condition *when)
{
    struct wp_claim *claim = NEW(p, wp_claim);

    claim->span = span;
    claim->always = always;
    claim->outcomes = outcomes.first;
    claim->when = when;
    return claim;
}

/* ---- declarations ---------------------------------------------------------------- */

struct wp_declaration *
wp_new_declaration(struct wp_parser *p, enum wp_declaration_kind kind, struct wp_span span,
                   struct wp_name *name)
{
    struct wp_declaration *declaration = NEW(p, wp_declaration);

    declaration->kind = kind;
    declaration->span = span;
    declaration->name = name;
    return declaration;
}

struct wp_declaration *
wp_new_block(struct wp_parser *p, enum wp_declaration_kind kind, struct wp_span span,
             struct wp_name *name, struct wp_block block)
{
    return wp_new_titled(p, kind, span, name, NULL, block);
}

struct wp_declaration *
wp_new_titled(struct wp_parser *p, enum wp_declaration_kind kind, struct wp_span span,
              struct wp_name *name, struct wp_name *title, struct wp_block block)
{
    struct wp_declaration *declaration = wp_new_declaration(p, kind, span, name);

    declaration->title = title;
    declaration->attributes = block.list.first;
    declaration->has_attributes = block.written;
    return declaration;
}

struct wp_declaration *
wp_end_rules(struct wp_declaration *policy, struct wp_span span, struct wp_rule_list rules)
{
    policy->span = span;
    policy->rules = rules.first;
    return policy;
}

struct wp_declaration *
wp_new_test(struct wp_parser *p, struct wp_span span, struct wp_name *title,
            struct wp_case_list cases)
{
    struct wp_declaration *test = wp_new_declaration(p, WP_DECL_TEST, span, title);
    const struct wp_case *one;

    test->cases = cases.first;
    if (p->synced_at > span.start)
        return test; /* what is missing may be what was passed over */
    if (!cases.first)
        wp_complain(p, SYNTAX, title->span, "this test has no 'given' and no 'expect'");
    for (one = cases.first; one; one = one->next)
        if (!one->givens)
            wp_complain(p, SYNTAX, one->span, "nothing is given before this 'expect'");
        else if (!one->expectations)
            wp_complain(p, SYNTAX, one->span, "no 'expect' follows this 'given'");
    return test;
}

struct wp_declaration *
wp_new_proof(struct wp_parser *p, struct wp_span span, struct wp_name *title,
             struct wp_claim_list claims)
{
    struct wp_declaration *proof = wp_new_declaration(p, WP_DECL_PROVE, span, title);

    proof->claims = claims.first;
    if (!claims.first && p->synced_at <= span.start)
        wp_complain(p, SYNTAX, title->span, "this proof claims nothing: write 'never' or 'always'");
    return proof;
}

void
wp_add_declaration(struct wp_parser *p, struct wp_declaration *declaration)
{
    if (p->last_declaration)
        p->last_declaration->next = declaration;
    else
        p->out->declarations = declaration;
    p->last_declaration = declaration;
}
