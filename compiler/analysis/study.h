/* What the analyses of one run share: where findings go, the asker, and how many
 * notes of each kind have been written. */
#ifndef WP_ANALYSIS_STUDY_H
#define WP_ANALYSIS_STUDY_H

#include "compiler/analysis/analysis.h"
#include "compiler/analysis/view.h"
#include "compiler/analysis/witness.h"

struct wp_study {
    struct wp_arena *arena;
    const struct wp_model *model;
    struct wp_diagnostics *list;
    const struct wp_analysis_options *options; /* never NULL */
    struct wp_asker *asker;
    size_t notes[WP_DIAGNOSTIC_COUNT];
    struct wp_diagnostic *last_note[WP_DIAGNOSTIC_COUNT];
};

void wp_study_init(struct wp_study *study, struct wp_diagnostics *list,
                   const struct wp_model *model, const struct wp_analysis_options *options);

/* May one more note of the kind be written? Counts it either way. */
bool wp_study_has_room(struct wp_study *study, enum wp_diagnostic_kind kind);

/* Adds a finding about a rule (rule_count: about the policy); severity as given. */
struct wp_diagnostic *wp_study_report(struct wp_study *study, enum wp_severity severity,
                                      enum wp_diagnostic_kind kind, const struct wp_view *view,
                                      uint32_t rule, const char *format, ...)
    __attribute__((format(printf, 6, 7)));

/* Gives the finding its witness. */
void wp_study_witness(struct wp_study *study, const struct wp_view *view,
                      struct wp_diagnostic *finding, const struct wp_point *point);

/* "'a'", "'a' and 'b'", "'a', 'b' and 3 others": rules by number. */
const char *wp_study_names(struct wp_study *study, const struct wp_view *view,
                           const uint32_t *rules, uint32_t count);

/* Says of what was held back how much it is. */
void wp_study_finish(struct wp_study *study);

void wp_study_progress(const struct wp_study *study, const char *what, size_t done, size_t total);

/* ---- the analyses: one file each ---------------------------------------------- */

/* Rules that never decide, empty conditions, what changes nothing, gaps (WOA2001
 * to WOA2003), gaps, and notes about parts, order and report rules (to WOA2008). */
void wp_study_rules(struct wp_study *study, struct wp_view *view);

/* Chains that rules use and whose fallback is weaker than what it stands in for
 * (WOA2007); `seen` has a byte for each chain and keeps which have been looked at. */
void wp_study_fallbacks(struct wp_study *study, const struct wp_view *view, uint8_t *seen);

/* Who can no longer enroll or administer (WOA4001, WOA4002). */
void wp_study_lockout(struct wp_study *study, const struct wp_view *view);

/* The part of it that is an error (WOA4002), for a default policy; there is nothing
 * to ask of a model without administrators. */
void wp_study_administrators(struct wp_study *study, const struct wp_view *view);
bool wp_has_administrators(const struct wp_model *model);

/* Devices that a tenant takes for others (WOA4003, WOA4004). */
void wp_study_observation(struct wp_study *study);

/* What no rule takes (WOA2004). */
void wp_study_gap(struct wp_study *study, const struct wp_view *view);

/* Says that `question` could not be told of the rule (WOA2009). */
void wp_study_undecided(struct wp_study *study, const struct wp_view *view, uint32_t rule,
                        const char *question);

/* Notes about one live rule: values that never get to it, its next rule. `live`
 * is a request that it decides. */
void wp_study_parts(struct wp_study *study, const struct wp_view *view, uint32_t rule,
                    const struct wp_point *live);
void wp_study_order(struct wp_study *study, const struct wp_view *view, uint32_t rule);
void wp_study_report_rule(struct wp_study *study, const struct wp_view *view, uint32_t rule);

#endif
