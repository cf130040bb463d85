/* The algebra of address sets, held against membership address by address. */
#include "compiler/network.h"
#include "compiler/network_pool.h"
#include "generate.h"

#include <criterion/criterion.h>
#include <string.h>

/* Sets live among 64 IPv4 and 64 IPv6 addresses, at the bottom, at the top or
 * around the mapped ones; a set is known by two masks. */
enum place { BOTTOM, TOP, AROUND_MAPPED, PLACE_COUNT };

static struct wp_address
address_at(enum place place, bool is_v6, unsigned i)
{
    struct wp_address address = {.is_v6 = is_v6, .v4 = i};

    address.v6.low = i;
    if (place == TOP) {
        address.v4 = UINT32_MAX - 63 + i;
        address.v6 = (struct wp_address6){UINT64_MAX, UINT64_MAX - 63 + i};
    } else if (place == AROUND_MAPPED) {
        /* 32 before the mapped range, then 32 after it. */
        address.v6.low =
            i < 32 ? UINT64_C(0xfffeffffffe0) + i : UINT64_C(0x1000000000000) + (i - 32);
    }
    return address;
}

struct known {
    uint64_t v4, v6;
    bool absent;
};

static bool
holds(const struct wp_network *network, const struct wp_address *address)
{
    return address->is_v6 ? wp_network_has6(network, address->v6)
                          : wp_network_has4(network, address->v4);
}

static void
expect_known(const struct wp_network *network, enum place place, struct known known,
             const char *what)
{
    for (unsigned i = 0; i < 64; i++) {
        struct wp_address v4 = address_at(place, false, i), v6 = address_at(place, true, i);
        cr_expect_eq(holds(network, &v4), known.v4 >> i & 1, "%s: v4 %u at %d", what, i, place);
        cr_expect_eq(holds(network, &v6), known.v6 >> i & 1, "%s: v6 %u at %d", what, i, place);
    }
    cr_expect_eq(network->absent, known.absent, "%s: absent", what);
}

static void
expect_canonical(const struct wp_network *network, const char *what)
{
    for (uint32_t i = 0; i < network->v4_count; i++) {
        cr_expect_leq(network->v4[i].low, network->v4[i].high, "%s", what);
        if (i > 0)
            cr_expect_gt((uint64_t)network->v4[i].low, (uint64_t)network->v4[i - 1].high + 1, "%s",
                         what);
    }
    for (uint32_t i = 0; i < network->v6_count; i++) {
        cr_expect_leq(wp_compare6(network->v6[i].low, network->v6[i].high), 0, "%s", what);
        if (i > 0)
            cr_expect_gt(wp_compare6(network->v6[i].low, wp_next6(network->v6[i - 1].high)), 0,
                         "%s", what);
    }
}

static struct wp_network
random_network(struct wp_arena *arena, struct wp_random *random, enum place place,
               struct known *known)
{
    struct wp_ranges ranges;

    *known = (struct known){0};
    wp_ranges_init(&ranges, arena);
    for (uint32_t n = wp_random_below(random, 6); n > 0; n--) {
        bool is_v6 = wp_random_once_in(random, 2);
        unsigned low = wp_random_below(random, 64);
        unsigned high = low + wp_random_below(random, 64 - low);
        struct wp_address first, last;

        if (place == AROUND_MAPPED && low < 32 && wp_random_once_in(random, 2))
            high = high < 32 ? high : 31;
        first = address_at(place, is_v6, low);
        last = address_at(place, is_v6, high);
        wp_ranges_add(&ranges, &first, &last);
        for (unsigned i = low; i <= high; i++)
            *(is_v6 ? &known->v6 : &known->v4) |= UINT64_C(1) << i;
    }
    return wp_ranges_finish(&ranges);
}

Test(network, agrees_with_membership)
{
    struct wp_random random;

    wp_random_seed(&random, 11);
    for (int round = 0; round < 3000; round++) {
        struct wp_arena *arena = wp_arena_new(NULL, NULL);
        enum place place = (enum place)(round % PLACE_COUNT);
        struct known a, b;
        struct wp_network left = random_network(arena, &random, place, &a);
        struct wp_network right = random_network(arena, &random, place, &b);
        struct wp_network both = wp_network_combine(arena, WP_NETWORK_UNION, &left, &right);
        struct wp_network shared =
            wp_network_combine(arena, WP_NETWORK_INTERSECTION, &left, &right);
        struct wp_network rest = wp_network_combine(arena, WP_NETWORK_DIFFERENCE, &left, &right);
        struct wp_network other = wp_network_complement(arena, &left);
        struct wp_network same = wp_network_complement(arena, &other);

        expect_known(&left, place, a, "set");
        expect_known(&both, place, (struct known){a.v4 | b.v4, a.v6 | b.v6, false}, "union");
        expect_known(&shared, place, (struct known){a.v4 & b.v4, a.v6 & b.v6, false},
                     "intersection");
        expect_known(&rest, place, (struct known){a.v4 & ~b.v4, a.v6 & ~b.v6, false}, "difference");
        expect_known(&other, place, (struct known){~a.v4, ~a.v6, true}, "complement");
        cr_expect(wp_network_equal(&left, &same), "the complement's complement");
        cr_expect_eq(wp_network_is_within(&left, &right), wp_network_is_empty(&rest));
        cr_expect_eq(wp_network_is_apart(&left, &right), wp_network_is_empty(&shared));
        expect_canonical(&left, "set");
        expect_canonical(&both, "union");
        expect_canonical(&shared, "intersection");
        expect_canonical(&rest, "difference");
        expect_canonical(&other, "complement");
        wp_arena_free(arena);
    }
}

Test(network, sums_go_from_left_to_right)
{
    struct wp_random random;

    wp_random_seed(&random, 12);
    for (int round = 0; round < 1000; round++) {
        struct wp_arena *arena = wp_arena_new(NULL, NULL);
        struct wp_network_part parts[12];
        struct wp_network sets[12];
        struct known known, sum = {0}, product = {~UINT64_C(0), ~UINT64_C(0), false};
        uint32_t count = wp_random_below(&random, 12) + 1;

        for (uint32_t i = 0; i < count; i++) {
            parts[i].network = sets[i] = random_network(arena, &random, BOTTOM, &known);
            parts[i].join =
                i > 0 && wp_random_once_in(&random, 2) ? WP_JOIN_DIFFERENCE : WP_JOIN_UNION;
            product.v4 &= known.v4;
            product.v6 &= known.v6;
            if (parts[i].join == WP_JOIN_UNION) {
                sum.v4 |= known.v4;
                sum.v6 |= known.v6;
            } else {
                sum.v4 &= ~known.v4;
                sum.v6 &= ~known.v6;
            }
        }
        struct wp_network added = wp_network_sum(arena, parts, count);
        struct wp_network shared = wp_network_product(arena, sets, count);
        expect_known(&added, BOTTOM, sum, "sum");
        expect_known(&shared, BOTTOM, product, "product");
        wp_arena_free(arena);
    }
}

Test(network, keeps_mapped_addresses_out_of_ipv6)
{
    struct wp_arena *arena = wp_arena_new(NULL, NULL);
    struct wp_address first, last;
    struct wp_ranges ranges;

    wp_ranges_init(&ranges, arena);
    cr_assert_eq(wp_prefix_parse("::/0", &first, &last, NULL), WP_ADDRESS_OK);
    wp_ranges_add(&ranges, &first, &last);
    struct wp_network all6 = wp_ranges_finish(&ranges);
    cr_expect_eq(all6.v6_count, 2);
    cr_expect_eq(all6.v4_count, 0);
    cr_expect_not(wp_network_has6(&all6, (struct wp_address6){0, UINT64_C(0xffff00000000)}));
    cr_expect_not(wp_network_has6(&all6, (struct wp_address6){0, UINT64_C(0xffffffffffff)}));
    cr_expect(wp_network_has6(&all6, (struct wp_address6){0, UINT64_C(0xfffeffffffff)}));
    cr_expect(wp_network_has6(&all6, (struct wp_address6){0, UINT64_C(0x1000000000000)}));

    wp_ranges_init(&ranges, arena);
    cr_assert_eq(wp_prefix_parse("0.0.0.0/0", &first, &last, NULL), WP_ADDRESS_OK);
    wp_ranges_add(&ranges, &first, &last);
    wp_ranges_add_network(&ranges, &all6);
    struct wp_network all = wp_ranges_finish(&ranges);
    cr_expect_not(wp_network_is_everything(&all), "an absent address is in no named set");
    struct wp_network none = wp_network_complement(arena, &all);
    cr_expect(none.absent && none.v4_count == 0 && none.v6_count == 0);
    struct wp_network everything = wp_network_combine(arena, WP_NETWORK_UNION, &all, &none);
    cr_expect(wp_network_is_everything(&everything));
    wp_arena_free(arena);
}

Test(network, intersects_small_with_large)
{
    struct wp_arena *arena = wp_arena_new(NULL, NULL);
    struct wp_ranges ranges;

    wp_ranges_init(&ranges, arena);
    for (uint32_t i = 0; i < 1000; i++) {
        struct wp_address at = {.v4 = i * 10}, end = {.v4 = i * 10 + 4};
        wp_ranges_add(&ranges, &at, &end);
    }
    struct wp_network large = wp_ranges_finish(&ranges);
    wp_ranges_init(&ranges, arena);
    struct wp_address first = {.v4 = 3}, last = {.v4 = 31};
    struct wp_address alone = {.v4 = 9996};
    wp_ranges_add(&ranges, &first, &last);
    wp_ranges_add(&ranges, &alone, &alone);
    struct wp_network small = wp_ranges_finish(&ranges);
    struct wp_network shared = wp_network_combine(arena, WP_NETWORK_INTERSECTION, &small, &large);
    struct wp_network turned = wp_network_combine(arena, WP_NETWORK_INTERSECTION, &large, &small);
    static const struct wp_range4 wanted[] = {{3, 4}, {10, 14}, {20, 24}, {30, 31}};
    cr_assert_eq(shared.v4_count, 4);
    cr_expect_eq(memcmp(shared.v4, wanted, sizeof wanted), 0);
    cr_expect(wp_network_equal(&shared, &turned));
    wp_arena_free(arena);
}

/* A set of `count` ranges of five addresses, ten apart, from `start` on. */
static struct wp_network
comb(struct wp_arena *arena, uint32_t start, uint32_t count, bool is_v6)
{
    struct wp_ranges ranges;

    wp_ranges_init(&ranges, arena);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t low = start + i * 10;
        struct wp_address first = {is_v6, low, {0, low}}, last = {is_v6, low + 4, {0, low + 4}};
        wp_ranges_add(&ranges, &first, &last);
    }
    return wp_ranges_finish(&ranges);
}

Test(network, joins_sets_of_unlike_sizes_exactly)
{
    struct wp_arena *arena = wp_arena_new(NULL, NULL);
    struct wp_random random;

    wp_random_seed(&random, 14);
    for (int round = 0; round < 300; round++) {
        bool is_v6 = round % 2 == 1;
        struct wp_network large = comb(arena, 100, 400, is_v6), small, turned;
        struct wp_network_pool pool;
        struct wp_ranges ranges;

        wp_ranges_init(&ranges, arena);
        for (uint32_t n = wp_random_below(&random, 3); n > 0; n--) {
            uint32_t low = wp_random_below(&random, 4300);
            uint32_t high = low + wp_random_below(&random, round % 3 == 0 ? 5 : 4000);
            struct wp_address first = {is_v6, low, {0, low}}, last = {is_v6, high, {0, high}};
            wp_ranges_add(&ranges, &first, &last);
        }
        small = wp_ranges_finish(&ranges);
        turned = wp_network_complement(arena, &small);
        wp_networks_init(&pool, arena);
        for (int operation = 0; operation < 3; operation++)
            for (int which = 0; which < 4; which++) {
                const struct wp_network *other = which < 2 ? &small : &turned;
                const struct wp_network *a = which % 2 == 0 ? &large : other;
                const struct wp_network *b = which % 2 == 0 ? other : &large;
                struct wp_network plain =
                    wp_network_combine(arena, (enum wp_network_operation)operation, a, b);
                uint32_t pooled =
                    wp_networks_combine(&pool, (enum wp_network_operation)operation,
                                        wp_networks_intern(&pool, a), wp_networks_intern(&pool, b));

                cr_expect(wp_network_equal(&plain, &pool.networks[pooled]), "%d %d %d", round,
                          operation, which);
                for (uint32_t i = 0; i < 4400; i += 3) {
                    bool in_a = is_v6 ? wp_network_has6(a, (struct wp_address6){0, i})
                                      : wp_network_has4(a, i);
                    bool in_b = is_v6 ? wp_network_has6(b, (struct wp_address6){0, i})
                                      : wp_network_has4(b, i);
                    bool wanted = operation == WP_NETWORK_UNION          ? in_a || in_b
                                  : operation == WP_NETWORK_INTERSECTION ? in_a && in_b
                                                                         : in_a && !in_b;
                    cr_expect_eq(is_v6 ? wp_network_has6(&plain, (struct wp_address6){0, i})
                                       : wp_network_has4(&plain, i),
                                 wanted);
                }
            }
    }
    wp_arena_free(arena);
}

Test(network, pool_shares_equal_sets_and_answers)
{
    struct wp_arena *arena = wp_arena_new(NULL, NULL);
    struct wp_network_pool pool;
    struct wp_random random;

    wp_networks_init(&pool, arena);
    wp_random_seed(&random, 13);
    for (int round = 0; round < 200; round++) {
        struct known known;
        struct wp_network network = random_network(arena, &random, BOTTOM, &known);
        uint32_t first = wp_networks_intern(&pool, &network);
        uint32_t again = wp_networks_intern(&pool, &network);
        uint32_t other = wp_networks_complement(&pool, first);
        uint32_t count = pool.count;

        cr_expect_eq(first, again);
        cr_expect_eq(wp_networks_complement(&pool, other), first);
        cr_expect_eq(wp_networks_combine(&pool, WP_NETWORK_UNION, first, other), pool.everything);
        cr_expect_eq(wp_networks_combine(&pool, WP_NETWORK_INTERSECTION, other, first), pool.empty);
        cr_expect_eq(pool.count, count, "nothing new came about");
    }
    for (uint32_t i = 0; i < pool.count; i++)
        for (uint32_t k = i + 1; k < pool.count; k++)
            cr_expect_not(wp_network_equal(&pool.networks[i], &pool.networks[k]));
    wp_arena_free(arena);
}
