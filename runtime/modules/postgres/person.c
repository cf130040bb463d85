/*
 * People who sign in again and again are bound once. What of an identity the image knows
 * is its key; people are kept in sets of slots by the key's hash, and who comes a
 * second time takes a slot, so that people who come once cost no binding.
 */
#include "woapol_pg.h"

#include "common/hashfn.h"
#include "utils/memutils.h"

#define KEY_MAX 1024
#define GROUPS_MAX 128
/* For all people of an image. */
#define BYTES_MAX ((size_t)8 << 20)
#define SLOTS_MAX 16384
#define WAYS 4u /* slots of a set */

struct wpg_person {
    uint64 hash;    /* of who is bound */
    uint64 knocked; /* the hash of somebody of this set who came once */
    uint32 turn;    /* in the first of a set: whose knock is forgotten next */
    uint32 length;
    char *key;
    struct woapol_principal *principal; /* NULL: nobody is bound */
};

struct key {
    size_t length;
    char bytes[KEY_MAX];
};

static bool
add(struct key *key, struct woapol_text text)
{
    const uint32 length = (uint32)text.length;
    if (text.length > sizeof key->bytes - key->length ||
        sizeof length > sizeof key->bytes - key->length - text.length)
        return false;
    memcpy(key->bytes + key->length, &length, sizeof length);
    memcpy(key->bytes + key->length + sizeof length, text.text, text.length);
    key->length += sizeof length + text.length;
    return true;
}

/* What the image knows of an identity, and the key of that. False when it is too much. */
static bool
know(const struct woapol_image *image, const struct woapol_identity *who,
     struct woapol_identity *known, struct woapol_text *groups, struct key *key)
{
    *known =
        (struct woapol_identity){.groups = groups, .groups_incomplete = who->groups_incomplete};
    key->length = 0;
    for (size_t i = 0; i < who->group_count; i++) {
        if (woapol_find(image, WOAPOL_GROUP, who->groups[i].text, who->groups[i].length) == 0)
            continue;
        if (known->group_count == GROUPS_MAX || !add(key, who->groups[i]))
            return false;
        groups[known->group_count++] = who->groups[i];
    }
    if (who->user.text != NULL &&
        woapol_find(image, WOAPOL_USER, who->user.text, who->user.length) != 0)
        known->user = who->user;
    const bool marks[2] = {who->groups_incomplete, known->user.text != NULL};
    return (known->user.text == NULL || add(key, known->user)) &&
           add(key, (struct woapol_text){(const char *)marks, sizeof marks});
}

/* The slots are made when somebody comes; none where not even a few have room. */
static bool
has_slots(struct wpg_image *image)
{
    if (image->slots == 0 && image->people == NULL) {
        const size_t one = image->memory_size + 64 + KEY_MAX / 4;
        const size_t room = Min(BYTES_MAX, (size_t)wpg_cache_size * 1024 / 8);
        uint32 slots = 1;
        while (slots * 2 <= SLOTS_MAX && slots * 2 * one <= room)
            slots *= 2;
        image->people = MemoryContextAllocZero(image->context, slots * sizeof *image->people);
        image->slots = slots < 8 ? 0 : slots;
    }
    return image->slots > 0;
}

static void
bind(struct wpg_image *image, struct wpg_person *person, const struct woapol_identity *known,
     const struct key *key, uint64 hash)
{
    void *memory = person->principal;
    char *copy = MemoryContextAlloc(image->context, key->length);
    person->principal = NULL;
    if (memory == NULL)
        memory =
            (void *)TYPEALIGN(64, MemoryContextAllocHuge(image->context, image->memory_size + 64));
    if (person->key != NULL)
        pfree(person->key);
    person->key = memcpy(copy, key->bytes, key->length);
    person->length = (uint32)key->length;
    person->hash = hash;
    person->principal = woapol_bind(&image->image, known, memory, image->memory_size);
}

static struct wpg_person *
find(struct wpg_person *set, uint64 hash, const struct key *key)
{
    for (struct wpg_person *person = set; person < set + WAYS; person++)
        if (person->hash == hash && person->principal != NULL && person->length == key->length &&
            memcmp(person->key, key->bytes, key->length) == 0)
            return person;
    return NULL;
}

/* Whether somebody has come before; if not, it is remembered that they came. */
static bool
has_knocked(struct wpg_person *set, uint64 hash)
{
    for (uint32 i = 0; i < WAYS; i++)
        if (set[i].knocked == hash)
            return true;
    set[set->turn++ % WAYS].knocked = hash;
    return false;
}

/* A slot of a set that is free, or that is to be. */
static struct wpg_person *
find_free(struct wpg_person *set, uint64 hash)
{
    for (struct wpg_person *person = set; person < set + WAYS; person++)
        if (person->principal == NULL)
            return person;
    return &set[hash >> 32 & (WAYS - 1)];
}

struct woapol_principal *
wpg_person_find(struct wpg_image *image, const struct woapol_identity *who)
{
    struct woapol_text groups[GROUPS_MAX];
    struct woapol_identity known;
    struct key key;
    if (!has_slots(image) || !know(&image->image, who, &known, groups, &key))
        return NULL;
    const uint64 hash = hash_bytes_extended((const unsigned char *)key.bytes, (int)key.length, 0);
    struct wpg_person *set = &image->people[hash & (image->slots - WAYS)];
    struct wpg_person *person = find(set, hash, &key);
    if (person != NULL)
        return person->principal;
    if (!has_knocked(set, hash))
        return NULL;
    person = find_free(set, hash);
    bind(image, person, &known, &key, hash);
    return person->principal;
}
