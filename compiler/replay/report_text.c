/* The report for a terminal. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compiler/replay/report.h"
#include "compiler/replay/report_fields.h"

#define FEW_CHANGES 20
#define FEW_ROWS 20

struct printing {
    struct wp_json_text *text;
    bool colour, has_old;
};

static void print(struct printing *p, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void
print(struct printing *p, const char *format, ...)
{
    char line[2048];
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    if (length > 0)
        wp_json_put(p->text, line, (size_t)length < sizeof line ? (size_t)length : sizeof line - 1);
}

/* From files and logs come bytes that a terminal must not obey. */
static void
print_safely(struct printing *p, const char *string)
{
    for (; *string != '\0'; string++)
        if ((unsigned char)*string < 0x20 || *string == 0x7f)
            print(p, "?");
        else
            wp_json_put(p->text, string, 1);
}

static void
heading(struct printing *p, const char *title)
{
    print(p, "\n%s%s%s\n", p->colour ? "\033[1m" : "", title, p->colour ? "\033[0m" : "");
}

/* ---- what was read --------------------------------------------------------------- */

static void
print_reading(struct printing *p, const json_t *report)
{
    const json_t *reasons = json_object_get(report, "reasons");
    size_t i, j;
    const json_t *reason, *sample;
    if (json_is_true(json_object_get(report, "partial")))
        print(p, "PARTIAL: the replay was stopped before the end of the logs\n");
    print(p, "%lld records read = %lld decided + %lld skipped\n", wp_report_number(report, "read"),
          wp_report_number(report, "decided"), wp_report_number(report, "skipped"));
    json_array_foreach(reasons, i, reason)
    {
        print(p, "  %10lld  %s\n", wp_report_number(reason, "count"),
              wp_report_string(reason, "reason", ""));
        json_array_foreach(json_object_get(reason, "samples"), j, sample)
        {
            print(p, "              ");
            print_safely(p, wp_report_string(sample, "file", "-"));
            print(p, ":%lld: ", wp_report_number(sample, "record"));
            print_safely(p, wp_report_string(sample, "text", ""));
            print(p, "\n");
        }
    }
    if (wp_report_string(report, "from", NULL) != NULL)
        print(p, "from %s to %s\n", wp_report_string(report, "from", ""),
              wp_report_string(report, "to", ""));
}

static void
print_summary(struct printing *p, const json_t *report)
{
    const json_t *summary = json_object_get(report, "summary");
    print(p, "%lld denied, %lld allowed, %lld asked to authenticate",
          wp_report_number(summary, "deny"), wp_report_number(summary, "allow"),
          wp_report_number(summary, "authenticate"));
    if (wp_report_number(summary, "groups_unknown") > 0)
        print(p, ", %lld denied because their groups are not known",
              wp_report_number(summary, "groups_unknown"));
    print(p, "\n");
    if (p->has_old)
        print(p,
              "%lld changed: %lld looser, %lld stricter, %lld mixed, %lld other; %lld cannot "
              "be told\n",
              wp_report_number(summary, "changed"), wp_report_number(summary, "looser"),
              wp_report_number(summary, "stricter"), wp_report_number(summary, "mixed"),
              wp_report_number(summary, "other"), wp_report_number(summary, "unknown"));
    if (wp_report_number(summary, "without_groups") > 0)
        print(p, "%lld sign-ins have no known groups: --people joins an export\n",
              wp_report_number(summary, "without_groups"));
}

/* ---- changes ------------------------------------------------------------------------- */

static void
print_outcome(struct printing *p, const json_t *outcome)
{
    const char *policy = wp_report_string(outcome, "policy", NULL);
    print(p, "%s", wp_report_string(outcome, "decision", ""));
    if (policy != NULL)
        print(p, " by '%s' of %s", wp_report_string(outcome, "rule", "otherwise"), policy);
    print(p, "\n");
}

static void
print_people(struct printing *p, const json_t *report, const json_t *change)
{
    const json_t *people = json_object_get(change, "people");
    if (json_is_null(people))
        print(p, "fewer than %lld people", wp_report_number(report, "floor"));
    else
        print(p, "%s%lld %s",
              json_is_false(json_object_get(change, "people_exact")) ? "about " : "",
              (long long)json_integer_value(people),
              json_integer_value(people) == 1 ? "person" : "people");
}

static void
print_changes(struct printing *p, const json_t *report)
{
    size_t i, shown = 0, left = 0;
    const json_t *change;
    json_array_foreach(json_object_get(report, "changes"), i, change)
    {
        if (strcmp(wp_report_string(change, "change", ""), "none") == 0)
            continue;
        if (shown == FEW_CHANGES) {
            left++;
            continue;
        }
        if (shown++ == 0)
            heading(p, "What changes");
        print(p, "%s: %lld sign-in%s of ", wp_report_string(change, "change", ""),
              wp_report_number(change, "count"), wp_report_number(change, "count") == 1 ? "" : "s");
        print_people(p, report, change);
        print(p, "\n  before  ");
        print_outcome(p, json_object_get(change, "before"));
        print(p, "  after   ");
        print_outcome(p, json_object_get(change, "after"));
        char *witness = json_dumps(json_object_get(change, "witness"), JSON_COMPACT);
        if (witness != NULL && strcmp(witness, "null") != 0) {
            print(p, "  such as ");
            print_safely(p, witness);
            print(p, "\n");
        }
        free(witness);
    }
    if (left > 0)
        print(p, "and %zu more kinds: --format json has them all\n", left);
}

/* ---- tables ----------------------------------------------------------------------------- */

static void
print_rules(struct printing *p, const json_t *report)
{
    size_t i;
    const json_t *rule;
    heading(p, "Decisions by rule");
    json_array_foreach(json_object_get(report, "rules"), i, rule)
    {
        if (wp_report_number(rule, "count") == 0)
            continue;
        print(p, "  %10lld  %s: %s  %s\n", wp_report_number(rule, "count"),
              wp_report_string(rule, "policy", "no policy"),
              wp_report_string(rule, "rule", "otherwise"), wp_report_string(rule, "decision", ""));
    }
    bool is_first = true;
    json_array_foreach(json_object_get(report, "rules"), i, rule)
    {
        if (wp_report_number(rule, "count") > 0 || wp_report_string(rule, "rule", NULL) == NULL)
            continue;
        if (is_first)
            heading(p, "Rules that no sign-in came to");
        is_first = false;
        print(p, "  %s: %s\n", wp_report_string(rule, "policy", ""),
              wp_report_string(rule, "rule", ""));
    }
}

static void
print_table(struct printing *p, const json_t *rows, const char *title, const char *none)
{
    size_t i, shown = 0;
    const json_t *row;
    heading(p, title);
    print(p, "  %10s %10s %12s", "denied", "allowed", "authenticate");
    print(p, p->has_old ? " %10s %10s\n" : "\n", "stricter", "looser");
    json_array_foreach(rows, i, row)
    {
        if (wp_report_number(row, "deny") + wp_report_number(row, "allow") +
                wp_report_number(row, "authenticate") + wp_report_number(row, "groups_unknown") ==
            0)
            continue;
        if (shown++ == FEW_ROWS) {
            print(p, "  and more: --format json has them all\n");
            return;
        }
        print(p, "  %10lld %10lld %12lld",
              wp_report_number(row, "deny") + wp_report_number(row, "groups_unknown"),
              wp_report_number(row, "allow"), wp_report_number(row, "authenticate"));
        if (p->has_old)
            print(p, " %10lld %10lld", wp_report_number(row, "stricter"),
                  wp_report_number(row, "looser"));
        print(p, "  %s\n", wp_report_string(row, "name", none));
    }
}

static void
print_unseen(struct printing *p, const json_t *rows, const char *title)
{
    size_t i, shown = 0;
    const json_t *row;
    json_array_foreach(rows, i, row)
    {
        if (wp_report_string(row, "name", NULL) == NULL ||
            wp_report_number(row, "deny") + wp_report_number(row, "allow") +
                    wp_report_number(row, "authenticate") +
                    wp_report_number(row, "groups_unknown") >
                0)
            continue;
        if (shown == FEW_ROWS)
            break;
        print(p, "%s%s", shown == 0 ? title : "", shown == 0 ? ": " : ", ");
        print(p, "%s", wp_report_string(row, "name", ""));
        shown++;
    }
    if (shown > 0)
        print(p, "%s\n", shown == FEW_ROWS ? " and perhaps more" : "");
}

/* ---- fidelity and friction ----------------------------------------------------------------- */

static void
print_agreement(struct printing *p, const json_t *agreement, const char *what)
{
    if (!json_is_object(agreement))
        return;
    print(p, "  %s: %lld of %lld agree, %.2f %% (95 %%: %.2f to %.2f)\n", what,
          wp_report_number(agreement, "agreed"), wp_report_number(agreement, "compared"),
          100 * json_real_value(json_object_get(agreement, "share")),
          100 * json_real_value(json_object_get(agreement, "low")),
          100 * json_real_value(json_object_get(agreement, "high")));
}

static void
print_fidelity(struct printing *p, const json_t *fidelity)
{
    const json_t *rules = json_object_get(fidelity, "rules");
    const json_t *effects = json_object_get(fidelity, "effects"), *mismatch;
    size_t i;
    if (!json_is_object(rules) && !json_is_object(effects))
        return;
    heading(p, "What the log says was decided");
    print_agreement(p, rules, "rules");
    print_agreement(p, effects, "effects");
    json_array_foreach(json_object_get(fidelity, "mismatches"), i, mismatch)
    {
        if (i == FEW_ROWS)
            break;
        print(p, "  %10lld  the log names '", wp_report_number(mismatch, "count"));
        print_safely(p, wp_report_string(mismatch, "logged", ""));
        print(p, "', predicted is ");
        print_outcome(p, json_object_get(mismatch, "predicted"));
    }
}

const struct wp_report_friction_row wp_report_friction_rows[WP_REPORT_FRICTION_ROWS] = {
    {"prompts", "sign-ins that ask to authenticate"},
    {"enrollments", "denied for want of a managed device: enrollments"},
    {"double_sign_ins", "sign-ins at another tenant and then once more"},
    {"lock_icons", "lock icons, where the app is opened on the home page"},
    {"time_outs", "enrollments for which an app does not wait long enough"}};

static void
print_forecast(struct printing *p, const json_t *forecast)
{
    heading(p, "What people go through a day");
    print(p, p->has_old ? "      before      after\n" : "");
    for (size_t i = 0; i < WP_REPORT_FRICTION_ROWS; i++) {
        const json_t *row = json_object_get(forecast, wp_report_friction_rows[i].key);
        double old = json_real_value(json_object_get(row, "old"));
        double new = json_real_value(json_object_get(row, "new"));
        if (i > 0 && old <= 0 && new <= 0)
            continue;
        if (p->has_old)
            print(p, "  %10.1f", old);
        print(p, " %10.1f  %s\n", new, wp_report_friction_rows[i].text);
    }
}

static void
print_tightenings(struct printing *p, const json_t *tightenings)
{
    size_t i;
    const json_t *row;
    json_array_foreach(json_object_get(tightenings, "proposed"), i, row)
    {
        const char *why = wp_report_string(row, "why", NULL);
        if (i == 0)
            heading(p, "Wider than the traffic");
        if (i == FEW_ROWS)
            break;
        print(p, "  ");
        print_safely(p, wp_report_string(row, "file", ""));
        print(p, ":%lld: %s ", wp_report_number(row, "line"),
              strcmp(wp_report_string(row, "kind", ""), "network") == 0 ? "network" : "groups of");
        print_safely(p, wp_report_string(row, "name", ""));
        print(p, ", of %lld sign-in%s\n    - ", wp_report_number(row, "count"),
              wp_report_number(row, "count") == 1 ? "" : "s");
        print_safely(p, wp_report_string(row, "before", ""));
        print(p, "\n    + ");
        print_safely(p, wp_report_string(row, "after", ""));
        print(p, "\n    %s%s\n",
              why == NULL ? "proved: only stricter, and no sign-in seen changes" : "not proposed: ",
              why == NULL ? "" : why);
    }
}

static void
print_friction(struct printing *p, const json_t *friction)
{
    static const struct {
        const char *key, *text;
    } rows[] = {{"new_prompts_a_day", "sign-ins that now ask to authenticate"},
                {"prompts_gone_a_day", "sign-ins that no longer ask"},
                {"more_factors_a_day", "sign-ins that ask for more factors"},
                {"newly_denied_a_day", "sign-ins that are now denied"},
                {"newly_let_in_a_day", "sign-ins that are no longer denied"}};
    if (!json_is_object(friction))
        return;
    print_forecast(p, json_object_get(friction, "forecast"));
    if (!p->has_old)
        return;
    heading(p, "A day");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        print(p, "  %10.1f  %s\n", json_real_value(json_object_get(friction, rows[i].key)),
              rows[i].text);
}

void
wp_report_print(const json_t *report, struct wp_json_text *text, bool colour)
{
    struct printing p = {
        .text = text, .colour = colour, .has_old = !json_is_null(json_object_get(report, "old"))};
    print_reading(&p, report);
    print_summary(&p, report);
    print_changes(&p, report);
    print_friction(&p, json_object_get(report, "friction"));
    print_rules(&p, report);
    print_table(&p, json_object_get(report, "devices"), "By device type", "none of the named");
    print_table(&p, json_object_get(report, "networks"), "By network", "in no named network");
    print_table(&p, json_object_get(report, "groups"), "By group", "");
    print_unseen(&p, json_object_get(report, "networks"), "Networks that nobody came from");
    print_unseen(&p, json_object_get(report, "groups"), "Groups that nobody was in");
    print_tightenings(&p, json_object_get(report, "tightenings"));
    print_fidelity(&p, json_object_get(report, "fidelity"));
}
