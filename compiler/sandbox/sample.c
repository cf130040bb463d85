#include "compiler/sandbox/sample.h"

#include <string.h>

#include "compiler/sandbox/address.h"
#include "compiler/sandbox/exchange.h"
#include "compiler/sandbox/files.h"

static const char *const abilities[] = {"password",     "local_password", "otp",   "okta_verify",
                                        "security_key", "phone",          "email", "smart_card"};
static const char *const platforms[] = {"ios",   "ipados",       "android",
                                        "macos", "windows",      "chromeos",
                                        "linux", "other_mobile", "other_desktop"};

json_t *
wp_box_everything(void)
{
    json_t *all = json_array();
    for (size_t i = 0; i < sizeof abilities / sizeof *abilities; i++)
        json_array_append_new(all, json_string(abilities[i]));
    return all;
}

json_t *
wp_box_sample(void)
{
    for (const struct wp_box_file *file = wp_box_files; file->name != NULL; file++)
        if (strcmp(file->name, "sample.json") == 0)
            return json_loadb(file->text, file->size, JSON_REJECT_DUPLICATES, NULL);
    return NULL;
}

/* ---- checking
 * -------------------------------------------------------------------------------------- */

static bool
is_word(const char *word, const char *const *words, size_t count)
{
    for (size_t i = 0; word != NULL && i < count; i++)
        if (strcmp(word, words[i]) == 0)
            return true;
    return false;
}

static bool
is_texts(const json_t *value)
{
    size_t i;
    json_t *item;
    if (value != NULL && !json_is_array(value))
        return false;
    json_array_foreach(value, i, item) if (!json_is_string(item)) return false;
    return true;
}

/* Each item is an object with a text at `key` that no other has. */
static const char *
check_list(struct wp_arena *arena, const json_t *sample, const char *list, const char *key)
{
    const json_t *items = json_object_get(sample, list);
    json_t *seen = json_object(), *item;
    const char *why = NULL;
    size_t i;
    if (items != NULL && !json_is_array(items))
        why = wp_format(arena, "\"%s\" is no array", list);
    json_array_foreach(items, i, item)
    {
        const char *name = wp_box_text(item, key);
        if (name == NULL || *name == '\0')
            why = wp_format(arena, "%s[%zu] has no \"%s\"", list, i, key);
        else if (json_object_get(seen, name) != NULL)
            why = wp_format(arena, "%s[%zu]: there are two \"%.100s\"", list, i, name);
        else
            json_object_set_new(seen, name, json_true());
        if (why != NULL)
            break;
    }
    json_decref(seen);
    return why;
}

static const char *
check_user(struct wp_arena *arena, const json_t *sample, const json_t *user, size_t number)
{
    const json_t *has = json_object_get(user, "has"), *groups = json_object_get(user, "groups");
    json_t *item, *group;
    size_t i, g;
    if (wp_box_text(user, "name") == NULL)
        return wp_format(arena, "users[%zu] has no \"name\"", number);
    if (!is_texts(has) || !is_texts(groups))
        return wp_format(arena, "users[%zu]: \"has\" and \"groups\" are arrays of texts", number);
    json_array_foreach(has, i, item) if (
        !is_word(json_string_value(item), abilities,
                 sizeof abilities /
                     sizeof *abilities)) return wp_format(arena,
                                                          "users[%zu]: nobody can have \"%.60s\"",
                                                          number, json_string_value(item));
    json_array_foreach(groups, i, item)
    {
        bool is_known = false;
        json_array_foreach(json_object_get(sample, "groups"), g, group) is_known =
            is_known || strcmp(wp_box_text(group, "name"), json_string_value(item)) == 0;
        if (!is_known)
            return wp_format(arena, "users[%zu]: there is no group \"%.100s\"", number,
                             json_string_value(item));
    }
    return NULL;
}

static const char *
check_items(struct wp_arena *arena, const json_t *sample)
{
    static const char *const named[] = {"groups", "apps"};
    struct wp_box_address address;
    const char *why = NULL;
    json_t *item;
    size_t i;
    json_array_foreach(json_object_get(sample, "users"), i,
                       item) if ((why = check_user(arena, sample, item, i)) != NULL) return why;
    for (size_t k = 0; k < 2; k++)
        json_array_foreach(json_object_get(sample, named[k]), i, item)
        {
            const json_t *okta = json_object_get(item, "okta");
            if (okta != NULL && !json_is_string(okta) &&
                (!is_texts(okta) || json_array_size(okta) == 0))
                return wp_format(arena, "%s[%zu]: \"okta\" is a name or several", named[k], i);
        }
    json_array_foreach(json_object_get(sample, "devices"), i, item) if (
        !is_word(wp_box_text(item, "platform"), platforms,
                 sizeof platforms /
                     sizeof *platforms)) return wp_format(arena,
                                                          "devices[%zu]: unknown \"platform\"", i);
    json_array_foreach(
        json_object_get(sample, "addresses"), i,
        item) if (wp_box_text(item, "ip") == NULL ||
                  !wp_box_address_read(
                      &address,
                      wp_box_text(
                          item, "ip"))) return wp_format(arena,
                                                         "addresses[%zu]: \"ip\" is no address", i);
    return NULL;
}

const char *
wp_box_sample_check(struct wp_arena *arena, const json_t *sample)
{
    static const char *const lists[][2] = {{"groups", "name"},
                                           {"users", "login"},
                                           {"devices", "name"},
                                           {"apps", "name"},
                                           {"addresses", "name"}};
    if (!json_is_object(sample))
        return "it is no JSON object";
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        const char *why = check_list(arena, sample, lists[i][0], lists[i][1]);
        if (why != NULL)
            return why;
    }
    return check_items(arena, sample);
}

void
wp_box_sample_seed(struct wp_box *box, struct wp_arena *arena, const json_t *sample)
{
    json_t *item;
    size_t i;
    (void)arena;
    json_array_foreach(json_object_get(sample, "devices"), i, item)
        wp_store_put(box->store, WP_BOX_DEVICE, wp_box_text(item, "name"), json_deep_copy(item));
    json_array_foreach(json_object_get(sample, "addresses"), i, item)
        wp_store_put(box->store, WP_BOX_PLACE, wp_box_text(item, "name"), json_deep_copy(item));
}
