/* By hour of the week, by day, and what that means a day. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "compiler/analysis/strength.h"
#include "compiler/replay/clock.h"
#include "compiler/replay/report.h"

#define DAY_MS INT64_C(86400000)

static json_t *
hours_json(const struct wp_report_options *options, const struct wp_tally *tally)
{
    static const char *const days[] = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                       "Friday", "Saturday", "Sunday"};
    json_t *hours = json_array();
    for (unsigned i = 0; i < WP_HOURS; i++) {
        json_t *hour = wp_report_columns(options, tally->hours[i]);
        json_object_set_new(hour, "day", json_string(days[i / 24]));
        json_object_set_new(hour, "hour", json_integer(i % 24));
        json_array_append_new(hours, hour);
    }
    return hours;
}

static int
compare_days(const void *left, const void *right)
{
    const struct wp_day *a = left, *b = right;
    if (a->day != b->day)
        return a->day < b->day ? -1 : 1;
    return a->what < b->what ? -1 : a->what > b->what;
}

static struct wp_day *
sorted_days(const struct wp_report_options *options, const struct wp_tally *tally)
{
    struct wp_day *days = wp_alloc_array(options->arena, tally->day_count + 1, sizeof *days);
    size_t count = 0;
    for (size_t i = 0; i < (size_t)2 * WP_DAYS_MAX; i++)
        if (tally->days[i].count != 0)
            days[count++] = tally->days[i];
    qsort(days, count, sizeof *days, compare_days);
    return days;
}

/* The outcomes of a day by number of the rule in "rules" order of outcomes. */
static json_t *
day_json(const struct wp_report_options *options, const struct wp_day *days, size_t count)
{
    const struct wp_side *side = &options->sides[1];
    uint32_t outcomes = wp_outcome_count(side);
    uint64_t columns[WP_COLUMN_COUNT] = {0};
    json_t *rules = json_array();
    char text[32];
    for (size_t i = 0; i < count; i++) {
        if (days[i].what >= outcomes) {
            columns[days[i].what - outcomes] = days[i].count;
            continue;
        }
        json_array_append_new(rules, json_pack("{s:s?, s:s?, s:I}", "policy",
                                               wp_outcome_policy(side, days[i].what), "rule",
                                               wp_outcome_rule(side, days[i].what), "count",
                                               (json_int_t)days[i].count));
    }
    json_t *day = wp_report_columns(options, columns);
    wp_write_time((int64_t)days[0].day * DAY_MS, text);
    text[10] = '\0';
    json_object_set_new(day, "day", json_string(text));
    json_object_set_new(day, "rules", rules);
    return day;
}

static json_t *
days_json(const struct wp_report_options *options, const struct wp_tally *tally)
{
    json_t *array = json_array();
    if (tally->days_overflowed)
        return array;
    const struct wp_day *days = sorted_days(options, tally);
    for (size_t i = 0, next; i < tally->day_count; i = next) {
        for (next = i; next < tally->day_count && days[next].day == days[i].day;)
            next++;
        json_array_append_new(array, day_json(options, days + i, next - i));
    }
    return array;
}

json_t *
wp_report_times(const struct wp_report_options *options, struct wp_replay *replay)
{
    const struct wp_tally *tally = &replay->tally;
    return json_pack("{s:o, s:o, s:b}", "hours", hours_json(options, tally), "days",
                     days_json(options, tally), "days_left_out", tally->days_overflowed);
}

/* ---- fidelity ------------------------------------------------------------------------ */

/* Of a share, the interval that holds it with 95 % (Wilson). */
static json_t *
agreement(uint64_t agreed, uint64_t all)
{
    if (all == 0)
        return json_null();
    double n = (double)all, p = (double)agreed / n, z2 = 1.96 * 1.96;
    double middle = (p + z2 / (2 * n)) / (1 + z2 / n);
    double half = 1.96 * sqrt(p * (1 - p) / n + z2 / (4 * n * n)) / (1 + z2 / n);
    return json_pack("{s:I, s:I, s:f, s:f, s:f}", "compared", (json_int_t)all, "agreed",
                     (json_int_t)agreed, "share", p, "low", fmax(0, middle - half), "high",
                     fmin(1, middle + half));
}

static int
compare_mismatches(const void *left, const void *right)
{
    const struct wp_mismatch *a = left, *b = right;
    if (a->count != b->count)
        return a->count > b->count ? -1 : 1;
    return a->record < b->record ? -1 : a->record > b->record;
}

json_t *
wp_report_fidelity(const struct wp_report_options *options, struct wp_replay *replay)
{
    struct wp_fidelity *fidelity = &replay->tally.fidelity;
    const struct wp_side *side = &options->sides[options->names[0] == NULL];
    json_t *mismatches = json_array();
    if (fidelity->count > 0)
        qsort(fidelity->mismatches, fidelity->count, sizeof *fidelity->mismatches,
              compare_mismatches);
    for (size_t i = 0; !fidelity->overflowed && i < fidelity->count; i++) {
        const struct wp_mismatch *mismatch = &fidelity->mismatches[i];
        json_t *witness = options->floor > 0 || mismatch->witness == NULL
                              ? NULL
                              : json_loads(mismatch->witness, JSON_ALLOW_NUL, NULL);
        json_array_append_new(
            mismatches, json_pack("{s:o, s:o, s:I, s:o}", "predicted",
                                  wp_report_outcome(options, side, mismatch->outcome), "logged",
                                  wp_report_text(mismatch->logged, mismatch->length), "count",
                                  (json_int_t)mismatch->count, "witness",
                                  witness == NULL ? json_null() : witness));
    }
    return json_pack("{s:o, s:o, s:o, s:b}", "rules",
                     agreement(fidelity->rules_agreed, fidelity->rules), "effects",
                     agreement(fidelity->effects_agreed, fidelity->effects), "mismatches",
                     mismatches, "mismatches_left_out", fidelity->overflowed);
}

/* ---- friction --------------------------------------------------------------------------- */

struct friction {
    uint64_t prompts, prompts_gone, denied, let_in, stronger;
};

static void
add_cell(const struct wp_report_options *options, const struct wp_cell *cell,
         struct friction *friction)
{
    const struct wp_side *old = &options->sides[0], *new = &options->sides[1];
    const struct wp_decision *before = wp_outcome_decision(old, cell->before);
    const struct wp_decision *after = wp_outcome_decision(new, cell->after);
    if (cell->change == WP_CHANGE_NONE || cell->change == WP_CHANGE_UNKNOWN)
        return;
    if (after->effect == WP_DENY && before->effect != WP_DENY)
        friction->denied += cell->count;
    if (after->effect != WP_DENY && before->effect == WP_DENY)
        friction->let_in += cell->count;
    if (before->effect == WP_ALLOW && after->effect == WP_AUTHENTICATE)
        friction->prompts += cell->count;
    if (before->effect == WP_AUTHENTICATE && after->effect == WP_ALLOW)
        friction->prompts_gone += cell->count;
    if (before->effect == WP_AUTHENTICATE && after->effect == WP_AUTHENTICATE &&
        wp_chain_strength(new->model, after->chain).factors >
            wp_chain_strength(old->model, before->chain).factors)
        friction->stronger += cell->count;
}

/* What people go through a day, by the old policy and by the new one. */
static json_t *
forecast_json(const struct wp_report_options *options, const struct wp_tally *tally, double days)
{
    static const char *const names[] = {"prompts", "enrollments", "double_sign_ins", "lock_icons",
                                        "time_outs"};
    json_t *forecast = json_object();
    for (unsigned i = 0; i < WP_FRICTION_COUNT; i++) {
        json_t *old = options->names[0] == NULL ? json_null()
                                                : json_real((double)tally->friction[0][i] / days);
        json_object_set_new(
            forecast, names[i],
            json_pack("{s:o, s:f}", "old", old, "new", (double)tally->friction[1][i] / days));
    }
    return forecast;
}

/* What changes for people, a day, and what they go through. The log must tell at what
 * times; without an old policy nothing changes. */
json_t *
wp_report_friction(const struct wp_report_options *options, struct wp_replay *replay)
{
    const struct wp_tally *tally = &replay->tally;
    struct friction friction = {0};
    if (tally->first > tally->last)
        return json_null();
    double days = (double)(tally->last / DAY_MS - tally->first / DAY_MS + 1);
    json_t *forecast = forecast_json(options, tally, days);
    if (options->names[0] == NULL)
        return json_pack("{s:f, s:o}", "days", days, "forecast", forecast);
    for (size_t i = 0; i < tally->cell_capacity; i++)
        if (tally->cells[i] != NULL)
            add_cell(options, tally->cells[i], &friction);
    return json_pack("{s:f, s:f, s:f, s:f, s:f, s:f, s:o}", "days", days, "new_prompts_a_day",
                     (double)friction.prompts / days, "prompts_gone_a_day",
                     (double)friction.prompts_gone / days, "more_factors_a_day",
                     (double)friction.stronger / days, "newly_denied_a_day",
                     (double)friction.denied / days, "newly_let_in_a_day",
                     (double)friction.let_in / days, "forecast", forecast);
}
