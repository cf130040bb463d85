/* Rules of the first family: global session, routing, and the rest. */
#include "compiler/sandbox/okta.h"

#include <string.h>

#define PROVIDERS_MAX 10

/* ---- global session ------------------------------------------------------------------------ */

static bool
shape_session(struct wp_exchange *x, const json_t *signon, json_t *rule)
{
    const char *access = wp_box_text(signon, "access");
    const char *prompt = wp_box_text(signon, "factorPromptMode");
    json_t *kept, *session;
    bool wants_factor = wp_box_yes(signon, "requireFactor");
    if (access == NULL || (strcmp(access, "ALLOW") != 0 && strcmp(access, "DENY") != 0))
        return wp_box_okta_invalid(x, "actions.signon.access", "It must be ALLOW or DENY");
    if (wants_factor && prompt == NULL)
        return wp_box_okta_invalid(x, "factorPromptMode", "It is required with requireFactor");
    if (prompt != NULL && strcmp(prompt, "ALWAYS") != 0 && strcmp(prompt, "DEVICE") != 0 &&
        strcmp(prompt, "SESSION") != 0)
        return wp_box_okta_invalid(x, "factorPromptMode", "It must be ALWAYS, DEVICE or SESSION");
    kept = wp_box_pick(signon, "access requireFactor factorPromptMode factorLifetime primaryFactor "
                               "rememberDeviceByDefault");
    session = json_pack("{s:b, s:i, s:i}", "usePersistentCookie", false, "maxSessionIdleMinutes",
                        120, "maxSessionLifetimeMinutes", 0);
    json_object_update_existing(session, json_object_get(signon, "session"));
    json_object_set_new(kept, "session", session);
    if (json_object_get(kept, "requireFactor") == NULL)
        json_object_set_new(kept, "requireFactor", json_false());
    if (json_object_get(kept, "rememberDeviceByDefault") == NULL)
        json_object_set_new(kept, "rememberDeviceByDefault", json_false());
    if (!x->box->settings.is_classic && json_object_get(kept, "primaryFactor") == NULL)
        json_object_set_new(kept, "primaryFactor", json_string("PASSWORD_IDP_ANY_FACTOR"));
    json_object_set_new(rule, "actions", json_pack("{s:o}", "signon", kept));
    return true;
}

/* What belongs to the risk feature is refused in an org without it. */
static bool
shape_risks(struct wp_exchange *x, const json_t *sent, json_t *kept)
{
    const json_t *behaviors = json_object_get(json_object_get(sent, "risk"), "behaviors");
    const char *level = wp_box_text(json_object_get(sent, "riskScore"), "level");
    if (json_object_get(sent, "riskScore") != NULL && !x->box->settings.has_risk)
        return wp_box_okta_invalid(x, "conditions", "Invalid condition type specified: riskScore.");
    if (!wp_box_okta_knows(x, behaviors, WP_OKTA_BEHAVIOR, "risk.behaviors"))
        return false;
    json_object_set_new(kept, "risk",
                        json_pack("{s:o}", "behaviors",
                                  behaviors != NULL ? json_deep_copy(behaviors) : json_array()));
    if (x->box->settings.has_risk)
        json_object_set_new(kept, "riskScore",
                            json_pack("{s:s}", "level", level != NULL ? level : "ANY"));
    return true;
}

bool
wp_box_okta_shape_signon(struct wp_exchange *x, const json_t *sent, json_t *rule)
{
    const json_t *conditions = json_object_get(sent, "conditions");
    const json_t *network = json_object_get(conditions, "network");
    json_t *kept = json_object(), *part;
    json_object_set_new(rule, "conditions", kept);
    if (!shape_session(x, json_object_get(json_object_get(sent, "actions"), "signon"), rule))
        return false;
    part = wp_box_okta_shape_people(x, json_object_get(conditions, "people"), false);
    if (part == NULL)
        return false;
    json_object_set_new(kept, "people", part);
    part = network != NULL ? wp_box_okta_shape_network(x, network)
                           : json_pack("{s:s}", "connection", "ANYWHERE");
    if (part == NULL)
        return false;
    json_object_set_new(kept, "network", part);
    part = wp_box_pick(json_object_get(conditions, "authContext"), "authType");
    if (json_object_size(part) == 0)
        json_object_set_new(part, "authType", json_string("ANY"));
    json_object_set_new(kept, "authContext", part);
    if (json_object_get(conditions, "identityProvider") != NULL)
        json_object_set_new(
            kept, "identityProvider",
            wp_box_pick(json_object_get(conditions, "identityProvider"), "provider idpIds"));
    return shape_risks(x, conditions, kept);
}

/* ---- routing ----------------------------------------------------------------------------------
 */

static bool
shape_providers(struct wp_exchange *x, const json_t *sent, json_t *rule)
{
    const json_t *idp = json_object_get(json_object_get(sent, "actions"), "idp"), *list;
    json_t *kept, *provider, *providers = json_array();
    size_t i;
    list = json_object_get(idp, "providers");
    kept = wp_box_pick(idp, "idpSelectionType matchCriteria shouldFallBackToOkta");
    json_object_set_new(kept, "providers", providers);
    json_object_set_new(rule, "actions", json_pack("{s:o}", "idp", kept));
    if (json_object_get(kept, "idpSelectionType") == NULL)
        json_object_set_new(kept, "idpSelectionType", json_string("SPECIFIC"));
    if (json_array_size(list) > PROVIDERS_MAX)
        return wp_box_okta_invalid(x, "providers", "At most %d providers", PROVIDERS_MAX);
    json_array_foreach(list, i, provider)
    {
        const char *type = wp_box_text(provider, "type"), *id = wp_box_text(provider, "id");
        if (type == NULL || (strcmp(type, "OKTA") != 0 && id == NULL))
            return wp_box_okta_invalid(x, "providers", "type and id are required");
        if (id != NULL && wp_store_get(x->box->store, WP_OKTA_IDP, id) == NULL)
            return wp_box_okta_invalid(x, "providers", "Invalid identity provider %.60s", id);
        json_array_append_new(providers, wp_box_pick(provider, "type id name"));
    }
    return true;
}

static bool
shape_apps(struct wp_exchange *x, const json_t *sent, json_t *kept)
{
    static const char *const sides[] = {"include", "exclude"};
    json_t *app = json_object(), *item;
    json_object_set_new(kept, "app", app);
    for (size_t side = 0; side < 2; side++) {
        const json_t *list = json_object_get(json_object_get(sent, "app"), sides[side]);
        json_t *items = json_array();
        size_t i;
        json_object_set_new(app, sides[side], items);
        json_array_foreach(list, i, item)
        {
            const char *type = wp_box_text(item, "type"), *id = wp_box_text(item, "id");
            if (type != NULL && strcmp(type, "APP") == 0 &&
                (id == NULL || wp_store_get(x->box->store, WP_OKTA_APP, id) == NULL))
                return wp_box_okta_invalid(x, "app", "Invalid application %.60s",
                                           id != NULL ? id : "");
            json_array_append_new(items, wp_box_pick(item, "type id name"));
        }
    }
    return true;
}

bool
wp_box_okta_shape_routing(struct wp_exchange *x, const json_t *sent, json_t *rule)
{
    const json_t *conditions = json_object_get(sent, "conditions");
    const json_t *platform = json_object_get(conditions, "platform");
    const json_t *person = json_object_get(conditions, "userIdentifier");
    const json_t *network = json_object_get(conditions, "network");
    json_t *kept = json_object(), *part;
    json_object_set_new(rule, "conditions", kept);
    if ((json_is_object(platform) && json_object_size(platform) == 0) ||
        (json_is_object(person) && json_object_size(person) == 0)) {
        wp_box_okta_error(x, 500, "E0000009", "Internal Server Error", NULL);
        return false;
    }
    part = network != NULL ? wp_box_okta_shape_network(x, network)
                           : json_pack("{s:s}", "connection", "ANYWHERE");
    if (part == NULL)
        return false;
    json_object_set_new(kept, "network", part);
    if (platform != NULL) {
        part = wp_box_okta_shape_platform(x, platform, "OSX");
        if (part == NULL)
            return false;
        json_object_set_new(kept, "platform", part);
    }
    if (person != NULL)
        json_object_set_new(kept, "userIdentifier", wp_box_pick(person, "type attribute patterns"));
    return shape_apps(x, conditions, kept) && shape_providers(x, sent, rule);
}

/* ---- the rest
 * ------------------------------------------------------------------------------------ */

/* Types that bear on no sign-in: kept as they are sent. */
bool
wp_box_okta_shape_other(struct wp_exchange *x, const json_t *sent, json_t *rule)
{
    const json_t *conditions = json_object_get(sent, "conditions");
    const json_t *actions = json_object_get(sent, "actions");
    if (!json_is_object(actions))
        return wp_box_okta_invalid(x, "actions", "The field is required");
    json_object_set_new(rule, "conditions",
                        json_is_object(conditions) ? json_deep_copy(conditions) : json_null());
    json_object_set_new(rule, "actions", json_deep_copy(actions));
    return true;
}
