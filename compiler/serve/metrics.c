/* Sums over the threads, at the moment of asking. */
#include "compiler/serve/metrics.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static void put_line(struct wp_json_text *text, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void
put_line(struct wp_json_text *text, const char *format, ...)
{
    char line[256];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    wp_json_puts(text, line);
}

static void
put_head(struct wp_json_text *text, const char *name, const char *type, const char *help)
{
    put_line(text, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void
put_single(struct wp_json_text *text, const char *name, const char *type, const char *help,
           uint64_t value)
{
    put_head(text, name, type, help);
    put_line(text, "%s %" PRIu64 "\n", name, value);
}

/* ---- decisions by rule ----------------------------------------------------- */

struct counters {
    uint64_t *counts;
    size_t room;
};

static void
add_count(void *context, size_t place, const struct wp_outcome *outcome)
{
    struct counters *counters = context;
    if (place < counters->room)
        counters->counts[place] += atomic_load_explicit(&outcome->count, memory_order_relaxed);
}

/* The names of an outcome are in the memory of its thread, so a line is written
 * while its thread's are held; the counts of all threads are known by then. */
struct page {
    struct counters *counters;
    struct wp_json_text *text;
};

static void
put_label(struct wp_json_text *text, const char *name, struct woapol_text value)
{
    wp_json_puts(text, name);
    for (size_t i = 0; i < value.length; i++) {
        char c = value.text[i];
        if (c == '\n')
            wp_json_puts(text, "\\n");
        else if (c == '"' || c == '\\')
            wp_json_put(text, (const char[]){'\\', c}, 2);
        else
            wp_json_put(text, &c, 1);
    }
    wp_json_puts(text, "\"");
}

static void
put_outcome(void *context, size_t place, const struct wp_outcome *outcome)
{
    struct page *page = context;
    struct wp_json_text *text = page->text;
    if (place >= page->counters->room || page->counters->counts[place] == 0)
        return;
    wp_json_puts(text, "woapol_decisions_total{");
    put_label(text, "policy=\"", outcome->policy);
    put_label(text, ",rule=\"", outcome->rule);
    put_label(text, ",effect=\"", outcome->effect);
    put_label(text, ",reason=\"", outcome->reason);
    put_line(text, "} %" PRIu64 "\n", page->counters->counts[place]);
    page->counters->counts[place] = 0;
}

static bool
put_decisions(const struct wp_metrics_source *source, struct wp_json_text *text)
{
    uint64_t load = wp_engine_load(source->own);
    struct counters counters = {.room = wp_engine_places(source->own)};
    struct page page = {.counters = &counters, .text = text};
    put_head(text, "woapol_decisions_total", "counter",
             "Decisions by the image in use, by policy, rule (empty: otherwise), effect, reason.");
    if (counters.room == 0)
        return true;
    counters.counts = calloc(counters.room, sizeof *counters.counts);
    if (counters.counts == NULL)
        return false;
    for (size_t i = 0; i < source->engine_count; i++)
        wp_engine_outcomes(source->engines[i], load, add_count, &counters);
    for (size_t i = 0; i < source->engine_count; i++)
        wp_engine_outcomes(source->engines[i], load, put_outcome, &page);
    free(counters.counts);
    return true;
}

/* ---- the rest -------------------------------------------------------------- */

/* The sum of the counter at that place of the tallies. */
static uint64_t
sum(const struct wp_metrics_source *source, size_t offset)
{
    uint64_t total = 0;
    for (size_t i = 0; i < source->engine_count; i++) {
        const char *tally = (const char *)wp_engine_tally(source->engines[i]);
        const _Atomic(uint64_t) *counter = (const void *)(tally + offset);
        total += atomic_load_explicit(counter, memory_order_relaxed);
    }
    return total;
}

#define SUM(member) sum(source, offsetof(struct wp_tally, member))

static void
put_services(const struct wp_metrics_source *source, struct wp_json_text *text)
{
    put_head(text, "woapol_requests_total", "counter", "Requests decided, by protocol.");
    for (unsigned i = 0; i < WP_SERVICE_COUNT; i++)
        put_line(text, "woapol_requests_total{protocol=\"%s\"} %" PRIu64 "\n",
                 wp_service_name((enum wp_service)i),
                 sum(source, offsetof(struct wp_tally, decisions) + i * sizeof(uint64_t)));
    put_head(text, "woapol_protocol_errors_total", "counter",
             "What was no request of its protocol.");
    for (unsigned i = 0; i < WP_SERVICE_COUNT; i++)
        put_line(text, "woapol_protocol_errors_total{protocol=\"%s\"} %" PRIu64 "\n",
                 wp_service_name((enum wp_service)i),
                 sum(source, offsetof(struct wp_tally, refused) + i * sizeof(uint64_t)));
}

static void
put_latency(const struct wp_metrics_source *source, struct wp_json_text *text)
{
    static const char *const name = "woapol_decision_seconds";
    uint64_t total = 0;
    put_head(text, name, "histogram", "From when a request was there until it was decided.");
    for (unsigned i = 0; i < WP_LATENCY_BUCKETS; i++) {
        total += sum(source, offsetof(struct wp_tally, latency) + i * sizeof(uint64_t));
        if (i + 1 < WP_LATENCY_BUCKETS)
            put_line(text, "%s_bucket{le=\"%.9g\"} %" PRIu64 "\n", name,
                     (double)(UINT64_C(256) << i) / 1e9, total);
    }
    put_line(text, "%s_bucket{le=\"+Inf\"} %" PRIu64 "\n", name, total);
    put_line(text, "%s_sum %.9f\n%s_count %" PRIu64 "\n", name, (double)SUM(latency_sum) / 1e9,
             name, total);
}

static void
put_image(const struct wp_metrics_source *source, struct wp_json_text *text)
{
    int64_t age = (int64_t)time(NULL) - source->loaded_at;
    put_single(text, "woapol_image_generation", "gauge", "The generation of the image in use.",
               wp_engine_generation(source->own));
    put_single(text, "woapol_image_age_seconds", "gauge", "Since the image came into use.",
               age < 0 ? 0 : (uint64_t)age);
    put_single(text, "woapol_image_loads_total", "counter", "Images that came into use.",
               woapol_handle_loads(source->handle));
    put_single(text, "woapol_image_refusals_total", "counter",
               "Images that were refused; the one before stayed.",
               woapol_handle_refusals(source->handle));
}

/* Nothing when the image is a file. */
static void
put_remote(const struct wp_metrics_source *source, struct wp_json_text *text)
{
    if (source->remote == NULL)
        return;
    struct wp_remote_counts counts = wp_remote_counts(source->remote);
    int64_t age = (int64_t)time(NULL) - counts.answered_at;
    put_single(text, "woapol_image_fetches_total", "counter", "How often the image was asked for.",
               counts.questions);
    put_single(text, "woapol_image_fetch_failures_total", "counter",
               "How often no good answer came.", counts.failures);
    if (counts.answered_at != 0)
        put_single(text, "woapol_image_fetch_age_seconds", "gauge",
                   "Since the image's server had an answer.", age < 0 ? 0 : (uint64_t)age);
}

/* Pages of memory that are resident, in bytes; 0 when nobody says. */
static uint64_t
resident_bytes(void)
{
    unsigned long size = 0, resident = 0;
    FILE *file = fopen("/proc/self/statm", "re");
    if (file == NULL)
        return 0;
    int read = fscanf(file, "%lu %lu", &size, &resident);
    (void)fclose(file);
    return read == 2 ? resident * (uint64_t)sysconf(_SC_PAGESIZE) : 0;
}

bool
wp_metrics_write(const struct wp_metrics_source *source, struct wp_json_text *text)
{
    bool done = put_decisions(source, text);
    put_services(source, text);
    put_latency(source, text);
    put_image(source, text);
    put_remote(source, text);
    put_single(text, "woapol_report_only_differences_total", "counter",
               "Requests that passed only because of --report-only.", SUM(overruled));
    put_single(text, "woapol_failures_total", "counter", "Requests denied for want of memory.",
               SUM(failed));
    put_single(text, "woapol_log_dropped_total", "counter",
               "Lines of the decision log that were dropped.", wp_log_dropped(source->log));
    put_single(text, "woapol_connections_total", "counter", "Connections accepted.", SUM(accepted));
    put_single(text, "woapol_connections", "gauge", "Connections that are open.",
               SUM(accepted) - SUM(closed));
    put_single(text, "process_resident_memory_bytes", "gauge", "Resident memory.",
               resident_bytes());
    return done && !text->failed;
}
