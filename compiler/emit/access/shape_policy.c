/* Policies and their rules on the wire. */
#include "compiler/emit/access/shape.h"
#include "compiler/emit/access/wire_part.h"

#include <stdlib.h>
#include <string.h>

/* What the source's word is for a word of the wire: "?WORD" when it has none. */
static const char *
word_of(struct wp_arena *arena, const json_t *words, const char *wire)
{
    const char *key;
    json_t *value;

    json_object_foreach((json_t *)(uintptr_t)words, key, value)
    {
        if (json_is_string(value) && wire && strcmp(json_string_value(value), wire) == 0)
            return key;
    }
    return wp_format(arena, "?%s", wire ? wire : "");
}

static json_t *
reference_or_id(const struct wp_state *state, const char *kind, const json_t *id)
{
    const char *text = json_string_value(id);
    struct wp_object *object = text ? wp_state_find_id(state, kind, text) : NULL;

    return object ? wp_reference(object->key) : json_string(text ? text : "");
}

static const json_t *
value_at(const json_t *part, const json_t *rule, const char *key)
{
    const char *path = wp_access_text_at(json_object_get(part, "keys"), key, NULL);

    return path ? wp_access_at(rule, path) : NULL;
}

/* ---- reading ------------------------------------------------------------------------ */

static int
compare_values(const void *a, const void *b)
{
    const json_t *x = *(json_t *const *)a, *y = *(json_t *const *)b;
    const char *p = wp_reference_key(x), *q = wp_reference_key(y);

    p = p ? p : json_string_value(x);
    q = q ? q : json_string_value(y);
    return strcmp(p ? p : "", q ? q : "");
}

static json_t *
read_groups(struct wp_arena *arena, const struct wp_state *state, const json_t *wire)
{
    size_t count = json_array_size(wire), i;
    json_t **groups = wp_alloc_array(arena, count + 1, sizeof *groups), *sorted = json_array();
    json_t *item;

    json_array_foreach(wire, i, item) groups[i] = reference_or_id(state, "group", item);
    if (count)
        qsort(groups, count, sizeof *groups, compare_values);
    for (i = 0; i < count; i++)
        (void)json_array_append_new(sorted, groups[i]);
    return sorted;
}

static json_t *
read_chains(const struct wp_state *state, const json_t *wire)
{
    json_t *chains = json_array(), *alternative, *method;
    size_t i, k;

    json_array_foreach(wire, i, alternative)
    {
        json_t *chain = json_array();
        json_array_foreach(alternative, k, method)(void)
            json_array_append_new(chain, reference_or_id(state, "method", method));
        (void)json_array_append_new(chains, chain);
    }
    return chains;
}

static json_t *
read_range(const struct wp_state *state, const json_t *part, const json_t *wire)
{
    const json_t *value = value_at(part, wire, "range");

    if (json_is_array(value))
        value = json_array_size(value) == 1 ? json_array_get(value, 0) : NULL;
    if (json_is_object(value))
        value = json_object_get(value, "uuid");
    return reference_or_id(state, "range", value);
}

static const char *
action_of(struct wp_arena *arena, const struct wp_access_profile *profile, const json_t *part,
          const json_t *wire)
{
    const json_t *value = value_at(part, wire, "action");

    if (json_is_array(value))
        value = json_array_get(value, 0);
    return word_of(arena, json_object_get(profile->root, "actions"), json_string_value(value));
}

static void
read_message(struct wp_arena *arena, json_t *body, const json_t *part, const json_t *wire)
{
    const char *html = json_string_value(value_at(part, wire, "message"));
    const char *text = html ? wp_access_from_html(arena, html) : NULL;

    if (text && *text)
        (void)json_object_set_new(body, "message", json_string(text));
    else if (html && *html)
        (void)json_object_set_new(body, "message_html", json_string(html));
}

/* What woapol never asks for, and finds where somebody set it by hand. */
static void
read_extras(json_t *body, const json_t *part, const json_t *wire)
{
    static const char *const flags[] = {"disabled", "next"}, *const texts[] = {"link_text",
                                                                               "link_url"};

    for (size_t i = 0; i < 2; i++) {
        const json_t *text = value_at(part, wire, texts[i]);
        if (json_is_true(value_at(part, wire, flags[i])))
            (void)json_object_set_new(body, flags[i], json_true());
        if (json_is_string(text) && json_string_length(text))
            (void)json_object_set_new(body, texts[i], json_deep_copy(text));
    }
}

static json_t *
read_rule(struct wp_arena *arena, const struct wp_access_profile *profile,
          const struct wp_state *state, const json_t *wire)
{
    const json_t *part = json_object_get(profile->root, "rule");
    const char *name = json_string_value(value_at(part, wire, "name"));
    const char *action = action_of(arena, profile, part, wire);
    const char *device = word_of(arena, json_object_get(profile->root, "device_types"),
                                 json_string_value(value_at(part, wire, "device")));
    json_int_t unit = json_integer_value(json_object_get(part, "reauth_unit"));
    const json_t *reauth = value_at(part, wire, "reauth_s");
    json_t *body = json_pack("{s:s*, s:o, s:s}", "name", name, "range",
                             read_range(state, part, wire), "device", device);

    if (json_array_size(value_at(part, wire, "groups")))
        (void)json_object_set_new(body, "groups",
                                  read_groups(arena, state, value_at(part, wire, "groups")));
    (void)json_object_set_new(body, "action", json_string(action));
    if (strcmp(action, "authenticate") == 0) {
        (void)json_object_set_new(body, "chains",
                                  read_chains(state, value_at(part, wire, "chains")));
        if (json_is_integer(reauth) && json_integer_value(reauth) > 0 &&
            json_integer_value(reauth) <= INT32_MAX)
            (void)json_object_set_new(
                body, "reauth_s", json_integer(json_integer_value(reauth) * (unit < 1 ? 1 : unit)));
    }
    read_message(arena, body, part, wire);
    read_extras(body, part, wire);
    return body;
}

json_t *
wp_access_policy_read(struct wp_arena *arena, const struct wp_access_profile *profile,
                      const struct wp_state *state, const json_t *wire)
{
    const json_t *list =
        wp_access_at(wire, wp_access_text_at(profile->root, "policy.keys.rules", ""));
    json_t *rules = json_array(), *rule;
    size_t i;

    json_array_foreach(list, i, rule)(void)
        json_array_append_new(rules, read_rule(arena, profile, state, rule));
    return json_pack("{s:o}", "rules", rules);
}

/* ---- writing ------------------------------------------------------------------------ */

static json_t *
wire_range(const json_t *part, json_t *reference)
{
    const char *shape = wp_access_text_at(part, "range", "id");

    if (strcmp(shape, "list") == 0)
        return json_pack("[o]", reference);
    if (strcmp(shape, "object") == 0)
        return json_pack("{s:o}", "uuid", reference);
    if (strcmp(shape, "objects") == 0)
        return json_pack("[{s:o}]", "uuid", reference);
    return reference;
}

static json_t *
wire_action(const struct wp_access_profile *profile, const json_t *part, const char *action)
{
    json_t *word = json_incref(json_object_get(json_object_get(profile->root, "actions"), action));

    if (strcmp(wp_access_text_at(part, "action", "text"), "list") == 0)
        return json_pack("[o]", word);
    return word;
}

/* The tenant's rule of that name, so that what the profile keeps of it is kept. */
static const json_t *
find_rule(const struct wp_access_profile *profile, const json_t *original, const char *name)
{
    const json_t *part = json_object_get(profile->root, "rule");
    const json_t *rules =
        original ? wp_access_at(original, wp_access_text_at(profile->root, "policy.keys.rules", ""))
                 : NULL;
    size_t i;
    json_t *rule;

    json_array_foreach(rules, i, rule)
    {
        const char *its = json_string_value(value_at(part, rule, "name"));
        if (its && name && strcmp(its, name) == 0)
            return rule;
    }
    return NULL;
}

static json_t *
text_or_null(const json_t *body, const char *key)
{
    json_t *text = json_object_get(body, key);

    return text ? json_incref(text) : json_null();
}

static json_t *
wire_message(struct wp_arena *arena, const json_t *body)
{
    const char *text = json_string_value(json_object_get(body, "message"));

    if (!text)
        return text_or_null(body, "message_html");
    return json_string(wp_access_to_html(arena, text));
}

static json_t *
write_rule(struct wp_arena *arena, const struct wp_access_profile *profile, const json_t *body,
           const json_t *original)
{
    const json_t *part = json_object_get(profile->root, "rule");
    const char *name = json_string_value(json_object_get(body, "name"));
    const char *device = json_string_value(json_object_get(body, "device"));
    const char *action = json_string_value(json_object_get(body, "action"));
    json_int_t unit = json_integer_value(json_object_get(part, "reauth_unit"));
    json_t *wire = wp_access_wire_start(part, find_rule(profile, original, name));
    json_t *groups = json_object_get(body, "groups"), *chains = json_object_get(body, "chains");
    json_t *reauth = json_object_get(body, "reauth_s");

    wp_access_wire_put(wire, part, "name", text_or_null(body, "name"));
    wp_access_wire_put(wire, part, "disabled",
                       json_boolean(json_is_true(json_object_get(body, "disabled"))));
    wp_access_wire_put(wire, part, "range",
                       wire_range(part, json_incref(json_object_get(body, "range"))));
    wp_access_wire_put(
        wire, part, "device",
        json_incref(json_object_get(json_object_get(profile->root, "device_types"), device)));
    wp_access_wire_put(wire, part, "groups", groups ? json_incref(groups) : json_array());
    wp_access_wire_put(wire, part, "action", wire_action(profile, part, action));
    wp_access_wire_put(wire, part, "chains", chains ? json_incref(chains) : json_array());
    wp_access_wire_put(wire, part, "reauth_s",
                       reauth ? json_integer(json_integer_value(reauth) / (unit < 1 ? 1 : unit))
                              : json_null());
    wp_access_wire_put(wire, part, "message", wire_message(arena, body));
    wp_access_wire_put(wire, part, "next",
                       json_boolean(json_is_true(json_object_get(body, "next"))));
    wp_access_wire_put(wire, part, "link_text", text_or_null(body, "link_text"));
    wp_access_wire_put(wire, part, "link_url", text_or_null(body, "link_url"));
    return wire;
}

json_t *
wp_access_policy_write(struct wp_arena *arena, const struct wp_access_profile *profile,
                       const char *name, const json_t *body, const json_t *original)
{
    const json_t *part = json_object_get(profile->root, "policy");
    const char *rules_path = wp_access_text_at(part, "keys.rules", "rules");
    json_t *wire = wp_access_wire_start(part, original), *rules = json_array(), *rule;
    size_t i;

    json_array_foreach(json_object_get(body, "rules"), i, rule)(void)
        json_array_append_new(rules, write_rule(arena, profile, rule, original));
    if (!original) {
        wp_access_wire_put(wire, part, "name", json_string(name));
        wp_access_wire_put(wire, part, "description",
                           json_string("Kept by woapol: edit the source. " WP_ACCESS_MARK));
    }
    wp_access_put_at(wire, rules_path, rules);
    return wire;
}
