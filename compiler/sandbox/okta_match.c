#include "compiler/sandbox/okta_match.h"

#include <string.h>

/* ---- people
 * ----------------------------------------------------------------------------------------- */

static bool
is_member(const struct wp_signin *signin, const json_t *groups)
{
    size_t i;
    json_t *id;
    json_array_foreach(signin->groups, i,
                       id) if (wp_box_holds(groups, json_string_value(id))) return true;
    return false;
}

const char *
wp_box_okta_people(struct wp_signin *signin, const json_t *people, bool *is_lost)
{
    const json_t *users = json_object_get(people, "users");
    const json_t *groups = json_object_get(people, "groups");
    const json_t *listed = json_object_get(users, "include"),
                 *in = json_object_get(groups, "include");
    const char *id = wp_box_text(signin->user, "id");
    if (id != NULL && wp_box_holds(json_object_get(users, "exclude"), id))
        return "the user is excluded";
    if (is_member(signin, json_object_get(groups, "exclude")))
        return "the user is in an excluded group";
    bool is_named = id != NULL && wp_box_holds(listed, id), is_in = is_member(signin, in);
    if (json_array_size(listed) > 0 && json_array_size(in) > 0 && is_named != is_in) {
        *is_lost = true;
        return NULL;
    }
    if (json_array_size(listed) > 0 && !is_named)
        return "the user is not one of those named";
    if (json_array_size(in) > 0 && !is_in)
        return "the user is in none of the groups";
    return NULL;
}

/* ---- where
 * ------------------------------------------------------------------------------------------- */

static bool
is_in_any(struct wp_signin *signin, const json_t *zones)
{
    size_t i;
    json_t *zone;
    const char *id;
    if (wp_box_holds(zones, "ALL_ZONES")) {
        json_object_foreach(wp_store_all(signin->box->store, WP_OKTA_ZONE), id,
                            zone) if (wp_box_okta_in_zone(signin, id)) return true;
        return false;
    }
    json_array_foreach(zones, i,
                       zone) if (wp_box_okta_in_zone(signin, json_string_value(zone))) return true;
    return false;
}

const char *
wp_box_okta_network(struct wp_signin *signin, const json_t *network)
{
    const char *connection = wp_box_text(network, "connection");
    const json_t *include = json_object_get(network, "include");
    const json_t *exclude = json_object_get(network, "exclude");
    if (connection == NULL || strcmp(connection, "ANYWHERE") == 0)
        return NULL;
    if (json_array_size(include) > 0 && !is_in_any(signin, include))
        return "the address is in none of the zones";
    if (json_array_size(exclude) > 0 && is_in_any(signin, exclude))
        return "the address is in an excluded zone";
    /* A zone that was deleted leaves its list empty behind; nothing fits that. */
    if (json_array_size(include) == 0 && json_array_size(exclude) == 0)
        return "the rule names no zone any more";
    return NULL;
}

/* ---- on what
 * ------------------------------------------------------------------------------------------ */

/* Safari on an iPad asks for desktop sites and says that it is a Mac. */
void
wp_box_okta_observe(const struct wp_signin *signin, const char **type, const char **os)
{
    static const struct {
        const char *platform, *type, *os;
    } known[] = {
        {"ios", "MOBILE", "IOS"},
        {"ipados", "MOBILE", "IOS"},
        {"android", "MOBILE", "ANDROID"},
        {"macos", "DESKTOP", "MACOS"},
        {"windows", "DESKTOP", "WINDOWS"},
        {"chromeos", "DESKTOP", "CHROMEOS"},
        {"linux", "DESKTOP", "LINUX"},
        {"other_mobile", "MOBILE", "OTHER"},
        {"other_desktop", "DESKTOP", "OTHER"},
    };
    const char *platform = signin->platform;
    *type = *os = "OTHER";
    if (platform != NULL && strcmp(platform, "ipados") == 0 && signin->entry != NULL &&
        strcmp(signin->entry, "browser") == 0)
        platform = "macos";
    for (size_t i = 0; platform != NULL && i < sizeof known / sizeof *known; i++)
        if (strcmp(known[i].platform, platform) == 0) {
            *type = known[i].type;
            *os = known[i].os;
        }
}

const char *
wp_box_okta_platform(struct wp_signin *signin, const json_t *platform, const char *mac)
{
    const json_t *include = json_object_get(platform, "include");
    const char *type, *os;
    json_t *item;
    size_t i;
    wp_box_okta_observe(signin, &type, &os);
    if (strcmp(os, "MACOS") == 0)
        os = mac;
    if (json_array_size(include) == 0)
        return NULL;
    json_array_foreach(include, i, item)
    {
        const char *wanted = wp_box_text(item, "type");
        const char *system = wp_box_text(json_object_get(item, "os"), "type");
        if ((strcmp(wanted, "ANY") == 0 || strcmp(wanted, type) == 0) &&
            (system == NULL || strcmp(system, "ANY") == 0 || strcmp(system, os) == 0))
            return NULL;
    }
    return "the platform is another one";
}

/* Versions compare as numbers between dots: 17.10 is after 17.2. */
static int
compare_versions(const char *a, const char *b)
{
    while (*a != '\0' || *b != '\0') {
        unsigned long left = 0, right = 0;
        for (; *a >= '0' && *a <= '9'; a++)
            left = left * 10 + (unsigned long)(*a - '0');
        for (; *b >= '0' && *b <= '9'; b++)
            right = right * 10 + (unsigned long)(*b - '0');
        if (left != right)
            return left < right ? -1 : 1;
        if ((*a != '\0' && *a != '.') || (*b != '\0' && *b != '.'))
            return strcmp(a, b);
        a += *a == '.';
        b += *b == '.';
    }
    return 0;
}

static bool
has_assurance(struct wp_signin *signin, const char *id)
{
    const json_t *assurance = wp_store_get(signin->box->store, WP_OKTA_ASSURANCE, id);
    const json_t *posture = json_object_get(json_object_get(assurance, "thirdPartySignalProviders"),
                                            "devicePostureIdP");
    const char *least = wp_box_text(json_object_get(assurance, "osVersion"), "minimum");
    const char *version = wp_box_text(signin->device, "os_version"), *type, *os;
    wp_box_okta_observe(signin, &type, &os);
    if (assurance == NULL || strcmp(wp_box_text(assurance, "platform"), os) != 0)
        return false;
    if (least != NULL && (version == NULL || compare_versions(version, least) < 0))
        return false;
    if (json_is_boolean(json_object_get(posture, "managed")) &&
        wp_box_yes(posture, "managed") != wp_box_yes(signin->device, "managed"))
        return false;
    if (json_is_boolean(json_object_get(posture, "compliant")) &&
        wp_box_yes(posture, "compliant") != wp_box_yes(signin->device, "compliant"))
        return false;
    if (json_is_boolean(json_object_get(assurance, "jailbreak")) &&
        wp_box_yes(assurance, "jailbreak") != wp_box_yes(signin->device, "jailbreak"))
        return false;
    return json_object_get(assurance, "screenLockType") == NULL ||
           wp_box_holds(json_object_get(json_object_get(assurance, "screenLockType"), "include"),
                        wp_box_text(signin->device, "screen_lock") != NULL
                            ? wp_box_text(signin->device, "screen_lock")
                            : "NONE");
}

const char *
wp_box_okta_device(struct wp_signin *signin, const json_t *device)
{
    const json_t *assurance = json_object_get(json_object_get(device, "assurance"), "include");
    json_t *id;
    size_t i;
    bool is_registered =
        wp_box_yes(signin->device, "registered") || wp_box_yes(signin->device, "managed");
    if (json_is_boolean(json_object_get(device, "registered")) &&
        wp_box_yes(device, "registered") != is_registered)
        return is_registered ? "the device is registered" : "the device is not registered";
    if (json_is_boolean(json_object_get(device, "managed")) &&
        wp_box_yes(device, "managed") != wp_box_yes(signin->device, "managed"))
        return wp_box_yes(device, "managed") ? "the device is not managed"
                                             : "the device is managed";
    if (json_array_size(assurance) == 0)
        return NULL;
    json_array_foreach(assurance, i,
                       id) if (has_assurance(signin, json_string_value(id))) return NULL;
    return "the device has none of the assurances";
}

const char *
wp_box_okta_risk(struct wp_signin *signin, const json_t *risk)
{
    const char *level = wp_box_text(risk, "level");
    if (level == NULL || strcmp(level, "ANY") == 0)
        return NULL;
    if (signin->risk != NULL && (level[0] | 0x20) == signin->risk[0])
        return NULL;
    return "the risk is another one";
}
