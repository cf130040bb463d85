/* Groups, users and apps of the Okta org. */
#include "compiler/sandbox/okta.h"

#include <string.h>
#include <strings.h>

#include "compiler/sandbox/sample.h"

/* ---- groups -------------------------------------------------------------------------------- */

static json_t *
show_group(const struct wp_exchange *x, const json_t *group)
{
    const char *id = wp_box_text(group, "id");
    return wp_box_okta_show(
        group,
        json_pack("{s:o, s:o}", "users", wp_box_okta_link(x, "GET", "/api/v1/groups/%s/users", id),
                  "apps", wp_box_okta_link(x, "GET", "/api/v1/groups/%s/apps", id)));
}

static bool
starts(const char *text, const char *prefix)
{
    return text != NULL && strncasecmp(text, prefix, strlen(prefix)) == 0;
}

void
wp_box_okta_group_list(struct wp_exchange *x)
{
    json_t *list = json_array(), *group;
    const char *id, *prefix = wp_exchange_argument(x, "q");
    json_object_foreach(wp_store_all(x->box->store, WP_OKTA_GROUP), id, group)
    {
        const char *name = wp_box_text(json_object_get(group, "profile"), "name");
        if (wp_box_okta_passes(x, group) && (prefix == NULL || starts(name, prefix)))
            json_array_append_new(list, show_group(x, group));
    }
    wp_box_okta_page(x, list, 10000, 10000);
}

void
wp_box_okta_group_get(struct wp_exchange *x)
{
    json_t *group = wp_box_okta_find(x, WP_OKTA_GROUP, "UserGroup");
    if (group != NULL)
        wp_exchange_answer(x, 200, show_group(x, group));
}

void
wp_box_okta_group_post(struct wp_exchange *x)
{
    json_t *sent = wp_box_okta_body(x), *group;
    const char *name = wp_box_text(json_object_get(sent, "profile"), "name"), *id;
    if (sent == NULL)
        return;
    json_object_foreach(
        wp_store_all(x->box->store, WP_OKTA_GROUP), id,
        group) if (name != NULL &&
                   strcmp(wp_box_text(json_object_get(group, "profile"), "name"), name) == 0)
    {
        wp_box_okta_invalid(x, "name", "An object with this field already exists");
        json_decref(sent);
        return;
    }
    if (name == NULL || *name == '\0') {
        wp_box_okta_invalid(x, "name", "The field cannot be left blank");
    } else {
        id = wp_box_okta_id(x->box, x->arena, "00g");
        group = json_pack("{s:s, s:s, s:[s], s:o}", "id", id, "type", "OKTA_GROUP", "objectClass",
                          "okta:user_group", "profile",
                          wp_box_pick(json_object_get(sent, "profile"), "name description"));
        wp_box_okta_stamp(x, group, NULL);
        wp_store_put(x->box->store, WP_OKTA_GROUP, id, group);
        wp_exchange_answer(x, 200, show_group(x, group));
    }
    json_decref(sent);
}

void
wp_box_okta_group_delete(struct wp_exchange *x)
{
    json_t *group = wp_box_okta_find(x, WP_OKTA_GROUP, "UserGroup");
    if (group == NULL)
        return;
    if (strcmp(wp_box_text(group, "type"), "OKTA_GROUP") != 0) {
        wp_box_okta_error(x, 403, "E0000006",
                          "You do not have permission to perform the requested action", NULL);
        return;
    }
    wp_store_remove(x->box->store, WP_OKTA_GROUP, x->captures[0]);
    wp_exchange_answer(x, 204, NULL);
}

/* ---- users ----------------------------------------------------------------------------------- */

static json_t *
show_user(const struct wp_exchange *x, const json_t *user)
{
    return wp_box_okta_show(
        user, json_pack("{s:o}", "self",
                        wp_box_okta_link(x, "GET", "/api/v1/users/%s", wp_box_text(user, "id"))));
}

/* By identifier or by login. */
static json_t *
find_user(struct wp_exchange *x, const char *name)
{
    json_t *user = wp_store_get(x->box->store, WP_OKTA_USER, name), *other;
    const char *id;
    if (user != NULL)
        return user;
    json_object_foreach(
        wp_store_all(x->box->store, WP_OKTA_USER), id,
        other) if (strcasecmp(wp_box_text(json_object_get(other, "profile"), "login"), name) ==
                   0) return other;
    wp_box_okta_missing(x, name, "User");
    return NULL;
}

void
wp_box_okta_user_list(struct wp_exchange *x)
{
    json_t *list = json_array(), *user;
    const char *id, *prefix = wp_exchange_argument(x, "q");
    json_object_foreach(wp_store_all(x->box->store, WP_OKTA_USER), id, user)
    {
        const json_t *profile = json_object_get(user, "profile");
        if (wp_box_okta_passes(x, user) &&
            (prefix == NULL || starts(wp_box_text(profile, "firstName"), prefix) ||
             starts(wp_box_text(profile, "lastName"), prefix) ||
             starts(wp_box_text(profile, "email"), prefix)))
            json_array_append_new(list, show_user(x, user));
    }
    wp_box_okta_page(x, list, 200, 200);
}

void
wp_box_okta_user_get(struct wp_exchange *x)
{
    json_t *user = find_user(x, x->captures[0]);
    if (user != NULL)
        wp_exchange_answer(x, 200, show_user(x, user));
}

void
wp_box_okta_user_post(struct wp_exchange *x)
{
    json_t *sent = wp_box_okta_body(x), *user;
    const json_t *profile = json_object_get(sent, "profile");
    const json_t *groups = json_object_get(sent, "groupIds");
    const char *login = wp_box_text(profile, "login"), *id;
    if (sent == NULL)
        return;
    json_object_foreach(
        wp_store_all(x->box->store, WP_OKTA_USER), id,
        user) if (login != NULL &&
                  strcasecmp(wp_box_text(json_object_get(user, "profile"), "login"), login) == 0)
    {
        wp_box_okta_invalid(x, "login", "An object with this field already exists");
        json_decref(sent);
        return;
    }
    if (login == NULL || strlen(login) < 5) {
        wp_box_okta_invalid(x, "login", "The field must have 5 to 100 characters");
    } else if (wp_box_okta_knows(x, groups, WP_OKTA_GROUP, "groupIds")) {
        id = wp_box_okta_id(x->box, x->arena, "00u");
        user = json_pack("{s:s, s:s, s:o, s:{s:s}, s:o, s:o}", "id", id, "status", "ACTIVE",
                         "profile", wp_box_pick(profile, "login email firstName lastName"), "type",
                         "id", "otysandboxdefault000", "_groups",
                         json_is_array(groups) ? json_deep_copy(groups) : json_array(), "_has",
                         wp_box_everything());
        wp_box_okta_stamp(x, user, NULL);
        wp_store_put(x->box->store, WP_OKTA_USER, id, user);
        wp_exchange_answer(x, 200, show_user(x, user));
    }
    json_decref(sent);
}

void
wp_box_okta_user_groups(struct wp_exchange *x)
{
    json_t *user = find_user(x, x->captures[0]), *list, *id;
    size_t i;
    if (user == NULL)
        return;
    list = json_array();
    json_array_foreach(json_object_get(user, "_groups"), i, id)
    {
        json_t *group = wp_store_get(x->box->store, WP_OKTA_GROUP, json_string_value(id));
        if (group != NULL)
            json_array_append_new(list, show_group(x, group));
    }
    wp_exchange_answer(x, 200, list);
}

void
wp_box_okta_group_users(struct wp_exchange *x)
{
    json_t *list, *user;
    const char *id;
    if (wp_box_okta_find(x, WP_OKTA_GROUP, "UserGroup") == NULL)
        return;
    list = json_array();
    json_object_foreach(wp_store_all(x->box->store, WP_OKTA_USER), id,
                        user) if (wp_box_holds(json_object_get(user, "_groups"), x->captures[0]))
        json_array_append_new(list, show_user(x, user));
    wp_box_okta_page(x, list, 1000, 1000);
}

static void
set_member(struct wp_exchange *x, bool is_member)
{
    json_t *user, *groups;
    if (wp_box_okta_find(x, WP_OKTA_GROUP, "UserGroup") == NULL ||
        (user = find_user(x, x->captures[1])) == NULL)
        return;
    groups = json_object_get(user, "_groups");
    for (size_t i = json_array_size(groups); i-- > 0;)
        if (strcmp(json_string_value(json_array_get(groups, i)), x->captures[0]) == 0)
            json_array_remove(groups, i);
    if (is_member)
        json_array_append_new(groups, json_string(x->captures[0]));
    wp_store_changed(x->box->store, WP_OKTA_USER, wp_box_text(user, "id"));
    wp_exchange_answer(x, 204, NULL);
}

void
wp_box_okta_member_put(struct wp_exchange *x)
{
    set_member(x, true);
}

void
wp_box_okta_member_delete(struct wp_exchange *x)
{
    set_member(x, false);
}

/* ---- apps -------------------------------------------------------------------------------------
 */

static json_t *
show_app(const struct wp_exchange *x, const json_t *app)
{
    const char *id = wp_box_text(app, "id"), *policy = wp_box_text(app, "_policy");
    json_t *links = json_object();
    json_object_set_new(links, "self", wp_box_okta_link(x, "GET DELETE", "/api/v1/apps/%s", id));
    if (policy != NULL && !x->box->settings.is_classic)
        json_object_set_new(links, "accessPolicy",
                            wp_box_okta_link(x, "GET", "/api/v1/policies/%s", policy));
    return wp_box_okta_show(app, links);
}

void
wp_box_okta_app_list(struct wp_exchange *x)
{
    json_t *list = json_array(), *app;
    const char *id, *prefix = wp_exchange_argument(x, "q");
    json_object_foreach(wp_store_all(x->box->store, WP_OKTA_APP), id,
                        app) if (wp_box_okta_passes(x, app) &&
                                 (prefix == NULL || starts(wp_box_text(app, "label"), prefix) ||
                                  starts(wp_box_text(app, "name"), prefix)))
        json_array_append_new(list, show_app(x, app));
    wp_box_okta_page(x, list, 20, 200);
}

void
wp_box_okta_app_get(struct wp_exchange *x)
{
    json_t *app = wp_box_okta_find(x, WP_OKTA_APP, "AppInstance");
    if (app != NULL)
        wp_exchange_answer(x, 200, show_app(x, app));
}

static const char *
default_policy(struct wp_exchange *x)
{
    const char *id;
    json_t *policy;
    json_object_foreach(wp_store_all(x->box->store, WP_OKTA_POLICY), id,
                        policy) if (wp_box_yes(policy, "system") &&
                                    strcmp(wp_box_text(policy, "type"), "ACCESS_POLICY") == 0 &&
                                    !wp_box_yes(policy, "_account")) return id;
    return NULL;
}

void
wp_box_okta_app_post(struct wp_exchange *x)
{
    json_t *sent = wp_box_okta_body(x), *app;
    const char *label = wp_box_text(sent, "label"), *mode = wp_box_text(sent, "signOnMode"), *id;
    if (sent == NULL)
        return;
    if (label == NULL || *label == '\0' || strlen(label) > 100) {
        wp_box_okta_invalid(x, "label", "The field must have 1 to 100 characters");
    } else {
        const char *name = wp_box_text(sent, "name");
        id = wp_box_okta_id(x->box, x->arena, "0oa");
        app =
            json_pack("{s:s, s:s, s:s, s:s, s:s, s:s?}", "id", id, "name",
                      name != NULL ? name : "bookmark", "label", label, "status", "ACTIVE",
                      "signOnMode", mode != NULL ? mode : "BOOKMARK", "_policy", default_policy(x));
        wp_box_okta_stamp(x, app, NULL);
        wp_store_put(x->box->store, WP_OKTA_APP, id, app);
        wp_exchange_answer(x, 200, show_app(x, app));
    }
    json_decref(sent);
}

void
wp_box_okta_app_delete(struct wp_exchange *x)
{
    if (wp_box_okta_find(x, WP_OKTA_APP, "AppInstance") == NULL)
        return;
    wp_store_remove(x->box->store, WP_OKTA_APP, x->captures[0]);
    wp_exchange_answer(x, 204, NULL);
}

void
wp_box_okta_app_assign(struct wp_exchange *x)
{
    json_t *app = wp_box_okta_find(x, WP_OKTA_APP, "AppInstance"), *policy;
    if (app == NULL)
        return;
    policy = wp_store_get(x->box->store, WP_OKTA_POLICY, x->captures[1]);
    if (policy == NULL) {
        wp_box_okta_missing(x, x->captures[1], "Policy");
        return;
    }
    if (strcmp(wp_box_text(policy, "type"), "ACCESS_POLICY") != 0 ||
        wp_box_yes(policy, "_account")) {
        wp_box_okta_invalid(x, "policy", "This policy cannot be assigned to an application");
        return;
    }
    json_object_set_new(app, "_policy", json_string(x->captures[1]));
    wp_store_changed(x->box->store, WP_OKTA_APP, x->captures[0]);
    wp_box_okta_note(x->box, x->arena, "policy.mapping.create", policy, "PolicyEntity",
                     json_pack("{s:s}", "app", x->captures[0]));
    wp_exchange_answer(x, 204, NULL);
}
