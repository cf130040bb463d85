/* What the log leaves open of a sign-in: the device by its User-Agent, groups and posture
 * by the exports of people. */
#ifndef WP_REPLAY_JOIN_H
#define WP_REPLAY_JOIN_H

#include "compiler/replay/people.h"
#include "compiler/replay/record.h"
#include "compiler/replay/store.h"

/* What clients say of themselves repeats: what it means is kept. */
#define WP_AGENTS 256
#define WP_AGENT_LENGTH 256
struct wp_agent {
    size_t length;
    char text[WP_AGENT_LENGTH];
    struct woapol_text device, entry;
};

/* For one thread. All zero at first. */
struct wp_joiner {
    const struct wp_people *people; /* NULL: nothing is joined */
    struct wp_agent agents[WP_AGENTS];
};

/* Completes the event, whose user's name has the hash (people.h). Lists of groups go
 * into the store. False when memory runs out. */
bool wp_join(struct wp_joiner *joiner, struct wp_event *event, uint64_t person,
             struct wp_store *store);

#endif
