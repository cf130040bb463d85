/* Who is inside a network zone, as Okta's help tells it. */
#include "compiler/sandbox/okta_match.h"

#include <string.h>

#define HOPS_LOOKED_AT 5

static bool
is_listed(const json_t *entries, const struct wp_box_address *address)
{
    size_t i;
    json_t *entry;
    json_array_foreach(entries, i, entry)
    {
        const char *type = wp_box_text(entry, "type"), *value = wp_box_text(entry, "value");
        struct wp_box_address first, last;
        bool is_read = strcmp(type, "CIDR") == 0 ? wp_box_cidr_read(value, &first, &last)
                                                 : wp_box_range_read(value, &first, &last);
        if (is_read && wp_box_address_within(address, &first, &last))
            return true;
    }
    return false;
}

bool
wp_box_okta_in_ip_zone(const json_t *gateways, const json_t *proxies,
                       const struct wp_box_address *hops, size_t count)
{
    for (size_t seen = 0; seen < count && seen < HOPS_LOOKED_AT; seen++) {
        const struct wp_box_address *hop = &hops[count - 1 - seen];
        if (is_listed(gateways, hop))
            return true;
        if (!is_listed(proxies, hop))
            return false;
    }
    return false;
}

/* ---- zones by place and network
 * ------------------------------------------------------------------------- */

static bool
is_there(const struct wp_signin *signin, const json_t *locations)
{
    size_t i;
    json_t *place;
    json_array_foreach(locations, i, place)
    {
        const char *country = wp_box_text(place, "country"), *region = wp_box_text(place, "region");
        if (signin->country != NULL && strcmp(country, signin->country) == 0 &&
            (region == NULL || (signin->region != NULL && strcmp(region, signin->region) == 0)))
            return true;
    }
    return false;
}

static bool
fits_proxy(const struct wp_signin *signin, const char *type)
{
    bool is_tor = signin->anonymizer != NULL && strcmp(signin->anonymizer, "tor") == 0;
    if (type == NULL || *type == '\0')
        return true;
    if (strcmp(type, "Any") == 0)
        return signin->anonymizer != NULL;
    if (strcmp(type, "Tor") == 0 || strcmp(type, "TorAnonymizer") == 0)
        return is_tor;
    return signin->anonymizer != NULL && !is_tor;
}

static bool
is_in_dynamic(const struct wp_signin *signin, const json_t *zone)
{
    const json_t *asns = json_object_get(zone, "asns"),
                 *places = json_object_get(zone, "locations");
    return (json_array_size(asns) == 0 ||
            (signin->asn != NULL && wp_box_holds(asns, signin->asn))) &&
           (json_array_size(places) == 0 || is_there(signin, places)) &&
           fits_proxy(signin, wp_box_text(zone, "proxyType"));
}

/* Each of the three is asked only if it lists something; exclude beats include. */
static bool
is_in_enhanced(const struct wp_signin *signin, const json_t *zone)
{
    const json_t *places = json_object_get(zone, "locations"),
                 *asns = json_object_get(zone, "asns");
    const json_t *services = json_object_get(zone, "ipServiceCategories");
    const json_t *in = json_object_get(places, "include"),
                 *out = json_object_get(places, "exclude");
    if (is_there(signin, out) || (json_array_size(in) > 0 && !is_there(signin, in)))
        return false;
    in = json_object_get(asns, "include");
    out = json_object_get(asns, "exclude");
    if (signin->asn != NULL && wp_box_holds(out, signin->asn))
        return false;
    if (json_array_size(in) > 0 && (signin->asn == NULL || !wp_box_holds(in, signin->asn)))
        return false;
    in = json_object_get(services, "include");
    out = json_object_get(services, "exclude");
    if (signin->anonymizer != NULL &&
        (wp_box_holds(out, "ALL_ANONYMIZERS") || wp_box_holds(out, signin->anonymizer)))
        return false;
    return json_array_size(in) == 0 ||
           (signin->anonymizer != NULL &&
            (wp_box_holds(in, "ALL_ANONYMIZERS") || wp_box_holds(in, signin->anonymizer)));
}

bool
wp_box_okta_in_zone(const struct wp_signin *signin, const char *id)
{
    const json_t *zone = wp_store_get(signin->box->store, WP_OKTA_ZONE, id);
    const json_t *former = json_object_get(zone, "_former");
    const char *type;
    if (former != NULL && json_integer_value(json_object_get(zone, "_from")) > wp_box_now())
        zone = former;
    type = wp_box_text(zone, "type");
    if (zone == NULL || strcmp(wp_box_text(zone, "status"), "ACTIVE") != 0)
        return false;
    if (strcmp(type, "IP") == 0)
        return wp_box_okta_in_ip_zone(json_object_get(zone, "gateways"),
                                      json_object_get(zone, "proxies"), signin->hops,
                                      signin->hop_count);
    return strcmp(type, "DYNAMIC") == 0 ? is_in_dynamic(signin, zone)
                                        : is_in_enhanced(signin, zone);
}
