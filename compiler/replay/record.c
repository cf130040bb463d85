/* Formats, reasons and facts by name; a reader of records is one of its format's. */
#include "compiler/replay/record.h"

#include <stdlib.h>
#include <string.h>

#include "compiler/decide/json_fields.h"
#include "compiler/replay/event.h"
#include "compiler/replay/readers.h"

static const char *const format_names[WP_LOG_FORMAT_COUNT] = {
    [WP_LOG_REQUESTS] = "requests", [WP_LOG_DECISIONS] = "decisions", [WP_LOG_OKTA] = "okta",
    [WP_LOG_ACCESS] = "access",     [WP_LOG_NGINX] = "nginx",         [WP_LOG_JSON] = "json",
    [WP_LOG_CSV] = "csv",
};

static const char *const fact_names[] = {
#define WP_FACT(name, text) text,
#include "compiler/replay/facts.def"
#undef WP_FACT
};

struct wp_record_reader {
    enum wp_log_format format;
    struct wp_request_reader *requests;
    struct wp_okta_reader *okta;
    struct wp_access_reader *access;
    struct wp_json_reader *json;
    struct wp_csv_reader *csv;
    struct woapol_text groups[WP_RECORD_GROUPS_MAX];
    char group_separator;
};

const char *
wp_log_format_name(enum wp_log_format format)
{
    return format_names[format];
}

enum wp_log_format
wp_log_format_named(const char *name)
{
    for (unsigned i = 1; i < WP_LOG_FORMAT_COUNT; i++)
        if (strcmp(name, format_names[i]) == 0)
            return (enum wp_log_format)i;
    return WP_LOG_UNKNOWN;
}

const char *
wp_skip_text(enum wp_skip skip)
{
    static const char *const texts[] = {
        "",
#define WP_SKIP(name, text) text,
#include "compiler/replay/skips.def"
#undef WP_SKIP
    };
    return texts[skip];
}

enum wp_log_fact
wp_log_fact_named(const char *name, size_t length)
{
    for (unsigned i = 0; i < WP_FACT_COUNT; i++)
        if (strlen(fact_names[i]) == length && memcmp(name, fact_names[i], length) == 0)
            return (enum wp_log_fact)i;
    return WP_FACT_NONE;
}

/* Names that facts have in logs of programs; a decision log's are the facts' own. */
static void
map_nginx(struct wp_mapping *mapping)
{
    mapping->from[WP_FACT_TIME] = "time_iso8601";
    mapping->from[WP_FACT_IP] = "remote_addr";
    mapping->from[WP_FACT_USER] = "remote_user";
    mapping->from[WP_FACT_AGENT] = "http_user_agent";
    mapping->from[WP_FACT_OUTCOME] = "status";
}

void
wp_mapping_init(struct wp_mapping *mapping, enum wp_log_format format)
{
    *mapping = (struct wp_mapping){.group_separator = ';'};
    if (format == WP_LOG_JSON) {
        map_nginx(mapping);
        return;
    }
    for (unsigned i = 0; i < WP_FACT_COUNT; i++)
        mapping->from[i] = fact_names[i];
    if (format == WP_LOG_DECISIONS)
        mapping->from[WP_FACT_OUTCOME] = "effect";
}

static bool
open_reader(struct wp_record_reader *reader, const struct wp_mapping *mapping,
            struct woapol_text head)
{
    switch (reader->format) {
    case WP_LOG_REQUESTS:
        reader->requests = wp_request_reader_new();
        return reader->requests != NULL;
    case WP_LOG_OKTA:
        reader->okta = wp_okta_reader_new();
        return reader->okta != NULL;
    case WP_LOG_ACCESS:
        reader->access = wp_access_reader_new();
        return reader->access != NULL;
    case WP_LOG_DECISIONS:
    case WP_LOG_JSON:
        reader->json = wp_json_reader_new(mapping);
        return reader->json != NULL;
    case WP_LOG_CSV:
        reader->csv = wp_csv_reader_new(mapping, head);
        return reader->csv != NULL;
    case WP_LOG_NGINX:
    case WP_LOG_UNKNOWN:
    case WP_LOG_FORMAT_COUNT:
        break;
    }
    return true;
}

struct wp_record_reader *
wp_record_reader_new(enum wp_log_format format, const struct wp_mapping *mapping,
                     struct woapol_text head)
{
    struct wp_record_reader *reader = calloc(1, sizeof *reader);
    if (reader == NULL)
        return NULL;
    reader->format = format;
    reader->group_separator = mapping->group_separator;
    if (open_reader(reader, mapping, head))
        return reader;
    wp_record_reader_free(reader);
    return NULL;
}

void
wp_record_reader_free(struct wp_record_reader *reader)
{
    if (reader == NULL)
        return;
    wp_request_reader_free(reader->requests);
    wp_okta_reader_free(reader->okta);
    wp_access_reader_free(reader->access);
    wp_json_reader_free(reader->json);
    wp_csv_reader_free(reader->csv);
    free(reader);
}

static enum wp_skip
read_request(struct wp_record_reader *reader, const char *record, size_t length,
             struct wp_event *event)
{
    if (!wp_request_read(reader->requests, record, length, &event->facts))
        return WP_SKIP_REQUEST;
    event->has_groups = true;
    return WP_SKIP_NOT;
}

/* Readers of JSON look at all bytes; the others do not. */
static bool
looks_at_bytes(enum wp_log_format format)
{
    return format != WP_LOG_CSV && format != WP_LOG_NGINX;
}

static enum wp_skip
read_record(struct wp_record_reader *reader, char *record, size_t length,
            struct wp_filling *filling)
{
    switch (reader->format) {
    case WP_LOG_REQUESTS:
        return read_request(reader, record, length, filling->event);
    case WP_LOG_OKTA:
        return wp_log_read_okta(reader->okta, record, length, filling);
    case WP_LOG_ACCESS:
        return wp_log_read_access(reader->access, record, length, filling);
    case WP_LOG_DECISIONS:
    case WP_LOG_JSON:
        return wp_log_read_json(reader->json, record, length, filling);
    case WP_LOG_NGINX:
        return wp_log_read_nginx(record, length, filling);
    case WP_LOG_CSV:
        return wp_log_read_csv(reader->csv, record, length, filling);
    case WP_LOG_UNKNOWN:
    case WP_LOG_FORMAT_COUNT:
        break;
    }
    return WP_SKIP_SYNTAX;
}

enum wp_skip
wp_record_read(struct wp_record_reader *reader, char *record, size_t length, struct wp_event *event)
{
    struct wp_filling filling = {
        .event = event, .groups = reader->groups, .group_separator = reader->group_separator};
    wp_event_begin(&filling);
    while (length > 0 && (record[length - 1] == '\r' || record[length - 1] == ' '))
        length--;
    if (length >= 3 && memcmp(record, "\xef\xbb\xbf", 3) == 0) { /* as between two files */
        record += 3;
        length -= 3;
    }
    if (length == 0)
        return WP_SKIP_BLANK;
    if (!looks_at_bytes(reader->format) && !wp_is_utf8(record, length))
        return WP_SKIP_ENCODING;
    enum wp_skip skip = read_record(reader, record, length, &filling);
    bool is_wrong = skip == WP_SKIP_SYNTAX || skip == WP_SKIP_REQUEST;
    return is_wrong && !wp_is_utf8(record, length) ? WP_SKIP_ENCODING : skip;
}
