/*
 * A hash table from keys to numbers.
 *
 * The table holds only hashes and numbers; what a number stands for, and whether
 * it equals a key, the caller's `equal` says. So one table serves names, sets of
 * addresses and pairs of indices alike.
 */
#ifndef WP_COMPILER_MAP_H
#define WP_COMPILER_MAP_H

#include "lang/arena.h"

#include <stdbool.h>
#include <stdint.h>

struct wp_map_slot {
    uint64_t hash;
    uint32_t number; /* plus one; 0: the slot is free */
};
struct wp_map {
    struct wp_arena *arena;
    struct wp_map_slot *slots;
    uint32_t capacity; /* a power of two, or 0 */
    uint32_t count;
};

/* Whether the thing with that number is what `key` stands for. */
typedef bool (*wp_map_equal)(const void *context, uint32_t number, const void *key);

void wp_map_init(struct wp_map *map, struct wp_arena *arena);

/* The number stored for the key, or UINT32_MAX. */
uint32_t wp_map_find(const struct wp_map *map, uint64_t hash, wp_map_equal equal,
                     const void *context, const void *key);

/* Stores a number under a hash; the caller has made sure that it is new. */
void wp_map_add(struct wp_map *map, uint64_t hash, uint32_t number);

/* A hash of bytes, continuing from `seed`. */
uint64_t wp_hash_bytes(uint64_t seed, const void *bytes, size_t length);
uint64_t wp_hash_text(const char *text);

#endif
