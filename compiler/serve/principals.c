/* A table of pairs of entries: of the two an identity may lie in, the one that
 * was used longer ago gives way. */
#include "compiler/serve/principals.h"

#include <stdlib.h>
#include <string.h>

#define ALIGNMENT 64
/* What all entries of a table may take, and how many there are in any case. */
#define MEMORY_MAX (512u << 10)
#define PAIRS_MIN 2u
#define PAIRS_MAX 512u
/* An identity that takes more bytes than that is bound anew each time. */
#define KEY_MAX 1024

struct entry {
    uint64_t hash;
    unsigned char *key;
    size_t key_length;
    void *memory; /* NULL: nothing here yet */
    struct woapol_principal *principal;
};

struct pair {
    struct entry entries[2];
    unsigned latest;
};

struct wp_principals {
    const struct woapol_image *image;
    size_t size; /* of a principal */
    void *spare; /* for identities that are not kept */
    size_t pair_count;
    struct pair *pairs;
    unsigned char key[KEY_MAX];
};

struct wp_principals *
wp_principals_new(const struct woapol_image *image)
{
    struct wp_principals *made = calloc(1, sizeof *made);
    if (made == NULL)
        return NULL;
    made->image = image;
    made->size = (woapol_principal_size(image) + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    made->pair_count = PAIRS_MIN;
    while (made->pair_count < PAIRS_MAX && made->pair_count * 4 * made->size <= MEMORY_MAX)
        made->pair_count *= 2;
    made->pairs = calloc(made->pair_count, sizeof *made->pairs);
    made->spare = aligned_alloc(ALIGNMENT, made->size);
    if (made->pairs != NULL && made->spare != NULL)
        return made;
    wp_principals_free(made);
    return NULL;
}

void
wp_principals_free(struct wp_principals *principals)
{
    if (principals == NULL)
        return;
    for (size_t i = 0; principals->pairs != NULL && i < 2 * principals->pair_count; i++) {
        struct entry *entry = &principals->pairs[i / 2].entries[i % 2];
        free(entry->key);
        free(entry->memory);
    }
    free(principals->pairs);
    free(principals->spare);
    free(principals);
}

/* ---- keys ------------------------------------------------------------------ */

static bool
add_bytes(unsigned char *key, size_t *length, const void *bytes, size_t count)
{
    if (count > KEY_MAX - *length)
        return false;
    if (count > 0)
        memcpy(key + *length, bytes, count);
    *length += count;
    return true;
}

/* Lengths come before texts, so no two identities have the same key. */
static bool
add_text(unsigned char *key, size_t *length, struct woapol_text text)
{
    uint32_t size = text.text == NULL ? UINT32_MAX : (uint32_t)text.length;
    return text.length < UINT32_MAX && add_bytes(key, length, &size, sizeof size) &&
           (text.text == NULL || add_bytes(key, length, text.text, text.length));
}

static bool
make_key(unsigned char *key, size_t *length, const struct woapol_identity *identity)
{
    unsigned char incomplete = identity->groups_incomplete;
    *length = 0;
    bool fits = add_bytes(key, length, &incomplete, 1) && add_text(key, length, identity->user);
    for (size_t i = 0; fits && i < identity->group_count; i++)
        fits = add_text(key, length, identity->groups[i]);
    return fits;
}

static uint64_t
hash_key(const unsigned char *key, size_t length)
{
    uint64_t hash = length;
    for (; length >= 8; key += 8, length -= 8) {
        uint64_t word;
        memcpy(&word, key, 8);
        hash = (hash ^ word) * UINT64_C(0x9e3779b97f4a7c15);
        hash ^= hash >> 29;
    }
    for (; length > 0; key++, length--)
        hash = (hash ^ *key) * UINT64_C(0x100000001b3);
    hash *= UINT64_C(0xbf58476d1ce4e5b9);
    return hash ^ hash >> 32;
}

/* ---- finding --------------------------------------------------------------- */

static bool
is_entry(const struct entry *entry, uint64_t hash, const unsigned char *key, size_t length)
{
    return entry->principal != NULL && entry->hash == hash && entry->key_length == length &&
           memcmp(entry->key, key, length) == 0;
}

/* Puts the identity into the entry. NULL, and an empty entry, when memory runs
 * out. */
static struct woapol_principal *
fill(struct wp_principals *principals, struct entry *entry, uint64_t hash, size_t length,
     const struct woapol_identity *identity)
{
    entry->principal = NULL;
    unsigned char *key = realloc(entry->key, length);
    if (key == NULL)
        return NULL;
    entry->key = key;
    if (entry->memory == NULL)
        entry->memory = aligned_alloc(ALIGNMENT, principals->size);
    if (entry->memory == NULL)
        return NULL;
    memcpy(key, principals->key, length);
    entry->key_length = length;
    entry->hash = hash;
    entry->principal = woapol_bind(principals->image, identity, entry->memory, principals->size);
    return entry->principal;
}

struct woapol_principal *
wp_principals_bind(struct wp_principals *principals, const struct woapol_identity *identity)
{
    size_t length;
    if (!make_key(principals->key, &length, identity))
        return woapol_bind(principals->image, identity, principals->spare, principals->size);
    uint64_t hash = hash_key(principals->key, length);
    struct pair *pair = &principals->pairs[hash % principals->pair_count];
    for (unsigned i = 0; i < 2; i++) {
        if (is_entry(&pair->entries[i], hash, principals->key, length)) {
            pair->latest = i;
            return pair->entries[i].principal;
        }
    }
    pair->latest ^= 1;
    return fill(principals, &pair->entries[pair->latest], hash, length, identity);
}
