/* What an Access tenant has from the start: the default policy and range, its
 * methods and who offers them, and the sample's people and apps. */
#include "compiler/sandbox/access.h"

#include <stdio.h>
#include <string.h>

#include "compiler/sandbox/dispatch.h"
#include "compiler/sandbox/sample.h"

#define EXTENSION "urn:scim:schemas:extension:workspace:1.0"

struct method {
    unsigned number;
    const char *name;
    bool is_builtin; /* offered by the built-in identity provider */
};

/* The fixed identifiers of method types end in these numbers. */
static const struct method methods[] = {
    {1, "Certificate (Cloud Deployment)", true},
    {2, "Mobile SSO (for iOS)", true},
    {3, "Device Compliance (with Workspace ONE UEM)", true},
    {4, "RSA SecurID (cloud deployment)", false},
    {5, "Password (with Workspace ONE UEM)", true},
    {6, "Mobile SSO (for Android)", true},
    {7, "VMware Verify", false},
    {8, "Password (cloud deployment)", false},
    {9, "RADIUS (cloud deployment)", false},
    {11, "User Risk Score", true},
    {12, "AirWatch External Access Token", false},
    {14, "Password (Local Directory)", true},
    {15, "Magic Link", true},
    {16, "Password", false},
    {18, "Kerberos", false},
    {22, "Verify (Intelligent Hub)", true},
    {23, "Duo MFA", true},
    {24, "FIDO2", true},
    {25, "Login Risk Score", true},
    {26, "UEM Token", true},
    {27, "Shift based access", false},
    {28, "Authenticator App", true},
};

static const char *
method_uuid(struct wp_arena *arena, unsigned number)
{
    return wp_format(arena, "00000000-0000-0000-0000-0000000000%02u", number);
}

static void
add_methods(struct wp_box *box, struct wp_arena *arena)
{
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++) {
        const char *uuid = method_uuid(arena, methods[i].number);
        wp_store_put(box->store, WP_ACCESS_BOX_METHOD, uuid,
                     json_pack("{s:s, s:s, s:b, s:s}", "name", methods[i].name, "uuid", uuid,
                               "enabled", true, "ownership", "TENANT"));
    }
}

static json_t *
offered(struct wp_arena *arena, bool is_builtin)
{
    json_t *list = json_array();
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
        if (methods[i].is_builtin == is_builtin)
            json_array_append_new(list, json_pack("{s:s, s:s}", "authMethodId",
                                                  method_uuid(arena, methods[i].number),
                                                  "authMethodName", methods[i].name));
    return list;
}

static void
add_idp(struct wp_box *box, struct wp_arena *arena, const char *name, const char *type,
        const char *range, json_t *list)
{
    const char *id = wp_box_uuid(box, arena);
    wp_store_put(box->store, WP_ACCESS_BOX_IDP, id,
                 json_pack("{s:s, s:s, s:s, s:s, s:i, s:[{s:s, s:s}], s:o}", "id", id, "name", name,
                           "friendlyName", name, "identityProviderType", type, "nIDPStatus", 1,
                           "orgNetworks", "uuid", range, "name", "ALL RANGES", "authMethods",
                           list));
}

/* The policy that a tenant is shipped with: Hub for 90 days, browsers for 8 hours. */
static void
add_policy(struct wp_box *box, struct wp_arena *arena, const char *range)
{
    const char *uuid = wp_box_uuid(box, arena);
    static const struct {
        const char *type;
        int seconds;
    } rules[] = {{"HUB_APP", 90 * 86400}, {"WEB_BROWSER", 8 * 3600}};
    json_t *list = json_array();
    for (size_t i = 0; i < 2; i++)
        json_array_append_new(
            list,
            json_pack("{s:n, s:n, s:b, s:s, s:s, s:[], s:s, s:[[s], [s]], s:i, s:b, s:n, s:n, s:n}",
                      "name", "description", "disabled", false, "networkRange", range, "deviceType",
                      rules[i].type, "groups", "action", "AUTHENTICATE", "authMethods",
                      method_uuid(arena, 8), method_uuid(arena, 14), "reauthSeconds",
                      rules[i].seconds, "progressToNextRule", false, "errorMessage",
                      "errorLinkText", "errorLinkUrl"));
    wp_store_put(box->store, WP_ACCESS_BOX_POLICY, uuid,
                 json_pack("{s:s, s:s, s:s, s:b, s:o}", "name", "default_access_policy_set", "uuid",
                           uuid, "description", "Default policy for the portal", "base", true,
                           "accessPolicyRules", list));
}

/* ---- the sample
 * ---------------------------------------------------------------------------------------- */

static const char *
name_of(const json_t *item)
{
    const char *own = wp_box_text(item, "access");
    return own != NULL ? own : wp_box_text(item, "name");
}

static void
add_group(struct wp_box *box, struct wp_arena *arena, const char *name, const char *type,
          json_t *ids, const char *key)
{
    const char *id = wp_box_uuid(box, arena), *at = strrchr(name, '@');
    if (ids != NULL)
        json_object_set_new(ids, key, json_string(id));
    wp_store_put(box->store, WP_ACCESS_BOX_GROUP, id,
                 json_pack("{s:s, s:[s, s], s:s, s:{s:s, s:s}}", "id", id, "schemas",
                           "urn:scim:schemas:core:1.0", EXTENSION, "displayName", name, EXTENSION,
                           "internalGroupType", type, "domain",
                           at != NULL ? at + 1 : "System Domain"));
}

static void
add_user(struct wp_box *box, struct wp_arena *arena, const json_t *user, const json_t *ids)
{
    const char *id = wp_box_uuid(box, arena), *login = wp_box_text(user, "login");
    const char *at = strchr(login, '@');
    json_t *groups = json_array(), *group, *own = json_object_get(user, "has");
    size_t g;
    json_array_foreach(json_object_get(user, "groups"), g,
                       group) if (json_object_get(ids, json_string_value(group)) != NULL)
        json_array_append(groups, json_object_get(ids, json_string_value(group)));
    wp_store_put(
        box->store, WP_ACCESS_BOX_USER, id,
        json_pack("{s:s, s:[s], s:s, s:s, s:b, s:[{s:s}], s:{s:s, s:s}, s:o, s:o, s:s?}", "id", id,
                  "schemas", "urn:scim:schemas:core:1.0", "userName",
                  wp_copy_text(arena, login, at != NULL ? (size_t)(at - login) : strlen(login)),
                  "displayName", wp_box_text(user, "name"), "active", true, "emails", "value",
                  login, EXTENSION, "domain", at != NULL ? at + 1 : "System Domain",
                  "userPrincipalName", login, "_groups", groups, "_has",
                  own != NULL ? json_deep_copy(own) : wp_box_everything(), "_source",
                  wp_box_text(user, "source")));
}

static void
add_app(struct wp_box *box, struct wp_arena *arena, const char *name)
{
    const char *uuid = wp_box_uuid(box, arena);
    wp_store_put(box->store, WP_ACCESS_BOX_APP, uuid,
                 json_pack("{s:s, s:s, s:s, s:s, s:n, s:b}", "uuid", uuid, "name", name,
                           "catalogItemType", "Saml20", "description", "An app of the samples",
                           "accessPolicySetUuid", "visible", true));
}

/* The client that env names: what woapol itself signs in with. */
static void
add_client(struct wp_box *box)
{
    wp_store_put(box->store, WP_ACCESS_BOX_CLIENT, "woapol",
                 json_pack("{s:s, s:s, s:s, s:s, s:i, s:i, s:i, s:i, s:b, s:b, s:b, s:n, s:s}",
                           "clientId", "woapol", "scope", "admin", "authGrantTypes",
                           "client_credentials", "tokenType", "Bearer", "tokenLength", 32,
                           "accessTokenTTL", 180, "refreshTokenTTL", 129600, "refreshTokenIdleTTL",
                           5760, "displayUserGrant", false, "internalSystemClient", true,
                           "inheritanceAllowed", false, "redirectUri", "_secret", ""));
}

void
wp_box_access_seed(struct wp_box *box, struct wp_arena *arena, const json_t *sample)
{
    const char *range = wp_box_uuid(box, arena);
    json_t *ids = json_object(), *item;
    size_t i;
    wp_store_put(box->store, WP_ACCESS_BOX_RANGE, range,
                 json_pack("{s:s, s:s, s:s, s:b, s:[{s:s, s:s}]}", "uuid", range, "name",
                           "ALL RANGES", "description", "a network for all ranges",
                           "defaultNetwork", true, "ipAddressRanges", "from", "0.0.0.0", "to",
                           "255.255.255.255"));
    add_methods(box, arena);
    add_idp(box, arena, "Built-in", "BUILT_IN", range, offered(arena, true));
    add_idp(box, arena, "Corporate directory", "CONNECTOR", range, offered(arena, false));
    add_idp(box, arena, "Okta", "MANUAL", range,
            json_pack("[{s:s, s:s, s:s}]", "authMethodId", wp_box_uuid(box, arena),
                      "authMethodName", "Okta SAML Auth Method", "samlAuthnContext",
                      "urn:oasis:names:tc:SAML:2.0:ac:classes:unspecified"));
    add_policy(box, arena, range);
    add_group(box, arena, "ALL USERS", "ALL_USERS", NULL, NULL);
    json_array_foreach(json_object_get(sample, "groups"), i, item)
        add_group(box, arena, name_of(item), "EXTERNAL", ids, wp_box_text(item, "name"));
    json_array_foreach(json_object_get(sample, "users"), i, item) add_user(box, arena, item, ids);
    json_array_foreach(json_object_get(sample, "apps"), i, item) add_app(box, arena, name_of(item));
    add_client(box);
    json_decref(ids);
}
