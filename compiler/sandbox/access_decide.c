/*
 * What an Access tenant does with a sign-in: the app's own policy or else the
 * default one; the first rule whose range, device type and groups all fit; then its
 * chain, and its fallbacks where that fails or does not apply.
 */
#include <string.h>

#include "compiler/sandbox/access.h"
#include "compiler/sandbox/signin.h"

/* ---- where
 * -------------------------------------------------------------------------------------------- */

static bool
is_by_ipv6(const struct wp_signin *signin)
{
    return signin->hop_count > 0 && !signin->hops[0].is_ipv4;
}

/* Ranges are IPv4; what comes by IPv6 is in none of them. Whether the range for all, which
 * reaches from 0.0.0.0 to 255.255.255.255, is for everybody, no document says: it is here,
 * unless the settings say otherwise, and the decision is unknown then (see below). */
static bool
is_within(const struct wp_signin *signin, const char *range)
{
    const json_t *held = wp_store_get(signin->box->store, WP_ACCESS_BOX_RANGE, range);
    json_t *pair;
    size_t i;
    if (wp_box_yes(held, "defaultNetwork"))
        return !is_by_ipv6(signin) || signin->box->settings.ipv6 != WP_BOX_IPV6_NO_RANGE;
    if (signin->hop_count == 0)
        return false;
    json_array_foreach(json_object_get(held, "ipAddressRanges"), i, pair)
    {
        struct wp_box_address first, last;
        if (wp_box_address_read(&first, wp_box_text(pair, "from")) &&
            wp_box_address_read(&last, wp_box_text(pair, "to")) &&
            wp_box_address_within(&signin->hops[0], &first, &last))
            return true;
    }
    return false;
}

/* ---- on what
 * ------------------------------------------------------------------------------------------- */

static bool
is_entry(const struct wp_signin *signin, const char *entry)
{
    return signin->entry != NULL && strcmp(signin->entry, entry) == 0;
}

/* A sign-in can be of several types: Safari on an iPhone is iOS and a browser. */
static bool
is_type(const struct wp_signin *signin, const char *type)
{
    static const char *const known[][2] = {{"ios", "IOS"},
                                           {"ipados", "IOS"},
                                           {"android", "ANDROID"},
                                           {"macos", "MACOS"},
                                           {"windows", "WINDOWS"}};
    const char *platform = signin->platform;
    if (strcmp(type, "ALL") == 0)
        return true;
    if (signin->types != NULL)
        return wp_box_holds(signin->types, type);
    if (is_entry(signin, "enrollment"))
        return strcmp(type, platform != NULL && strcmp(platform, "windows") == 0
                                ? "WINDOWS_ENROLLMENT"
                                : "DEVICE_ENROLLMENT") == 0;
    if (strcmp(type, "WEB_BROWSER") == 0)
        return is_entry(signin, "browser");
    if (strcmp(type, "HUB_APP") == 0)
        return is_entry(signin, "hub");
    for (size_t i = 0; platform != NULL && i < sizeof known / sizeof *known; i++)
        if (strcmp(known[i][0], platform) == 0)
            return strcmp(known[i][1], type) == 0;
    return false;
}

/* ---- one rule
 * -------------------------------------------------------------------------------------------- */

static const char *
fits(const struct wp_signin *signin, const json_t *rule)
{
    const json_t *groups = json_object_get(rule, "groups");
    json_t *id;
    size_t i;
    if (wp_box_yes(rule, "disabled"))
        return "the rule is disabled";
    if (!is_within(signin, wp_box_text(rule, "networkRange")))
        return "the address is not in the range";
    if (!is_type(signin, wp_box_text(rule, "deviceType")))
        return "the device is of another type";
    if (json_array_size(groups) == 0)
        return NULL;
    json_array_foreach(signin->groups, i,
                       id) if (wp_box_holds(groups, json_string_value(id))) return NULL;
    return "the user is in none of the groups";
}

/* ---- methods
 * -----------------------------------------------------------------------------------------------
 */

/* An enabled adapter, and an identity provider that offers it and covers the range
 * that the client is in. */
static bool
is_offered(const struct wp_signin *signin, const char *uuid)
{
    const json_t *own = wp_store_get(signin->box->store, WP_ACCESS_BOX_METHOD, uuid);
    const char *id;
    json_t *idp, *item;
    size_t i;
    if (own != NULL && !wp_box_yes(own, "enabled"))
        return false;
    json_object_foreach(wp_store_all(signin->box->store, WP_ACCESS_BOX_IDP), id, idp)
    {
        bool has_method = false, covers = false;
        json_array_foreach(json_object_get(idp, "authMethods"), i,
                           item) if (wp_box_text(item, "authMethodId") != NULL &&
                                     strcmp(wp_box_text(item, "authMethodId"), uuid) == 0)
            has_method = true;
        json_array_foreach(json_object_get(idp, "orgNetworks"), i, item) covers =
            covers || is_within(signin, wp_box_text(item, "uuid"));
        if (has_method && covers)
            return true;
    }
    return false;
}

static bool
is_phone(const struct wp_signin *signin, const char *first, const char *second)
{
    return signin->platform != NULL && wp_box_yes(signin->device, "enrolled") &&
           (strcmp(signin->platform, first) == 0 || strcmp(signin->platform, second) == 0);
}

/* The token is UEM's: for people of the directory, while it is valid. */
static bool
has_token(const struct wp_signin *signin)
{
    const json_t *settings = wp_store_get(signin->box->store, "uem/settings", "7");
    const char *token = wp_box_text(signin->device, "token");
    const char *source = wp_box_text(signin->user, "_source");
    return token != NULL && strcmp(token, "valid") == 0 &&
           strcmp(wp_box_text(settings, "sourceOfAuthentication"), "WORKSPACE_ONE_ACCESS") == 0 &&
           (source == NULL || strcmp(source, "active_directory") == 0);
}

/* Does the person get through? By the number that ends a built-in method's uuid. */
static bool
passes(const struct wp_signin *signin, const char *uuid, const char *name)
{
    static const char builtin[] = "00000000-0000-0000-0000-0000000000";
    unsigned number = 0;
    bool holds = false;
    if (wp_box_text(signin->outcomes, name) != NULL)
        return wp_box_signin_can(signin, name, NULL);
    if (strncmp(uuid, builtin, sizeof builtin - 1) == 0 && strlen(uuid) == 36)
        number = (unsigned)(uuid[34] - '0') * 10 + (unsigned)(uuid[35] - '0');
    switch (number) {
    case 1:
    case 18:
        return wp_box_yes(signin->device, "enrolled");
    case 2:
        return is_phone(signin, "ios", "ipados");
    case 6:
        return is_phone(signin, "android", "android");
    case 3:
        return wp_box_yes(signin->device, "compliant");
    case 11:
    case 25:
        return signin->risk != NULL && strcmp(signin->risk, "high") != 0;
    case 14:
        return wp_box_signin_can(signin, name, "local_password");
    case 5:
    case 8:
    case 16:
        return wp_box_signin_can(signin, name, "password");
    case 24:
        return wp_box_signin_can(signin, name, "security_key");
    case 26:
        return has_token(signin);
    case 0:
        /* Okta, or another party: whoever can do both factors there. */
        holds = wp_box_signin_can(signin, name, "password");
        return holds && wp_box_signin_can(signin, name, "okta_verify");
    default:
        return wp_box_signin_can(signin, name, "otp");
    }
}

/* ---- a rule's chain and fallbacks
 * --------------------------------------------------------------------------- */

static const char *
name_of(const struct wp_signin *signin, const char *uuid)
{
    const char *name = wp_box_access_method_name(signin->box, uuid);
    return name != NULL ? name : uuid;
}

/* The chain's methods as names. */
static json_t *
names_of(const struct wp_signin *signin, const json_t *chain)
{
    json_t *steps = json_array(), *method;
    size_t i;
    json_array_foreach(chain, i, method)
        json_array_append_new(steps, json_pack("[s]", name_of(signin, json_string_value(method))));
    return steps;
}

/* Whether the person gets through all of it. */
static bool
try_chain(struct wp_signin *signin, const json_t *rule, const json_t *chain)
{
    const char *stopped = NULL;
    json_t *method;
    size_t i;
    json_array_foreach(chain, i, method)
    {
        const char *uuid = json_string_value(method), *name = name_of(signin, uuid);
        if (!is_offered(signin, uuid))
            stopped = wp_format(signin->arena, "%s is not offered to this network", name);
        else if (!passes(signin, uuid, name))
            stopped = wp_format(signin->arena, "%s fails or does not apply", name);
        if (stopped != NULL)
            break;
    }
    wp_box_signin_trace(signin, NULL, wp_box_text(rule, "name"), stopped == NULL,
                        stopped != NULL ? stopped : "signed in by this chain");
    return stopped == NULL;
}

static json_t *
decide_by(struct wp_signin *signin, const json_t *policy, const json_t *rule)
{
    const char *action = wp_box_text(rule, "action");
    bool is_asked = strcmp(action, "AUTHENTICATE") == 0, is_in = false;
    json_t *alternatives = json_array(), *chain, *by = NULL, *decision;
    size_t i;
    json_array_foreach(json_object_get(rule, "authMethods"), i, chain)
    {
        json_array_append_new(alternatives, names_of(signin, chain));
        if (!is_in && try_chain(signin, rule, chain)) {
            is_in = true;
            by = json_array_get(alternatives, i);
        }
    }
    decision = json_pack("{s:s, s:O, s:O?, s:O?, s:O?, s:O?, s:O?, s:s}", "effect",
                         is_asked                       ? "authenticate"
                         : strcmp(action, "ALLOW") == 0 ? "allow"
                                                        : "deny",
                         "policy", json_object_get(policy, "name"), "rule",
                         json_object_get(rule, "name"), "chain", is_asked ? alternatives : NULL,
                         "reauth_s", json_object_get(rule, "reauthSeconds"), "message",
                         json_object_get(rule, "errorMessage"), "by", by, "outcome",
                         is_in || strcmp(action, "ALLOW") == 0 ? "signed in"
                         : is_asked                            ? "cannot"
                                                               : "denied");
    json_decref(alternatives);
    if (is_asked && !is_in && wp_box_text(rule, "errorMessage") == NULL)
        json_object_set_new(
            decision, "told",
            json_string("Access denied as no valid authentication methods were found"));
    return decision;
}

/* ---- the whole
 * ------------------------------------------------------------------------------------------------
 */

static json_t *
decide(struct wp_signin *signin)
{
    const char *own = wp_box_text(signin->target, "accessPolicySetUuid"), *why;
    const json_t *policy = NULL;
    json_t *rule, *decision = NULL;
    size_t i;
    if (own != NULL && *own != '\0' && !is_entry(signin, "enrollment"))
        policy = wp_store_get(signin->box->store, WP_ACCESS_BOX_POLICY, own);
    if (policy == NULL)
        policy = wp_box_access_base(signin->box);
    wp_box_signin_trace(signin, wp_box_text(policy, "name"), NULL, true,
                        wp_box_yes(policy, "base") ? "the default policy" : "the app's policy");
    json_array_foreach(json_object_get(policy, "accessPolicyRules"), i, rule)
    {
        why = fits(signin, rule);
        wp_box_signin_trace(signin, wp_box_text(policy, "name"), wp_box_text(rule, "name"),
                            why == NULL, why != NULL ? why : "range, device type and groups fit");
        if (why != NULL)
            continue;
        json_decref(decision);
        decision = decide_by(signin, policy, rule);
        /* Only where the rule says so, a failure leads on to the next one. */
        if (!wp_box_yes(rule, "progressToNextRule") ||
            strcmp(wp_box_text(decision, "outcome"), "cannot") != 0)
            return decision;
    }
    if (decision != NULL)
        return decision;
    return json_pack("{s:s, s:O, s:n, s:n, s:n, s:n, s:s}", "effect", "deny", "policy",
                     json_object_get(policy, "name"), "rule", "chain", "reauth_s", "message",
                     "outcome", "denied");
}

/* By IPv6 a rule for ALL RANGES may not match, and access is denied then. */
json_t *
wp_box_access_decide(struct wp_signin *signin)
{
    json_t *decision = decide(signin);

    if (!is_by_ipv6(signin) || signin->box->settings.ipv6 != WP_BOX_IPV6_UNKNOWN ||
        strcmp(wp_box_text(decision, "effect"), "deny") == 0)
        return decision;
    wp_box_signin_trace(signin, wp_box_text(decision, "policy"), wp_box_text(decision, "rule"),
                        false,
                        "the client comes by IPv6: no document says whether ALL RANGES takes it");
    json_object_set_new(decision, "effect", json_string("unknown"));
    json_object_set_new(decision, "chain", json_null());
    json_object_set_new(decision, "reauth_s", json_null());
    json_object_set_new(decision, "by", json_null());
    json_object_set_new(decision, "outcome", json_string("unknown"));
    return decision;
}
