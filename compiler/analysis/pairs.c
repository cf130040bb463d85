#include "compiler/analysis/pairs.h"
#include "compiler/analysis/vector.h"

#include <string.h>

/* Below so many ranges, looking up is no faster than walking over them. */
#define LARGE 64

struct wp_pair {
    uint64_t key;
    bool apart;
};

void
wp_pairs_init(struct wp_pairs *pairs, struct wp_arena *arena)
{
    *pairs = (struct wp_pairs){.arena = arena};
    wp_map_init(&pairs->map, arena);
}

static bool
equal(const void *context, uint32_t number, const void *key)
{
    const struct wp_pairs *pairs = context;
    return pairs->pairs[number].key == *(const uint64_t *)key;
}

static bool
are_apart(struct wp_pairs *pairs, uint64_t key, const struct wp_signed_network both[2])
{
    uint64_t hash = wp_hash_bytes(0, &key, sizeof key);
    uint32_t number = wp_map_find(&pairs->map, hash, equal, pairs, &key);
    struct wp_point point;
    uint8_t used[2];

    if (number != UINT32_MAX)
        return pairs->pairs[number].apart;
    number = pairs->map.count;
    pairs->pairs = wp_vector_reserve(pairs->arena, pairs->pairs, &pairs->room, (size_t)number + 1,
                                     sizeof *pairs->pairs);
    pairs->pairs[number] = (struct wp_pair){key, !wp_networks_meet(both, 2, &point, used)};
    wp_map_add(&pairs->map, hash, number);
    return pairs->pairs[number].apart;
}

static bool
is_large(const struct wp_signed_network *set)
{
    return set->network->v4_count + set->network->v6_count >= LARGE;
}

bool
wp_pairs_find_apart(struct wp_pairs *pairs, const struct wp_signed_network *sets,
                    const uint32_t *numbers, uint32_t count, uint8_t *used)
{
    for (uint32_t i = 0; i < count; i++) {
        for (uint32_t j = i + 1; is_large(&sets[i]) && j < count; j++) {
            uint64_t key = ((uint64_t)numbers[i] << 1 | sets[i].negated) << 32 |
                           ((uint64_t)numbers[j] << 1 | sets[j].negated);
            const struct wp_signed_network both[2] = {sets[i], sets[j]};
            if (!is_large(&sets[j]) || !are_apart(pairs, key, both))
                continue;
            memset(used, 0, count);
            used[i] = used[j] = 1;
            return true;
        }
    }
    return false;
}
