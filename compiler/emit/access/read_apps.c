/* Apps and their bindings, OAuth clients, identity providers. */
#include "compiler/emit/access/read.h"

#include <string.h>

#define APPS 500
#define MOST_APPS 100000

/* ---- apps -------------------------------------------------------------------------- */

/* Binds the app to the policy of that identifier; none is the default policy. */
static void
bind_app(struct wp_access_reader *reader, const char *name, const char *id, const json_t *wire,
         bool whole)
{
    const char *key = wp_access_text_at(reader->profile.root, "app.policy", "");
    const char *policy = wp_access_text_at(wire, key, NULL);
    struct wp_object *bound =
        policy && *policy ? wp_state_find_id(reader->state, "policy", policy) : NULL;
    json_t *value;
    struct wp_object *object;

    if (bound)
        value = wp_reference(bound->key);
    else if (policy && *policy)
        value = json_string(policy);
    else
        value = wp_reference(wp_state_key(reader->session->arena, "policy", NULL, WP_ACCESS_BASE));
    object =
        wp_state_put(reader->state, "binding", NULL, name, id, json_pack("{s:o}", "policy", value));
    if (whole) {
        reader->taken++;
        json_decref(object->original);
        object->original = json_deep_copy(wire);
    }
}

static bool
take_app(struct wp_access_reader *reader, const json_t *wire)
{
    const char *name = json_string_value(json_object_get(wire, "name"));
    const char *id = json_string_value(json_object_get(wire, "uuid"));
    struct wp_object *object;
    bool is_new;

    if (!name || !id)
        return true;
    object = wp_state_add(reader->state, "app", NULL, name, id, json_object(), &is_new);
    object->reference = true;
    /* Two of one name: neither can be told apart by it. */
    if (!is_new && object->id && strcmp(object->id, id) != 0)
        (void)json_object_set_new(object->body, "ambiguous", json_true());
    bind_app(reader, name, id, wire, false);
    return true;
}

static const char *
search_path(struct wp_access_reader *reader, size_t start)
{
    const json_t *part = json_object_get(reader->profile.root, "app");
    const char *path = wp_access_text_at(part, "search", "");

    if (!reader->profile.vendor)
        path = wp_access_text_at(part, "search_json", path);
    return wp_format(reader->session->arena, "%s?startIndex=%zu&pageSize=%d", path, start, APPS);
}

bool
wp_access_read_apps(struct wp_access_reader *reader)
{
    const json_t *part = json_object_get(reader->profile.root, "app");
    json_t *asked = json_pack("{s:[], s:[s,s,s,s,s], s:[]}", "includeAttributes", "includeTypes",
                              "Saml11", "Saml20", "WSFed12", "WebAppLink", "AnyApp", "categories");
    size_t start = 0, count = 0;
    bool right = true;

    do {
        json_t *json = NULL, *item;
        size_t i;
        right = wp_access_post(reader, search_path(reader, start), asked,
                               wp_access_text_at(part, "search_media", NULL),
                               wp_access_text_at(part, "list_media", NULL), &json);
        count = json_array_size(json_object_get(json, "items"));
        json_array_foreach(json_object_get(json, "items"), i, item) right =
            right && take_app(reader, item);
        json_decref(json);
        start += count;
    } while (right && count == APPS && start < MOST_APPS);
    json_decref(asked);
    return right;
}

bool
wp_access_read_app(struct wp_access_reader *reader, const char *name)
{
    const json_t *part = json_object_get(reader->profile.root, "app");
    struct wp_arena *arena = reader->session->arena;
    struct wp_object *app = wp_state_find(reader->state, wp_state_key(arena, "app", NULL, name));
    json_t *wire;

    if (!app)
        return true;
    if (json_object_get(app->body, "ambiguous"))
        return wp_problem_set(reader->problem, WP_PROBLEM_FAILED,
                              "several apps of the catalog are called '%s': give them names of "
                              "their own",
                              name);
    if (!wp_access_get(reader, wp_access_path(arena, wp_access_text_at(part, "item", ""), app->id),
                       wp_access_text_at(part, "item_media", NULL), &wire))
        return false;
    if (wire)
        bind_app(reader, app->name, app->id, wire, true);
    json_decref(wire);
    return true;
}

/* ---- clients ------------------------------------------------------------------------- */

bool
wp_access_read_client(struct wp_access_reader *reader, const char *id)
{
    const json_t *part = json_object_get(reader->profile.root, "client");
    struct wp_arena *arena = reader->session->arena;
    struct wp_object *object;
    json_t *wire;

    if (!wp_access_get(reader, wp_access_path(arena, wp_access_text_at(part, "item", ""), id),
                       wp_access_text_at(part, "media", NULL), &wire))
        return false;
    if (!wire) {
        wp_state_remove(reader->state, wp_state_key(arena, "client", NULL, id));
        return true;
    }
    object = wp_state_put(reader->state, "client", NULL, id, id, wp_access_client_read(wire));
    /* An older server answers with the secret itself: it goes no further. */
    (void)json_object_del(wire, "secret");
    json_decref(object->original);
    object->original = wire;
    return true;
}

bool
wp_access_read_clients(struct wp_access_reader *reader)
{
    json_t *items, *item;
    bool right = true;
    size_t i;

    if (!wp_access_list(reader, "client", &items))
        return false;
    json_array_foreach(items, i, item)
    {
        const char *id = json_string_value(json_object_get(item, "clientId"));
        if (right && id && !json_is_true(json_object_get(item, "internal")))
            right = wp_access_read_client(reader, id);
    }
    json_decref(items);
    return right;
}

/* ---- identity providers ----------------------------------------------------------------- */

static json_t *
methods_of(struct wp_access_reader *reader, const json_t *wire)
{
    json_t *methods = json_array(), *item;
    size_t i;

    json_array_foreach(json_object_get(wire, "authMethods"), i, item)
    {
        const char *id = json_string_value(json_object_get(item, "authMethodId"));
        const char *name = json_string_value(json_object_get(item, "authMethodName"));
        struct wp_object *method = id ? wp_state_find_id(reader->state, "method", id) : NULL;
        bool is_new;
        /* A third party's method is listed with its provider alone. */
        if (!method && id && name) {
            method = wp_state_add(reader->state, "method", NULL, name, id, json_object(), &is_new);
            method->reference = true;
        }
        if (method)
            (void)json_array_append_new(methods, wp_reference(method->key));
        else if (id)
            (void)json_array_append_new(methods, json_string(id));
    }
    return methods;
}

bool
wp_access_read_idps(struct wp_access_reader *reader)
{
    const json_t *part = json_object_get(reader->profile.root, "idp");
    struct wp_arena *arena = reader->session->arena;
    json_t *json, *item, *wire;
    size_t i;
    bool right = true;

    if (!wp_access_get(reader, wp_access_text_at(part, "list", ""),
                       wp_access_text_at(part, "media", NULL), &json))
        return false;
    json_array_foreach(json_object_get(json, "items"), i, item)
    {
        const char *name = json_string_value(json_object_get(item, "name"));
        const json_t *number = json_object_get(item, "id");
        const char *id = json_string_value(number);
        struct wp_object *object;
        if (json_is_integer(number))
            id = wp_format(arena, "%lld", (long long)json_integer_value(number));
        if (!right || !name || !id)
            continue;
        right =
            wp_access_get(reader, wp_access_path(arena, wp_access_text_at(part, "item", ""), id),
                          wp_access_text_at(part, "item_media", NULL), &wire);
        if (!right)
            continue;
        object =
            wp_state_put(reader->state, "idp", NULL, name, id,
                         json_pack("{s:o}", "methods", methods_of(reader, wire ? wire : item)));
        object->reference = true;
        json_decref(wire);
    }
    json_decref(json);
    return right;
}
