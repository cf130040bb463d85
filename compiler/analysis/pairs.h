/*
 * Have two networks, each maybe complemented, any address in common? Of networks
 * of very many ranges this is asked over and over while rules that share them are
 * compared, so it is worked out once a pair.
 */
#ifndef WP_ANALYSIS_PAIRS_H
#define WP_ANALYSIS_PAIRS_H

#include "compiler/analysis/sets.h"
#include "compiler/map.h"

struct wp_pairs {
    struct wp_arena *arena;
    struct wp_map map;
    struct wp_pair *pairs;
    size_t room;
};

void wp_pairs_init(struct wp_pairs *pairs, struct wp_arena *arena);

/* Looks among the sets, whose networks have these numbers, for two large ones
 * that have nothing in common. True if there are: `used` has a nonzero byte for
 * these two then, and 0 for the others. */
bool wp_pairs_find_apart(struct wp_pairs *pairs, const struct wp_signed_network *sets,
                         const uint32_t *numbers, uint32_t count, uint8_t *used);

#endif
