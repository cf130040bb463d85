/* What an org has from the start: default policies, system zones, authenticators,
 * and the sample's groups, people and apps. */
#include "compiler/sandbox/okta.h"

#include <string.h>

#include "compiler/sandbox/dispatch.h"
#include "compiler/sandbox/sample.h"

struct seeding {
    struct wp_box *box;
    struct wp_arena *arena;
    const char *now;
};

/* Adds an object under a new identifier with a time on it; returns the id. */
static const char *
add(struct seeding *s, const char *kind, const char *prefix, json_t *object)
{
    const char *id = wp_box_okta_id(s->box, s->arena, prefix);
    json_object_set_new(object, "id", json_string(id));
    json_object_set_new(object, "created", json_string(s->now));
    json_object_set_new(object, "lastUpdated", json_string(s->now));
    wp_store_put(s->box->store, kind, id, object);
    return id;
}

static void
add_zones(struct seeding *s)
{
    add(s, WP_OKTA_ZONE, "nzo",
        json_pack("{s:s, s:s, s:s, s:s, s:b, s:n, s:n}", "type", "IP", "name", "LegacyIpZone",
                  "usage", "POLICY", "status", "ACTIVE", "system", true, "gateways", "proxies"));
    add(s, WP_OKTA_ZONE, "nzo",
        json_pack("{s:s, s:s, s:s, s:s, s:b, s:n, s:n}", "type", "IP", "name", "BlockedIpZone",
                  "usage", "BLOCKLIST", "status", "ACTIVE", "system", true, "gateways", "proxies"));
    add(s, WP_OKTA_ZONE, "nzo",
        json_pack("{s:s, s:s, s:s, s:s, s:b, s:n, s:n, s:b}", "type", "IP", "name",
                  "DefaultExemptIpZone", "usage", "POLICY", "status", "ACTIVE", "system", true,
                  "gateways", "proxies", "useAsExemptList", true));
    add(s, WP_OKTA_ZONE, "nzo",
        json_pack("{s:s, s:s, s:s, s:s, s:b, s:{s:[], s:[]}, s:{s:[], s:[]}, s:{s:[s], s:[]}}",
                  "type", "DYNAMIC_V2", "name", "DefaultEnhancedDynamicZone", "usage", "BLOCKLIST",
                  "status", "INACTIVE", "system", true, "locations", "include", "exclude", "asns",
                  "include", "exclude", "ipServiceCategories", "include", "ALL_ANONYMIZERS",
                  "exclude"));
}

static void
add_authenticators(struct seeding *s)
{
    static const struct {
        const char *key, *type, *name, *methods;
    } known[] = {
        {"okta_password", "password", "Password", "password"},
        {"okta_email", "email", "Email", "email"},
        {"phone_number", "phone", "Phone", "sms voice"},
        {"okta_verify", "app", "Okta Verify", "push totp signed_nonce"},
        {"google_otp", "app", "Google Authenticator", "otp"},
        {"webauthn", "security_key", "FIDO2 (WebAuthn)", "webauthn"},
        {"smart_card_idp", "federated", "Smart Card Authenticator", "cert"},
        {"external_idp", "federated", "IdP Authenticator", "idp"},
        {"duo", "app", "Duo Security", "duo"},
        {"yubikey_token", "security_key", "YubiKey OTP", "otp"},
        {"rsa_token", "security_key", "RSA SecurID", "otp"},
        {"onprem_mfa", "security_key", "On-Prem MFA", "otp"},
        {"symantec_vip", "app", "Symantec VIP", "otp"},
        {"custom_otp", "security_key", "Custom OTP", "otp"},
        {"custom_app", "app", "Custom App", "push"},
        {"security_question", "security_question", "Security Question", "security_question"},
        {"tac", "tac", "Temporary Access Code", "tac"},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        json_t *methods = json_array();
        for (const char *at = known[i].methods; *at != '\0';) {
            size_t length = strcspn(at, " ");
            json_array_append_new(methods, json_stringn(at, length));
            at += length + (at[length] == ' ');
        }
        add(s, WP_OKTA_AUTHENTICATOR, "aut",
            json_pack("{s:s, s:s, s:s, s:s, s:o}", "key", known[i].key, "type", known[i].type,
                      "name", known[i].name, "status", "ACTIVE", "_methods", methods));
    }
}

static const char *
add_policy(struct seeding *s, const char *type, const char *name, const char *description)
{
    return add(s, WP_OKTA_POLICY, "rst",
               json_pack("{s:s, s:s, s:s, s:s, s:b, s:i, s:n}", "type", type, "name", name,
                         "description", description, "status", "ACTIVE", "system", true, "priority",
                         1, "conditions"));
}

static void
add_rule(struct seeding *s, const char *policy, const char *type, const char *name, int priority,
         json_t *actions)
{
    add(s, WP_OKTA_RULE, "rul",
        json_pack("{s:s, s:s, s:i, s:s, s:b, s:n, s:o, s:s}", "type", type, "name", name,
                  "priority", priority, "status", "ACTIVE", "system", true, "conditions", "actions",
                  actions, "_policy", policy));
}

static json_t *
two_factors(void)
{
    return json_pack("{s:{s:s, s:{s:s, s:s, s:s, s:[{s:{s:s}}]}}}", "appSignOn", "access", "ALLOW",
                     "verificationMethod", "type", "ASSURANCE", "factorMode", "2FA",
                     "reauthenticateIn", "PT12H", "constraints", "possession", "deviceBound",
                     "REQUIRED");
}

/* Returns the default access policy; NULL in a Classic org. */
static const char *
add_policies(struct seeding *s)
{
    const char *access = NULL, *account, *policy;
    if (!s->box->settings.is_classic) {
        access = add_policy(s, "ACCESS_POLICY", "Any two factors", "The default of new apps");
        json_object_set_new(wp_store_get(s->box->store, WP_OKTA_POLICY, access), "_embedded",
                            json_pack("{s:s}", "resourceType", "APP"));
        wp_store_changed(s->box->store, WP_OKTA_POLICY, access);
        add_rule(s, access, "ACCESS_POLICY", "Catch-all Rule", 99, two_factors());
        account = add_policy(s, "ACCESS_POLICY", "Okta Account Management Policy",
                             "For enrollment of authenticators, recovery and unlocking");
        json_object_set_new(wp_store_get(s->box->store, WP_OKTA_POLICY, account), "_embedded",
                            json_pack("{s:s}", "resourceType", "END_USER_ACCOUNT_MANAGEMENT"));
        json_object_set_new(wp_store_get(s->box->store, WP_OKTA_POLICY, account), "_account",
                            json_true());
        wp_store_changed(s->box->store, WP_OKTA_POLICY, account);
        add_rule(s, account, "ACCESS_POLICY", "Catch-all Rule", 99, two_factors());
    }
    policy = add_policy(s, "OKTA_SIGN_ON", "Default Policy",
                        "The default policy applies in all situations");
    add_rule(s, policy, "SIGN_ON", "Default Rule", 1,
             json_pack("{s:{s:s, s:b, s:s, s:b, s:{s:b, s:i, s:i}}}", "signon", "access", "ALLOW",
                       "requireFactor", false, "primaryFactor", "PASSWORD_IDP_ANY_FACTOR",
                       "rememberDeviceByDefault", false, "session", "usePersistentCookie", false,
                       "maxSessionIdleMinutes", 120, "maxSessionLifetimeMinutes", 0));
    policy = add_policy(s, "IDP_DISCOVERY", "Idp Discovery Policy", "Routing rules");
    add_rule(s, policy, "IDP_DISCOVERY", "Default Rule", 1,
             json_pack("{s:{s:[{s:s}], s:s}}", "idp", "providers", "type", "OKTA",
                       "idpSelectionType", "SPECIFIC"));
    policy = add_policy(s, "MFA_ENROLL", "Default Policy", "Which authenticators people enroll");
    add_rule(s, policy, "MFA_ENROLL", "Default Rule", 1,
             json_pack("{s:{s:s}}", "enroll", "self", "CHALLENGE"));
    policy = add_policy(s, "PASSWORD", "Default Policy", "Passwords");
    add_rule(s, policy, "PASSWORD", "Default Rule", 1,
             json_pack("{s:{s:s}}", "passwordChange", "access", "ALLOW"));
    return access;
}

/* ---- the sample
 * -------------------------------------------------------------------------------------- */

/* What a group or app is called here: "okta" (a name, or several), or its name. */
static json_t *
names_of(const json_t *item)
{
    const json_t *own = json_object_get(item, "okta");
    if (json_is_array(own))
        return json_deep_copy(own);
    return json_pack("[s]",
                     json_is_string(own) ? json_string_value(own) : wp_box_text(item, "name"));
}

static void
add_groups(struct seeding *s, const json_t *sample, json_t *ids)
{
    json_t *item, *name;
    size_t i, n;
    add(s, WP_OKTA_GROUP, "00g",
        json_pack("{s:s, s:[s], s:{s:s, s:s}}", "type", "BUILT_IN", "objectClass",
                  "okta:user_group", "profile", "name", "Okta Administrators", "description",
                  "Administrators of this org"));
    json_array_foreach(json_object_get(sample, "groups"), i, item)
    {
        json_t *names = names_of(item), *made = json_array();
        json_object_set_new(ids, wp_box_text(item, "name"), made);
        json_array_foreach(names, n, name) json_array_append_new(
            made, json_string(add(s, WP_OKTA_GROUP, "00g",
                                  json_pack("{s:s, s:[s], s:{s:O, s:s}}", "type", "OKTA_GROUP",
                                            "objectClass", "okta:user_group", "profile", "name",
                                            name, "description", "A group of the samples"))));
        json_decref(names);
    }
}

static void
add_users(struct seeding *s, const json_t *sample, const json_t *ids)
{
    json_t *user, *group;
    size_t i, g;
    json_array_foreach(json_object_get(sample, "users"), i, user)
    {
        const char *login = wp_box_text(user, "login"), *name = wp_box_text(user, "name");
        const char *space = strchr(name, ' ');
        json_t *groups = json_array(), *own = json_object_get(user, "has");
        json_array_foreach(json_object_get(user, "groups"), g, group)
            json_array_extend(groups, json_object_get(ids, json_string_value(group)));
        add(s, WP_OKTA_USER, "00u",
            json_pack("{s:s, s:{s:s, s:s, s:o, s:s}, s:{s:s}, s:o, s:o}", "status", "ACTIVE",
                      "profile", "login", login, "email", login, "firstName",
                      json_stringn(name, space != NULL ? (size_t)(space - name) : strlen(name)),
                      "lastName", space != NULL ? space + 1 : "", "type", "id",
                      "otysandboxdefault000", "_groups", groups, "_has",
                      own != NULL ? json_deep_copy(own) : wp_box_everything()));
    }
}

static void
add_apps(struct seeding *s, const json_t *sample, const char *policy)
{
    json_t *item, *name;
    size_t i, n;
    json_array_foreach(json_object_get(sample, "apps"), i, item)
    {
        json_t *names = names_of(item);
        json_array_foreach(names, n, name)
            add(s, WP_OKTA_APP, "0oa",
                json_pack("{s:s, s:O, s:s, s:s, s:s?}", "name", "template_saml_2_0", "label", name,
                          "status", "ACTIVE", "signOnMode", "SAML_2_0", "_policy", policy));
        json_decref(names);
    }
}

void
wp_box_okta_seed(struct wp_box *box, struct wp_arena *arena, const json_t *sample)
{
    struct seeding s = {box, arena, wp_box_time(arena, wp_box_now())};
    json_t *ids = json_object();
    const char *policy;
    add_zones(&s);
    add_authenticators(&s);
    policy = add_policies(&s);
    add_groups(&s, sample, ids);
    add_users(&s, sample, ids);
    add_apps(&s, sample, policy);
    add(&s, WP_OKTA_BEHAVIOR, "bhv",
        json_pack("{s:s, s:s, s:s}", "name", "New Device", "type", "ANOMALOUS_DEVICE", "status",
                  "ACTIVE"));
    add(&s, WP_OKTA_INTEGRATION, "dvi",
        json_pack("{s:s, s:s, s:s, s:{s:s}}", "name", "com.okta.deviceidp", "displayName",
                  "Device posture provider", "status", "DEACTIVATED", "metadata", "type",
                  "DEVICE_IDP"));
    json_decref(ids);
}
