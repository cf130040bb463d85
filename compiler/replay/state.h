/*
 * A replay that goes on in another run: everything that was counted, what is remembered
 * of events, and the place in the logs, as bytes. They are made between two blocks, so
 * what comes of going on is what comes of never having stopped.
 */
#ifndef WP_REPLAY_STATE_H
#define WP_REPLAY_STATE_H

#include "compiler/replay/logs.h"
#include "compiler/replay/seen.h"
#include "compiler/replay/tally.h"

/* What a state is about: each must be what it was. */
enum wp_state_about {
    WP_STATE_OLD,     /* the old policy */
    WP_STATE_NEW,     /* the new one */
    WP_STATE_PEOPLE,  /* the exports that are joined */
    WP_STATE_OPTIONS, /* how logs are read, and the key of the pseudonyms */
    WP_STATE_ABOUT_COUNT
};
#define WP_STATE_DIGEST 32

struct wp_replay_state {
    unsigned char about[WP_STATE_ABOUT_COUNT][WP_STATE_DIGEST];
    const char *bytes; /* of an earlier run; NULL: there is none */
    size_t size;
    unsigned interval; /* seconds from one time that it is saved to the next */
    /* Keeps the bytes. False: it could not; the replay goes on. */
    bool (*save)(void *context, const void *bytes, size_t size);
    void *context;
};

enum wp_state_result {
    WP_STATE_DONE,
    WP_STATE_DAMAGED,    /* it is no state, of another version, or damaged */
    WP_STATE_OTHER,      /* another policy, other people or options: *other says which */
    WP_STATE_OTHER_LOGS, /* the logs that are named are not those that it had */
    WP_STATE_LOG_CHANGED /* a log is not what it was: *path says which */
};

/* Everything is new and empty before. */
enum wp_state_result wp_state_load(const struct wp_replay_state *state, struct wp_tally *tally,
                                   struct wp_seen *seen, struct wp_logs *source,
                                   enum wp_state_about *other, const char **path);

/* False when memory runs out or it could not be kept. */
bool wp_state_save(const struct wp_replay_state *state, struct wp_tally *tally,
                   struct wp_seen *seen, struct wp_logs *source);

#endif
