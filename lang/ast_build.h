/*
 * Constructors for the tree, one a production of the grammar or nearly so.
 *
 * Lists are built with both ends at hand, so that appending to a list of a
 * million is one step; a finished list is its `first`.
 */
#ifndef WP_LANG_AST_BUILD_H
#define WP_LANG_AST_BUILD_H

#include "parser.h"

#define WP_LIST_OF(kind)                                                                           \
    struct wp_##kind##_list {                                                                      \
        struct wp_##kind *first, *last;                                                            \
    };                                                                                             \
    static inline struct wp_##kind##_list wp_##kind##_list(struct wp_##kind *only)                 \
    {                                                                                              \
        return (struct wp_##kind##_list){only, only};                                              \
    }                                                                                              \
    static inline struct wp_##kind##_list wp_##kind##_append(struct wp_##kind##_list list,         \
                                                             struct wp_##kind *item)               \
    {                                                                                              \
        if (list.last)                                                                             \
            list.last->next = item;                                                                \
        else                                                                                       \
            list.first = item;                                                                     \
        list.last = item;                                                                          \
        return list;                                                                               \
    }

WP_LIST_OF(name)
WP_LIST_OF(set)
WP_LIST_OF(condition)
WP_LIST_OF(chain)
WP_LIST_OF(value)
WP_LIST_OF(attribute)
WP_LIST_OF(annotation)
WP_LIST_OF(argument)
WP_LIST_OF(rule)
WP_LIST_OF(given)
WP_LIST_OF(outcome)
WP_LIST_OF(expectation)
WP_LIST_OF(claim)

/* The attributes between braces; `written` tells none from an empty pair. */
struct wp_block {
    struct wp_attribute_list list;
    bool written;
};

/* The cases of a test, with the ends of the last one's lists. */
struct wp_case_list {
    struct wp_case *first, *last;
    struct wp_given *last_given;
    struct wp_expectation *last_expectation;
};

/* How a demand compares: `is not` is WP_DEMAND_IS, negated. */
struct wp_test {
    enum wp_demand_operator op;
    bool negated;
};

struct wp_name *wp_new_name(struct wp_parser *p, struct wp_span span, const char *text,
                            bool quoted);
/* "std" "/" "access": one name for both. */
struct wp_name *wp_join_names(struct wp_parser *p, const struct wp_name *a, const char *between,
                              const char *b, struct wp_span span);

struct wp_set *wp_new_set(struct wp_parser *p, enum wp_set_kind kind, struct wp_span span,
                          const char *text, const char *upper);
struct wp_set *wp_new_set_of(struct wp_parser *p, enum wp_set_kind kind, struct wp_span span,
                             struct wp_set_list parts);
/* The set as a part that is joined so. */
struct wp_set *wp_join_set(struct wp_set *set, enum wp_join join);

struct wp_condition *wp_new_condition(struct wp_parser *p, enum wp_condition_kind kind,
                                      struct wp_span span, enum wp_comparison comparison,
                                      struct wp_name *name);
struct wp_condition *wp_new_condition_of(struct wp_parser *p, enum wp_condition_kind kind,
                                         struct wp_span span, struct wp_condition_list parts);
struct wp_condition *wp_new_in(struct wp_parser *p, enum wp_condition_kind kind,
                               struct wp_span span, struct wp_set *set);

struct wp_chain *wp_new_chain(struct wp_parser *p, struct wp_span span, struct wp_name *name);
struct wp_chain *wp_new_chain_of(struct wp_parser *p, enum wp_chain_kind kind, struct wp_span span,
                                 struct wp_chain_list parts);

struct wp_value *wp_new_value(struct wp_parser *p, enum wp_value_kind kind, struct wp_span span,
                              const char *text, uint64_t number);
struct wp_attribute *wp_new_attribute(struct wp_parser *p, enum wp_attribute_kind kind,
                                      struct wp_span span, struct wp_name *key);
struct wp_attribute *wp_new_demand(struct wp_parser *p, enum wp_attribute_kind kind,
                                   struct wp_span span, struct wp_name *path, struct wp_test test,
                                   struct wp_value *value);
struct wp_annotation *wp_new_annotation(struct wp_parser *p, struct wp_span span,
                                        struct wp_name *name, struct wp_value *value);

struct wp_action *wp_new_action(struct wp_parser *p, enum wp_effect effect, struct wp_span span,
                                struct wp_chain *chain, struct wp_name *message);
struct wp_action *wp_set_reauth(struct wp_action *action, uint64_t seconds, struct wp_span span);
/* A rule, or `otherwise` when it has no name. */
struct wp_rule *wp_new_rule(struct wp_parser *p, struct wp_span span, struct wp_name *name,
                            bool report, struct wp_condition *when, struct wp_action *action);
struct wp_rule *wp_new_include(struct wp_parser *p, struct wp_span span, struct wp_name *name,
                               struct wp_argument_list arguments, struct wp_name *prefix);
struct wp_argument *wp_new_argument(struct wp_parser *p, struct wp_span span, struct wp_set *set,
                                    struct wp_chain *chain);

struct wp_given *wp_new_given(struct wp_parser *p, enum wp_given_kind kind, struct wp_span span,
                              struct wp_name *names, bool flag);
/* `groups A`, which `, B` extends. */
struct wp_given *wp_new_groups(struct wp_parser *p, struct wp_span span, struct wp_name *first);
struct wp_given_list wp_extend_groups(struct wp_parser *p, struct wp_given_list list,
                                      struct wp_name *name);
struct wp_outcome *wp_new_outcome(struct wp_parser *p, enum wp_outcome_kind kind,
                                  struct wp_span span, struct wp_name *name);

/* An expectation and its clauses; one that stands twice is reported. */
struct wp_expectation *wp_new_expectation(struct wp_parser *p, struct wp_span span,
                                          struct wp_outcome *outcome);
struct wp_expectation *wp_expect_by(struct wp_parser *p, struct wp_expectation *e,
                                    struct wp_span span, struct wp_name *rule);
struct wp_expectation *wp_expect_in(struct wp_parser *p, struct wp_expectation *e,
                                    struct wp_span span, struct wp_name *policy);
struct wp_expectation *wp_expect_every(struct wp_parser *p, struct wp_expectation *e,
                                       struct wp_span span, uint64_t seconds,
                                       struct wp_span written);
struct wp_expectation *wp_expect_message(struct wp_parser *p, struct wp_expectation *e,
                                         struct wp_span span, struct wp_name *message);
struct wp_expectation *wp_expect_report(struct wp_parser *p, struct wp_expectation *e,
                                        struct wp_span span, struct wp_name *rules);

/* `given` after an `expect` begins the next case. */
struct wp_case_list wp_add_givens(struct wp_parser *p, struct wp_case_list cases,
                                  struct wp_span keyword, struct wp_given_list givens,
                                  struct wp_span span);
struct wp_case_list wp_add_expectation(struct wp_parser *p, struct wp_case_list cases,
                                       struct wp_expectation *expectation, struct wp_span span);
struct wp_claim *wp_new_claim(struct wp_parser *p, struct wp_span span, bool always,
                              struct wp_outcome_list outcomes, struct wp_condition *when);

struct wp_declaration *wp_new_declaration(struct wp_parser *p, enum wp_declaration_kind kind,
                                          struct wp_span span, struct wp_name *name);
struct wp_declaration *wp_new_block(struct wp_parser *p, enum wp_declaration_kind kind,
                                    struct wp_span span, struct wp_name *name,
                                    struct wp_block block);
struct wp_declaration *wp_new_titled(struct wp_parser *p, enum wp_declaration_kind kind,
                                     struct wp_span span, struct wp_name *name,
                                     struct wp_name *title, struct wp_block block);
struct wp_declaration *wp_end_rules(struct wp_declaration *policy, struct wp_span span,
                                    struct wp_rule_list rules);
struct wp_declaration *wp_new_test(struct wp_parser *p, struct wp_span span, struct wp_name *title,
                                   struct wp_case_list cases);
struct wp_declaration *wp_new_proof(struct wp_parser *p, struct wp_span span, struct wp_name *title,
                                    struct wp_claim_list claims);
void wp_add_declaration(struct wp_parser *p, struct wp_declaration *declaration);

#endif
