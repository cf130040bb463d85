/* What stands where, and what that must be: identifiers that are known, words that
 * mean something, names of keys that say what they hold. */
#include "compiler/emit/access/capture.h"

#include "compiler/address.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

static struct wp_place *
place_of(struct wp_places *places, const char *path)
{
    for (size_t i = 0; i < places->count; i++) {
        if (strcmp(places->items[i].path, path) == 0)
            return &places->items[i];
    }
    if (places->count == places->room) {
        size_t room = places->room ? places->room * 2 : 16;
        struct wp_place *more = wp_alloc_array(places->arena, room, sizeof *more);
        if (places->count)
            memcpy(more, places->items, places->count * sizeof *more);
        places->items = more;
        places->room = room;
    }
    places->items[places->count] =
        (struct wp_place){wp_copy_text(places->arena, path, strlen(path)), json_array()};
    return &places->items[places->count++];
}

static void
add_below(struct wp_places *places, const char *prefix, const json_t *object, unsigned depth)
{
    const char *key;
    json_t *value;

    json_object_foreach((json_t *)(uintptr_t)object, key, value)
    {
        const char *path = *prefix ? wp_format(places->arena, "%s.%s", prefix, key) : key;
        if (json_is_object(value) && depth < 4 && strcmp(key, "_links") != 0)
            add_below(places, path, value, depth + 1);
        else
            (void)json_array_append(place_of(places, path)->values, value);
    }
}

void
wp_places_add(struct wp_places *places, const json_t *object)
{
    add_below(places, "", object, 0);
}

void
wp_places_end(struct wp_places *places)
{
    for (size_t i = 0; i < places->count; i++)
        json_decref(places->items[i].values);
    places->count = 0;
}

/* ---- addresses ------------------------------------------------------------------- */

static bool
is_v4(const json_t *value, uint32_t *address)
{
    struct wp_address read;

    if (!json_is_string(value) || !wp_address_parse(json_string_value(value), &read, NULL) ||
        read.is_v6)
        return false;
    *address = read.v4;
    return true;
}

/* The two keys of a pair that hold addresses, the lower one first. */
static bool
ends_of(const json_t *pair, const char **from, const char **to)
{
    const char *key, *keys[2] = {NULL};
    uint32_t ends[2] = {0};
    size_t count = 0;
    json_t *value;

    json_object_foreach((json_t *)(uintptr_t)pair, key, value)
    {
        uint32_t address;
        if (!is_v4(value, &address))
            continue;
        if (count == 2)
            return false;
        keys[count] = key;
        ends[count++] = address;
    }
    if (count != 2 || ends[0] == ends[1])
        return false;
    *from = keys[ends[0] > ends[1]];
    *to = keys[ends[0] < ends[1]];
    return true;
}

bool
wp_place_is_pairs(const struct wp_place *place, const char **from, const char **to)
{
    size_t i, k;
    json_t *list, *pair;

    json_array_foreach(place->values, i, list)
    {
        json_array_foreach(list, k, pair)
        {
            if (ends_of(pair, from, to))
                return true;
        }
    }
    return false;
}

/* ---- rules ---------------------------------------------------------------------------- */

/* Does some value, or one within it, name an object of that kind? */
static bool
names_known(const struct wp_access_reader *reader, const char *kind, const json_t *value)
{
    const char *key;
    size_t i;
    json_t *part;

    if (json_is_string(value))
        return wp_state_find_id(reader->state, kind, json_string_value(value)) != NULL;
    json_array_foreach(value, i, part)
    {
        if (names_known(reader, kind, part))
            return true;
    }
    json_object_foreach((json_t *)(uintptr_t)value, key, part)
    {
        if (names_known(reader, kind, part))
            return true;
    }
    return false;
}

/* Letters alone, in lower case: "WEB_BROWSER" and "Web Browser" are one. */
static void
plain(char out[64], const char *text)
{
    size_t length = 0;

    for (; *text && length < 63; text++) {
        if (isalpha((unsigned char)*text))
            out[length++] = (char)tolower((unsigned char)*text);
    }
    out[length] = '\0';
}

static bool
is_word_of(const json_t *words, const json_t *values)
{
    bool found = false;
    size_t i;
    json_t *value;

    json_array_foreach(values, i, value)
    {
        const char *word,
            *text = json_string_value(json_is_array(value) ? json_array_get(value, 0) : value);
        bool known = false;
        json_t *wire;
        if (!text)
            continue;
        json_object_foreach((json_t *)(uintptr_t)words, word, wire)
        {
            char said[64], label[64], other[64];
            plain(said, text);
            plain(label, word);
            plain(other, json_is_string(wire) ? json_string_value(wire) : "");
            known = known || (*said && (strcmp(said, label) == 0 || strcmp(said, other) == 0));
        }
        if (!known)
            return false;
        found = true;
    }
    return found;
}

static bool
all_are(const struct wp_place *place, json_type type, json_type other)
{
    size_t i;
    json_t *value;

    json_array_foreach(place->values, i, value)
    {
        if (json_typeof(value) != type && json_typeof(value) != other &&
            json_typeof(value) != JSON_NULL)
            return false;
    }
    return true;
}

static bool
says(const struct wp_place *place, const char *word)
{
    const char *last = strrchr(place->path, '.');

    return strcasestr(last ? last + 1 : place->path, word) != NULL;
}

const char *
wp_place_guess(const struct wp_access_reader *reader, const struct wp_place *place)
{
    const json_t *root = reader->profile.root;
    bool texts = all_are(place, JSON_STRING, JSON_STRING);
    bool flags = all_are(place, JSON_TRUE, JSON_FALSE);

    if (names_known(reader, "range", place->values))
        return "range";
    if (names_known(reader, "method", place->values))
        return "chains";
    if (names_known(reader, "group", place->values) ||
        (says(place, "group") && all_are(place, JSON_ARRAY, JSON_ARRAY)))
        return "groups";
    if (is_word_of(json_object_get(root, "device_types"), place->values))
        return "device";
    if (is_word_of(json_object_get(root, "actions"), place->values))
        return "action";
    if (texts && says(place, "linkText"))
        return "link_text";
    if (texts && says(place, "linkUrl"))
        return "link_url";
    if (texts && says(place, "message"))
        return "message";
    if (texts && strcmp(place->path, "name") == 0)
        return "name";
    if (flags && says(place, "disabled"))
        return "disabled";
    if (flags && says(place, "progress"))
        return "next";
    if (says(place, "auth") && all_are(place, JSON_INTEGER, JSON_INTEGER))
        return "reauth_s";
    return NULL;
}
