/*
 * Which part of a network the traffic came from: blocks of /24 and /48, up to 256 of
 * each; when there are more the blocks grow until they are no more than that. So the
 * answer depends on the addresses alone, not on their order.
 */
#ifndef WP_REPLAY_USED_H
#define WP_REPLAY_USED_H

#include "compiler/network.h"
#include "compiler/replay/state_io.h"

#define WP_USED_MAX 256

struct wp_blocks {
    uint64_t *firsts; /* sorted: the leading `length` bits of an address */
    unsigned count, length;
};

struct wp_used {
    struct wp_blocks v4, v6;
};

void wp_used_init(struct wp_used *used);
void wp_used_fini(struct wp_used *used);

/* An address as a request has it; false when memory runs out. */
bool wp_used_add(struct wp_used *used, unsigned family, const uint8_t *bytes);
bool wp_used_join(struct wp_used *used, const struct wp_used *other);
void wp_used_visit(struct wp_used *used, struct wp_state_io *io);

/* At most so many prefixes of a family that hold all blocks, joined where that adds
 * least, and with nothing beside `within`. */
struct wp_network wp_used_cover(struct wp_arena *arena, const struct wp_used *used, unsigned most,
                                const struct wp_network *within);

#endif
