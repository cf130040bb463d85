/*
 * Deciding, for one thread of the service: the image in use, people bound
 * lately, outcomes and their counters.
 *
 * What is made for an image is dropped as soon as another is in use. Counters
 * are for the image in use, too; that keeps them as many as it has rules.
 */
#ifndef WP_SERVE_ENGINE_H
#define WP_SERVE_ENGINE_H

#include "compiler/serve/decision_log.h"
#include "compiler/serve/outcome.h"
#include "compiler/serve/settings.h"

/* The bucket i counts what took less than 2^(i+8) nanoseconds, the last the rest. */
#define WP_LATENCY_BUCKETS 20

/* Counted by one thread, read by any. */
struct wp_tally {
    _Atomic(uint64_t) decisions[WP_SERVICE_COUNT];
    _Atomic(uint64_t) refused[WP_SERVICE_COUNT]; /* what was no request of the protocol */
    _Atomic(uint64_t) failed;                    /* not decided: out of memory */
    _Atomic(uint64_t) overruled;                 /* passed by report-only alone */
    _Atomic(uint64_t) latency[WP_LATENCY_BUCKETS];
    _Atomic(uint64_t) latency_sum;      /* nanoseconds */
    _Atomic(uint64_t) accepted, closed; /* connections */
};

struct wp_engine;

/* One for the thread of that number. NULL when memory runs out. */
struct wp_engine *wp_engine_new(const struct wp_serve_settings *settings,
                                struct woapol_handle *handle, struct wp_log *log, size_t thread);
void wp_engine_free(struct wp_engine *engine);

/* Between these two the image stays the same; outcomes and names are good until
 * the next wp_engine_begin. */
void wp_engine_begin(struct wp_engine *engine);
void wp_engine_end(struct wp_engine *engine);

/* For who collects the facts of one request; empty. */
struct wp_fact_set *wp_engine_facts(struct wp_engine *engine);

/*
 * Decides, counts and logs. Facts with an error are denied, whatever the policy.
 * NULL when memory runs out: then the answer must be no.
 */
const struct wp_outcome *wp_engine_decide(struct wp_engine *engine, enum wp_service service,
                                          const struct wp_request_facts *facts);

/* Adds the last decision as JSON with the id of its facts. False when memory
 * runs out. */
bool wp_engine_write(struct wp_engine *engine, const struct wp_request_facts *facts,
                     const struct wp_outcome *outcome, struct wp_json_text *text);

/*
 * Adds `,"rules":[...],"left_out":N`: how each rule of the policy stood to the last
 * decision's request, up to the one that decided, and the report rules after it
 * (woapol_explain). At most WP_EXPLAINED_MAX are told. Takes time in proportion to
 * the image's rules. False when memory runs out.
 */
#define WP_EXPLAINED_MAX 1000u
bool wp_engine_explain(struct wp_engine *engine, struct wp_json_text *text);

struct wp_tally *wp_engine_tally(struct wp_engine *engine);

/* The number of the load whose image the thread uses, and its generation. */
uint64_t wp_engine_load(const struct wp_engine *engine);
uint64_t wp_engine_generation(const struct wp_engine *engine);

/* Calls `visit` for every outcome that the thread has had, if it is at that load;
 * from any thread. The outcome is good during the call. */
void wp_engine_outcomes(struct wp_engine *engine, uint64_t load,
                        void (*visit)(void *context, size_t place,
                                      const struct wp_outcome *outcome),
                        void *context);

/* Places of outcomes are below that. */
size_t wp_engine_places(const struct wp_engine *engine);

/* Adds one to a counter that this thread alone writes. */
static inline void
wp_count(_Atomic(uint64_t) *counter)
{
    atomic_store_explicit(counter, atomic_load_explicit(counter, memory_order_relaxed) + 1,
                          memory_order_relaxed);
}

#endif
