/* References between objects, and what a state comes to as a digest. */
#include "compiler/emit/state.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compiler/buffer.h"

/* ---- references ------------------------------------------------------------------- */

json_t *
wp_reference(const char *key)
{
    return json_pack("{s:s}", "$ref", key);
}

const char *
wp_reference_key(const json_t *value)
{
    if (!json_is_object(value) || json_object_size(value) != 1)
        return NULL;
    return json_string_value(json_object_get(value, "$ref"));
}

static const char *
id_of(const struct wp_state *state, const char *key, const char **missing)
{
    const struct wp_object *object = wp_state_find(state, key);

    if (object != NULL && object->id != NULL)
        return object->id;
    *missing = key;
    return NULL;
}

static json_t *resolve(const struct wp_state *state, const json_t *body, const char **missing);

static json_t *
resolve_array(const struct wp_state *state, const json_t *body, const char **missing)
{
    json_t *array = json_array();
    size_t i;
    json_t *item;

    json_array_foreach(body, i, item)
    {
        json_t *resolved = resolve(state, item, missing);
        if (resolved == NULL) {
            json_decref(array);
            return NULL;
        }
        (void)json_array_append_new(array, resolved);
    }
    return array;
}

static json_t *
resolve(const struct wp_state *state, const json_t *body, const char **missing)
{
    const char *key = wp_reference_key(body);
    const char *name;
    json_t *value;

    if (key != NULL) {
        const char *id = id_of(state, key, missing);
        return id == NULL ? NULL : json_string(id);
    }
    if (json_is_array(body))
        return resolve_array(state, body, missing);
    if (!json_is_object(body))
        return json_deep_copy(body);
    json_t *object = json_object();
    json_object_foreach((json_t *)(uintptr_t)body, name, value)
    {
        json_t *resolved = resolve(state, value, missing);
        if (resolved == NULL) {
            json_decref(object);
            return NULL;
        }
        (void)json_object_set_new(object, name, resolved);
    }
    return object;
}

json_t *
wp_resolve_references(const struct wp_state *state, const json_t *body, const char **missing)
{
    return resolve(state, body, missing);
}

static void
add_escaped(struct wp_buffer *buffer, const char *id)
{
    for (; *id != '\0'; id++) {
        char code[4];
        bool plain = (*id >= '0' && *id <= '9') || (*id >= 'A' && *id <= 'Z') ||
                     (*id >= 'a' && *id <= 'z') || strchr("-._~", *id) != NULL;
        (void)snprintf(code, sizeof code, "%%%02X", (unsigned)(unsigned char)*id);
        wp_buffer_add(buffer, plain ? id : code, plain ? 1 : 3);
    }
}

const char *
wp_resolve_path(struct wp_arena *arena, const struct wp_state *state, const char *path,
                const char **missing)
{
    struct wp_buffer buffer = {.arena = arena};

    while (*path != '\0') {
        size_t plain = strcspn(path, "{");
        wp_buffer_add(&buffer, path, plain);
        path += plain;
        const char *end = strchr(path, '}');
        if (end == NULL)
            break;
        const char *key = wp_copy_text(arena, path + 1, (size_t)(end - path - 1));
        const char *id = id_of(state, key, missing);
        if (id == NULL)
            return NULL;
        /* Dots alone would be steps in the path. */
        if (id[strspn(id, ".")] == '\0') {
            *missing = key;
            return NULL;
        }
        add_escaped(&buffer, id);
        path = end + 1;
    }
    wp_buffer_add(&buffer, path, strlen(path) + 1);
    return (const char *)buffer.bytes;
}

/* ---- digests ------------------------------------------------------------------------ */

static int
compare_keys(const void *a, const void *b)
{
    const struct wp_object *const *x = a, *const *y = b;
    return strcmp((*x)->key, (*y)->key);
}

static int
feed(const char *bytes, size_t size, void *context)
{
    return EVP_DigestUpdate(context, bytes, size) == 1 ? 0 : -1;
}

static void
feed_text(EVP_MD_CTX *digest, const char *text)
{
    (void)feed(text == NULL ? "" : text, text == NULL ? 1 : strlen(text) + 1, digest);
}

static void
digest(const struct wp_state *state, bool only_bodies, char digits[65])
{
    struct wp_object **sorted =
        wp_alloc_array(state->arena, state->count + 1, sizeof(struct wp_object *));
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    unsigned char bytes[32] = {0};

    if (state->count > 0)
        memcpy(sorted, state->items, state->count * sizeof *sorted);
    qsort(sorted, state->count, sizeof *sorted, compare_keys);
    (void)EVP_DigestInit_ex(context, EVP_sha256(), NULL);
    for (size_t i = 0; i < state->count; i++) {
        const struct wp_object *object = sorted[i];
        bool original = !only_bodies && object->original != NULL;
        feed_text(context, object->key);
        if (!only_bodies)
            feed_text(context, object->id);
        (void)json_dump_callback(original ? object->original : object->body, feed, context,
                                 JSON_COMPACT | JSON_SORT_KEYS | JSON_ENCODE_ANY);
        feed_text(context, "\n");
    }
    (void)EVP_DigestFinal_ex(context, bytes, NULL);
    EVP_MD_CTX_free(context);
    for (size_t i = 0; i < sizeof bytes; i++)
        (void)snprintf(digits + 2 * i, 3, "%02x", bytes[i]);
}

void
wp_state_fingerprint(const struct wp_state *state, char digits[65])
{
    digest(state, false, digits);
}

void
wp_state_digest(const struct wp_state *state, char digits[65])
{
    digest(state, true, digits);
}
