/* Access policies in two shapes of one content: the older interface's policy sets
 * and the rulesets of the current one. */
#include "compiler/sandbox/access.h"

#include <stdlib.h>
#include <string.h>

#define MESSAGE_MAX 4000

json_t *
wp_box_access_base(struct wp_box *box)
{
    const char *uuid;
    json_t *policy;
    json_object_foreach(wp_store_all(box->store, WP_ACCESS_BOX_POLICY), uuid,
                        policy) if (wp_box_yes(policy, "base")) return policy;
    return NULL;
}

/* ---- rules
 * --------------------------------------------------------------------------------------- */

static const char rule_keys[] = "name description disabled networkRange deviceType groups action "
                                "authMethods reauthSeconds progressToNextRule errorMessage "
                                "errorLinkText errorLinkUrl";

static bool
check_device(struct wp_exchange *x, const char *type, bool is_base)
{
    static const char *const types[] = {
        "ALL",     "WEB_BROWSER",        "HUB_APP",          "IOS", "ANDROID", "MACOS",
        "WINDOWS", "WINDOWS_ENROLLMENT", "DEVICE_ENROLLMENT"};
    for (size_t i = 0; type != NULL && i < sizeof types / sizeof *types; i++)
        if (strcmp(type, types[i]) == 0)
            return is_base || strcmp(type, "DEVICE_ENROLLMENT") != 0 ||
                   wp_box_access_error(x, 400, "invalid.device.type",
                                       "Device Enrollment is for the default policy");
    return wp_box_access_error(x, 400, "invalid.device.type", "Unknown deviceType %.60s",
                               type != NULL ? type : "(none)");
}

static bool
check_chains(struct wp_exchange *x, const json_t *chains, bool is_asked)
{
    size_t i, j;
    json_t *chain, *method;
    if (is_asked && json_array_size(chains) == 0)
        return wp_box_access_error(x, 400, "missing.auth.methods",
                                   "AUTHENTICATE needs authMethods");
    if (!is_asked && json_array_size(chains) > 0)
        return wp_box_access_error(x, 400, "unexpected.auth.methods",
                                   "authMethods are for AUTHENTICATE alone");
    json_array_foreach(chains, i, chain)
    {
        if (json_array_size(chain) == 0)
            return wp_box_access_error(x, 400, "empty.chain", "authMethods has an empty chain");
        json_array_foreach(
            chain, j,
            method) if (!json_is_string(method) ||
                        wp_box_access_method_name(x->box, json_string_value(method)) ==
                            NULL) return wp_box_access_error(x, 400, "unknown.auth.method",
                                                             "Unknown method %.60s",
                                                             json_is_string(method)
                                                                 ? json_string_value(method)
                                                                 : "");
    }
    return true;
}

static bool
check_people(struct wp_exchange *x, const json_t *groups)
{
    size_t i;
    json_t *id;
    if (groups != NULL && !json_is_array(groups) && !json_is_null(groups))
        return wp_box_access_error(x, 400, "invalid.groups", "groups must be an array");
    json_array_foreach(
        groups, i,
        id) if (!json_is_string(id) ||
                wp_store_get(x->box->store, WP_ACCESS_BOX_GROUP, json_string_value(id)) ==
                    NULL) return wp_box_access_error(x, 400, "unknown.group", "Unknown group %.60s",
                                                     json_is_string(id) ? json_string_value(id)
                                                                        : "");
    return true;
}

static bool
check_rest(struct wp_exchange *x, const json_t *sent, bool is_asked)
{
    const char *message = wp_box_text(sent, "errorMessage");
    const json_t *seconds = json_object_get(sent, "reauthSeconds");
    size_t characters = 0;
    for (const char *at = message != NULL ? message : ""; *at != '\0'; at++)
        characters += ((unsigned char)*at & 0xc0) != 0x80;
    if (characters > MESSAGE_MAX)
        return wp_box_access_error(x, 400, "message.too.long", "errorMessage exceeds %d characters",
                                   MESSAGE_MAX);
    if (seconds != NULL && !json_is_null(seconds) &&
        (!is_asked || !json_is_integer(seconds) || json_integer_value(seconds) <= 0))
        return wp_box_access_error(x, 400, "invalid.reauth",
                                   "reauthSeconds is a whole number above 0, with AUTHENTICATE");
    return true;
}

/* A rule in the older shape as the tenant keeps it, or NULL after an answer. */
static json_t *
shape_rule(struct wp_exchange *x, const json_t *sent, bool is_base)
{
    static const char *const texts[] = {"description", "errorMessage", "errorLinkText",
                                        "errorLinkUrl"};
    const char *name = wp_box_text(sent, "name"), *range = wp_box_text(sent, "networkRange");
    const char *action = wp_box_text(sent, "action");
    const json_t *seconds = json_object_get(sent, "reauthSeconds");
    bool is_asked = action != NULL && strcmp(action, "AUTHENTICATE") == 0;
    json_t *rule;
    if (!wp_box_access_knows_keys(x, sent, rule_keys))
        return NULL;
    if (range == NULL || wp_store_get(x->box->store, WP_ACCESS_BOX_RANGE, range) == NULL) {
        wp_box_access_error(x, 400, "unknown.network", "Unknown networkRange %.60s",
                            range != NULL ? range : "(none)");
        return NULL;
    }
    if (action == NULL ||
        (!is_asked && strcmp(action, "ALLOW") != 0 && strcmp(action, "DENY") != 0)) {
        wp_box_access_error(x, 400, "invalid.action", "action is AUTHENTICATE, ALLOW or DENY");
        return NULL;
    }
    if (!check_device(x, wp_box_text(sent, "deviceType"), is_base) ||
        !check_people(x, json_object_get(sent, "groups")) ||
        !check_chains(x, json_object_get(sent, "authMethods"), is_asked) ||
        !check_rest(x, sent, is_asked))
        return NULL;
    rule = json_pack("{s:s?, s:b, s:s, s:s, s:o, s:s, s:o, s:O?, s:b}", "name", name, "disabled",
                     wp_box_yes(sent, "disabled"), "networkRange", range, "deviceType",
                     wp_box_text(sent, "deviceType"), "groups",
                     json_is_array(json_object_get(sent, "groups"))
                         ? json_deep_copy(json_object_get(sent, "groups"))
                         : json_array(),
                     "action", action, "authMethods",
                     is_asked ? json_deep_copy(json_object_get(sent, "authMethods")) : json_array(),
                     "reauthSeconds", seconds, "progressToNextRule",
                     wp_box_yes(sent, "progressToNextRule"));
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        json_object_set_new(rule, texts[i],
                            wp_box_text(sent, texts[i]) != NULL
                                ? json_string(wp_box_text(sent, texts[i]))
                                : json_null());
    return rule;
}

/* ---- the two shapes
 * ---------------------------------------------------------------------------------- */

static void
move(json_t *from, json_t *to, const char *key)
{
    json_t *value = json_object_get(from, key);
    if (value != NULL) {
        json_object_set(to, key, value);
        json_object_del(from, key);
    }
}

static const char *const condition_keys[] = {"networkRange", "deviceType", "groups"};
static const char *const advice_keys[] = {"authMethods",  "reauthSeconds", "progressToNextRule",
                                          "errorMessage", "errorLinkText", "errorLinkUrl"};

static json_t *
to_ruleset_rule(const json_t *rule)
{
    json_t *made = json_deep_copy(rule), *conditions = json_object(), *advice = json_object();
    for (size_t i = 0; i < 3; i++)
        move(made, conditions, condition_keys[i]);
    for (size_t i = 0; i < 6; i++)
        move(made, advice, advice_keys[i]);
    json_object_set_new(made, "resources", json_pack("[s]", "*"));
    json_object_set_new(made, "actions", json_pack("[O]", json_object_get(rule, "action")));
    json_object_del(made, "action");
    json_object_set_new(made, "conditions", conditions);
    json_object_set_new(made, "advice", advice);
    return made;
}

/* Only what is in its place is taken over, so that a misplaced key is noticed. */
static json_t *
from_ruleset_rule(struct wp_exchange *x, const json_t *sent)
{
    const json_t *conditions = json_object_get(sent, "conditions");
    const json_t *advice = json_object_get(sent, "advice"), *actions;
    json_t *rule;
    if (!wp_box_access_knows_keys(
            x, sent, "name description disabled resources actions conditions advice") ||
        !wp_box_access_knows_keys(x, conditions, "networkRange deviceType groups") ||
        !wp_box_access_knows_keys(x, advice,
                                  "authMethods reauthSeconds progressToNextRule errorMessage "
                                  "errorLinkText errorLinkUrl"))
        return NULL;
    actions = json_object_get(sent, "actions");
    if (json_array_size(actions) != 1) {
        wp_box_access_error(x, 400, "invalid.action", "actions has exactly one element");
        return NULL;
    }
    rule = wp_box_pick(sent, "name description disabled");
    if (conditions != NULL)
        json_object_update(rule, (json_t *)(uintptr_t)conditions);
    if (advice != NULL)
        json_object_update(rule, (json_t *)(uintptr_t)advice);
    json_object_set(rule, "action", json_array_get(actions, 0));
    return rule;
}

static json_t *
show_policy(const struct wp_exchange *x, const json_t *policy)
{
    return wp_box_access_show(
        x, policy,
        wp_format(x->arena, "%s/accessPolicies/%s", WP_ACCESS_JERSEY, wp_box_text(policy, "uuid")));
}

static json_t *
ruleset_links(const struct wp_exchange *x, const char *uuid)
{
    return json_pack("{s:{s:s}, s:{s:s}}", "self", "href",
                     wp_format(x->arena, "/acs/rulesets/%s", uuid), "associations", "href",
                     wp_format(x->arena, "/acs/associations/rulesets/%s", uuid));
}

static json_t *
show_ruleset(const struct wp_exchange *x, const json_t *policy)
{
    json_t *shown = show_policy(x, policy), *rules = json_array(), *rule;
    size_t i;
    json_array_foreach(json_object_get(policy, "accessPolicyRules"), i, rule)
        json_array_append_new(rules, to_ruleset_rule(rule));
    json_object_del(shown, "accessPolicyRules");
    json_object_del(shown, "uuid");
    json_object_set_new(shown, "tag", json_string("APP_ACCESS"));
    json_object_set_new(shown, "rules", rules);
    json_object_set_new(shown, "_links", ruleset_links(x, wp_box_text(policy, "uuid")));
    return shown;
}

/* ---- what is sent
 * ---------------------------------------------------------------------------------------- */

static bool
is_name_free(struct wp_exchange *x, const char *name, const json_t *old)
{
    const char *uuid;
    json_t *policy;
    json_object_foreach(
        wp_store_all(x->box->store, WP_ACCESS_BOX_POLICY), uuid,
        policy) if (policy != old &&
                    strcmp(wp_box_text(policy, "name"), name) ==
                        0) return wp_box_access_error(x, 409, "duplicate.name",
                                                      "There is a policy %.200s already", name);
    return true;
}

/* The policy as it is kept, or NULL after an answer. */
static json_t *
shape_policy(struct wp_exchange *x, const json_t *sent, const json_t *old, bool is_ruleset)
{
    const char *name = wp_box_text(sent, "name"), *description = wp_box_text(sent, "description");
    const json_t *list = json_object_get(sent, is_ruleset ? "rules" : "accessPolicyRules");
    json_t *rules = json_array(), *rule;
    bool is_base = wp_box_yes(old, "base");
    size_t i;
    if (!wp_box_access_knows_keys(x, sent,
                                  is_ruleset ? "name description tag base rules"
                                             : "name uuid description base accessPolicyRules"))
        goto failed;
    if (name == NULL || *name == '\0' || strlen(name) > 255) {
        wp_box_access_error(x, 400, "invalid.name", "name has 1 to 255 characters");
        goto failed;
    }
    if (!json_is_array(list)) {
        wp_box_access_error(x, 400, "missing.rules", "The policy has no list of rules");
        goto failed;
    }
    if (!is_name_free(x, name, old))
        goto failed;
    json_array_foreach(list, i, rule)
    {
        json_t *flat = is_ruleset ? from_ruleset_rule(x, rule) : json_incref(rule);
        json_t *kept = flat != NULL ? shape_rule(x, flat, is_base) : NULL;
        json_decref(flat);
        if (kept == NULL)
            goto failed;
        json_array_append_new(rules, kept);
    }
    return json_pack("{s:s, s:s?, s:b, s:o}", "name", name, "description", description, "base",
                     is_base, "accessPolicyRules", rules);
failed:
    json_decref(rules);
    return NULL;
}

static void
keep_policy(struct wp_exchange *x, json_t *old, bool is_ruleset)
{
    json_t *sent = wp_box_access_body(x);
    json_t *policy = sent != NULL ? shape_policy(x, sent, old, is_ruleset) : NULL;
    if (policy != NULL) {
        const char *uuid = old != NULL ? x->captures[0] : wp_box_uuid(x->box, x->arena);
        bool is_new = old == NULL;
        json_object_set_new(policy, "uuid", json_string(uuid));
        wp_store_put(x->box->store, WP_ACCESS_BOX_POLICY, uuid, policy);
        wp_box_access_note(x->box, x->arena, "RuleSet", is_new ? "CREATE" : "UPDATE", policy);
        wp_exchange_answer(x, is_new ? 201 : 200,
                           is_ruleset ? show_ruleset(x, policy) : show_policy(x, policy));
    }
    json_decref(sent);
}

static void
remove_policy(struct wp_exchange *x)
{
    json_t *policy = wp_box_access_find(x, WP_ACCESS_BOX_POLICY, "Policy"), *app;
    const char *uuid;
    if (policy == NULL)
        return;
    if (wp_box_yes(policy, "base")) {
        wp_box_access_error(x, 403, "default.policy", "The default policy cannot be deleted");
        return;
    }
    json_object_foreach(wp_store_all(x->box->store, WP_ACCESS_BOX_APP), uuid,
                        app) if (wp_box_text(app, "accessPolicySetUuid") != NULL &&
                                 strcmp(wp_box_text(app, "accessPolicySetUuid"), x->captures[0]) ==
                                     0)
    {
        wp_box_access_error(x, 409, "policy.in.use", "The policy applies to %.200s",
                            wp_box_text(app, "name"));
        return;
    }
    wp_box_access_note(x->box, x->arena, "RuleSet", "DELETE", policy);
    wp_store_remove(x->box->store, WP_ACCESS_BOX_POLICY, x->captures[0]);
    wp_exchange_answer(x, 204, NULL);
}

/* ---- calls
 * ---------------------------------------------------------------------------------------------------
 */

void
wp_box_access_policy_list(struct wp_exchange *x)
{
    json_t *items = json_array(), *policy;
    const char *uuid;
    json_object_foreach(wp_store_all(x->box->store, WP_ACCESS_BOX_POLICY), uuid, policy)
    {
        json_t *item = show_policy(x, policy);
        json_object_del(item, "accessPolicyRules");
        json_array_append_new(items, item);
    }
    wp_exchange_answer(x, 200, json_pack("{s:o, s:{}}", "items", items, "_links"));
}

void
wp_box_access_policy_get(struct wp_exchange *x)
{
    json_t *policy = wp_box_access_find(x, WP_ACCESS_BOX_POLICY, "Policy");
    if (policy != NULL)
        wp_exchange_answer(x, 200, show_policy(x, policy));
}

void
wp_box_access_policy_post(struct wp_exchange *x)
{
    keep_policy(x, NULL, false);
}

void
wp_box_access_policy_put(struct wp_exchange *x)
{
    json_t *old = wp_box_access_find(x, WP_ACCESS_BOX_POLICY, "Policy");
    if (old != NULL)
        keep_policy(x, old, false);
}

void
wp_box_access_policy_delete(struct wp_exchange *x)
{
    remove_policy(x);
}

/* Administrators' roles are rulesets as well: who does not ask for policies gets
 * them, too. */
void
wp_box_access_ruleset_list(struct wp_exchange *x)
{
    static const char *const roles[] = {"Super Admin", "Directory Admin", "ReadOnly Admin"};
    const char *tag = wp_exchange_argument(x, "tag"), *uuid;
    long page = wp_exchange_number(x, "pageNumber", 1),
         size = wp_exchange_number(x, "pageSize", 20);
    json_t *all = json_array(), *items = json_array(), *policy;
    size_t total;
    bool wants_roles = tag == NULL || strcmp(tag, "APP_ACCESS") != 0;
    for (size_t i = 0; wants_roles && i < sizeof roles / sizeof *roles; i++)
        json_array_append_new(all, json_pack("{s:s, s:o}", "name", roles[i], "_links",
                                             ruleset_links(x, wp_format(x->arena, "role-%zu", i))));
    json_object_foreach(wp_store_all(x->box->store, WP_ACCESS_BOX_POLICY), uuid,
                        policy) if (tag == NULL || !wants_roles)
        json_array_append_new(all, json_pack("{s:O, s:o}", "name", json_object_get(policy, "name"),
                                             "_links", ruleset_links(x, uuid)));
    if (page < 1 || size < 1 || size > 1000) {
        json_decref(all);
        json_decref(items);
        wp_box_access_error(x, 400, "invalid.page", "Pages count from 1, and have 1 to 1000 items");
        return;
    }
    total = json_array_size(all);
    for (size_t i = (size_t)(page - 1) * (size_t)size; i < total && i < (size_t)(page * size); i++)
        json_array_append(items, json_array_get(all, i));
    json_decref(all);
    wp_exchange_answer(x, 200,
                       json_pack("{s:o, s:I}", "items", items, "totalPages",
                                 (json_int_t)((total + (size_t)size - 1) / (size_t)size)));
}

void
wp_box_access_ruleset_get(struct wp_exchange *x)
{
    json_t *policy = wp_box_access_find(x, WP_ACCESS_BOX_POLICY, "Ruleset");
    if (policy != NULL)
        wp_exchange_answer(x, 200, show_ruleset(x, policy));
}

void
wp_box_access_ruleset_post(struct wp_exchange *x)
{
    keep_policy(x, NULL, true);
}

void
wp_box_access_ruleset_put(struct wp_exchange *x)
{
    json_t *old = wp_box_access_find(x, WP_ACCESS_BOX_POLICY, "Ruleset");
    if (old != NULL)
        keep_policy(x, old, true);
}

void
wp_box_access_ruleset_delete(struct wp_exchange *x)
{
    remove_policy(x);
}
