/* Sets of apps or users: algebra on struct wp_members. */
#ifndef WP_COMPILER_MEMBERS_H
#define WP_COMPILER_MEMBERS_H

#include "compiler/model.h"

bool wp_ids_have(const struct wp_ids *ids, uint32_t id);             /* by halving: ids ascend */
bool wp_members_have(const struct wp_members *members, uint32_t id); /* WP_NONE: no named one */
bool wp_ids_within(const struct wp_ids *a, const struct wp_ids *b);
bool wp_members_within(const struct wp_members *a, const struct wp_members *b);
bool wp_ids_equal(const struct wp_ids *a, const struct wp_ids *b);

struct wp_ids wp_ids_union(struct wp_arena *arena, const struct wp_ids *a, const struct wp_ids *b);

struct wp_members wp_members_union(struct wp_arena *arena, const struct wp_members *a,
                                   const struct wp_members *b);
struct wp_members wp_members_intersection(struct wp_arena *arena, const struct wp_members *a,
                                          const struct wp_members *b);
/* `limit` is how many named ones there are. */
struct wp_members wp_members_complement(struct wp_arena *arena, const struct wp_members *members,
                                        uint32_t limit);

#endif
