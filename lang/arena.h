/*
 * A region of memory that is filled piece by piece and freed as one.
 *
 * Everything that one compilation makes (tree, names, model, messages) lives in
 * one arena, so no pass has a cleanup path. Not thread-safe: one arena, one
 * thread.
 */
#ifndef WP_LANG_ARENA_H
#define WP_LANG_ARENA_H

#include <stddef.h>

struct wp_arena;

/* Called when memory runs out; must not return (it exits, or jumps away). */
typedef void (*wp_out_of_memory)(void *context);

/* A new, empty arena, or NULL when not even that can be had. */
struct wp_arena *wp_arena_new(wp_out_of_memory hook, void *context);

/* An arena for what is needed for a while: it ends with `outer`, unless it is freed
 * before. Memory runs out as in `outer`. Never NULL. */
struct wp_arena *wp_arena_inside(struct wp_arena *outer);

/* Frees the arena, those inside it and all that was taken from them. NULL is
 * allowed. */
void wp_arena_free(struct wp_arena *arena);

/* `size` zeroed bytes, aligned for any type, that live as long as the arena.
 * Never NULL. */
void *wp_alloc(struct wp_arena *arena, size_t size);

/* As wp_alloc for `count` things of `size` bytes; an overflow counts as running
 * out of memory. */
void *wp_alloc_array(struct wp_arena *arena, size_t count, size_t size);

/* `size` bytes that begin with the `old_size` at `memory`, which came from this arena
 * with that size; what follows them is not set. The old ones are gone: what is large
 * grows where it is or is given back. */
void *wp_extend(struct wp_arena *arena, void *memory, size_t old_size, size_t size);

/* Gives back `size` bytes that came from this arena with that size before it ends. It
 * does so for large things alone; the others stay. */
void wp_release(struct wp_arena *arena, void *memory, size_t size);

/* A NUL-terminated copy of the `length` bytes at `text`. */
char *wp_copy_text(struct wp_arena *arena, const char *text, size_t length);

/* printf into the arena. */
char *wp_format(struct wp_arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Bytes that the arena and those inside it hold from the system. */
size_t wp_arena_size(const struct wp_arena *arena);

#endif
