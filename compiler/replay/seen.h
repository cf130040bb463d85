/*
 * Which events have been met before: exact over the last million of them and up to
 * twice as many, then forgotten, so that memory is bounded whatever a log's length.
 * Any number of threads.
 */
#ifndef WP_REPLAY_SEEN_H
#define WP_REPLAY_SEEN_H

#include <stdbool.h>
#include <stdint.h>

#include "compiler/replay/state_io.h"

struct wp_seen;

/* NULL when memory runs out. */
struct wp_seen *wp_seen_new(void);
void wp_seen_free(struct wp_seen *seen);

/* Remembers a hash; whether it was there already. */
bool wp_seen_add(struct wp_seen *seen, uint64_t hash);

/* Visits all that is remembered, while nobody adds to it. */
void wp_seen_visit(struct wp_seen *seen, struct wp_state_io *io);

#endif
