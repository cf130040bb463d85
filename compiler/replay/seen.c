#include "compiler/replay/seen.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define SHARDS 64u
#define SLOTS (1u << 15)
#define FULL (SLOTS / 2)

/* Two generations: the young one fills up, then takes the place of the old one. */
struct shard {
    pthread_mutex_t lock;
    unsigned young, count;
    uint64_t slots[2][SLOTS]; /* open hash tables; 0 is free */
};

struct wp_seen {
    struct shard shards[SHARDS];
};

struct wp_seen *
wp_seen_new(void)
{
    struct wp_seen *seen = calloc(1, sizeof *seen);
    for (unsigned i = 0; seen != NULL && i < SHARDS; i++)
        pthread_mutex_init(&seen->shards[i].lock, NULL);
    return seen;
}

void
wp_seen_free(struct wp_seen *seen)
{
    for (unsigned i = 0; seen != NULL && i < SHARDS; i++)
        pthread_mutex_destroy(&seen->shards[i].lock);
    free(seen);
}

/* The slot that has the hash, or the free one where it would be. */
static uint64_t *
find(uint64_t *slots, uint64_t hash)
{
    uint32_t at = (uint32_t)(hash >> 32) % SLOTS;
    while (slots[at] != 0 && slots[at] != hash)
        at = (at + 1) % SLOTS;
    return &slots[at];
}

static void
grow_old(struct shard *shard)
{
    shard->young ^= 1;
    shard->count = 0;
    memset(shard->slots[shard->young], 0, sizeof shard->slots[0]);
}

bool
wp_seen_add(struct wp_seen *seen, uint64_t hash)
{
    struct shard *shard = &seen->shards[hash % SHARDS];
    hash |= hash == 0;
    pthread_mutex_lock(&shard->lock);
    uint64_t *place = find(shard->slots[shard->young], hash);
    bool was_there = *place == hash || *find(shard->slots[shard->young ^ 1], hash) == hash;
    if (*place == 0) {
        *place = hash;
        if (++shard->count == FULL)
            grow_old(shard);
    }
    pthread_mutex_unlock(&shard->lock);
    return was_there;
}

static void
visit_generation(struct shard *shard, unsigned which, struct wp_state_io *io)
{
    uint64_t *slots = shard->slots[which];
    unsigned count = 0;
    for (unsigned i = 0; i < SLOTS; i++)
        count += slots[i] != 0;
    unsigned most = which == shard->young ? FULL - 1 : FULL;
    count = (unsigned)wp_state_number(io, count, most);
    for (unsigned i = 0; io->is_reading && !io->failed && i < count; i++) {
        uint64_t hash = wp_state_word(io, 0);
        uint64_t *place = find(slots, hash);
        wp_state_doubt(io, hash == 0 || *place == hash);
        *place = hash;
    }
    for (unsigned i = 0; !io->is_reading && i < SLOTS; i++)
        if (slots[i] != 0)
            (void)wp_state_word(io, slots[i]);
    if (which == shard->young)
        shard->count = count;
}

void
wp_seen_visit(struct wp_seen *seen, struct wp_state_io *io)
{
    for (unsigned i = 0; i < SHARDS; i++) {
        visit_generation(&seen->shards[i], seen->shards[i].young, io);
        visit_generation(&seen->shards[i], seen->shards[i].young ^ 1, io);
    }
}
