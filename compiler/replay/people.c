#include "compiler/replay/people_parts.h"

#include <string.h>
#include <strings.h>

#include "compiler/replay/event.h"

struct wp_people *
wp_people_new(struct wp_arena *arena)
{
    struct wp_people *people = wp_alloc(arena, sizeof *people);
    people->arena = arena;
    wp_map_init(&people->by_group, arena);
    return people;
}

/* ---- names --------------------------------------------------------------------- */

/* Up to eight bytes, capital ASCII letters made small, zeros behind them. */
static uint64_t
small_word(const char *text, size_t length)
{
    const uint64_t ones = UINT64_C(0x0101010101010101);
    uint64_t word = 0;
    memcpy(&word, text, length < sizeof word ? length : sizeof word);
    uint64_t low = word & 0x7f * ones;
    uint64_t from_a = low + (0x80 - 'A') * ones, above_z = low + (0x7f - 'Z') * ones;
    uint64_t is_capital = (from_a ^ above_z) & ~word & 0x80 * ones;
    return word | is_capital >> 2;
}

uint64_t
wp_hash_name(struct woapol_text name)
{
    uint64_t hash = name.length, word;
    for (size_t at = 0; at < name.length; at += sizeof word) {
        word = small_word(name.text + at, name.length - at);
        hash = (hash ^ word) * UINT64_C(0x9e3779b97f4a7c15);
        hash ^= hash >> 32;
    }
    hash *= UINT64_C(0xd6e8feb86659fd93);
    return (hash ^ hash >> 32) | 1;
}

static bool
is_same_name(const struct wp_known *known, struct woapol_text name)
{
    if (known->length != name.length)
        return false;
    for (size_t at = 0; at < name.length; at += sizeof(uint64_t))
        if (small_word(known->name + at, name.length - at) !=
            small_word(name.text + at, name.length - at))
            return false;
    return true;
}

static bool
is_group(const void *context, uint32_t number, const void *key)
{
    const struct wp_people *people = context;
    const struct woapol_text *name = key, *known = &people->names[number];
    return known->length == name->length && memcmp(known->text, name->text, name->length) == 0;
}

/* Room for one more in an array that grows by halves. */
void *
wp_people_grown(struct wp_arena *arena, void *array, size_t count, size_t *room, size_t size)
{
    if (count < *room)
        return array;
    size_t before = *room;
    *room = before == 0 ? 4 : before * 2;
    return before == 0 ? wp_alloc_array(arena, *room, size)
                       : wp_extend(arena, array, before * size, *room * size);
}

static uint32_t
group_number(struct wp_people *people, struct woapol_text name)
{
    uint64_t hash = wp_hash_bytes(0, name.text, name.length);
    uint32_t number = wp_map_find(&people->by_group, hash, is_group, people, &name);
    if (number != UINT32_MAX)
        return number;
    people->names = wp_people_grown(people->arena, people->names, people->name_count,
                                    &people->name_room, sizeof *people->names);
    people->names[people->name_count] =
        (struct woapol_text){wp_copy_text(people->arena, name.text, name.length), name.length};
    wp_map_add(&people->by_group, hash, (uint32_t)people->name_count);
    return (uint32_t)people->name_count++;
}

/* ---- people by name ----------------------------------------------------------------- */

static uint32_t
tag_of(uint64_t hash)
{
    return (uint32_t)(hash >> 32);
}

static size_t
first_slot(const struct wp_people *people, uint32_t tag)
{
    return tag & (people->capacity - 1);
}

/* The slot of the name, or the free one where it would be. */
static struct wp_people_slot *
slot_of(const struct wp_people *people, struct woapol_text name, uint64_t hash)
{
    uint32_t tag = tag_of(hash);
    size_t at = first_slot(people, tag);
    while (people->slots[at].number != 0 &&
           (people->slots[at].tag != tag ||
            !is_same_name(people->people[people->slots[at].number - 1], name)))
        at = (at + 1) & (people->capacity - 1);
    return &people->slots[at];
}

static void
widen(struct wp_people *people)
{
    struct wp_people_slot *old = people->slots;
    size_t before = people->capacity, capacity = before == 0 ? 64 : before * 2;
    people->slots = wp_alloc_array(people->arena, capacity, sizeof *people->slots);
    people->capacity = capacity;
    for (size_t i = 0; i < before; i++) {
        size_t at = first_slot(people, old[i].tag);
        while (old[i].number != 0 && people->slots[at].number != 0)
            at = (at + 1) & (capacity - 1);
        if (old[i].number != 0)
            people->slots[at] = old[i];
    }
    wp_release(people->arena, old, before * sizeof *old);
}

struct wp_known *
wp_people_make(struct wp_people *people, struct woapol_text name)
{
    uint64_t hash = wp_hash_name(name);
    if (people->count >= people->capacity / 4 * 3)
        widen(people);
    struct wp_people_slot *slot = slot_of(people, name, hash);
    if (slot->number != 0) {
        struct wp_known *known = people->people[slot->number - 1];
        if (!known->is_respelt && memcmp(known->name, name.text, name.length) != 0) {
            known->is_respelt = true;
            people->respelt++;
        }
        return known;
    }
    struct wp_known *known = wp_alloc(people->arena, sizeof *known + name.length + 1);
    known->length = (uint32_t)name.length;
    memcpy(known->name, name.text, name.length);
    people->people = wp_people_grown(people->arena, people->people, people->count, &people->room,
                                     sizeof(struct wp_known *));
    people->people[people->count++] = known;
    *slot = (struct wp_people_slot){tag_of(hash), (uint32_t)people->count};
    return known;
}

void
wp_people_add_group(struct wp_people *people, struct wp_known *known, struct woapol_text name)
{
    struct wp_person *person = &known->person;
    size_t room = known->room;
    person->has_groups = true;
    person->is_cut =
        person->is_cut || (name.length > 0 && person->group_count == WP_RECORD_GROUPS_MAX);
    if (name.length == 0 || person->group_count == WP_RECORD_GROUPS_MAX)
        return;
    known->groups = wp_people_grown(people->arena, known->groups, person->group_count, &room,
                                    sizeof *known->groups);
    known->room = (uint32_t)room;
    known->groups[person->group_count++] = group_number(people, name);
    person->groups = known->groups;
}

void
wp_people_expect(const struct wp_people *people, uint64_t hash)
{
    if (people->capacity > 0)
        __builtin_prefetch(&people->slots[first_slot(people, tag_of(hash))]);
}

void
wp_people_expect_next(const struct wp_people *people, uint64_t hash)
{
    size_t at = first_slot(people, tag_of(hash));
    for (unsigned i = 0; people->capacity > 0 && i < 4; i++) {
        const struct wp_people_slot *slot = &people->slots[(at + i) & (people->capacity - 1)];
        if (slot->number != 0 && slot->tag == tag_of(hash)) {
            __builtin_prefetch(people->people[slot->number - 1]);
            return;
        }
    }
}

const struct wp_person *
wp_people_find(const struct wp_people *people, struct woapol_text name, uint64_t hash)
{
    const struct wp_people_slot *slot = people->capacity == 0 ? NULL : slot_of(people, name, hash);
    return slot == NULL || slot->number == 0 ? NULL : &people->people[slot->number - 1]->person;
}

struct woapol_text
wp_people_group(const struct wp_people *people, const struct wp_person *person, size_t number)
{
    return people->names[person->groups[number]];
}

/* ---- other keys ----------------------------------------------------------------- */

/* Keeps the first value that is said. */
void
wp_people_add_key(struct wp_people *people, struct wp_known *known, enum wp_person_key key,
                  struct woapol_text value)
{
    if (value.length > 0 && known->keys == NULL)
        known->keys = wp_alloc_array(people->arena, WP_KEY_COUNT, sizeof *known->keys);
    if (value.length > 0 && known->keys[key].text == NULL)
        known->keys[key] = (struct woapol_text){
            wp_copy_text(people->arena, value.text, value.length), value.length};
}

struct key_question {
    const struct wp_people *people;
    enum wp_person_key key;
};

struct woapol_text
wp_person_key(const struct wp_person *person, enum wp_person_key key)
{
    const struct wp_known *known = (const struct wp_known *)person; /* its first member */
    if (key == WP_KEY_NAME)
        return (struct woapol_text){known->name, known->length};
    return known->keys == NULL ? (struct woapol_text){NULL, 0} : known->keys[key];
}

static bool
has_key(const void *context, uint32_t number, const void *value)
{
    const struct key_question *question = context;
    const struct woapol_text *wanted = value;
    struct woapol_text known =
        wp_person_key(&question->people->people[number]->person, question->key);

    if (known.length != wanted->length)
        return false;
    return question->key == WP_KEY_ID ? memcmp(known.text, wanted->text, wanted->length) == 0
                                      : strncasecmp(known.text, wanted->text, wanted->length) == 0;
}

static void
index_by(struct wp_people *people, enum wp_person_key key)
{
    const struct key_question question = {people, key};

    wp_map_init(&people->by_key, people->arena);
    for (size_t i = 0; i < people->count; i++) {
        const struct woapol_text value = wp_person_key(&people->people[i]->person, key);
        if (value.text == NULL)
            continue;
        uint64_t hash = wp_hash_name(value);
        uint32_t number = wp_map_find(&people->by_key, hash, has_key, &question, &value);
        if (number != UINT32_MAX)
            people->people[number]->is_double = true;
        else
            wp_map_add(&people->by_key, hash, (uint32_t)i);
    }
    people->indexed = key;
}

const struct wp_person *
wp_people_find_by(struct wp_people *people, enum wp_person_key key, struct woapol_text value,
                  bool *is_double)
{
    const struct key_question question = {people, key};

    *is_double = false;
    if (key == WP_KEY_NAME)
        return wp_people_find(people, value, wp_hash_name(value));
    if (people->indexed != key)
        index_by(people, key);
    uint32_t number = wp_map_find(&people->by_key, wp_hash_name(value), has_key, &question, &value);
    if (number == UINT32_MAX)
        return NULL;
    *is_double = people->people[number]->is_double;
    return &people->people[number]->person;
}

size_t
wp_people_respelt(const struct wp_people *people)
{
    return people->respelt;
}

size_t
wp_people_count(const struct wp_people *people)
{
    return people->count;
}

const struct wp_person *
wp_people_at(const struct wp_people *people, size_t number, struct woapol_text *name)
{
    const struct wp_known *known = people->people[number];
    *name = (struct woapol_text){known->name, known->length};
    return &known->person;
}

size_t
wp_people_unreadable(const struct wp_people *people)
{
    return people->unreadable;
}
