/*
 * Address classes: all addresses that no network in use tells apart are one.
 *
 * Class 0 is that of an absent address. A class is told by its members: the
 * networks in which its addresses lie although the absent address does not, or
 * the other way round. So the complements that `not network in` makes cost no
 * more than the networks themselves.
 */
#ifndef WP_COMPILER_PARTITION_H
#define WP_COMPILER_PARTITION_H

#include "compiler/model.h"

struct wp_partition {
    uint32_t network_count;
    uint32_t class_count;
    const uint32_t *first_member; /* class_count + 1 places in members */
    const uint32_t *members;      /* indices into the networks given, rising */

    /* Where ranges start, rising from 0, and the class of each; neighbours differ. */
    const uint32_t *v4_starts, *v4_classes;
    const struct wp_address6 *v6_starts;
    const uint32_t *v6_classes;
    uint32_t v4_count, v6_count;
};

/* Partitions the addresses by `count` networks, in n log n of their ranges. */
void wp_partition_make(struct wp_partition *partition, struct wp_arena *arena,
                       const struct wp_network *const *networks, uint32_t count);

#endif
