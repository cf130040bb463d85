/* Rules: their order, by both families' models, and their lives. */
#include "compiler/sandbox/okta.h"

#include <string.h>

#define RULES_MAX 100

static int64_t
priority_of(const json_t *object)
{
    return (int64_t)json_integer_value(json_object_get(object, "priority"));
}

json_t *
wp_box_okta_rules(struct wp_box *box, const char *policy)
{
    json_t *list = json_array(), *rule;
    const char *id;
    json_object_foreach(wp_store_all(box->store, WP_OKTA_RULE), id, rule)
    {
        bool is_system = wp_box_yes(rule, "system");
        size_t at = json_array_size(list);
        if (strcmp(wp_box_text(rule, "_policy"), policy) != 0)
            continue;
        while (at > 0) {
            const json_t *before = json_array_get(list, at - 1);
            if (is_system ||
                (!wp_box_yes(before, "system") && priority_of(before) <= priority_of(rule)))
                break;
            at--;
        }
        json_array_insert(list, at, rule);
    }
    return list;
}

static json_t *
show_rule(const struct wp_exchange *x, const json_t *rule, const char *policy_type)
{
    const char *id = wp_box_text(rule, "id"), *policy = wp_box_text(rule, "_policy");
    bool is_active = strcmp(wp_box_text(rule, "status"), "ACTIVE") == 0;
    bool is_fixed = wp_box_yes(rule, "system");
    bool is_read_only = is_fixed && (strcmp(policy_type, "IDP_DISCOVERY") == 0 ||
                                     strcmp(policy_type, "MFA_ENROLL") == 0);
    json_t *links = json_object();
    json_object_set_new(links, "self",
                        wp_box_okta_link(x,
                                         is_read_only ? "GET"
                                         : is_fixed   ? "GET PUT"
                                                      : "GET PUT DELETE",
                                         "/api/v1/policies/%s/rules/%s", policy, id));
    if (!is_fixed)
        json_object_set_new(links, is_active ? "deactivate" : "activate",
                            wp_box_okta_link(x, "POST", "/api/v1/policies/%s/rules/%s/lifecycle/%s",
                                             policy, id, is_active ? "deactivate" : "activate"));
    return wp_box_okta_show(rule, links);
}

/* The rule of the second capture, within the policy of the first. */
static json_t *
find_rule(struct wp_exchange *x, json_t **policy)
{
    json_t *rule;
    *policy = wp_box_okta_find(x, WP_OKTA_POLICY, "Policy");
    if (*policy == NULL)
        return NULL;
    rule = wp_store_get(x->box->store, WP_OKTA_RULE, x->captures[1]);
    if (rule != NULL && strcmp(wp_box_text(rule, "_policy"), x->captures[0]) == 0)
        return rule;
    wp_box_okta_missing(x, x->captures[1], "PolicyRule");
    return NULL;
}

/* ---- order ----------------------------------------------------------------------------------- */

/* Places the rule among the others, and changes theirs. */
static void
place(struct wp_exchange *x, json_t *rule, enum wp_okta_family family, int64_t own, int64_t asked)
{
    json_t *rules = wp_box_okta_rules(x->box, x->captures[0]), *other, *system = NULL;
    struct wp_okta_slot *slots =
        wp_alloc_array(x->arena, json_array_size(rules) + 1, sizeof *slots);
    const char *id = wp_box_text(rule, "id");
    size_t i, count = 0;
    json_array_foreach(rules, i, other)
    {
        if (wp_box_yes(other, "system"))
            system = other;
        else if (strcmp(wp_box_text(other, "id"), id) != 0)
            slots[count++] = (struct wp_okta_slot){wp_box_text(other, "id"), priority_of(other)};
    }
    json_object_set_new(rule, "priority",
                        json_integer(wp_okta_place(family, slots, count, own, asked)));
    for (i = 0; i < count; i++) {
        json_object_set_new(wp_store_get(x->box->store, WP_OKTA_RULE, slots[i].id), "priority",
                            json_integer(slots[i].priority));
        wp_store_changed(x->box->store, WP_OKTA_RULE, slots[i].id);
    }
    if (system != NULL && family == WP_OKTA_FAMILY_1) {
        json_object_set_new(system, "priority", json_integer((json_int_t)count + 2));
        wp_store_changed(x->box->store, WP_OKTA_RULE, wp_box_text(system, "id"));
    }
    json_decref(rules);
}

/* After a delete: the first family closes the gap. */
static void
close_gap(struct wp_exchange *x, enum wp_okta_family family)
{
    json_t *rules, *rule;
    size_t i;
    if (family == WP_OKTA_FAMILY_2)
        return;
    rules = wp_box_okta_rules(x->box, x->captures[0]);
    json_array_foreach(rules, i, rule)
    {
        json_object_set_new(rule, "priority", json_integer((json_int_t)i + 1));
        wp_store_changed(x->box->store, WP_OKTA_RULE, wp_box_text(rule, "id"));
    }
    json_decref(rules);
}

/* ---- what is sent ------------------------------------------------------------------------------
 */

static bool
check_name(struct wp_exchange *x, const char *name, const json_t *old)
{
    json_t *rules = wp_box_okta_rules(x->box, x->captures[0]), *rule;
    bool is_free = true;
    size_t i;
    json_array_foreach(rules, i, rule) if (rule != old && strcmp(wp_box_text(rule, "name"), name) ==
                                                              0) is_free = false;
    json_decref(rules);
    return is_free ||
           wp_box_okta_invalid(x, "name", "There is already a rule with the name %.100s", name);
}

/* A rule as Okta keeps it, or NULL after an answer. What it does not know it
 * drops without a word. */
static json_t *
shape_rule(struct wp_exchange *x, const json_t *sent, const json_t *policy, const json_t *old)
{
    const char *policy_type = wp_box_text(policy, "type"), *type = wp_box_text(sent, "type");
    const char *own_type = wp_box_okta_rule_type(policy_type), *name = wp_box_text(sent, "name");
    const json_t *priority = json_object_get(sent, "priority");
    json_t *rule;
    bool is_fine;
    if (type != NULL && strcmp(type, own_type) != 0) {
        wp_box_okta_invalid(x, "type", "A policy of this type has rules of the type %s", own_type);
        return NULL;
    }
    if (name == NULL || *name == '\0' || strlen(name) > 255) {
        wp_box_okta_invalid(x, "name", "The field must have 1 to 255 characters");
        return NULL;
    }
    if (priority != NULL && !json_is_null(priority) &&
        (!json_is_integer(priority) || json_integer_value(priority) < 0)) {
        wp_box_okta_invalid(x, "priority", "The field must be a whole number of 0 or more");
        return NULL;
    }
    if (!check_name(x, name, old))
        return NULL;
    rule = json_pack("{s:s, s:s, s:s, s:b, s:s}", "type", own_type, "name", name, "status",
                     "ACTIVE", "system", false, "_policy", x->captures[0]);
    is_fine = strcmp(own_type, "ACCESS_POLICY") == 0   ? wp_box_okta_shape_access(x, sent, rule)
              : strcmp(own_type, "SIGN_ON") == 0       ? wp_box_okta_shape_signon(x, sent, rule)
              : strcmp(own_type, "IDP_DISCOVERY") == 0 ? wp_box_okta_shape_routing(x, sent, rule)
                                                       : wp_box_okta_shape_other(x, sent, rule);
    if (is_fine)
        return rule;
    json_decref(rule);
    return NULL;
}

/* Of the system's rule only what it does can be changed. */
static json_t *
shape_system(struct wp_exchange *x, const json_t *sent, const json_t *policy, const json_t *old)
{
    const char *type = wp_box_text(policy, "type");
    json_t *named, *shaped, *rule = NULL;
    if (strcmp(type, "IDP_DISCOVERY") == 0 || strcmp(type, "MFA_ENROLL") == 0) {
        wp_box_okta_error(x, 403, "E0000006",
                          "You do not have permission to perform the requested action", NULL);
        return NULL;
    }
    named = json_pack("{s:O, s:s, s:O?}", "type", json_object_get(old, "type"), "name",
                      wp_box_text(old, "name"), "actions", json_object_get(sent, "actions"));
    shaped = shape_rule(x, named, policy, old);
    if (shaped != NULL) {
        rule = json_deep_copy(old);
        json_object_set(rule, "actions", json_object_get(shaped, "actions"));
    }
    json_decref(shaped);
    json_decref(named);
    return rule;
}

/* ---- calls
 * ---------------------------------------------------------------------------------------- */

void
wp_box_okta_rule_list(struct wp_exchange *x)
{
    json_t *policy = wp_box_okta_find(x, WP_OKTA_POLICY, "Policy"), *rules, *rule, *list;
    size_t i;
    if (policy == NULL)
        return;
    rules = wp_box_okta_rules(x->box, x->captures[0]);
    list = json_array();
    json_array_foreach(rules, i, rule)
        json_array_append_new(list, show_rule(x, rule, wp_box_text(policy, "type")));
    json_decref(rules);
    wp_exchange_answer(x, 200, list);
}

void
wp_box_okta_rule_get(struct wp_exchange *x)
{
    json_t *policy, *rule = find_rule(x, &policy);
    if (rule != NULL)
        wp_exchange_answer(x, 200, show_rule(x, rule, wp_box_text(policy, "type")));
}

static int64_t
asked_priority(const json_t *sent)
{
    const json_t *priority = json_object_get(sent, "priority");
    return json_is_integer(priority) ? (int64_t)json_integer_value(priority) : -1;
}

void
wp_box_okta_rule_post(struct wp_exchange *x)
{
    json_t *policy = wp_box_okta_find(x, WP_OKTA_POLICY, "Policy"), *sent, *rule, *rules;
    const char *activate = wp_exchange_argument(x, "activate"), *id;
    size_t count;
    if (policy == NULL || (sent = wp_box_okta_body(x)) == NULL)
        return;
    rules = wp_box_okta_rules(x->box, x->captures[0]);
    count = json_array_size(rules);
    json_decref(rules);
    if (count >= RULES_MAX) {
        wp_box_okta_invalid(x, "rules", "A policy has at most %d rules", RULES_MAX);
        json_decref(sent);
        return;
    }
    rule = shape_rule(x, sent, policy, NULL);
    if (rule != NULL) {
        id = wp_box_okta_id(x->box, x->arena, "rul");
        json_object_set_new(rule, "id", json_string(id));
        if (activate != NULL && strcmp(activate, "false") == 0)
            json_object_set_new(rule, "status", json_string("INACTIVE"));
        wp_box_okta_stamp(x, rule, NULL);
        place(x, rule, wp_box_okta_family(wp_box_text(policy, "type")), -1, asked_priority(sent));
        wp_store_put(x->box->store, WP_OKTA_RULE, id, rule);
        wp_box_okta_note(x->box, x->arena, "policy.rule.add", rule, "PolicyRule", NULL);
        wp_exchange_answer(x, 200, show_rule(x, rule, wp_box_text(policy, "type")));
    }
    json_decref(sent);
}

void
wp_box_okta_rule_put(struct wp_exchange *x)
{
    json_t *policy, *old = find_rule(x, &policy), *sent, *rule;
    if (old == NULL || (sent = wp_box_okta_body(x)) == NULL)
        return;
    if (wp_box_yes(old, "system")) {
        rule = shape_system(x, sent, policy, old);
        if (rule != NULL)
            wp_box_okta_stamp(x, rule, old);
    } else {
        rule = shape_rule(x, sent, policy, old);
        if (rule != NULL) {
            json_object_set_new(rule, "id", json_string(x->captures[1]));
            json_object_set(rule, "status", json_object_get(old, "status"));
            wp_box_okta_stamp(x, rule, old);
            place(x, rule, wp_box_okta_family(wp_box_text(policy, "type")), priority_of(old),
                  asked_priority(sent));
        }
    }
    if (rule != NULL) {
        json_t *detail = json_pack("{s:I, s:I}", "oldPriority", (json_int_t)priority_of(old),
                                   "newPriority", (json_int_t)priority_of(rule));
        wp_store_put(x->box->store, WP_OKTA_RULE, x->captures[1], rule);
        wp_box_okta_note(x->box, x->arena, "policy.rule.update", rule, "PolicyRule", detail);
        wp_exchange_answer(x, 200, show_rule(x, rule, wp_box_text(policy, "type")));
    }
    json_decref(sent);
}

void
wp_box_okta_rule_delete(struct wp_exchange *x)
{
    json_t *policy, *rule = find_rule(x, &policy);
    if (rule == NULL)
        return;
    if (wp_box_yes(rule, "system")) {
        wp_box_okta_error(x, 403, "E0000006",
                          "You do not have permission to perform the requested action",
                          "The default rule cannot be deleted");
        return;
    }
    wp_box_okta_note(x->box, x->arena, "policy.rule.delete", rule, "PolicyRule", NULL);
    wp_store_remove(x->box->store, WP_OKTA_RULE, x->captures[1]);
    close_gap(x, wp_box_okta_family(wp_box_text(policy, "type")));
    wp_exchange_answer(x, 204, NULL);
}

static void
set_status(struct wp_exchange *x, const char *status)
{
    json_t *policy, *rule = find_rule(x, &policy);
    if (rule == NULL)
        return;
    if (wp_box_yes(rule, "system")) {
        wp_box_okta_invalid(x, "status", "The default rule cannot be deactivated");
        return;
    }
    json_object_set_new(rule, "status", json_string(status));
    wp_box_okta_stamp(x, rule, rule);
    wp_store_changed(x->box->store, WP_OKTA_RULE, x->captures[1]);
    wp_exchange_answer(x, 204, NULL);
}

void
wp_box_okta_rule_activate(struct wp_exchange *x)
{
    set_status(x, "ACTIVE");
}

void
wp_box_okta_rule_deactivate(struct wp_exchange *x)
{
    set_status(x, "INACTIVE");
}

/* ---- zones that go
 * --------------------------------------------------------------------------------- */

/* The list of the rule's network condition that names the zone, or NULL. */
static json_t *
naming_list(const json_t *rule, const char *zone)
{
    static const char *const sides[] = {"include", "exclude"};
    const json_t *network = json_object_get(json_object_get(rule, "conditions"), "network");
    for (size_t i = 0; i < 2; i++) {
        json_t *list = json_object_get(network, sides[i]);
        if (wp_box_holds(list, zone))
            return list;
    }
    return NULL;
}

const char *
wp_box_okta_zone_user(struct wp_exchange *x, const char *zone)
{
    const char *id;
    json_t *rule;
    json_object_foreach(wp_store_all(x->box->store, WP_OKTA_RULE), id,
                        rule) if (json_array_size(naming_list(rule, zone)) ==
                                  1) return wp_box_text(rule, "name");
    return NULL;
}

void
wp_box_okta_zone_is_gone(struct wp_exchange *x, const char *zone, bool is_deleted)
{
    const char *id;
    json_t *rule;
    json_object_foreach(wp_store_all(x->box->store, WP_OKTA_RULE), id, rule)
    {
        json_t *list = naming_list(rule, zone);
        if (list == NULL)
            continue;
        if (is_deleted) {
            for (size_t i = json_array_size(list); i-- > 0;)
                if (strcmp(json_string_value(json_array_get(list, i)), zone) == 0)
                    json_array_remove(list, i);
        } else {
            json_object_set_new(rule, "status", json_string("INACTIVE"));
            wp_box_okta_note(x->box, x->arena, "policy.rule.invalidate", rule, "PolicyRule",
                             json_pack("{s:s}", "reason",
                                       "Network Zone used by the rule was deleted or deactivated"));
        }
        wp_store_changed(x->box->store, WP_OKTA_RULE, id);
    }
}
