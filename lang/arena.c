#include "arena.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_CHUNK = 16 * 1024, LARGEST_CHUNK = 8 * 1024 * 1024 };

/* Larger things than this always have a chunk of their own. */
enum { LARGE = LARGEST_CHUNK / 4 };

/* Chunks come zeroed from calloc, so that a large one costs nothing before it
 * is touched. The data follows the header. */
struct chunk {
    struct chunk *next, *previous;
    size_t size;
    size_t reserved; /* so that the data is aligned */
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
    struct wp_arena *outer, *inside;  /* the first of those inside this one */
    struct wp_arena *next, *previous; /* those beside it */
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

struct wp_arena *
wp_arena_inside(struct wp_arena *outer)
{
    struct wp_arena *arena = wp_arena_new(outer->hook, outer->context);

    if (!arena)
        run_out(outer);
    arena->outer = outer;
    arena->next = outer->inside;
    if (arena->next)
        arena->next->previous = arena;
    outer->inside = arena;
    return arena;
}

static void
leave(struct wp_arena *arena)
{
    if (arena->previous)
        arena->previous->next = arena->next;
    else if (arena->outer)
        arena->outer->inside = arena->next;
    if (arena->next)
        arena->next->previous = arena->previous;
}

void
wp_arena_free(struct wp_arena *arena)
{
    struct chunk *chunk, *next;

    if (!arena)
        return;
    while (arena->inside)
        wp_arena_free(arena->inside);
    leave(arena);
    for (chunk = arena->chunks; chunk; chunk = next) {
        next = chunk->next;
        free(chunk);
    }
    free(arena);
}

static void
link_chunk(struct wp_arena *arena, struct chunk *chunk, size_t size)
{
    chunk->size = size;
    chunk->previous = NULL;
    chunk->next = arena->chunks;
    if (chunk->next)
        chunk->next->previous = chunk;
    arena->chunks = chunk;
    arena->total += sizeof *chunk + size;
}

static void
unlink_chunk(struct wp_arena *arena, struct chunk *chunk)
{
    if (chunk->previous)
        chunk->previous->next = chunk->next;
    else
        arena->chunks = chunk->next;
    if (chunk->next)
        chunk->next->previous = chunk->previous;
    arena->total -= sizeof *chunk + chunk->size;
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
    link_chunk(arena, chunk, size);
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

void *
wp_extend(struct wp_arena *arena, void *memory, size_t old_size, size_t size)
{
    if (old_size > LARGE) {
        struct chunk *chunk = (struct chunk *)memory - 1;
        if (size > SIZE_MAX - sizeof *chunk)
            run_out(arena);
        unlink_chunk(arena, chunk);
        struct chunk *extended = realloc(chunk, sizeof *chunk + size);
        if (!extended) {
            link_chunk(arena, chunk, chunk->size);
            run_out(arena);
        }
        link_chunk(arena, extended, size);
        return extended + 1;
    }
    void *extended = wp_alloc(arena, size);
    if (old_size > 0)
        memcpy(extended, memory, old_size);
    return extended;
}

void
wp_release(struct wp_arena *arena, void *memory, size_t size)
{
    if (size <= LARGE)
        return;
    struct chunk *chunk = (struct chunk *)memory - 1;
    unlink_chunk(arena, chunk);
    free(chunk);
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
    size_t total = arena->total;

    for (const struct wp_arena *inside = arena->inside; inside; inside = inside->next)
        total += wp_arena_size(inside);
    return total;
}
