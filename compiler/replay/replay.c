#include "compiler/replay/replay.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

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
    wp_fill_request(side->image, facts, &request);
    (void)woapol_decide_once(side->image, &identity, decider->memory, decider->size, &request,
                             &decision);
    return wp_outcome_of(side, &decision);
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
    if (options->sides[0].image != NULL)
        decided.before = decide(&worker->deciders[0], &options->sides[0], &event->facts);
    decided.after = decide(&worker->deciders[1], &options->sides[1], &event->facts);
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
take_block(struct worker *worker)
{
    struct shared *shared = worker->shared;
    const struct wp_replay_options *options = shared->options;
    pthread_mutex_lock(&shared->lock);
    if (options->stop != NULL && *options->stop)
        shared->stopped = true;
    bool has_block =
        !shared->stopped && !shared->failed && wp_logs_next(shared->source, worker->block);
    if (has_block && options->progress != NULL)
        options->progress(options->context, wp_logs_taken(shared->source));
    pthread_mutex_unlock(&shared->lock);
    return has_block;
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

/* The first worker is this thread. */
static bool
run_workers(struct worker *workers, unsigned count, struct shared *shared)
{
    bool done = true;
    for (unsigned i = 0; i < count; i++)
        done = done && init_worker(&workers[i], shared);
    for (unsigned i = 1; done && i < count; i++)
        workers[i].started = pthread_create(&workers[i].thread, NULL, work, &workers[i]) == 0;
    if (done)
        work(&workers[0]);
    for (unsigned i = 1; i < count; i++) {
        if (!workers[i].started)
            continue;
        (void)pthread_join(workers[i].thread, NULL);
        wp_tally_join(&workers[0].tally, &workers[i].tally);
    }
    return done && !shared->failed && !workers[0].tally.failed;
}

bool
wp_replay_run(struct wp_replay *replay, const struct wp_replay_options *options,
              struct wp_logs *source)
{
    struct shared shared = {.options = options, .source = source};
    struct worker *workers = calloc(options->threads, sizeof *workers);
    *replay = (struct wp_replay){0};
    shared.seen = wp_seen_new();
    if (workers == NULL || shared.seen == NULL) {
        free(workers);
        wp_seen_free(shared.seen);
        return false;
    }
    source->stop = options->stop;
    pthread_mutex_init(&shared.lock, NULL);
    bool done = run_workers(workers, options->threads, &shared);
    replay->tally = workers[0].tally;
    replay->is_partial = shared.stopped || (options->stop != NULL && *options->stop);
    workers[0].tally = (struct wp_tally){0};
    for (unsigned i = 0; i < options->threads; i++)
        fini_worker(&workers[i]);
    pthread_mutex_destroy(&shared.lock);
    wp_seen_free(shared.seen);
    free(workers);
    return done;
}

void
wp_replay_fini(struct wp_replay *replay)
{
    wp_tally_fini(&replay->tally);
}
