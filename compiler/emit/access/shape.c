/* What every object of a profile has: identifiers, ownership, keys that are known. */
#include "compiler/emit/access/shape.h"

#include <string.h>

static bool
has_text(const json_t *list, const char *text)
{
    size_t i;
    json_t *item;

    json_array_foreach(list, i, item)
    {
        if (json_is_string(item) && strcmp(json_string_value(item), text) == 0)
            return true;
    }
    return false;
}

/* Is it the path of some value, or does it lead to one? */
static bool
is_in_values(const json_t *values, const char *path, bool *leads)
{
    size_t length = strlen(path);
    const char *key;
    json_t *value;

    json_object_foreach((json_t *)(uintptr_t)values, key, value)
    {
        const char *its = json_string_value(value);
        if (!its)
            continue;
        if (strcmp(its, path) == 0)
            return true;
        *leads = *leads || (strncmp(its, path, length) == 0 && its[length] == '.');
    }
    return false;
}

static bool
is_in_keys(const json_t *keys, const char *path, bool *leads)
{
    size_t length = strlen(path);
    const char *key;
    json_t *value;

    json_object_foreach((json_t *)(uintptr_t)keys, key, value)
    {
        if (strcmp(key, path) == 0)
            return true;
        *leads = *leads || (strncmp(key, path, length) == 0 && key[length] == '.');
    }
    return false;
}

/* `part` is a part of the profile: its keys, fixed, dropped and kept. */
static const char *
unknown_in(struct wp_arena *arena, const json_t *part, const char *prefix, const json_t *wire)
{
    const char *key, *found = NULL;
    json_t *value;

    json_object_foreach((json_t *)(uintptr_t)wire, key, value)
    {
        const char *path = *prefix ? wp_format(arena, "%s.%s", prefix, key) : key;
        bool leads = false;
        if (is_in_values(json_object_get(part, "keys"), path, &leads) ||
            is_in_keys(json_object_get(part, "fixed"), path, &leads) ||
            has_text(json_object_get(part, "dropped"), path) ||
            has_text(json_object_get(part, "kept"), path))
            continue;
        if (leads && json_is_object(value))
            found = unknown_in(arena, part, path, value);
        else
            found = wp_copy_text(arena, path, strlen(path));
        if (found)
            return found;
    }
    return NULL;
}

const char *
wp_access_unknown_key(struct wp_arena *arena, const struct wp_access_profile *profile,
                      const char *kind, const json_t *wire)
{
    const json_t *part = json_object_get(profile->root, kind);
    const json_t *rule_part = json_object_get(profile->root, "rule");
    const char *found = unknown_in(arena, part, "", wire);
    const json_t *rules;
    size_t i;
    json_t *rule;

    if (found || strcmp(kind, "policy") != 0)
        return found;
    rules = wp_access_at(wire, wp_access_text_at(part, "keys.rules", ""));
    json_array_foreach(rules, i, rule)
    {
        found = unknown_in(arena, rule_part, "", rule);
        if (found)
            return wp_format(arena, "%s[%zu].%s", wp_access_text_at(part, "keys.rules", ""), i,
                             found);
    }
    return NULL;
}

const char *
wp_access_id_of(struct wp_arena *arena, const struct wp_access_profile *profile, const char *kind,
                const json_t *wire)
{
    const json_t *part = json_object_get(profile->root, kind);
    const char *text = wp_access_text_at(wire, wp_access_text_at(part, "id", ""), NULL);
    const char *slash = text ? strrchr(text, '/') : NULL;

    if (!text || (slash && !slash[1]))
        return NULL;
    text = slash ? slash + 1 : text;
    return wp_copy_text(arena, text, strlen(text));
}

bool
wp_access_is_ours(const struct wp_access_profile *profile, const char *kind, const json_t *wire)
{
    const json_t *part = json_object_get(profile->root, kind);
    const char *text =
        wp_access_text_at(wire, wp_access_text_at(part, "keys.description", "description"), "");
    size_t length = strlen(text), mark = strlen(WP_ACCESS_MARK);

    return length >= mark && strcmp(text + length - mark, WP_ACCESS_MARK) == 0;
}
