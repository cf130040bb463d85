/* Open addressing with linear probing, at most two thirds full. */
#include "compiler/map.h"

#include <assert.h>
#include <string.h>

void
wp_map_init(struct wp_map *map, struct wp_arena *arena)
{
    *map = (struct wp_map){.arena = arena};
}

uint32_t
wp_map_find(const struct wp_map *map, uint64_t hash, wp_map_equal equal, const void *context,
            const void *key)
{
    if (map->capacity == 0)
        return UINT32_MAX;
    for (uint32_t at = (uint32_t)hash & (map->capacity - 1);; at = (at + 1) & (map->capacity - 1)) {
        const struct wp_map_slot *slot = &map->slots[at];

        if (slot->number == 0)
            return UINT32_MAX;
        if (slot->hash == hash && equal(context, slot->number - 1, key))
            return slot->number - 1;
    }
}

static void
place(struct wp_map *map, struct wp_map_slot slot)
{
    uint32_t at = (uint32_t)slot.hash & (map->capacity - 1);

    while (map->slots[at].number != 0)
        at = (at + 1) & (map->capacity - 1);
    map->slots[at] = slot;
}

static void
grow(struct wp_map *map)
{
    struct wp_map_slot *old = map->slots;
    uint32_t old_capacity = map->capacity;

    map->capacity = old_capacity == 0 ? 16 : old_capacity * 2;
    map->slots = wp_alloc_array(map->arena, map->capacity, sizeof *map->slots);
    for (uint32_t i = 0; i < old_capacity; i++)
        if (old[i].number != 0)
            place(map, old[i]);
    wp_release(map->arena, old, old_capacity * sizeof *old);
}

void
wp_map_add(struct wp_map *map, uint64_t hash, uint32_t number)
{
    assert(number != UINT32_MAX);
    if (map->count >= map->capacity / 3 * 2)
        grow(map);
    place(map, (struct wp_map_slot){hash, number + 1});
    map->count++;
}

static uint64_t
mix(uint64_t value)
{
    value ^= value >> 32;
    value *= UINT64_C(0xd6e8feb86659fd93);
    value ^= value >> 32;
    value *= UINT64_C(0xd6e8feb86659fd93);
    return value ^ value >> 32;
}

uint64_t
wp_hash_bytes(uint64_t seed, const void *bytes, size_t length)
{
    const unsigned char *at = bytes;
    uint64_t hash = seed ^ length, word;

    for (; length >= sizeof word; at += sizeof word, length -= sizeof word) {
        memcpy(&word, at, sizeof word);
        hash = mix(hash ^ word) + UINT64_C(0x9e3779b97f4a7c15);
    }
    word = 0;
    if (length > 0)
        memcpy(&word, at, length);
    return mix(hash ^ word);
}

uint64_t
wp_hash_text(const char *text)
{
    return wp_hash_bytes(0, text, strlen(text));
}
