/*
 * Do several sets of one dimension, some of them complemented, have a member in
 * common? If so a member, if not the sets to blame. This is what the solver's
 * clauses do not know about addresses, device types, postures, apps and users.
 */
#ifndef WP_ANALYSIS_SETS_H
#define WP_ANALYSIS_SETS_H

#include "compiler/analysis/point.h"

struct wp_signed_network {
    const struct wp_network *network;
    bool negated;
};
struct wp_signed_mask {
    uint64_t mask;
    bool negated;
};
struct wp_signed_members {
    struct wp_ids ids;
    bool others;
    bool negated;
};

/* Each returns true and a common member, or false and in `used` a nonzero byte
 * for sets that already have none in common. `used` has `count` bytes. */

/* The address goes into `point`, one for documentation if it can be. */
bool wp_networks_meet(const struct wp_signed_network *sets, uint32_t count, struct wp_point *point,
                      uint8_t *used);

/* All common members go into *common; members outside `domain` do not count. */
bool wp_masks_meet(const struct wp_signed_mask *sets, uint32_t count, uint64_t domain,
                   uint64_t *common, uint8_t *used);

/* `domain` may be NULL: all of the ids below `limit`, and WP_NONE. */
bool wp_members_meet(const struct wp_signed_members *sets, uint32_t count,
                     const struct wp_members *domain, uint32_t limit, uint32_t *member,
                     uint8_t *used);

#endif
