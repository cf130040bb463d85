/* Requests for a random policy. */
#include "generate.h"

#include <string.h>

static const char *const devices[] = {"ios",     "android",  "ipados", "macos",   "windows",
                                      "browser", "chromeos", "linux",  "toaster", "D0"};
static const char *const entries[] = {"browser", "native_app", "hub", "okta_mobile", "telnet"};
static const char *const risks[] = {"low", "medium", "high"};

#define COUNT(array) ((uint32_t)(sizeof(array) / sizeof *(array)))

static struct wp_address
some_address(struct wp_generated *g)
{
    struct wp_address address = {.v4 = (uint32_t)wp_random_next(&g->random)};

    if (g->point_count > 0 && !wp_random_once_in(&g->random, 8))
        return g->points[wp_random_below(&g->random, g->point_count)];
    if (wp_random_once_in(&g->random, 2)) {
        address = (struct wp_address){.is_v6 = true};
        address.v6.high = wp_random_next(&g->random);
        address.v6.low = wp_random_next(&g->random);
    }
    return address;
}

static const char *
some_ip(struct wp_generated *g)
{
    struct wp_address address = some_address(g);
    char text[WP_ADDRESS_TEXT];

    wp_address_text(&address, text);
    if (!address.is_v6 && wp_random_once_in(&g->random, 5))
        return wp_format(g->arena, "::ffff:%s", text);
    return wp_copy_text(g->arena, text, strlen(text));
}

static const char *
some_group(struct wp_generated *g)
{
    uint32_t number = wp_random_below(&g->random, g->groups + 1);

    if (wp_random_once_in(&g->random, 4))
        return wp_format(g->arena, "Group %u@corp", number);
    return wp_format(g->arena, "G%u", number);
}

void
wp_generate_request(struct wp_generated *g, struct wp_made_request *made)
{
    struct wp_random *random = &g->random;

    *made = (struct wp_made_request){0};
    if (!wp_random_once_in(random, 8))
        made->ip = some_ip(g);
    if (!wp_random_once_in(random, 6))
        made->device = devices[wp_random_below(random, COUNT(devices))];
    if (!wp_random_once_in(random, 4))
        made->app = wp_format(g->arena, "A%u", wp_random_below(random, g->apps + 1));
    if (!wp_random_once_in(random, 4))
        made->user = wp_format(g->arena, "u%u@corp.example", wp_random_below(random, g->users + 1));
    if (!wp_random_once_in(random, 4))
        made->entry = entries[wp_random_below(random, COUNT(entries))];
    if (!wp_random_once_in(random, 4))
        made->risk = risks[wp_random_below(random, COUNT(risks))];
    made->has_managed = !wp_random_once_in(random, 4);
    made->managed = made->has_managed && wp_random_once_in(random, 2);
    made->has_compliant = !wp_random_once_in(random, 4);
    made->compliant = made->has_compliant && wp_random_once_in(random, 2);
    made->has_groups = !wp_random_once_in(random, 6);
    for (uint32_t i = wp_random_below(random, 4); made->has_groups && i > 0; i--)
        made->groups[made->group_count++] = some_group(g);
    made->groups_incomplete = wp_random_once_in(random, 3);
}

static char *
add_text(struct wp_arena *arena, const char *json, const char *key, const char *text)
{
    const char *comma = json[1] ? "," : "";

    return wp_format(arena, "%s%s\"%s\":\"%s\"", json, comma, key, text);
}

static char *
add_flag(struct wp_arena *arena, const char *json, const char *key, bool value)
{
    const char *comma = json[1] ? "," : "";

    return wp_format(arena, "%s%s\"%s\":%s", json, comma, key, value ? "true" : "false");
}

char *
wp_made_json(struct wp_arena *arena, const struct wp_made_request *made)
{
    const struct {
        const char *key, *text;
    } texts[] = {{"ip", made->ip},     {"device", made->device}, {"app", made->app},
                 {"user", made->user}, {"entry", made->entry},   {"risk", made->risk}};
    char *json = wp_format(arena, "{");

    for (uint32_t i = 0; i < COUNT(texts); i++)
        if (texts[i].text)
            json = add_text(arena, json, texts[i].key, texts[i].text);
    if (made->has_managed)
        json = add_flag(arena, json, "managed", made->managed);
    if (made->has_compliant)
        json = add_flag(arena, json, "compliant", made->compliant);
    if (made->groups_incomplete)
        json = add_flag(arena, json, "groups_complete", false);
    if (made->has_groups) {
        json = wp_format(arena, "%s%s\"groups\":[", json, json[1] ? "," : "");
        for (uint32_t i = 0; i < made->group_count; i++)
            json = wp_format(arena, "%s%s\"%s\"", json, i ? "," : "", made->groups[i]);
        json = wp_format(arena, "%s]", json);
    }
    return wp_format(arena, "%s}", json);
}

void
wp_made_resolve(struct wp_arena *arena, const struct wp_model *model,
                const struct wp_made_request *made, struct wp_request *request)
{
    wp_request_init(request);
    if (made->ip)
        wp_request_set_address(request, made->ip);
    if (made->device)
        wp_request_set_device(model, request, made->device);
    if (made->app)
        wp_request_set_app(model, request, made->app);
    if (made->user)
        wp_request_set_user(model, request, made->user);
    if (made->entry)
        wp_request_set_entry(request, made->entry);
    if (made->risk)
        wp_request_set_risk(request, made->risk);
    request->managed = made->managed;
    request->compliant = made->compliant;
    request->groups_complete = !made->groups_incomplete;
    for (uint32_t i = 0; i < made->group_count; i++)
        wp_request_add_group(arena, model, request, made->groups[i]);
}
