/* The report as one page: its style and script are in it, its plots are SVG. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compiler/replay/page_parts.h"
#include "compiler/replay/report.h"
#include "compiler/replay/report_fields.h"

struct page {
    struct wp_json_text *text;
    const json_t *report;
    bool has_old;
};

static void put(struct page *page, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void
put(struct page *page, const char *format, ...)
{
    char line[1024];
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    if (length > 0)
        wp_json_put(page->text, line,
                    (size_t)length < sizeof line ? (size_t)length : sizeof line - 1);
}

/* Text of others, which must not become markup. */
static void
put_text(struct page *page, const char *text)
{
    for (; *text != '\0'; text++) {
        const char *escaped = *text == '<'    ? "&lt;"
                              : *text == '>'  ? "&gt;"
                              : *text == '&'  ? "&amp;"
                              : *text == '"'  ? "&quot;"
                              : *text == '\'' ? "&#39;"
                                              : NULL;
        if (escaped != NULL)
            wp_json_puts(page->text, escaped);
        else
            wp_json_put(page->text, text, 1);
    }
}

static long long
sign_ins(const json_t *columns)
{
    return wp_report_number(columns, "deny") + wp_report_number(columns, "allow") +
           wp_report_number(columns, "authenticate") + wp_report_number(columns, "groups_unknown");
}

/* ---- the sentence ------------------------------------------------------------------ */

static void
put_summary(struct page *page)
{
    const json_t *report = page->report, *summary = json_object_get(report, "summary");
    if (json_is_true(json_object_get(report, "partial")))
        put(page, "<p class=partial>Partial: the replay was stopped before the end of the "
                  "logs.</p>\n");
    put(page, "<p class=lead>Of <b>%lld</b> sign-ins ", wp_report_number(report, "decided"));
    if (page->has_old)
        put(page,
            "<b>%lld</b> would be decided otherwise: <b class=looser>%lld looser</b>, "
            "<b class=stricter>%lld stricter</b>, %lld neither; %lld cannot be told without "
            "groups.</p>\n",
            wp_report_number(summary, "changed"), wp_report_number(summary, "looser"),
            wp_report_number(summary, "stricter"),
            wp_report_number(summary, "mixed") + wp_report_number(summary, "other"),
            wp_report_number(summary, "unknown"));
    else
        put(page, "%lld are denied, %lld allowed, %lld asked to authenticate.</p>\n",
            wp_report_number(summary, "deny") + wp_report_number(summary, "groups_unknown"),
            wp_report_number(summary, "allow"), wp_report_number(summary, "authenticate"));
    put(page, "<p>%lld records read = %lld decided + %lld skipped",
        wp_report_number(report, "read"), wp_report_number(report, "decided"),
        wp_report_number(report, "skipped"));
    if (wp_report_string(report, "from", NULL) != NULL)
        put(page, ", from %s to %s", wp_report_string(report, "from", ""),
            wp_report_string(report, "to", ""));
    put(page, ".</p>\n");
}

/* ---- old to new ---------------------------------------------------------------------- */

enum { DENY, AUTHENTICATE, ALLOW, EFFECTS };
static const char *const effects[EFFECTS] = {"deny", "authenticate", "allow"};

static unsigned
effect_of(const json_t *outcome)
{
    const char *decision = wp_report_string(outcome, "decision", "");
    return *decision == 'd' ? DENY : strncmp(decision, "au", 2) == 0 ? AUTHENTICATE : ALLOW;
}

#define FLOW_HEIGHT 240.0
#define FLOW_GAP 16.0

static void
put_bar(struct page *page, double x, double y, double height, unsigned effect, double count)
{
    if (count <= 0)
        return;
    put(page, "<rect class=%s x=%.1f y=%.1f width=14 height=%.1f />", effects[effect], x, y,
        height);
    put(page, "<text x=%.1f y=%.1f%s>%s %.0f</text>\n", x < 300 ? x - 6 : x + 20,
        y + height / 2 + 4, x < 300 ? " text-anchor=end" : "", effects[effect], count);
}

static void
put_flow(struct page *page)
{
    double flows[EFFECTS][EFFECTS] = {{0}}, left[EFFECTS] = {0}, right[EFFECTS] = {0}, all = 0;
    double y[2][EFFECTS], top[2] = {8, 8};
    size_t i;
    const json_t *change;
    json_array_foreach(json_object_get(page->report, "changes"), i, change)
    {
        unsigned from = effect_of(json_object_get(change, "before"));
        unsigned to = effect_of(json_object_get(change, "after"));
        double count = (double)wp_report_number(change, "count");
        flows[from][to] += count;
        left[from] += count;
        right[to] += count;
        all += count;
    }
    if (all <= 0)
        return;
    put(page, "<section><h2>From the old policy to the new one</h2>\n<svg viewBox='0 0 760 300' "
              "role=img aria-label='sign-ins from old to new decisions'>\n");
    for (unsigned e = 0; e < EFFECTS; e++) {
        y[0][e] = top[0];
        y[1][e] = top[1];
        put_bar(page, 160, top[0], left[e] / all * FLOW_HEIGHT, e, left[e]);
        put_bar(page, 586, top[1], right[e] / all * FLOW_HEIGHT, e, right[e]);
        top[0] += left[e] / all * FLOW_HEIGHT + FLOW_GAP;
        top[1] += right[e] / all * FLOW_HEIGHT + FLOW_GAP;
    }
    for (unsigned from = 0; from < EFFECTS; from++)
        for (unsigned to = 0; to < EFFECTS; to++) {
            double height = flows[from][to] / all * FLOW_HEIGHT;
            if (height <= 0)
                continue;
            put(page,
                "<path class='flow %s' d='M174 %.1fC380 %.1f 380 %.1f 586 %.1fV%.1fC380 %.1f 380 "
                "%.1f 174 %.1fZ'><title>%s to %s: %.0f</title></path>\n",
                effects[to], y[0][from], y[0][from], y[1][to], y[1][to], y[1][to] + height,
                y[1][to] + height, y[0][from] + height, y[0][from] + height, effects[from],
                effects[to], flows[from][to]);
            y[0][from] += height;
            y[1][to] += height;
        }
    put(page, "</svg></section>\n");
}

/* ---- hours ------------------------------------------------------------------------------ */

static void
put_heat(struct page *page)
{
    const json_t *hours = json_object_get(json_object_get(page->report, "times"), "hours"), *hour;
    long long most = 0;
    size_t i;
    json_array_foreach(hours, i, hour)
    {
        if (sign_ins(hour) > most)
            most = sign_ins(hour);
    }
    if (most == 0)
        return;
    put(page, "<section><h2>Sign-ins by hour of the week, UTC</h2>\n<svg viewBox='0 0 760 210' "
              "role=img aria-label='heat map of sign-ins by weekday and hour'>\n");
    for (unsigned h = 0; h < 24; h += 3)
        put(page, "<text x=%u y=14>%02u</text>", 72 + h * 28, h);
    json_array_foreach(hours, i, hour)
    {
        if (i % 24 == 0)
            put(page, "\n<text x=0 y=%zu>%.3s</text>", 38 + i / 24 * 26,
                wp_report_string(hour, "day", ""));
        put(page,
            "<rect class=heat x=%zu y=%zu width=26 height=24 fill-opacity=%.3f><title>%s "
            "%02lld:00: "
            "%lld sign-ins, %lld denied",
            70 + i % 24 * 28, 21 + i / 24 * 26, (double)sign_ins(hour) / (double)most,
            wp_report_string(hour, "day", ""), wp_report_number(hour, "hour"), sign_ins(hour),
            wp_report_number(hour, "deny") + wp_report_number(hour, "groups_unknown"));
        if (page->has_old)
            put(page, ", %lld looser, %lld stricter", wp_report_number(hour, "looser"),
                wp_report_number(hour, "stricter"));
        put(page, "</title></rect>");
    }
    put(page, "\n</svg></section>\n");
}

/* ---- days -------------------------------------------------------------------------------- */

#define TOP_RULES 6
#define MOST_DAYS 120

struct series {
    const char *policy, *rule;
    long long count;
};

/* The rules that decide most, in falling order. */
static size_t
top_rules(const struct page *page, struct series top[TOP_RULES])
{
    size_t count = 0, i;
    const json_t *rule;
    json_array_foreach(json_object_get(page->report, "rules"), i, rule)
    {
        struct series series = {wp_report_string(rule, "policy", ""),
                                wp_report_string(rule, "rule", "otherwise"),
                                wp_report_number(rule, "count")};
        size_t at = count < TOP_RULES ? count : TOP_RULES;
        if (series.count == 0)
            continue;
        while (at > 0 && top[at - 1].count < series.count) {
            if (at < TOP_RULES)
                top[at] = top[at - 1];
            at--;
        }
        if (at < TOP_RULES)
            top[at] = series;
        count += count < TOP_RULES;
    }
    return count;
}

static size_t
series_of(const struct series *top, size_t count, const json_t *rule)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(top[i].policy, wp_report_string(rule, "policy", "")) == 0 &&
            strcmp(top[i].rule, wp_report_string(rule, "rule", "otherwise")) == 0)
            return i;
    return count;
}

static void
put_day(struct page *page, const json_t *day, const struct series *top, size_t count, double x,
        double width, double most)
{
    long long stack[TOP_RULES + 1] = {0};
    double y = 200;
    size_t i;
    const json_t *rule;
    json_array_foreach(json_object_get(day, "rules"), i, rule)
    {
        stack[series_of(top, count, rule)] += wp_report_number(rule, "count");
    }
    for (i = 0; i <= count; i++) {
        double height = (double)stack[i] / most * 180;
        if (stack[i] == 0)
            continue;
        y -= height;
        put(page, "<rect class=s%zu x=%.1f y=%.1f width=%.1f height=%.1f><title>%s ", i, x, y,
            width, height, wp_report_string(day, "day", ""));
        put_text(page, i < count ? top[i].policy : "");
        put(page, ": ");
        put_text(page, i < count ? top[i].rule : "others");
        put(page, " %lld</title></rect>", stack[i]);
    }
}

static void
put_days(struct page *page)
{
    const json_t *days = json_object_get(json_object_get(page->report, "times"), "days"), *day;
    struct series top[TOP_RULES];
    size_t count = top_rules(page, top), all = json_array_size(days), i;
    size_t first = all > MOST_DAYS ? all - MOST_DAYS : 0;
    double most = 0, width = 690.0 / (double)(all - first > 0 ? all - first : 1);
    json_array_foreach(days, i, day)
    {
        if (i >= first && (double)sign_ins(day) > most)
            most = (double)sign_ins(day);
    }
    if (most <= 0)
        return;
    put(page,
        "<section><h2>Decisions by rule, day by day</h2>\n<svg viewBox='0 0 760 230' role=img "
        "aria-label='decisions by rule and day'>\n<text x=0 y=28>%.0f</text>",
        most);
    for (i = first; i < all; i++)
        put_day(page, json_array_get(days, i), top, count, 66 + (double)(i - first) * width,
                width > 40 ? 36 : width * 0.9, most);
    put(page,
        "\n<text x=66 y=220>%s</text><text x=756 y=220 text-anchor=end>%s</text></svg>\n<p "
        "class=legend>",
        wp_report_string(json_array_get(days, first), "day", ""),
        wp_report_string(json_array_get(days, all - 1), "day", ""));
    for (i = 0; i < count; i++) {
        put(page, "<span><i class=s%zu></i>", i);
        put_text(page, top[i].policy);
        put(page, ": ");
        put_text(page, top[i].rule);
        put(page, "</span> ");
    }
    put(page, "</p></section>\n");
}

/* ---- tables ------------------------------------------------------------------------------- */

static void
put_outcome(struct page *page, const json_t *outcome)
{
    put(page, "<td>");
    put_text(page, wp_report_string(outcome, "decision", ""));
    if (wp_report_string(outcome, "policy", NULL) != NULL) {
        put(page, "<small>");
        put_text(page, wp_report_string(outcome, "policy", ""));
        put(page, ": ");
        put_text(page, wp_report_string(outcome, "rule", "otherwise"));
        put(page, "</small>");
    }
    put(page, "</td>");
}

static void
put_changes(struct page *page)
{
    size_t i;
    const json_t *change;
    put(page, "<section><h2>What changes</h2>\n<table class=filtered><thead><tr><th>change<th "
              "class=n>sign-ins<th class=n>people<th>before<th>after<th>such as</thead><tbody>\n");
    json_array_foreach(json_object_get(page->report, "changes"), i, change)
    {
        const char *word = wp_report_string(change, "change", "");
        const json_t *people = json_object_get(change, "people");
        if (strcmp(word, "none") == 0)
            continue;
        put(page, "<tr><td class=%s>%s<td class=n>%lld<td class=n>", word, word,
            wp_report_number(change, "count"));
        if (json_is_null(people))
            put(page, "fewer than %lld", wp_report_number(page->report, "floor"));
        else
            put(page, "%s%lld",
                json_is_false(json_object_get(change, "people_exact")) ? "about " : "",
                (long long)json_integer_value(people));
        put_outcome(page, json_object_get(change, "before"));
        put_outcome(page, json_object_get(change, "after"));
        char *witness = json_dumps(json_object_get(change, "witness"), JSON_COMPACT);
        put(page, "<td><code>");
        put_text(page, witness == NULL || strcmp(witness, "null") == 0 ? "" : witness);
        put(page, "</code>\n");
        free(witness);
    }
    put(page, "</tbody></table></section>\n");
}

static void
put_rules(struct page *page)
{
    size_t i;
    const json_t *rule;
    put(page, "<section><h2>Decisions by rule</h2>\n<table class=filtered><thead><tr><th>policy<th>"
              "rule<th>decision<th class=n>sign-ins</thead><tbody>\n");
    json_array_foreach(json_object_get(page->report, "rules"), i, rule)
    {
        put(page, wp_report_number(rule, "count") == 0 ? "<tr class=never><td>" : "<tr><td>");
        put_text(page, wp_report_string(rule, "policy", "no policy"));
        put(page, "<td>");
        put_text(page, wp_report_string(rule, "rule", "otherwise"));
        put(page, "<td>");
        put_text(page, wp_report_string(rule, "decision", ""));
        put(page, "<td class=n>%lld\n", wp_report_number(rule, "count"));
    }
    put(page, "</tbody></table></section>\n");
}

static void
put_table(struct page *page, const char *key, const char *title, const char *none)
{
    size_t i;
    const json_t *row;
    put(page,
        "<section><h2>%s</h2>\n<table class=filtered><thead><tr><th>name<th class=n>denied<th "
        "class=n>allowed<th class=n>authenticate%s</thead><tbody>\n",
        title, page->has_old ? "<th class=n>stricter<th class=n>looser" : "");
    json_array_foreach(json_object_get(page->report, key), i, row)
    {
        put(page, sign_ins(row) == 0 ? "<tr class=never><td>" : "<tr><td>");
        put_text(page, wp_report_string(row, "name", none));
        put(page, "<td class=n>%lld<td class=n>%lld<td class=n>%lld",
            wp_report_number(row, "deny") + wp_report_number(row, "groups_unknown"),
            wp_report_number(row, "allow"), wp_report_number(row, "authenticate"));
        if (page->has_old)
            put(page, "<td class=n>%lld<td class=n>%lld", wp_report_number(row, "stricter"),
                wp_report_number(row, "looser"));
        put(page, "\n");
    }
    put(page, "</tbody></table></section>\n");
}

static void
put_forecast(struct page *page)
{
    const json_t *friction = json_object_get(page->report, "friction");
    if (!json_is_object(friction))
        return;
    put(page,
        "<section><h2>What people go through a day</h2>\n<table><thead><tr><th>%s<th "
        "class=n>now</thead><tbody>\n",
        page->has_old ? "<th class=n>before" : "");
    for (size_t i = 0; i < WP_REPORT_FRICTION_ROWS; i++) {
        const json_t *row =
            json_object_get(json_object_get(friction, "forecast"), wp_report_friction_rows[i].key);
        put(page, "<tr><td>%s", wp_report_friction_rows[i].text);
        if (page->has_old)
            put(page, "<td class=n>%.1f", json_real_value(json_object_get(row, "old")));
        put(page, "<td class=n>%.1f\n", json_real_value(json_object_get(row, "new")));
    }
    put(page, "</tbody></table></section>\n");
}

static void
put_tightenings(struct page *page)
{
    size_t i;
    const json_t *row;
    const json_t *rows = json_object_get(json_object_get(page->report, "tightenings"), "proposed");
    if (json_array_size(rows) == 0)
        return;
    put(page, "<section><h2>Wider than the traffic</h2>\n<table class=filtered><thead><tr>"
              "<th>where<th>as it is<th>what would do<th>proof</thead><tbody>\n");
    json_array_foreach(rows, i, row)
    {
        const char *why = wp_report_string(row, "why", NULL);
        put(page, "<tr><td>");
        put_text(page, wp_report_string(row, "name", ""));
        put(page, ", ");
        put_text(page, wp_report_string(row, "file", ""));
        put(page, ":%lld<td><code>", wp_report_number(row, "line"));
        put_text(page, wp_report_string(row, "before", ""));
        put(page, "</code><td><code>");
        put_text(page, wp_report_string(row, "after", ""));
        put(page, "</code><td>%s%s\n",
            why == NULL ? "only stricter, and no sign-in seen changes" : "not proposed: ",
            why == NULL ? "" : why);
    }
    put(page, "</tbody></table></section>\n");
}

static void
put_skipped(struct page *page)
{
    size_t i;
    const json_t *reason;
    if (json_array_size(json_object_get(page->report, "reasons")) == 0)
        return;
    put(page, "<section><h2>What was skipped</h2>\n<table><tbody>\n");
    json_array_foreach(json_object_get(page->report, "reasons"), i, reason)
    {
        put(page, "<tr><td class=n>%lld<td>%s\n", wp_report_number(reason, "count"),
            wp_report_string(reason, "reason", ""));
    }
    put(page, "</tbody></table></section>\n");
}

void
wp_report_page(const json_t *report, struct wp_json_text *text)
{
    struct page page = {
        .text = text, .report = report, .has_old = !json_is_null(json_object_get(report, "old"))};
    wp_json_puts(text, wp_page_head);
    put_summary(&page);
    if (page.has_old)
        put_flow(&page);
    put_heat(&page);
    put_days(&page);
    wp_json_puts(text, wp_page_filter);
    if (page.has_old)
        put_changes(&page);
    put_rules(&page);
    put_table(&page, "devices", "By device type", "none of the named");
    put_table(&page, "networks", "By network", "in no named network");
    put_table(&page, "groups", "By group", "");
    put_tightenings(&page);
    put_forecast(&page);
    put_skipped(&page);
    wp_json_puts(text, wp_page_end);
}
