/*
 * Decisions as JSON lines.
 *
 * A thread that decides puts a line into its ring and goes on; one thread of the
 * log writes them out. When the disk or the pipe is slow, lines are dropped and
 * counted, and deciding never waits.
 */
#ifndef WP_SERVE_DECISION_LOG_H
#define WP_SERVE_DECISION_LOG_H

#include "compiler/decide/json_text.h"
#include "compiler/serve/outcome.h"
#include "compiler/serve/settings.h"

struct wp_log;

/* What one thread needs to log. */
struct wp_log_source {
    const struct wp_log_settings *settings;
    struct wp_ring *ring; /* NULL: nothing is logged */
    uint64_t random;
    struct wp_json_text line;
};

/* One decision. */
struct wp_log_entry {
    enum wp_service service;
    const struct wp_request_facts *facts;
    const struct wp_outcome *outcome;
    bool is_enforced;
};

/* Starts the log of so many threads. NULL, with errno, when it cannot. */
struct wp_log *wp_log_start(const struct wp_log_settings *settings, size_t threads);

/* Writes what there is, waiting a second for it at most, and ends. NULL is allowed. */
void wp_log_stop(struct wp_log *log);

/* Opens the file anew: it has been moved away. */
void wp_log_reopen(struct wp_log *log);

/* Lines dropped so far. NULL is allowed. */
uint64_t wp_log_dropped(const struct wp_log *log);

/* The source for the thread of that number; `log` may be NULL. */
void wp_log_source_init(struct wp_log_source *source, struct wp_log *log, size_t thread);
void wp_log_source_fini(struct wp_log_source *source);

/* Logs a decision, or not, as the sampling has it. */
void wp_log_decision(struct wp_log_source *source, const struct wp_log_entry *entry);

#endif
