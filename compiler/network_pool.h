/*
 * All sets of addresses of a model, each once.
 *
 * Equal sets share an index, and the answers of operations on indices are
 * remembered, so that a hundred thousand rules over the same few networks cost
 * no more than the few. The pool is filled while lowering; afterwards its array
 * is the model's and stays as it is.
 */
#ifndef WP_COMPILER_NETWORK_POOL_H
#define WP_COMPILER_NETWORK_POOL_H

#include "compiler/map.h"
#include "compiler/network.h"

struct wp_network_pool {
    struct wp_arena *arena;
    struct wp_network *networks;
    uint32_t count, room;
    uint64_t ranges; /* in all of them */
    struct wp_map by_content;
    struct wp_network_answer *answers;
    uint32_t answer_count, answer_room;
    struct wp_map by_question;
    uint32_t empty, everything; /* their indices */
};

/* More ranges than this in all networks together are too many (WOA1034). */
#define WP_MAX_RANGES UINT64_C(67108864)

void wp_networks_init(struct wp_network_pool *pool, struct wp_arena *arena);
uint32_t wp_networks_intern(struct wp_network_pool *pool, const struct wp_network *network);
uint32_t wp_networks_combine(struct wp_network_pool *pool, enum wp_network_operation operation,
                             uint32_t a, uint32_t b);
uint32_t wp_networks_complement(struct wp_network_pool *pool, uint32_t network);
bool wp_networks_too_large(const struct wp_network_pool *pool);

#endif
