/* What a replay has found, as JSON (docs/schema/replay.json), and from that as text
 * and as a page. */
#ifndef WP_REPLAY_REPORT_H
#define WP_REPLAY_REPORT_H

#include <jansson.h>

#include "compiler/decide/json_text.h"
#include "compiler/replay/replay.h"

struct wp_report_options {
    struct wp_arena *arena;
    const struct wp_side *sides; /* of the replay */
    const char *names[2];        /* of the policies' files; [0] NULL without an old one */
    /* Fewer people than this are told as so few, and never shown by a witness. */
    uint64_t floor;
    bool pseudonyms;
};

/* The whole report; NULL when memory runs out. */
json_t *wp_report_make(const struct wp_report_options *options, struct wp_replay *replay,
                       const struct wp_logs *logs);

/* Parts of it, each in a file of its own. */
json_t *wp_report_changes(const struct wp_report_options *options, struct wp_replay *replay);
json_t *wp_report_rules(const struct wp_report_options *options, struct wp_replay *replay);
json_t *wp_report_times(const struct wp_report_options *options, struct wp_replay *replay);
json_t *wp_report_fidelity(const struct wp_report_options *options, struct wp_replay *replay);
json_t *wp_report_friction(const struct wp_report_options *options, struct wp_replay *replay);
json_t *wp_report_tightenings(const struct wp_report_options *options, struct wp_replay *replay);
/* A few prefixes that hold every address seen in a network, or null. */
json_t *wp_report_used(const struct wp_report_options *options, const struct wp_tally *tally,
                       size_t index);

/* A string, whose bytes that are not UTF-8 become U+FFFD. */
json_t *wp_report_text(const char *bytes, size_t length);

/* A table's columns: "deny", "allow", ..., "stricter", ... with numbers. */
json_t *wp_report_columns(const struct wp_report_options *options,
                          const uint64_t columns[WP_COLUMN_COUNT]);
const char *wp_change_word(enum wp_change change);

/* An outcome: policy, rule, decision. */
json_t *wp_report_outcome(const struct wp_report_options *options, const struct wp_side *side,
                          uint32_t outcome);

/* People: a number, or null when it is below the floor; *shown says whether a witness
 * may be. */
json_t *wp_report_people(const struct wp_report_options *options, struct wp_distinct *people,
                         bool *shown);

/* For a person. `colour`: with the terminal's. */
void wp_report_print(const json_t *report, struct wp_json_text *text, bool colour);

/* One page that needs nothing else. */
void wp_report_page(const json_t *report, struct wp_json_text *text);

/*
 * A condition on the report's numbers: "looser > 0", "denied >= 1%". Returns NULL, or
 * what is wrong with it; *holds says whether it is true.
 */
const char *wp_report_condition(const json_t *report, const char *condition, bool *holds);

#endif
