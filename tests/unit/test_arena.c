/* Memory: alignment, growth in place, what is given back, arenas inside others. */
#include "compiler/buffer.h"

#include <criterion/criterion.h>

static const size_t sizes[] = {1, 7, 8, 24, 4096, 65536, 2 << 20, (2 << 20) + 1, 5 << 20};
enum { SIZES = sizeof sizes / sizeof *sizes };

Test(arena, extended_memory_keeps_what_it_held)
{
    struct wp_arena *arena = wp_arena_new(NULL, NULL);
    for (int i = 0; i < SIZES; i++)
        for (int k = i; k < SIZES; k++) {
            unsigned char *memory = wp_alloc(arena, sizes[i]);
            for (size_t at = 0; at < sizes[i]; at++)
                memory[at] = (unsigned char)(at * 31);
            memory = wp_extend(arena, memory, sizes[i], sizes[k]);
            cr_assert_eq((uintptr_t)memory % 8, 0);
            for (size_t at = 0; at < sizes[i]; at++)
                cr_assert_eq(memory[at], (unsigned char)(at * 31), "%zu to %zu", sizes[i],
                             sizes[k]);
            memory[sizes[k] - 1] = 1;
        }
    wp_arena_free(arena);
}

Test(arena, large_memory_is_given_back)
{
    struct wp_arena *arena = wp_arena_new(NULL, NULL);
    void *kept = wp_alloc(arena, 3 << 20);
    const size_t before = wp_arena_size(arena);
    for (int i = 0; i < 1000; i++) {
        void *first = wp_alloc(arena, 4 << 20), *second = wp_alloc(arena, 3 << 20);
        memset(first, i, 4096);
        second = wp_extend(arena, second, 3 << 20, 6 << 20);
        wp_release(arena, first, 4 << 20);
        wp_release(arena, second, 6 << 20);
    }
    cr_assert_eq(wp_arena_size(arena), before);
    memset(kept, 1, 3 << 20);
    wp_release(arena, wp_alloc(arena, 8), 8); /* nothing to gain: it stays */
    wp_arena_free(arena);
}

Test(arena, buffers_hold_no_more_than_twice_what_is_in_them)
{
    struct wp_arena *arena = wp_arena_new(NULL, NULL);
    struct wp_buffer buffer = {.arena = arena};
    for (uint32_t i = 0; i < 8 << 20; i++)
        wp_buffer_add32(&buffer, i * 7);
    for (uint32_t i = 0; i < 8 << 20; i++)
        cr_assert_eq(wp_buffer_words(&buffer)[i], i * 7);
    cr_assert_lt(wp_arena_size(arena), 2 * buffer.size + (24 << 20));
    wp_arena_free(arena);
}

Test(arena, arenas_inside_end_with_the_outer_one_or_before)
{
    struct wp_arena *outer = wp_arena_new(NULL, NULL);
    const size_t before = wp_arena_size(outer);
    struct wp_arena *inside[5];
    for (int i = 0; i < 5; i++) {
        inside[i] = wp_arena_inside(outer);
        memset(wp_alloc(inside[i], 3 << 20), i, 3 << 20);
    }
    cr_assert_gt(wp_arena_size(outer), before + (15 << 20));
    memset(wp_alloc(wp_arena_inside(inside[3]), 100), 1, 100);
    wp_arena_free(inside[4]); /* the last, one between, the first */
    wp_arena_free(inside[2]);
    wp_arena_free(inside[0]);
    cr_assert_lt(wp_arena_size(outer), before + (7 << 20));
    wp_arena_free(inside[3]);
    wp_arena_free(inside[1]);
    cr_assert_eq(wp_arena_size(outer), before);
    (void)wp_arena_inside(outer);
    wp_arena_free(outer);
}
