/*
 * Why a request is decided as it is: every rule of the policy, every condition
 * of it, and what would have to change. Made once, then written for a person or
 * as JSON.
 */
#ifndef WP_CLI_EXPLANATION_H
#define WP_CLI_EXPLANATION_H

#include "compiler/cli/nearest.h"
#include "compiler/cli/decision_text.h"
#include "compiler/cli/policy.h"
#include "compiler/walk.h"

/* A condition, or a part of one. */
struct wp_explained {
    const char *text; /* as it is written, on one line */
    const char *why;  /* the fact that settles it; NULL where the parts tell */
    enum wp_truth truth;
    struct wp_explained *parts;
    uint32_t part_count;
};

/* What came of a rule. */
enum wp_rule_fate {
    WP_FATE_PASSED_OVER, /* it does not hold */
    WP_FATE_DECIDES,
    WP_FATE_NOT_REACHED, /* an earlier one has decided */
    WP_FATE_REPORTED,    /* a report rule that holds */
    WP_FATE_NOT_REPORTED
};

struct wp_explained_rule {
    const struct wp_model_rule *rule;
    const char *place; /* "policy.woapol:19:3" */
    enum wp_truth truth;
    enum wp_rule_fate fate;
    struct wp_explained *condition; /* NULL without `when` */
};

#define WP_MAX_VARIANTS 5
struct wp_explanation {
    const struct wp_opened *policy_file;
    const struct woapol_image *image;
    const struct wp_request_facts *facts;
    struct woapol_decision decision;
    const uint32_t *reports; /* rules that report */
    size_t report_count;
    const struct wp_policy *policy;  /* NULL: none applies */
    const char *place;               /* of the policy */
    struct wp_explained_rule *rules; /* in order; the last is otherwise */
    uint32_t rule_count;
    struct wp_variant variants[WP_MAX_VARIANTS];
    size_t variant_count;
    bool is_search_cut;
};

enum wp_explain_end {
    WP_EXPLAIN_DONE,
    WP_EXPLAIN_NO_MEMORY,
    WP_EXPLAIN_DISAGREES /* the image decides otherwise than its sources say */
};

/* Everything is in the policy's arena; the facts are borrowed. */
enum wp_explain_end wp_explain(struct wp_explanation *explanation, struct wp_opened *policy,
                               struct wp_decider *decider, const struct wp_request_facts *facts);

/* One rule's condition, explained for one request; NULL without `when`. */
struct wp_explained *wp_explain_condition(struct wp_arena *arena, struct wp_model *model,
                                          const struct wp_model_rule *rule,
                                          const struct wp_request_facts *facts);

/* What a span of the source holds, on one line and without comments. */
const char *wp_span_text(struct wp_arena *arena, const struct wp_sources *sources,
                         struct wp_span span);

/* "policy.woapol:19:3", or NULL for a span without a file. */
const char *wp_span_place(struct wp_arena *arena, struct wp_sources *sources, struct wp_span span);

/* "yes", "no", "unknown". */
const char *wp_truth_word(enum wp_truth truth);

/* Writes it to stdout for a person. */
void wp_explanation_print(const struct wp_explanation *explanation, bool colour);

/* Writes it as one JSON object. */
struct wp_json_text;
void wp_explanation_json(struct wp_json_text *text, const struct wp_explanation *explanation);

/* The request as JSON, without an id. */
void wp_facts_json(struct wp_json_text *text, const struct wp_request_facts *facts);

#endif
