/*
 * Records of logs: the formats, and what one record says of a sign-in.
 *
 * A record is a line, or what split.h made one of. Every record is either a sign-in
 * that can be decided or is skipped for a reason; nothing else can happen to it.
 */
#ifndef WP_REPLAY_RECORD_H
#define WP_REPLAY_RECORD_H

#include <stdint.h>

#include "compiler/decide/request_json.h"

/* Longer records are skipped; of those nothing is kept. */
#define WP_RECORD_MAX (1u << 20)
#define WP_RECORD_GROUPS_MAX 4096

enum wp_log_format {
    WP_LOG_UNKNOWN,
    WP_LOG_REQUESTS,  /* what `eval` reads */
    WP_LOG_DECISIONS, /* what `serve --log` writes */
    WP_LOG_OKTA,      /* Okta's System Log */
    WP_LOG_ACCESS,    /* Access's audit reports, or the events in them */
    WP_LOG_NGINX,     /* the combined format */
    WP_LOG_JSON,      /* nginx's JSON or any other, by a mapping */
    WP_LOG_CSV,       /* by a mapping */
    WP_LOG_FORMAT_COUNT
};

/* "okta"; NULL for WP_LOG_UNKNOWN. */
const char *wp_log_format_name(enum wp_log_format format);
enum wp_log_format wp_log_format_named(const char *name);

/* Why a record is not decided. */
enum wp_skip {
    WP_SKIP_NOT, /* it is */
#define WP_SKIP(name, text) WP_SKIP_##name,
#include "compiler/replay/skips.def"
#undef WP_SKIP
    WP_SKIP_COUNT
};

/* "the address is not one". */
const char *wp_skip_text(enum wp_skip skip);

/* What a log says has been decided. */
enum wp_logged { WP_LOGGED_NOTHING, WP_LOGGED_DENY, WP_LOGGED_ALLOW, WP_LOGGED_CHALLENGE };

#define WP_NO_TIME INT64_MIN

/* A sign-in. Texts point into the record or its reader and are good until the next
 * is read. */
struct wp_event {
    struct wp_request_facts facts;
    struct woapol_text app_name; /* the app as the policy calls it; facts.app is the log's word */
    bool has_groups;             /* the record lists them */
    int64_t time;                /* milliseconds since 1970, UTC, or WP_NO_TIME */
    struct woapol_text agent;    /* User-Agent */
    struct woapol_text platform; /* an operating system, as the log's writer saw it */
    struct woapol_text policy, rule;
    enum wp_logged logged;
    struct woapol_text id;          /* the event's own; an event that comes again has it, too */
    struct woapol_text transaction; /* what the events of one sign-in share */
};

/* What a column or key means. */
enum wp_log_fact {
#define WP_FACT(name, text) WP_FACT_##name,
#include "compiler/replay/facts.def"
#undef WP_FACT
    WP_FACT_COUNT
};
#define WP_FACT_NONE WP_FACT_COUNT

/* The fact of that name, such as "user", or WP_FACT_NONE. */
enum wp_log_fact wp_log_fact_named(const char *name, size_t length);

/* Which column or path each fact is taken from; NULL: none. */
struct wp_mapping {
    const char *from[WP_FACT_COUNT];
    char group_separator;
};

/* The mapping that serves when nothing is said, of WP_LOG_JSON, WP_LOG_DECISIONS and
 * WP_LOG_CSV. */
void wp_mapping_init(struct wp_mapping *mapping, enum wp_log_format format);

struct wp_record_reader;

/* For one thread. `head` is the line with the names of a CSV file's columns. NULL
 * when memory runs out. */
struct wp_record_reader *wp_record_reader_new(enum wp_log_format format,
                                              const struct wp_mapping *mapping,
                                              struct woapol_text head);
void wp_record_reader_free(struct wp_record_reader *reader);

/* WP_REQUEST_PADDING bytes after the record must be readable, and it may be written
 * over. */
enum wp_skip wp_record_read(struct wp_record_reader *reader, char *record, size_t length,
                            struct wp_event *event);

#endif
