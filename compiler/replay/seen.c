#include "compiler/replay/seen.h"

#include <string.h>
#include <sys/mman.h>

/* One fills up, then the oldest of the others is forgotten and filled. */
#define GENERATIONS 4u
#define FULL (WP_SEEN_LEAST / (GENERATIONS - 1) + 1)
#define SLOTS (1u << 20)

struct wp_seen {
    unsigned young;
    unsigned counts[GENERATIONS];
    uint64_t slots[GENERATIONS][SLOTS]; /* open hash tables; 0 is free */
};

/* Looked at all over: in large pages, where there are some. */
struct wp_seen *
wp_seen_new(void)
{
    void *memory = mmap(NULL, sizeof(struct wp_seen), PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED)
        return NULL;
    (void)madvise(memory, sizeof(struct wp_seen), MADV_HUGEPAGE);
    return memory;
}

void
wp_seen_free(struct wp_seen *seen)
{
    if (seen != NULL)
        (void)munmap(seen, sizeof *seen);
}

static uint32_t
place_of(uint64_t hash)
{
    return (uint32_t)(hash >> 32) % SLOTS;
}

/* The slot that has the hash, or the free one where it would be. */
static uint64_t *
find(uint64_t *slots, uint64_t hash)
{
    uint32_t at = place_of(hash);
    while (slots[at] != 0 && slots[at] != hash)
        at = (at + 1) % SLOTS;
    return &slots[at];
}

void
wp_seen_expect(const struct wp_seen *seen, uint64_t hash)
{
    for (unsigned i = 0; i < GENERATIONS; i++)
        if (seen->counts[i] > 0)
            __builtin_prefetch(&seen->slots[i][place_of(hash)]);
}

static void
grow_old(struct wp_seen *seen)
{
    seen->young = (seen->young + 1) % GENERATIONS;
    if (seen->counts[seen->young] > 0)
        memset(seen->slots[seen->young], 0, sizeof seen->slots[0]);
    seen->counts[seen->young] = 0;
}

bool
wp_seen_add(struct wp_seen *seen, uint64_t hash)
{
    hash |= hash == 0;
    uint64_t *place = find(seen->slots[seen->young], hash);
    bool was_there = *place == hash;
    for (unsigned i = 0; i < GENERATIONS && !was_there; i++)
        was_there = i != seen->young && seen->counts[i] > 0 && *find(seen->slots[i], hash) == hash;
    if (*place == 0) {
        *place = hash;
        if (++seen->counts[seen->young] == FULL)
            grow_old(seen);
    }
    return was_there;
}

static void
visit_generation(struct wp_seen *seen, unsigned which, struct wp_state_io *io)
{
    uint64_t *slots = seen->slots[which];
    unsigned most = which == seen->young ? FULL - 1 : FULL;
    seen->counts[which] = (unsigned)wp_state_number(io, seen->counts[which], most);
    for (unsigned i = 0; io->is_reading && !io->failed && i < seen->counts[which]; i++) {
        uint64_t hash = wp_state_word(io, 0);
        uint64_t *place = find(slots, hash);
        wp_state_doubt(io, hash == 0 || *place == hash);
        *place = hash;
    }
    for (unsigned i = 0; !io->is_reading && i < SLOTS; i++)
        if (slots[i] != 0)
            (void)wp_state_word(io, slots[i]);
}

void
wp_seen_visit(struct wp_seen *seen, struct wp_state_io *io)
{
    for (unsigned i = 0; i < GENERATIONS; i++)
        visit_generation(seen, (seen->young + i) % GENERATIONS, io);
}
