/*
 * Who gets an outcome? For each rule that leads to it: its condition, what
 * earlier rules take of that, and boxes of requests for users in as few groups as
 * will do.
 */
#ifndef WP_ANALYSIS_WHO_CAN_H
#define WP_ANALYSIS_WHO_CAN_H

#include "compiler/analysis/box.h"
#include "compiler/analysis/prove.h"

#define WP_WHO_BOXES 8 /* of one rule */

struct wp_who_rule {
    struct wp_source_of_decision from;
    struct wp_box *boxes;
    uint32_t box_count;
    bool has_more;    /* than WP_WHO_BOXES */
    uint32_t *takers; /* earlier rules that take some of its requests, ascending */
    uint32_t taker_count;
};

struct wp_who_can {
    struct wp_who_rule *rules;
    uint32_t count;
    uint32_t undecided;
    const struct wp_model *model; /* to read boxes with */
};

/* Everyone who gets the outcome, of requests that meet `when` (NULL: all). */
void wp_who_can(struct wp_who_can *who, struct wp_arena *arena, const struct wp_model *model,
                const struct wp_outcome *outcome, const struct wp_test *when,
                const struct wp_analysis_options *options);

/* The same of what one rule, or otherwise (rule_count), decides: at most one entry. */
void wp_who_gets(struct wp_who_can *who, struct wp_arena *arena, const struct wp_model *model,
                 struct wp_source_of_decision from, const struct wp_test *when,
                 const struct wp_analysis_options *options);

#endif
