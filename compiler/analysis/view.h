/* A policy made ready for questions: its deciding rules behind an index, the
 * requests it is asked about, and which rules decide alike. */
#ifndef WP_ANALYSIS_VIEW_H
#define WP_ANALYSIS_VIEW_H

#include "compiler/analysis/question.h"

struct wp_view {
    struct wp_arena *arena;
    const struct wp_model *model;
    const struct wp_policy *policy;
    struct wp_members apps;  /* the apps that it decides for */
    struct wp_traits traits; /* that its rules test */
    struct wp_index *index;  /* its rules by number; report rules take nothing */
    uint32_t *kinds;         /* by rule, then otherwise: equal for equal decisions */
    uint32_t kind_count;
    uint64_t **kind_rules; /* by kind: bits of the deciding rules, made when asked for */
};

/* Numbers decisions so that equal ones get equal numbers, from 0; returns how many
 * there are. */
uint32_t wp_tell_kinds(struct wp_arena *arena, const struct wp_model *model,
                       const struct wp_decision *const *decisions, uint32_t count, uint32_t *kinds);

/* Makes the view of policy number `policy`, in the arena. */
void wp_view_init(struct wp_view *view, struct wp_arena *arena, const struct wp_model *model,
                  uint32_t policy);

/* The rule's condition as a thing to want. */
struct wp_wanted wp_view_wanted(const struct wp_view *view, uint32_t rule);

/* The deciding rules with that kind of decision, a bit for each rule. */
const uint64_t *wp_view_rules_of_kind(struct wp_view *view, uint32_t kind);

/* The rule from number `from` on that decides the point, or rule_count. */
uint32_t wp_view_decider(const struct wp_view *view, const struct wp_point *point, uint32_t from);

/* The rule's name, or "otherwise" for rule_count. */
const char *wp_view_rule_name(const struct wp_view *view, uint32_t rule);

#endif
