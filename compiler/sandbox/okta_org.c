/* The org itself: what it is, which authenticators it has, what its log says. */
#include "compiler/sandbox/okta.h"

#include <string.h>

void
wp_box_okta_well_known(struct wp_exchange *x)
{
    wp_exchange_answer(x, 200,
                       json_pack("{s:s, s:s, s:{s:o}, s:{s:b, s:b}}", "id", "00osandbox0000000000",
                                 "pipeline", x->box->settings.is_classic ? "v1" : "idx", "_links",
                                 "organization", wp_box_okta_link(x, "GET", "%s", ""), "settings",
                                 "analyticsCollectionEnabled", false, "bugReportingEnabled",
                                 false));
}

void
wp_box_okta_org_get(struct wp_exchange *x)
{
    wp_exchange_answer(x, 200,
                       json_pack("{s:s, s:s, s:s, s:s, s:s}", "id", "00osandbox0000000000",
                                 "subdomain", "sandbox", "companyName", "woapol sandbox", "status",
                                 "ACTIVE", "created", "2026-01-01T00:00:00.000Z"));
}

void
wp_box_okta_feature_list(struct wp_exchange *x)
{
    wp_exchange_answer(x, 200,
                       json_pack("[{s:s, s:s, s:s, s:s}]", "id", "ftrsandboxrisk000000", "name",
                                 "Risk scoring", "type", "self-service", "status",
                                 x->box->settings.has_risk ? "ENABLED" : "DISABLED"));
}

void
wp_box_okta_user_type_list(struct wp_exchange *x)
{
    wp_exchange_answer(x, 200,
                       json_pack("[{s:s, s:s, s:s, s:b}]", "id", "otysandboxdefault000", "name",
                                 "user", "displayName", "User", "default", true));
}

/* ---- authenticators ---------------------------------------------------------------------------
 */

static json_t *
show_authenticator(const struct wp_exchange *x, const json_t *authenticator)
{
    const char *id = wp_box_text(authenticator, "id");
    return wp_box_okta_show(
        authenticator,
        json_pack("{s:o, s:o}", "self", wp_box_okta_link(x, "GET", "/api/v1/authenticators/%s", id),
                  "methods", wp_box_okta_link(x, "GET", "/api/v1/authenticators/%s/methods", id)));
}

void
wp_box_okta_authenticator_list(struct wp_exchange *x)
{
    json_t *list = json_array(), *authenticator;
    const char *id;
    json_object_foreach(wp_store_all(x->box->store, WP_OKTA_AUTHENTICATOR), id, authenticator)
        json_array_append_new(list, show_authenticator(x, authenticator));
    wp_exchange_answer(x, 200, list);
}

void
wp_box_okta_authenticator_get(struct wp_exchange *x)
{
    json_t *authenticator = wp_box_okta_find(x, WP_OKTA_AUTHENTICATOR, "Authenticator");
    if (authenticator != NULL)
        wp_exchange_answer(x, 200, show_authenticator(x, authenticator));
}

static json_t *
show_method(const json_t *authenticator, const char *method)
{
    bool off = json_object_get(json_object_get(authenticator, "_off"), method) != NULL;
    return json_pack("{s:s, s:s}", "type", method, "status", off ? "INACTIVE" : "ACTIVE");
}

void
wp_box_okta_authenticator_methods(struct wp_exchange *x)
{
    json_t *authenticator = wp_box_okta_find(x, WP_OKTA_AUTHENTICATOR, "Authenticator"), *list;
    json_t *method;
    size_t i;
    if (authenticator == NULL)
        return;
    list = json_array();
    json_array_foreach(json_object_get(authenticator, "_methods"), i, method)
        json_array_append_new(list, show_method(authenticator, json_string_value(method)));
    wp_exchange_answer(x, 200, list);
}

/* Does a rule's action ask for that authenticator, by that method where one is given? */
static bool
names_key(const json_t *value, const char *key, const char *method)
{
    const char *name;
    json_t *item;
    size_t i;
    if (json_is_array(value))
        json_array_foreach(value, i, item) if (names_key(item, key, method)) return true;
    if (json_is_object(value)) {
        const char *own = wp_box_text(value, "key"), *by = wp_box_text(value, "method");
        if (own != NULL && strcmp(own, key) == 0 &&
            (method == NULL || by == NULL || strcmp(by, method) == 0))
            return true;
        json_object_foreach((json_t *)(uintptr_t)value, name,
                            item) if (names_key(item, key, method)) return true;
    }
    return false;
}

/* Whether no rule asks for it; false after a refusal. */
static bool
is_free(struct wp_exchange *x, const json_t *authenticator, const char *method)
{
    const char *key = wp_box_text(authenticator, "key"), *id;
    json_t *rule;
    json_object_foreach(wp_store_all(x->box->store, WP_OKTA_RULE), id, rule)
    {
        if (!names_key(json_object_get(rule, "actions"), key, method))
            continue;
        wp_box_okta_error(x, 403, "E0000148",
                          "Cannot modify the authenticator since a policy uses it",
                          wp_box_text(rule, "name"));
        return false;
    }
    return true;
}

static void
set_status(struct wp_exchange *x, const char *status)
{
    json_t *authenticator = wp_box_okta_find(x, WP_OKTA_AUTHENTICATOR, "Authenticator");
    if (authenticator == NULL || (status[0] == 'I' && !is_free(x, authenticator, NULL)))
        return;
    json_object_set_new(authenticator, "status", json_string(status));
    wp_store_changed(x->box->store, WP_OKTA_AUTHENTICATOR, x->captures[0]);
    wp_exchange_answer(x, 200, show_authenticator(x, authenticator));
}

void
wp_box_okta_authenticator_activate(struct wp_exchange *x)
{
    set_status(x, "ACTIVE");
}

void
wp_box_okta_authenticator_deactivate(struct wp_exchange *x)
{
    set_status(x, "INACTIVE");
}

/* A method is on or off by itself, whatever its authenticator is. */
static void
set_method(struct wp_exchange *x, bool on)
{
    json_t *authenticator = wp_box_okta_find(x, WP_OKTA_AUTHENTICATOR, "Authenticator"), *off;
    const char *method = x->captures[1];
    if (authenticator == NULL)
        return;
    if (!wp_box_holds(json_object_get(authenticator, "_methods"), method)) {
        wp_box_okta_missing(x, method, "AuthenticatorMethod");
        return;
    }
    if (!on && !is_free(x, authenticator, method))
        return;
    off = json_object_get(authenticator, "_off");
    if (off == NULL)
        json_object_set_new(authenticator, "_off", off = json_object());
    if (on)
        (void)json_object_del(off, method);
    else
        json_object_set_new(off, method, json_true());
    wp_store_changed(x->box->store, WP_OKTA_AUTHENTICATOR, x->captures[0]);
    wp_exchange_answer(x, 200, show_method(authenticator, method));
}

void
wp_box_okta_method_activate(struct wp_exchange *x)
{
    set_method(x, true);
}

void
wp_box_okta_method_deactivate(struct wp_exchange *x)
{
    set_method(x, false);
}

/* ---- device assurance
 * ---------------------------------------------------------------------------- */

static json_t *
show_assurance(const struct wp_exchange *x, const json_t *assurance)
{
    return wp_box_okta_show(
        assurance, json_pack("{s:o}", "self",
                             wp_box_okta_link(x, "GET PUT DELETE", "/api/v1/device-assurances/%s",
                                              wp_box_text(assurance, "id"))));
}

static json_t *
shape_assurance(struct wp_exchange *x, const json_t *sent)
{
    static const char conditions[] = "osVersion jailbreak screenLockType diskEncryptionType "
                                     "secureHardwarePresent thirdPartySignalProviders "
                                     "osVersionConstraints";
    const char *name = wp_box_text(sent, "name"), *platform = wp_box_text(sent, "platform");
    json_t *assurance, *asked;
    if (name == NULL || *name == '\0' || platform == NULL) {
        wp_box_okta_invalid(x, "name", "name and platform are required");
        return NULL;
    }
    if (strcmp(platform, "IOS") != 0 && strcmp(platform, "ANDROID") != 0 &&
        strcmp(platform, "MACOS") != 0 && strcmp(platform, "WINDOWS") != 0 &&
        strcmp(platform, "CHROMEOS") != 0) {
        wp_box_okta_invalid(x, "platform", "Invalid platform %.40s", platform);
        return NULL;
    }
    asked = wp_box_pick(sent, conditions);
    if (json_object_size(asked) == 0) {
        json_decref(asked);
        wp_box_okta_invalid(x, "conditions",
                            "Please select at least one device condition before saving");
        return NULL;
    }
    assurance = json_pack("{s:s, s:s, s:s}", "name", name, "platform", platform,
                          "displayRemediationMode", "HIDE");
    json_object_update(assurance, asked);
    json_decref(asked);
    return assurance;
}

void
wp_box_okta_assurance_list(struct wp_exchange *x)
{
    json_t *list = json_array(), *assurance;
    const char *id;
    json_object_foreach(wp_store_all(x->box->store, WP_OKTA_ASSURANCE), id, assurance)
        json_array_append_new(list, show_assurance(x, assurance));
    wp_exchange_answer(x, 200, list);
}

void
wp_box_okta_assurance_get(struct wp_exchange *x)
{
    json_t *assurance = wp_box_okta_find(x, WP_OKTA_ASSURANCE, "DeviceAssurance");
    if (assurance != NULL)
        wp_exchange_answer(x, 200, show_assurance(x, assurance));
}

static void
keep_assurance(struct wp_exchange *x, const char *id, const json_t *old)
{
    json_t *sent = wp_box_okta_body(x);
    json_t *assurance = sent != NULL ? shape_assurance(x, sent) : NULL;
    if (assurance != NULL) {
        json_object_set_new(assurance, "id", json_string(id));
        wp_box_okta_stamp(x, assurance, old);
        wp_store_put(x->box->store, WP_OKTA_ASSURANCE, id, assurance);
        wp_exchange_answer(x, 200, show_assurance(x, assurance));
    }
    json_decref(sent);
}

void
wp_box_okta_assurance_post(struct wp_exchange *x)
{
    keep_assurance(x, wp_box_okta_id(x->box, x->arena, "dae"), NULL);
}

void
wp_box_okta_assurance_put(struct wp_exchange *x)
{
    json_t *old = wp_box_okta_find(x, WP_OKTA_ASSURANCE, "DeviceAssurance");
    if (old != NULL)
        keep_assurance(x, x->captures[0], old);
}

void
wp_box_okta_assurance_delete(struct wp_exchange *x)
{
    const char *id;
    json_t *rule;
    if (wp_box_okta_find(x, WP_OKTA_ASSURANCE, "DeviceAssurance") == NULL)
        return;
    json_object_foreach(wp_store_all(x->box->store, WP_OKTA_RULE), id, rule)
    {
        const json_t *device = json_object_get(json_object_get(rule, "conditions"), "device");
        if (wp_box_holds(json_object_get(json_object_get(device, "assurance"), "include"),
                         x->captures[0])) {
            wp_box_okta_error(
                x, 409, "E0000001", "Api validation failed: deviceAssurance",
                wp_format(x->arena, "The rule %s uses it", wp_box_text(rule, "name")));
            return;
        }
    }
    wp_store_remove(x->box->store, WP_OKTA_ASSURANCE, x->captures[0]);
    wp_exchange_answer(x, 204, NULL);
}

/* ---- behaviors and device integrations
 * ------------------------------------------------------------- */

void
wp_box_okta_behavior_list(struct wp_exchange *x)
{
    json_t *list = json_array(), *behavior;
    const char *id;
    json_object_foreach(wp_store_all(x->box->store, WP_OKTA_BEHAVIOR), id, behavior)
        json_array_append_new(list, wp_box_okta_show(behavior, NULL));
    wp_exchange_answer(x, 200, list);
}

void
wp_box_okta_integration_list(struct wp_exchange *x)
{
    json_t *list = json_array(), *integration;
    const char *id;
    json_object_foreach(wp_store_all(x->box->store, WP_OKTA_INTEGRATION), id, integration)
        json_array_append_new(list, wp_box_okta_show(integration, NULL));
    wp_exchange_answer(x, 200, list);
}

void
wp_box_okta_integration_get(struct wp_exchange *x)
{
    json_t *integration = wp_box_okta_find(x, WP_OKTA_INTEGRATION, "DeviceIntegration");
    if (integration != NULL)
        wp_exchange_answer(x, 200, wp_box_okta_show(integration, NULL));
}

static void
set_integration(struct wp_exchange *x, const char *status)
{
    json_t *integration = wp_box_okta_find(x, WP_OKTA_INTEGRATION, "DeviceIntegration");
    if (integration == NULL)
        return;
    json_object_set_new(integration, "status", json_string(status));
    wp_store_changed(x->box->store, WP_OKTA_INTEGRATION, x->captures[0]);
    wp_exchange_answer(x, 200, wp_box_okta_show(integration, NULL));
}

void
wp_box_okta_integration_activate(struct wp_exchange *x)
{
    set_integration(x, "ACTIVE");
}

void
wp_box_okta_integration_deactivate(struct wp_exchange *x)
{
    set_integration(x, "DEACTIVATED");
}

/* ---- the System Log
 * ------------------------------------------------------------------------------------ */

void
wp_box_okta_log_list(struct wp_exchange *x)
{
    json_t *list = json_array(), *event;
    const char *id, *since = wp_exchange_argument(x, "since"),
                    *until = wp_exchange_argument(x, "until");
    json_object_foreach(wp_store_all(x->box->store, WP_OKTA_LOG), id, event)
    {
        const char *when = wp_box_text(event, "published");
        json_t *shown;
        if ((since != NULL && strcmp(when, since) < 0) ||
            (until != NULL && strcmp(when, until) >= 0) || !wp_box_okta_passes(x, event))
            continue;
        shown = json_deep_copy(event);
        json_object_set_new(shown, "id", json_string(id));
        json_array_append_new(list, shown);
    }
    wp_box_okta_page(x, list, 100, 1000);
}
