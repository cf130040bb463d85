#include "compiler/replay/replay.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "compiler/decide/decide.h"
#include "compiler/map.h"
#include "compiler/replay/seen.h"
#include "compiler/replay/user_agent.h"
#include "compiler/replay/witness.h"

/* What clients say of themselves repeats: what it means is kept. */
#define AGENTS 256
#define AGENT_LENGTH 256
struct agent {
    size_t length;
    char text[AGENT_LENGTH];
    struct woapol_text device, entry;
};

struct shared {
    const struct wp_replay_options *options;
    struct wp_logs *source;
    struct wp_seen *seen;
    pthread_mutex_t lock;
    bool stopped, failed; /* failed: memory */
    /* The state is saved by the last of the workers that comes for a block, while the
     * others wait: nobody has a block then. */
    pthread_cond_t saved;
    unsigned running, waiting;
    bool is_saving, is_unsaved;
    uint64_t saves; /* how often */
    struct timespec last_save;
    struct worker *workers;
    unsigned count;
};

struct worker {
    struct shared *shared;
    pthread_t thread;
    bool started;
    struct wp_block *block;
    struct wp_tally tally;
    struct wp_decider deciders[2];
    struct wp_record_reader *reader;
    size_t reader_file; /* whose reader it is, plus one */
    struct agent agents[AGENTS];
};

/* ---- what the log leaves open ---------------------------------------------------- */

static const struct agent *
agent_of(struct worker *worker, struct woapol_text text)
{
    uint64_t hash = wp_hash_bytes(0, text.text, text.length);
    struct agent *agent = &worker->agents[hash % AGENTS];
    if (agent->length == text.length && memcmp(agent->text, text.text, text.length) == 0)
        return agent;
    agent->length = text.length;
    memcpy(agent->text, text.text, text.length);
    agent->device = wp_device_of_agent(text);
    agent->entry = wp_entry_of_agent(text);
    return agent;
}

static void
complete_device(struct worker *worker, struct wp_event *event)
{
    struct wp_request_facts *facts = &event->facts;
    struct woapol_text agent = event->agent;
    if (agent.length > AGENT_LENGTH)
        agent.length = AGENT_LENGTH;
    if (agent.text != NULL && agent.length > 0) {
        const struct agent *known = agent_of(worker, agent);
        if (facts->device.text == NULL)
            facts->device = known->device;
        if (facts->entry.text == NULL)
            facts->entry = known->entry;
    }
    if (facts->device.text == NULL && event->platform.text != NULL)
        facts->device = wp_device_of_agent(event->platform);
}

static void
complete_person(const struct wp_people *people, struct wp_event *event)
{
    struct wp_request_facts *facts = &event->facts;
    const struct wp_person *person = NULL;
    if (people != NULL && facts->user.text != NULL)
        person = wp_people_find(people, facts->user);
    if (person != NULL && person->has_managed)
        facts->managed = person->managed;
    if (person != NULL && person->has_compliant)
        facts->compliant = person->compliant;
    if (event->has_groups)
        return;
    facts->groups_incomplete = person == NULL || !person->has_groups;
    if (person != NULL) {
        facts->groups = person->groups;
        facts->group_count = person->group_count;
    }
}

/* ---- deciding ---------------------------------------------------------------------- */

static uint32_t
decide(struct wp_decider *decider, const struct wp_side *side, const struct wp_request_facts *facts)
{
    struct woapol_request request;
    struct woapol_decision decision;
    const struct woapol_identity identity = {.groups = facts->groups,
                                             .group_count = facts->group_count,
                                             .user = facts->user,
                                             .groups_incomplete = facts->groups_incomplete};
    struct wp_request_facts named = *facts;
    named.app = wp_app_name(side->app_names, facts->app);
    wp_fill_request(side->image, &named, &request);
    (void)woapol_decide_once(side->image, &identity, decider->memory, decider->size, &request,
                             &decision);
    return wp_outcome_of(side, &decision);
}

/* Whether a device that is not managed is all that keeps the person out. */
static bool
enrolls(struct wp_decider *decider, const struct wp_side *side, uint32_t outcome,
        const struct wp_request_facts *facts)
{
    struct wp_request_facts managed = *facts;
    if (facts->managed || outcome == wp_outcome_unknown(side) ||
        wp_outcome_decision(side, outcome)->effect != WP_DENY)
        return false;
    managed.managed = true;
    outcome = decide(decider, side, &managed);
    return outcome != wp_outcome_unknown(side) &&
           wp_outcome_decision(side, outcome)->effect != WP_DENY;
}

static void
decide_event(struct worker *worker, struct wp_event *event, uint64_t record)
{
    const struct wp_replay_options *options = worker->shared->options;
    const struct woapol_text user = event->facts.user;
    complete_device(worker, event);
    complete_person(options->people, event);
    struct wp_decided decided = {.event = event,
                                 .record = record,
                                 .witness = wp_write_witness,
                                 .context = (void *)options->key};
    if (user.text != NULL && user.length > 0)
        decided.person = wp_hash_bytes(1, user.text, user.length) | 1;
    for (unsigned i = 0; i < 2; i++) {
        const struct wp_side *side = &options->sides[i];
        if (side->image == NULL)
            continue;
        uint32_t outcome = decide(&worker->deciders[i], side, &event->facts);
        decided.enrolls[i] = enrolls(&worker->deciders[i], side, outcome, &event->facts);
        *(i == 0 ? &decided.before : &decided.after) = outcome;
    }
    event->app_name = wp_app_name(options->sides[1].app_names, event->facts.app);
    wp_tally_decided(&worker->tally, &decided);
}

/* Exports overlap, and of a sign-in there is an event before the second factor and
 * one after it. The first that comes counts: it says what the policy asked for. */
static enum wp_skip
is_repeated(struct worker *worker, const struct wp_event *event)
{
    struct wp_seen *seen = worker->shared->seen;
    const struct woapol_text *id = &event->id, *transaction = &event->transaction;
    const struct woapol_text *app = &event->facts.app;
    if (id->length > 0 && wp_seen_add(seen, wp_hash_bytes(2, id->text, id->length)))
        return WP_SKIP_TWICE;
    if (transaction->length == 0)
        return WP_SKIP_NOT;
    uint64_t hash = wp_hash_bytes(3, transaction->text, transaction->length);
    return wp_seen_add(seen, wp_hash_bytes(hash, app->text, app->length)) ? WP_SKIP_SAME
                                                                          : WP_SKIP_NOT;
}

static void
read_record(struct worker *worker, const struct wp_sample *where, char *record, size_t length)
{
    struct wp_event event;
    char sample[WP_SAMPLE_LENGTH];
    size_t sample_length = length < sizeof sample ? length : sizeof sample;
    enum wp_skip skip = WP_SKIP_LONG;
    /* Readers may write over the record. */
    memcpy(sample, record, sample_length);
    const struct wp_log_file *file = &worker->shared->source->files[where->file];
    if (file->format == WP_LOG_CSV && where->in_file == 1)
        skip = WP_SKIP_HEAD;
    else if (length <= WP_RECORD_MAX)
        skip = wp_record_read(worker->reader, record, length, &event);
    if (skip == WP_SKIP_NOT)
        skip = is_repeated(worker, &event);
    if (skip == WP_SKIP_NOT)
        decide_event(worker, &event, where->record);
    else
        wp_tally_skipped(&worker->tally, skip, where, sample, sample_length);
}

static bool
open_reader(struct worker *worker)
{
    size_t index = worker->block->file;
    const struct wp_log_file *file = &worker->shared->source->files[index];
    if (worker->reader_file == index + 1)
        return true;
    wp_record_reader_free(worker->reader);
    worker->reader = wp_record_reader_new(
        file->format, &worker->shared->options->mappings[file->format], file->head);
    worker->reader_file = index + 1;
    return worker->reader != NULL;
}

static bool
replay_block(struct worker *worker)
{
    struct wp_block *block = worker->block;
    struct wp_sample where = {
        .record = block->first, .in_file = block->in_file, .file = block->file};
    char *at = block->bytes, *end = block->bytes + block->length;
    if (!open_reader(worker))
        return false;
    for (unsigned i = 0; i < block->long_records; i++, where.record++, where.in_file++)
        wp_tally_skipped(&worker->tally, WP_SKIP_LONG, &where, "", 0);
    for (; at < end; where.record++, where.in_file++) {
        char *stop = memchr(at, '\n', (size_t)(end - at));
        if (stop == NULL)
            stop = end;
        read_record(worker, &where, at, (size_t)(stop - at));
        at = stop + 1;
    }
    if (block->is_damaged)
        wp_tally_skipped(&worker->tally, WP_SKIP_DAMAGED, &where, "", 0);
    return !worker->tally.failed;
}

/* ---- threads ------------------------------------------------------------------------- */

static bool
is_save_due(struct shared *shared)
{
    struct timespec now;
    const struct wp_replay_state *state = shared->options->state;
    if (state == NULL || shared->stopped || shared->failed)
        return false;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec - shared->last_save.tv_sec >= (time_t)state->interval;
}

/* What the others have counted goes to the first; they begin anew. */
static void
gather(struct shared *shared)
{
    for (unsigned i = 1; i < shared->count; i++) {
        struct wp_tally *tally = &shared->workers[i].tally;
        wp_tally_join(&shared->workers[0].tally, tally);
        wp_tally_fini(tally);
        shared->failed = !wp_tally_init(tally, shared->options->sides) || shared->failed;
    }
    shared->failed = shared->failed || shared->workers[0].tally.failed;
}

static void
save(struct shared *shared)
{
    gather(shared);
    if (!shared->failed)
        shared->is_unsaved = !wp_state_save(shared->options->state, &shared->workers[0].tally,
                                            shared->seen, shared->source);
    (void)clock_gettime(CLOCK_MONOTONIC, &shared->last_save);
    shared->is_saving = false;
    shared->saves++;
    pthread_cond_broadcast(&shared->saved);
}

/* Under the lock, without a block. */
static void
wait_for_save(struct shared *shared)
{
    uint64_t saves = shared->saves;
    if (shared->waiting + 1 == shared->running) {
        save(shared);
        return;
    }
    shared->waiting++;
    while (saves == shared->saves)
        pthread_cond_wait(&shared->saved, &shared->lock);
    shared->waiting--;
}

static bool
take_block(struct worker *worker)
{
    struct shared *shared = worker->shared;
    const struct wp_replay_options *options = shared->options;
    pthread_mutex_lock(&shared->lock);
    if (options->stop != NULL && *options->stop)
        shared->stopped = true;
    shared->is_saving = shared->is_saving || is_save_due(shared);
    if (shared->is_saving)
        wait_for_save(shared);
    bool has_block =
        !shared->stopped && !shared->failed && wp_logs_next(shared->source, worker->block);
    if (has_block && options->progress != NULL)
        options->progress(options->context, wp_logs_taken(shared->source));
    pthread_mutex_unlock(&shared->lock);
    return has_block;
}

/* The others may be waiting for nobody else. */
static void
leave(struct shared *shared)
{
    pthread_mutex_lock(&shared->lock);
    shared->running--;
    if (shared->is_saving && shared->running > 0 && shared->waiting == shared->running)
        save(shared);
    pthread_mutex_unlock(&shared->lock);
}

static void *
work(void *context)
{
    struct worker *worker = context;
    while (take_block(worker))
        if (!replay_block(worker)) {
            pthread_mutex_lock(&worker->shared->lock);
            worker->shared->failed = true;
            pthread_mutex_unlock(&worker->shared->lock);
        }
    leave(worker->shared);
    return NULL;
}

static bool
init_worker(struct worker *worker, struct shared *shared)
{
    const struct wp_replay_options *options = shared->options;
    worker->shared = shared;
    worker->block = malloc(sizeof *worker->block);
    bool done = worker->block != NULL && wp_tally_init(&worker->tally, options->sides);
    for (unsigned i = 0; i < 2; i++)
        if (options->sides[i].image != NULL)
            done = done && wp_decider_init(&worker->deciders[i], options->sides[i].image);
    return done;
}

static void
fini_worker(struct worker *worker)
{
    for (unsigned i = 0; i < 2; i++)
        wp_decider_fini(&worker->deciders[i]);
    wp_record_reader_free(worker->reader);
    wp_tally_fini(&worker->tally);
    free(worker->block);
}

static void
start(struct worker *worker)
{
    struct shared *shared = worker->shared;
    pthread_mutex_lock(&shared->lock);
    shared->running++;
    pthread_mutex_unlock(&shared->lock);
    worker->started = pthread_create(&worker->thread, NULL, work, worker) == 0;
    if (!worker->started)
        leave(shared);
}

static bool
load(struct wp_replay *replay, struct shared *shared)
{
    const struct wp_replay_state *state = shared->options->state;
    if (state == NULL || state->bytes == NULL)
        return true;
    replay->refusal = wp_state_load(state, &shared->workers[0].tally, shared->seen, shared->source,
                                    &replay->other, &replay->path);
    return replay->refusal == WP_STATE_DONE;
}

/* The first worker is this thread. */
static void
run_workers(struct shared *shared)
{
    struct worker *workers = shared->workers;
    shared->running = 1;
    (void)clock_gettime(CLOCK_MONOTONIC, &shared->last_save);
    for (unsigned i = 1; i < shared->count; i++)
        start(&workers[i]);
    work(&workers[0]);
    for (unsigned i = 1; i < shared->count; i++)
        if (workers[i].started)
            (void)pthread_join(workers[i].thread, NULL);
    if (shared->options->state != NULL && !shared->failed && !shared->source->failed)
        save(shared);
    else
        gather(shared);
}

static bool
run(struct wp_replay *replay, struct shared *shared)
{
    const struct wp_replay_options *options = shared->options;
    bool done = shared->seen != NULL && shared->workers != NULL;
    for (unsigned i = 0; done && i < shared->count; i++)
        done = init_worker(&shared->workers[i], shared);
    if (!done)
        return false;
    /* A place to go on from lies behind a whole block; files do not keep one waiting. */
    shared->source->stop = options->state == NULL ? options->stop : NULL;
    shared->source->is_checked = options->state != NULL;
    if (!load(replay, shared))
        return true;
    run_workers(shared);
    replay->is_partial =
        shared->stopped || (options->state == NULL && options->stop != NULL && *options->stop);
    replay->is_unsaved = shared->is_unsaved;
    return !shared->failed;
}

bool
wp_replay_run(struct wp_replay *replay, const struct wp_replay_options *options,
              struct wp_logs *source)
{
    struct shared shared = {.options = options, .source = source, .count = options->threads};
    *replay = (struct wp_replay){0};
    shared.workers = calloc(options->threads, sizeof *shared.workers);
    shared.seen = wp_seen_new();
    pthread_mutex_init(&shared.lock, NULL);
    pthread_cond_init(&shared.saved, NULL);
    bool done = run(replay, &shared);
    if (shared.workers != NULL) {
        replay->tally = shared.workers[0].tally;
        shared.workers[0].tally = (struct wp_tally){0};
        for (unsigned i = 0; i < options->threads; i++)
            fini_worker(&shared.workers[i]);
    }
    pthread_cond_destroy(&shared.saved);
    pthread_mutex_destroy(&shared.lock);
    wp_seen_free(shared.seen);
    free(shared.workers);
    return done;
}

void
wp_replay_fini(struct wp_replay *replay)
{
    wp_tally_fini(&replay->tally);
}
