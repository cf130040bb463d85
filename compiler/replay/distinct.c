#include "compiler/replay/distinct.h"

#include <stdlib.h>
#include <string.h>

void
wp_distinct_init(struct wp_distinct *set, size_t limit)
{
    *set = (struct wp_distinct){.limit = limit};
}

void
wp_distinct_fini(struct wp_distinct *set)
{
    free(set->slots);
    *set = (struct wp_distinct){0};
}

/* Makes every bit depend on every other: which hashes are smallest must be chance. */
static uint64_t
mix(uint64_t x)
{
    x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
    x ^= x >> 31;
    return x == 0 ? 1 : x;
}

static void
put(struct wp_distinct *set, uint64_t hash)
{
    size_t at = hash & (set->capacity - 1);
    while (set->slots[at] != 0 && set->slots[at] != hash)
        at = (at + 1) & (set->capacity - 1);
    set->count += set->slots[at] == 0;
    set->slots[at] = hash;
}

static int
compare(const void *left, const void *right)
{
    uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;
    return a < b ? -1 : a > b;
}

/* All hashes, sorted, at the start of the table, which is no table then. */
static void
gather(struct wp_distinct *set)
{
    size_t count = 0;
    for (size_t i = 0; i < set->capacity; i++)
        if (set->slots[i] != 0)
            set->slots[count++] = set->slots[i];
    qsort(set->slots, count, sizeof *set->slots, compare);
}

static bool
rebuild(struct wp_distinct *set, size_t capacity, size_t kept)
{
    uint64_t *old = set->slots;
    uint64_t *slots = calloc(capacity, sizeof *slots);
    if (slots == NULL)
        return false;
    set->slots = slots;
    set->capacity = capacity;
    set->count = 0;
    for (size_t i = 0; i < kept; i++)
        if (old[i] != 0)
            put(set, old[i]);
    free(old);
    return true;
}

/* Room for one more: a larger table, or fewer hashes in it. */
static bool
make_room(struct wp_distinct *set)
{
    if (set->count < 2 * set->limit)
        return rebuild(set, set->capacity == 0 ? 16 : set->capacity * 2, set->capacity);
    gather(set);
    set->bound = set->slots[set->limit];
    return rebuild(set, set->capacity, set->limit);
}

static bool
add_mixed(struct wp_distinct *set, uint64_t hash)
{
    if (set->bound != 0 && hash >= set->bound)
        return true;
    bool is_full = set->count * 4 >= set->capacity * 3 || set->count >= 2 * set->limit;
    if (is_full && !make_room(set))
        return false;
    if (set->bound == 0 || hash < set->bound)
        put(set, hash);
    return true;
}

bool
wp_distinct_add(struct wp_distinct *set, uint64_t hash)
{
    return add_mixed(set, mix(hash));
}

bool
wp_distinct_join(struct wp_distinct *set, const struct wp_distinct *other)
{
    if (other->bound != 0 && (set->bound == 0 || other->bound < set->bound))
        set->bound = other->bound;
    for (size_t i = 0; i < other->capacity; i++)
        if (other->slots[i] != 0 && !add_mixed(set, other->slots[i]))
            return false;
    return true;
}

uint64_t
wp_distinct_count(struct wp_distinct *set, bool *is_exact)
{
    uint64_t below = 0, last = 0;
    for (size_t i = 0; i < set->capacity; i++)
        below += set->slots[i] != 0 && (set->bound == 0 || set->slots[i] < set->bound);
    *is_exact = set->bound == 0 && below <= set->limit;
    if (*is_exact)
        return below;
    /* The table is sorted in a copy: it goes on being one. */
    struct wp_distinct copy = *set;
    copy.slots = malloc(set->capacity * sizeof *copy.slots);
    if (copy.slots == NULL)
        return below;
    memcpy(copy.slots, set->slots, set->capacity * sizeof *copy.slots);
    gather(&copy);
    last = copy.slots[set->limit - 1];
    free(copy.slots);
    double share = (double)last / 0x1p64;
    return (uint64_t)((double)(set->limit - 1) / share + 0.5);
}
