/* One thread's decisions. */
#include "compiler/serve/engine.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "compiler/decide/decide.h"
#include "compiler/decide/decision_json.h"
#include "compiler/serve/accounts.h"
#include "compiler/serve/pages.h"
#include "compiler/serve/principals.h"

struct wp_engine {
    const struct wp_serve_settings *settings;
    struct woapol_reader *reader;
    const struct woapol_image *image; /* between begin and end */
    uint64_t load;                    /* that the rest was made for; 0: none */
    uint64_t started;                 /* when the batch began, nanoseconds */
    struct wp_principals *principals;
    struct wp_decision_writer *writer;
    pthread_mutex_t swap; /* held while outcomes are replaced, or read by another thread */
    _Atomic(struct wp_outcome *) *outcomes;
    size_t rule_count, policy_count, place_count;
    /* The last decision, for its reports. */
    struct woapol_principal *principal;
    struct woapol_request request;
    uint32_t *reports;
    size_t report_room;
    struct wp_log_source log;
    struct wp_tally tally;
    struct wp_fact_set facts;
};

/* ---- life ------------------------------------------------------------------ */

struct wp_engine *
wp_engine_new(const struct wp_serve_settings *settings, struct woapol_handle *handle,
              struct wp_log *log, size_t thread)
{
    struct wp_engine *engine = calloc(1, sizeof *engine);
    if (engine == NULL)
        return NULL;
    engine->settings = settings;
    engine->facts.separator = settings->separator;
    engine->reader = woapol_reader_new(handle);
    if (engine->reader == NULL) {
        free(engine);
        return NULL;
    }
    (void)pthread_mutex_init(&engine->swap, NULL);
    wp_log_source_init(&engine->log, log, thread);
    return engine;
}

/* Frees all that was made for an image. */
static void
forget(struct wp_engine *engine)
{
    wp_principals_free(engine->principals);
    wp_decision_writer_free(engine->writer);
    engine->principals = NULL;
    engine->writer = NULL;
    engine->principal = NULL;
    for (size_t i = 0; i < engine->place_count; i++)
        wp_outcome_free(atomic_load_explicit(&engine->outcomes[i], memory_order_relaxed));
    wp_pages_free(engine->outcomes, engine->place_count * sizeof *engine->outcomes);
    engine->outcomes = NULL;
    engine->place_count = 0;
    engine->load = 0;
}

void
wp_engine_free(struct wp_engine *engine)
{
    if (engine == NULL)
        return;
    forget(engine);
    woapol_reader_free(engine->reader);
    wp_log_source_fini(&engine->log);
    (void)pthread_mutex_destroy(&engine->swap);
    free(engine->reports);
    free(engine);
}

/* ---- batches --------------------------------------------------------------- */

static uint64_t
now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

/* Makes room for the image's outcomes: two a rule (its own, and when groups are
 * incomplete), two a policy's otherwise, two for no policy, one for no request. */
static void
prepare(struct wp_engine *engine, uint64_t load)
{
    const struct woapol_image *image = engine->image;
    engine->rule_count = woapol_count(image, WOAPOL_RULE);
    engine->policy_count = woapol_count(image, WOAPOL_POLICY);
    size_t places = 2 * (engine->rule_count + engine->policy_count + 1) + 1;
    engine->outcomes = wp_pages_new(places * sizeof *engine->outcomes);
    engine->principals = wp_principals_new(image);
    if (engine->outcomes != NULL)
        engine->place_count = places;
    engine->load = engine->outcomes != NULL && engine->principals != NULL ? load : 0;
}

void
wp_engine_begin(struct wp_engine *engine)
{
    uint64_t load;
    engine->image = woapol_reader_look(engine->reader, &load);
    engine->started = now();
    if (engine->load == load)
        return;
    (void)pthread_mutex_lock(&engine->swap);
    forget(engine);
    prepare(engine, load);
    (void)pthread_mutex_unlock(&engine->swap);
}

void
wp_engine_end(struct wp_engine *engine)
{
    engine->image = NULL;
    woapol_reader_quiescent(engine->reader);
}

struct wp_fact_set *
wp_engine_facts(struct wp_engine *engine)
{
    wp_facts_clear(&engine->facts);
    return &engine->facts;
}

/* ---- deciding -------------------------------------------------------------- */

static size_t
place_of(const struct wp_engine *engine, const struct woapol_decision *decision)
{
    if (decision->reason == WOAPOL_REASON_BAD_REQUEST)
        return engine->place_count - 1;
    size_t place = engine->rule_count + engine->policy_count;
    if (decision->rule < engine->rule_count)
        place = decision->rule;
    else if (decision->policy < engine->policy_count)
        place = engine->rule_count + decision->policy;
    return 2 * place + (decision->reason == WOAPOL_REASON_GROUPS_INCOMPLETE);
}

static struct wp_outcome *
find_outcome(struct wp_engine *engine, const struct woapol_decision *decision)
{
    _Atomic(struct wp_outcome *) *place = &engine->outcomes[place_of(engine, decision)];
    struct wp_outcome *found = atomic_load_explicit(place, memory_order_relaxed);
    if (found != NULL && wp_outcome_is(found, decision))
        return found;
    struct wp_outcome *made =
        wp_outcome_new(engine->image, decision, engine->settings->report_only);
    if (made == NULL || found == NULL) {
        atomic_store_explicit(place, made == NULL ? found : made, memory_order_release);
        return made;
    }
    (void)pthread_mutex_lock(&engine->swap);
    atomic_store_explicit(place, made, memory_order_relaxed);
    (void)pthread_mutex_unlock(&engine->swap);
    wp_outcome_free(found);
    return made;
}

static bool
decide(struct wp_engine *engine, const struct wp_request_facts *facts,
       struct woapol_decision *decision)
{
    const struct woapol_identity identity = {.groups = facts->groups,
                                             .group_count = facts->group_count,
                                             .user = facts->user,
                                             .groups_incomplete = facts->groups_incomplete};
    engine->principal = NULL;
    if (facts->error != NULL) {
        *decision = (struct woapol_decision){.effect = WOAPOL_DENY,
                                             .reason = WOAPOL_REASON_BAD_REQUEST,
                                             .policy = WOAPOL_NONE,
                                             .rule = WOAPOL_NONE,
                                             .chain = WOAPOL_NONE,
                                             .message = WOAPOL_NONE,
                                             .reauth_seconds = WOAPOL_NO_REAUTH};
        return true;
    }
    engine->principal = wp_principals_bind(engine->principals, &identity);
    if (engine->principal == NULL)
        return false;
    wp_fill_request(engine->image, facts, &engine->request);
    woapol_decide(engine->image, engine->principal, &engine->request, decision);
    return true;
}

static void
count(struct wp_engine *engine, enum wp_service service, struct wp_outcome *outcome)
{
    struct wp_tally *tally = &engine->tally;
    uint64_t taken = now() - engine->started;
    unsigned bucket = taken < 256 ? 0 : 56 - (unsigned)__builtin_clzll(taken);
    if (bucket >= WP_LATENCY_BUCKETS)
        bucket = WP_LATENCY_BUCKETS - 1;
    wp_count(&tally->latency[bucket]);
    uint64_t sum = atomic_load_explicit(&tally->latency_sum, memory_order_relaxed);
    atomic_store_explicit(&tally->latency_sum, sum + taken, memory_order_relaxed);
    wp_count(&tally->decisions[service]);
    wp_count(&outcome->count);
    if (engine->settings->report_only && outcome->decision.effect != WOAPOL_ALLOW)
        wp_count(&tally->overruled);
}

const struct wp_outcome *
wp_engine_decide(struct wp_engine *engine, enum wp_service service,
                 const struct wp_request_facts *facts)
{
    struct woapol_decision decision;
    struct wp_outcome *outcome = NULL;
    if (engine->load != 0 && decide(engine, facts, &decision))
        outcome = find_outcome(engine, &decision);
    if (outcome == NULL) {
        wp_count(&engine->tally.failed);
        return NULL;
    }
    count(engine, service, outcome);
    const struct wp_log_entry entry = {.service = service,
                                       .facts = facts,
                                       .outcome = outcome,
                                       .is_enforced = !engine->settings->report_only};
    wp_log_decision(&engine->log, &entry);
    return outcome;
}

static bool
collect_reports(struct wp_engine *engine, size_t *found)
{
    *found = 0;
    if (engine->principal == NULL)
        return true;
    for (;;) {
        *found = woapol_reports(engine->image, engine->principal, &engine->request, engine->reports,
                                engine->report_room);
        if (*found <= engine->report_room)
            return true;
        uint32_t *more = realloc(engine->reports, *found * sizeof *more);
        if (more == NULL)
            return false;
        engine->reports = more;
        engine->report_room = *found;
    }
}

bool
wp_engine_write(struct wp_engine *engine, const struct wp_request_facts *facts,
                const struct wp_outcome *outcome, struct wp_json_text *text)
{
    size_t count;
    if (engine->writer == NULL)
        engine->writer = wp_decision_writer_new(engine->image);
    if (engine->writer == NULL || !collect_reports(engine, &count))
        return false;
    wp_decision_write(engine->writer, text, facts->id, &outcome->decision, engine->reports, count);
    return !text->failed;
}

bool
wp_engine_explain(struct wp_engine *engine, struct wp_json_text *text)
{
    struct woapol_account *accounts = malloc(WP_EXPLAINED_MAX * sizeof *accounts);
    size_t count = 0;
    if (accounts == NULL)
        return false;
    if (engine->principal != NULL)
        count = woapol_explain(engine->image, engine->principal, &engine->request, accounts,
                               WP_EXPLAINED_MAX);
    const size_t told = count < WP_EXPLAINED_MAX ? count : WP_EXPLAINED_MAX;
    wp_accounts_write(text, engine->image, accounts, told);
    wp_json_puts(text, ",\"left_out\":");
    wp_json_number(text, count - told);
    free(accounts);
    return !text->failed;
}

/* ---- looking on ------------------------------------------------------------ */

struct wp_tally *
wp_engine_tally(struct wp_engine *engine)
{
    return &engine->tally;
}

uint64_t
wp_engine_load(const struct wp_engine *engine)
{
    return engine->load;
}

uint64_t
wp_engine_generation(const struct wp_engine *engine)
{
    return woapol_generation(engine->image);
}

size_t
wp_engine_places(const struct wp_engine *engine)
{
    return engine->place_count;
}

void
wp_engine_outcomes(struct wp_engine *engine, uint64_t load,
                   void (*visit)(void *context, size_t place, const struct wp_outcome *outcome),
                   void *context)
{
    (void)pthread_mutex_lock(&engine->swap);
    for (size_t i = 0; engine->load == load && i < engine->place_count; i++) {
        struct wp_outcome *outcome =
            atomic_load_explicit(&engine->outcomes[i], memory_order_acquire);
        if (outcome != NULL)
            visit(context, i, outcome);
    }
    (void)pthread_mutex_unlock(&engine->swap);
}
