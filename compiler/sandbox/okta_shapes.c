/* What Okta makes of the conditions that rules of several types share. */
#include "compiler/sandbox/okta.h"

#include <ctype.h>
#include <string.h>

bool
wp_box_okta_knows(struct wp_exchange *x, const json_t *ids, const char *kind, const char *field)
{
    size_t i;
    json_t *id;
    json_array_foreach(ids, i,
                       id) if (!json_is_string(id) ||
                               wp_store_get(x->box->store, kind, json_string_value(id)) ==
                                   NULL) return wp_box_okta_invalid(x, field, "Invalid id %.60s",
                                                                    json_is_string(id)
                                                                        ? json_string_value(id)
                                                                        : "(no text)");
    return true;
}

/* PnYnMnWnDTnHnMnS with at least one part. */
bool
wp_box_okta_is_duration(const char *text)
{
    const char *units = "YMWD", *at;
    size_t parts = 0;
    bool is_time = false;
    if (text == NULL || *text++ != 'P')
        return false;
    while (*text != '\0') {
        if (*text == 'T' && !is_time) {
            is_time = true;
            units = "HMS";
            text++;
            if (*text == '\0')
                return false;
            continue;
        }
        if (!isdigit((unsigned char)*text))
            return false;
        while (isdigit((unsigned char)*text))
            text++;
        at = *text != '\0' ? strchr(units, *text) : NULL;
        if (at == NULL)
            return false;
        units = at + 1;
        text++;
        parts++;
    }
    return parts > 0;
}

json_t *
wp_box_okta_shape_network(struct wp_exchange *x, const json_t *sent)
{
    const char *connection = wp_box_text(sent, "connection");
    const json_t *include = json_object_get(sent, "include");
    const json_t *exclude = json_object_get(sent, "exclude"), *list;
    bool is_all;
    if (connection == NULL ||
        (strcmp(connection, "ANYWHERE") != 0 && strcmp(connection, "ZONE") != 0)) {
        wp_box_okta_invalid(x, "network", "connection must be ANYWHERE or ZONE");
        return NULL;
    }
    if (connection[0] == 'A')
        return json_pack("{s:s}", "connection", connection);
    if (json_array_size(include) > 0 && json_array_size(exclude) > 0) {
        wp_box_okta_invalid(x, "network",
                            "You should either include or exclude network zones, not both");
        return NULL;
    }
    list = json_array_size(include) > 0 ? include : exclude;
    if (json_array_size(list) == 0) {
        wp_box_okta_invalid(x, "network", "A zone is required");
        return NULL;
    }
    is_all = json_array_size(list) == 1 && wp_box_holds(list, "ALL_ZONES");
    if (!is_all && !wp_box_okta_knows(x, list, WP_OKTA_ZONE, "network"))
        return NULL;
    return json_pack("{s:s, s:o}", "connection", connection,
                     list == include ? "include" : "exclude", json_deep_copy(list));
}

/* {"include": […], "exclude": […]} of ids of that kind; both are there afterwards
 * when `is_full`. */
static json_t *
shape_sides(struct wp_exchange *x, const json_t *sent, const char *kind, const char *field,
            bool is_full)
{
    static const char *const sides[] = {"include", "exclude"};
    json_t *kept = json_object();
    for (size_t i = 0; i < 2; i++) {
        const json_t *list = json_object_get(sent, sides[i]);
        if (json_is_array(list) && (json_array_size(list) > 0 || is_full)) {
            if (!wp_box_okta_knows(x, list, kind, field)) {
                json_decref(kept);
                return NULL;
            }
            json_object_set_new(kept, sides[i], json_deep_copy(list));
        } else if (is_full && i == 1) {
            json_object_set_new(kept, sides[i], json_array());
        }
    }
    return kept;
}

json_t *
wp_box_okta_shape_people(struct wp_exchange *x, const json_t *sent, bool has_groups)
{
    json_t *users =
        shape_sides(x, json_object_get(sent, "users"), WP_OKTA_USER, "people.users", true);
    json_t *groups = NULL, *people;
    if (users == NULL)
        return NULL;
    people = json_pack("{s:o}", "users", users);
    if (has_groups && json_is_object(json_object_get(sent, "groups"))) {
        groups =
            shape_sides(x, json_object_get(sent, "groups"), WP_OKTA_GROUP, "people.groups", false);
        if (groups == NULL) {
            json_decref(people);
            return NULL;
        }
        if (json_object_size(groups) > 0)
            json_object_set(people, "groups", groups);
        json_decref(groups);
    }
    return people;
}

static bool
is_one_of(const char *text, const char *words)
{
    size_t length = text != NULL ? strlen(text) : 0;
    for (const char *at = words; length > 0 && (at = strstr(at, text)) != NULL; at++)
        if ((at == words || at[-1] == ' ') && (at[length] == ' ' || at[length] == '\0'))
            return true;
    return false;
}

/* `mac` is what this type of rule calls macOS. */
json_t *
wp_box_okta_shape_platform(struct wp_exchange *x, const json_t *sent, const char *mac)
{
    const json_t *list = json_object_get(sent, "include");
    json_t *include = json_array(), *item;
    const char *systems =
        wp_format(x->arena, "ANDROID ANY CHROMEOS IOS LINUX OTHER WINDOWS %s", mac);
    size_t i;
    json_array_foreach(list, i, item)
    {
        const json_t *os = json_object_get(item, "os");
        const char *type = wp_box_text(item, "type"), *os_type = wp_box_text(os, "type");
        const char *expression = wp_box_text(os, "expression");
        json_t *kept;
        if (!is_one_of(type, "ANY DESKTOP MOBILE OTHER") ||
            (os != NULL && !is_one_of(os_type, systems))) {
            json_decref(include);
            wp_box_okta_invalid(x, "platform", "Invalid platform %.40s %.40s",
                                type != NULL ? type : "", os_type != NULL ? os_type : "");
            return NULL;
        }
        kept = json_pack("{s:s, s:{s:s}}", "type", type, "os", "type",
                         os_type != NULL ? os_type : "ANY");
        if (expression != NULL && strcmp(os_type, "OTHER") == 0)
            json_object_set_new(json_object_get(kept, "os"), "expression", json_string(expression));
        json_array_append_new(include, kept);
    }
    return json_pack("{s:o, s:[]}", "include", include, "exclude");
}
