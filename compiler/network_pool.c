#include "compiler/network_pool.h"

#include <string.h>

struct wp_network_answer {
    uint32_t operation, a, b, result;
};

void
wp_networks_init(struct wp_network_pool *pool, struct wp_arena *arena)
{
    struct wp_network empty = {0}, everything = wp_network_everything();

    *pool = (struct wp_network_pool){.arena = arena};
    wp_map_init(&pool->by_content, arena);
    wp_map_init(&pool->by_question, arena);
    pool->empty = wp_networks_intern(pool, &empty);
    pool->everything = wp_networks_intern(pool, &everything);
}

static bool
has_content(const void *context, uint32_t number, const void *key)
{
    const struct wp_network_pool *pool = context;

    return wp_network_equal(&pool->networks[number], key);
}

static void
grow(struct wp_network_pool *pool)
{
    uint32_t room = pool->room == 0 ? 64 : pool->room * 2;
    struct wp_network *networks = wp_alloc_array(pool->arena, room, sizeof *networks);

    if (pool->count > 0)
        memcpy(networks, pool->networks, pool->count * sizeof *networks);
    pool->networks = networks;
    pool->room = room;
}

uint32_t
wp_networks_intern(struct wp_network_pool *pool, const struct wp_network *network)
{
    uint64_t hash = wp_network_hash(network);
    uint32_t found = wp_map_find(&pool->by_content, hash, has_content, pool, network);

    if (found != UINT32_MAX)
        return found;
    if (pool->count == pool->room)
        grow(pool);
    pool->networks[pool->count] = *network;
    pool->ranges += (uint64_t)network->v4_count + network->v6_count;
    wp_map_add(&pool->by_content, hash, pool->count);
    return pool->count++;
}

static bool
is_question(const void *context, uint32_t number, const void *key)
{
    const struct wp_network_pool *pool = context;
    const struct wp_network_answer *answer = &pool->answers[number], *question = key;

    return answer->operation == question->operation && answer->a == question->a &&
           answer->b == question->b;
}

static void
remember(struct wp_network_pool *pool, uint64_t hash, const struct wp_network_answer *answer)
{
    if (pool->answer_count == pool->answer_room) {
        uint32_t room = pool->answer_room == 0 ? 64 : pool->answer_room * 2;
        struct wp_network_answer *answers = wp_alloc_array(pool->arena, room, sizeof *answers);

        if (pool->answer_count > 0)
            memcpy(answers, pool->answers, pool->answer_count * sizeof *answers);
        pool->answers = answers;
        pool->answer_room = room;
    }
    pool->answers[pool->answer_count] = *answer;
    wp_map_add(&pool->by_question, hash, pool->answer_count++);
}

/* The answer when one set, much larger than the other, comes out as it is: then
 * it is not made anew. WP_NONE when that is not so. */
static uint32_t
unchanged(const struct wp_network_pool *pool, enum wp_network_operation operation, uint32_t a,
          uint32_t b)
{
    const struct wp_network *left = &pool->networks[a], *right = &pool->networks[b];
    uint64_t left_size = (uint64_t)left->v4_count + left->v6_count;
    uint64_t right_size = (uint64_t)right->v4_count + right->v6_count;
    bool is_left = left_size > right_size;
    const struct wp_network *large = is_left ? left : right, *small = is_left ? right : left;

    if (left_size / 32 <= right_size && right_size / 32 <= left_size)
        return WP_NONE;
    switch (operation) {
    case WP_NETWORK_UNION:
        return wp_network_is_within(small, large) ? (is_left ? a : b) : WP_NONE;
    case WP_NETWORK_INTERSECTION:
        return wp_network_is_within(large, small) ? (is_left ? a : b) : WP_NONE;
    case WP_NETWORK_DIFFERENCE:
        return is_left && wp_network_is_apart(small, large) ? a : WP_NONE;
    }
    return WP_NONE;
}

uint32_t
wp_networks_combine(struct wp_network_pool *pool, enum wp_network_operation operation, uint32_t a,
                    uint32_t b)
{
    struct wp_network_answer question = {operation, a, b, 0};

    if (operation != WP_NETWORK_DIFFERENCE && a > b) {
        question.a = b;
        question.b = a;
    }
    uint64_t hash = wp_hash_bytes(0, &question, sizeof question);
    uint32_t known = wp_map_find(&pool->by_question, hash, is_question, pool, &question);
    if (known != UINT32_MAX)
        return pool->answers[known].result;
    if (wp_networks_too_large(pool))
        return pool->empty;
    question.result = unchanged(pool, operation, a, b);
    if (question.result == WP_NONE) {
        struct wp_network result =
            wp_network_combine(pool->arena, operation, &pool->networks[a], &pool->networks[b]);
        question.result = wp_networks_intern(pool, &result);
    }
    remember(pool, hash, &question);
    return question.result;
}

uint32_t
wp_networks_complement(struct wp_network_pool *pool, uint32_t network)
{
    return wp_networks_combine(pool, WP_NETWORK_DIFFERENCE, pool->everything, network);
}

bool
wp_networks_too_large(const struct wp_network_pool *pool)
{
    return pool->ranges > WP_MAX_RANGES;
}
