#include "compiler/replay/replay.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "compiler/decide/decide.h"
#include "compiler/replay/batch.h"
#include "compiler/replay/join.h"
#include "compiler/replay/seen.h"
#include "compiler/replay/witness.h"

/* Waits are short: so often somebody looks before the thread sleeps, some 50 µs. */
#define LOOKS 1000
/* Events ahead of the one at hand whose places in memory are asked for. */
#define AHEAD 8

/* Which of two events that are alike counts must not depend on the threads: blocks are
 * read and decided in any order, but what comes again is looked for in theirs. */
struct order {
    pthread_mutex_t lock;
    pthread_cond_t passed;
    atomic_ullong turn; /* of the block with that number */
};

struct shared {
    const struct wp_replay_options *options;
    struct wp_logs *source;
    struct wp_seen *seen; /* of whose turn it is */
    struct order order;
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
    struct wp_batch batch;
    struct wp_joiner joiner;
    struct wp_tally tally;
    struct wp_decider deciders[2];
    struct wp_record_reader *reader;
    size_t reader_file; /* whose reader it is, plus one */
};

/* ---- waiting ------------------------------------------------------------------------- */

static void
pause_a_moment(void)
{
#if defined __x86_64__ || defined __i386__
    __builtin_ia32_pause();
#elif defined __aarch64__
    __asm__ volatile("yield");
#endif
}

static void
lock(pthread_mutex_t *mutex)
{
    for (unsigned i = 0; i < LOOKS; i++) {
        if (pthread_mutex_trylock(mutex) == 0)
            return;
        pause_a_moment();
    }
    pthread_mutex_lock(mutex);
}

/* ---- deciding ---------------------------------------------------------------------- */

static uint32_t
decide(struct wp_decider *decider, const struct wp_side *side, const struct wp_request_facts *facts,
       const struct woapol_request *request)
{
    struct woapol_decision decision;
    const struct woapol_identity identity = {.groups = facts->groups,
                                             .group_count = facts->group_count,
                                             .user = facts->user,
                                             .groups_incomplete = facts->groups_incomplete};
    (void)woapol_decide_once(side->image, &identity, decider->memory, decider->size, request,
                             &decision);
    return wp_outcome_of(side, &decision);
}

/* Whether a device that is not managed is all that keeps the person out. */
static bool
enrolls(struct wp_decider *decider, const struct wp_side *side, uint32_t outcome,
        const struct wp_request_facts *facts, const struct woapol_request *request)
{
    struct woapol_request managed = *request;
    if (facts->managed || outcome == wp_outcome_unknown(side) ||
        wp_outcome_decision(side, outcome)->effect != WP_DENY)
        return false;
    managed.managed = true;
    outcome = decide(decider, side, facts, &managed);
    return outcome != wp_outcome_unknown(side) &&
           wp_outcome_decision(side, outcome)->effect != WP_DENY;
}

static bool
decide_event(struct worker *worker, struct wp_pending *pending)
{
    const struct wp_replay_options *options = worker->shared->options;
    struct wp_event *event = &pending->event;
    if (!wp_join(&worker->joiner, event, pending->person, &worker->batch.texts))
        return false;
    struct wp_decided decided = {.event = event,
                                 .record = pending->record,
                                 .person = pending->person,
                                 .witness = wp_write_witness,
                                 .context = (void *)options->key};
    for (unsigned i = 0; i < 2; i++) {
        const struct wp_side *side = &options->sides[i];
        if (side->image == NULL)
            continue;
        struct woapol_request *request = &decided.requests[i];
        struct wp_request_facts named = event->facts;
        named.app = wp_app_name(side->app_names, event->facts.app);
        wp_fill_request(side->image, &named, request);
        if (i == 1)
            event->app_name = named.app;
        uint32_t outcome = decide(&worker->deciders[i], side, &event->facts, request);
        decided.enrolls[i] = enrolls(&worker->deciders[i], side, outcome, &event->facts, request);
        *(i == 0 ? &decided.before : &decided.after) = outcome;
    }
    wp_tally_decided(&worker->tally, &decided);
    return !worker->tally.failed;
}

static bool
decide_batch(struct worker *worker)
{
    const struct wp_batch *batch = &worker->batch;
    const struct wp_people *people = worker->joiner.people;
    bool done = true;
    for (size_t i = 0; done && i < batch->count; i++) {
        struct wp_pending *pending = &batch->list[i];
        if (people != NULL && i + AHEAD < batch->count)
            wp_people_expect_next(people, batch->list[i + AHEAD].person);
        const struct wp_sample where = {
            .record = pending->record, .in_file = pending->in_file, .file = worker->block->file};
        if (pending->skip == WP_SKIP_NOT)
            done = decide_event(worker, pending);
        else
            wp_tally_skipped(&worker->tally, pending->skip, &where, pending->sample,
                             pending->sample_length);
    }
    return done;
}

/* ---- events that come again ------------------------------------------------------------ */

static void
await_turn(struct order *order, uint64_t number)
{
    for (unsigned i = 0; i < LOOKS; i++) {
        if (atomic_load_explicit(&order->turn, memory_order_acquire) == number)
            return;
        pause_a_moment();
    }
    pthread_mutex_lock(&order->lock);
    while (atomic_load_explicit(&order->turn, memory_order_acquire) != number)
        pthread_cond_wait(&order->passed, &order->lock);
    pthread_mutex_unlock(&order->lock);
}

static void
pass_turn(struct order *order, uint64_t number)
{
    pthread_mutex_lock(&order->lock);
    atomic_store_explicit(&order->turn, number + 1, memory_order_release);
    pthread_cond_broadcast(&order->passed);
    pthread_mutex_unlock(&order->lock);
}

/* Exports overlap, and of a sign-in there is an event before the second factor and
 * one after it. The first that comes counts: it says what the policy asked for. */
static enum wp_skip
is_repeated(struct wp_seen *seen, const struct wp_pending *pending)
{
    if (pending->id != 0 && wp_seen_add(seen, pending->id))
        return WP_SKIP_TWICE;
    return pending->sign_in != 0 && wp_seen_add(seen, pending->sign_in) ? WP_SKIP_SAME
                                                                        : WP_SKIP_NOT;
}

static void
find_repeated(struct wp_seen *seen, const struct wp_people *people, struct wp_batch *batch)
{
    for (size_t i = 0; i < batch->count; i++) {
        if (i + AHEAD < batch->count) {
            wp_seen_expect(seen, batch->list[i + AHEAD].id);
            wp_seen_expect(seen, batch->list[i + AHEAD].sign_in);
        }
        batch->list[i].skip = is_repeated(seen, &batch->list[i]);
        if (people != NULL)
            wp_people_expect(people, batch->list[i].person);
    }
}

/* ---- blocks ------------------------------------------------------------------------------ */

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

/* A block's turn comes once and is kept to its end. */
static bool
replay_block(struct worker *worker)
{
    struct shared *shared = worker->shared;
    struct wp_block *block = worker->block;
    bool done = open_reader(worker), is_last = false, has_turn = false;
    enum wp_log_format format = shared->source->files[block->file].format;
    wp_batch_begin(&worker->batch, block);
    while (!is_last) {
        done = done && wp_batch_read(&worker->batch, block, format, worker->reader, &worker->tally);
        is_last = !done || wp_batch_is_done(&worker->batch, block);
        if (!has_turn)
            await_turn(&shared->order, block->number);
        has_turn = true;
        if (done)
            find_repeated(shared->seen, shared->options->people, &worker->batch);
        if (is_last)
            pass_turn(&shared->order, block->number);
        done = done && decide_batch(worker);
    }
    return done && !worker->tally.failed;
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
    lock(&shared->lock);
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
    worker->joiner.people = options->people;
    bool done = wp_batch_init(&worker->batch) && worker->block != NULL &&
                wp_tally_init(&worker->tally, options->sides);
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
    wp_batch_fini(&worker->batch);
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
    pthread_mutex_init(&shared.order.lock, NULL);
    pthread_cond_init(&shared.order.passed, NULL);
    bool done = run(replay, &shared);
    if (shared.workers != NULL) {
        replay->tally = shared.workers[0].tally;
        shared.workers[0].tally = (struct wp_tally){0};
        for (unsigned i = 0; i < options->threads; i++)
            fini_worker(&shared.workers[i]);
    }
    pthread_cond_destroy(&shared.order.passed);
    pthread_mutex_destroy(&shared.order.lock);
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
