#include "compiler/emit/okta/okta_zone.h"
#include "compiler/emit/okta/okta.h"
#include "compiler/network.h"

#include <string.h>

static bool
has(const struct wp_network *network, const struct wp_address *address)
{
    return address->is_v6 ? wp_network_has6(network, address->v6)
                          : wp_network_has4(network, address->v4);
}

bool
wp_okta_zone_holds(const struct wp_okta_zone *zone, const struct wp_address *chain, size_t count)
{
    size_t seen = 0;

    for (size_t i = count; i > 0 && seen < WP_OKTA_CHAIN; i--, seen++) {
        if (has(&zone->gateways, &chain[i - 1]))
            return true;
        if (!has(&zone->proxies, &chain[i - 1]))
            return false;
    }
    return false;
}

bool
wp_okta_zone_read(struct wp_arena *arena, const json_t *body, struct wp_okta_zone *zone,
                  const char **reason)
{
    const char *type = json_string_value(json_object_get(body, "type"));

    *zone = (struct wp_okta_zone){0};
    if (!type || strcmp(type, "IP") != 0) {
        *reason = "goes by countries, providers or kinds of addresses";
        return false;
    }
    if (!wp_okta_addresses_read(arena, json_object_get(body, "gateways"), &zone->gateways) ||
        !wp_okta_addresses_read(arena, json_object_get(body, "proxies"), &zone->proxies)) {
        *reason = "has an entry that is no address, prefix or range";
        return false;
    }
    return true;
}
