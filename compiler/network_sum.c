/* Sums and products of many address sets, by halves, so that the time is n log n
 * however their parts are mixed. */
#include "compiler/network.h"

#include <assert.h>

/* What a stretch of a sum does to the set before it: first everything in `cut`
 * goes, then everything in `add` comes. */
struct effect {
    struct wp_network cut, add;
};

static struct effect
sum_stretch(struct wp_arena *arena, const struct wp_network_part *parts, uint32_t count)
{
    struct effect result = {0};

    assert(count > 0);
    if (count == 1) {
        if (parts->join == WP_JOIN_UNION)
            result.add = parts->network;
        else
            result.cut = parts->network;
        return result;
    }
    struct effect left = sum_stretch(arena, parts, count / 2);
    struct effect right = sum_stretch(arena, parts + count / 2, count - count / 2);
    struct wp_network kept =
        wp_network_combine(arena, WP_NETWORK_DIFFERENCE, &left.add, &right.cut);
    result.cut = wp_network_combine(arena, WP_NETWORK_UNION, &left.cut, &right.cut);
    result.add = wp_network_combine(arena, WP_NETWORK_UNION, &kept, &right.add);
    return result;
}

struct wp_network
wp_network_sum(struct wp_arena *arena, const struct wp_network_part *parts, uint32_t count)
{
    if (count == 0)
        return (struct wp_network){0};
    return sum_stretch(arena, parts, count).add;
}

struct wp_network
wp_network_product(struct wp_arena *arena, const struct wp_network *parts, uint32_t count)
{
    assert(count > 0);
    if (count == 1)
        return *parts;
    struct wp_network left = wp_network_product(arena, parts, count / 2);
    struct wp_network right = wp_network_product(arena, parts + count / 2, count - count / 2);
    return wp_network_combine(arena, WP_NETWORK_INTERSECTION, &left, &right);
}
