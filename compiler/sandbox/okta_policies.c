/* Policies: their order, their default rules, and which apps use them. */
#include "compiler/sandbox/okta.h"

#include <stdlib.h>
#include <string.h>

struct policy_type {
    const char *name, *rule;
    bool can_be_made;
    bool is_identity; /* of the Identity Engine alone */
};

static const struct policy_type types[] = {
    {"ACCESS_POLICY", "ACCESS_POLICY", true, true},
    {"OKTA_SIGN_ON", "SIGN_ON", true, false},
    {"MFA_ENROLL", "MFA_ENROLL", true, false},
    {"PASSWORD", "PASSWORD", true, false},
    {"PROFILE_ENROLLMENT", "PROFILE_ENROLLMENT", true, true},
    {"DEVICE_SIGNAL_COLLECTION", "DEVICE_SIGNAL_COLLECTION", true, true},
    {"IDP_DISCOVERY", "IDP_DISCOVERY", false, false},
    {"ENTITY_RISK", "ENTITY_RISK", false, true},
    {"POST_AUTH_SESSION", "POST_AUTH_SESSION", false, true},
};

static const struct policy_type *
find_type(const struct wp_exchange *x, const char *name)
{
    for (size_t i = 0; name != NULL && i < sizeof types / sizeof *types; i++)
        if (strcmp(types[i].name, name) == 0 &&
            !(types[i].is_identity && x->box->settings.is_classic))
            return &types[i];
    return NULL;
}

const char *
wp_box_okta_rule_type(const char *policy_type)
{
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (strcmp(types[i].name, policy_type) == 0)
            return types[i].rule;
    return NULL;
}

static json_t *
show_policy(const struct wp_exchange *x, const json_t *policy)
{
    const char *id = wp_box_text(policy, "id");
    json_t *links = json_object(), *shown;
    json_object_set_new(
        links, "self",
        wp_box_okta_link(x, wp_box_yes(policy, "system") ? "GET PUT" : "GET PUT DELETE",
                         "/api/v1/policies/%s", id));
    json_object_set_new(links, "rules",
                        wp_box_okta_link(x, "GET POST", "/api/v1/policies/%s/rules", id));
    json_object_set_new(links, "mappings",
                        wp_box_okta_link(x, "GET", "/api/v1/policies/%s/mappings", id));
    shown = wp_box_okta_show(policy, links);
    if (!json_object_get(shown, "conditions"))
        json_object_set_new(shown, "conditions", json_null());
    return shown;
}

/* Policies of a type in their order; references. */
static json_t *
list_type(struct wp_exchange *x, const char *type)
{
    json_t *list = json_array(), *policy;
    const char *id;
    json_object_foreach(wp_store_all(x->box->store, WP_OKTA_POLICY), id, policy)
    {
        json_int_t place = json_integer_value(json_object_get(policy, "priority"));
        size_t at = 0;
        if (strcmp(wp_box_text(policy, "type"), type) != 0)
            continue;
        while (at < json_array_size(list) &&
               json_integer_value(json_object_get(json_array_get(list, at), "priority")) <= place)
            at++;
        json_array_insert(list, at, policy);
    }
    return list;
}

/* Policies that are asked in turn are ordered as rules of the first family are,
 * the default one last; each access policy stands for itself. */
static void
order_policies(struct wp_exchange *x, json_t *policy, bool is_new, int64_t asked)
{
    const char *type = wp_box_text(policy, "type");
    json_t *list, *other, *system = NULL;
    struct wp_okta_slot *slots;
    size_t i, count = 0;
    int64_t place;
    if (wp_box_okta_family(type) == WP_OKTA_FAMILY_2) {
        if (is_new)
            json_object_set_new(policy, "priority", json_integer(1));
        return;
    }
    list = list_type(x, type);
    slots = wp_alloc_array(x->arena, json_array_size(list) + 1, sizeof *slots);
    json_array_foreach(list, i, other)
    {
        if (wp_box_yes(other, "system"))
            system = other;
        else if (other != policy)
            slots[count++] = (struct wp_okta_slot){
                wp_box_text(other, "id"), json_integer_value(json_object_get(other, "priority"))};
    }
    place = wp_okta_place(WP_OKTA_FAMILY_1, slots, count, -1, asked);
    json_object_set_new(policy, "priority", json_integer(place));
    for (i = 0; i < count; i++) {
        json_object_set_new(wp_store_get(x->box->store, WP_OKTA_POLICY, slots[i].id), "priority",
                            json_integer(slots[i].priority));
        wp_store_changed(x->box->store, WP_OKTA_POLICY, slots[i].id);
    }
    if (system != NULL) {
        json_object_set_new(system, "priority", json_integer((json_int_t)count + 2));
        wp_store_changed(x->box->store, WP_OKTA_POLICY, wp_box_text(system, "id"));
    }
    json_decref(list);
}

/* ---- what is sent ------------------------------------------------------------------------- */

static bool
shape_conditions(struct wp_exchange *x, const char *type, const json_t *sent, json_t *policy)
{
    const json_t *conditions = json_object_get(sent, "conditions");
    json_t *people, *kept;
    if (strcmp(type, "ACCESS_POLICY") == 0) {
        if (conditions != NULL && !json_is_null(conditions))
            return wp_box_okta_invalid(x, "conditions",
                                       "Conditions are not supported on an access policy");
        json_object_set_new(policy, "conditions", json_null());
        return true;
    }
    people = json_object_get(conditions, "people");
    if (people == NULL) {
        json_object_set_new(policy, "conditions", json_null());
        return true;
    }
    kept = wp_box_okta_shape_people(x, people, true);
    if (kept == NULL)
        return false;
    json_object_set_new(policy, "conditions", json_pack("{s:o}", "people", kept));
    return true;
}

static bool
is_name_free(struct wp_exchange *x, const char *type, const char *name, const json_t *old)
{
    const char *id;
    json_t *policy;
    json_object_foreach(
        wp_store_all(x->box->store, WP_OKTA_POLICY), id,
        policy) if (policy != old && strcmp(wp_box_text(policy, "name"), name) == 0 &&
                    strcmp(wp_box_text(policy, "type"), type) ==
                        0) return wp_box_okta_invalid(x, "name", "Policy name already in use");
    return true;
}

static json_t *
shape_policy(struct wp_exchange *x, const json_t *sent, const json_t *old)
{
    const char *name = wp_box_text(sent, "name"), *type = wp_box_text(sent, "type");
    const char *description = wp_box_text(sent, "description");
    const struct policy_type *known = find_type(x, type);
    json_t *policy;
    if (known == NULL || (old == NULL && !known->can_be_made)) {
        wp_box_okta_invalid(x, "type", "Invalid policy type %.60s", type != NULL ? type : "null");
        return NULL;
    }
    if (old != NULL && strcmp(type, wp_box_text(old, "type")) != 0) {
        wp_box_okta_invalid(x, "type", "The type of a policy cannot be changed");
        return NULL;
    }
    if (name == NULL || *name == '\0' || strlen(name) > 255) {
        wp_box_okta_invalid(x, "name", "The field must have 1 to 255 characters");
        return NULL;
    }
    if (!is_name_free(x, type, name, old))
        return NULL;
    policy = json_pack("{s:s, s:s, s:s?, s:s, s:b}", "type", type, "name", name, "description",
                       description, "status", "ACTIVE", "system", wp_box_yes(old, "system"));
    if (old != NULL)
        json_object_set(policy, "status", json_object_get(old, "status"));
    else if (wp_box_text(sent, "status") != NULL && strcmp(type, "ACCESS_POLICY") != 0)
        json_object_set(policy, "status", json_object_get(sent, "status"));
    if (json_object_get(sent, "settings") != NULL)
        json_object_set_new(policy, "settings", json_deep_copy(json_object_get(sent, "settings")));
    if (shape_conditions(x, type, sent, policy))
        return policy;
    json_decref(policy);
    return NULL;
}

/* The rule that a new policy has: an access policy's lets everybody in. */
static void
add_catch_all(struct wp_exchange *x, const char *policy, const char *type)
{
    const char *id = wp_box_okta_id(x->box, x->arena, "rul");
    json_t *rule;
    if (strcmp(type, "ACCESS_POLICY") != 0)
        return;
    rule =
        json_pack("{s:s, s:s, s:s, s:i, s:s, s:b, s:n, s:{s:{s:s, s:{s:s, s:s, s:s, s:[]}}}, s:s}",
                  "id", id, "type", "ACCESS_POLICY", "name", "Catch-all Rule", "priority", 99,
                  "status", "ACTIVE", "system", true, "conditions", "actions", "appSignOn",
                  "access", "ALLOW", "verificationMethod", "type", "ASSURANCE", "factorMode", "2FA",
                  "reauthenticateIn", "PT12H", "constraints", "_policy", policy);
    wp_box_okta_stamp(x, rule, NULL);
    wp_store_put(x->box->store, WP_OKTA_RULE, id, rule);
}

/* ---- calls ---------------------------------------------------------------------------------- */

void
wp_box_okta_policy_list(struct wp_exchange *x)
{
    const char *type = wp_exchange_argument(x, "type"), *status = wp_exchange_argument(x, "status");
    const char *prefix = wp_exchange_argument(x, "q"), *expand = wp_exchange_argument(x, "expand");
    json_t *list, *shown = json_array(), *policy;
    size_t i;
    if (find_type(x, type) == NULL) {
        wp_box_okta_invalid(
            x, "type", type == NULL ? "The type of policies is required" : "Invalid policy type");
        json_decref(shown);
        return;
    }
    list = list_type(x, type);
    json_array_foreach(list, i, policy)
    {
        json_t *item;
        if ((status != NULL && strcmp(wp_box_text(policy, "status"), status) != 0) ||
            (prefix != NULL && strncmp(wp_box_text(policy, "name"), prefix, strlen(prefix)) != 0))
            continue;
        item = show_policy(x, policy);
        if (expand != NULL && strcmp(expand, "rules") == 0) {
            json_t *rules = wp_box_okta_rules(x->box, wp_box_text(policy, "id")), *rule;
            json_t *copies = json_array();
            size_t r;
            json_array_foreach(rules, r, rule)
                json_array_append_new(copies, wp_box_okta_show(rule, NULL));
            json_object_set_new(item, "_embedded", json_pack("{s:o}", "rules", copies));
            json_decref(rules);
        }
        json_array_append_new(shown, item);
    }
    json_decref(list);
    wp_box_okta_page(x, shown, 5000, 5000);
}

void
wp_box_okta_policy_get(struct wp_exchange *x)
{
    json_t *policy = wp_box_okta_find(x, WP_OKTA_POLICY, "Policy");
    if (policy != NULL)
        wp_exchange_answer(x, 200, show_policy(x, policy));
}

void
wp_box_okta_policy_post(struct wp_exchange *x)
{
    json_t *sent = wp_box_okta_body(x), *policy = sent != NULL ? shape_policy(x, sent, NULL) : NULL;
    const json_t *priority = json_object_get(sent, "priority");
    if (policy != NULL) {
        const char *id = wp_box_okta_id(x->box, x->arena, "rst");
        json_object_set_new(policy, "id", json_string(id));
        wp_box_okta_stamp(x, policy, NULL);
        if (strcmp(wp_box_text(policy, "type"), "ACCESS_POLICY") == 0)
            json_object_set_new(policy, "_embedded", json_pack("{s:s}", "resourceType", "APP"));
        order_policies(x, policy, true,
                       json_is_integer(priority) ? json_integer_value(priority) : -1);
        wp_store_put(x->box->store, WP_OKTA_POLICY, id, policy);
        add_catch_all(x, id, wp_box_text(policy, "type"));
        wp_box_okta_note(x->box, x->arena, "policy.lifecycle.create", policy, "PolicyEntity", NULL);
        wp_exchange_answer(x, 200, show_policy(x, policy));
    }
    json_decref(sent);
}

void
wp_box_okta_policy_put(struct wp_exchange *x)
{
    json_t *old = wp_box_okta_find(x, WP_OKTA_POLICY, "Policy"), *sent, *policy;
    const json_t *priority;
    if (old == NULL || (sent = wp_box_okta_body(x)) == NULL)
        return;
    policy = shape_policy(x, sent, old);
    priority = json_object_get(sent, "priority");
    if (policy != NULL) {
        json_object_set_new(policy, "id", json_string(x->captures[0]));
        wp_box_okta_stamp(x, policy, old);
        json_object_set(policy, "priority", json_object_get(old, "priority"));
        if (json_object_get(old, "_embedded") != NULL)
            json_object_set(policy, "_embedded", json_object_get(old, "_embedded"));
        policy = wp_store_put(x->box->store, WP_OKTA_POLICY, x->captures[0], policy);
        if (json_is_integer(priority) && !wp_box_yes(policy, "system"))
            order_policies(x, policy, false, json_integer_value(priority));
        wp_box_okta_note(x->box, x->arena, "policy.lifecycle.update", policy, "PolicyEntity", NULL);
        wp_exchange_answer(x, 200, show_policy(x, policy));
    }
    json_decref(sent);
}

static bool
is_used(struct wp_exchange *x, const char *policy)
{
    const char *id;
    json_t *app;
    json_object_foreach(wp_store_all(x->box->store, WP_OKTA_APP), id,
                        app) if (wp_box_text(app, "_policy") != NULL &&
                                 strcmp(wp_box_text(app, "_policy"), policy) == 0) return true;
    return false;
}

/* Those behind a policy that is gone move up. */
static void
close_gap(struct wp_exchange *x, const char *type)
{
    json_t *list, *policy;
    size_t i;
    if (wp_box_okta_family(type) == WP_OKTA_FAMILY_2)
        return;
    list = list_type(x, type);
    json_array_foreach(list, i, policy)
    {
        json_object_set_new(policy, "priority", json_integer((json_int_t)i + 1));
        wp_store_changed(x->box->store, WP_OKTA_POLICY, wp_box_text(policy, "id"));
    }
    json_decref(list);
}

void
wp_box_okta_policy_delete(struct wp_exchange *x)
{
    json_t *policy = wp_box_okta_find(x, WP_OKTA_POLICY, "Policy"), *rules, *rule;
    const char *type;
    size_t i;
    if (policy == NULL)
        return;
    if (wp_box_yes(policy, "system")) {
        wp_box_okta_error(x, 403, "E0000006",
                          "You do not have permission to perform the requested action",
                          "The default policy cannot be deleted");
        return;
    }
    if (is_used(x, x->captures[0])) {
        wp_box_okta_invalid(x, "policy", "The policy is assigned to an application");
        return;
    }
    rules = wp_box_okta_rules(x->box, x->captures[0]);
    json_array_foreach(rules, i, rule)
        wp_store_remove(x->box->store, WP_OKTA_RULE, wp_box_text(rule, "id"));
    json_decref(rules);
    wp_box_okta_note(x->box, x->arena, "policy.lifecycle.delete", policy, "PolicyEntity", NULL);
    type = wp_copy_text(x->arena, wp_box_text(policy, "type"), strlen(wp_box_text(policy, "type")));
    wp_store_remove(x->box->store, WP_OKTA_POLICY, x->captures[0]);
    close_gap(x, type);
    wp_exchange_answer(x, 204, NULL);
}

static void
set_status(struct wp_exchange *x, const char *status)
{
    json_t *policy = wp_box_okta_find(x, WP_OKTA_POLICY, "Policy");
    if (policy == NULL)
        return;
    if (wp_box_yes(policy, "system") ||
        (strcmp(wp_box_text(policy, "type"), "ACCESS_POLICY") == 0 && status[0] == 'I')) {
        wp_box_okta_invalid(x, "policy", "This policy cannot be deactivated");
        return;
    }
    json_object_set_new(policy, "status", json_string(status));
    wp_box_okta_stamp(x, policy, policy);
    wp_store_changed(x->box->store, WP_OKTA_POLICY, x->captures[0]);
    wp_exchange_answer(x, 204, NULL);
}

void
wp_box_okta_policy_activate(struct wp_exchange *x)
{
    set_status(x, "ACTIVE");
}

void
wp_box_okta_policy_deactivate(struct wp_exchange *x)
{
    set_status(x, "INACTIVE");
}

void
wp_box_okta_policy_clone(struct wp_exchange *x)
{
    json_t *policy = wp_box_okta_find(x, WP_OKTA_POLICY, "Policy"), *copy, *rules, *rule;
    const char *id;
    size_t i;
    if (policy == NULL)
        return;
    if (strcmp(wp_box_text(policy, "type"), "ACCESS_POLICY") != 0) {
        wp_box_okta_invalid(x, "type", "Only access policies can be cloned");
        return;
    }
    id = wp_box_okta_id(x->box, x->arena, "rst");
    copy = json_deep_copy(policy);
    json_object_set_new(copy, "id", json_string(id));
    json_object_set_new(copy, "system", json_false());
    json_object_set_new(copy, "name", json_sprintf("[cloned] %s", wp_box_text(policy, "name")));
    wp_box_okta_stamp(x, copy, NULL);
    rules = wp_box_okta_rules(x->box, x->captures[0]);
    json_array_foreach(rules, i, rule)
    {
        const char *rule_id = wp_box_okta_id(x->box, x->arena, "rul");
        json_t *twin = json_deep_copy(rule);
        json_object_set_new(twin, "id", json_string(rule_id));
        json_object_set_new(twin, "_policy", json_string(id));
        wp_store_put(x->box->store, WP_OKTA_RULE, rule_id, twin);
    }
    json_decref(rules);
    wp_store_put(x->box->store, WP_OKTA_POLICY, id, copy);
    wp_exchange_answer(x, 200, show_policy(x, copy));
}

void
wp_box_okta_mapping_list(struct wp_exchange *x)
{
    json_t *policy = wp_box_okta_find(x, WP_OKTA_POLICY, "Policy"), *list, *app;
    const char *id;
    if (policy == NULL)
        return;
    list = json_array();
    json_object_foreach(wp_store_all(x->box->store, WP_OKTA_APP), id,
                        app) if (wp_box_text(app, "_policy") != NULL &&
                                 strcmp(wp_box_text(app, "_policy"), x->captures[0]) == 0)
        json_array_append_new(
            list,
            json_pack("{s:s, s:{s:o, s:o}}", "id", wp_format(x->arena, "map%s", id + 3), "_links",
                      "application", wp_box_okta_link(x, "GET", "/api/v1/apps/%s", id), "policy",
                      wp_box_okta_link(x, "GET", "/api/v1/policies/%s", x->captures[0])));
    wp_exchange_answer(x, 200, list);
}

void
wp_box_okta_mapping_post(struct wp_exchange *x)
{
    if (wp_box_okta_find(x, WP_OKTA_POLICY, "Policy") != NULL)
        wp_box_okta_invalid(x, "mapping",
                            "Policy mappings are no longer supported on this endpoint.");
}
