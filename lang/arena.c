#include "arena.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_CHUNK = 16 * 1024, LARGEST_CHUNK = 8 * 1024 * 1024 };

/* Chunks come zeroed from calloc, so that a large one costs nothing before it
 * is touched. The data follows the header. */
struct chunk {
    struct chunk *next;
    size_t size;
};

/* Bytes still free in a chunk. Things and texts fill chunks of their own: texts
 * need no alignment, and a million addresses must not pay for it. */
struct region {
    char *next;
    char *end;
};

struct wp_arena {
    struct chunk *chunks;
    struct region things;
    struct region texts;
    size_t chunk_size;
    size_t total;
    wp_out_of_memory hook;
    void *context;
};

_Static_assert(sizeof(struct chunk) % 16 == 0, "the data after a chunk's header is aligned");

static void
run_out(struct wp_arena *arena)
{
    if (arena->hook)
        arena->hook(arena->context);
    abort();
}

struct wp_arena *
wp_arena_new(wp_out_of_memory hook, void *context)
{
    struct wp_arena *arena = calloc(1, sizeof *arena);

    if (!arena)
        return NULL;
    arena->chunk_size = FIRST_CHUNK;
    arena->total = sizeof *arena;
    arena->hook = hook;
    arena->context = context;
    return arena;
}

void
wp_arena_free(struct wp_arena *arena)
{
    struct chunk *chunk, *next;

    if (!arena)
        return;
    for (chunk = arena->chunks; chunk; chunk = next) {
        next = chunk->next;
        free(chunk);
    }
    free(arena);
}

/* `size` zeroed bytes in a chunk of their own. */
static char *
add_chunk(struct wp_arena *arena, size_t size)
{
    struct chunk *chunk;

    if (size > SIZE_MAX - sizeof *chunk)
        run_out(arena);
    chunk = calloc(1, sizeof *chunk + size);
    if (!chunk)
        run_out(arena);
    chunk->size = size;
    chunk->next = arena->chunks;
    arena->chunks = chunk;
    arena->total += sizeof *chunk + size;
    return (char *)(chunk + 1);
}

/* Takes `size` bytes from a region, giving it a new chunk when it is used up. */
static char *
take(struct wp_arena *arena, struct region *region, size_t size)
{
    char *taken;

    if (size > arena->chunk_size / 4)
        return add_chunk(arena, size);
    if ((size_t)(region->end - region->next) < size) {
        region->next = add_chunk(arena, arena->chunk_size);
        region->end = region->next + arena->chunk_size;
        if (arena->chunk_size < LARGEST_CHUNK)
            arena->chunk_size *= 2;
    }
    taken = region->next;
    region->next += size;
    return taken;
}

void *
wp_alloc(struct wp_arena *arena, size_t size)
{
    struct region *region = &arena->things;
    size_t rounded = (size + 7) & ~(size_t)7;

    if (rounded < size)
        run_out(arena);
    /* Only a thing whose size is a multiple of 16 can need to lie on one. */
    if (rounded % 16 == 0 && (uintptr_t)region->next % 16 != 0 && region->next < region->end)
        region->next += 8;
    return take(arena, region, rounded ? rounded : 8);
}

void *
wp_alloc_array(struct wp_arena *arena, size_t count, size_t size)
{
    if (size && count > SIZE_MAX / size)
        run_out(arena);
    return wp_alloc(arena, count * size);
}

char *
wp_copy_text(struct wp_arena *arena, const char *text, size_t length)
{
    char *copy;

    if (length == SIZE_MAX)
        run_out(arena);
    copy = take(arena, &arena->texts, length + 1);
    if (length)
        memcpy(copy, text, length);
    copy[length] = '\0';
    return copy;
}

char *
wp_format(struct wp_arena *arena, const char *format, ...)
{
    va_list arguments;
    int length;
    char *text;

    va_start(arguments, format);
    length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (length < 0)
        run_out(arena);
    text = take(arena, &arena->texts, (size_t)length + 1);
    va_start(arguments, format);
    vsnprintf(text, (size_t)length + 1, format, arguments);
    va_end(arguments);
    return text;
}

size_t
wp_arena_size(const struct wp_arena *arena)
{
    return arena->total;
}
