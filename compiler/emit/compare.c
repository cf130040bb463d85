/* Comparing canonical trees. Lists of plain values are shown as one value, as a
 * console shows them; everything else is followed to where it differs. */
#include "compiler/emit/compare.h"

#include <stdlib.h>
#include <string.h>

#include "compiler/buffer.h"
#include "compiler/emit/problem.h"

#define LONGEST_VALUE 200
#define MOST_IN_SENTENCE 4
#define DEEPEST 64

struct comparison {
    struct wp_arena *arena;
    struct wp_difference *differences;
    size_t count, capacity;
};

/* ---- texts ------------------------------------------------------------------------ */

static const char *
safe(struct wp_arena *arena, const char *text)
{
    char escaped[LONGEST_VALUE];
    wp_problem_escape(escaped, sizeof escaped, text, strlen(text));
    return wp_copy_text(arena, escaped, strlen(escaped));
}

/* One part of a key, its escapes undone. */
static const char *
unescape(struct wp_arena *arena, const char *part, size_t length)
{
    static const char digits[] = "0123456789ABCDEF";
    char *text = wp_copy_text(arena, part, length), *to = text;

    for (const char *from = text; *from != '\0';) {
        const char *high = from[0] == '%' && from[1] != '\0' ? strchr(digits, from[1]) : NULL;
        const char *low = high != NULL && from[2] != '\0' ? strchr(digits, from[2]) : NULL;
        *to++ = low == NULL ? *from : (char)((high - digits) * 16 + (low - digits));
        from += low == NULL ? 1 : 3;
    }
    *to = '\0';
    return safe(arena, text);
}

const char *
wp_key_label(struct wp_arena *arena, const char *key)
{
    size_t kind = strcspn(key, "/");
    const char *first = key[kind] == '\0' ? key + kind : key + kind + 1;
    const char *second = strchr(first, '/');
    char *word = wp_copy_text(arena, key, kind);

    for (char *c = word; *c != '\0'; c++)
        *c = *c == '_' ? ' ' : *c;
    if (second == NULL)
        return wp_format(arena, "%s %s", word, unescape(arena, first, strlen(first)));
    return wp_format(arena, "%s %s of %s", word, unescape(arena, second + 1, strlen(second + 1)),
                     unescape(arena, first, (size_t)(second - first)));
}

static const char *
reference_name(struct wp_arena *arena, const char *key)
{
    const char *slash = strrchr(key, '/');
    const char *name = slash == NULL ? key : slash + 1;
    return unescape(arena, name, strlen(name));
}

static bool
is_plain(const json_t *value)
{
    return wp_reference_key(value) != NULL || !(json_is_object(value) || json_is_array(value));
}

static bool
is_plain_list(const json_t *value)
{
    size_t i;
    json_t *item;

    if (!json_is_array(value))
        return false;
    json_array_foreach((json_t *)(uintptr_t)value, i, item) if (!is_plain(item)) return false;
    return true;
}

static const char *
compact(struct wp_arena *arena, const json_t *value)
{
    char *text = json_dumps(value, JSON_COMPACT | JSON_SORT_KEYS | JSON_ENCODE_ANY);
    const char *result = safe(arena, text == NULL ? "" : text);
    free(text);
    return result;
}

static const char *
plain_text(struct wp_arena *arena, const json_t *value)
{
    const char *key = wp_reference_key(value);

    if (key != NULL)
        return reference_name(arena, key);
    if (json_is_null(value))
        return NULL;
    if (json_is_string(value))
        return safe(arena, json_string_value(value));
    if (json_is_boolean(value))
        return json_is_true(value) ? "yes" : "no";
    return compact(arena, value);
}

static const char *
value_text(struct wp_arena *arena, const json_t *value)
{
    struct wp_buffer buffer = {.arena = arena};
    size_t i;
    json_t *item;

    if (value == NULL || is_plain(value))
        return value == NULL ? NULL : plain_text(arena, value);
    if (!is_plain_list(value))
        return compact(arena, value);
    if (json_array_size(value) == 0)
        return NULL;
    json_array_foreach((json_t *)(uintptr_t)value, i, item)
    {
        const char *text = plain_text(arena, item);
        if (i > 0)
            wp_buffer_add(&buffer, ", ", 2);
        if (buffer.size > LONGEST_VALUE) {
            const char *more = wp_format(arena, "and %zu more", json_array_size(value) - i);
            wp_buffer_add(&buffer, more, strlen(more));
            break;
        }
        text = text == NULL ? "none" : text;
        wp_buffer_add(&buffer, text, strlen(text));
    }
    wp_buffer_add(&buffer, "", 1);
    return (const char *)buffer.bytes;
}

/* ---- walking two trees --------------------------------------------------------------- */

static void
note(struct comparison *to, const char *path, const json_t *before, const json_t *after)
{
    if (to->count == to->capacity) {
        size_t capacity = to->capacity == 0 ? 8 : to->capacity * 2;
        struct wp_difference *larger = wp_alloc_array(to->arena, capacity, sizeof *larger);
        if (to->count > 0)
            memcpy(larger, to->differences, to->count * sizeof *larger);
        to->differences = larger;
        to->capacity = capacity;
    }
    to->differences[to->count++] =
        (struct wp_difference){.path = path[0] == '\0' ? "all of it" : path,
                               .before = value_text(to->arena, before),
                               .after = value_text(to->arena, after)};
}

/* Words of a body that a reader does not miss. */
static bool
is_filler(const char *key)
{
    static const char *const words[] = {"conditions", "actions", "include"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(words[i], key) == 0)
            return true;
    return false;
}

static const char *
below(struct wp_arena *arena, const char *path, const char *key)
{
    if (is_filler(key))
        return path;
    return wp_format(arena, "%s%s%s", path, path[0] == '\0' ? "" : ".", safe(arena, key));
}

static void compare(struct comparison *to, const char *path, const json_t *before,
                    const json_t *after, unsigned depth);

static int
compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The keys of both objects, each once, sorted. */
static size_t
keys_of(struct wp_arena *arena, const json_t *a, const json_t *b, const char ***keys)
{
    size_t count = 0;
    const char *key;
    json_t *value;

    *keys =
        wp_alloc_array(arena, json_object_size(a) + json_object_size(b) + 1, sizeof(const char *));
    json_object_foreach((json_t *)(uintptr_t)a, key, value)(*keys)[count++] = key;
    json_object_foreach((json_t *)(uintptr_t)b, key,
                        value) if (json_object_get(a, key) == NULL)(*keys)[count++] = key;
    qsort(*keys, count, sizeof **keys, compare_names);
    return count;
}

static bool
is_tree(const json_t *value)
{
    return json_is_object(value) && wp_reference_key(value) == NULL;
}

static void
compare_objects(struct comparison *to, const char *path, const json_t *before, const json_t *after,
                unsigned depth)
{
    const char **keys;
    size_t count = keys_of(to->arena, before, after, &keys);

    for (size_t i = 0; i < count; i++)
        compare(to, below(to->arena, path, keys[i]), json_object_get(before, keys[i]),
                json_object_get(after, keys[i]), depth + 1);
}

static void
compare_lists(struct comparison *to, const char *path, const json_t *before, const json_t *after,
              unsigned depth)
{
    for (size_t i = 0; i < json_array_size(before); i++)
        compare(to, wp_format(to->arena, "%s[%zu]", path, i + 1), json_array_get(before, i),
                json_array_get(after, i), depth + 1);
}

static void
compare(struct comparison *to, const char *path, const json_t *before, const json_t *after,
        unsigned depth)
{
    bool both_trees = (is_tree(before) || before == NULL) && (is_tree(after) || after == NULL);

    if (before == after || (before != NULL && after != NULL && json_equal(before, after)))
        return;
    if (depth < DEEPEST && both_trees && json_object_size(before) + json_object_size(after) > 0)
        compare_objects(to, path, before, after, depth);
    else if (depth < DEEPEST && json_is_array(before) && json_is_array(after) &&
             json_array_size(before) == json_array_size(after) && !is_plain_list(before) &&
             !is_plain_list(after))
        compare_lists(to, path, before, after, depth);
    else
        note(to, path, before, after);
}

size_t
wp_compare_bodies(struct wp_arena *arena, const json_t *before, const json_t *after,
                  struct wp_difference **differences)
{
    struct comparison to = {.arena = arena};

    compare(&to, "", before, after, 0);
    *differences = to.differences;
    return to.count;
}

const char *
wp_compare_sentence(struct wp_arena *arena, const json_t *before, const json_t *after)
{
    struct wp_difference *differences;
    size_t count = wp_compare_bodies(arena, before, after, &differences);
    const char *sentence = "";

    for (size_t i = 0; i < count && i < MOST_IN_SENTENCE; i++) {
        const struct wp_difference *d = &differences[i];
        sentence =
            wp_format(arena, "%s%s%s: %s -> %s", sentence, i > 0 ? "; " : "", d->path,
                      d->before == NULL ? "none" : d->before, d->after == NULL ? "none" : d->after);
    }
    if (count > MOST_IN_SENTENCE)
        sentence = wp_format(arena, "%s; and %zu more", sentence, count - MOST_IN_SENTENCE);
    return sentence;
}

/* ---- states --------------------------------------------------------------------------- */

static bool
same_body(const struct wp_object *a, const struct wp_object *b)
{
    if (a->body == NULL || b->body == NULL)
        return a->body == b->body;
    return json_equal(a->body, b->body);
}

size_t
wp_compare_states(struct wp_arena *arena, const struct wp_state *before,
                  const struct wp_state *after, const char ***keys)
{
    size_t count = 0;

    *keys = wp_alloc_array(arena, before->count + after->count + 1, sizeof(const char *));
    for (size_t i = 0; i < before->count; i++) {
        const struct wp_object *other = wp_state_find(after, before->items[i]->key);
        if (other == NULL || !same_body(before->items[i], other))
            (*keys)[count++] = before->items[i]->key;
    }
    for (size_t i = 0; i < after->count; i++)
        if (wp_state_find(before, after->items[i]->key) == NULL)
            (*keys)[count++] = after->items[i]->key;
    qsort(*keys, count, sizeof **keys, compare_names);
    return count;
}
