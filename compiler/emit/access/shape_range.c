/* Network ranges on the wire. */
#include "compiler/emit/access/shape.h"
#include "compiler/emit/access/wire_part.h"
#include "compiler/network.h"

#include <string.h>

static json_t *
address_json(uint32_t v4)
{
    const struct wp_address address = {.v4 = v4};
    char text[WP_ADDRESS_TEXT];

    wp_address_text(&address, text);
    return json_string(text);
}

static bool
read_address(const json_t *pair, const char *key, struct wp_address *address)
{
    const char *text = wp_access_text_at(pair, key, NULL);

    return text && wp_address_parse(text, address, NULL) && !address->is_v6;
}

json_t *
wp_access_range_read(struct wp_arena *arena, const struct wp_access_profile *profile,
                     const json_t *wire, struct wp_problem *problem)
{
    const json_t *part = json_object_get(profile->root, "range");
    const json_t *list = wp_access_at(wire, wp_access_text_at(part, "keys.pairs", ""));
    struct wp_ranges ranges;
    struct wp_network network;
    json_t *pairs, *pair;
    size_t i;

    wp_ranges_init(&ranges, arena);
    json_array_foreach(list, i, pair)
    {
        struct wp_address from, to;
        if (!read_address(pair, wp_access_text_at(part, "pair.from", ""), &from) ||
            !read_address(pair, wp_access_text_at(part, "pair.to", ""), &to) || from.v4 > to.v4) {
            (void)wp_problem_set(
                problem, WP_PROBLEM_FAILED,
                "network range '%s': the wire profile '%s' cannot read its addresses",
                wp_access_text_at(wire, wp_access_text_at(part, "keys.name", ""), "?"),
                profile->name);
            return NULL;
        }
        wp_ranges_add(&ranges, &from, &to);
    }
    if (!json_is_array(list)) {
        (void)wp_problem_set(problem, WP_PROBLEM_FAILED,
                             "network range '%s': the wire profile '%s' finds no addresses in it; "
                             "pull --capture learns where they are",
                             wp_access_text_at(wire, wp_access_text_at(part, "keys.name", ""), "?"),
                             profile->name);
        return NULL;
    }
    network = wp_ranges_finish(&ranges);
    pairs = json_array();
    for (uint32_t k = 0; k < network.v4_count; k++)
        (void)json_array_append_new(pairs, json_pack("[o,o]", address_json(network.v4[k].low),
                                                     address_json(network.v4[k].high)));
    return json_pack("{s:o}", "pairs", pairs);
}

/* ---- writing, for ranges and policies -------------------------------------------------- */

json_t *
wp_access_wire_start(const json_t *part, const json_t *original)
{
    json_t *wire = original ? json_deep_copy(original) : json_object();
    const char *key;
    json_t *value;
    size_t i;

    json_array_foreach(json_object_get(part, "dropped"), i, value)(void)
        json_object_del(wire, json_string_value(value) ? json_string_value(value) : "");
    if (original)
        return wire;
    json_object_foreach(json_object_get(part, "fixed"), key, value)
        wp_access_put_at(wire, key, json_deep_copy(value));
    return wire;
}

void
wp_access_wire_put(json_t *wire, const json_t *part, const char *key, json_t *value)
{
    const char *path = wp_access_text_at(json_object_get(part, "keys"), key, NULL);

    if (path)
        wp_access_put_at(wire, path, value);
    else
        json_decref(value);
}

json_t *
wp_access_range_write(const struct wp_access_profile *profile, const char *name, const json_t *body,
                      const json_t *original)
{
    const json_t *part = json_object_get(profile->root, "range");
    json_t *wire = wp_access_wire_start(part, original), *pairs = json_array(), *pair;
    size_t i;

    json_array_foreach(json_object_get(body, "pairs"), i, pair)
    {
        json_t *sent = json_object();
        wp_access_put_at(sent, wp_access_text_at(part, "pair.from", "from"),
                         json_incref(json_array_get(pair, 0)));
        wp_access_put_at(sent, wp_access_text_at(part, "pair.to", "to"),
                         json_incref(json_array_get(pair, 1)));
        (void)json_array_append_new(pairs, sent);
    }
    wp_access_wire_put(wire, part, "name", json_string(name));
    if (!original)
        wp_access_wire_put(wire, part, "description",
                           json_string("A network of the sign-in policy. " WP_ACCESS_MARK));
    wp_access_wire_put(wire, part, "pairs", pairs);
    return wire;
}
