/*
 * Replaying logs: every sign-in of them is decided anew, by one policy or by two.
 *
 * Threads take blocks of the source in turn, under one lock, and count in tallies of
 * their own. Memory is a few megabytes a thread whatever the log's length.
 */
#ifndef WP_REPLAY_REPLAY_H
#define WP_REPLAY_REPLAY_H

#include <signal.h>

#include "compiler/replay/people.h"
#include "compiler/replay/logs.h"
#include "compiler/replay/state.h"

#define WP_REPLAY_THREADS_MAX 64

struct wp_replay_options {
    struct wp_side sides[2];        /* [0].image NULL: there is no old policy */
    struct wp_mapping *mappings;    /* by enum wp_log_format */
    const struct wp_people *people; /* NULL: nothing is joined */
    unsigned threads;
    const unsigned char *key;          /* 32 bytes: people are pseudonyms; or NULL */
    const volatile sig_atomic_t *stop; /* when it is set the replay ends early */
    /* Called now and then with the bytes read so far, by one thread at a time. */
    void (*progress)(void *context, uint64_t taken);
    void *context;
    const struct wp_replay_state *state; /* it goes on from there, and is saved; or NULL */
};

struct wp_replay {
    struct wp_tally tally;
    bool is_partial; /* it was stopped */
    /* Anything but WP_STATE_DONE: the state that was given is refused, and nothing was
     * read; why is in the next two (state.h). */
    enum wp_state_result refusal;
    enum wp_state_about other;
    const char *path;
    bool is_unsaved; /* the state could not be kept when it was last tried */
};

/* Replays the source to its end, to its failure (see struct wp_logs) or until it is
 * stopped. False when memory runs out. To be ended with wp_replay_fini in any case. */
bool wp_replay_run(struct wp_replay *replay, const struct wp_replay_options *options,
                   struct wp_logs *source);
void wp_replay_fini(struct wp_replay *replay);

#endif
