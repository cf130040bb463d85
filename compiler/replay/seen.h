/*
 * Which events have been met before: exact over the last million of them and more, then
 * forgotten, so that memory is bounded whatever a log's length. One caller at a time.
 */
#ifndef WP_REPLAY_SEEN_H
#define WP_REPLAY_SEEN_H

#include <stdbool.h>
#include <stdint.h>

#include "compiler/replay/state_io.h"

/* So many hashes are remembered at least; an event has two. */
#define WP_SEEN_LEAST 2097152u

struct wp_seen;

/* NULL when memory runs out. */
struct wp_seen *wp_seen_new(void);
void wp_seen_free(struct wp_seen *seen);

/* Remembers a hash; whether it was there already. */
bool wp_seen_add(struct wp_seen *seen, uint64_t hash);

/* The hash will be asked for soon: its places come into the cache meanwhile. */
void wp_seen_expect(const struct wp_seen *seen, uint64_t hash);

/* Visits all that is remembered. */
void wp_seen_visit(struct wp_seen *seen, struct wp_state_io *io);

#endif
