/* People and groups, in SCIM 1.1's dialect. */
#include "compiler/sandbox/access.h"

#include <string.h>
#include <strings.h>

#include "compiler/sandbox/sample.h"

#define EXTENSION "urn:scim:schemas:extension:workspace:1.0"

/* ---- filters: attribute eq|co|sw "value"
 * -------------------------------------------------------------- */

struct filter {
    char attribute[64], operator[4], value[300];
};

static bool
read_filter(struct wp_exchange *x, struct filter *filter)
{
    const char *text = wp_exchange_argument(x, "filter"), *value;
    size_t length, end;
    *filter = (struct filter){0};
    if (text == NULL || *text == '\0')
        return true;
    length = strcspn(text, " ");
    if (length > 0 && length < sizeof filter->attribute && strlen(text) > length + 4 &&
        text[length + 3] == ' ') {
        memcpy(filter->attribute, text, length);
        memcpy(filter->operator, text + length + 1, 2);
        value = text + length + 4;
        end = *value == '"' ? strcspn(value + 1, "\"") : 0;
        if (*value == '"' && value[end + 1] == '"' && value[end + 2] == '\0' &&
            end < sizeof filter->value &&
            (strcasecmp(filter->operator, "eq") == 0 || strcasecmp(filter->operator, "co") == 0 ||
             strcasecmp(filter->operator, "sw") == 0)) {
            memcpy(filter->value, value + 1, end);
            return true;
        }
    }
    return wp_box_access_error(x, 400, "invalid.filter", "The filter is not understood");
}

static bool
passes(const struct filter *filter, const json_t *object)
{
    const char *text;
    if (filter->attribute[0] == '\0')
        return true;
    text = wp_box_text(object, filter->attribute);
    if (text == NULL && strcasecmp(filter->attribute, "userName") == 0)
        text = wp_box_text(object, "userName");
    if (text == NULL)
        return false;
    switch (filter->operator[0] | 0x20) {
    case 'e':
        return strcasecmp(text, filter->value) == 0;
    case 'c':
        return strcasestr(text, filter->value) != NULL;
    default:
        return strncasecmp(text, filter->value, strlen(filter->value)) == 0;
    }
}

static json_t *
show(const json_t *object)
{
    json_t *shown = json_object(), *value;
    const char *key;
    json_object_foreach((json_t *)(uintptr_t)object, key, value) if (key[0] != '_')
        json_object_set_new(shown, key, json_deep_copy(value));
    return shown;
}

static void
list(struct wp_exchange *x, const char *kind)
{
    struct filter filter;
    long from = wp_exchange_number(x, "startIndex", 1), count = wp_exchange_number(x, "count", 100);
    json_t *found, *object;
    const char *id;
    long at = 0;
    if (!read_filter(x, &filter))
        return;
    if (from < 1)
        from = 1;
    if (count < 0 || count > 1000)
        count = 1000;
    found = json_array();
    json_object_foreach(wp_store_all(x->box->store, kind), id, object)
    {
        if (!passes(&filter, object))
            continue;
        at++;
        if (at >= from && at < from + count)
            json_array_append_new(found, show(object));
    }
    wp_exchange_answer(x, 200,
                       json_pack("{s:I, s:I, s:I, s:[s], s:o}", "totalResults", (json_int_t)at,
                                 "itemsPerPage", (json_int_t)json_array_size(found), "startIndex",
                                 (json_int_t)from, "schemas", "urn:scim:schemas:core:1.0",
                                 "Resources", found));
}

static json_t *
meta(struct wp_exchange *x, const char *what, const char *id)
{
    return json_pack("{s:s, s:s, s:s, s:s}", "created", wp_box_time(x->arena, wp_box_now()),
                     "lastModified", wp_box_time(x->arena, wp_box_now()), "location",
                     wp_format(x->arena, "%s%s/scim/%s/%s", x->base, WP_ACCESS_JERSEY, what, id),
                     "version", "W/\"1\"");
}

/* ---- groups
 * --------------------------------------------------------------------------------------------- */

void
wp_box_access_group_list(struct wp_exchange *x)
{
    list(x, WP_ACCESS_BOX_GROUP);
}

void
wp_box_access_group_get(struct wp_exchange *x)
{
    json_t *group = wp_box_access_find(x, WP_ACCESS_BOX_GROUP, "Group"), *shown, *user;
    json_t *members = json_array();
    const char *id;
    if (group == NULL) {
        json_decref(members);
        return;
    }
    json_object_foreach(wp_store_all(x->box->store, WP_ACCESS_BOX_USER), id,
                        user) if (wp_box_holds(json_object_get(user, "_groups"), x->captures[0]))
        json_array_append_new(members,
                              json_pack("{s:s, s:O, s:s}", "value", id, "display",
                                        json_object_get(user, "userName"), "type", "User"));
    shown = show(group);
    json_object_set_new(shown, "members", members);
    wp_exchange_answer(x, 200, shown);
}

static const char *
domain_of(const json_t *group)
{
    const char *domain = wp_box_text(json_object_get(group, EXTENSION), "domain");
    return domain != NULL ? domain : "";
}

void
wp_box_access_group_post(struct wp_exchange *x)
{
    json_t *sent = wp_box_access_body(x), *group;
    const char *name = wp_box_text(sent, "displayName"), *id;
    if (sent == NULL)
        return;
    if (name == NULL || *name == '\0') {
        wp_box_access_error(x, 400, "missing.field", "displayName is required");
        json_decref(sent);
        return;
    }
    json_object_foreach(wp_store_all(x->box->store, WP_ACCESS_BOX_GROUP), id,
                        group) if (strcmp(wp_box_text(group, "displayName"), name) == 0 &&
                                   strcmp(domain_of(group), domain_of(sent)) == 0)
    {
        wp_box_access_error(x, 409, "duplicate", "There is a group %.200s already", name);
        json_decref(sent);
        return;
    }
    id = wp_box_uuid(x->box, x->arena);
    group = wp_box_pick(sent, "displayName externalId " EXTENSION);
    json_object_set_new(group, "id", json_string(id));
    json_object_set_new(group, "schemas",
                        json_pack("[s, s]", "urn:scim:schemas:core:1.0", EXTENSION));
    json_object_set_new(group, "meta", meta(x, "Groups", id));
    wp_store_put(x->box->store, WP_ACCESS_BOX_GROUP, id, group);
    wp_exchange_answer(x, 201, show(group));
    json_decref(sent);
}

/* Adds or removes members; POST with X-HTTP-Method-Override is the same. */
void
wp_box_access_group_patch(struct wp_exchange *x)
{
    const char *override = wp_exchange_header(x, "X-HTTP-Method-Override");
    json_t *group, *sent, *member;
    size_t i;
    if (x->method[1] == 'O' && (override == NULL || strcmp(override, "PATCH") != 0)) {
        wp_box_access_error(x, 405, "method.not.allowed", "POST needs X-HTTP-Method-Override");
        return;
    }
    group = wp_box_access_find(x, WP_ACCESS_BOX_GROUP, "Group");
    if (group == NULL || (sent = wp_box_access_body(x)) == NULL)
        return;
    if (wp_box_text(sent, "displayName") != NULL)
        json_object_set(group, "displayName", json_object_get(sent, "displayName"));
    json_array_foreach(json_object_get(sent, "members"), i, member)
    {
        const char *id = wp_box_text(member, "value"), *what = wp_box_text(member, "operation");
        json_t *user = wp_store_get(x->box->store, WP_ACCESS_BOX_USER, id);
        json_t *groups = json_object_get(user, "_groups");
        if (user == NULL) {
            wp_box_access_error(x, 400, "unknown.member", "Unknown member %.60s",
                                id != NULL ? id : "");
            json_decref(sent);
            return;
        }
        for (size_t g = json_array_size(groups); g-- > 0;)
            if (strcmp(json_string_value(json_array_get(groups, g)), x->captures[0]) == 0)
                json_array_remove(groups, g);
        if (what == NULL || strcmp(what, "delete") != 0)
            json_array_append_new(groups, json_string(x->captures[0]));
        wp_store_changed(x->box->store, WP_ACCESS_BOX_USER, id);
    }
    wp_store_changed(x->box->store, WP_ACCESS_BOX_GROUP, x->captures[0]);
    json_decref(sent);
    wp_exchange_answer(x, 204, NULL);
}

void
wp_box_access_group_delete(struct wp_exchange *x)
{
    if (wp_box_access_find(x, WP_ACCESS_BOX_GROUP, "Group") == NULL)
        return;
    wp_store_remove(x->box->store, WP_ACCESS_BOX_GROUP, x->captures[0]);
    wp_exchange_answer(x, 204, NULL);
}

/* ---- users
 * ------------------------------------------------------------------------------------------------
 */

void
wp_box_access_user_list(struct wp_exchange *x)
{
    list(x, WP_ACCESS_BOX_USER);
}

void
wp_box_access_user_get(struct wp_exchange *x)
{
    json_t *user = wp_box_access_find(x, WP_ACCESS_BOX_USER, "User"), *shown, *groups, *id;
    size_t i;
    if (user == NULL)
        return;
    groups = json_array();
    json_array_foreach(json_object_get(user, "_groups"), i, id) json_array_append_new(
        groups, json_pack("{s:O, s:O?}", "value", id, "display",
                          json_object_get(wp_store_get(x->box->store, WP_ACCESS_BOX_GROUP,
                                                       json_string_value(id)),
                                          "displayName")));
    shown = show(user);
    json_object_set_new(shown, "groups", groups);
    wp_exchange_answer(x, 200, shown);
}

void
wp_box_access_user_post(struct wp_exchange *x)
{
    json_t *sent = wp_box_access_body(x), *user;
    const char *name = wp_box_text(sent, "userName"), *id;
    if (sent == NULL)
        return;
    json_object_foreach(wp_store_all(x->box->store, WP_ACCESS_BOX_USER), id,
                        user) if (name != NULL &&
                                  strcasecmp(wp_box_text(user, "userName"), name) == 0)
    {
        wp_box_access_error(x, 409, "duplicate", "There is a user %.200s already", name);
        json_decref(sent);
        return;
    }
    if (name == NULL || *name == '\0') {
        wp_box_access_error(x, 400, "missing.field", "userName is required");
    } else {
        id = wp_box_uuid(x->box, x->arena);
        user = wp_box_pick(sent, "userName displayName name emails externalId active " EXTENSION);
        json_object_set_new(user, "id", json_string(id));
        json_object_set_new(user, "schemas", json_pack("[s]", "urn:scim:schemas:core:1.0"));
        json_object_set_new(user, "meta", meta(x, "Users", id));
        json_object_set_new(user, "_groups", json_array());
        json_object_set_new(user, "_has", wp_box_everything());
        wp_store_put(x->box->store, WP_ACCESS_BOX_USER, id, user);
        wp_exchange_answer(x, 201, show(user));
    }
    json_decref(sent);
}

void
wp_box_access_user_delete(struct wp_exchange *x)
{
    if (wp_box_access_find(x, WP_ACCESS_BOX_USER, "User") == NULL)
        return;
    wp_store_remove(x->box->store, WP_ACCESS_BOX_USER, x->captures[0]);
    wp_exchange_answer(x, 204, NULL);
}
