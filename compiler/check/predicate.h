/*
 * What `demands` and `where` lines say, judged at one place of a policy.
 *
 * A line is a path, an operator and a value. Paths are facts of tenants
 * (uem.version), attributes of the policy's apps (app.protocol) and groups
 * (group.source), and what is known of the rule itself (device, chain.alone,
 * posture.required, ...): see predicate.c for each.
 */
#ifndef WP_COMPILER_PREDICATE_H
#define WP_COMPILER_PREDICATE_H

#include "compiler/model.h"

enum wp_truth { WP_FALSE, WP_TRUE, WP_UNKNOWN };

/* A place: a policy's rule, and a method in its chain when `alternative` is set. */
struct wp_site {
    const struct wp_model *model;
    const struct wp_policy *policy; /* NULL where a tenant alone is judged */
    const struct wp_model_rule *rule;
    uint64_t devices; /* masks of what the rule can match and earlier rules leave it */
    uint64_t postures;
    const struct wp_alternative *alternative;
    uint32_t step;
    uint32_t method; /* index into the model's methods */
    /* For what is asked of methods and of domains alone: see providers.h. */
    struct wp_arena *arena;
    const struct wp_network *settled;  /* where earlier rules decide for everybody; or NULL */
    const struct wp_attribute *domain; /* a tenant's block */
};

/* The first and second part of a path; `second` is NULL without a dot. */
struct wp_path {
    char first[64];
    const char *second;
};
struct wp_path wp_path_split(const char *text);

/* Masks of the devices and of the postures that a rule can match. */
uint64_t wp_rule_devices(const struct wp_model_rule *rule);
uint64_t wp_rule_postures(const struct wp_model_rule *rule);
/* Devices that the rule decides whatever else is true of the request. */
uint64_t wp_rule_settles(const struct wp_model_rule *rule);
/* The devices that a value names: one, or a list. */
uint64_t wp_device_mask(const struct wp_model *model, const struct wp_value *value);

/* Whether a value meets `op wanted`; `negated` is not applied. Versions,
 * numbers and dates are compared as such; UNKNOWN where they cannot be. */
enum wp_truth wp_value_meets(const struct wp_value *value, enum wp_demand_operator op,
                             const struct wp_value *wanted, bool compact);
enum wp_truth wp_truth_not(enum wp_truth truth);

/* A fact that a line asks of a tenant: its kind and name; `member` is set when
 * the line asks whether a method is in a list (uem_token in access.adapters).
 * False when the line asks something else. */
struct wp_fact_question {
    char kind[64];
    const char *fact;
    const char *member;
};
bool wp_fact_question_read(const struct wp_model *model, const struct wp_attribute *line,
                           struct wp_fact_question *question);
/* What a tenant's declared fact makes of a line that asks for it; UNKNOWN when
 * it is not declared. *value is the declared value or NULL. */
enum wp_truth wp_fact_meets(const struct wp_model *model, const struct wp_declaration *tenant,
                            const struct wp_attribute *line,
                            const struct wp_fact_question *question, const struct wp_value **value);

/* Whether a rule's condition, as written, asks for that posture. */
bool wp_asks_posture(const struct wp_model_rule *rule, const char *posture);

/* Whether all `where` lines of a list hold at a site. Facts are asked of
 * `tenant` when it is of their kind, else of any tenant: FALSE when there is
 * none. */
enum wp_truth wp_wheres_hold(const struct wp_site *site, const struct wp_declaration *tenant,
                             const struct wp_attribute *list);

/* What the chain around the site's method makes of a line on `chain.`: alone,
 * first, with. */
enum wp_truth wp_chain_meets(const struct wp_site *site, const struct wp_attribute *line);

#endif
