/* Large networks that have nothing in common are found, and only those. */
#include <criterion/criterion.h>

#include "compiler/analysis/pairs.h"

enum { RANGES = 100 };

/* Every `step`th address from `first` on. */
static struct wp_network
comb(struct wp_range4 *ranges, uint32_t first, uint32_t step)
{
    for (uint32_t i = 0; i < RANGES; i++)
        ranges[i] = (struct wp_range4){first + i * step, first + i * step};
    return (struct wp_network){.v4 = ranges, .v4_count = RANGES};
}

Test(pairs, says_what_the_sets_say)
{
    struct wp_arena *arena = wp_arena_new(NULL, NULL);
    struct wp_range4 ranges[4][RANGES];
    struct wp_network networks[4];
    struct wp_pairs pairs;

    networks[0] = comb(ranges[0], 1000, 4);
    networks[1] = comb(ranges[1], 1001, 4);
    networks[2] = comb(ranges[2], 1000, 2);
    networks[3] = comb(ranges[3], 1000, 4);
    networks[3].v4_count = 1; /* small: left to the search */
    wp_pairs_init(&pairs, arena);
    for (unsigned again = 0; again < 2; again++) {
        for (uint32_t i = 0; i < 4 * 4 * 4; i++) {
            const uint32_t numbers[2] = {i % 4, i / 4 % 4};
            const struct wp_signed_network sets[2] = {{&networks[numbers[0]], i & 16},
                                                      {&networks[numbers[1]], i & 32}};
            struct wp_point point;
            uint8_t used[2] = {7, 7}, ignored[2];
            bool apart = !wp_networks_meet(sets, 2, &point, ignored);
            bool large = numbers[0] < 3 && numbers[1] < 3;

            cr_expect_eq(wp_pairs_find_apart(&pairs, sets, numbers, 2, used), apart && large, "%u",
                         i);
            if (apart && large)
                cr_expect(used[0] && used[1]);
        }
    }
    wp_arena_free(arena);
}

Test(pairs, blames_two_of_many)
{
    struct wp_arena *arena = wp_arena_new(NULL, NULL);
    struct wp_range4 ranges[3][RANGES];
    struct wp_network networks[3];
    struct wp_pairs pairs;
    uint8_t used[3];

    networks[0] = comb(ranges[0], 1000, 4);
    networks[1] = comb(ranges[1], 1000, 2);
    networks[2] = comb(ranges[2], 1001, 4);
    const struct wp_signed_network sets[3] = {
        {&networks[0], false}, {&networks[1], false}, {&networks[2], false}};
    wp_pairs_init(&pairs, arena);
    cr_assert(wp_pairs_find_apart(&pairs, sets, (const uint32_t[]){0, 1, 2}, 3, used));
    cr_expect(used[0] && !used[1] && used[2]);
    wp_arena_free(arena);
}
