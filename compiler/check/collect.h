/*
 * Findings about demands, grouped so that one cause is one message: a fact that
 * contradicts a demand once, however many rules meet it; the unknown facts of a
 * tenant together; a tenant that is missing once a method.
 */
#ifndef WP_COMPILER_CHECK_COLLECT_H
#define WP_COMPILER_CHECK_COLLECT_H

#include "compiler/check/predicate.h"

/* One demand met at one place: a method in a chain, a posture that a condition
 * asks for, or a device type that it names. */
enum wp_use_kind { WP_USE_METHOD, WP_USE_POSTURE, WP_USE_DEVICE };
struct wp_use {
    enum wp_use_kind kind;
    const struct wp_declaration *user; /* whose demand it is */
    const struct wp_site *site;
    const struct wp_attribute *demand;
};

struct wp_collector;

/* `model` is the whole one, for spans; `view` the one facts are looked up in. */
struct wp_collector *wp_collector_new(struct wp_diagnostics *list, const struct wp_model *model,
                                      const struct wp_model *view);

/* A declared value contradicts the demand: an error at the use and at `value`,
 * which `subject` (a tenant, group or app) declares. */
void wp_collect_conflict(struct wp_collector *collector, const struct wp_use *use,
                         enum wp_diagnostic_kind kind, const struct wp_declaration *subject,
                         const struct wp_value *value);

/* A tenant's list of methods leaves the use's method out. */
void wp_collect_unlisted(struct wp_collector *collector, const struct wp_use *use,
                         const struct wp_declaration *tenant, const struct wp_value *value);

/* The fact is not declared of the tenant. */
void wp_collect_unknown(struct wp_collector *collector, const struct wp_use *use,
                        const struct wp_declaration *tenant, const char *fact);

/* No tenant of that kind is declared. */
void wp_collect_missing(struct wp_collector *collector, const struct wp_use *use, const char *kind);

/* A group or app does not say what is demanded; NULL: everybody, where a rule
 * names no group. */
void wp_collect_unsaid(struct wp_collector *collector, const struct wp_use *use,
                       enum wp_diagnostic_kind kind, const struct wp_thing *thing);

/* The demand is not met by the rule itself: its policy, its chain. */
void wp_collect_unforeseen(struct wp_collector *collector, const struct wp_use *use,
                           enum wp_diagnostic_kind kind);

/* Reports what was grouped. */
void wp_collector_end(struct wp_collector *collector);

/* Where a use stands in the source. */
struct wp_span wp_use_span(const struct wp_model *model, const struct wp_use *use);
/* "method 'uem_token'", "posture 'managed'", "device type 'enrollment'". */
const char *wp_use_text(struct wp_arena *arena, const struct wp_use *use);
/* "rule 'enroll' of policy 'Workforce'". */
const char *wp_rule_text(struct wp_arena *arena, const struct wp_policy *policy,
                         const struct wp_model_rule *rule);
/* A line as written: "uem.version >= 22.10". */
const char *wp_line_text_of(struct wp_arena *arena, const struct wp_attribute *line);
/* Adds the guide's line and the cure to a finding; `console` may be NULL. */
void wp_add_cure(struct wp_diagnostics *list, struct wp_diagnostic *finding,
                 const struct wp_attribute *attributes, const char *console);
/* The severity and the diagnostic that a demand or issue names, else the given. */
enum wp_severity wp_said_severity(const struct wp_attribute *attributes, enum wp_severity absent);
enum wp_diagnostic_kind wp_said_kind(const struct wp_attribute *attributes,
                                     enum wp_diagnostic_kind absent);

#endif
