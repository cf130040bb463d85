#include "compiler/replay/report.h"

#include <stdlib.h>
#include <string.h>

#include "compiler/analysis/witness.h"
#include "compiler/replay/clock.h"

/* ---- small parts ---------------------------------------------------------------- */

json_t *
wp_report_text(const char *bytes, size_t length)
{
    json_t *string = json_stringn(bytes, length);
    if (string != NULL)
        return string;
    /* The writer of JSON knows what to do with bytes that are no text. */
    struct wp_json_text text = {0};
    wp_json_string(&text, bytes, length);
    string = json_loadb(text.bytes, text.length, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
    wp_json_text_free(&text);
    return string == NULL ? json_null() : string;
}

static json_t *
number(uint64_t value)
{
    return json_integer((json_int_t)value);
}

const char *
wp_change_word(enum wp_change change)
{
    static const char *const words[] = {"none", "stricter", "looser", "mixed", "other", "unknown"};
    return words[change];
}

json_t *
wp_report_columns(const struct wp_report_options *options, const uint64_t columns[WP_COLUMN_COUNT])
{
    json_t *object = json_object();
    json_object_set_new(object, "deny", number(columns[WP_COLUMN_DENY]));
    json_object_set_new(object, "allow", number(columns[WP_COLUMN_ALLOW]));
    json_object_set_new(object, "authenticate", number(columns[WP_COLUMN_AUTHENTICATE]));
    json_object_set_new(object, "groups_unknown", number(columns[WP_COLUMN_UNKNOWN]));
    for (unsigned i = WP_CHANGE_STRICTER; options->names[0] != NULL && i < WP_CHANGE_COUNT; i++)
        json_object_set_new(object, wp_change_word((enum wp_change)i),
                            number(columns[WP_COLUMN_CHANGES + i]));
    return object;
}

json_t *
wp_report_outcome(const struct wp_report_options *options, const struct wp_side *side,
                  uint32_t outcome)
{
    const char *decision =
        outcome == wp_outcome_unknown(side)
            ? "deny, the groups are not known"
            : wp_decision_sentence(options->arena, side->model, wp_outcome_decision(side, outcome));
    return json_pack("{s:s?, s:s?, s:s}", "policy", wp_outcome_policy(side, outcome), "rule",
                     wp_outcome_rule(side, outcome), "decision", decision);
}

json_t *
wp_report_people(const struct wp_report_options *options, struct wp_distinct *people, bool *shown)
{
    bool is_exact;
    uint64_t count = wp_distinct_count(people, &is_exact);
    *shown = options->floor == 0 || count >= options->floor;
    return *shown ? number(count) : json_null();
}

/* ---- what was read ----------------------------------------------------------------- */

/* What was read is counted where it is read, what was skipped by its reasons: that the
 * numbers agree is no matter of course. */
static uint64_t
skipped_count(const struct wp_tally *tally)
{
    uint64_t count = 0;
    for (unsigned i = 0; i < WP_SKIP_COUNT; i++)
        count += tally->skipped[i];
    return count;
}

static json_t *
files_json(const struct wp_logs *logs)
{
    json_t *files = json_array();
    for (size_t i = 0; i < logs->next; i++) {
        const struct wp_log_file *file = &logs->files[i];
        json_t *object = json_object();
        json_object_set_new(object, "name", wp_report_text(file->path, strlen(file->path)));
        json_object_set_new(object, "format",
                            file->format == WP_LOG_UNKNOWN
                                ? json_null()
                                : json_string(wp_log_format_name(file->format)));
        json_object_set_new(object, "records", number(file->records));
        json_array_append_new(files, object);
    }
    return files;
}

static json_t *
skipped_json(const struct wp_report_options *options, const struct wp_replay *replay,
             const struct wp_logs *logs)
{
    json_t *reasons = json_array();
    for (unsigned i = 1; i < WP_SKIP_COUNT; i++) {
        if (replay->tally.skipped[i] == 0)
            continue;
        json_t *samples = json_array();
        for (unsigned j = 0; j < WP_SAMPLES; j++) {
            const struct wp_sample *sample = &replay->tally.samples[i][j];
            if (sample->record == 0)
                continue;
            const char *path = logs->files[sample->file].path;
            json_t *object = json_object();
            json_object_set_new(object, "file", wp_report_text(path, strlen(path)));
            json_object_set_new(object, "record", number(sample->in_file));
            /* Who is not to be named must not be named by a line that is shown. */
            json_object_set_new(object, "text",
                                options->pseudonyms || options->floor > 0
                                    ? json_null()
                                    : wp_report_text(sample->text, sample->length));
            json_array_append_new(samples, object);
        }
        json_array_append_new(
            reasons, json_pack("{s:s, s:I, s:o}", "reason", wp_skip_text((enum wp_skip)i), "count",
                               (json_int_t)replay->tally.skipped[i], "samples", samples));
    }
    return reasons;
}

/* ---- tables ---------------------------------------------------------------------------- */

static void
add_row(const struct wp_report_options *options, json_t *rows, const char *name,
        const uint64_t columns[WP_COLUMN_COUNT])
{
    json_t *row = wp_report_columns(options, columns);
    json_object_set_new(row, "name", name == NULL ? json_null() : json_string(name));
    json_array_append_new(rows, row);
}

static json_t *
devices_json(const struct wp_report_options *options, const struct wp_tally *tally)
{
    json_t *rows = json_array();
    for (uint32_t i = 0; i < tally->device_count; i++) {
        uint64_t seen = 0;
        for (unsigned j = 0; j < WP_COLUMN_CHANGES; j++)
            seen += tally->devices[i][j];
        if (seen > 0)
            add_row(options, rows,
                    i == 0 ? NULL : woapol_name(options->sides[1].image, WOAPOL_DEVICE, i, NULL),
                    tally->devices[i]);
    }
    return rows;
}

static json_t *
groups_json(const struct wp_report_options *options, const struct wp_tally *tally)
{
    json_t *rows = json_array();
    for (uint32_t i = 1; i < tally->group_count; i++)
        add_row(options, rows, woapol_name(options->sides[1].image, WOAPOL_GROUP, i, NULL),
                tally->groups[i]);
    return rows;
}

static json_t *
networks_json(const struct wp_report_options *options, const struct wp_tally *tally)
{
    const struct wp_model *model = options->sides[1].model;
    json_t *rows = json_array();
    for (size_t i = 0; i < tally->network_count; i++) {
        add_row(options, rows, model->named_networks[i].name, tally->networks[i]);
        json_object_set_new(json_array_get(rows, i), "used", wp_report_used(options, tally, i));
    }
    add_row(options, rows, NULL, tally->networks[tally->network_count]);
    json_object_set_new(json_array_get(rows, tally->network_count), "used", json_null());
    return rows;
}

/* ---- the whole ------------------------------------------------------------------------------ */

static json_t *
time_json(const struct wp_tally *tally, int64_t time)
{
    char text[32];
    if (tally->first > tally->last)
        return json_null();
    wp_write_time(time, text);
    return json_string(text);
}

static json_t *
summary_json(const struct wp_report_options *options, struct wp_tally *tally)
{
    bool shown, is_exact;
    json_t *summary = wp_report_columns(options, tally->columns);
    json_object_set_new(summary, "people", wp_report_people(options, &tally->people, &shown));
    (void)wp_distinct_count(&tally->people, &is_exact);
    json_object_set_new(summary, "people_exact", json_boolean(is_exact));
    json_object_set_new(summary, "without_groups", number(tally->ungrouped));
    json_object_set_new(summary, "without_time", number(tally->untimed));
    if (options->names[0] == NULL)
        return summary;
    json_t *touched = json_object();
    uint64_t changed = 0;
    for (unsigned i = WP_CHANGE_STRICTER; i < WP_CHANGE_COUNT; i++) {
        if (i != WP_CHANGE_UNKNOWN)
            changed += tally->columns[WP_COLUMN_CHANGES + i];
        json_object_set_new(touched, wp_change_word((enum wp_change)i),
                            wp_report_people(options, &tally->touched[i], &shown));
    }
    json_object_set_new(summary, "changed", number(changed));
    json_object_set_new(summary, "touched", touched);
    return summary;
}

json_t *
wp_report_make(const struct wp_report_options *options, struct wp_replay *replay,
               const struct wp_logs *logs)
{
    struct wp_tally *tally = &replay->tally;
    json_t *report = json_object();
    json_object_set_new(report, "old",
                        options->names[0] == NULL
                            ? json_null()
                            : wp_report_text(options->names[0], strlen(options->names[0])));
    json_object_set_new(report, "new",
                        wp_report_text(options->names[1], strlen(options->names[1])));
    json_object_set_new(report, "partial", json_boolean(replay->is_partial));
    json_object_set_new(report, "pseudonyms", json_boolean(options->pseudonyms));
    json_object_set_new(report, "floor", number(options->floor));
    json_object_set_new(report, "files", files_json(logs));
    json_object_set_new(report, "read", number(logs->records));
    json_object_set_new(report, "decided", number(tally->decided));
    json_object_set_new(report, "skipped", number(skipped_count(tally)));
    json_object_set_new(report, "reasons", skipped_json(options, replay, logs));
    json_object_set_new(report, "from", time_json(tally, tally->first));
    json_object_set_new(report, "to", time_json(tally, tally->last));
    json_object_set_new(report, "summary", summary_json(options, tally));
    json_object_set_new(report, "changes", wp_report_changes(options, replay));
    json_object_set_new(report, "rules", wp_report_rules(options, replay));
    json_object_set_new(report, "groups", groups_json(options, tally));
    json_object_set_new(report, "networks", networks_json(options, tally));
    json_object_set_new(report, "devices", devices_json(options, tally));
    json_object_set_new(report, "times", wp_report_times(options, replay));
    json_object_set_new(report, "tightenings", wp_report_tightenings(options, replay));
    json_object_set_new(report, "fidelity", wp_report_fidelity(options, replay));
    return json_object_set_new(report, "friction", wp_report_friction(options, replay)) == 0
               ? report
               : NULL;
}
