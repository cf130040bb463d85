/* POST /api/v1/policies/simulate: which rule of which policy a sign-in would meet,
 * told by the same matching that decides sign-ins. */
#include <stdlib.h>
#include <string.h>

#include "compiler/sandbox/okta_match.h"

static const char *
platform_of(const char *name)
{
    static const char *const known[][2] = {{"IOS", "ios"},
                                           {"ANDROID", "android"},
                                           {"MACOS", "macos"},
                                           {"WINDOWS", "windows"},
                                           {"CHROMEOS", "chromeos"},
                                           {"MOBILE_OTHER", "other_mobile"},
                                           {"DESKTOP_OTHER", "other_desktop"}};
    for (size_t i = 0; name != NULL && i < sizeof known / sizeof *known; i++)
        if (strcmp(known[i][0], name) == 0)
            return known[i][1];
    return NULL;
}

static json_t *
to_order(struct wp_exchange *x, const json_t *sent)
{
    const json_t *context = json_object_get(sent, "policyContext");
    const json_t *device = json_object_get(context, "device");
    const json_t *ids = json_object_get(json_object_get(context, "groups"), "ids");
    const char *risk = wp_box_text(json_object_get(context, "risk"), "level");
    json_t *order =
        json_pack("{s:s, s:O?}", "tenant", "okta", "app", json_object_get(sent, "appInstance"));
    json_t *names = json_array(), *id;
    size_t i;
    json_array_foreach(ids, i, id)
    {
        const json_t *group = wp_store_get(x->box->store, WP_OKTA_GROUP, json_string_value(id));
        const json_t *name = json_object_get(json_object_get(group, "profile"), "name");
        if (name != NULL)
            json_array_append(names, (json_t *)(uintptr_t)name);
    }
    json_object_set_new(order, "groups", names);
    if (wp_box_text(context, "ip") != NULL)
        json_object_set(order, "ip", json_object_get(context, "ip"));
    if (risk != NULL && risk[0] != 'A')
        json_object_set_new(order, "risk",
                            json_string(risk[0] == 'L'   ? "low"
                                        : risk[0] == 'M' ? "medium"
                                                         : "high"));
    if (json_is_object(device)) {
        json_t *made = wp_box_pick(device, "registered managed");
        const char *platform = platform_of(wp_box_text(device, "platform"));
        if (platform != NULL)
            json_object_set_new(made, "platform", json_string(platform));
        json_object_set_new(order, "device", made);
    }
    return order;
}

static json_t *
describe(struct wp_exchange *x, const char *type, const char *policy, const char *rule)
{
    const char *id, *rule_id = NULL;
    json_t *other, *found = NULL;
    json_object_foreach(wp_store_all(x->box->store, WP_OKTA_POLICY), id,
                        other) if (policy != NULL &&
                                   strcmp(wp_box_text(other, "name"), policy) == 0 &&
                                   strcmp(wp_box_text(other, "type"), type) == 0) found = other;
    json_object_foreach(
        wp_store_all(x->box->store, WP_OKTA_RULE), id,
        other) if (found != NULL && rule != NULL && strcmp(wp_box_text(other, "name"), rule) == 0 &&
                   strcmp(wp_box_text(other, "_policy"), wp_box_text(found, "id")) == 0) rule_id =
        id;
    return json_pack("{s:s, s:n, s:{s:[{s:s?, s:s?, s:s, s:[], s:[{s:s?, s:s?, s:s, s:[]}]}]}, "
                     "s:{s:[]}, s:{s:[]}}",
                     "policyType", type, "status", "result", "policies", "id",
                     wp_box_text(found, "id"), "name", policy, "status", "MATCH", "conditions",
                     "rules", "id", rule_id, "name", rule, "status", "MATCH", "conditions",
                     "undefined", "policies", "evaluated", "policies");
}

void
wp_box_okta_simulate(struct wp_exchange *x)
{
    json_t *sent = wp_exchange_json(x), *order, *decision, *list, *type;
    const char *why = NULL;
    size_t i;
    if (!json_is_object(sent)) {
        json_decref(sent);
        wp_box_okta_error(x, 400, "E0000003", "The request body was not well-formed.", NULL);
        return;
    }
    if (wp_store_get(x->box->store, WP_OKTA_APP, wp_box_text(sent, "appInstance")) == NULL) {
        json_decref(sent);
        wp_box_okta_invalid(x, "appInstance", "Invalid application");
        return;
    }
    order = to_order(x, sent);
    decision = wp_box_signin(x->box, x->arena, order, &why);
    json_decref(order);
    if (decision == NULL) {
        json_decref(sent);
        wp_box_okta_invalid(x, "policyContext", "%s", why);
        return;
    }
    list = json_array();
    json_array_foreach(json_object_get(sent, "policyTypes"), i,
                       type) if (json_is_string(type) &&
                                 strcmp(json_string_value(type), "ACCESS_POLICY") == 0)
        json_array_append_new(list, describe(x, "ACCESS_POLICY", wp_box_text(decision, "policy"),
                                             wp_box_text(decision, "rule")));
    else if (json_is_string(type) && strcmp(json_string_value(type), "OKTA_SIGN_ON") == 0)
    {
        const json_t *session = json_object_get(decision, "session");
        json_array_append_new(list, describe(x, "OKTA_SIGN_ON", wp_box_text(session, "policy"),
                                             wp_box_text(session, "rule")));
    }
    json_decref(decision);
    json_decref(sent);
    wp_exchange_answer(x, 200, json_pack("{s:o}", "evaluation", list));
}
