/* Arrays that grow in an arena: what they outgrow stays until the arena goes. */
#ifndef WP_ANALYSIS_VECTOR_H
#define WP_ANALYSIS_VECTOR_H

#include "lang/arena.h"

#include <string.h>

/*
 * Room for at least `wanted` items of `size` bytes. Returns `items` when
 * *capacity is enough, else a larger array that begins with the old *capacity
 * items, the rest zeroed, and sets *capacity. Growth doubles, so all outgrown
 * arrays together are smaller than the last.
 */
static inline void *
wp_vector_reserve(struct wp_arena *arena, void *items, size_t *capacity, size_t wanted, size_t size)
{
    if (wanted <= *capacity)
        return items;
    size_t larger = *capacity ? *capacity * 2 : 64;
    while (larger < wanted)
        larger *= 2;
    void *fresh = wp_alloc_array(arena, larger, size);
    if (*capacity)
        memcpy(fresh, items, *capacity * size);
    *capacity = larger;
    return fresh;
}

#endif
