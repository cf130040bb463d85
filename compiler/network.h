/*
 * Sets of addresses: exact algebra on sorted, disjoint ranges.
 *
 * Every result is canonical (see struct wp_network), so equal sets are equal
 * byte for byte. Joining two sets takes time in proportion to their sizes;
 * intersecting a small set with a large one, to the small one's size times a
 * logarithm.
 */
#ifndef WP_COMPILER_NETWORK_H
#define WP_COMPILER_NETWORK_H

#include "compiler/address.h"

/* Ranges collected in any order, to be made into a set. */
struct wp_ranges {
    struct wp_arena *arena;
    struct wp_range4 *v4;
    struct wp_range6 *v6;
    uint32_t v4_count, v6_count, v4_room, v6_room;
};

void wp_ranges_init(struct wp_ranges *ranges, struct wp_arena *arena);

/* Adds what lies from `first` to `last`, both of one family, first <= last. */
void wp_ranges_add(struct wp_ranges *ranges, const struct wp_address *first,
                   const struct wp_address *last);
void wp_ranges_add_network(struct wp_ranges *ranges, const struct wp_network *network);

/* The set of everything added; takes n log n. The ranges must not be used
 * afterwards: the set lies in their memory. */
struct wp_network wp_ranges_finish(struct wp_ranges *ranges);

enum wp_network_operation { WP_NETWORK_UNION, WP_NETWORK_INTERSECTION, WP_NETWORK_DIFFERENCE };
struct wp_network wp_network_combine(struct wp_arena *arena, enum wp_network_operation operation,
                                     const struct wp_network *a, const struct wp_network *b);

/* All addresses, and an absent one, that are not in the set. */
struct wp_network wp_network_complement(struct wp_arena *arena, const struct wp_network *network);

/* Everything, an absent address included. */
struct wp_network wp_network_everything(void);

/*
 * What is left of a sum whose parts join and subtract from left to right; the
 * time is n log n however they alternate.
 */
struct wp_network_part {
    struct wp_network network;
    enum wp_join join;
};
struct wp_network wp_network_sum(struct wp_arena *arena, const struct wp_network_part *parts,
                                 uint32_t count);

/* What all of the (one or more) sets share, in n log n. */
struct wp_network wp_network_product(struct wp_arena *arena, const struct wp_network *parts,
                                     uint32_t count);

bool wp_network_is_empty(const struct wp_network *network);
bool wp_network_is_everything(const struct wp_network *network);
bool wp_network_equal(const struct wp_network *a, const struct wp_network *b);
/* Is all of `a` in `b`? */
bool wp_network_is_within(const struct wp_network *a, const struct wp_network *b);
/* Have they nothing in common? Quick when `a` has few ranges. */
bool wp_network_is_apart(const struct wp_network *a, const struct wp_network *b);
bool wp_network_has4(const struct wp_network *network, uint32_t address);
bool wp_network_has6(const struct wp_network *network, struct wp_address6 address);
uint64_t wp_network_hash(const struct wp_network *network);

#endif
