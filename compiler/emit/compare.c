/* Comparing canonical trees. Lists of plain values are shown as one value, as a
 * console shows them; lists of things with names, such as a policy's rules, thing by
 * thing; everything else is followed to where it differs. */
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

const char *
wp_key_name(struct wp_arena *arena, const char *key)
{
    const char *slash = strrchr(key, '/');
    const char *name = slash == NULL ? key : slash + 1;
    return unescape(arena, name, strlen(name));
}

static bool
is_plain(const json_t *value)
{
    return wp_reference_key(value) != NULL || wp_compare_is_chain(value) ||
           !(json_is_object(value) || json_is_array(value));
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
plain_text(struct wp_arena *arena, const json_t *value)
{
    const char *key = wp_reference_key(value);

    if (key != NULL)
        return wp_key_name(arena, key);
    if (json_is_null(value))
        return NULL;
    if (wp_compare_is_chain(value))
        return safe(arena, wp_compare_chain(arena, value));
    if (json_is_string(value))
        return safe(arena, json_string_value(value));
    if (json_is_boolean(value))
        return json_is_true(value) ? "yes" : "no";
    char *text = json_dumps(value, JSON_ENCODE_ANY);
    const char *result = safe(arena, text == NULL ? "" : text);
    free(text);
    return result;
}

/* ---- trees as texts ------------------------------------------------------------------ */

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

static void
put(struct wp_buffer *buffer, const char *text)
{
    wp_buffer_add(buffer, text, strlen(text));
}

static void put_value(struct wp_arena *arena, struct wp_buffer *buffer, const json_t *value,
                      unsigned depth);

static void
put_items(struct wp_arena *arena, struct wp_buffer *buffer, const json_t *list, unsigned depth)
{
    size_t i;
    json_t *item;

    json_array_foreach((json_t *)(uintptr_t)list, i, item)
    {
        if (i > 0)
            put(buffer, wp_compare_is_chain(item) ? " else " : ", ");
        if (buffer->size > LONGEST_VALUE) {
            put(buffer, wp_format(arena, "and %zu more", json_array_size(list) - i));
            return;
        }
        put_value(arena, buffer, item, depth);
    }
}

/* "range: Office, device: iOS": what is in an object, but for its name where that has
 * been said. */
static void
put_members(struct wp_arena *arena, struct wp_buffer *buffer, const json_t *object, bool named,
            unsigned depth)
{
    const char **keys;
    size_t count = keys_of(arena, object, NULL, &keys);
    const char *between = "";

    for (size_t i = 0; i < count; i++) {
        const json_t *value = json_object_get(object, keys[i]);
        if ((named && strcmp(keys[i], "name") == 0) || json_is_null(value))
            continue;
        put(buffer, between);
        between = ", ";
        if (buffer->size > LONGEST_VALUE) {
            put(buffer, wp_format(arena, "and %zu more", count - i));
            return;
        }
        if (!is_filler(keys[i]))
            put(buffer, wp_format(arena, "%s: ", safe(arena, keys[i])));
        put_value(arena, buffer, value, depth);
    }
}

static void
put_value(struct wp_arena *arena, struct wp_buffer *buffer, const json_t *value, unsigned depth)
{
    const char *text = is_plain(value) ? plain_text(arena, value) : NULL;

    if (is_plain(value)) {
        put(buffer, text == NULL ? "none" : text);
    } else if (depth == DEEPEST) {
        put(buffer, "...");
    } else if (json_is_array(value)) {
        put(buffer, "[");
        put_items(arena, buffer, value, depth + 1);
        put(buffer, "]");
    } else {
        put(buffer, "{");
        put_members(arena, buffer, value, false, depth + 1);
        put(buffer, "}");
    }
}

static const char *
text_of(struct wp_buffer *buffer)
{
    wp_buffer_add(buffer, "", 1);
    return (const char *)buffer->bytes;
}

static const char *
value_text(struct wp_arena *arena, const json_t *value)
{
    struct wp_buffer buffer = {.arena = arena};

    if (value == NULL || is_plain(value))
        return value == NULL ? NULL : plain_text(arena, value);
    if (json_is_array(value) && json_array_size(value) == 0)
        return NULL;
    if (json_is_array(value))
        put_items(arena, &buffer, value, 0);
    else
        put_members(arena, &buffer, value, false, 0);
    return text_of(&buffer);
}

/* ---- walking two trees --------------------------------------------------------------- */

static void
note_texts(struct comparison *to, const char *path, const char *before, const char *after)
{
    if (to->count == to->capacity) {
        size_t capacity = to->capacity == 0 ? 8 : to->capacity * 2;
        struct wp_difference *larger = wp_alloc_array(to->arena, capacity, sizeof *larger);
        if (to->count > 0)
            memcpy(larger, to->differences, to->count * sizeof *larger);
        to->differences = larger;
        to->capacity = capacity;
    }
    to->differences[to->count++] = (struct wp_difference){
        .path = path[0] == '\0' ? "all of it" : path, .before = before, .after = after};
}

static void
note(struct comparison *to, const char *path, const json_t *before, const json_t *after)
{
    note_texts(to, path, value_text(to->arena, before), value_text(to->arena, after));
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

/* ---- lists of things with names ---------------------------------------------------------- */

/* A thing of one list, with its place there and, as far as it has one, in the other. */
struct named {
    const char *name;
    const json_t *body;
    size_t place;
    struct named *other;
    bool stays; /* it stands among the others as it did */
};

static int
compare_named(const void *a, const void *b)
{
    const struct named *one = a, *other = b;
    int order = strcmp(one->name, other->name);
    return order != 0 ? order : (one->place > other->place) - (one->place < other->place);
}

static int
compare_places(const void *a, const void *b)
{
    size_t one = ((const struct named *)a)->place, other = ((const struct named *)b)->place;
    return (one > other) - (one < other);
}

/* The things of a list of objects, sorted by their names; those without one are called by
 * their place. NULL is an empty list. False when it is another list; *told says whether
 * names tell all of them apart. */
static bool
read_named(struct wp_arena *arena, const json_t *list, struct named **things, bool *told)
{
    size_t count = json_array_size(list), i;
    json_t *item;

    if (list != NULL && !json_is_array(list))
        return false;
    *things = wp_alloc_array(arena, count + 1, sizeof **things);
    json_array_foreach((json_t *)(uintptr_t)list, i, item)
    {
        const char *name = json_string_value(json_object_get(item, "name"));
        if (!json_is_object(item) || is_plain(item))
            return false;
        *told = *told && name != NULL;
        (*things)[i] = (struct named){
            .name = name != NULL ? name : wp_format(arena, "%zu", i + 1), .body = item, .place = i};
    }
    qsort(*things, count, sizeof **things, compare_named);
    for (i = 1; i < count; i++)
        *told = *told && strcmp((*things)[i - 1].name, (*things)[i].name) != 0;
    return true;
}

/* Both lists sorted by name: who is whose other. */
static void
pair(struct named *before, size_t before_count, struct named *after, size_t after_count)
{
    for (size_t i = 0, k = 0; i < before_count && k < after_count;) {
        int order = strcmp(before[i].name, after[k].name);
        if (order == 0) {
            before[i].other = &after[k];
            after[k].other = &before[i];
        }
        i += order <= 0;
        k += order >= 0;
    }
}

/* Marks the most of the things, sorted by place, whose others follow each other in the
 * same order; the rest have moved. `ends[n]` is the thing at which the row of n + 1
 * that ends earliest ends. */
static void
mark_staying(struct wp_arena *arena, struct named *things, size_t count)
{
    struct named **ends = wp_alloc_array(arena, count + 1, sizeof *ends);
    struct named **previous = wp_alloc_array(arena, count + 1, sizeof *previous);
    size_t longest = 0;

    for (size_t i = 0; i < count; i++) {
        size_t low = 0, high = longest;
        if (things[i].other == NULL)
            continue;
        while (low < high) {
            size_t middle = (low + high) / 2;
            if (ends[middle]->other->place < things[i].other->place)
                low = middle + 1;
            else
                high = middle;
        }
        ends[low] = &things[i];
        previous[i] = low == 0 ? NULL : ends[low - 1];
        longest = low == longest ? longest + 1 : longest;
    }
    for (struct named *thing = longest == 0 ? NULL : ends[longest - 1]; thing != NULL;
         thing = previous[thing - things])
        thing->stays = true;
}

static const char *
thing_text(struct wp_arena *arena, const struct named *thing)
{
    struct wp_buffer buffer = {.arena = arena};
    bool named = json_object_get(thing->body, "name") != NULL;

    /* What has no name is called by its place already. */
    if (named)
        put(&buffer, wp_format(arena, "place %zu", thing->place + 1));
    if (named && json_object_size(thing->body) > 1)
        put(&buffer, ", ");
    put_members(arena, &buffer, thing->body, true, 0);
    return text_of(&buffer);
}

static void
compare_thing(struct comparison *to, const char *path, const struct named *was, unsigned depth)
{
    path = wp_format(to->arena, "%s[%s]", path, safe(to->arena, was->name));
    if (was->other == NULL) {
        note_texts(to, path, thing_text(to->arena, was), NULL);
        return;
    }
    if (!was->stays && was->place != was->other->place)
        note_texts(to, below(to->arena, path, "place"), wp_format(to->arena, "%zu", was->place + 1),
                   wp_format(to->arena, "%zu", was->other->place + 1));
    compare(to, path, was->body, was->other->body, depth + 1);
}

/* False when they are no lists of that kind, or equally long ones whose things are best
 * compared one by one. What is gone comes in its old place, what is
 * new where it stands now, behind all that was. */
static bool
compare_things(struct comparison *to, const char *path, const json_t *before, const json_t *after,
               unsigned depth)
{
    size_t before_count = json_array_size(before), after_count = json_array_size(after);
    struct named *old, *new;
    bool told = true;

    if (before_count + after_count == 0 || !read_named(to->arena, before, &old, &told) ||
        !read_named(to->arena, after, &new, &told) || (!told && before_count == after_count))
        return false;
    pair(old, before_count, new, after_count);
    /* By place again, what is each other's stays so: in new, `other` is not needed more. */
    struct named *by_place = wp_alloc_array(to->arena, before_count + 1, sizeof *by_place);
    if (before_count > 0)
        memcpy(by_place, old, before_count * sizeof *old);
    qsort(by_place, before_count, sizeof *by_place, compare_places);
    mark_staying(to->arena, by_place, before_count);
    for (size_t i = 0; i < before_count; i++)
        compare_thing(to, path, &by_place[i], depth);
    qsort(new, after_count, sizeof *new, compare_places);
    for (size_t i = 0; i < after_count; i++)
        if (new[i].other == NULL)
            note_texts(to, wp_format(to->arena, "%s[%s]", path, safe(to->arena, new[i].name)), NULL,
                       thing_text(to->arena, &new[i]));
    return true;
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
    else if (depth < DEEPEST && compare_things(to, path, before, after, depth))
        return;
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
