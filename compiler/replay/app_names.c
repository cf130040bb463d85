/* Names by their hash. A source's name wins over what a tenant calls another app. */
#include "compiler/replay/app_names.h"

#include "compiler/facts.h"
#include "compiler/map.h"

#include <string.h>

struct app_name {
    struct woapol_text called;
    const char *name; /* in the source; NULL: of several apps */
};

struct wp_app_names {
    struct wp_map map;
    struct app_name *all;
    uint32_t count, room;
    bool differ; /* some app has another name in a tenant */
};

static bool
is_called(const void *context, uint32_t number, const void *key)
{
    const struct wp_app_names *names = context;
    const struct woapol_text *called = &names->all[number].called, *sought = key;

    return called->length == sought->length &&
           memcmp(called->text, sought->text, sought->length) == 0;
}

static struct app_name *
find(const struct wp_app_names *names, struct woapol_text called)
{
    uint32_t found = wp_map_find(&names->map, wp_hash_bytes(0, called.text, called.length),
                                 is_called, names, &called);

    return found == WP_NONE ? NULL : &names->all[found];
}

static void
add(struct wp_app_names *names, const char *called, const char *name)
{
    const struct woapol_text text = {called, strlen(called)};
    struct app_name *known = find(names, text);

    if (known && known->name && strcmp(known->name, name) != 0 && strcmp(known->name, called) != 0)
        known->name = NULL;
    if (known || names->count == names->room)
        return;
    wp_map_add(&names->map, wp_hash_bytes(0, called, text.length), names->count);
    names->all[names->count++] = (struct app_name){text, name};
    names->differ |= strcmp(called, name) != 0;
}

/* Under keys that are kinds of tenants or tenants stands what these call it. */
static void
add_tenants_names(struct wp_app_names *names, const struct wp_model *model,
                  const struct wp_thing *app)
{
    const struct wp_attribute *at = app->declaration->attributes;

    for (; at; at = at->next) {
        const char *called =
            at->value && at->value->kind == WP_VALUE_STRING ? at->value->text : NULL;

        if (called && (wp_declaration_find(model, WP_DECL_KIND, at->key->text) ||
                       wp_declaration_find(model, WP_DECL_TENANT, at->key->text)))
            add(names, called, app->name);
    }
}

static uint32_t
count_names(const struct wp_model *model)
{
    uint32_t count = 1;

    for (uint32_t i = 0; i < model->app_count; i++) {
        count += 2;
        for (const struct wp_attribute *at = model->apps[i].declaration->attributes; at;
             at = at->next)
            count++;
    }
    return count;
}

struct wp_app_names *
wp_app_names_new(struct wp_arena *arena, const struct wp_model *model)
{
    struct wp_app_names *names = wp_alloc(arena, sizeof *names);

    *names = (struct wp_app_names){.room = count_names(model)};
    names->all = wp_alloc_array(arena, names->room, sizeof *names->all);
    wp_map_init(&names->map, arena);
    for (uint32_t i = 0; i < model->app_count; i++)
        add(names, model->apps[i].name, model->apps[i].name);
    for (uint32_t i = 0; i < model->app_count; i++) {
        if (model->apps[i].directory)
            add(names, model->apps[i].directory, model->apps[i].name);
        add_tenants_names(names, model, &model->apps[i]);
    }
    return names;
}

struct woapol_text
wp_app_name(const struct wp_app_names *names, struct woapol_text name)
{
    const struct app_name *found = names->differ && name.text != NULL ? find(names, name) : NULL;

    if (found == NULL || found->name == NULL)
        return name;
    return (struct woapol_text){found->name, strlen(found->name)};
}
