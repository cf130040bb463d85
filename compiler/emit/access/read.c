/*
 * What an Access tenant holds, as far as it bears on decisions.
 *
 * Lists of ranges and policies are short and read whole. Of apps, groups and
 * clients there can be many thousands: of the apps the list tells what is bound to
 * what; groups and clients are asked for one by one, those that the source or a
 * policy names.
 */
#include "compiler/emit/access/read.h"

#include "compiler/facts.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* ---- ranges ------------------------------------------------------------------------ */

static const char *
name_at(const struct wp_access_reader *reader, const char *kind, const json_t *wire)
{
    const json_t *part = json_object_get(reader->profile.root, kind);

    return wp_access_text_at(wire, wp_access_text_at(part, "keys.name", "name"), NULL);
}

static bool
is_set(const struct wp_access_reader *reader, const char *kind, const char *key, const json_t *wire)
{
    const json_t *keys = json_object_get(json_object_get(reader->profile.root, kind), "keys");
    const char *path = wp_access_text_at(keys, key, NULL);

    return path && json_is_true(wp_access_at(wire, path));
}

static void
keep_original(struct wp_access_reader *reader, struct wp_object *object, const json_t *wire)
{
    reader->taken++;
    json_decref(object->original);
    object->original = json_deep_copy(wire);
}

static bool
take_range(struct wp_access_reader *reader, const json_t *wire)
{
    const char *name = name_at(reader, "range", wire);
    const char *id = wp_access_id_of(reader->session->arena, &reader->profile, "range", wire);
    bool is_default = is_set(reader, "range", "default", wire);
    struct wp_object *object;
    json_t *body;

    if (!name || !id)
        return wp_problem_set(reader->problem, WP_PROBLEM_FAILED,
                              "a network range has no name or identifier where the wire profile "
                              "'%s' looks for them",
                              reader->profile.name);
    body = is_default ? json_object()
                      : wp_access_range_read(reader->session->arena, &reader->profile, wire,
                                             reader->problem);
    if (!body)
        return false;
    object = wp_state_put(reader->state, "range", NULL, is_default ? WP_ACCESS_ALL_RANGES : name,
                          id, body);
    object->system = object->reference = is_default;
    keep_original(reader, object, wire);
    return true;
}

bool
wp_access_read_ranges(struct wp_access_reader *reader, const char *only)
{
    json_t *items, *item;
    bool right;
    size_t i;

    if (!wp_access_list(reader, "range", &items))
        return false;
    right = true;
    json_array_foreach(items, i, item)
    {
        const char *name = name_at(reader, "range", item);
        if (right && (!only || (name && strcmp(name, only) == 0)))
            right = take_range(reader, item);
    }
    json_decref(items);
    return right;
}

/* ---- methods -------------------------------------------------------------------------- */

static void
take_method(struct wp_access_reader *reader, const json_t *wire)
{
    const json_t *part = json_object_get(reader->profile.root, "method");
    const char *uuid = wp_access_text_at(wire, wp_access_text_at(part, "id", "uuid"), NULL);
    const char *name = wp_access_text_at(wire, wp_access_text_at(part, "name", "name"), NULL);
    const json_t *enabled = wp_access_at(wire, wp_access_text_at(part, "enabled", "enabled"));
    const struct wp_declaration *known;
    struct wp_object *object;
    bool is_new;

    if (!uuid || !name)
        return;
    known = reader->session->model
                ? wp_access_method_find(reader->session->model, reader->session->tenant, uuid, name)
                : NULL;
    if (known && wp_access_method_uuid(known))
        name = wp_access_method_label(known, reader->session->tenant);
    object = wp_state_add(reader->state, "method", NULL, name, uuid, json_object(), &is_new);
    object->reference = true;
    if (json_is_boolean(enabled)) {
        object = wp_state_put(reader->state, "adapter", NULL, name, uuid,
                              json_pack("{s:O}", "enabled", enabled));
        object->reference = true;
        keep_original(reader, object, wire);
    }
}

bool
wp_access_read_methods(struct wp_access_reader *reader)
{
    const json_t *part = json_object_get(reader->profile.root, "method");
    const char *path = wp_access_text_at(part, "path", "");
    json_t *json, *item;
    size_t i;

    if (!wp_access_get(reader, path, wp_access_text_at(part, "media", NULL), &json))
        return false;
    json_array_foreach(json_object_get(json, "items"), i, item) take_method(reader, item);
    json_decref(json);
    return true;
}

/* ---- groups --------------------------------------------------------------------------- */

/* "All Staff" and "corp.example" of "All Staff@corp.example". */
static const char *
split_group(struct wp_arena *arena, const char *name, const char **domain)
{
    const char *at = strrchr(name, '@');

    *domain = at ? at + 1 : NULL;
    return at ? wp_copy_text(arena, name, (size_t)(at - name)) : name;
}

static const char *
escaped(struct wp_arena *arena, const char *text)
{
    static const char digits[] = "0123456789ABCDEF";
    char *out = wp_alloc(arena, strlen(text) * 3 + 1), *to = out;

    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;
        if (isalnum(c) || strchr("-._~", c)) {
            *to++ = *text;
        } else {
            *to++ = '%';
            *to++ = digits[c >> 4];
            *to++ = digits[c & 15];
        }
    }
    return out;
}

static const char *
domain_of(const struct wp_access_reader *reader, const json_t *group)
{
    const char *extension = wp_access_text_at(reader->profile.root, "group.extension", "");

    return json_string_value(json_object_get(json_object_get(group, extension), "domain"));
}

/* Quotes in a filter's text are written with a backslash. */
static const char *
filter_path(struct wp_access_reader *reader, const char *name, json_int_t start)
{
    struct wp_arena *arena = reader->session->arena;
    char *quoted = wp_alloc(arena, strlen(name) * 2 + 1), *to = quoted;

    for (; *name; name++) {
        if (*name == '"' || *name == '\\')
            *to++ = '\\';
        *to++ = *name;
    }
    return wp_format(arena, "%s?filter=%s&startIndex=%lld&count=100",
                     wp_access_text_at(reader->profile.root, "group.list", ""),
                     escaped(arena, wp_format(arena, "displayName eq \"%s\"", quoted)),
                     (long long)start);
}

static bool
take_group(struct wp_access_reader *reader, const char *name, const json_t *group,
           const char **taken)
{
    const char *id = json_string_value(json_object_get(group, "id"));
    struct wp_object *object;

    if (!id)
        return true;
    if (*taken && strcmp(*taken, id) != 0)
        return wp_problem_set(reader->problem, WP_PROBLEM_FAILED,
                              "several groups of the tenant are called '%s': name one as "
                              "name@domain",
                              name);
    object = wp_state_put(reader->state, "group", NULL, name, id, json_object());
    object->reference = true;
    *taken = object->id;
    return true;
}

bool
wp_access_find_group(struct wp_access_reader *reader, const char *name)
{
    const char *domain, *plain = split_group(reader->session->arena, name, &domain), *taken = NULL;
    json_t *json, *group;
    bool right = true;
    json_int_t start = 1;
    size_t i, count;

    do {
        if (!wp_access_get(reader, filter_path(reader, plain, start), NULL, &json))
            return false;
        count = json_array_size(json_object_get(json, "Resources"));
        json_array_foreach(json_object_get(json, "Resources"), i, group)
        {
            const char *its = domain_of(reader, group);
            const char *called = json_string_value(json_object_get(group, "displayName"));
            bool same = called && strcmp(called, plain) == 0;
            if (right && same && (!domain || (its && strcmp(its, domain) == 0)))
                right = take_group(reader, name, group, &taken);
        }
        json_decref(json);
        start += (json_int_t)count;
    } while (right && count == 100 && start < 10000);
    /* A name with an @ that is no domain. */
    if (right && !taken && domain) {
        if (!wp_access_get(reader, filter_path(reader, name, 1), NULL, &json))
            return false;
        json_array_foreach(json_object_get(json, "Resources"), i, group) right =
            right && take_group(reader, name, group, &taken);
        json_decref(json);
    }
    return right;
}

/* A group that a policy of the tenant names, by its identifier. */
static bool
read_group(struct wp_access_reader *reader, const char *id)
{
    struct wp_arena *arena = reader->session->arena;
    const char *name, *domain;
    struct wp_object *object;
    bool is_new;
    json_t *group;

    if (wp_state_find_id(reader->state, "group", id))
        return true;
    if (!wp_access_get(reader,
                       wp_access_path(arena,
                                      wp_access_text_at(reader->profile.root, "group.item", ""),
                                      escaped(arena, id)),
                       NULL, &group))
        return false;
    name = json_string_value(json_object_get(group, "displayName"));
    domain = domain_of(reader, group);
    if (name) {
        name = domain ? wp_format(arena, "%s@%s", name, domain)
                      : wp_copy_text(arena, name, strlen(name));
        object = wp_state_add(reader->state, "group", NULL, name, id, json_object(), &is_new);
        object->reference = true;
    }
    json_decref(group);
    return true;
}

/* ---- policies ---------------------------------------------------------------------------- */

static bool
read_groups_of(struct wp_access_reader *reader, const json_t *wire)
{
    const json_t *root = reader->profile.root;
    const json_t *rules = wp_access_at(wire, wp_access_text_at(root, "policy.keys.rules", ""));
    const char *path = wp_access_text_at(root, "rule.keys.groups", "");
    size_t i, k;
    json_t *rule, *id;

    json_array_foreach(rules, i, rule)
    {
        json_array_foreach(wp_access_at(rule, path), k, id)
        {
            if (json_is_string(id) && !read_group(reader, json_string_value(id)))
                return false;
        }
    }
    return true;
}

static bool
take_policy(struct wp_access_reader *reader, const char *id, const json_t *wire)
{
    const char *name = name_at(reader, "policy", wire);
    bool is_base = is_set(reader, "policy", "base", wire);
    const char *rules = wp_access_text_at(reader->profile.root, "policy.keys.rules", "");
    struct wp_object *object;

    if (!name || !json_is_array(wp_access_at(wire, rules)))
        return wp_problem_set(reader->problem, WP_PROBLEM_FAILED,
                              "policy '%s' has no %s where the wire profile '%s' looks for them; "
                              "pull --capture learns where they are",
                              name ? name : id, name ? "rules" : "name", reader->profile.name);
    if (!read_groups_of(reader, wire))
        return false;
    object = wp_state_put(
        reader->state, "policy", NULL, is_base ? WP_ACCESS_BASE : name, id,
        wp_access_policy_read(reader->session->arena, &reader->profile, reader->state, wire));
    object->system = is_base;
    keep_original(reader, object, wire);
    return true;
}

static bool
read_policy(struct wp_access_reader *reader, const char *id)
{
    const json_t *part = json_object_get(reader->profile.root, "policy");
    struct wp_arena *arena = reader->session->arena;
    json_t *wire;
    bool right;

    if (!wp_access_get(
            reader, wp_access_path(arena, wp_access_text_at(part, "item", ""), escaped(arena, id)),
            wp_access_text_at(part, "media", NULL), &wire))
        return false;
    right = !wire || take_policy(reader, id, wire);
    json_decref(wire);
    return right;
}

bool
wp_access_read_policies(struct wp_access_reader *reader, const char *only)
{
    json_t *items, *item;
    bool right = true;
    size_t i;

    if (!wp_access_list(reader, "policy", &items))
        return false;
    json_array_foreach(items, i, item)
    {
        const char *name = name_at(reader, "policy", item);
        const char *id = wp_access_id_of(reader->session->arena, &reader->profile, "policy", item);
        bool is_base = is_set(reader, "policy", "base", item);
        if (only && !(name && strcmp(name, only) == 0) &&
            !(is_base && strcmp(only, WP_ACCESS_BASE) == 0))
            continue;
        if (right && id)
            right = read_policy(reader, id);
    }
    json_decref(items);
    return right;
}
