/*
 * How many different ones: exact while they are few, else an estimate from the
 * smallest hashes. The answer depends on what was added, not on its order or on how
 * it was spread over sets that are joined in the end.
 */
#ifndef WP_REPLAY_DISTINCT_H
#define WP_REPLAY_DISTINCT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct wp_distinct {
    uint64_t *slots; /* an open hash table; 0 is free */
    size_t capacity, count;
    size_t limit;   /* that many are exact */
    uint64_t bound; /* hashes from here on are left out; 0: none are */
};

/* `limit` is a power of two. */
void wp_distinct_init(struct wp_distinct *set, size_t limit);
void wp_distinct_fini(struct wp_distinct *set);

/* A hash of what is counted. False when memory runs out. */
bool wp_distinct_add(struct wp_distinct *set, uint64_t hash);
bool wp_distinct_join(struct wp_distinct *set, const struct wp_distinct *other);

/* The number, and whether it is exact. */
uint64_t wp_distinct_count(struct wp_distinct *set, bool *is_exact);

#endif
