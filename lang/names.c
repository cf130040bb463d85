/*
 * Interned names: a hash table with open addressing that only grows.
 */
#include "parse.h"

#include "arena.h"

#include <string.h>
#include <sys/random.h>

struct entry {
    uint64_t hash;
    size_t length;
    const char *text; /* NULL: free */
};

struct wp_names {
    struct wp_arena *arena;
    struct entry *entries;
    size_t capacity; /* a power of two */
    size_t count;
    uint64_t seed;
};

enum { FIRST_CAPACITY = 1024 };

struct wp_names *
wp_names_new(struct wp_arena *arena)
{
    struct wp_names *names = wp_alloc(arena, sizeof *names);

    names->arena = arena;
    names->capacity = FIRST_CAPACITY;
    names->entries = wp_alloc_array(arena, FIRST_CAPACITY, sizeof *names->entries);
    /* A source is not trusted: with a known seed it could make all names collide.
     * Nothing depends on the order of the table, so output stays the same. */
    if (getrandom(&names->seed, sizeof names->seed, GRND_NONBLOCK) != sizeof names->seed)
        names->seed = (uint64_t)(uintptr_t)names * 0x9e3779b97f4a7c15u;
    return names;
}

static uint64_t
mix(uint64_t value)
{
    value ^= value >> 32;
    value *= 0xd6e8feb86659fd93u;
    value ^= value >> 32;
    return value;
}

static uint64_t
hash_text(uint64_t seed, const char *text, size_t length)
{
    uint64_t hash = mix(seed ^ length), word;

    for (; length >= sizeof word; text += sizeof word, length -= sizeof word) {
        memcpy(&word, text, sizeof word);
        hash = mix(hash ^ word) + seed;
    }
    word = 0;
    memcpy(&word, text, length);
    return mix(mix(hash ^ word) + seed);
}

/* The entry that holds the text, or the free one where it belongs. */
static struct entry *
find_entry(struct entry *entries, size_t capacity, uint64_t hash, const char *text, size_t length)
{
    size_t at;

    for (at = hash & (capacity - 1);; at = (at + 1) & (capacity - 1)) {
        struct entry *entry = &entries[at];

        if (!entry->text || (entry->hash == hash && entry->length == length &&
                             memcmp(entry->text, text, length) == 0))
            return entry;
    }
}

bool
wp_is_interned(const struct wp_names *names, const char *text, size_t length)
{
    uint64_t hash = hash_text(names->seed, text, length);

    return find_entry(names->entries, names->capacity, hash, text, length)->text != NULL;
}

static void
grow(struct wp_names *names)
{
    size_t capacity = names->capacity * 2, i;
    struct entry *entries = wp_alloc_array(names->arena, capacity, sizeof *entries);

    for (i = 0; i < names->capacity; i++) {
        const struct entry *old = &names->entries[i];

        if (old->text)
            *find_entry(entries, capacity, old->hash, old->text, old->length) = *old;
    }
    names->entries = entries;
    names->capacity = capacity;
}

const char *
wp_intern(struct wp_names *names, const char *text, size_t length)
{
    uint64_t hash = hash_text(names->seed, text, length);
    struct entry *entry = find_entry(names->entries, names->capacity, hash, text, length);

    if (entry->text)
        return entry->text;
    if (names->count >= names->capacity / 2) {
        grow(names);
        entry = find_entry(names->entries, names->capacity, hash, text, length);
    }
    entry->hash = hash;
    entry->length = length;
    entry->text = wp_copy_text(names->arena, text, length);
    names->count++;
    return entry->text;
}
