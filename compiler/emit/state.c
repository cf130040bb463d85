/* Objects of a tenant, found by their key and by the tenant's identifier. Both
 * indexes lead to the same list of entries; an entry whose object was taken out
 * stays behind empty, so that numbers never change. */
#include "compiler/emit/state.h"

#include <assert.h>
#include <string.h>

#include "compiler/map.h"

struct wp_state_index {
    struct wp_map by_key, by_id;
    struct wp_object **entries;
    uint32_t count, capacity;
};

struct id_key {
    const char *kind, *id;
};

/* ---- keys ------------------------------------------------------------------------- */

static void
escape(char *to, const char *name)
{
    static const char digits[] = "0123456789ABCDEF";

    for (; *name != '\0'; name++) {
        if (strchr("/%{}", *name) == NULL) {
            *to++ = *name;
            continue;
        }
        *to++ = '%';
        *to++ = digits[*name >> 4 & 15];
        *to++ = digits[*name & 15];
    }
    *to = '\0';
}

const char *
wp_state_key(struct wp_arena *arena, const char *kind, const char *owner, const char *name)
{
    char *end = wp_alloc(arena, strlen(name) * 3 + 1);

    escape(end, name);
    if (owner == NULL)
        return wp_format(arena, "%s/%s", kind, end);
    char *middle = wp_alloc(arena, strlen(owner) * 3 + 1);
    escape(middle, owner);
    return wp_format(arena, "%s/%s/%s", kind, middle, end);
}

/* ---- the index ---------------------------------------------------------------------- */

static bool
has_key(const void *context, uint32_t number, const void *key)
{
    const struct wp_state_index *index = context;
    const struct wp_object *object = index->entries[number];
    return object != NULL && strcmp(object->key, key) == 0;
}

static bool
has_id(const void *context, uint32_t number, const void *key)
{
    const struct wp_state_index *index = context;
    const struct id_key *wanted = key;
    const struct wp_object *object = index->entries[number];
    return object != NULL && object->id != NULL && strcmp(object->kind, wanted->kind) == 0 &&
           strcmp(object->id, wanted->id) == 0;
}

static uint64_t
hash_id(const char *kind, const char *id)
{
    return wp_hash_bytes(wp_hash_text(kind), id, strlen(id));
}

static uint32_t
find_entry(const struct wp_state *state, const char *key)
{
    return wp_map_find(&state->index->by_key, wp_hash_text(key), has_key, state->index, key);
}

static uint32_t
add_entry(struct wp_state_index *index, struct wp_arena *arena, struct wp_object *object)
{
    if (index->count == index->capacity) {
        uint32_t capacity = index->capacity == 0 ? 64 : index->capacity * 2;
        struct wp_object **larger = wp_alloc_array(arena, capacity, sizeof(struct wp_object *));
        if (index->count > 0)
            memcpy(larger, index->entries, index->count * sizeof *larger);
        index->entries = larger;
        index->capacity = capacity;
    }
    index->entries[index->count] = object;
    return index->count++;
}

void
wp_state_init(struct wp_state *state, struct wp_arena *arena)
{
    *state = (struct wp_state){.arena = arena, .index = wp_alloc(arena, sizeof *state->index)};
    wp_map_init(&state->index->by_key, arena);
    wp_map_init(&state->index->by_id, arena);
}

static void
drop(struct wp_object *object)
{
    json_decref(object->body);
    json_decref(object->original);
    object->body = object->original = NULL;
}

void
wp_state_end(struct wp_state *state)
{
    for (size_t i = 0; i < state->count; i++)
        drop(state->items[i]);
    *state = (struct wp_state){0};
}

/* ---- adding and taking out ------------------------------------------------------------ */

static void
append(struct wp_state *state, struct wp_object *object)
{
    if (state->count == state->capacity) {
        size_t capacity = state->capacity == 0 ? 64 : state->capacity * 2;
        struct wp_object **larger =
            wp_alloc_array(state->arena, capacity, sizeof(struct wp_object *));
        if (state->count > 0)
            memcpy(larger, state->items, state->count * sizeof *larger);
        state->items = larger;
        state->capacity = capacity;
    }
    state->items[state->count++] = object;
    uint32_t number = add_entry(state->index, state->arena, object);
    wp_map_add(&state->index->by_key, wp_hash_text(object->key), number);
    if (object->id != NULL)
        wp_map_add(&state->index->by_id, hash_id(object->kind, object->id), number);
}

static const char *
copy(struct wp_state *state, const char *text)
{
    return text == NULL ? NULL : wp_copy_text(state->arena, text, strlen(text));
}

struct wp_object *
wp_state_add_key(struct wp_state *state, const char *key, const char *kind, const char *name,
                 const char *id, json_t *body)
{
    if (find_entry(state, key) != UINT32_MAX) {
        json_decref(body);
        return NULL;
    }
    struct wp_object *object = wp_alloc(state->arena, sizeof *object);
    *object = (struct wp_object){.kind = copy(state, kind),
                                 .name = copy(state, name),
                                 .key = copy(state, key),
                                 .id = copy(state, id),
                                 .body = body,
                                 .span = {.file = WP_NO_FILE}};
    append(state, object);
    return object;
}

struct wp_object *
wp_state_add(struct wp_state *state, const char *kind, const char *owner, const char *name,
             const char *id, json_t *body, bool *is_new)
{
    const char *key = wp_state_key(state->arena, kind, owner, name);
    struct wp_object *object = wp_state_add_key(state, key, kind, name, id, body);

    if (is_new != NULL)
        *is_new = object != NULL;
    return object != NULL ? object : wp_state_find(state, key);
}

struct wp_object *
wp_state_put(struct wp_state *state, const char *kind, const char *owner, const char *name,
             const char *id, json_t *body)
{
    bool is_new;
    struct wp_object *object =
        wp_state_add(state, kind, owner, name, id, json_incref(body), &is_new);

    if (is_new) {
        json_decref(body);
        return object;
    }
    drop(object);
    object->body = body;
    if (id != NULL)
        wp_state_set_id(state, object, id);
    return object;
}

void
wp_state_set_id(struct wp_state *state, struct wp_object *object, const char *id)
{
    if (object->id != NULL && strcmp(object->id, id) == 0)
        return;
    uint32_t number = find_entry(state, object->key);
    assert(number != UINT32_MAX);
    object->id = copy(state, id);
    wp_map_add(&state->index->by_id, hash_id(object->kind, id), number);
}

void
wp_state_remove(struct wp_state *state, const char *key)
{
    uint32_t number = find_entry(state, key);
    size_t at = 0;

    if (number == UINT32_MAX)
        return;
    struct wp_object *object = state->index->entries[number];
    while (state->items[at] != object)
        at++;
    memmove(&state->items[at], &state->items[at + 1],
            (state->count - at - 1) * sizeof(struct wp_object *));
    state->count--;
    state->index->entries[number] = NULL;
    drop(object);
}

void
wp_state_copy(struct wp_state *copied, struct wp_arena *arena, const struct wp_state *state)
{
    wp_state_init(copied, arena);
    for (size_t i = 0; i < state->count; i++) {
        struct wp_object *object = wp_alloc(arena, sizeof *object);
        *object = *state->items[i];
        object->body = json_deep_copy(object->body);
        object->original = json_incref(object->original);
        append(copied, object);
    }
}

struct wp_object *
wp_state_find(const struct wp_state *state, const char *key)
{
    uint32_t number = find_entry(state, key);
    return number == UINT32_MAX ? NULL : state->index->entries[number];
}

struct wp_object *
wp_state_find_id(const struct wp_state *state, const char *kind, const char *id)
{
    const struct id_key key = {kind, id};
    uint32_t number =
        wp_map_find(&state->index->by_id, hash_id(kind, id), has_id, state->index, &key);
    return number == UINT32_MAX ? NULL : state->index->entries[number];
}
